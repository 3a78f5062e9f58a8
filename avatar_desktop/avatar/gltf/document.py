"""The JSON of a glTF file in one typed pass; an error names the place in the JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from avatar_desktop.errors import AvatarError

Index = Annotated[int, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]
Matrix = Annotated[list[float], msgspec.Meta(min_length=16, max_length=16)]
AccessorKind = Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
Extensions = dict[str, msgspec.Raw]

_Read = TypeVar("_Read")


class _Part(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What every object of a glTF file may carry."""


class Asset(_Part, frozen=True):
    version: str
    min_version: str | None = None
    generator: str = ""
    copyright: str = ""


class Buffer(_Part, frozen=True):
    byte_length: Count
    uri: str | None = None
    extensions: Extensions = {}


class BufferView(_Part, frozen=True):
    buffer: Index
    byte_length: Count
    byte_offset: Count = 0
    byte_stride: Count = 0
    extensions: Extensions = {}


class SparseIndices(_Part, frozen=True):
    buffer_view: Index
    component_type: int
    byte_offset: Count = 0


class SparseValues(_Part, frozen=True):
    buffer_view: Index
    byte_offset: Count = 0


class Sparse(_Part, frozen=True):
    count: Count
    indices: SparseIndices
    values: SparseValues


class Accessor(_Part, frozen=True):
    component_type: int
    count: Count
    type: AccessorKind
    buffer_view: Index | None = None
    byte_offset: Count = 0
    normalized: bool = False
    sparse: Sparse | None = None
    name: str = ""


class Node(_Part, frozen=True):
    name: str = ""
    children: list[Index] = []
    mesh: Index | None = None
    skin: Index | None = None
    matrix: Matrix | None = None
    translation: Vec3 = (0.0, 0.0, 0.0)
    rotation: Vec4 = (0.0, 0.0, 0.0, 1.0)
    scale: Vec3 = (1.0, 1.0, 1.0)
    weights: list[float] = []
    camera: Index | None = None
    extensions: Extensions = {}


class Scene(_Part, frozen=True):
    nodes: list[Index] = []
    name: str = ""


class Camera(_Part, frozen=True):
    type: str
    name: str = ""
    perspective: msgspec.Raw = msgspec.Raw(b"{}")
    orthographic: msgspec.Raw = msgspec.Raw(b"{}")


class Primitive(_Part, frozen=True):
    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, msgspec.Meta(ge=0, le=6)] = 4
    targets: list[dict[str, Index]] = []
    extensions: Extensions = {}
    extras: msgspec.Raw = msgspec.Raw(b"null")


class Mesh(_Part, frozen=True):
    primitives: list[Primitive]
    name: str = ""
    weights: list[float] = []
    extras: msgspec.Raw = msgspec.Raw(b"null")


class Skin(_Part, frozen=True):
    joints: list[Index]
    inverse_bind_matrices: Index | None = None
    name: str = ""


class Image(_Part, frozen=True):
    name: str = ""
    uri: str | None = None
    buffer_view: Index | None = None


class Sampler(_Part, frozen=True):
    mag_filter: int = 9729
    wrap_s: int = 10497
    wrap_t: int = 10497


class Texture(_Part, frozen=True):
    source: Index | None = None
    sampler: Index | None = None
    extensions: Extensions = {}


class TextureRef(_Part, frozen=True):
    index: Index
    tex_coord: Index = 0
    scale: float = 1.0
    strength: float = 1.0
    extensions: Extensions = {}


class MetallicRoughness(_Part, frozen=True):
    base_color_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    metallic_factor: float = 1.0
    roughness_factor: float = 1.0
    base_color_texture: TextureRef | None = None
    metallic_roughness_texture: TextureRef | None = None


class Material(_Part, frozen=True):
    name: str = ""
    pbr_metallic_roughness: MetallicRoughness = MetallicRoughness()
    normal_texture: TextureRef | None = None
    occlusion_texture: TextureRef | None = None
    emissive_texture: TextureRef | None = None
    emissive_factor: Vec3 = (0.0, 0.0, 0.0)
    alpha_mode: str = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    extensions: Extensions = {}


class AnimationSampler(_Part, frozen=True):
    input: Index
    output: Index
    interpolation: str = "LINEAR"


class AnimationTarget(_Part, frozen=True):
    path: str
    node: Index | None = None
    extensions: Extensions = {}


class AnimationChannel(_Part, frozen=True):
    sampler: Index
    target: AnimationTarget


class Animation(_Part, frozen=True):
    channels: list[AnimationChannel]
    samplers: list[AnimationSampler]
    name: str = ""
    extras: msgspec.Raw = msgspec.Raw(b"null")


class Document(_Part, frozen=True):
    """Everything of the file that an avatar needs; unknown fields are ignored."""

    asset: Asset
    extensions_used: list[str] = []
    extensions_required: list[str] = []
    scene: Index | None = None
    scenes: list[Scene] = []
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    skins: list[Skin] = []
    accessors: list[Accessor] = []
    buffers: list[Buffer] = []
    buffer_views: list[BufferView] = []
    materials: list[Material] = []
    textures: list[Texture] = []
    images: list[Image] = []
    samplers: list[Sampler] = []
    animations: list[Animation] = []
    cameras: list[Camera] = []
    extensions: Extensions = {}


def read_document(text: bytes) -> Document:
    """Decode the JSON of a glTF file."""
    try:
        document = decode(text, Document, "")
    except AvatarError as error:
        if "got `float`" not in error.message:
            raise
        document = decode(text, Document, "", loosely=True)
    asset = document.asset
    asks_more = asset.min_version not in (None, "2.0") and bool(document.nodes)
    if asset.version.split(".")[0] != "2" or asks_more:
        raise AvatarError(
            f"The file is glTF {document.asset.version}, and only glTF 2.0 can be read.",
            kind="version",
            place="$.asset.version",
            advice="Export it again as glTF 2.0.",
        )
    return document


def decode(
    text: bytes | msgspec.Raw, kind: type[_Read], place: str, *, loosely: bool = False
) -> _Read:
    """Decode one piece of JSON; `place` is where it stands in the file.

    With `loosely` 4.0 is a whole number, as some exporters write and the standard allows.
    """
    try:
        return msgspec.json.decode(text, type=kind, strict=not loosely)
    except msgspec.ValidationError as error:
        problem, _, inner = str(error).partition(" - at `")
        where = _join(place, inner.rstrip("`"))
        raise AvatarError(
            f"The file breaks the format: {problem}.", kind="json", place=where
        ) from (error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AvatarError(
            f"The JSON is broken: {error}.", kind="json", place=place or "$"
        ) from error
    except RecursionError as error:
        raise AvatarError(
            "The JSON is nested too deep.", kind="json", place=place or "$"
        ) from error


def extension(extensions: Extensions, name: str, kind: type[_Read], place: str) -> _Read:
    """The object of one extension that is there."""
    return decode(extensions[name], kind, f"{place}.extensions.{name}")


def loose(text: msgspec.Raw) -> Any:
    """The plain value of an `extras`; None when it is broken."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _join(place: str, inner: str) -> str:
    return f"{place}{inner.removeprefix('$')}" if place else inner or "$"
