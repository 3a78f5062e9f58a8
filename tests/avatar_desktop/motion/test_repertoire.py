"""What a name means: the agent's word, the avatar's clip, a file beside it, the person's, ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.errors import AvatarError
from avatar_desktop.library.motions import BUILT_IN, MotionShelf
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.motion_files import Source, sources_of
from avatar_desktop.motion.repertoire import OWN, Repertoire
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar

BESIDE, YOURS = "beside the avatar", "your own"


def avatar_with(*clips: str) -> Avatar:
    glb = tiny_avatar.humanoid()
    still = {"node": 0, "path": "rotation", "times": [0, 1], "values": [[0, 0, 0, 1]] * 2}
    for name in clips:
        glb.clip(name, [still])
    return read_avatar_bytes(glb.bytes())


def named(label: str, *names: str) -> Source:
    return Source(label, names, lambda name: Animation(f"{label}: {name}", 1.0, ()))


def repertoire(
    *clips: str,
    beside: tuple[str, ...] = (),
    yours: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
) -> Repertoire:
    avatar = avatar_with(*clips)
    sources = (named(BESIDE, *beside), named(YOURS, *yours))
    return Repertoire(avatar, sources, aliases)


def meant(found: Repertoire, name: str) -> str:
    return {each.name: each.source for each in found.meanings()}.get(name, "")


@pytest.mark.parametrize(
    ("clips", "beside", "yours", "wanted"),
    [
        (("gesture_wave",), ("gesture_wave",), ("gesture_wave",), OWN),
        ((), ("Gesture-Wave",), ("gesture_wave",), BESIDE),
        (("nod",), (), ("wave",), YOURS),
        ((), (), (), BUILT_IN),
    ],
)
def test_sources_come_in_order(
    clips: tuple[str, ...], beside: tuple[str, ...], yours: tuple[str, ...], wanted: str
) -> None:
    assert meant(repertoire(*clips, beside=beside, yours=yours), "wave") == wanted


def test_the_agents_words_come_first() -> None:
    found = repertoire("gesture_wave", yours=("salute",), aliases={"greet": "salute"})
    assert meant(found, "greet") == YOURS
    clip = found.find("greet", "gesture")
    assert clip is not None and clip.name == "your own: salute"
    assert found.find("greet") is clip


def test_a_file_that_gives_an_idle_is_the_idle() -> None:
    clip = repertoire(yours=("idle_loop",)).find("idle")
    assert clip is not None and clip.name == "your own: idle_loop"


def test_gestures_and_poses_of_all_sources_are_told() -> None:
    found = repertoire(beside=("gesture_bow",), yours=("pose_guard",))
    assert {"bow", "wave"} <= set(found.gestures)
    assert {"guard", "relaxed"} <= set(found.poses)


def test_the_agents_own_word_for_a_gesture_is_told_too() -> None:
    found = repertoire(aliases={"Greet": "gesture_wave", "fly": "gesture_fly", "stand": "idle"})
    assert "greet" in found.gestures
    assert not {"fly", "stand"} & set(found.gestures)


def test_a_broken_file_means_the_next_source_and_is_opened_once() -> None:
    asked: list[str] = []

    def broken(name: str) -> Animation:
        asked.append(name)
        raise AvatarError("It is broken.")

    avatar = avatar_with()
    sources = (Source(BESIDE, ("gesture_wave", "jig"), broken),)
    found = Repertoire(avatar, sources)
    for _ in range(3):
        clip = found.find("wave", "gesture")
        assert clip is not None and clip.name == "gesture_wave"
        assert found.find("jig") is None
    assert asked == ["gesture_wave", "jig"]


def test_preparing_makes_what_is_asked_for_later() -> None:
    found = repertoire("gesture_wave", yours=("salute",))
    made = list(found.prepare())
    assert made[0] == "gesture_wave" and "salute" in made
    ready = found.find("salute")
    assert list(found.prepare()) == made
    assert found.find("salute") is ready


def test_a_motion_file_is_opened_when_it_is_played(tmp_path: Path) -> None:
    glb = tiny_avatar.humanoid()
    head = [node["name"] for node in glb.document["nodes"]].index("J_head")
    turn = [euler(0.0, 0.0, 0.0), euler(0.0, 40.0, 0.0)]
    glb.clip("look", [{"node": head, "path": "rotation", "times": [0, 1], "values": turn}])
    file = tmp_path / "gesture_look.glb"
    shelf = MotionShelf(YOURS, {"gesture_look": file, "gone": tmp_path / "gone.vrma"})
    avatar = avatar_with()
    mixer = Mixer(avatar, sources=sources_of(avatar, (shelf,)))
    file.write_bytes(glb.bytes())  # only now is there anything to read
    before = mixer.evaluate(0.0).world[avatar.humanoid["leftEye"]]
    assert mixer.gesture("look", 0.0)
    turned = mixer.evaluate(0.9).world[avatar.humanoid["leftEye"]]
    assert np.abs(turned - before).max() > 0.1
    assert not mixer.gesture("gone", 1.0)
    assert not mixer.play("gone", 1.0)


def test_who_is_no_humanoid_takes_no_motion_files() -> None:
    face = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    assert sources_of(face, (MotionShelf(YOURS, {"bow": Path("bow.vrma")}),)) == ()


def test_variants_come_from_the_first_source_that_has_any() -> None:
    found = repertoire(beside=("talk_calm_1", "talk_calm_2"))
    assert found.variants(("talk_calm", "talk_explain")) == ("talk_calm_1", "talk_calm_2")
    assert len(found.variants(("idle",))) >= 5, "our library has them"
    assert found.variants(("moonwalk",)) == ()
