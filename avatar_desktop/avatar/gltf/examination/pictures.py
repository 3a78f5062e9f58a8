"""Buffers and pictures: addresses that lead somewhere, and bytes that are what they claim to be."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import Json, extension, objects
from avatar_desktop.errors import AvatarError

_SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"\xabKTX 20\xbb\r\n\x1a\n": "image/ktx2",
}
_BY_EXTENSION = {"image/webp": "EXT_texture_webp", "image/ktx2": "KHR_texture_basisu"}


def examine_pictures(case: Case) -> None:
    """Every buffer with an address, every picture, and which textures show them."""
    for index, buffer in enumerate(case.document.buffers):
        if buffer.uri is not None:
            try:
                case.source.buffer(index, f"$.buffers[{index}]")
            except AvatarError as error:
                case.findings.add(error.place or f"$.buffers[{index}]", error.message)
    images = objects(case.raw, "images")
    kinds = [_examine_picture(case, image, f"$.images[{n}]") for n, image in enumerate(images)]
    for index, texture in enumerate(objects(case.raw, "textures")):
        place = f"$.textures[{index}]"
        kind = _of(kinds, texture.get("source"))
        if kind in _BY_EXTENSION:
            case.findings.add(f"{place}.source", f"{kind} needs an extension here.")
        for needed, name in _BY_EXTENSION.items():
            kind = _of(kinds, extension(texture, name).get("source"))
            if kind not in (needed, ""):
                case.findings.add(
                    f"{place}.extensions.{name}.source", f"the picture is {kind}, not {needed}."
                )


def _of(kinds: list[str], index: object) -> str:
    return kinds[index] if isinstance(index, int) and 0 <= index < len(kinds) else ""


def _examine_picture(case: Case, image: Json, place: str) -> str:
    """The kind of a picture by its first bytes, empty when that cannot be told."""
    uri, view = image.get("uri"), image.get("bufferView")
    try:
        if isinstance(view, int):
            _examine_view(case, view, f"{place}.bufferView")
            data = bytes(case.source.view(view, f"{place}.bufferView")[:16])
            here = f"{place}.bufferView"
        elif isinstance(uri, str):
            data = case.source.resolve(uri, f"{place}.uri")[:16]
            here = f"{place}.uri"
        else:
            return ""
    except AvatarError as error:
        if error.kind != "uri" or isinstance(uri, str):
            case.findings.add(error.place or place, error.message)
        return ""
    kind = _kind_of(data)
    if not kind:
        case.findings.add(here, "the bytes are no PNG, JPEG, WebP or KTX2 picture.")
        return ""
    for claim in (image.get("mimeType"), _media_type(uri)):
        if claim and claim != kind:
            case.findings.add(here, f"the picture is {kind}, and is declared as {str(claim)[:60]}.")
    needed = _BY_EXTENSION.get(kind)
    if needed and needed not in case.document.extensions_used:
        case.findings.add(place, f"{kind} pictures need the extension {needed}.")
    return kind


def _examine_view(case: Case, index: int, place: str) -> None:
    views = case.document.buffer_views
    if 0 <= index < len(views) and views[index].byte_stride:
        case.findings.add(place, "a picture must not have a byteStride.")


def _kind_of(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), "")


def _media_type(uri: object) -> str:
    """What a data URI says of its own content."""
    if not isinstance(uri, str) or uri[:5].lower() != "data:":
        return ""
    return uri[5:].partition(",")[0].partition(";")[0]
