"""Bones, licence, gaze and who sees which mesh say the same in both versions of VRM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.meta import Permissions
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.vrm import bones
from tests.makers import tiny_avatar
from tests.makers.public_models import expected, folder, needs_models


def told(version: int = 1, **more: Any) -> Avatar:
    """The tiny humanoid whose VRM extension says more."""
    glb = tiny_avatar.humanoid(version=version)
    glb.document["extensions"]["VRMC_vrm" if version else "VRM"].update(more)
    return read_avatar_bytes(glb.bytes())


def wrong_bones() -> list[str]:
    place = folder()
    assert place is not None
    return [
        file
        for file, reference in expected("vrm").items()
        if dict(read_avatar(place / file, decode_pixels=False).humanoid) != reference["bones"]
    ]


@needs_models
def test_every_bone_map_is_the_reference_s(bar: Callable[..., None]) -> None:
    bar("files with a bone map of their own", len(wrong_bones()), at_most=0)


@needs_models
def test_the_bar_of_bone_maps_notices_thumbs_that_keep_their_old_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bones, "_THUMBS_OF_VRM_0", {})
    assert wrong_bones()


def test_a_licence_of_vrm_1_arrives_whole_and_in_words() -> None:
    meta = {
        "name": "Tiny",
        "version": "2",
        "authors": ["Ann", "Ben"],
        "copyrightInformation": "Ann 2025",
        "contactInformation": "ann@example.org",
        "references": ["a drawing"],
        "thirdPartyLicenses": "MIT",
        "licenseUrl": "https://vrm.dev/licenses/1.0/",
        "otherLicenseUrl": "https://example.org/terms",
        "avatarPermission": "everyone",
        "commercialUsage": "personalProfit",
        "creditNotation": "required",
        "modification": "allowModification",
        "allowRedistribution": True,
        "allowExcessivelyViolentUsage": True,
    }
    avatar = told(meta=meta)
    found = avatar.meta
    assert (found.title, found.version, found.authors) == ("Tiny", "2", ("Ann", "Ben"))
    assert (found.copyright, found.contact) == ("Ann 2025", "ann@example.org")
    assert (found.references, found.third_party_licences) == (("a drawing",), "MIT")
    assert found.other_licence == "https://example.org/terms"
    assert found.permissions == Permissions(
        avatar="everyone",
        commercial="personalProfit",
        modification="allowModification",
        redistribution=True,
        violent=True,
    )
    assert found.in_words() == (
        "Everybody may appear as this avatar.",
        "Persons may use it commercially, companies may not.",
        "It may be changed, but not passed on changed.",
        "Copies may be passed on.",
        "Name Ann, Ben wherever it is shown.",
        "Not for sexual, political or religious, antisocial or hateful content.",
        "The full terms: https://vrm.dev/licenses/1.0/, https://example.org/terms.",
    )
    assert avatar.warnings == ()


def test_what_a_licence_does_not_mention_is_forbidden() -> None:
    assert told(meta={"name": "Tiny"}).meta.permissions == Permissions()


def test_a_foreign_licence_is_named_and_the_avatar_opens() -> None:
    avatar = told(meta={"name": "Tiny", "licenseUrl": "https://example.org/mine"})
    assert avatar.meta.licence == "https://example.org/mine"
    assert any("https://example.org/mine" in warning for warning in avatar.warnings)


@pytest.mark.parametrize(
    ("name", "commercial", "words"),
    [
        ("CC0", "Allow", ("Persons and companies", "passed on changed", "Nobody needs")),
        ("CC_BY", "Allow", ("Persons and companies", "passed on changed", "Name Ann")),
        ("CC_BY_NC", "Allow", ("No commercial use", "passed on changed", "Name Ann")),
        ("CC_BY_ND", "Allow", ("companies", "not passed on changed", "Name Ann")),
        ("Redistribution_Prohibited", "Disallow", ("No commercial", "not be changed", "Name")),
        ("Other", "Allow", ("companies may not", "not be changed", "https://example.org")),
    ],
)
def test_licences_of_vrm_0_are_read_in_the_stricter_way(
    name: str, commercial: str, words: tuple[str, ...]
) -> None:
    meta = {
        "title": "Tiny",
        "author": "Ann",
        "licenseName": name,
        "commercialUssageName": commercial,
        "otherLicenseUrl": "https://example.org",
    }
    said = " ".join(told(0, meta=meta).meta.in_words())
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    "said",
    [
        {"meta": {"name": "Tiny", "commercialUsage": "sometimes"}},
        {"meta": {"name": "Tiny", "modification": "sometimes"}},
        {"lookAt": {"type": "sometimes"}},
        {"expressions": {"preset": {"aa": {"overrideBlink": "sometimes"}}}},
        {"firstPerson": {"meshAnnotations": [{"node": 21, "type": "sometimes"}]}},
    ],
)
def test_a_word_that_means_nothing_is_named(said: dict[str, Any]) -> None:
    (warning,) = told(1, **said).warnings
    assert "'sometimes' means nothing here ($.extensions.VRMC_vrm." in warning


def test_a_file_that_says_nothing_of_its_licence_is_not_called_free() -> None:
    (said,) = read_avatar_bytes(tiny_avatar.skinned_arm().bytes()).meta.in_words()
    assert said == "The file does not say what may be done with it."


@pytest.mark.parametrize("version", [0, 1])
def test_the_place_between_the_eyes_is_in_front_of_the_face(version: int) -> None:
    avatar = told(version)
    assert avatar.look_at is not None
    x, y, z = avatar.look_at.offset_from_head
    assert (x, y, z * avatar.front) == (0.0, 0.07, 0.08)


def test_a_gaze_by_expressions_reaches_one_by_default() -> None:
    look = told(1, lookAt={"type": "expression"}).look_at
    assert look is not None
    assert look.kind == "expression"
    assert look.vertical_up == (90.0, 1.0)


def test_curves_of_the_gaze_become_straight_ranges_and_are_named() -> None:
    bent = {"xRange": 80, "yRange": 6, "curve": [0, 0, 0, 0, 0.5, 0.2, 1, 1, 1, 1, 1, 1]}
    straight = {"xRange": 70, "yRange": 5, "curve": [0, 0, 0, 1, 1, 1, 1, 0]}
    spec = {"lookAtHorizontalInner": straight, "lookAtHorizontalOuter": bent}
    avatar = told(0, firstPerson=spec)
    assert avatar.look_at is not None
    assert avatar.look_at.horizontal_inner == (70.0, 5.0)
    assert avatar.look_at.horizontal_outer == (80.0, 6.0)
    assert [w for w in avatar.warnings if "curve" in w] == [
        "The gaze follows a curve, which is read as straight "
        "($.extensions.VRM.firstPerson.lookAtHorizontalOuter)."
    ]


def test_who_sees_a_mesh_is_told_by_node_in_vrm_1_and_by_mesh_in_vrm_0() -> None:
    one = told(1, firstPerson={"meshAnnotations": [{"node": 21, "type": "thirdPersonOnly"}]})
    old = told(
        0, firstPerson={"meshAnnotations": [{"mesh": 0, "firstPersonFlag": "ThirdPersonOnly"}]}
    )
    assert dict(one.first_person) == dict(old.first_person) == {21: "thirdPersonOnly"}


def test_a_mesh_that_is_gone_costs_its_rule() -> None:
    rules = [
        {"mesh": -1, "firstPersonFlag": "Both"},
        {"mesh": 0, "firstPersonFlag": "Nobody"},
        {"mesh": "x"},
    ]
    avatar = told(0, firstPerson={"meshAnnotations": rules})
    assert dict(avatar.first_person) == {21: "auto"}
    assert len(avatar.warnings) == 3
