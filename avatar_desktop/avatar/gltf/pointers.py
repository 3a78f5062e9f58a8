"""What a KHR_animation_pointer points to, in the words of our own values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from avatar_desktop.avatar.animation import ChannelPath, PropertyKind

_TRS: dict[str, ChannelPath] = {
    "translation": "translation",
    "rotation": "rotation",
    "scale": "scale",
    "weights": "weights",
}
_KINDS: dict[str, PropertyKind] = {
    "materials": "material",
    "nodes": "node",
    "cameras": "camera",
    "extensions/KHR_lights_punctual/lights": "lamp",
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_POINTER = re.compile(
    r"/(nodes|meshes|materials|cameras|extensions/KHR_lights_punctual/lights)/(\d{1,9})/(.+)"
)

_FACTORS = {
    "pbrMetallicRoughness/baseColorFactor": ("base_colour", "VEC4"),
    "pbrMetallicRoughness/metallicFactor": ("metallic", "SCALAR"),
    "pbrMetallicRoughness/roughnessFactor": ("roughness", "SCALAR"),
    "emissiveFactor": ("emissive", "VEC3"),
    "alphaCutoff": ("alpha_cutoff", "SCALAR"),
    "normalTexture/scale": ("normal_scale", "SCALAR"),
    "occlusionTexture/strength": ("occlusion_strength", "SCALAR"),
}
_FINISHES = {
    "emissive_strength/emissiveStrength": ("emissive_strength", "SCALAR"),
    "ior/ior": ("ior", "SCALAR"),
    "specular/specularFactor": ("specular.strength", "SCALAR"),
    "specular/specularColorFactor": ("specular.colour", "VEC3"),
    "clearcoat/clearcoatFactor": ("clearcoat.strength", "SCALAR"),
    "clearcoat/clearcoatRoughnessFactor": ("clearcoat.roughness", "SCALAR"),
    "clearcoat/clearcoatNormalTexture/scale": ("clearcoat.normal_scale", "SCALAR"),
    "sheen/sheenColorFactor": ("sheen.colour", "VEC3"),
    "sheen/sheenRoughnessFactor": ("sheen.roughness", "SCALAR"),
    "transmission/transmissionFactor": ("transmission.strength", "SCALAR"),
    "volume/thicknessFactor": ("transmission.thickness", "SCALAR"),
    "volume/attenuationDistance": ("transmission.attenuation_distance", "SCALAR"),
    "volume/attenuationColor": ("transmission.attenuation_colour", "VEC3"),
    "dispersion/dispersion": ("transmission.dispersion", "SCALAR"),
    "iridescence/iridescenceFactor": ("iridescence.strength", "SCALAR"),
    "iridescence/iridescenceIor": ("iridescence.ior", "SCALAR"),
    "iridescence/iridescenceThicknessMinimum": ("iridescence.thickness.0", "SCALAR"),
    "iridescence/iridescenceThicknessMaximum": ("iridescence.thickness.1", "SCALAR"),
    "anisotropy/anisotropyStrength": ("anisotropy.strength", "SCALAR"),
    "anisotropy/anisotropyRotation": ("anisotropy.rotation", "SCALAR"),
}
_TEXTURES = {
    "pbrMetallicRoughness/baseColorTexture": "base_texture",
    "pbrMetallicRoughness/metallicRoughnessTexture": "metallic_roughness_texture",
    "normalTexture": "normal_texture",
    "occlusionTexture": "occlusion_texture",
    "emissiveTexture": "emissive_texture",
}
_FINISH_TEXTURES = {
    "specular/specularTexture": "specular.strength_texture",
    "specular/specularColorTexture": "specular.colour_texture",
    "clearcoat/clearcoatTexture": "clearcoat.strength_texture",
    "clearcoat/clearcoatRoughnessTexture": "clearcoat.roughness_texture",
    "clearcoat/clearcoatNormalTexture": "clearcoat.normal_texture",
    "sheen/sheenColorTexture": "sheen.colour_texture",
    "sheen/sheenRoughnessTexture": "sheen.roughness_texture",
    "transmission/transmissionTexture": "transmission.strength_texture",
    "volume/thicknessTexture": "transmission.thickness_texture",
    "iridescence/iridescenceTexture": "iridescence.strength_texture",
    "iridescence/iridescenceThicknessTexture": "iridescence.thickness_texture",
    "anisotropy/anisotropyTexture": "anisotropy.texture",
}
_MOVES = {"offset": "VEC2", "rotation": "SCALAR", "scale": "VEC2"}


def _of_materials() -> dict[str, tuple[str, str]]:
    table = dict(_FACTORS)
    table |= {f"extensions/KHR_materials_{key}": value for key, value in _FINISHES.items()}
    slots = dict(_TEXTURES)
    slots |= {f"extensions/KHR_materials_{key}": slot for key, slot in _FINISH_TEXTURES.items()}
    for key, slot in slots.items():
        for move, kind in _MOVES.items():
            table[f"{key}/extensions/KHR_texture_transform/{move}"] = (f"{slot}.{move}", kind)
    return table


PROPERTIES: dict[PropertyKind, dict[str, tuple[str, str]]] = {
    "material": _of_materials(),
    "node": {"extensions/KHR_node_visibility/visible": ("visible", "SCALAR")},
    "lamp": {
        "color": ("colour", "VEC3"),
        "intensity": ("intensity", "SCALAR"),
        "range": ("reach", "SCALAR"),
        "spot/innerConeAngle": ("inner_cone", "SCALAR"),
        "spot/outerConeAngle": ("outer_cone", "SCALAR"),
    },
    "camera": {
        "perspective/yfov": ("vertical_fov", "SCALAR"),
        "perspective/aspectRatio": ("aspect", "SCALAR"),
        "perspective/znear": ("near", "SCALAR"),
        "perspective/zfar": ("far", "SCALAR"),
        "orthographic/xmag": ("magnification.0", "SCALAR"),
        "orthographic/ymag": ("magnification.1", "SCALAR"),
        "orthographic/znear": ("near", "SCALAR"),
        "orthographic/zfar": ("far", "SCALAR"),
    },
}
"""What may be moved besides places of nodes: the end of the pointer → field and accessor type."""


@dataclass(frozen=True, slots=True)
class NodeTarget:
    """A pointer that says what an ordinary channel says."""

    index: int
    path: ChannelPath
    of_mesh: bool
    """The index is a mesh: all nodes that show it move."""


@dataclass(frozen=True, slots=True)
class PropertyTarget:
    """A pointer to something that is no place of a node."""

    kind: PropertyKind
    index: int
    field: str
    accessor: str

    @property
    def width(self) -> int:
        return _WIDTHS[self.accessor]


def resolved(pointer: str) -> NodeTarget | PropertyTarget | None:
    """What a JSON pointer names; None when it is nothing that can move here."""
    match = _POINTER.fullmatch(pointer)
    if match is None:
        return None
    group, index, rest = match[1], int(match[2]), match[3]
    if group == "nodes" and rest in _TRS:
        return NodeTarget(index, _TRS[rest], of_mesh=False)
    if group == "meshes":
        return NodeTarget(index, "weights", of_mesh=True) if rest == "weights" else None
    kind = _KINDS[group]
    found = PROPERTIES[kind].get(rest)
    return None if found is None else PropertyTarget(kind, index, *found)
