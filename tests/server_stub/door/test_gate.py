"""The gate's own promises: secrets, tokens, sealed sessions, buckets."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.door.gate import BadToken, Gate, GateError, read_secret, secret_of_text
from server_stub.door.limits import Bucket

GATE = Gate(b"k" * 32)


def test_the_secret_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    first = read_secret(tmp_path)
    assert read_secret(tmp_path) == first and len(first) == 32
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "server.secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["server.secret"]


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "server.secret").write_bytes(b"short")
    with pytest.raises(GateError, match="damaged"):
        read_secret(tmp_path)
    with pytest.raises(GateError, match="too short"):
        secret_of_text("short")


def test_a_token_names_its_user_until_it_runs_out() -> None:
    token = GATE.issue("ann", 1000.0, 60)
    assert GATE.user_of(token, 1065.0) == "ann"
    with pytest.raises(BadToken, match="out of date"):
        GATE.user_of(token, 1071.0)


@pytest.mark.parametrize(
    "claims",
    [{"sub": "ann"}, {"exp": 9e9}, {"sub": "", "exp": 9e9}, {"sub": "ann", "exp": 9e9, "nbf": 8e9}],
)
def test_a_token_that_says_too_little_or_comes_too_early_is_refused(
    claims: dict[str, object],
) -> None:
    with pytest.raises(BadToken):
        GATE.user_of(jwt.encode(claims, b"k" * 32, algorithm="HS256"), 1000.0)


def test_a_token_without_a_signature_is_refused() -> None:
    token = jwt.encode({"sub": "ann", "exp": 9e9}, None, algorithm="none")  # pyright: ignore
    with pytest.raises(BadToken):
        GATE.user_of(token, 1000.0)


@given(st.text(max_size=80))
def test_any_text_is_no_token_and_no_session(text: str) -> None:
    with pytest.raises(BadToken):
        GATE.user_of(text, 1000.0)
    assert not GATE.knows_session(text, "room", "ann")


def test_a_session_belongs_to_its_room_and_user() -> None:
    session = GATE.session_id("room", "ann")
    assert GATE.knows_session(session, "room", "ann")
    assert not GATE.knows_session(session, "other", "ann")
    assert not GATE.knows_session(session, "room", "bob")
    assert not Gate(b"z" * 32).knows_session(session, "room", "ann")


def test_only_numbers_and_own_names_are_hosts_of_a_public_server() -> None:
    gate = Gate(b"k" * 32, ["https://chat.example.org"])
    gate.opened("0.0.0.0", 3002)
    known = ["192.168.1.5:3002", "localhost:3002", "[fe80::1]:3002", "chat.example.org"]
    assert all(gate.knows_host([host]) for host in known)
    foreign = ["evil.example:3002", "192.168.1.5:80", "192.168.1.5.evil.example:3002", ""]
    assert not any(gate.knows_host([host]) for host in foreign)
    assert not gate.knows_host([]) and not gate.knows_host(["localhost:3002", "evil"])


def test_a_page_of_the_very_address_that_was_asked_may_talk() -> None:
    gate = Gate(b"k" * 32)
    gate.opened("0.0.0.0", 3002)
    assert gate.knows_origin(["http://192.168.1.5:3002"], "http://192.168.1.5:3002")
    assert not gate.knows_origin(["http://192.168.1.6:3002"], "http://192.168.1.5:3002")
    assert not gate.knows_origin(["http://192.168.1.5:3002"], "https://192.168.1.5:3002")
    assert not gate.knows_origin(["null"], "null") and not gate.knows_origin([""], "")


def test_a_bucket_lets_a_burst_through_and_then_drips() -> None:
    bucket = Bucket(rate=2.0, burst=3, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(0.5) == 0.0
    assert bucket.is_full(10.0)
