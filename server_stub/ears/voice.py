"""The voice of one client: pieces of sound in, what was said out, one utterance after the other.

Where utterances begin and end is found at once; only they wait for the ears, in a line that is
bounded. Nothing here lets a client wait long: a line that does not move is refused.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from avatar_desktop.wire.errors import ErrorCode
from avatar_desktop.wire.messages import AudioChunk, ProcessingStatus, Transcript
from server_stub.ears.ears import Ears, EarsBusy
from server_stub.ears.transcriber import EarsError
from server_stub.ears.utterance import Utterance
from server_stub.history.errors import StorageFailed
from server_stub.line.speaker import Speaker

if TYPE_CHECKING:  # numpy comes in when the first client speaks
    from server_stub.ears.stream import Cut, VoiceStream

LONGEST_NAME: Final = 200
AT_ONCE_BYTES: Final = 1 << 16
"""More sound than this is looked through beside the loop."""
DRAIN_SECONDS: Final = 1.0
"""How long a client that sends faster than it is understood is held back before it is refused."""
EARS_MISTAKE: Final = "The ears made a mistake of their own: say it again, or type the message."

_log = logging.getLogger("server.ears")


class Voice:
    """Owns the line of one connection's utterances and the one task that has them understood."""

    def __init__(self, ears: Ears, speaker: Speaker) -> None:
        self._ears = ears
        self._speaker = speaker
        self._stream: VoiceStream | None = None
        self._refused: str | None = None
        self._line: deque[Cut] = deque()
        self._waiting_bytes = 0
        self._drained = asyncio.Event()
        self._utterance: Utterance | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_hearing = False

    async def take(self, chunk: AudioChunk) -> None:
        """The next piece of sound. Raises StorageFailed."""
        if self._refusal(chunk):
            return
        from server_stub.ears.packed import BadSound
        from server_stub.ears.stream import Cut, VoiceStream

        self._ears.figures.count("audio_chunks")
        stream, cuts = self._stream, list[Cut]()
        if stream is None or not stream.goes_on_with(chunk):
            if stream is not None:
                cuts += stream.finish()
            stream = VoiceStream(chunk, self._ears.limits)
        self._stream = None if chunk.is_final else stream
        try:
            if stream.is_packed or len(chunk.data) > AT_ONCE_BYTES:
                cuts += await asyncio.to_thread(stream.take, chunk)
            else:
                cuts += stream.take(chunk)
        except BadSound as error:
            self._refuse_stream(ErrorCode.BAD_FRAME, str(error), chunk)
            cuts += stream.finish()
            self._stream = None
        if cuts:
            await self._line_up(cuts, chunk)

    async def close(self) -> None:
        """The client is gone: what is no message of its room yet is forgotten."""
        self._line.clear()
        task = self._task
        if task is not None and not task.done():
            if self._is_hearing:  # never in the midst of a room's own verb
                task.cancel()
            await asyncio.wait([task])
        if self._stream is not None:
            self._stream.close()
        self._drop()

    # --- what cannot be heard

    def _refusal(self, chunk: AudioChunk) -> bool:
        """Whether the piece was refused; what is wrong with a whole stream is said once for it."""
        if self._ears.are_deaf:
            self._refuse_stream(ErrorCode.CANNOT_HEAR, "", chunk)
            return True
        if self._stream and self._stream.is_packed and self._stream.goes_on_with(chunk):
            return False
        from server_stub.ears.packed import is_packed
        from server_stub.ears.sound import why_not

        if (sentence := why_not(chunk.codec, chunk.rate)) != "":
            self._refuse_stream(ErrorCode.NO_COMMON_CODEC, sentence, chunk)
            return True
        if len(chunk.stream_id) > LONGEST_NAME:
            sentence = f"A streamId has at most {LONGEST_NAME} characters."
        elif len(chunk.data) % 2 and not is_packed(chunk.codec):
            sentence = f"{len(chunk.data)} bytes are no samples: each has two."
        if sentence:
            self._speaker.refuse(ErrorCode.BAD_FRAME, sentence, chunk)
        return bool(sentence)

    def _refuse_stream(self, code: ErrorCode, sentence: str, chunk: AudioChunk) -> None:
        if self._refused != chunk.stream_id:
            self._speaker.refuse(code, sentence, chunk)
        self._refused = None if chunk.is_final else chunk.stream_id

    # --- the line

    async def _line_up(self, cuts: list[Cut], chunk: AudioChunk) -> None:
        longest = 2 * 16_000 * self._ears.limits.buffer_seconds
        if self._waiting_bytes > longest and not await self._drains(longest):
            self._give_up_last()
            self._speaker.refuse(
                ErrorCode.RATE_LIMITED,
                f"More than {self._ears.limits.buffer_seconds:g} s of your voice wait to be "
                "understood: what you say now is not heard. Wait a moment.",
                chunk,
            )
            return
        self._line.extend(cuts)
        self._waiting_bytes += sum(len(cut.pcm) for cut in cuts)
        try:
            await self._announce(cuts, chunk)
        finally:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._work())

    async def _announce(self, cuts: list[Cut], chunk: AudioChunk) -> None:
        for cut in cuts:
            if cut.kind == "began":
                await self._speaker.began()
            elif cut.kind == "too long":
                self._speaker.refuse(
                    ErrorCode.TOO_LONG,
                    f"You spoke for {self._ears.limits.longest_seconds:g} s without a pause: "
                    "what follows is not heard until you make one.",
                    chunk,
                )

    async def _drains(self, longest: float) -> bool:
        """Whether the line became short enough while the client was held back."""
        self._drained.clear()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._waiting_bytes > longest:
                    await self._drained.wait()
                    self._drained.clear()
        except TimeoutError:
            return False
        return True

    def _give_up_last(self) -> None:
        """Forgets the utterance that is coming in; what was said to its end before stays."""
        has_begun = True
        while self._line and not self._line[-1].is_end:
            cut = self._line.pop()
            self._waiting_bytes -= len(cut.pcm)
            has_begun = has_begun and cut.kind != "began"
        if not self._line and has_begun:
            self._drop()

    async def _work(self) -> None:
        while self._line:
            cut = self._line.popleft()
            self._waiting_bytes -= len(cut.pcm)
            self._drained.set()
            try:
                await self._handle(cut)
            except EarsError as error:
                self._fail(str(error), busy=isinstance(error, EarsBusy))
            except StorageFailed:
                self._drop()  # the room said so
            except Exception:  # noqa: BLE001 - ears are foreign code, and the connection lives on
                _log.exception("ears failed")
                self._fail(EARS_MISTAKE)

    async def _handle(self, cut: Cut) -> None:
        if cut.kind == "began":
            self._drop()
            self._utterance = Utterance(cut.stream_id, self._speaker.session_id, cut.at)
            self._is_hearing = True
            try:
                await self._utterance.begin(self._ears)
            finally:
                self._is_hearing = False
        elif cut.kind == "nothing":
            nothing = Transcript(stream_id=cut.stream_id, text="", is_final=True, confidence=0.0)
            await self._speaker.understood(nothing, None)
        elif self._utterance is not None:
            await self._go_on(self._utterance, cut)

    async def _go_on(self, utterance: Utterance, cut: Cut) -> None:
        self._is_hearing = True
        try:
            if cut.pcm:
                said = await utterance.feed(cut.pcm)
                message = None
            else:
                self._speaker.tell(ProcessingStatus(stage="transcribing"))
                said, message = await utterance.finish(cut.came_at)
        finally:
            self._is_hearing = False
        if said is not None and said.is_final:
            self._utterance = None
            if message is None:
                self._speaker.tell(ProcessingStatus(stage="idle"))
        if said is not None:
            await self._speaker.understood(said, message)

    def _fail(self, sentence: str, *, busy: bool = False) -> None:
        self._drop()
        _log.warning("not understood", extra={"why": sentence})
        self._speaker.tell(ProcessingStatus(stage="idle"))
        code = ErrorCode.BUSY if busy else ErrorCode.HEARING_FAILED
        self._speaker.refuse(code, sentence)

    def _drop(self) -> None:
        """Nobody waits for the utterance any more."""
        if self._utterance is not None:
            self._utterance.cancel()
            self._utterance = None
