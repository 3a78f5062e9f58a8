"""A take is the same bits twice: one script and one seed give one performance."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.film.script import expected_seconds, read_script
from avatar_desktop.film.take import RATE, TAIL, Take, TakeFrame
from avatar_desktop.performer.roles import Role
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers import tiny_avatar
from tests.makers.made_up_voice import WORD_SECONDS, made_up_clip

SCRIPT = """
[emotion:happy,gesture:wave]Hello there, my friend.
@pause 0.3
@user What is new?
@camera portrait 1
Well, [emotion:sad]not much [gesture:shrug]today.
"""
FPS = 25.0


@pytest.fixture(scope="module")
def tiny() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def take_of(avatar: Avatar, *, seed: int = 1, **more: object) -> Take:
    given = {"synthesise": made_up_clip, "read_avatar": lambda name: avatar, "fps": FPS}
    return Take(avatar, seed=seed, **(given | more))  # pyright: ignore[reportArgumentType]


def performed(take: Take, script: str = SCRIPT) -> list[TakeFrame]:
    return list(take.perform(read_script(script)))


def marks(frames: list[TakeFrame]) -> str:
    """All poses of a performance in one number."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.pose.world.tobytes())
        digest.update(frame.pose.weights.tobytes())
        for joints in frame.pose.joints:
            digest.update(joints.tobytes())
    return digest.hexdigest()


def test_the_same_script_and_seed_give_the_same_poses_and_the_same_sound(tiny: Avatar) -> None:
    first, second = take_of(tiny), take_of(tiny)
    assert marks(performed(first)) == marks(performed(second))
    assert np.array_equal(first.sound(), second.sound())
    assert first.states == second.states


def test_another_seed_moves_otherwise_and_says_the_same(tiny: Avatar) -> None:
    first, second = take_of(tiny, seed=1), take_of(tiny, seed=2)
    assert marks(performed(first)) != marks(performed(second))
    assert np.array_equal(first.sound(), second.sound())


def test_the_real_voice_gives_the_same_take_twice(tiny: Avatar) -> None:
    def once() -> tuple[str, bytes]:
        with BlockingVoice() as voice:
            take = take_of(tiny, synthesise=voice.speak)
            return marks(performed(take, "[emotion:happy]Hello, Peter and Bob.")), bytes(
                take.sound()
            )

    first, second = once(), once()
    assert first == second
    assert any(first[1])


@pytest.mark.parametrize("fps", [1.0, 24.0, 29.97, 60.0])
def test_frames_are_evenly_spaced_and_the_sound_is_as_long_as_the_pictures(
    fps: float, tiny: Avatar
) -> None:
    take = take_of(tiny, fps=fps)
    frames = performed(take, "Hello there, my friend.")
    times = [frame.time for frame in frames]
    np.testing.assert_allclose(times, (np.arange(len(times)) + 1) / fps, atol=1e-9)
    assert len(take.sound()) == round(len(frames) / fps * RATE)


def test_every_line_is_played_once_and_the_avatar_is_ready_after_it(tiny: Avatar) -> None:
    take = take_of(tiny)
    performed(take)
    assert take.states == ["INITIALIZING", "READY", *("PLAYING", "READY") * 2]


def test_an_interrupted_line_stops_at_its_second(tiny: Avatar) -> None:
    take = take_of(tiny)
    line = " ".join(["word"] * 20)
    frames = performed(take, f"@interrupt 1\n{line}")
    assert frames[-1].time == pytest.approx(1.0 + TAIL, abs=1 / FPS)
    sound = np.abs(take.sound().astype(np.int32))
    assert sound[: round(0.9 * RATE)].max() > 1000
    assert sound[round(1.1 * RATE) :].max() == 0


def test_a_pause_lasts_as_long_as_it_says(tiny: Avatar) -> None:
    frames = performed(take_of(tiny), "@pause 2")
    assert frames[-1].time == pytest.approx(2.0 + TAIL, abs=1 / FPS)
    assert not take_of(tiny).sound().any()


def test_the_person_is_shown_while_the_avatar_listens(tiny: Avatar) -> None:
    take = take_of(tiny)
    captions: list[str] = []
    roles: set[Role] = set()
    for frame in take.perform(read_script("@user What is new?\nNot much.")):
        if frame.shot.caption:
            roles.add(take.stage.performer.role)
        if frame.shot.caption not in captions[-1:]:
            captions.append(frame.shot.caption)
    assert captions == ["What is new?", ""]
    assert Role.LISTENING in roles


def test_camera_and_background_reach_the_frames(tiny: Avatar) -> None:
    frames = performed(take_of(tiny), "One.\n@camera full 0.5\n@background #102030\nTwo.")
    assert frames[0].shot.camera is None
    last = frames[-1].shot
    assert (last.camera, last.camera_seconds, last.background) == ("full", 0.5, "#102030")


def test_another_avatar_and_another_voice_take_over(tiny: Avatar) -> None:
    other = read_avatar_bytes(tiny_avatar.humanoid(version=0).bytes())
    asked: list[SpeechRequest] = []

    def voice(request: SpeechRequest) -> SpeechClip:
        asked.append(request)
        return made_up_clip(request)

    take = take_of(tiny, synthesise=voice, read_avatar=lambda name: other)
    frames = performed(take, "One.\n@avatar other.vrm\n@voice de\nTwo.")
    assert (frames[0].avatar, frames[-1].avatar) == (tiny, other)
    assert [request.voice for request in asked] == ["", "de"]
    assert take.states.count("INITIALIZING") == 2


def test_a_phrase_that_cannot_be_spoken_is_left_out_and_the_rest_is_performed(
    tiny: Avatar,
) -> None:
    take = take_of(tiny)
    frames = performed(take, "This is unspeakable. This is not.")
    assert take.states[-2:] == ["PLAYING", "READY"]
    assert frames[-1].time < 0.12 + 3 * WORD_SECONDS + 2.0


def test_an_empty_script_is_a_short_look_at_the_avatar(tiny: Avatar) -> None:
    frames = performed(take_of(tiny), "// nothing\n\n")
    assert frames[-1].time == pytest.approx(TAIL, abs=1 / FPS)


def test_what_was_said_is_kept_for_subtitles_as_far_as_it_was_heard(tiny: Avatar) -> None:
    take = take_of(tiny)
    performed(take, "One two. Three.\n@interrupt 0.5\nFour five six seven eight.")
    said = [[word.text for word in clip.words] for _, clip in take.spoken()]
    assert said == [["One", "two."], ["Three."], ["Four", "five"]]
    starts = [start for start, _ in take.spoken()]
    assert starts == sorted(starts) and starts[0] > 0


def test_the_length_of_a_performance_is_guessed_before_it(tiny: Avatar) -> None:
    script = read_script(
        "[emotion:happy]Hello there.\n@pause 3\n@user Hi.\n@interrupt 1\nA long line."
    )
    assert expected_seconds(script) == pytest.approx(0.3 + 0.8 + 3 + 0.7 + 1 + TAIL, abs=0.2)
