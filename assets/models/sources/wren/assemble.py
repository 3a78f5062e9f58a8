"""Puts Wren together: parts, light, bones, skin weights, morphs and clips into one VRM file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from workshop.fields import Array
from workshop.glb import INDEX, VERTEX, Glb
from workshop.light import openness
from workshop.mesh import Mesh, join, normals, triangles
from workshop.motion import Clip

from . import expressions, vrm
from . import proportions as w
from .body import clothes, hands
from .cage import head_mesh
from .face import (
    both,
    brows,
    catch_lights,
    ear,
    eyeball,
    freckles,
    lashes,
    skin_colour,
    teeth,
    tongue,
)
from .hair import hair_mesh
from .motions import clips
from .skeleton import (
    COLUMN,
    JOINTS,
    NAMES,
    PARENTS,
    best_four,
    hold_clothes,
    hold_eyes,
    hold_hair,
    hold_hands,
    hold_head,
    hold_rigid,
)

LEAST_MOVE = 1.2e-5  # metres; smaller morph rows are left out
LEAST_TURN = 0.02  # of a unit normal
MATERIALS = {
    "skin": (0.52, 0.0, False),
    "eyes": (0.22, 0.0, False),
    "shine": (0.30, 1.0, True),
    "hair": (0.50, 0.0, True),
    "cloth": (0.88, 0.0, False),
}


@dataclass(frozen=True)
class Part:
    """One primitive: a triangle mesh, who holds it, and its material."""

    mesh: Mesh
    held: Array
    material: str


def _face_parts() -> list[Part]:
    bare = head_mesh()
    skin = Mesh(bare.points, triangles(bare.faces), skin_colour(bare), bare.masks)
    inside = join([teeth(), tongue()])
    fixed = join([lashes(), brows(), freckles(), inside, ear()])
    whole = join([skin, fixed])
    held = np.concatenate([hold_head(skin), hold_rigid(fixed, "head")])
    eyes, lights = both(eyeball()), catch_lights()
    lights = lights.painted((1.0, 1.0, 1.0))
    return [
        Part(whole, held, "skin"),
        Part(eyes, hold_eyes(eyes), "eyes"),
        Part(lights, hold_rigid(lights, "head"), "shine"),
    ]


def _lit(parts: dict[str, list[Part]]) -> dict[str, list[Part]]:
    """Multiply ambient occlusion into the colours; warm on skin."""
    every = [part for group in parts.values() for part in group]
    scene = join([p.mesh for p in every])
    normal = np.concatenate([normals(p.mesh.points, p.mesh.faces) for p in every])
    # eyes and lights neither give nor take: the lids' shadow is painted
    blocks = np.concatenate(
        [np.full(len(p.mesh.faces), p.material not in ("eyes", "shine")) for p in every]
    )
    light = openness(scene.points, normal, scene.faces[blocks])
    floor = {
        "skin": np.array([0.62, 0.46, 0.42]),
        "hair": np.array([0.42, 0.36, 0.34]),
        "cloth": np.array([0.60, 0.51, 0.45]),
    }
    done: dict[str, list[Part]] = {}
    start = 0
    for name, group in parts.items():
        done[name] = []
        for part in group:
            here = light[start : start + len(part.mesh.points), None]
            start += len(part.mesh.points)
            mesh = part.mesh
            if part.material in floor:
                low = floor[part.material]
                inside = np.maximum(mesh.mask("tooth"), mesh.mask("tongue_all"))[:, None]
                open_ = np.clip(np.maximum(here * 1.15, 0.85 * inside), 0, 1)
                mesh = mesh.painted(mesh.colour * (low + (1 - low) * open_))
            done[name].append(Part(mesh, part.held, part.material))
    return done


def _nodes(glb: Glb) -> int:
    """Bones with identity rotations; returns the root."""
    for name in NAMES:
        parent = PARENTS[name]
        at = w.metres(JOINTS[name])
        offset = at - (w.metres(JOINTS[parent]) if parent else 0)
        children = [COLUMN[n] for n in NAMES if PARENTS[n] == name]
        node: dict[str, Any] = {"name": name, "translation": [round(float(v), 6) for v in offset]}
        if children:
            node["children"] = children
        glb.add("nodes", node)
    inverse = np.tile(np.eye(4), (len(NAMES), 1, 1))
    inverse[:, 3, :3] = -np.array([_placed(name) for name in NAMES])
    glb.add(
        "skins",
        {
            "inverseBindMatrices": glb.accessor(inverse.reshape(len(NAMES), 16)),
            "joints": list(range(len(NAMES))),
            "skeleton": COLUMN["hips"],
        },
    )
    return COLUMN["hips"]


def _placed(name: str) -> Array:
    """World place of a bone as the rounded offsets of the file give it."""
    place = np.zeros(3)
    at: str | None = name
    while at:
        parent = PARENTS[at]
        offset = w.metres(JOINTS[at]) - (w.metres(JOINTS[parent]) if parent else 0)
        place = place + np.round(offset, 6)
        at = parent
    return place


def _materials(glb: Glb) -> dict[str, int]:
    made: dict[str, int] = {}
    for name, (rough, glow, two_sided) in MATERIALS.items():
        value: dict[str, Any] = {
            "name": name,
            "pbrMetallicRoughness": {
                "baseColorFactor": [1, 1, 1, 1],
                "metallicFactor": 0.0,
                "roughnessFactor": rough,
            },
        }
        if glow:
            value["emissiveFactor"] = [glow] * 3
        if two_sided:
            value["doubleSided"] = True
        made[name] = glb.add("materials", value)
    return made


def _primitive(glb: Glb, part: Part, material: int) -> dict[str, Any]:
    mesh = part.mesh
    points = w.metres(mesh.points)
    joints, weights = best_four(part.held)
    return {
        "attributes": {
            "POSITION": glb.accessor(points, target=VERTEX, bounds=True),
            "NORMAL": glb.accessor(_unit(normals(mesh.points, mesh.faces)), target=VERTEX),
            "COLOR_0": glb.accessor(np.clip(mesh.colour, 0, 1), target=VERTEX),
            "JOINTS_0": glb.accessor(joints, "u1", VERTEX),
            "WEIGHTS_0": glb.accessor(_rounded(weights), target=VERTEX),
        },
        "indices": glb.accessor(mesh.faces.ravel(), "u2", INDEX),
        "material": material,
        "mode": 4,
    }


def _unit(normal: Array) -> Array:
    single = normal.astype(np.float32)
    size = np.linalg.norm(single, axis=1, keepdims=True)
    return np.where(size > 0.5, single / np.maximum(size, 1e-9), [[0.0, 1.0, 0.0]])


def _rounded(weights: Array) -> Array:
    """Weights whose single-precision sum is 1."""
    single = weights.astype(np.float32)
    single[:, 0] += np.float32(1) - single.sum(axis=1, dtype=np.float32)
    return single


def _morphs(glb: Glb, parts: list[Part], primitives: list[dict[str, Any]]) -> list[str]:
    """Sparse targets on every primitive of the face."""
    whole = join([p.mesh for p in parts])
    made = expressions.targets(whole)
    start = 0
    for part, primitive in zip(parts, primitives, strict=True):
        n = len(part.mesh.points)
        flat = normals(part.mesh.points, part.mesh.faces)
        primitive["targets"] = []
        for name, move in made.items():
            own = move[start : start + n]
            if not own.any():
                own = np.zeros_like(own)
            # light on a shape that is worn over another one is reckoned there
            under = made.get(expressions.WORN_OVER.get(name, ""), np.zeros_like(move))
            below = part.mesh.points + under[start : start + n]
            seen = normals(below, part.mesh.faces) if under.any() else flat
            bent = normals(below + own, part.mesh.faces) - seen
            bent[np.linalg.norm(own, axis=1) * w.METRES < LEAST_MOVE] = 0.0
            primitive["targets"].append(
                {
                    "POSITION": glb.sparse(own * w.METRES, LEAST_MOVE, bounds=True),
                    "NORMAL": glb.sparse(bent, LEAST_TURN, bounds=False),
                }
            )
        start += n
    return list(made)


def _animate(glb: Glb, clip: Clip, alias: str | None) -> None:
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    clocks: dict[bool, int] = {}
    for bone, turn in clip.rotations.items():
        moving = len(turn) > 1
        value = turn if moving else np.repeat(turn, 2, axis=0)
        if moving not in clocks:
            times = clip.times if moving else clip.times[[0, -1]]
            clocks[moving] = glb.accessor(times, bounds=True)
        samplers.append(
            {
                "input": clocks[moving],
                "output": glb.accessor(value),
                "interpolation": "LINEAR",
            }
        )
        channels.append(
            {"sampler": len(samplers) - 1, "target": {"node": COLUMN[bone], "path": "rotation"}}
        )
    value: dict[str, Any] = {"name": clip.name, "samplers": samplers, "channels": channels}
    if clip.extras:
        value["extras"] = clip.extras
    glb.add("animations", value)
    if alias:
        glb.add("animations", {**value, "name": alias})


def build(target: Path, fingerprint: str) -> dict[str, int]:
    """Write Wren's file; returns its figures."""
    glb = Glb(
        {
            "asset": {
                "version": "2.0",
                "generator": "Avatar Desktop workshop",
                "extras": {"sources": fingerprint},
            }
        }
    )
    hair, cloth, hand = hair_mesh(), clothes(), hands()
    parts = _lit(
        {
            "Face": _face_parts(),
            "Hair": [Part(hair, hold_hair(hair), "hair")],
            "Clothes": [Part(cloth, hold_clothes(cloth), "cloth")],
            "Hands": [Part(hand, hold_hands(hand), "skin")],
        }
    )
    root = _nodes(glb)
    material = _materials(glb)
    scene, names = [root], []
    for name, group in parts.items():
        primitives = [_primitive(glb, part, material[part.material]) for part in group]
        mesh: dict[str, Any] = {"name": name, "primitives": primitives}
        if name == "Face":
            names = _morphs(glb, group, primitives)
            mesh["extras"] = {"targetNames": names}
            mesh["weights"] = [0.0] * len(names)
        scene.append(glb.add("nodes", {"name": name, "mesh": glb.add("meshes", mesh), "skin": 0}))
    glb.document["scene"] = 0
    glb.add("scenes", {"name": "Wren", "nodes": scene})
    for clip in clips():
        alias = {"gesture_wave": "wave", "gesture_nod": "nod"}.get(clip.name)
        _animate(glb, clip, alias)
    vrm.dress(glb, scene[1], names)
    glb.save(target)
    meshes = [p.mesh for group in parts.values() for p in group]
    return {
        "triangles": sum(len(m.faces) for m in meshes),
        "points": sum(len(m.points) for m in meshes),
        "bytes": target.stat().st_size,
    }
