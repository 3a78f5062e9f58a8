"""Speak a text aloud, or to a sound file with its mouth track."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, cast

from avatar_desktop.errors import LibraryError, SoundError, UsageError, VoiceError
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.lips.track import TRACK_RATE
from avatar_desktop.reply.vocabulary import TONES

if TYPE_CHECKING:
    from avatar_desktop.voice.recital import Recital

RIG_NAMES = ("arkit", "oculus", "vrm", "cc4")
TIMINGS = ("exact", "aligned", "estimated")
"""Best first; a track is as good as the worst of its clips."""
START_SECONDS = 10.0
"""How long the sound may take to come up before it counts as missing."""
EXAMPLE = """example:
  avatar-desktop speak "[emotion:happy]Hello! I can read this aloud."
  avatar-desktop speak - -o hello.wav --track hello.json --rig oculus < text.txt
  avatar-desktop speak --sound recording.wav --track recording.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="what to say, or - for standard input"
    )
    parser.add_argument(
        "--voice",
        metavar="V",
        default="",
        help="a language or voice (de, en-us+f3), a voice you brought, a .onnx file, or the "
        "address of a speech server (http://localhost:8880/v1#voice=NAME)",
    )
    parser.add_argument(
        "--sound",
        metavar="FILE",
        help="a WAV recording instead of a text; its mouth track is estimated from the sound alone",
    )
    parser.add_argument("--voices", action="store_true", help="list the voices instead")
    parser.add_argument(
        "--speaker", metavar="NAME", default="", help="which output plays it (see --speakers)"
    )
    parser.add_argument(
        "--speakers", action="store_true", help="list the outputs instead, the system's own first"
    )
    parser.add_argument(
        "--bring-voice",
        metavar="FILE|ADDRESS",
        help="keep a Piper voice (NAME.onnx with NAME.onnx.json beside it) before speaking",
    )
    parser.add_argument(
        "--tone", metavar="T", choices=tuple(TONES), default="neutral", help=", ".join(TONES)
    )
    parser.add_argument("-o", "--out", metavar="FILE", help="write a WAV file instead of playing")
    parser.add_argument("--track", metavar="FILE", help="write the mouth track as JSON")
    parser.add_argument(
        "--rig", choices=RIG_NAMES, default="arkit", help="the names of the mouth's shapes"
    )
    parser.add_argument(
        "--rate", metavar="HZ", type=float, default=TRACK_RATE, help="track rows a second"
    )


def run(options: argparse.Namespace) -> int:
    from avatar_desktop.library.folders import folders
    from avatar_desktop.voice.brought import FOLDER

    profile = Path(options.profile) if options.profile else None
    places = folders(profile=profile, temporary=options.temporary)
    try:
        return _run(options, places.data / FOLDER)
    finally:
        places.discard()


def _run(options: argparse.Namespace, folder: Path) -> int:
    from avatar_desktop.voice.brought import located
    from avatar_desktop.voice.recital import recite

    voice = str(options.voice)
    if options.bring_voice:
        voice = voice or _bring(str(options.bring_voice), folder)
    if options.voices:
        print("\n".join(_voices(folder)))
    if options.speakers:
        print("\n".join(_speakers()))
    if options.text is None and options.sound is None:
        if options.voices or options.bring_voice or options.speakers:
            return 0
        raise UsageError("Say what to speak: a text, or - for standard input.")
    if options.text is not None and options.sound is not None:
        raise UsageError("--sound brings its own words: leave the text out.")
    if not 1.0 <= options.rate <= 1000.0:
        raise UsageError("--rate is between 1 and 1000 rows a second.")
    if options.sound is not None:
        recital = _recording(Path(options.sound))
    else:
        text = sys.stdin.read() if options.text == "-" else str(options.text)
        recital = recite(text, voice=located(voice, folder), tone=options.tone)
    if not recital.clips:
        raise UsageError("There is nothing to say in this text.")
    if options.out:
        _write_sound(Path(options.out), recital)
    if options.track:
        track = _track(recital, cast(RigName, options.rig), options.rate)
        _write(Path(options.track), json.dumps(track, ensure_ascii=False).encode() + b"\n")
    if not options.out and not options.track:
        asyncio.run(_play(recital, str(options.speaker)))
    return 0


def _recording(path: Path) -> Recital:
    """A recording as the only clip of a recital. Raises LibraryError."""
    from avatar_desktop.voice.engines.wave_bytes import sound_of
    from avatar_desktop.voice.overheard import overheard
    from avatar_desktop.voice.recital import Recital

    try:
        data = path.read_bytes()
        if data[:4] != b"RIFF":
            raise LibraryError(f"{path} is no WAV file.")
        return Recital((overheard(*sound_of(data)),), ())
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror or error}.") from error
    except VoiceError as error:
        raise LibraryError(f"{path} is no WAV file that can be played here.") from error


def _voices(folder: Path) -> list[str]:
    """Name and language of each: brought ones first."""
    from avatar_desktop.voice.brought import brought_voices
    from avatar_desktop.voice.catalogue import installed_voices

    brought = [f"{voice.name}  {voice.language} (yours)" for voice in brought_voices(folder)]
    return brought + [f"{voice.id}  {voice.name}" for voice in installed_voices()]


def _speakers() -> list[str]:
    """The outputs by their names. Raises SoundError where nothing can sound."""
    from avatar_desktop.sound.devices import report

    found = report()
    if not found.ok:
        raise SoundError(found.detail, advice=found.advice)
    others = [name for name in found.outputs if name != found.default_output]
    return [f"{found.default_output}  (the system's own)", *others]


def _bring(source: str, folder: Path) -> str:
    """Take a voice in, with its progress on standard error; its name."""
    from avatar_desktop.voice.brought import take_in

    def tell(came: int, whole: int | None) -> None:
        share = f" ({100 * came // whole} %)" if whole else ""
        print(f"\r{came / (1 << 20):.1f} MiB{share}", end="", file=sys.stderr)
        if came == whole:
            print(file=sys.stderr)

    return take_in(source, folder, on_progress=tell).name


def _track(recital: Recital, rig: RigName, rate: float) -> dict[str, object]:
    """The mouth, and what is said when, in seconds."""
    channels, weights = _mouth(recital, rig, rate)
    return {
        "rate": rate,
        "channels": list(channels),
        "weights": weights,
        "duration": recital.seconds,
        "phones": [
            {"ipa": ipa, "start": start, "end": end} for start, end, ipa in recital.phones()
        ],
        "words": [
            {"text": text, "start": start, "end": end} for start, end, text in recital.words()
        ],
        "cues": [
            {"kind": cue.kind, "name": cue.name, "strength": cue.strength, "time": time}
            for time, cue in recital.cues()
        ],
        "timing": max((clip.timing for clip in recital.clips), key=TIMINGS.index),
        "sampleRate": recital.rate,
    }


def _mouth(
    recital: Recital, rig: RigName, rate: float
) -> tuple[tuple[str, ...], list[list[float]]]:
    """Rows from the first sample to the last; where two clips overlap the stronger shape wins."""
    from avatar_desktop.lips.mouth import mouth_track

    clips = recital.clips
    tracks = [
        mouth_track(clip, rig, previous=previous, following=following)
        for previous, clip, following in zip(
            (None, *clips[:-1]), clips, (*clips[1:], None), strict=True
        )
    ]
    starts = [start / recital.rate for start in recital.starts()]
    rows: list[list[float]] = []
    for number in range(int(recital.seconds * rate) + 1):
        at = number / rate
        voices = [track.at(at - start) for track, start in zip(tracks, starts, strict=True)]
        rows.append(
            [round(max(float(value) for value in each), 4) for each in zip(*voices, strict=True)]
        )
    return tracks[0].channels, rows


def _write_sound(path: Path, recital: Recital) -> None:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(recital.rate)
        file.writeframes(recital.pcm())
    _write(path, sound.getvalue())


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error


async def _play(recital: Recital, speaker: str) -> None:
    """Aloud, to the last sample. Raises SoundError where nothing can sound."""
    from avatar_desktop.sound.device import LivePlayer

    news = asyncio.Event()

    def tell(sentence: str) -> None:
        news.set()
        if player.missing:
            print(sentence, file=sys.stderr)

    player = LivePlayer(tell, on_status=lambda _: news.set(), device=speaker or None)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not player.is_up:
                news.clear()
                await news.wait()
        end = player.append("recital", recital.rate, recital.pcm(), 0.0) + recital.seconds
        while player.heard() < end:
            if player.trouble:
                raise SoundError(player.trouble, advice="Use -o FILE to write a sound file.")
            await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise SoundError("The sound does not start.") from error
    finally:
        player.close()
