"""The VRM 1.0 layer: who made it, which bone is which, gaze, expressions, springs, first person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .fields import Array
from .glb import Glb
from .names import ARKIT, VISEMES
from .rig import Rig, Scale

Weights = dict[str, float]
_OVERRIDES = ("overrideBlink", "overrideLookAt", "overrideMouth")


@dataclass(frozen=True)
class Ball:
    """A collider: a ball on a bone, or a capsule when it has a tail."""

    bone: str
    centre: tuple[float, float, float]
    radius: float
    tail: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Spring:
    """A chain of bones that swings; the last one is only where the chain ends."""

    name: str
    bones: tuple[str, ...]
    radius: float  # metres
    stiffness: float
    drag: float
    gravity: float = 0.0
    avoids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Everything VRM wants to know beyond bones and shapes."""

    meta: dict[str, Any]
    eyes: Array
    """Between the eyes, in the character's units."""
    presets: dict[str, Weights]
    overrides: dict[str, dict[str, str]] = field(default_factory=dict)
    """Preset → which of blink, lookAt and mouth it blocks or blends (none: not at all)."""
    gaze: float = 12.0
    """How far the eyes turn, in degrees, when the thing looked at is all to one side."""
    colliders: dict[str, tuple[Ball, ...]] = field(default_factory=dict)
    springs: tuple[Spring, ...] = ()


def plain_meta(name: str) -> dict[str, Any]:
    """Credit wanted, everything decent allowed."""
    return {
        "name": name,
        "version": "1.0",
        "authors": ["Avatar Desktop"],
        "copyrightInformation": "Made by the scripts of the Avatar Desktop project",
        "licenseUrl": "https://vrm.dev/licenses/1.0/",
        "otherLicenseUrl": "https://creativecommons.org/licenses/by/4.0/",
        "avatarPermission": "everyone",
        "allowExcessivelyViolentUsage": False,
        "allowExcessivelySexualUsage": False,
        "commercialUsage": "corporation",
        "allowPoliticalOrReligiousUsage": False,
        "allowAntisocialOrHateUsage": False,
        "creditNotation": "required",
        "allowRedistribution": True,
        "modification": "allowModificationRedistribution",
    }


def _expression(
    weights: Weights, overrides: dict[str, str], morphed: list[tuple[int, list[str]]]
) -> dict[str, Any]:
    binds = [
        {"node": node, "index": names.index(name), "weight": weight}
        for name, weight in weights.items()
        for node, names in morphed
        if name in names
    ]
    value: dict[str, Any] = {"isBinary": False}
    if binds:
        value["morphTargetBinds"] = binds
    return value | {kind: overrides.get(kind, "none") for kind in _OVERRIDES}


def _springs(person: Person, rig: Rig, scale: Scale) -> dict[str, Any]:
    column = rig.column

    def local(bone: str, place: tuple[float, float, float]) -> list[float]:
        return [round(float(v), 5) for v in (np.array(place) - rig.joints[bone]) * scale.unit]

    colliders: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for name, balls in person.colliders.items():
        rows = range(len(colliders), len(colliders) + len(balls))
        groups.append({"name": name, "colliders": list(rows)})
        for ball in balls:
            shape: dict[str, Any] = {
                "offset": local(ball.bone, ball.centre),
                "radius": round(ball.radius * scale.unit, 5),
            }
            if ball.tail is not None:
                shape["tail"] = local(ball.bone, ball.tail)
            kind = "sphere" if ball.tail is None else "capsule"
            colliders.append({"node": column[ball.bone], "shape": {kind: shape}})
    named = list(person.colliders)
    springs = [
        {
            "name": spring.name,
            "colliderGroups": [named.index(name) for name in spring.avoids],
            "joints": [
                {
                    "node": column[bone],
                    "hitRadius": spring.radius,
                    "stiffness": spring.stiffness,
                    "gravityPower": spring.gravity,
                    "gravityDir": [0.0, -1.0, 0.0],
                    "dragForce": spring.drag,
                }
                for bone in spring.bones
            ],
        }
        for spring in person.springs
    ]
    return {
        "specVersion": "1.0",
        "colliders": colliders,
        "colliderGroups": groups,
        "springs": springs,
    }


def dress(  # noqa: PLR0917 - one call from one place
    glb: Glb,
    person: Person,
    rig: Rig,
    scale: Scale,
    morphed: list[tuple[int, list[str]]],
    first_person: dict[int, str],
) -> None:
    """Add VRM to a document; `morphed` says which nodes have which shapes, in their order."""
    head = rig.placed("head", scale)
    eyes = (scale.metres(person.eyes) - head) * [0, 1, 1]
    turn = {"inputMaxValue": 90.0, "outputScale": person.gaze}
    shapes = [name for _, names in morphed for name in names]
    custom = [*ARKIT, *(f"viseme_{name}" for name in VISEMES)]
    column = rig.column
    glb.use("VRMC_vrm")
    extensions = glb.document.setdefault("extensions", {})
    extensions["VRMC_vrm"] = {
        "specVersion": "1.0",
        "meta": person.meta,
        "humanoid": {"humanBones": {name: {"node": column[name]} for name in rig.human}},
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [round(float(v), 5) for v in eyes],
            "rangeMapHorizontalInner": turn,
            "rangeMapHorizontalOuter": turn,
            "rangeMapVerticalDown": turn,
            "rangeMapVerticalUp": turn,
        },
        "firstPerson": {
            "meshAnnotations": [{"node": node, "type": kind} for node, kind in first_person.items()]
        },
        "expressions": {
            "preset": {
                name: _expression(weights, person.overrides.get(name, {}), morphed)
                for name, weights in person.presets.items()
            },
            "custom": {
                name: _expression({name: 1.0}, {}, morphed) for name in custom if name in shapes
            },
        },
    }
    if person.springs:
        glb.use("VRMC_springBone")
        extensions["VRMC_springBone"] = _springs(person, rig, scale)
