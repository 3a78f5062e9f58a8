"""The VRM 1.0 layer: who made it, which bone is which, how it looks at things, its expressions."""

from __future__ import annotations

from typing import Any

import numpy as np
from workshop.glb import Glb

from . import proportions as w
from .recipes import PRESETS
from .skeleton import COLUMN, HAIR_CHAINS, HAIR_HEIGHTS, HUMAN, JOINTS

META = {
    "name": "Wren",
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


def _expression(weights: dict[str, float], mesh_node: int, names: list[str]) -> dict[str, Any]:
    binds = [
        {"node": mesh_node, "index": names.index(name), "weight": weight}
        for name, weight in weights.items()
    ]
    return {
        "morphTargetBinds": binds,
        "isBinary": False,
        "overrideBlink": "none",
        "overrideLookAt": "none",
        "overrideMouth": "none",
    }


def _sphere(bone: str, centre: tuple[float, float, float], radius: float) -> dict[str, Any]:
    offset = (np.array(centre) - JOINTS[bone]) * w.METRES
    shape = {"offset": [round(float(v), 5) for v in offset], "radius": round(radius * w.METRES, 5)}
    return {"node": COLUMN[bone], "shape": {"sphere": shape}}


def _springs() -> dict[str, Any]:
    """Hair that swings below the ears and never enters head, neck or shoulders."""
    joint = {
        "hitRadius": 0.010,
        "stiffness": 1.1,
        "gravityPower": 0.0,
        "gravityDir": [0.0, -1.0, 0.0],
        "dragForce": 0.42,
    }
    return {
        "specVersion": "1.0",
        "colliders": [
            _sphere("head", (0.0, -0.05, -0.06), 0.78),
            _sphere("head", (0.0, -0.48, 0.12), 0.60),
            _sphere("neck", (0.0, -1.30, -0.22), 0.25),
            _sphere("upperChest", (0.0, -1.75, -0.25), 0.34),
        ],
        "colliderGroups": [{"name": "body", "colliders": [0, 1, 2, 3]}],
        "springs": [
            {
                "name": f"hair{name}",
                "colliderGroups": [0],
                "joints": [
                    {"node": COLUMN[f"hair{name}{i}"], **joint} for i in range(len(HAIR_HEIGHTS))
                ],
            }
            for name in HAIR_CHAINS
        ],
    }


def dress(glb: Glb, mesh_node: int, names: list[str]) -> None:
    """Add VRMC_vrm to the document."""
    offset = (w.metres(w.EYE) - w.metres(JOINTS["head"])) * [0, 1, 1]
    gaze = {"inputMaxValue": 90.0, "outputScale": 12.0}
    glb.document["extensionsUsed"] = ["VRMC_vrm", "VRMC_springBone"]
    glb.document["extensions"] = {
        "VRMC_springBone": _springs(),
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": META,
            "humanoid": {"humanBones": {name: {"node": COLUMN[name]} for name in HUMAN}},
            "lookAt": {
                "type": "bone",
                "offsetFromHeadBone": [round(float(v), 5) for v in offset],
                "rangeMapHorizontalInner": gaze,
                "rangeMapHorizontalOuter": gaze,
                "rangeMapVerticalDown": gaze,
                "rangeMapVerticalUp": gaze,
            },
            "firstPerson": {"meshAnnotations": [{"node": mesh_node, "type": "auto"}]},
            "expressions": {
                "preset": {
                    name: _expression(weights, mesh_node, names)
                    for name, weights in PRESETS.items()
                }
            },
        },
    }
