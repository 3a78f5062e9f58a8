"""The VRM 1.0 layer: who made it, which bone is which, how it looks at things, its expressions."""

from __future__ import annotations

from typing import Any

from workshop.glb import Glb

from . import proportions as w
from .expressions import PRESETS
from .skeleton import COLUMN, JOINTS, NAMES

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


def dress(glb: Glb, mesh_node: int, names: list[str]) -> None:
    """Add VRMC_vrm to the document."""
    offset = (w.metres(w.EYE) - w.metres(JOINTS["head"])) * [0, 1, 1]
    gaze = {"inputMaxValue": 90.0, "outputScale": 12.0}
    glb.document["extensionsUsed"] = ["VRMC_vrm"]
    glb.document["extensions"] = {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": META,
            "humanoid": {"humanBones": {name: {"node": COLUMN[name]} for name in NAMES}},
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
        }
    }
