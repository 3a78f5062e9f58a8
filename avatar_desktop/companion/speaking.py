"""From a streaming reply to sound on the stage: phrases are voiced, queued, placed and performed.

Voice and player are handed in; live, film and tests differ in nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from avatar_desktop.companion.miming import Miming
from avatar_desktop.companion.staged_reply import StagedReply
from avatar_desktop.companion.states import StateMachine, Trigger
from avatar_desktop.library.avatars import Card
from avatar_desktop.library.avatars import Speaking as Speaker
from avatar_desktop.lips.mouth import mouth_track
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.score import heard_chars, into_word
from avatar_desktop.reply.cue import Phrase
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.sound.player import Player
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.queue import SpeechQueue

log = logging.getLogger("companion.speaking")
PHRASES_AHEAD: Final = 6
"""Voiced before they are heard: an endless reply fills no memory."""

ClipStatus = Literal["PLAYING", "COMPLETE", "ERROR"]


class Voice(Protocol):
    """Makes clips of requests, in order, and may be told to forget a reply."""

    def request(self, request: SpeechRequest) -> None: ...

    def cancel(self, reply_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SpeechStyle:
    """Which voice speaks."""

    voice: str = ""
    tone: str = "neutral"
    rate: float = 1.0
    pitch: float = 1.0
    """The person's wishes, on top of the tone's."""


def style_of(card: Card | None, voice: str = "") -> SpeechStyle:
    """The avatar's own voice and tone; a voice that the person names wins."""
    own = card.voice if card else Speaker()
    return SpeechStyle(voice or own.voice, own.tone)


class Speaking:
    """One avatar's speech; `advance` is called at every tick with the heard stage time."""

    def __init__(
        self,
        *,
        machine: StateMachine,
        performer: Performer,
        player: Player,
        voice: Voice,
        rig: RigName,
        style: SpeechStyle,
        on_heard: Callable[[SpeechClip, ClipStatus], None],
        new_reader: Callable[[], ReplyReader] = ReplyReader,
    ) -> None:
        """`new_reader` knows what this avatar can do beyond what every avatar can."""
        self._machine = machine
        self._performer = performer
        self._player = player
        self._voice = voice
        self._rig: RigName = rig
        self._style = style
        self._on_heard = on_heard
        self.new_reader = new_reader
        self._replies: dict[str, StagedReply] = {}
        self._mimed: dict[str, StagedReply] = {}
        self._last_played: SpeechClip | None = None
        self._playing_reply: str | None = None
        self._paused_at = 0.0
        self._queue = SpeechQueue(
            accepts=lambda: machine.may_speak or machine.can(Trigger.TTS_RESUME),
            ready=lambda: machine.may_speak,
            play=self._play,
            on_start=lambda clip: on_heard(clip, "PLAYING"),
            on_complete=self._heard_whole,
            on_empty=lambda: None,
            on_failed=self._not_played,
        )

    @property
    def queue(self) -> SpeechQueue:
        return self._queue

    def use_style(self, style: SpeechStyle) -> None:
        """Speak with another voice from the next phrase on."""
        self._style = style

    @property
    def is_busy(self) -> bool:
        """True while something is still to be voiced or heard."""
        status = self._queue.status()
        return (
            bool(self._replies) or status.queue_length > 0 or status.currently_playing is not None
        )

    # The reply comes in --------------------------------------------------------------------

    def expect(self) -> None:
        """Somebody was asked something: the sound may get ready."""
        self._player.prepare()

    def begin(self, reply_id: str, *, aloud: bool = True, is_served: bool = False) -> None:
        """A reply starts; when the avatar shall not or may not speak, face and hands go with it.

        `is_served`: the server voices it.
        """
        reply = StagedReply(reply_id, self.new_reader(), is_served)
        if aloud and self._machine.may_speak:
            self._player.prepare()
            self._replies[reply_id] = reply
        else:
            reply.miming = Miming(self._performer, reply_id, self._player.heard())
            self._mimed[reply_id] = reply

    def feed(self, reply_id: str, chunk: str) -> None:
        """More of the reply; after its end nothing more belongs to it."""
        reply = self._open(reply_id)
        if reply is not None:
            self._take(reply, reply.reader.feed(chunk))

    def finish(self, reply_id: str) -> None:
        """The text of the reply is complete."""
        reply = self._open(reply_id)
        if reply is not None:
            self._take(reply, reply.reader.finish())
            reply.whole = True
            self._mimed.pop(reply_id, None)

    def say(self, reply_id: str, text: str, *, aloud: bool = True) -> None:
        """A whole text at once: a welcome, a line of a script."""
        self.begin(reply_id, aloud=aloud)
        self.feed(reply_id, text)
        self.finish(reply_id)

    def _open(self, reply_id: str) -> StagedReply | None:
        reply = self._replies.get(reply_id) or self._mimed.get(reply_id)
        return None if reply is None or reply.whole else reply

    def _take(self, reply: StagedReply, phrases: list[Phrase]) -> None:
        reply.take(phrases, self._player.heard())
        self._ask_ahead()

    def _ask_ahead(self) -> None:
        """Let the voice work a little ahead of the ear, however long the replies are."""
        for reply in self._replies.values():
            while reply.unasked and self._ahead() < PHRASES_AHEAD:
                self._request(reply, reply.unasked.popleft())

    def _ahead(self) -> int:
        owed = sum(reply.asked - reply.settled for reply in self._replies.values())
        return owed + self._queue.status().queue_length

    def _request(self, reply: StagedReply, phrase: Phrase) -> None:
        reply.asked += 1
        self._voice.request(
            SpeechRequest(
                text=phrase.text,
                origin=phrase.origin,
                reply_id=reply.id,
                seq=phrase.index,
                last=phrase.is_last,
                voice=self._style.voice,
                tone=phrase.tone if phrase.tone != "neutral" else self._style.tone,
                rate=self._style.rate,
                pitch=self._style.pitch,
                pause_after=phrase.pause_after,
            )
        )

    # The voice answers ---------------------------------------------------------------------

    def voiced(self, clip: SpeechClip) -> None:
        """A clip is made; it is queued unless its reply was interrupted meanwhile."""
        reply = self._replies.get(clip.reply_id)
        if reply is None:
            return
        reply.settled += 1
        if not self._queue.enqueue(clip):
            reply.phrases.pop(clip.seq, None)
            log.warning("clip not accepted", extra={"clip": clip.id})

    def served(self, clip: SpeechClip) -> None:
        """The server voiced a part of a reply."""
        reply = self._replies.get(clip.reply_id)
        if reply is not None and reply.serve(clip, self._player.heard()):
            self.voiced(clip)

    def not_voiced_by_server(self, reply_id: str, number: int, *, is_last: bool) -> None:
        """A phrase that came cannot be played; its text is in the chat."""
        reply = self._replies.get(reply_id)
        if reply is not None:
            reply.skip(number, is_last=is_last)

    def not_served(self, reply_id: str) -> None:
        """The server cannot voice a reply: it is shown without a voice."""
        reply = self._replies.get(reply_id)
        if reply is not None and reply.is_served:
            del self._replies[reply_id]
            now = self._player.heard()
            reply.mime(Miming(self._performer, reply_id, now), now)
            if not reply.whole:
                self._mimed[reply_id] = reply

    def not_voiced(self, reply_id: str, seq: int, why: str) -> None:
        """The engine failed at a phrase: its text stays in the chat, the next one is spoken."""
        reply = self._replies.get(reply_id)
        if reply is not None:
            log.warning("phrase not voiced", extra={"reply": reply_id, "seq": seq, "why": why})
            reply.settled += 1
            reply.phrases.pop(seq, None)

    def _heard_whole(self, clip: SpeechClip) -> None:
        reply = self._replies.get(clip.reply_id)
        if reply is not None:
            reply.hear(clip)
        self._on_heard(clip, "COMPLETE")

    def _not_played(self, clip: SpeechClip, error: Exception) -> None:
        """A clip that cannot be played is skipped; the reply goes on."""
        log.warning("clip not played", extra={"clip": clip.id, "why": str(error)})
        self._on_heard(clip, "ERROR")

    # Time passes ---------------------------------------------------------------------------

    def advance(self, heard: float) -> None:
        """Place what is due, complete what was heard, close a reply after its last sample."""
        self._queue.advance(heard)
        if not self._replies:
            return
        self._ask_ahead()
        status = self._queue.status()
        if status.queue_length or status.currently_playing is not None:
            return
        for reply in list(self._replies.values()):
            if not reply.is_voiced(heard):
                break
            if self._performer.score.end() > heard:
                break
            self._close(reply, heard)

    def _close(self, reply: StagedReply, heard: float) -> None:
        del self._replies[reply.id]
        for cue in (*reply.cues, *reply.trailing):
            self._performer.do(cue, heard, reply.id)
        if self._playing_reply == reply.id:
            self._playing_reply = None
            self._machine.fire(Trigger.TTS_COMPLETE)

    def _play(self, clip: SpeechClip) -> tuple[float, float]:
        """Sound and score get the clip in one call."""
        reply = self._replies[clip.reply_id]
        self._start_reply(reply.id)
        phrase = reply.phrases.pop(clip.seq)
        previous = self._last_played if self._is_continued_by(clip) else None
        gap = previous.pause_after if previous is not None else 0.0
        following = self._queue.peek()
        track = mouth_track(clip, self._rig, previous=previous, following=following)
        start = self._player.append(clip.id, clip.rate, clip.pcm, gap)
        self._performer.hear(start, clip, track, phrase.cues)
        if previous is not None:
            earlier = mouth_track(previous, self._rig, following=clip)
            self._performer.score.replace_track(previous.id, earlier)
        self._last_played = clip
        return start, start + clip.seconds

    def _is_continued_by(self, clip: SpeechClip) -> bool:
        return self._last_played is not None and self._last_played.reply_id == clip.reply_id

    def _start_reply(self, reply_id: str) -> None:
        if self._playing_reply == reply_id:
            return
        if self._playing_reply is not None:
            self._machine.fire(Trigger.TTS_COMPLETE)
        self._playing_reply = reply_id
        self._machine.fire(Trigger.TTS_START)

    # The person speaks up ------------------------------------------------------------------

    def interrupt(self) -> dict[str, int]:
        """Fall silent at once; tells for each reply how many of its characters were heard."""
        silence = self._player.stop()
        heard = {
            reply.id: max(reply.heard, heard_chars(self._performer.score.clips, reply.id, silence))
            for reply in self._replies.values()
        }
        for reply_id in tuple(self._replies):
            self._voice.cancel(reply_id)
        self._replies.clear()
        self._mimed.clear()
        self._queue.clear()
        self._performer.interrupt(silence)
        self._end_reply()
        return heard

    def fall_silent(self) -> None:
        """Take the voice away at once; face and hands go on with what is left of the replies."""
        if self._queue.is_paused:
            later = max(0.0, self._player.heard() - self._paused_at)
            self._performer.postpone(self._paused_at, later)
        goes_on = self._performer.score.end()
        silence = self._player.stop()
        self._performer.fall_silent(silence)
        self._queue.clear()
        for reply in tuple(self._replies.values()):
            self._voice.cancel(reply.id)
            reply.mime(Miming(self._performer, reply.id, max(silence, goes_on)), silence)
            if not reply.whole:
                self._mimed[reply.id] = reply
        self._replies.clear()
        self._end_reply()

    def _end_reply(self) -> None:
        if self._playing_reply is not None:
            self._playing_reply = None
            self._machine.fire(Trigger.TTS_COMPLETE)

    def pause(self) -> None:
        """Hold the voice; a reply that still streams goes on being voiced and queued."""
        self._machine.fire(Trigger.TTS_PAUSE)
        self._paused_at = self._player.pause()
        self._performer.hold(self._paused_at)
        self._queue.pause(self._paused_at)

    def resume(self) -> None:
        """Go on with the word that the pause broke off: a false alarm costs a moment, no word."""
        self._resume_after(self._paused_at)

    def use_device(self, device: str | None) -> None:
        """Sound elsewhere from here on; the word that is under way is said there from its start."""
        if not self._machine.can(Trigger.TTS_PAUSE):
            self._player.use_device(device)
            return
        heard = self._player.heard()
        self.pause()
        self._player.use_device(device)
        self._resume_after(heard)

    def _resume_after(self, heard: float) -> None:
        self._machine.fire(Trigger.TTS_RESUME)
        again = self._paused_at - heard + into_word(self._performer.score.clips, heard)
        later = self._player.resume(again)
        self._performer.postpone(self._paused_at, later)
        self._queue.resume(later)
