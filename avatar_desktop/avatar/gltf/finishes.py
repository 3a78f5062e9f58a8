"""Material extensions of glTF as finishes; a broken one costs itself, never its material."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Specular,
    Transmission,
)
from avatar_desktop.avatar.gltf.document import Extensions, TextureRef, Vec3, extension
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.gltf.texturing import texture_use
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.errors import AvatarError

_Read = TypeVar("_Read", bound=msgspec.Struct)

_FIELDS = {
    "KHR_materials_emissive_strength": "emissive_strength",
    "KHR_materials_ior": "ior",
    "KHR_materials_specular": "specular",
    "KHR_materials_clearcoat": "clearcoat",
    "KHR_materials_sheen": "sheen",
    "KHR_materials_transmission": "transmission",
    "KHR_materials_volume": "transmission",
    "KHR_materials_dispersion": "transmission",
    "KHR_materials_iridescence": "iridescence",
    "KHR_materials_anisotropy": "anisotropy",
}
"""Extension → the field of a material, and the method below, that it decides."""


class _Strength(msgspec.Struct, rename="camel"):
    emissive_strength: float = 1.0


class _Ior(msgspec.Struct):
    ior: float = 1.5


class _Specular(msgspec.Struct, rename="camel"):
    specular_factor: float = 1.0
    specular_texture: TextureRef | None = None
    specular_color_factor: Vec3 = (1.0, 1.0, 1.0)
    specular_color_texture: TextureRef | None = None


class _Clearcoat(msgspec.Struct, rename="camel"):
    clearcoat_factor: float = 0.0
    clearcoat_texture: TextureRef | None = None
    clearcoat_roughness_factor: float = 0.0
    clearcoat_roughness_texture: TextureRef | None = None
    clearcoat_normal_texture: TextureRef | None = None


class _Sheen(msgspec.Struct, rename="camel"):
    sheen_color_factor: Vec3 = (0.0, 0.0, 0.0)
    sheen_color_texture: TextureRef | None = None
    sheen_roughness_factor: float = 0.0
    sheen_roughness_texture: TextureRef | None = None


class _Transmission(msgspec.Struct, rename="camel"):
    transmission_factor: float = 0.0
    transmission_texture: TextureRef | None = None


class _Volume(msgspec.Struct, rename="camel"):
    thickness_factor: float = 0.0
    thickness_texture: TextureRef | None = None
    attenuation_distance: float | None = None
    attenuation_color: Vec3 = (1.0, 1.0, 1.0)


class _Dispersion(msgspec.Struct):
    dispersion: float = 0.0


class _Iridescence(msgspec.Struct, rename="camel"):
    iridescence_factor: float = 0.0
    iridescence_texture: TextureRef | None = None
    iridescence_ior: float = 1.3
    iridescence_thickness_minimum: float = 100.0
    iridescence_thickness_maximum: float = 400.0
    iridescence_thickness_texture: TextureRef | None = None


class _Anisotropy(msgspec.Struct, rename="camel"):
    anisotropy_strength: float = 0.0
    anisotropy_rotation: float = 0.0
    anisotropy_texture: TextureRef | None = None


class Finishes:
    """What the extensions of one material say."""

    def __init__(self, source: Source, extensions: Extensions, place: str) -> None:
        self._source = source
        self._extensions = extensions
        self._place = place

    def told(self) -> dict[str, Any]:
        """The fields of a material that are told, with what they are."""
        fields = dict.fromkeys(_FIELDS[name] for name in self._extensions if name in _FIELDS)
        return {field: getattr(self, field)() for field in fields}

    def emissive_strength(self) -> float:
        found = self._read("KHR_materials_emissive_strength", _Strength)
        return max(0.0, found.emissive_strength) if found else 1.0

    def ior(self) -> float:
        """At least 1, or 0 for a surface that reflects everything (the extension says so)."""
        found = self._read("KHR_materials_ior", _Ior)
        return found.ior if found and (found.ior >= 1.0 or found.ior == 0.0) else 1.5

    def specular(self) -> Specular | None:
        name = "KHR_materials_specular"
        found = self._read(name, _Specular)
        return found and Specular(
            strength=_share(found.specular_factor),
            strength_texture=self._use(name, "specularTexture", found.specular_texture),
            colour=found.specular_color_factor,
            colour_texture=self._use(name, "specularColorTexture", found.specular_color_texture),
        )

    def clearcoat(self) -> Clearcoat | None:
        name = "KHR_materials_clearcoat"
        found = self._read(name, _Clearcoat)
        if found is None:
            return None
        normal = found.clearcoat_normal_texture
        return Clearcoat(
            strength=_share(found.clearcoat_factor),
            strength_texture=self._use(name, "clearcoatTexture", found.clearcoat_texture),
            roughness=_share(found.clearcoat_roughness_factor),
            roughness_texture=self._use(
                name, "clearcoatRoughnessTexture", found.clearcoat_roughness_texture
            ),
            normal_texture=self._use(name, "clearcoatNormalTexture", normal),
            normal_scale=normal.scale if normal else 1.0,
        )

    def sheen(self) -> Sheen | None:
        name = "KHR_materials_sheen"
        found = self._read(name, _Sheen)
        return found and Sheen(
            colour=found.sheen_color_factor,
            colour_texture=self._use(name, "sheenColorTexture", found.sheen_color_texture),
            roughness=_share(found.sheen_roughness_factor),
            roughness_texture=self._use(
                name, "sheenRoughnessTexture", found.sheen_roughness_texture
            ),
        )

    def transmission(self) -> Transmission | None:
        """Transmission, volume and dispersion: one thing in three extensions."""
        through = self._read("KHR_materials_transmission", _Transmission)
        inside = self._read("KHR_materials_volume", _Volume)
        spread = self._read("KHR_materials_dispersion", _Dispersion)
        if through is None and inside is None and spread is None:
            return None
        through, inside = through or _Transmission(), inside or _Volume()
        distance = inside.attenuation_distance
        return Transmission(
            strength=_share(through.transmission_factor),
            strength_texture=self._use(
                "KHR_materials_transmission", "transmissionTexture", through.transmission_texture
            ),
            thickness=max(0.0, inside.thickness_factor),
            thickness_texture=self._use(
                "KHR_materials_volume", "thicknessTexture", inside.thickness_texture
            ),
            attenuation_distance=distance if distance is not None and distance > 0.0 else None,
            attenuation_colour=inside.attenuation_color,
            dispersion=max(0.0, spread.dispersion) if spread else 0.0,
        )

    def iridescence(self) -> Iridescence | None:
        name = "KHR_materials_iridescence"
        found = self._read(name, _Iridescence)
        return found and Iridescence(
            strength=_share(found.iridescence_factor),
            strength_texture=self._use(name, "iridescenceTexture", found.iridescence_texture),
            ior=max(1.0, found.iridescence_ior),
            thickness=(found.iridescence_thickness_minimum, found.iridescence_thickness_maximum),
            thickness_texture=self._use(
                name, "iridescenceThicknessTexture", found.iridescence_thickness_texture
            ),
        )

    def anisotropy(self) -> Anisotropy | None:
        name = "KHR_materials_anisotropy"
        found = self._read(name, _Anisotropy)
        return found and Anisotropy(
            strength=_share(found.anisotropy_strength),
            rotation=found.anisotropy_rotation,
            texture=self._use(name, "anisotropyTexture", found.anisotropy_texture),
        )

    def _use(self, name: str, slot: str, ref: TextureRef | None) -> TextureUse | None:
        return texture_use(self._source, ref, f"{self._place}.extensions.{name}.{slot}")

    def _read(self, name: str, kind: type[_Read]) -> _Read | None:
        """The extension's object; None when it is not there, or broken and noted."""
        if name not in self._extensions:
            return None
        try:
            return extension(self._extensions, name, kind, self._place)
        except AvatarError as error:
            self._source.skipped(f"The finish {name.removeprefix('KHR_materials_')}", error)
            return None


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
