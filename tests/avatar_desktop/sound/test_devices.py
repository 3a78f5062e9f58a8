"""What is missing is said in plain words."""

from avatar_desktop.sound.devices import NO_DEVICE, report


def test_a_machine_without_outputs_gets_a_next_step(no_device: None) -> None:
    found = report()
    assert not found.ok and found.detail == NO_DEVICE
    assert found.advice and found.outputs == ()
