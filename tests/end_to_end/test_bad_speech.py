"""Whatever a mind says: it is shown whole, what can be said is said, and the next reply as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.companion.speaking import PHRASES_AHEAD, SpeechStyle
from avatar_desktop.companion.stage import Stage
from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers import tiny_avatar
from tests.makers.played_companion import Played

NEXT = "And this is heard."
TEXTS = {
    "nothing": "",
    "white": "  \n\t ",
    "only emoji": "😀🎉🇩🇪👩‍👩‍👧",
    "control characters": "One\x00two\x07three\x1b[31mred\x1b[0m\u200b\ufeff.",
    "right to left": "שלום עולם. مرحبا بالعالم، كيف حالك؟",
    "mixed scripts": "Hello мир, 你好世界 and \u202ebackwards\u202c สวัสดี.",
    "unknown language": "ᚠᛇᚻ᛫ᛒᛦᚦ 𓀀𓁐 ꙮ.",
    "only signs": "*** --- ### `` [] {} <>",
    "half a marker": "[emotion:ha",
    "no space at all": "a" * 5_000,
    "combining": "e\u0301" * 300 + "Z\u0351\u036b\u0343\u036a",
    "private and lonely": "\ue000\U000f0000\ufffd.",
}


@dataclass
class RealVoice:
    """The voice process itself; its failures are handed on."""

    voice: BlockingVoice
    stage: Stage | None = None
    clips: list[SpeechClip] = field(default_factory=list[SpeechClip])
    failures: list[str] = field(default_factory=list[str])

    def request(self, request: SpeechRequest) -> None:
        assert self.stage is not None
        try:
            clip = self.voice.speak(request)
        except VoiceError as error:
            self.failures.append(str(error))
            self.stage.speaking.not_voiced(request.reply_id, request.seq, str(error))
        else:
            self.clips.append(clip)
            self.stage.speaking.voiced(clip)

    def cancel(self, reply_id: str) -> None:
        """Nothing is under way."""


@pytest.fixture(scope="module")
def process() -> Iterator[BlockingVoice]:
    with BlockingVoice() as voice:
        yield voice


@pytest.fixture
def talk(process: BlockingVoice, tmp_path: Path) -> Callable[[], tuple[Played, RealVoice]]:
    def opened() -> tuple[Played, RealVoice]:
        played = Played(read_avatar_bytes(tiny_avatar.humanoid().bytes()), tmp_path)
        voice = RealVoice(process)
        played.voice = voice  # pyright: ignore[reportAttributeAccessIssue]
        played.connect()
        voice.deliver = voice.fail = None  # pyright: ignore[reportAttributeAccessIssue]
        voice.stage = played.open_avatar()
        return played, voice

    return opened


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_replies_are_shown_and_the_next_one_is_spoken(
    text: str, talk: Callable[[], tuple[Played, RealVoice]]
) -> None:
    played, voice = talk()
    played.reply(text, stream="odd")
    played.live()
    played.reply(NEXT, stream="next")
    played.live()
    shown = [row.text for row in played.rows]
    assert shown[-1] == NEXT
    assert all(row.state == "complete" for row in played.rows)
    if any(char.isalpha() for char in text) and not text.startswith("["):
        assert len(shown[0]) > len(text) // 2
    assert [clip.reply_id for clip in voice.clips][-1] == "next"
    assert all(why.endswith(".") and "\n" not in why for why in voice.failures)
    assert played.states[-2:] == ["PLAYING", "READY"]


@pytest.mark.parametrize(
    "wish", ["tlh", "dolphin", "piper:/nowhere/voice.onnx", "http://127.0.0.1:9/v1", "en+bo"]
)
def test_a_voice_that_is_none_costs_the_sound_and_nothing_else(
    wish: str, talk: Callable[[], tuple[Played, RealVoice]]
) -> None:
    played, voice = talk()
    assert voice.stage is not None
    voice.stage.speaking.use_style(SpeechStyle(wish))
    played.reply("[emotion:sad]Nobody hears this.", stream="odd")
    played.live()
    voice.stage.speaking.use_style(SpeechStyle())
    played.reply(NEXT, stream="next")
    played.live()
    assert [row.text for row in played.rows] == ["Nobody hears this.", NEXT]
    assert [clip.reply_id for clip in voice.clips] == ["next"]
    (why,) = voice.failures
    assert why.endswith(".") and "\n" not in why


def test_a_million_characters_fill_no_memory(tmp_path: Path, full_length: bool) -> None:
    played = Played(read_avatar_bytes(tiny_avatar.humanoid().bytes()), tmp_path)
    played.connect()
    played.open_avatar()
    text = "One two three four five six seven. " * (30_000 if full_length else 1_000)
    played.reply(text, stream="long")
    assert len(played.voice.asked) <= PHRASES_AHEAD
    played.live(10.0)
    assert 2 < len(played.voice.asked) < 20
    played.companion.interrupt()
    played.reply(NEXT, stream="next")
    played.live()
    assert [row.text.strip()[-18:] for row in played.rows] == [text.strip()[-18:], NEXT]
    assert played.voice.asked[-1].text == NEXT
