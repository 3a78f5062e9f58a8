"""What the server knows of speech: the words of a reply, and its voice for clients without one.

The one file of the server that may know how a reply is read aloud. The voice and all that it needs
come in when the first client wants to hear something.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.vocabulary import Vocabulary
from avatar_desktop.wire.parts import Phoneme, Word
from server_stub.voice.pieces import Form, SpokenPiece, Wish

if TYPE_CHECKING:
    from avatar_desktop.reply.cue import Phrase
    from avatar_desktop.voice.clip import SpeechClip
    from avatar_desktop.voice.engine import SpeechRequest

OPUS_RATE: Final = 24_000
PACKED_BITS: Final = 32_000
SEEN: Final = 0.08
"""A mouth shape weaker than this is not worth a place in the list."""


class SpeechFailed(Exception):
    """The voice could not speak; the message is one sentence."""


def words_of(reply: str) -> str:
    """The reply as text: its markers are for avatars."""
    reader = MarkerReader(Vocabulary())
    read = [*reader.feed(reply), *reader.finish()]
    return "".join(piece.char for piece in read if isinstance(piece, Letter)).strip()


class Voice:
    """Owns the voice process, started when the first phrase is to be spoken."""

    def __init__(self) -> None:
        self._worker: Any = None
        self._is_closed = False
        self._owed: dict[tuple[str, int], asyncio.Future[SpeechClip]] = {}

    async def speak(self, request: SpeechRequest) -> SpeechClip:
        """The clip of one phrase. Raises SpeechFailed."""
        if self._is_closed:
            raise SpeechFailed("The server is stopping.")
        if self._worker is None:
            from avatar_desktop.voice.speaker import VoiceWorker

            self._worker = VoiceWorker(self._voiced, self._failed)
            self._worker.start()
        place = (request.reply_id, request.seq)
        answer = self._owed[place] = asyncio.get_running_loop().create_future()
        self._worker.request(request)
        try:
            return await answer
        finally:
            self._owed.pop(place, None)

    def cancel(self, reply_id: str) -> None:
        """Nothing of this reply is wanted any more."""
        if self._worker is not None:
            self._worker.cancel(reply_id)

    def close(self) -> None:
        """Ends the voice process for good."""
        self._is_closed = True
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _voiced(self, clip: SpeechClip) -> None:
        answer = self._owed.get((clip.reply_id, clip.seq))
        if answer is not None and not answer.done():
            answer.set_result(clip)

    def _failed(self, reply_id: str, seq: int, why: str) -> None:
        answer = self._owed.get((reply_id, seq))
        if answer is not None and not answer.done():
            answer.set_exception(SpeechFailed(why))


class SpokenReply:
    """One reply on its way from text to sound: fed as the mind speaks, voiced phrase by phrase."""

    def __init__(self, voice: Voice, message_id: str, voice_name: str) -> None:
        from avatar_desktop.reply.phrases import ReplyReader

        self._voice = voice
        self._message_id = message_id
        self._voice_name = voice_name
        self._reader = ReplyReader()
        self._phrases: asyncio.Queue[Phrase | None] = asyncio.Queue()
        self._index = 0
        self._emotion = "neutral"

    def feed(self, chunk: str) -> None:
        """The mind said more."""
        self._put(self._reader.feed(chunk))

    def finish(self) -> None:
        """The mind came to its end."""
        self._put(self._reader.finish())
        self._phrases.put_nowait(None)

    def cancel(self) -> None:
        """Nobody wants to hear it any more."""
        self._voice.cancel(self._message_id)

    def _put(self, phrases: Iterable[Phrase]) -> None:
        for phrase in phrases:
            self._phrases.put_nowait(phrase)

    async def phrases(self) -> AsyncIterator[Phrase]:
        """The phrases to speak, as they come."""
        while (phrase := await self._phrases.get()) is not None:
            yield phrase

    async def spoken(
        self, phrase: Phrase, wishes: Iterable[Wish], most_bytes: int
    ) -> list[SpokenPiece]:
        """A phrase in the wanted forms, cut where it is too long. Raises SpeechFailed."""
        from avatar_desktop.voice.engine import SpeechRequest

        for cue in phrase.cues:
            if cue.kind == "emotion":
                self._emotion = cue.name
        wanted = tuple(wishes)
        if not phrase.text.strip():
            return (
                [self._piece((), 0, {wish: _silence(wish) for wish in wanted}, final=True)]
                if phrase.is_last
                else []
            )
        clip = await self._voice.speak(
            SpeechRequest(
                text=phrase.text,
                origin=phrase.origin,
                reply_id=self._message_id,
                seq=phrase.index,
                last=phrase.is_last,
                voice=self._voice_name,
                tone=phrase.tone,
                pause_after=phrase.pause_after,
            )
        )
        cut = list(pieces_of(clip, most_samples(wanted, most_bytes, clip.rate)))
        told: list[SpokenPiece] = []
        for number, (start, end) in enumerate(cut):
            forms = await asyncio.to_thread(_forms, clip, start, end, wanted)
            final = phrase.is_last and number == len(cut) - 1
            duration = round(1000 * (end - start) / clip.rate)
            told.append(self._piece(_words(clip, start, end), duration, forms, final=final))
        return told

    def _piece(
        self, words: tuple[Word, ...], duration: int, forms: dict[Wish, Form], *, final: bool
    ) -> SpokenPiece:
        piece = SpokenPiece(
            self._message_id, self._index, final, duration, words, self._emotion, forms
        )
        self._index += 1
        return piece


# --- cutting


def most_samples(wishes: Iterable[Wish], most_bytes: int, rate: int) -> int:
    """How long a piece may be so that its heaviest form fits."""
    seconds = [
        most_bytes / (2 * rate) if wish.codec == "s16" else most_bytes / (PACKED_BITS / 8 * 1.5)
        for wish in wishes
    ]
    return max(rate // 2, int(0.95 * min(seconds, default=60.0) * rate))


def pieces_of(clip: SpeechClip, most: int) -> Iterator[tuple[int, int]]:
    """From where to where the pieces go: cut between words, in the widest gap that is near."""
    start = 0
    while clip.samples - start > most:
        gaps = [
            (after.start - before.end, (before.end + after.start) // 2)
            for before, after in zip(clip.words, clip.words[1:], strict=False)
            if start + most // 2 < (before.end + after.start) // 2 <= start + most
        ]
        end = max(gaps)[1] if gaps else start + most
        yield start, end
        start = end
    yield start, clip.samples


def _words(clip: SpeechClip, start: int, end: int) -> tuple[Word, ...]:
    def told(at: int) -> int:
        return round(1000 * (min(max(at, start), end) - start) / clip.rate)

    return tuple(
        Word(
            text=word.text,
            start=told(word.start),
            end=told(word.end),
            char_start=word.char_start,
            char_end=word.char_end,
        )
        for word in clip.words
        if start <= word.start < end
    )


# --- forms


def _silence(wish: Wish) -> Form:
    return Form(b"", wish.codec, OPUS_RATE, ())


def _forms(clip: SpeechClip, start: int, end: int, wishes: tuple[Wish, ...]) -> dict[Wish, Form]:
    pcm = clip.pcm[2 * start : 2 * end]
    sounds = {codec: packed(pcm, clip.rate, codec) for codec in {wish.codec for wish in wishes}}
    shapes = {
        rig: phonemes(clip, rig, start, end)
        for rig in {wish.rig for wish in wishes if wish.phonemes}
    }
    made: dict[Wish, Form] = {}
    for wish in wishes:
        data, codec, rate = sounds[wish.codec]
        made[wish] = Form(data, codec, rate, shapes[wish.rig] if wish.phonemes else ())
    return made


def packed(pcm: bytes, rate: int, codec: str) -> tuple[bytes, str, int]:
    """The sound in a codec: its bytes, the codec's name and its rate; bare where none is there."""
    if codec == "s16" or find_spec("av") is None:
        return pcm, "s16", rate
    import av
    import numpy as np

    library: Any = av
    file = io.BytesIO()
    kind, encoder = ("ogg", "libopus") if codec == "opus" else ("mp3", "libmp3lame")
    with library.open(file, "w", format=kind) as container:
        stream = container.add_stream(encoder, rate=OPUS_RATE)
        stream.layout = "mono"
        stream.bit_rate = PACKED_BITS
        context = stream.codec_context
        resampler = library.AudioResampler(
            format=context.format, layout="mono", rate=OPUS_RATE, frame_size=context.frame_size
        )
        samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
        frame = library.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return file.getvalue(), codec, OPUS_RATE


def phonemes(clip: SpeechClip, rig: str, start: int, end: int) -> tuple[Phoneme, ...]:
    """The mouth at the middle of each sound, in the words of a rig, from the start of the piece."""
    from avatar_desktop.lips.mouth import mouth_track

    make: Callable[..., Any] = mouth_track
    track = make(clip, rig)
    told: list[Phoneme] = []
    for phone in clip.phones:
        if not start <= phone.start < end or not phone.ipa:
            continue
        weights = track.at((phone.start + phone.end) / 2 / clip.rate)
        at = round(1000 * (phone.start - start) / clip.rate)
        mark = {0: "", 1: "ˌ", 2: "ˈ"}.get(phone.stress, "")
        shown = [(float(w), name) for name, w in zip(track.channels, weights, strict=True)]
        seen = [(w, name) for w, name in shown if w >= SEEN] or [max(shown)]
        told += [
            Phoneme(time=at, ipa=mark + phone.ipa, blendshape=name, weight=round(min(w, 1.0), 3))
            for w, name in sorted(seen, reverse=True)
        ]
    return tuple(told)
