"""What a material and its extensions say arrives as values; what is broken costs itself."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Specular,
    Transmission,
)
from avatar_desktop.avatar.gltf.extensions import LEFT_OUT, SHOWN
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.texture import TextureUse
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)
_MOVED = {"KHR_texture_transform": {"offset": [0.5, 0.25], "rotation": 1.5, "scale": [2, 3]}}
_TEXTURE = {"index": 0, "extensions": _MOVED}
_USE = TextureUse(image=0, offset=(0.5, 0.25), rotation=1.5, scale=(2.0, 3.0))


def avatar_with(material: dict[str, Any]) -> Avatar:
    glb = tiny_avatar.morph_face()
    glb.add("images", {"bufferView": glb.view(_PIXEL), "mimeType": "image/png"})
    glb.add("textures", {"source": 0})
    glb.document["meshes"][0]["primitives"][0]["material"] = glb.add("materials", material)
    glb.document["extensionsUsed"] = list(material.get("extensions", {}))
    return read_avatar_bytes(glb.bytes())


def finished(name: str, **said: Any) -> Material:
    (material,) = avatar_with({"extensions": {f"KHR_materials_{name}": said}}).materials
    return material


def test_a_plain_material_has_no_finish() -> None:
    (material,) = avatar_with({"name": "skin"}).materials
    assert material == Material(name="skin")


def test_each_finish_arrives_with_its_textures_where_they_were_moved() -> None:
    assert finished("ior", ior=1.33).ior == 1.33
    assert finished("unlit").unlit
    assert finished("emissive_strength", emissiveStrength=5).emissive_strength == 5.0
    assert finished(
        "specular",
        specularFactor=0.5,
        specularTexture=_TEXTURE,
        specularColorFactor=[2, 1, 0.5],
        specularColorTexture=_TEXTURE,
    ).specular == Specular(0.5, _USE, (2.0, 1.0, 0.5), _USE)
    assert finished(
        "clearcoat",
        clearcoatFactor=0.5,
        clearcoatTexture=_TEXTURE,
        clearcoatRoughnessFactor=0.25,
        clearcoatRoughnessTexture=_TEXTURE,
        clearcoatNormalTexture={**_TEXTURE, "scale": 0.75},
    ).clearcoat == Clearcoat(0.5, _USE, 0.25, _USE, _USE, 0.75)
    assert finished(
        "sheen",
        sheenColorFactor=[1, 0, 0.5],
        sheenColorTexture=_TEXTURE,
        sheenRoughnessFactor=0.25,
        sheenRoughnessTexture=_TEXTURE,
    ).sheen == Sheen((1.0, 0.0, 0.5), _USE, 0.25, _USE)
    assert finished(
        "iridescence",
        iridescenceFactor=1,
        iridescenceTexture=_TEXTURE,
        iridescenceIor=1.8,
        iridescenceThicknessMinimum=50,
        iridescenceThicknessMaximum=500,
        iridescenceThicknessTexture=_TEXTURE,
    ).iridescence == Iridescence(1.0, _USE, 1.8, (50.0, 500.0), _USE)
    assert finished(
        "anisotropy",
        anisotropyStrength=0.5,
        anisotropyRotation=1.25,
        anisotropyTexture=_TEXTURE,
    ).anisotropy == Anisotropy(0.5, 1.25, _USE)


def test_transmission_volume_and_dispersion_are_one_finish() -> None:
    extensions = {
        "KHR_materials_transmission": {"transmissionFactor": 0.75, "transmissionTexture": _TEXTURE},
        "KHR_materials_volume": {
            "thicknessFactor": 2,
            "thicknessTexture": _TEXTURE,
            "attenuationDistance": 3,
            "attenuationColor": [0.5, 0.75, 1],
        },
        "KHR_materials_dispersion": {"dispersion": 0.25},
    }
    (material,) = avatar_with({"extensions": extensions}).materials
    assert material.transmission == Transmission(0.75, _USE, 2.0, _USE, 3.0, (0.5, 0.75, 1.0), 0.25)


def test_a_broken_finish_costs_itself_and_names_its_place() -> None:
    extensions = {
        "KHR_materials_sheen": {"sheenColorFactor": "red"},
        "KHR_materials_clearcoat": {"clearcoatFactor": 1, "clearcoatTexture": {"index": 7}},
    }
    avatar = avatar_with({"name": "coat", "extensions": extensions})
    (material,) = avatar.materials
    assert material.name == "coat"
    assert material.sheen is None
    assert material.clearcoat == Clearcoat(1.0)
    noted = "\n".join(avatar.warnings)
    assert "$.materials[0].extensions.KHR_materials_sheen.sheenColorFactor" in noted
    assert "$.materials[0].extensions.KHR_materials_clearcoat.clearcoatTexture.index" in noted


def test_a_broken_place_of_a_texture_leaves_the_texture_where_it_is() -> None:
    moved = {"index": 0, "extensions": {"KHR_texture_transform": {"offset": [1]}}}
    avatar = avatar_with({"pbrMetallicRoughness": {"baseColorTexture": moved}})
    assert avatar.materials[0].base_texture == TextureUse(image=0)
    assert any("KHR_texture_transform" in warning for warning in avatar.warnings)


@pytest.mark.parametrize(
    ("diffuse", "specular", "metallic", "colour"),
    [
        ([0.8, 0.4, 0.2, 1], [0.04, 0.04, 0.04], 0.0, (0.8, 0.4, 0.2)),
        ([0, 0, 0, 1], [1.0, 1.0, 1.0], 1.0, (1.0, 1.0, 1.0)),
        ([0, 0, 0, 0.5], [0.9, 0.6, 0.2], 1.0, (0.9, 0.6, 0.2)),
    ],
)
def test_gloss_is_told_in_metal_and_roughness(
    diffuse: list[float], specular: list[float], metallic: float, colour: tuple[float, ...]
) -> None:
    said = {"diffuseFactor": diffuse, "specularFactor": specular, "glossinessFactor": 0.75}
    avatar = avatar_with({"extensions": {"KHR_materials_pbrSpecularGlossiness": said}})
    (material,) = avatar.materials
    assert material.metallic == pytest.approx(metallic, abs=1e-3)
    assert material.base_colour == pytest.approx((*colour, diffuse[3]), abs=1e-3)
    assert material.roughness == 0.25
    assert any("translated" in warning for warning in avatar.warnings)


def test_an_extension_that_is_not_known_is_said() -> None:
    avatar = avatar_with({"extensions": {"KHR_animation_pointer": {}, "ACME_glitter": {}}})
    assert avatar.extensions_ignored == ("ACME_glitter",)
    assert any("ACME_glitter" in warning for warning in avatar.warnings)


def test_an_extension_that_is_used_without_being_declared_is_said_too() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["nodes"][0]["extensions"] = {"ACME_wings": {}}
    assert read_avatar_bytes(glb.bytes()).extensions_ignored == ("ACME_wings",)


def test_every_extension_has_one_place() -> None:
    assert not SHOWN & LEFT_OUT.keys()


@needs_models
@pytest.mark.parametrize(
    ("file", "finish"),
    [
        ("khronos/ClearCoatTest/glTF-Binary/ClearCoatTest.glb", "clearcoat"),
        ("khronos/SpecularTest/glTF-Binary/SpecularTest.glb", "specular"),
        ("khronos/SheenCloth/glTF/SheenCloth.gltf", "sheen"),
        ("khronos/AttenuationTest/glTF-Binary/AttenuationTest.glb", "transmission"),
        ("khronos/AnisotropyStrengthTest/glTF-Binary/AnisotropyStrengthTest.glb", "anisotropy"),
        ("khronos/IridescenceSuzanne/glTF-Binary/IridescenceSuzanne.glb", "iridescence"),
    ],
)
def test_the_public_samples_bring_their_finish(file: str, finish: str) -> None:
    place = folder()
    assert place is not None
    avatar = read_avatar(place / file, decode_pixels=False)
    assert any(getattr(material, finish) is not None for material in avatar.materials)
    assert not any("left out" in warning for warning in avatar.warnings)
