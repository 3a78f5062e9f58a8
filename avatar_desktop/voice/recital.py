"""A whole text spoken at one go: its clips end to end, with the rests that punctuation asks for.

Seconds count from the first sample. It plays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from avatar_desktop.reply.cue import Cue, Phrase
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import synthesise


@dataclass(frozen=True, slots=True)
class Recital:
    """Clips in order; all that sound have one rate."""

    clips: tuple[SpeechClip, ...]
    phrases: tuple[Phrase, ...]

    @property
    def rate(self) -> int:
        return next((clip.rate for clip in self.clips if clip.pcm), 22050)

    @property
    def seconds(self) -> float:
        return (self.starts()[-1] + self.clips[-1].samples) / self.rate if self.clips else 0.0

    def starts(self) -> tuple[int, ...]:
        """The sample at which each clip begins."""
        starts: list[int] = []
        at = 0
        for clip in self.clips:
            starts.append(at)
            at += clip.samples + round(clip.pause_after * self.rate)
        return tuple(starts)

    def pcm(self) -> bytes:
        """The sound, without the rest after the last clip."""
        sound = bytearray()
        for start, clip in zip(self.starts(), self.clips, strict=True):
            sound += bytes(start * 2 - len(sound))
            sound += clip.pcm
        return bytes(sound)

    def phones(self) -> Iterator[tuple[float, float, str]]:
        """Start, end and IPA of each phone; rests between the clips are phones without a name."""
        at = 0
        for start, clip in zip(self.starts(), self.clips, strict=True):
            if start > at:
                yield at / self.rate, start / self.rate, ""
            for phone in clip.phones:
                yield (start + phone.start) / self.rate, (start + phone.end) / self.rate, phone.ipa
            at = start + clip.samples

    def words(self) -> Iterator[tuple[float, float, str]]:
        """Start, end and text of each word."""
        for start, clip in zip(self.starts(), self.clips, strict=True):
            for word in clip.words:
                yield (start + word.start) / self.rate, (start + word.end) / self.rate, word.text

    def cues(self) -> Iterator[tuple[float, Cue]]:
        """Each cue at the start of the word that follows it, or at the end of the sound."""
        words = [
            (word.char_end, (start + word.start) / self.rate)
            for start, clip in zip(self.starts(), self.clips, strict=True)
            for word in clip.words
        ]
        for phrase in self.phrases:
            for cue in phrase.cues:
                following = (time for char_end, time in words if char_end > cue.char)
                yield next(following, self.seconds), cue


def recite(text: str, *, voice: str = "", tone: str = "neutral") -> Recital:
    """Speak a text, markers and all; `tone` colours the phrases that ask for none."""
    reader = ReplyReader()
    phrases = (*reader.feed(text), *reader.finish())
    clips = synthesise(
        SpeechRequest(
            text=phrase.text,
            origin=phrase.origin,
            reply_id="recital",
            seq=phrase.index,
            last=phrase.is_last,
            voice=voice,
            tone=phrase.tone if phrase.tone != "neutral" else tone,
            pause_after=phrase.pause_after,
        )
        for phrase in phrases
        if phrase.text.strip()
    )
    return Recital(tuple(clips), phrases)
