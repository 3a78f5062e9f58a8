"""The log of a process: JSON lines that keep their fields, wherever it may be written."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar_desktop.workers.journal import FOLDER_VARIABLE, inherit_journal, open_journal


@pytest.fixture(autouse=True)
def quiet_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    root = logging.getLogger()
    before = root.level
    yield
    root.setLevel(before)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_record_is_one_line_with_its_extra_fields(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "logs", "app")
    logging.getLogger("link").info("connection closed", extra={"code": 1006, "where": tmp_path})
    journal.close()
    assert journal.path == tmp_path / "logs" / "app.log"
    (line,) = lines(journal.path)
    assert line["event"] == "connection closed" and line["from"] == "link"
    assert line["code"] == 1006 and line["where"] == str(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_no_news_for_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.log").symlink_to("/dev/full")
    journal = open_journal(tmp_path, "app")
    logging.getLogger("link").info("connection closed")
    journal.close()
    assert capfd.readouterr().err == ""


def test_a_failure_keeps_its_trace(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "app")
    try:
        raise ValueError("a reason")
    except ValueError:
        logging.getLogger("voice").exception("no clip")
    journal.close()
    assert "ValueError: a reason" in str(lines(tmp_path / "app.log")[0]["trace"])


def test_the_level_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "warning")
    journal = open_journal(tmp_path, "app")
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("loud")
    journal.close()
    assert [line["event"] for line in lines(tmp_path / "app.log")] == ["loud"]


def test_a_folder_that_cannot_be_written_means_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    journal = open_journal(tmp_path / "file" / "logs", "app")
    logging.getLogger("x").warning("still said")
    logging.getLogger("x").info("not worth the terminal")
    journal.close()
    assert journal.path is None
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == [
        "still said"
    ]


def test_a_child_logs_into_the_folder_of_its_parent(tmp_path: Path) -> None:
    open_journal(tmp_path, "app").close()
    journal = inherit_journal("voice")
    journal.close()
    assert journal.path == tmp_path / "voice.log"
