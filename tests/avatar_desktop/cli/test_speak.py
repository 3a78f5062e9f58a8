"""The speak command: a sound file and a mouth track that fit each other."""

import io
import json
import os
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.cli.main import main
from tests.makers.made_up_piper import RATE, write_voice
from tests.makers.null_sink import OTHER, another_sink, recording

TEXT = "[emotion:happy:0.6]Hello there! [gesture:wave]My mum is Bob's 3rd aunt. [emotion:sad]"


def test_sound_and_track_fit_each_other(tmp_path: Path) -> None:
    sound, track = tmp_path / "a.wav", tmp_path / "a.json"
    arguments = ["speak", TEXT, "-o", str(sound), "--track", str(track)]
    assert main([*arguments, "--rig", "oculus", "--rate", "50"]) == 0
    with wave.open(str(sound)) as file:
        rate, seconds = file.getframerate(), file.getnframes() / file.getframerate()
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
    told = json.loads(track.read_text("utf-8"))
    assert list(told) == [
        *("rate", "channels", "weights", "duration", "phones", "words", "cues", "timing"),
        "sampleRate",
    ]
    assert told["sampleRate"] == rate and told["duration"] == pytest.approx(seconds)
    assert told["rate"] == 50 and len(told["weights"]) == int(seconds * 50) + 1
    assert {len(row) for row in told["weights"]} == {len(told["channels"])}
    assert "viseme_PP" in told["channels"] and told["timing"] == "exact"
    phones = told["phones"]
    assert phones[0]["start"] == 0 and phones[-1]["end"] == pytest.approx(seconds)
    assert all(a["end"] == pytest.approx(b["start"]) for a, b in pairwise(phones))
    words = {word["text"]: word for word in told["words"]}
    assert list(words)[:3] == ["Hello", "there", "My"]
    cues = {cue["name"]: cue for cue in told["cues"]}
    assert cues["happy"]["time"] == words["Hello"]["start"] and cues["happy"]["strength"] == 0.6
    assert cues["wave"] == {
        "kind": "gesture",
        "name": "wave",
        "strength": 1.0,
        "time": words["My"]["start"],
    }
    assert cues["sad"]["time"] == told["duration"]


def test_the_same_text_gives_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        monkeypatch.setattr("sys.stdin", io.StringIO(TEXT))
        arguments = ["-o", str(tmp_path / f"{name}.wav"), "--track", str(tmp_path / f"{name}.json")]
        assert main(["speak", "-", *arguments]) == 0
    for kind in ("wav", "json"):
        one, other = (tmp_path / f"{name}.{kind}" for name in "ab")
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        ([], 2, "what to speak"),
        (["--bring-voice", "/no/such.onnx"], 1, "There is no voice at"),
        (["", "-o", "/no/such/folder/x.wav"], 2, "nothing to say"),
        (["Hello", "--rate", "0"], 2, "--rate"),
        (["Hello", "--sound", "a.wav"], 2, "leave the text out"),
        (["--sound", "/no/such.wav"], 1, "cannot be read"),
        (["--sound", __file__], 1, "no WAV file"),
        (["Hello", "--voice", "dolphin", "-o", "/no/such/folder/x.wav"], 1, "no voice named"),
        (["Hello", "-o", "/no/such/folder/x.wav"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: list[str],
    status: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["speak", *arguments]) == status
    assert sentence in capsys.readouterr().err


def test_a_voice_that_was_brought_is_listed_and_speaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
    model, track = write_voice(tmp_path / "downloads"), tmp_path / "a.json"
    mine = ["speak", "--profile", str(tmp_path / "profile")]
    assert main([*mine, "--bring-voice", str(model), "--voices"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "hum  en-US (yours)"
    said = [*mine, "Hello there.", "--voice", "hum", "--track", str(track)]
    assert main([*said, "-o", str(tmp_path / "a.wav")]) == 0
    told = json.loads(track.read_text("utf-8"))
    assert told["timing"] == "exact" and told["sampleRate"] == RATE


def test_a_recording_without_a_text_gets_an_estimated_mouth(tmp_path: Path) -> None:
    sound, known, guessed = (tmp_path / name for name in ("a.wav", "known.json", "guessed.json"))
    assert main(["speak", "Bob, my pup!", "-o", str(sound), "--track", str(known)]) == 0
    assert main(["speak", "--sound", str(sound), "--track", str(guessed)]) == 0
    exact, estimated = (json.loads(each.read_text("utf-8")) for each in (known, guessed))
    assert (exact["timing"], estimated["timing"]) == ("exact", "estimated")
    assert estimated["channels"] == exact["channels"] and estimated["words"] == []
    assert estimated["duration"] == pytest.approx(exact["duration"])
    assert max(max(row) for row in estimated["weights"]) > 0.2


def test_speakers_are_listed_and_the_wished_one_plays(pulse_environment: dict[str, str]) -> None:
    """In a process of its own: PortAudio keeps what it saw first."""

    def speak(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "avatar_desktop", "speak", *words],
            env=os.environ | pulse_environment,
            capture_output=True,
            text=True,
            check=False,
        )

    with another_sink(pulse_environment, "A beamer"):
        first, *others = speak("--speakers").stdout.splitlines()
        assert first.endswith("(the system's own)") and "A beamer" in others
        with recording(pulse_environment, OTHER) as there:
            done = speak("Hello.", "--speaker", "A beamer")
            recorded, _ = there.stop()
        assert done.returncode == 0 and done.stderr == ""
        assert np.abs(recorded).max() > 1000
    away = speak("Hello.", "--speaker", "A beamer")
    assert away.returncode == 0 and "A beamer is not connected." in away.stderr
