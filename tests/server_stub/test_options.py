"""What the server is told by flags, variables and files, as the value they become."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from server_stub.options import SECRETS, OptionError, Options, add_arguments, options_from


def told(*flags: str, **environment: str) -> Options:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options_from(parser.parse_args(flags), environment, None)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    contents = {"DATABASE_URL": "postgresql://ann@db/talk", "REDIS_URL": "redis://cache"}
    files: dict[str, str] = {}
    for name in SECRETS:
        path = tmp_path / name
        path.write_text(contents.get(name, f"the {name}") + "\n", "utf-8")
        files[f"{name}_FILE"] = str(path)
    options = told(**files)
    assert options.jwt_secret == "the JWT_SECRET" and options.openai_key == "the OPENAI_API_KEY"
    assert options.database == "postgresql://ann:the%20DATABASE_PASSWORD@db/talk"
    assert options.redis == "redis://cache"
    assert told(**files, JWT_SECRET="said outright").jwt_secret == "said outright"
    with pytest.raises(OptionError, match=r"JWT_SECRET_FILE names .*nowhere, which cannot be read"):
        told(JWT_SECRET_FILE=str(tmp_path / "nowhere"))


def test_a_password_fits_into_an_address_that_has_none() -> None:
    url = "postgresql://ann@db:5433/talk?sslmode=require"
    whole = told(DATABASE_URL=url, DATABASE_PASSWORD="p@ss:/word").database
    assert whole == "postgresql://ann:p%40ss%3A%2Fword@db:5433/talk?sslmode=require"
    own = "postgresql://ann:own@db/talk"
    assert told("--database", own, DATABASE_PASSWORD="other").database == own
    plain = "postgresql://db/talk"
    assert told(DATABASE_URL=plain, DATABASE_PASSWORD="other").database == plain
    redis = told(REDIS_HOST="cache", REDIS_PASSWORD="a/b", REDIS_DB="2").redis
    assert redis == "redis://:a%2Fb@cache:6379/2"


def test_flags_count_more_than_variables() -> None:
    options = told("--mind", "builtin", "--path-prefix", "/a", MIND="script:x", PATH_PREFIX="/b")
    assert options.mind == "builtin" and options.front.prefix == "/a"
    options = told(MIND="script:x", PATH_PREFIX="/b", TRUSTED_PROXIES="10.0.0.0/8, ::1")
    assert options.mind == "script:x" and options.front.prefix == "/b"
    assert [str(network) for network in options.front.proxies] == ["10.0.0.0/8", "::1/128"]
    assert told().mind is None and told().front.proxies == ()
