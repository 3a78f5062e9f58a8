"""What the shaders of a material need: one word for each thing that makes them longer. No GL."""

from __future__ import annotations

from collections.abc import Iterable

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.maps import Map, is_plain
from avatar_desktop.render.programs import Features

OPEN_SKY: Features = frozenset({"OPEN_SKY"})
_PLAIN_IOR = 1.5
_OF_NUMBERS = frozenset({"FINISHED"})
"""What less of a number may ask for."""


def look_features(material: Material, maps: Iterable[Map]) -> Features:
    """The features of a material whose pictures are these."""
    features = {*_kind(material), *_of_maps(tuple(maps))}
    if material.double_sided:
        features.add("DOUBLE_SIDED")
    if material.alpha_mode != "OPAQUE":
        features.add(f"ALPHA_{material.alpha_mode}")
    return frozenset(features)


def moving_features(most: Features, least: Features) -> Features:
    """For a material that a clip moves between two looks: it may be either at any time."""
    alike = most & least
    return (most | (least & _OF_NUMBERS)) - ({"PLAIN_UV"} - alike)


def without_uvs(features: Features) -> Features:
    """For a mesh that says of no point where in a picture it lies; a matcap needs none."""
    kept = {name for name in features if not name.endswith(("_MAP", "_UV", "TEXTURED"))}
    return frozenset(kept | (features & {"MATCAP_MAP"}))


def plainer(features: Features) -> Features:
    """The same surface without what lies on it, for a driver that fails at the whole."""
    extras = {"FINISHED", "COATED", "VELVET", "CLEAR", "THICK", "DISPERSED", "FILMED", "BRUSHED"}
    return features - extras - OPEN_SKY - {"RIM", "MATCAP_MAP", "FLOWS", "NORMAL_MAP"}


def sees_the_sky(features: Features) -> bool:
    """Whether light from all around reaches it so that what stands close by takes some away.

    Colours of toons are meant as they are; what is seen through leaves no depth to measure at.
    """
    return not features & {"UNLIT", "TOON", "ALPHA_BLEND", "CLEAR"}


def _kind(material: Material) -> set[str]:
    if material.unlit:
        return {"UNLIT"}
    if material.toon is not None:
        return {"TOON", *_of_toon(material.toon)}
    return _of_finishes(material)


def _of_toon(toon: Toon) -> set[str]:
    features: set[str] = set()
    if any(toon.rim_colour):
        features.add("RIM")
    if any(toon.uv_scroll) or toon.uv_rotation:
        features.add("FLOWS")
    return features


def _of_finishes(material: Material) -> set[str]:
    features: set[str] = set()
    if material.clearcoat is not None and material.clearcoat.strength > 0.0:
        features.add("COATED")
    if material.sheen is not None and any(material.sheen.colour):
        features.add("VELVET")
    if (through := material.transmission) is not None and through.strength > 0.0:
        features.add("CLEAR")
        if through.thickness > 0.0:
            features.add("THICK")
        if through.thickness > 0.0 and through.dispersion > 0.0:
            features.add("DISPERSED")
    if material.iridescence is not None and material.iridescence.strength > 0.0:
        features.add("FILMED")
    if material.anisotropy is not None and material.anisotropy.strength > 0.0:
        features.add("BRUSHED")
    if features or material.specular is not None or material.ior != _PLAIN_IOR:
        features.add("FINISHED")
    return features


def _of_maps(maps: tuple[Map, ...]) -> set[str]:
    features = {each.feature for each in maps}
    placed = [each.use for each in maps if each.name != "matcap"]
    if placed:
        features.add("TEXTURED")
        if all(is_plain(use) for use in placed):
            features.add("PLAIN_UV")
        if any(use.uv_set > 0 for use in placed):
            features.add("SECOND_UV")
        if any(use.uv_set > 1 for use in placed):
            features.add("MORE_UV")
    return features
