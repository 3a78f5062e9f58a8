"""The shape of every object of glTF 2.0 and of the extensions that avatars use."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.examination.rules import (
    Check,
    Shape,
    among,
    flag,
    inside,
    link,
    named,
    number,
    numbers,
    several,
    text,
)

_INDEX_TYPES = (5121, 5123, 5125)
_WRAPS = (33071, 33648, 10497)
_SHARE = number(0, 1)
_POSITIVE = number(0)
_TEXTURE = inside("textureInfo")
_COLOUR = numbers(3, at_least=0, at_most=1)

_LISTS: dict[str, str] = {
    "accessors": "accessor",
    "animations": "animation",
    "buffers": "buffer",
    "bufferViews": "bufferView",
    "cameras": "camera",
    "images": "image",
    "materials": "material",
    "meshes": "mesh",
    "nodes": "node",
    "samplers": "sampler",
    "scenes": "scene",
    "skins": "skin",
    "textures": "texture",
}
_DOCUMENT: dict[str, Check] = {
    **{name: several(inside(kind)) for name, kind in _LISTS.items()},
    "asset": inside("asset"),
    "scene": link("scenes"),
    "extensionsUsed": several(text(), unique=True),
    "extensionsRequired": several(text(), unique=True),
}

CORE: dict[str, Shape] = {
    "document": Shape(_DOCUMENT, ("asset",)),
    "asset": Shape(
        {"version": text(r"[0-9]+\.[0-9]+"), "minVersion": text(r"[0-9]+\.[0-9]+")}, ("version",)
    ),
    "accessor": Shape(
        {
            "bufferView": link("bufferViews"),
            "byteOffset": _POSITIVE,
            "componentType": among(5120, 5121, 5122, 5123, 5125, 5126),
            "count": number(1),
            "type": among("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"),
            "normalized": flag,
            "min": numbers(1, 2, 3, 4, 9, 16),
            "max": numbers(1, 2, 3, 4, 9, 16),
            "sparse": inside("sparse"),
        },
        ("componentType", "count", "type"),
    ),
    "sparse": Shape(
        {
            "count": number(1),
            "indices": inside("sparseIndices"),
            "values": inside("sparseValues"),
        },
        ("count", "indices", "values"),
    ),
    "sparseIndices": Shape(
        {
            "bufferView": link("bufferViews"),
            "byteOffset": _POSITIVE,
            "componentType": among(*_INDEX_TYPES),
        },
        ("bufferView", "componentType"),
    ),
    "sparseValues": Shape(
        {"bufferView": link("bufferViews"), "byteOffset": _POSITIVE}, ("bufferView",)
    ),
    "animation": Shape(
        {"channels": several(inside("channel")), "samplers": several(inside("animationSampler"))},
        ("channels", "samplers"),
    ),
    "channel": Shape({"target": inside("target")}, ("sampler", "target")),
    "target": Shape(
        {
            "node": link("nodes"),
            "path": among("translation", "rotation", "scale", "weights", "pointer"),
        },
        ("path",),
    ),
    "animationSampler": Shape(
        {
            "input": link("accessors"),
            "output": link("accessors"),
            "interpolation": among("LINEAR", "STEP", "CUBICSPLINE"),
        },
        ("input", "output"),
    ),
    "buffer": Shape({"uri": text(), "byteLength": number(1)}, ("byteLength",)),
    "bufferView": Shape(
        {
            "buffer": link("buffers"),
            "byteOffset": _POSITIVE,
            "byteLength": number(1),
            "byteStride": number(4, 252, step=4),
            "target": among(34962, 34963),
        },
        ("buffer", "byteLength"),
    ),
    "camera": Shape(
        {
            "type": among("perspective", "orthographic"),
            "perspective": inside("perspective"),
            "orthographic": inside("orthographic"),
        },
        ("type",),
        one_of=("perspective", "orthographic"),
        by_type=True,
    ),
    "perspective": Shape(
        {
            "aspectRatio": number(above=0),
            "yfov": number(above=0),
            "zfar": number(above=0, at_most=3.4e38),
            "znear": number(above=0, at_most=3.4e38),
        },
        ("yfov", "znear"),
        rising=(("znear", "zfar"),),
    ),
    "orthographic": Shape(
        {
            "xmag": number(),
            "ymag": number(),
            "zfar": number(above=0, at_most=3.4e38),
            "znear": number(0, 3.4e38),
        },
        ("xmag", "ymag", "zfar", "znear"),
        rising=(("znear", "zfar"),),
    ),
    "image": Shape(
        {"uri": text(), "mimeType": text(), "bufferView": link("bufferViews")},
        one_of=("uri", "bufferView"),
        together=(("bufferView", "mimeType"),),
    ),
    "material": Shape(
        {
            "pbrMetallicRoughness": inside("metallicRoughness"),
            "normalTexture": inside("normalTexture"),
            "occlusionTexture": inside("occlusionTexture"),
            "emissiveTexture": _TEXTURE,
            "emissiveFactor": _COLOUR,
            "alphaMode": among("OPAQUE", "MASK", "BLEND"),
            "alphaCutoff": _POSITIVE,
            "doubleSided": flag,
        }
    ),
    "metallicRoughness": Shape(
        {
            "baseColorFactor": numbers(4, at_least=0, at_most=1),
            "baseColorTexture": _TEXTURE,
            "metallicFactor": _SHARE,
            "roughnessFactor": _SHARE,
            "metallicRoughnessTexture": _TEXTURE,
        }
    ),
    "textureInfo": Shape({"index": link("textures"), "texCoord": _POSITIVE}, ("index",)),
    "normalTexture": Shape(
        {"index": link("textures"), "texCoord": _POSITIVE, "scale": number()}, ("index",)
    ),
    "occlusionTexture": Shape(
        {"index": link("textures"), "texCoord": _POSITIVE, "strength": _SHARE}, ("index",)
    ),
    "mesh": Shape(
        {"primitives": several(inside("primitive")), "weights": numbers()}, ("primitives",)
    ),
    "primitive": Shape(
        {
            "attributes": named(link("accessors")),
            "indices": link("accessors"),
            "material": link("materials"),
            "mode": number(0, 6),
            "targets": several(named(link("accessors"))),
        },
        ("attributes",),
    ),
    "node": Shape(
        {
            "camera": link("cameras"),
            "children": several(link("nodes"), unique=True),
            "skin": link("skins"),
            "matrix": numbers(16),
            "mesh": link("meshes"),
            "rotation": numbers(4, at_least=-1, at_most=1),
            "scale": numbers(3),
            "translation": numbers(3),
            "weights": numbers(),
        },
        together=(("skin", "mesh"), ("weights", "mesh")),
    ),
    "sampler": Shape(
        {
            "magFilter": among(9728, 9729),
            "minFilter": among(9728, 9729, 9984, 9985, 9986, 9987),
            "wrapS": among(*_WRAPS),
            "wrapT": among(*_WRAPS),
        }
    ),
    "scene": Shape({"nodes": several(link("nodes"), unique=True)}),
    "skin": Shape(
        {
            "inverseBindMatrices": link("accessors"),
            "skeleton": link("nodes"),
            "joints": several(link("nodes"), unique=True),
        },
        ("joints",),
    ),
    "texture": Shape({"sampler": link("samplers"), "source": link("images")}),
}
"""Kind of object → its shape, in the core of the format."""
