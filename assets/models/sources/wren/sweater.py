"""Wren's sweater: body and bishop sleeves in chunky knit, rolled collar, cuffs, hem, braids.

Drawn with the arms half down (`skeleton.DRAWN`), the pose that clothes are mostly seen in, and
taken back to the T-pose at the end.
"""

from __future__ import annotations

import numpy as np
from workshop.bind import along, at_rest, borrowed, evened, posed_joint
from workshop.fields import Array, capsule, ellipsoid, ramp, shoot, union
from workshop.mesh import Mesh, join, plain, triangles, without, wrap
from workshop.shapes import flipped, grid_faces, sweep
from workshop.weave import Laid, woven

from . import proportions as w
from .skeleton import COLUMN, DRAWN, NAMES, RIG

SHOULDER, ELBOW, WRIST = (
    posed_joint(RIG, DRAWN, f"left{bone}") for bone in ("UpperArm", "LowerArm", "Hand")
)
ARM = (WRIST - SHOULDER) / np.linalg.norm(WRIST - SHOULDER)
ELBOW_AT = float((ELBOW - SHOULDER) @ ARM)
WRIST_AT = float((WRIST - SHOULDER) @ ARM)
MIDDLE = np.array([0.0, 0.0, -0.20])
HEM = (-3.83, -3.51)
STITCH = 0.074  # how high
TRUNK = {"hips": -3.36, "spine": -3.02, "chest": -2.52, "upperChest": -1.95, "neck": -1.30}


def arm_place(p: Array) -> tuple[Array, Array, Array]:
    """Along the left arm, away from its line, and the angle round it (0 on top)."""
    way, off = along(p, SHOULDER, WRIST)
    up = np.cross([0.0, 0.0, 1.0], ARM)
    rest = p - SHOULDER - way[:, None] * ARM
    return way, off, np.arctan2(rest[:, 2], rest @ up)


def sweater_form(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    d = ellipsoid(q, (0, -2.12, -0.20), (0.585, 0.62, 0.385))
    d = union(d, ellipsoid(q, (0, -2.95, -0.19), (0.68, 0.76, 0.445)), 0.50)
    d = union(d, ellipsoid(q, (0, -3.32, -0.19), (0.755, 0.29, 0.50)), 0.34)
    d = union(d, capsule(q, (0.10, -1.60, -0.24), tuple(SHOULDER), 0.21, 0.205), 0.28)
    d = union(d, ellipsoid(q, (0.22, -2.26, 0.06), (0.26, 0.28, 0.13)), 0.36)
    sleeve = capsule(q, tuple(SHOULDER), tuple(ELBOW), 0.232, 0.212)
    sleeve = union(sleeve, capsule(q, tuple(ELBOW), tuple(WRIST - 0.42 * ARM), 0.212, 0.232), 0.10)
    sleeve = union(
        sleeve, capsule(q, tuple(WRIST - 0.42 * ARM), tuple(WRIST - 0.20 * ARM), 0.226, 0.150), 0.10
    )
    d = union(d, sleeve, 0.24)
    return d + _folds(q)


def _folds(q: Array) -> Array:
    """Where wool bunches: elbows, above cuffs and hem, under the arms; for x ≥ 0."""
    x, y, z = q.T
    way, off, angle = arm_place(q)
    on_arm = ramp(way, 0.25, 0.45) * ramp(off, 0.5, 0.3)
    inner = 0.5 + 0.5 * np.cos(angle - 0.9)  # where the elbow bends
    elbow = np.exp(-(((way - ELBOW_AT) / 0.17) ** 2)) * np.sin(way * 40 + 1.6 * np.sin(angle * 2))
    blouse = np.exp(-(((way - WRIST_AT + 0.32) / 0.13) ** 2)) * np.sin(
        way * 34 + 2.2 * np.sin(angle * 3 + 0.8)
    )
    long = ramp(way, WRIST_AT - 0.55, WRIST_AT - 0.22) * np.sin(angle * 7 + 1.3 * np.sin(way * 6))
    arm = on_arm * (0.017 * elbow * (0.35 + 0.65 * inner) + 0.013 * blouse + 0.008 * long)
    round_ = np.arctan2(x, z + 0.20)
    low = np.exp(-(((y + 3.24) / 0.20) ** 2))
    waist = 0.014 * low * np.sin(y * 26 + 2.4 * np.sin(round_ * 3.0) + 0.8 * np.sin(round_ * 7))
    gather = 0.012 * np.exp(-(((y + 3.42) / 0.12) ** 2)) * np.sin(round_ * 13 + 1.5 * np.sin(y * 9))
    pit = np.exp(-((np.hypot(x - 0.62, y + 2.16) / 0.30) ** 2))
    armpit = 0.016 * pit * np.sin((x * 0.75 + y * 0.66) * 30)
    return arm + (waist + gather) * ramp(way, 0.6, 0.3) + armpit


def hold_drawn(p: Array) -> Array:
    """First shares, by place in the drawn pose; the mesh evens them out."""
    held = np.zeros((len(p), len(NAMES)))
    x, y, _ = p.T
    q = p * np.array([1.0, 1.0, 1.0])
    q[:, 0] = np.abs(x)
    way, off, _ = arm_place(q)
    on_arm = ramp(way, -0.10, 0.30) * ramp(off, 0.46, 0.30)
    collar = ramp(q[:, 0], 0.08, 0.46) * ramp(y, -2.25, -1.80) * (1 - on_arm) * 0.9
    bend = np.clip((way - ELBOW_AT) / 0.20, -1, 1)
    roll = ramp(way, ELBOW_AT + 0.25, WRIST_AT - 0.12)
    ends = ramp(way, WRIST_AT - 0.06, WRIST_AT + 0.05) * 0.4
    first = ramp(way, 0.05, 0.52)
    shares = {
        "Shoulder": collar,
        "UpperArmHalf": on_arm * (1 - first),
        "UpperArm": on_arm * first * np.clip(-bend, 0, 1),
        "LowerArmHalf": on_arm * first * (1 - np.abs(bend)),
        "LowerArm": on_arm * np.clip(bend, 0, 1) * (1 - roll),
        "HandRoll": on_arm * np.clip(bend, 0, 1) * roll * (1 - ends),
        "Hand": on_arm * np.clip(bend, 0, 1) * roll * ends,
    }
    for side, here in (("left", x > 0), ("right", x <= 0)):
        for bone, share in shares.items():
            held[:, COLUMN[side + bone]] = share * here
    trunk = 1 - on_arm - collar
    place = np.interp(y, list(TRUNK.values()), np.arange(len(TRUNK)))
    for i, bone in enumerate(TRUNK):
        held[:, COLUMN[bone]] += trunk * np.clip(1 - np.abs(place - i), 0, 1)
    _onto_lap(held, p)
    return held / held.sum(axis=1, keepdims=True)


def _onto_lap(held: Array, p: Array) -> None:
    """In front the hem goes half the way with the thighs: it lies on the lap of who sits."""
    x, y, z = p.T
    taken = held[:, COLUMN["hips"]] * ramp(y, -3.08, -3.50) * ramp(z, -0.16, 0.12)
    left = ramp(x, -0.24, 0.24)
    held[:, COLUMN["hips"]] -= taken
    held[:, COLUMN["leftUpperLegHalf"]] += taken * left
    held[:, COLUMN["rightUpperLegHalf"]] += taken * (1 - left)


def _laid(p: Array) -> Laid:
    """Three charts: body, left sleeve, right sleeve."""
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    way, off, angle = arm_place(q)
    sleeve = (way > 0.06) & (off < 0.42)
    chart = np.where(sleeve, np.where(p[:, 0] > 0, 1, 2), 0)
    turn = np.arctan2(p[:, 0] / 0.60, (p[:, 2] + 0.20) / 0.42)
    stitches = np.array([50.0, 18.0, 18.0])
    body = turn / (2 * np.pi) * stitches[0]
    arm = angle / (2 * np.pi) * stitches[1]
    down = np.stack([-p[:, 1], way, way]) / STITCH
    return Laid(chart, np.stack([body, arm, -arm]), down, stitches)


def _ribbed(rings: Array, ribs: int, bump: float, even: tuple[int, ...] = ()) -> Mesh:
    """A knitted band through rings of points (rows, n, 3); rings named in `even` have no ribs."""
    rows, n, _ = rings.shape
    mesh = plain(rings.reshape(-1, 3), grid_faces(rows, n, closed=True))
    strength = np.ones(rows)
    strength[list(even)] = 0.0
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * ribs * np.arange(n) / n)
    wave = np.outer(strength, wave - 0.5).reshape(-1, 1)
    middle = np.repeat(rings.mean(axis=1), n, axis=0)
    out = mesh.points - middle
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    colour = np.repeat(0.92 + 0.16 * wave, 3, axis=1)
    return Mesh(mesh.points + out * bump * wave, mesh.faces, colour, {})


PROFILE = (
    *((0.0, 0.90), (0.06, 1.0), (0.30, 1.05), (0.70, 1.05), (0.94, 1.0), (1.0, 0.92)),
    *((0.92, 0.80), (0.62, 0.60)),
)
"""A band from top to bottom, round the edge and back inside: place along it, and width."""


def cuff() -> Mesh:
    """The left cuff, round the wrist."""
    n, ribs = 40, 10
    angle = 2 * np.pi * np.arange(n) / n
    up = np.cross([0.0, 0.0, 1.0], ARM)
    ring = np.cos(angle)[:, None] * up + np.sin(angle)[:, None] * np.array([0.0, 0.0, 1.0])
    start, end, size = WRIST - 0.27 * ARM, WRIST + 0.02 * ARM, 0.172
    rings = np.array([start + (end - start) * t + ring * size * wide for t, wide in PROFILE])
    band = _ribbed(rings, ribs, 0.022, even=(0, 6, 7))
    inside = np.repeat(np.array([t < 0.95 and wide < 0.85 for t, wide in PROFILE]), n)
    shade = np.where(inside, 0.55, 1.0)[:, None]
    return Mesh(band.points, band.faces, band.colour * w.CORAL * shade, {})


def hem() -> Mesh:
    n, ribs = 96, 32
    angle = 2 * np.pi * np.arange(n) / n
    size = np.array([0.672, 0.0, 0.450])
    ring = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], -1) * size
    rings = [
        MIDDLE + [0.0, HEM[1] + (HEM[0] - HEM[1]) * t, 0.0] + ring * (wide * 0.5 + 0.5)
        for t, wide in PROFILE
    ]
    band = _ribbed(np.array(rings), ribs, 0.024, even=(0, 6, 7))
    return Mesh(band.points, band.faces[:, ::-1], band.colour * w.SWEATER, {})


def collar() -> Mesh:
    """A thick rolled collar, its fold leaning outwards."""
    n, ribs = 66, 22
    angle = 2 * np.pi * np.arange(n) / n
    turn = np.linspace(-0.42 * np.pi, 1.30 * np.pi, 10)
    rings = []
    for t in turn:
        wide = 0.352 + 0.100 * np.cos(t) - 0.050 * np.sin(t)
        tall = -1.425 + 0.165 * np.sin(t) - 0.075 * np.cos(angle)
        rings.append(
            np.stack([wide * np.sin(angle), tall, -0.225 + wide * 1.02 * np.cos(angle)], -1)
        )
    band = _ribbed(np.array(rings), ribs, 0.024)
    return Mesh(
        band.points, band.faces, band.colour * w.CORAL, {"collar": np.ones(len(band.points))}
    )


def cables() -> Mesh:
    """Two thick braids down the front, each of two strands that cross and cross again."""
    rows, sides = 46, 5
    s = np.linspace(0, 1, rows)
    parts: list[Mesh] = []
    for middle in (0.25, -0.25):
        for phase in (0.0, np.pi):
            wave = s * 2 * np.pi * 5.5 + phase
            x = middle * (0.94 + 0.06 * np.cos(3 * s)) + 0.046 * np.sin(wave)
            start = np.stack([x, -1.56 - 1.82 * s, np.full(rows, -0.2)], -1)
            path = shoot(sweater_form, start, np.tile([0.0, 0.0, 1.0], (rows, 1)), 1.2)
            path[:, 2] += 0.002 + 0.014 * np.cos(wave)
            size = 0.034 * np.sin(np.pi * np.clip(s, 0.02, 0.98)) ** 0.22
            angle = 2 * np.pi * np.arange(sides) / sides
            ring = np.stack([np.cos(angle), 0.8 * np.sin(angle)], -1)
            across = np.tile([1.0, 0.0, 0.0], (rows, 1))
            up = np.tile([0.0, 0.0, 1.0], (rows, 1))
            parts.append(sweep(path, across, up, size[:, None, None] * ring[None]))
    return join(parts).painted(w.SWEATER * 1.03)


def _main() -> Mesh:
    mesh = wrap(sweater_form, (-2.0, -3.70, -0.72), (2.0, -1.34, 0.40), 0.072)
    q = mesh.points.copy()
    q[:, 0] = np.abs(q[:, 0])
    way, off, _ = arm_place(q)
    hidden = (q[:, 1] < -3.595) & (q[:, 0] < 0.75)
    hidden |= (way > WRIST_AT - 0.16) & (off < 0.4)
    hidden |= (np.hypot(q[:, 0], (q[:, 2] + 0.22)) < 0.24) & (q[:, 1] > -1.55)
    return without(mesh, hidden[mesh.faces].all(axis=1)).painted(w.SWEATER)


def _flat(mesh: Mesh) -> Mesh:
    """Ribs and braids lie outside the weave: one place of the tile that faces straight on."""
    return mesh.marked(weave_u=0.5, weave_v=0.0)


def knitwear() -> tuple[Mesh, Array]:
    """All that is knitted, in the T-pose, and who holds it."""
    main = _main()
    held = evened(hold_drawn(main.points), main.faces, 10)
    arm = cuff()
    others = join([arm, flipped(arm), hem(), collar(), cables()])
    shares = borrowed(others.points, main.points, held)
    rolled = others.mask("collar") > 0.5
    shares[rolled] = 0.0
    shares[rolled, COLUMN["upperChest"]] = 0.66
    shares[rolled, COLUMN["neck"]] = 0.34
    main, held = woven(main, held, _laid(main.points))
    whole = join([main, _flat(others)])
    held = np.concatenate([held, shares])
    rest = at_rest(whole.points, held, RIG, DRAWN)
    return Mesh(rest, triangles(whole.faces), whole.colour, whole.masks), held


def on_chest(flat: Array) -> Array:
    """Points (x, y) laid on the front of the sweater."""
    start = np.concatenate([flat, np.full((len(flat), 1), -0.2)], axis=1)
    ahead = np.tile([0.0, 0.0, 1.0], (len(flat), 1))
    return shoot(sweater_form, start, ahead, 1.2)
