"""What `inspect` tells of the things in a file: how much there is, surfaces, lamps, cameras."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import bounds
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.texture import TextureUse

Json = dict[str, Any]

_FINISHES = ("specular", "clearcoat", "sheen", "transmission", "iridescence", "anisotropy")


def contents(avatar: Avatar) -> Json:
    """Everything that is neither bone nor face."""
    return {
        "meshes": [_mesh(item) for item in avatar.meshes],
        "materials": [_material(item) for item in avatar.materials],
        "lamps": [_plain(item) for item in avatar.lamps],
        "cameras": [_plain(item) for item in avatar.cameras],
        "variants": list(avatar.variants),
        "scenes": {"names": list(avatar.scenes), "shown": avatar.scene},
        "hidden": sorted(avatar.skeleton.hidden),
    }


def beside(avatar: Avatar) -> str:
    """What there is besides the body, in a line for a person; empty when there is nothing."""
    found: list[str] = []
    if avatar.variants:
        found.append(f"outfits {', '.join(avatar.variants)}")
    if avatar.lamps:
        found.append(f"{len(avatar.lamps)} lamps")
    if avatar.cameras:
        found.append(f"{len(avatar.cameras)} cameras")
    if len(avatar.scenes) > 1:
        found.append(f"{len(avatar.scenes)} scenes ({avatar.scenes[avatar.scene]} is shown)")
    return ", ".join(found)


def morphs(avatar: Avatar) -> dict[str, list[str]]:
    """The morph targets of each mesh, by its index in the file: names may be shared or missing."""
    return {
        str(item.mesh): list(avatar.morph_names[item.morphs])
        for item in avatar.meshes
        if item.morphs.stop > item.morphs.start
    }


def clip(item: Animation) -> Json:
    """A clip; channels that move no node are counted by themselves."""
    found: Json = {"name": item.name, "duration": item.duration, "channels": len(item.channels)}
    if item.properties:
        found["properties"] = sorted({f"{c.kind} {c.index} {c.field}" for c in item.properties})
    return found


def stats(avatar: Avatar, rest: Pose) -> Json:
    """How much there is in the file, each mesh counted once; bounds are of the shown scene at
    rest, in the world."""
    meshes = {item.mesh: item.primitives for item in avatar.meshes} | dict(avatar.unshown)
    parts = [part for primitives in meshes.values() for part in primitives]
    ends = bounds(avatar, rest)
    return {
        "meshes": len(meshes),
        "vertices": sum(len(part.positions) for part in parts),
        "triangles": sum(len(part.indices) // 3 for part in parts if part.mode == 4),
        "joints": len({joint for skin in avatar.skins for joint in skin.joints.tolist()}),
        "targets": sum(max(map(_targets, primitives), default=0) for primitives in meshes.values()),
        "bounds": None if ends is None else {"min": ends[0].tolist(), "max": ends[1].tolist()},
        "textureBytes": sum(
            image.rgba.shape[0] * image.rgba.shape[1] * 4 for image in avatar.images
        ),
    }


def _targets(part: Primitive) -> int:
    stacks = (part.target_positions, part.target_normals, part.target_tangents)
    return max((len(stack) for stack in stacks if stack is not None), default=0)


def _mesh(item: MeshInstance) -> Json:
    found: Json = {
        "node": item.node,
        "mesh": item.mesh,
        "name": item.name,
        "skin": item.skin if item.skin >= 0 else None,
        "primitives": [_part(part) for part in item.primitives],
    }
    if item.copies is not None:
        found["copies"] = len(item.copies)
    return found


def _part(part: Primitive) -> Json:
    return {
        "mode": part.mode,
        "vertices": len(part.positions),
        "indices": len(part.indices),
        "material": part.material,
        "uvSets": len(part.uvs),
        "colours": part.colours is not None,
        "tangents": part.tangents is not None,
        "influences": 0 if part.joints is None else part.joints.shape[1],
        "targets": _targets(part),
        "variants": {str(outfit): material for outfit, material in part.variants.items()},
    }


def _material(item: Material) -> Json:
    found: Json = {
        "name": item.name,
        "alphaMode": item.alpha_mode,
        "doubleSided": item.double_sided,
        "shading": "unlit" if item.unlit else "toon" if item.toon else "physical",
        "textures": [use.image for use in item.textures()],
        "ior": item.ior,
    }
    finishes = {name: getattr(item, name) for name in _FINISHES}
    found["finishes"] = {name: _plain(part) for name, part in finishes.items() if part is not None}
    return found


def differing(before: Any, after: Any) -> Json:
    """The fields of one value that are otherwise in another of its kind."""
    found: Json = {}
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            inside = is_dataclass(new) and type(old) is type(new)
            found[_camel(each.name)] = differing(old, new) if inside else _plain(new)
    return found


def _plain(value: Any) -> Any:
    """A value as JSON holds it; a texture by the number of its picture."""
    if isinstance(value, TextureUse):
        return value.image
    if is_dataclass(value):
        return {_camel(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    return list(value) if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
