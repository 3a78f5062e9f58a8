"""The bars of one life at any frame rate: what swings, and what happens, each beside mutations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import LookAt
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion import springs
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer import performer as performing
from avatar_desktop.performer.blink import Blinks
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from tests.makers import tiny_avatar
from tests.makers.swinging import BODY, Ride, hanging, on_stage, seen_from

Bar = Callable[..., None]
RATES = (20, 30, 60, 144)
SOFT: dict[str, Any] = {"stiffness": 0.6, "gravity_power": 0.3, "drag": 0.3, "hit_radius": 0.02}


# What swings --------------------------------------------------------------------------------


def swayed(local: Locals, t: float) -> None:
    local.translations[-1, 0] = 0.05 * np.sin(2.0 * np.pi * 1.2 * t)


def stepped(local: Locals, t: float) -> None:
    local.translations[-1, 0] = 0.03 if t > 0.999 else 0.0


def aside(rate: int, motion: Callable[[Locals, float], None], seconds: float) -> np.ndarray:
    """How far the end of a chain is from where it hangs, frame by frame, in metres."""
    avatar = on_stage(hanging(**SOFT))
    worlds = Ride(avatar, motion).through(np.arange(round(seconds * rate) + 1) / rate)
    lies = seen_from(worlds, BODY, avatar)[:, -1]
    return lies[:, 0] - lies[0, 0]


def amplitude(rate: int) -> float:
    return float(np.abs(aside(rate, swayed, 8.0)[4 * rate :]).max())


def settling(rate: int) -> float:
    """Seconds after the step until a tenth of the largest swing is never left again."""
    swing = np.abs(aside(rate, stepped, 5.0))[rate:]
    left = np.flatnonzero(swing > 0.1 * swing.max())[-1]
    part = (swing[left] - 0.1 * swing.max()) / (swing[left] - swing[left + 1])
    return float(left + part) / rate


def unlike(measure: Callable[[int], float]) -> float:
    """Per cent by which the worst rate is not like 60 frames a second."""
    usual = measure(60)
    return 100.0 * max(abs(measure(rate) / usual - 1.0) for rate in RATES)


def test_hair_sways_as_far_at_any_frame_rate(bar: Bar) -> None:
    bar("springs: amplitude of a 1.2 Hz sway, 20 to 144 Hz", unlike(amplitude), at_most=5, unit="%")


def test_hair_settles_as_soon_at_any_frame_rate(bar: Bar) -> None:
    bar("springs: settling after a 3 cm step, 20 to 144 Hz", unlike(settling), at_most=15, unit="%")


def test_one_step_a_frame_sways_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    took = Ride.through

    def one_step_a_frame(ride: Ride, times: Any) -> Any:
        monkeypatch.setattr(springs, "STEP", float(times[1] - times[0]))
        return took(ride, times)

    monkeypatch.setattr(Ride, "through", one_step_a_frame)
    assert unlike(amplitude) > 5.0
    assert unlike(settling) > 15.0


def after_a_hitch() -> float:
    """Millimetres between a ride with a second without frames and one without, a second on."""
    avatar = on_stage(hanging(**SOFT))
    whole = np.arange(241) / 60.0
    hitched = np.concatenate([whole[:60], whole[120:]])
    rides = [Ride(avatar, swayed).through(times) for times in (whole, hitched)]
    assert np.isfinite(rides[1]).all()
    ends = [seen_from(worlds, BODY, avatar)[-60:, -1] for worlds in rides]
    return 1000.0 * float(np.abs(ends[0] - ends[1]).max())


def test_hair_is_itself_again_a_second_after_a_hitch(bar: Bar) -> None:
    bar("springs: a second after a hitch of 1 s", after_a_hitch(), at_most=2, unit="mm")


def test_hair_without_its_forces_is_not_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOFT, "stiffness", 0.0)
    monkeypatch.setitem(SOFT, "gravity_power", 0.02)
    monkeypatch.setitem(SOFT, "drag", 0.0)
    assert after_a_hitch() > 2.0


# What happens -------------------------------------------------------------------------------


def watched() -> Avatar:
    """A body whose eyes turn as far as it looks."""
    avatar = read_avatar_bytes(tiny_avatar.humanoid().bytes())
    map_ = (90.0, 90.0)
    return replace(avatar, look_at=LookAt("bone", (0, 0, 0), map_, map_, map_, map_))


def lived(rate: int, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """A conversation at one frame rate: counts of what happened, and the body every half second."""
    avatar = watched()
    performer = Performer(avatar, Mixer(avatar), seed=5)
    roles = (Role.LISTENING, Role.THINKING, Role.IDLE)
    eye, head, hand = (avatar.humanoid[bone] for bone in ("leftEye", "head", "rightHand"))
    lids, looks, hands, bodies = [], [], [], []
    for frame in range(seconds * rate):
        t = frame / rate
        pose = performer.pose(t)
        if frame % (10 * rate) == 0:
            performer.take_role(roles[frame // (10 * rate) % 3])
        if frame % (8 * rate) == 3 * rate:
            performer.do(Cue("gesture", "wave", 1.0, 0), t)
        lids.append(pose.weights[1])
        looks.append(pose.world[head, :3, :3].T @ pose.world[eye, :3, 2])
        hands.append(pose.world[hand, 1, 3])
        if frame % (rate // 2) == 0:
            bodies.append(pose.world[:, :3, 3])
    apart = max(1, rate // 20)
    turned = np.linalg.norm(np.diff(np.array(looks)[::apart], axis=0), axis=1)
    counts = [rises(np.array(lids), 0.25), rises(turned, 0.08), rises(np.array(hands), 1.1)]
    return np.array(counts, np.float64), np.array(bodies)


def rises(values: np.ndarray, over: float) -> int:
    """How often a value comes above a threshold."""
    return int(((values[1:] > over) & (values[:-1] <= over)).sum())


def differences(seconds: int) -> tuple[float, float]:
    """Per cent between the counts of the rates, and millimetres between the bodies."""
    lives = [lived(rate, seconds) for rate in RATES]
    counts = np.array([count for count, _ in lives])
    assert (counts > 0).all(), "everything happened"
    usual = counts[RATES.index(60)]
    bodies = [body for _, body in lives]
    apart = max(float(np.abs(body - bodies[0]).max()) for body in bodies)
    return 100.0 * float(np.abs(counts / usual - 1.0).max()), 1000.0 * apart


def test_as_much_happens_at_any_frame_rate(bar: Bar, full_length: bool) -> None:
    events, apart = differences(600 if full_length else 60)
    name = "events (blinks, gaze shifts, gestures) at 20 to 144 frames a second against 60"
    bar(name, events, at_most=10, unit="%")
    bar("bodies at the same instants at 20 to 144 frames a second", apart, at_most=0.1, unit="mm")


def test_life_that_is_lived_by_the_frame_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    stepped_by = Blinks.step
    before = -1.0

    def by_the_frame(performer: Performer, t: float) -> None:
        nonlocal before
        monkeypatch.setattr(performing, "STEP", max(1e-3, t - before))
        before = t
        live(performer, t)

    live = Performer._live_until
    monkeypatch.setattr(Performer, "_live_until", by_the_frame)
    monkeypatch.setattr(
        Blinks, "step", lambda blinks, now, _, rate: stepped_by(blinks, now, 0.01, rate)
    )
    events, apart = differences(20)
    assert events > 10.0
    assert apart > 5.0
