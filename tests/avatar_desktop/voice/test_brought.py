"""Voices that the person brings: taken in whole, from a file or an address, or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from avatar_desktop.errors import Cancelled, VoiceError
from avatar_desktop.voice.brought import brought_voices, check_wish, located, take_in
from tests.makers.made_up_piper import write_voice


class Shelf(BaseHTTPRequestHandler):
    """Gives the files of a folder, from the byte that is asked for; may hang up early."""

    folder: Path
    ranges: list[str]
    hangs_up_after: int | None

    def do_GET(self) -> None:
        file = self.folder / self.path.rpartition("/")[2]
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.ranges.append(asked)
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        rest = data[start:]
        short = self.hangs_up_after if file.suffix == ".onnx" else None
        self.wfile.write(rest if short is None else rest[:short])

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def shelf(folder: Path) -> Iterator[tuple[str, type[Shelf]]]:
    kind = type("OneShelf", (Shelf,), {"folder": folder, "ranges": [], "hangs_up_after": None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_voice(tmp_path / "source", "hum")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "voices"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_voice_is_taken_in_from_a_file_and_found_by_its_name(source: Path, folder: Path) -> None:
    voice = take_in(str(source), folder)
    assert voice.model == folder / "hum" / "hum.onnx"
    assert [each.name for each in brought_voices(folder)] == ["hum"]
    assert located("Hum", folder) == f"piper:{voice.model}"
    assert left(folder) == ["hum"]
    assert take_in(str(source), folder) == voice, "again, in place of the first"


def test_other_names_stay_what_they_are(source: Path, folder: Path) -> None:
    assert located("en-us+f3", folder) == "en-us+f3"
    assert located("http://localhost/v1", folder) == "http://localhost/v1"
    assert located(str(source), folder) == f"piper:{source}"
    assert located(str(source.parent), folder) == f"piper:{source.parent}"


def test_what_is_no_voice_is_not_taken_in(source: Path, folder: Path) -> None:
    source.with_name("hum.onnx.json").write_text("{}", "utf-8")
    with pytest.raises(VoiceError, match="not that of a Piper voice"):
        take_in(str(source), folder)
    assert left(folder) == []


def test_a_voice_comes_from_an_address_with_progress_and_checksum(
    source: Path, folder: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    sum_of_it = hashlib.sha256(source.read_bytes()).hexdigest()
    with shelf(source.parent) as (url, _):
        voice = take_in(
            f"{url}/hum.onnx#sha256={sum_of_it}",
            folder,
            on_progress=lambda came, whole: told.append((came, whole)),
        )
    size = source.stat().st_size
    assert voice.model.read_bytes() == source.read_bytes()
    assert told[-1] == (size, size) and left(folder) == ["hum"]


def test_a_broken_line_goes_on_where_it_broke(source: Path, folder: Path) -> None:
    with shelf(source.parent) as (url, kind):
        kind.hangs_up_after = 700
        with pytest.raises(VoiceError, match="line broke"):
            take_in(f"{url}/hum.onnx", folder)
        assert brought_voices(folder) == ()
        kind.hangs_up_after = None
        voice = take_in(f"{url}/hum.onnx", folder)
    assert kind.ranges[-1] == "bytes=700-"
    assert voice.model.read_bytes() == source.read_bytes() and left(folder) == ["hum"]


def test_a_cancelled_download_is_no_voice(source: Path, folder: Path) -> None:
    with shelf(source.parent) as (url, _), pytest.raises(Cancelled):
        take_in(f"{url}/hum.onnx", folder, is_cancelled=lambda: True)
    assert brought_voices(folder) == ()


def test_a_wrong_checksum_leaves_nothing_of_the_file(source: Path, folder: Path) -> None:
    with shelf(source.parent) as (url, _):
        with pytest.raises(VoiceError, match="checksum differs"):
            take_in(f"{url}/hum.onnx#sha256={'0' * 64}", folder)
        assert not list(folder.rglob("*.onnx"))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://voice.example/hum.onnx", "does not begin with https"),
        ("https://u:p@voice.example/hum.onnx", "name or password"),
        ("https://voice.example/hum.zip", "names no .onnx file"),
        ("https://", "is none"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused(
    folder: Path, address: str, sentence: str
) -> None:
    with pytest.raises(VoiceError, match=sentence):
        take_in(address, folder)


def test_a_file_that_is_not_there_is_told(source: Path, folder: Path) -> None:
    with shelf(source.parent) as (url, _), pytest.raises(VoiceError, match=r"\(404\)"):
        take_in(f"{url}/other.onnx", folder)
    assert brought_voices(folder) == ()


def test_a_wish_is_looked_at_before_anything_is_done(source: Path) -> None:
    for voice in ("", "en-us", f"piper:{source}", "http://localhost/v1"):
        check_wish(voice)
    for voice in ("dolphin", "piper:/no/such.onnx", "https://"):
        with pytest.raises(VoiceError):
            check_wish(voice)
