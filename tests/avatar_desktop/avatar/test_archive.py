"""An avatar in a .zip opens like one in a folder; archives that are traps are refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from avatar_desktop.avatar.gltf import archive as archive_module
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import tiny_avatar
from tests.makers.packed import archive

ARM = tiny_avatar.skinned_arm().bytes()
FACE = tiny_avatar.morph_face().bytes()


def loose(uri: str = "data/arm.bin") -> tuple[bytes, bytes]:
    """The arm as a .gltf text and its numbers."""
    glb = tiny_avatar.skinned_arm()
    buffers = [{"byteLength": len(glb.binary), "uri": uri}]
    return json.dumps({**glb.document, "buffers": buffers}).encode(), bytes(glb.binary)


def refused(data: bytes) -> AvatarError:
    with pytest.raises(AvatarError) as caught:
        read_avatar_bytes(data)
    return caught.value


@pytest.mark.parametrize("name", ["arm.vrm", "my arm/arm.glb", "a/b/ARM.GLB"])
def test_an_avatar_in_an_archive_opens(name: str, tmp_path: Path) -> None:
    path = tmp_path / "arm.zip"
    path.write_bytes(archive({"readme.txt": b"hello", name: ARM}))
    avatar = read_avatar(path)
    assert avatar.skeleton.names == ("upper", "lower", "skin")
    assert not avatar.warnings


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("data/arm.bin", "avatar/data/arm.bin"),
        ("../shared/arm.bin", "shared/arm.bin"),
        ("my%20arm.bin", "avatar/my arm.bin"),
        ("Data\\Arm.bin", "avatar/data/arm.bin"),
        ("ARM.BIN", "avatar/arm.bin"),
    ],
)
def test_companions_are_found_inside_the_archive(uri: str, name: str) -> None:
    text, numbers = loose(uri)
    avatar = read_avatar_bytes(archive({"avatar/arm.gltf": text, name: numbers}))
    assert len(avatar.meshes[0].primitives[0].positions) == 4


@pytest.mark.parametrize("uri", ["../../arm.bin", "/etc/passwd", "file:///etc/passwd", "gone.bin"])
def test_addresses_out_of_the_archive_find_nothing(uri: str) -> None:
    text, numbers = loose(uri)
    error = refused(archive({"avatar/arm.gltf": text, "arm.bin": numbers}))
    assert error.kind == "uri"


def test_of_several_avatars_the_rule_picks_one_and_says_so() -> None:
    files = {
        "__MACOSX/._arm.vrm": b"litter",
        ".hidden.vrm": b"litter",
        "a.gltf": b"{}",
        "b.glb": FACE,
        "deep/down/a.vrm": FACE,
        "deep/Z.vrm": FACE,
        "deep/y.vrm": ARM,
    }
    avatar = read_avatar_bytes(archive(files))
    assert avatar.skeleton.names[0] == "upper"
    assert avatar.warnings == ("The archive holds 5 avatars; this is deep/y.vrm.",)


def test_an_archive_without_an_avatar_says_so() -> None:
    assert "holds no avatar" in refused(archive({"notes.txt": b"hello"})).message
    assert "holds no avatar" in refused(archive({})).message


def test_folders_and_files_without_a_name_are_passed_over() -> None:
    data = bytearray(archive({"pack.vrm/": b"", "b": b"", "arm.vrm": ARM}))
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    local = data.index(b"PK\x03\x04", 1)
    for at, field in ((local, 26), (central, 28)):
        data[at + field] -= 1  # the name's length; its letter becomes an extra field of one byte
        data[at + field + 2] += 1
    assert not read_avatar_bytes(bytes(data)).warnings


@pytest.mark.parametrize("name", ["../arm.vrm", "a/../../arm.vrm", "..\\arm.vrm"])
def test_an_archive_that_climbs_out_of_itself_is_refused(name: str) -> None:
    error = refused(archive({"arm.vrm": ARM, name: ARM}))
    assert "outside" in error.message


def test_a_locked_archive_is_refused_in_a_sentence() -> None:
    data = bytearray(archive({"arm.vrm": ARM}))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags] |= 1
    assert "password" in refused(bytes(data)).message


def test_an_archive_that_unfolds_without_measure_is_refused() -> None:
    bomb = archive({"arm.vrm": b"\0" * (archive_module.ALWAYS_ALLOWED + 1)})
    assert len(bomb) < archive_module.ALWAYS_ALLOWED / archive_module.MAX_RATIO
    error = refused(bomb)
    assert error.kind == "size"
    assert "unfolds" in error.message


def test_companions_count_towards_the_same_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "ALWAYS_ALLOWED", 20_000)
    monkeypatch.setattr(archive_module, "MAX_RATIO", 1)
    text, numbers = loose("arm.bin")
    small = {"arm.gltf": text, "arm.bin": numbers}
    assert read_avatar_bytes(archive(small)).meshes[0].primitives
    error = refused(archive({"arm.gltf": text, "arm.bin": numbers + b"\0" * 20_000}))
    assert error.kind == "size"


def test_an_archive_of_countless_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_ENTRIES", 10)
    files = {f"{number}.txt": b"" for number in range(11)}
    assert "more than 10 files" in refused(archive({**files, "arm.vrm": ARM})).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packings_are_refused_in_a_sentence(method: int) -> None:
    assert "plain .zip" in refused(archive({"arm.vrm": ARM}, method)).advice


@pytest.mark.parametrize("cut", [3, 20, 200, 500])
def test_a_damaged_archive_is_said_to_be_damaged(cut: int) -> None:
    assert refused(archive({"arm.vrm": ARM})[:-cut]).kind == "archive"


def test_a_wrong_checksum_is_damage() -> None:
    data = bytearray(archive({"arm.vrm": ARM}))
    data[data.index(b"PK\x01\x02") + 16] ^= 0xFF
    assert "damaged" in refused(bytes(data)).message
