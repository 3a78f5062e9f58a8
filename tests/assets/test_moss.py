"""Moss as he lies in the house: made of his sources, dressed, sprung, and within his measures."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from avatar_desktop.library.avatars import card_of, resolve
from avatar_desktop.library.folders import folders
from tests.assets.test_starter_avatar import ARKIT, BONES, PRESETS, VISEMES, Document

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
MOSS = MODELS / "moss" / "avatar.vrm"


@pytest.fixture(scope="module")
def moss() -> Document:
    return Document(MOSS)


def test_the_file_belongs_to_the_sources_that_lie_beside_it(moss: Document) -> None:
    spec = importlib.util.spec_from_file_location("moss_build", MODELS / "sources" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert moss.json["asset"]["extras"]["sources"] == build.fingerprint("moss")


def test_he_is_found_by_name_and_has_a_card(tmp_path: Path) -> None:
    assert resolve("Moss", folders(profile=tmp_path)) == MOSS
    card = card_of(MOSS)
    assert card is not None
    assert card.persona.welcome
    assert card.voice.voice


def test_every_bone_shape_viseme_and_preset_is_there(moss: Document) -> None:
    assert {*BONES, "leftToes", "rightToes"} <= set(moss.vrm["humanoid"]["humanBones"])
    assert set(moss.face["extras"]["targetNames"]) == {*ARKIT, *(f"viseme_{v}" for v in VISEMES)}
    assert set(PRESETS) <= set(moss.vrm["expressions"]["preset"])


def test_bones_rest_without_rotation_and_the_soles_stand_on_the_ground(moss: Document) -> None:
    assert all("rotation" not in n and "scale" not in n for n in moss.json["nodes"])
    lows = [_bounds(moss, p)["min"][1] for p in _primitives(moss)]
    assert min(lows) == pytest.approx(0.0, abs=0.004)


def test_cords_and_hood_swing_and_meet_colliders(moss: Document) -> None:
    springs = moss.json["extensions"]["VRMC_springBone"]
    assert {s["name"] for s in springs["springs"]} == {"cordLeft", "cordRight", "hood"}
    assert all(s["colliderGroups"] and len(s["joints"]) >= 3 for s in springs["springs"])


def test_he_is_light_and_has_a_lit_and_a_drawn_look(moss: Document) -> None:
    triangles = sum(moss.json["accessors"][p["indices"]]["count"] // 3 for p in _primitives(moss))
    assert triangles <= 60_000
    assert MOSS.stat().st_size <= 7_000_000
    worn = {p["material"] for p in _primitives(moss)}
    eyes = {i for i, m in enumerate(moss.json["materials"]) if m["name"] in ("eyes", "shine")}
    assert len(worn - eyes) <= 4
    looks = moss.json["extensions"]["KHR_materials_variants"]["variants"]
    assert [look["name"] for look in looks] == ["Soft", "Toon"]
    for primitive in _primitives(moss):
        mappings = primitive["extensions"]["KHR_materials_variants"]["mappings"]
        drawn = next(m["material"] for m in mappings if m["variants"] == [1])
        assert "VRMC_materials_mtoon" in moss.json["materials"][drawn]["extensions"]


def _primitives(document: Document) -> list[dict[str, Any]]:
    return [p for mesh in document.json["meshes"] for p in mesh["primitives"]]


def _bounds(document: Document, primitive: dict[str, Any]) -> dict[str, Any]:
    return document.json["accessors"][primitive["attributes"]["POSITION"]]
