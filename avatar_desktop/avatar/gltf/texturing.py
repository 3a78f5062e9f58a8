"""Which picture a material takes, by which coordinates, moved and repeated how."""

from __future__ import annotations

import msgspec

from avatar_desktop.avatar.gltf.decoders import ktx2
from avatar_desktop.avatar.gltf.document import Sampler, TextureRef, Vec2, extension
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.errors import AvatarError

_NEAREST = 9728
_WRAPS = (33071, 33648, 10497)
_BASISU = "KHR_texture_basisu"
_TRANSFORM = "KHR_texture_transform"


class _Transform(msgspec.Struct, rename="camel"):
    offset: Vec2 = (0.0, 0.0)
    rotation: float = 0.0
    scale: Vec2 = (1.0, 1.0)
    tex_coord: int | None = None


class _ImageSource(msgspec.Struct):
    source: int


def texture_use(source: Source, ref: TextureRef | None, place: str) -> TextureUse | None:
    """How a material uses a texture; None, with a warning, when it cannot be had."""
    if ref is None:
        return None
    try:
        return _texture_use(source, ref, place)
    except AvatarError as error:
        source.skipped("A texture", error)
        return None


def _texture_use(source: Source, ref: TextureRef, place: str) -> TextureUse:
    document = source.document
    texture = pick(document.textures, ref.index, f"{place}.index", "texture")
    here = f"$.textures[{ref.index}]"
    sampler = Sampler()
    if texture.sampler is not None:
        sampler = pick(document.samplers, texture.sampler, f"{here}.sampler", "sampler")
    move = _moved(source, ref, place)
    return TextureUse(
        image=_image(source, ref.index, here),
        uv_set=ref.tex_coord if move.tex_coord is None else max(0, move.tex_coord),
        wrap_s=sampler.wrap_s if sampler.wrap_s in _WRAPS else 10497,
        wrap_t=sampler.wrap_t if sampler.wrap_t in _WRAPS else 10497,
        nearest=sampler.mag_filter == _NEAREST,
        offset=move.offset,
        rotation=move.rotation,
        scale=move.scale,
    )


def _image(source: Source, index: int, here: str) -> int:
    """The picture of a texture, in the form that can be shown best."""
    texture = source.document.textures[index]
    image = texture.source
    if _BASISU in texture.extensions and (image is None or ktx2.is_readable()):
        image = extension(texture.extensions, _BASISU, _ImageSource, here).source
    elif "EXT_texture_webp" in texture.extensions:
        image = extension(texture.extensions, "EXT_texture_webp", _ImageSource, here).source
    if image is None:
        raise AvatarError("The texture has no picture that can be read.", kind="image", place=here)
    pick(source.document.images, image, f"{here}.source", "image")
    return image


def _moved(source: Source, ref: TextureRef, place: str) -> _Transform:
    """The texture's place; one that is broken leaves the texture where it is."""
    if _TRANSFORM not in ref.extensions:
        return _Transform()
    try:
        return extension(ref.extensions, _TRANSFORM, _Transform, place)
    except AvatarError as error:
        source.skipped("The place of a texture", error)
        return _Transform()
