"""Files made to hurt: each known trick is refused, or costs only the part that plays it."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import bounds
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.rig.face_names import face_rows
from avatar_desktop.errors import AvatarError
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers import tiny_avatar
from tests.makers.reading_check import check, check_numbers
from tests.makers.tiny_avatar import Glb

_POINTS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]


@pytest.fixture(autouse=True)
def little_memory() -> Any:
    """No file of this page may cost more than a few hundred megabytes, even for a moment."""
    resource = pytest.importorskip("resource")
    used = psutil.Process().memory_info().vms
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def refused(data: bytes) -> AvatarError:
    with pytest.raises(AvatarError) as caught:
        read_avatar_bytes(data)
    assert caught.value.place
    return caught.value


def survives(glb: Glb) -> Avatar:
    """The file opens, every number in it is finite, and inspecting it fails in no step."""
    avatar = read_avatar_bytes(glb.bytes())
    check_numbers(avatar)
    assert check(glb.bytes()) == "opened"
    return avatar


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_picture(data: bytes, mime: str = "image/png") -> Glb:
    glb = tiny_avatar.morph_face()
    image = glb.add("images", {"bufferView": glb.view(data), "mimeType": mime})
    texture = glb.add("textures", {"source": image})
    look = {"pbrMetallicRoughness": {"baseColorTexture": {"index": texture}}}
    glb.document["meshes"][0]["primitives"][0]["material"] = glb.add("materials", look)
    return glb


def test_a_png_that_unfolds_to_gigabytes_costs_itself() -> None:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    png += chunk(b"IDAT", zlib.compress(b"\0" * 10**7)) + chunk(b"IEND", b"")
    avatar = survives(with_picture(png))
    assert avatar.images[0].rgba.size <= 4
    assert any("picture" in warning for warning in avatar.warnings)


def test_a_text_chunk_of_a_png_does_not_unfold() -> None:
    head = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    bomb = b"a\0\0" + zlib.compress(b"\0" * 10**8)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"zTXt", bomb)
    png += chunk(b"IDAT", zlib.compress(b"\0\1\2\3\4")) + chunk(b"IEND", b"")
    survives(with_picture(png))


def test_a_zip_that_unfolds_to_gigabytes_is_refused() -> None:
    box = io.BytesIO()
    with (
        zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("avatar.glb", "w") as file,
    ):
        for _ in range(300):
            file.write(b"\0" * (1 << 20))
    assert refused(box.getvalue()).kind == "size"


@pytest.mark.parametrize(
    "uri",
    [
        *("../secret.bin", "%2e%2e/secret.bin", "%2E%2E%2Fsecret.bin", "a/../../secret.bin"),
        *("..\\secret.bin", "..%5csecret.bin", "./././../secret.bin", "link.bin", "way/secret.bin"),
        *("file:../secret.bin", "FILE:///etc/passwd", "/etc/passwd", "//host/share/secret.bin"),
        *("\\\\host\\share\\secret.bin", "C:\\secret.bin", "C:secret.bin", "http://a.example/b"),
        *("secret.bin\0.bin", "%00", "", ".", "..", "~/secret.bin", "nul", "a" * 5000),
    ],
)
@pytest.mark.parametrize("what", ["buffer", "picture"])
def test_no_address_leads_out_of_the_folder(what: str, uri: str, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"\x7f" * 48)
    inside = tmp_path / "avatar"
    inside.mkdir()
    (inside / "link.bin").symlink_to(tmp_path / "secret.bin")
    (inside / "way").symlink_to(tmp_path, target_is_directory=True)
    buffers: list[dict[str, Any]] = [
        {"byteLength": 48, "uri": uri if what == "buffer" else "a.bin"}
    ]
    (inside / "a.bin").write_bytes(np.asarray(_POINTS, "<f4").tobytes())
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "buffers": buffers,
        "bufferViews": [{"buffer": 0, "byteLength": 48}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
        "nodes": [{"mesh": 0}],
        "materials": [{"emissiveTexture": {"index": 0}}],
        "textures": [{"source": 0}],
        "images": [{"uri": uri if what == "picture" else "none.png"}],
    }
    path = inside / "avatar.gltf"
    path.write_text(json.dumps(document), "utf-8")
    if what == "buffer":
        with pytest.raises(AvatarError) as caught:
            read_avatar(path)
        assert caught.value.place.startswith("$.buffers[0]")
    else:
        avatar = read_avatar(path)
        assert any("$.images[0]" in warning for warning in avatar.warnings)
        assert len(avatar.meshes[0].primitives[0].positions) == 4


@pytest.mark.parametrize("ring", [1, 2, 500])
def test_nodes_in_a_ring_are_refused(ring: int) -> None:
    glb = Glb()
    for node in range(ring):
        glb.add("nodes", {"children": [(node + 1) % ring]})
    assert refused(glb.bytes()).kind == "tree"


def test_a_chain_of_very_many_nodes_opens() -> None:
    glb = Glb()
    for node in range(20_000):
        glb.add("nodes", {"children": [node + 1]} if node < 19_999 else {})
    assert len(survives(glb).skeleton.names) == 20_000


@pytest.mark.parametrize("scale", [2e3, 1e8, 1e30])
def test_parents_that_multiply_without_measure_are_refused(scale: float) -> None:
    glb = Glb()
    for node in range(8):
        below: dict[str, Any] = {"children": [node + 1]} if node < 7 else {"mesh": 0}
        glb.add("nodes", {"scale": [scale] * 3, **below})
    glb.add("meshes", {"primitives": [tiny_avatar.square(glb)]})
    assert refused(glb.bytes()).kind == "numbers"


def test_many_large_scales_side_by_side_are_no_trouble() -> None:
    glb = Glb()
    for _ in range(50):
        glb.add("nodes", {"scale": [100.0] * 3, "translation": [1e3, 0, 0]})
    assert len(survives(glb).skeleton.names) == 50


@pytest.mark.parametrize("weight", [1e308, -1e30])
def test_a_morph_weight_without_measure_is_off(weight: float) -> None:
    glb = tiny_avatar.morph_face()
    glb.document["nodes"][0]["weights"] = [weight, 0.5]
    avatar = survives(glb)
    assert avatar.rest_weights.tolist() == [0.0, 0.5]
    assert any("morph weights" in warning for warning in avatar.warnings)


@pytest.mark.parametrize("count", [10**9, 2**31, 2**62])
@pytest.mark.parametrize("bare", [True, False], ids=["without bytes", "with bytes"])
def test_accessors_of_a_billion_elements_take_no_memory(count: int, bare: bool) -> None:
    glb = tiny_avatar.skinned_arm()
    for accessor in glb.document["accessors"]:
        accessor["count"] = count
        if bare:
            accessor.pop("bufferView")
    del glb.document["skins"], glb.document["nodes"][2]["skin"]
    avatar = survives(glb)
    assert len(avatar.meshes[0].primitives[0].positions) == 0
    assert avatar.warnings


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("part", ["times", "values"])
def test_keys_that_cannot_be_cost_their_channel(part: str, number: float) -> None:
    glb = tiny_avatar.skinned_arm()
    channel: dict[str, Any] = {"node": 1, "path": "translation", "times": [0.0, 1.0]}
    channel["values"] = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    channel[part] = np.where(np.arange(np.size(channel[part])) == 1, number, 0.0).reshape(
        np.shape(channel[part])
    )
    glb.clip("broken", [channel])
    avatar = survives(glb)
    assert [len(clip.channels) for clip in avatar.animations] == [1, 0]
    assert any("broken" in warning for warning in avatar.warnings)


def test_keys_that_lie_apart_are_read_and_told() -> None:
    """A byteStride below keys, at which another reader never comes back."""
    glb = tiny_avatar.skinned_arm()
    rows = np.array([[0.0, 9.0], [0.5, 9.0], [1.0, 9.0]], "<f4")
    view = glb.view(rows.tobytes(), byteStride=8)
    times = {"bufferView": view, "componentType": 5126, "count": 3, "type": "SCALAR"}
    sampler = glb.document["animations"][0]["samplers"][0]
    sampler["input"] = glb.add("accessors", times)
    sampler["output"] = glb.accessor([[0, 0, 0, 1]] * 3)
    assert survives(glb).animations[0].channels[0].times.tolist() == [0.0, 0.5, 1.0]


def test_equal_names_do_not_hide_each_other() -> None:
    glb = tiny_avatar.skinned_arm()
    for group in ("nodes", "meshes", "animations"):
        for item in glb.document[group]:
            item["name"] = "same"
    glb.document["animations"] *= 3
    avatar = survives(glb)
    assert avatar.skeleton.names == ("same",) * 3
    assert [clip.name for clip in avatar.animations] == ["same"] * 3


@pytest.mark.parametrize("deep", [b"[" * 10**6, b'{"a":' * 10**6, b"[" * 10**6 + b"]" * 10**6])
@pytest.mark.parametrize("field", [b"asset", b"extras", b"extensions", b"nodes"])
def test_json_nested_without_end_ends(field: bytes, deep: bytes) -> None:
    text = b'{"asset":{"version":"2.0"},"' + field + b'":' + deep + b"}"
    refused(text)


def test_a_text_of_megabytes_is_carried_and_not_repeated() -> None:
    glb = tiny_avatar.skinned_arm()
    endless = "x" * 5_000_000
    glb.document["nodes"][0]["name"] = endless
    glb.document["extensionsUsed"] = [endless]
    glb.document["animations"][0]["samplers"][0]["interpolation"] = endless
    avatar = survives(glb)
    assert all(len(warning) < 500 for warning in avatar.warnings)


@pytest.mark.parametrize("where", ["nodes", "materials", "animations", "meshes"])
def test_lone_surrogates_do_not_reach_the_screen(where: str) -> None:
    glb = tiny_avatar.skinned_arm()
    glb.document.setdefault("materials", [{}])[0]["name"] = "m"
    glb.document[where][0]["name"] = "\ud800"
    assert check(glb.bytes()) in ("opened", "refused")


@pytest.mark.parametrize(
    "empty",
    [
        {"nodes": []},
        {"meshes": [{"primitives": []}]},
        {"accessors": [], "bufferViews": [], "buffers": []},
        {"skins": [{"joints": []}]},
        {"animations": [{"channels": [], "samplers": []}]},
        {"scenes": [], "scene": 0},
        {"extensions": {}, "extensionsUsed": [], "extensionsRequired": []},
    ],
)
def test_emptiness_is_refused_or_an_empty_avatar(empty: dict[str, Any]) -> None:
    glb = tiny_avatar.morph_face()
    glb.document.update(empty)
    assert check(glb.bytes()) in ("opened", "refused")


def test_nothing_at_all_is_an_avatar_of_nothing() -> None:
    avatar = read_avatar_bytes(b'{"asset":{"version":"2.0"}}')
    assert avatar.meshes == () and avatar.skeleton.names == ()
    assert check(b'{"asset":{"version":"2.0"}}') == "opened"


_INDEX = (-1, -(2**31), 10**9, 2**31, 2**63, 2**64, 10**40)
Spoil = Callable[[dict[str, Any], int], None]


def _set(*path: str | int) -> Spoil:
    def spoil(document: dict[str, Any], value: int) -> None:
        owner: Any = document
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value

    return spoil


@pytest.mark.parametrize("index", _INDEX)
@pytest.mark.parametrize(
    "spoil",
    [
        _set("scene"),
        _set("scenes", 0, "nodes", 0),
        _set("nodes", 0, "children", 0),
        _set("nodes", 2, "mesh"),
        _set("nodes", 2, "skin"),
        _set("meshes", 0, "primitives", 0, "indices"),
        _set("meshes", 0, "primitives", 0, "material"),
        _set("meshes", 0, "primitives", 0, "attributes", "POSITION"),
        _set("meshes", 0, "primitives", 0, "attributes", "JOINTS_0"),
        _set("skins", 0, "joints", 1),
        _set("skins", 0, "inverseBindMatrices"),
        _set("accessors", 0, "bufferView"),
        _set("accessors", 0, "byteOffset"),
        _set("bufferViews", 0, "buffer"),
        _set("bufferViews", 0, "byteStride"),
        _set("bufferViews", 0, "byteLength"),
        _set("animations", 0, "channels", 0, "sampler"),
        _set("animations", 0, "channels", 0, "target", "node"),
        _set("animations", 0, "samplers", 0, "output"),
    ],
)
def test_an_index_to_nowhere_is_refused_or_costs_its_part(spoil: Spoil, index: int) -> None:
    glb = tiny_avatar.skinned_arm()
    spoil(glb.document, index)
    if check(glb.bytes()) == "opened":
        assert read_avatar_bytes(glb.bytes()).warnings


@pytest.mark.parametrize(
    "sparse",
    [
        {"count": 2, "indices": {"bufferView": 0, "componentType": 5123, "byteOffset": 2**40}},
        {"count": 10**9, "indices": {"bufferView": 0, "componentType": 5125}},
        {"count": 5, "indices": {"bufferView": 0, "componentType": 5121}},
        {"count": 2, "indices": {"bufferView": 0, "componentType": 5126}},
        {"count": 4, "indices": {"bufferView": 0, "componentType": 5125}},
        {"count": 4, "indices": {"bufferView": 99, "componentType": 5125}},
    ],
)
def test_sparse_values_beyond_their_bounds_cost_their_part(sparse: dict[str, Any]) -> None:
    glb = Glb()
    values = glb.view(b"\xfe" * 64)
    full = {**sparse, "values": {"bufferView": values}}
    attributes = {"POSITION": glb.accessor(_POINTS, sparse=full)}
    glb.add("meshes", {"primitives": [{"attributes": attributes}]})
    glb.add("nodes", {"mesh": 0})
    avatar = survives(glb)
    assert len(avatar.meshes[0].primitives[0].positions) == 0
    assert avatar.warnings


@pytest.mark.parametrize("length", [0, 1, 11, 2**31, 2**32 - 1, 2**32 - 8])
@pytest.mark.parametrize("field", [8, 12, "binary"])
def test_lengths_that_lie_are_refused_or_harmless(field: int | str, length: int) -> None:
    data = bytearray(tiny_avatar.skinned_arm().bytes())
    (text,) = struct.unpack_from("<I", data, 12)
    struct.pack_into("<I", data, 20 + text if isinstance(field, str) else field, length)
    assert check(bytes(data)) in ("opened", "refused")


def test_chunks_that_overlap_are_refused() -> None:
    data = bytearray(tiny_avatar.skinned_arm().bytes())
    (text,) = struct.unpack_from("<I", data, 12)
    struct.pack_into("<I", data, 12, text - 8)  # the next chunk would begin inside the JSON
    refused(bytes(data))


def test_very_many_broken_things_are_read_in_time() -> None:
    """The report may not grow with the square of the damage."""
    glb = Glb()
    for number in range(3000):
        glb.add("nodes", {"mesh": number})
        glb.add("meshes", {"primitives": [{"attributes": {"POSITION": 10**6 + number}}]})
    start = time.process_time()
    avatar = read_avatar_bytes(glb.bytes())
    assert time.process_time() - start < 5.0
    assert avatar.warnings


def test_shapes_without_number_are_refused() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["meshes"][0]["primitives"][0]["targets"] = [{}] * 30_000
    assert refused(glb.bytes()).kind == "size"


def test_a_mesh_shown_by_thousands_of_nodes_has_its_face_found_in_time() -> None:
    glb = Glb()
    targets = [{"POSITION": glb.accessor(np.zeros((4, 3)))}] * 52
    part = {"attributes": {"POSITION": glb.accessor(_POINTS)}, "targets": targets}
    glb.add("meshes", {"primitives": [part]})
    for _ in range(4000):
        glb.add("nodes", {"mesh": 0})
    start = time.process_time()
    rows = face_rows(read_avatar_bytes(glb.bytes()))
    assert time.process_time() - start < 3.0
    assert rows["target0"].sum() == 4000.0


def test_a_copy_of_a_copy_without_number_is_measured_by_its_box() -> None:
    glb = Glb()
    places = np.linspace(0.0, 1.0, 3 * 20_000).reshape(-1, 3)
    part = {"attributes": {"POSITION": glb.accessor(places)}}
    glb.add("meshes", {"primitives": [part]})
    copies = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": glb.accessor(places)}}}
    glb.add("nodes", {"mesh": 0, "extensions": copies})
    avatar = read_avatar_bytes(glb.bytes())
    start = time.process_time()
    ends = bounds(avatar, rest_pose(avatar))
    assert time.process_time() - start < 3.0
    assert ends is not None
    np.testing.assert_allclose(ends, 2.0 * places[[0, -1]], atol=1e-5)


def test_a_device_is_no_avatar() -> None:
    if not Path(os.devnull).exists():
        pytest.skip("no such device here")
    with pytest.raises(AvatarError):
        read_avatar(Path(os.devnull))
    with pytest.raises(AvatarError):
        read_avatar(Path("/"))
