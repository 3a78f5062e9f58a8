"""What a face must never do, as numbers: stray, lean, gape, pierce, fold."""

from __future__ import annotations

import numpy as np

from tests.assets.face_geometry import SIDES, FaceMesh, Floats, Mask, Weights, Whole

_SILENT = 0.05
"""Of a shape's own furthest travel; less is no movement of another part of the face."""


def place_of(face: FaceMesh, name: str) -> Mask:
    """Where a shape may move points, told by its name: the side, and above or below the eyes."""
    side = next((sign for end, sign in SIDES.items() if name.endswith(end)), 0.0)
    x, y, _ = face.points.T
    eye_y, gauge = face.eyes[0, 1], face.gauge
    mouth = face.points[face.lips].reshape(-1, 3).mean(axis=0)
    allowed = np.ones(len(x), dtype=bool)
    if name.startswith("brow"):
        allowed &= y > eye_y - 0.1 * gauge
    elif name.startswith(("mouth", "jaw", "tongue", "cheekPuff")):
        allowed &= y < eye_y + 0.05 * gauge
    elif name.startswith("eye"):
        allowed &= np.linalg.norm(face.points - face.eyes[0 if side > 0 else 1], axis=1) < gauge
    elif name.startswith("cheekSquint"):
        lip = np.linalg.norm((face.points - mouth)[:, :2], axis=1) < 0.5 * face.mouth_width
        allowed &= ~lip & (y < eye_y + 0.35 * gauge)
    if side and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        allowed &= x * side > -0.25 * gauge
    return allowed


def stray(face: FaceMesh, name: str) -> float:
    """The furthest travel of a point that should be still, as a share of the shape's own."""
    size = face.size(name)
    return float(np.where(place_of(face, name), 0.0, size).max() / size.max())


def leaning(face: FaceMesh, name: str, twin: str) -> float:
    """How far a shape is from the mirror picture of another, as a share of its own travel."""
    order, other = _mirrored(face)
    turned = face.moves[twin][other] * np.array([-1.0, 1.0, 1.0])
    off = np.linalg.norm(face.moves[name][order] - turned, axis=1)
    return float(off.max() / face.size(name).max())


def _mirrored(face: FaceMesh) -> tuple[Whole, Whole]:
    """Points, and for each the one across; points without a partner are left out."""
    here = {tuple(p): i for i, p in enumerate(face.points.round(5) + 0.0)}
    across = face.points.round(5) * np.array([-1.0, 1.0, 1.0]) + 0.0
    found = [(i, here[tuple(p)]) for i, p in enumerate(across) if tuple(p) in here]
    pairs = np.array(found)
    return pairs[:, 0], pairs[:, 1]


def lip_gaps(face: FaceMesh, weights: Weights) -> Floats:
    """Height between upper and lower lip along the mouth less the rest's, in mouth widths."""
    upper, lower = face.lips.T

    def height(points: Floats) -> Floats:
        return points[upper, 1] - points[lower, 1]

    return (height(face.shaped(weights)) - height(face.points)) / face.mouth_width


def lid_clearance(face: FaceMesh, weights: Weights) -> Floats:
    """(2,) how high the lowest point of the skin lies over each ball, in radii of the ball.

    Corners, edges and middles of all triangles count, so that a chord cannot hide.
    """
    points = face.shaped(weights)
    corner = points[face.triangles]
    samples = np.concatenate(
        [
            corner.reshape(-1, 3),
            (corner + np.roll(corner, 1, axis=1)).reshape(-1, 3) / 2,
            corner.mean(axis=1),
        ]
    )
    from_skin = face.skin[face.triangles].all(axis=1)
    from_skin = np.concatenate([np.repeat(from_skin, 3), np.repeat(from_skin, 3), from_skin])
    return np.array(
        [_over_ball(samples[from_skin], points[ball], eye) for ball, eye in _both(face)]
    )


def _both(face: FaceMesh) -> list[tuple[Mask, Floats]]:
    return list(zip(face.balls, face.eyes, strict=True))


def _over_ball(samples: Floats, ball: Floats, eye: Floats) -> float:
    to_ball, to_skin = ball - eye, samples - eye
    ball_r, skin_r = np.linalg.norm(to_ball, axis=1), np.linalg.norm(to_skin, axis=1)
    radius = float(ball_r.max())
    close = skin_r < 1.6 * radius
    to_skin, skin_r = to_skin[close], skin_r[close]
    cosine = (to_skin / skin_r[:, None]) @ (to_ball / ball_r[:, None]).T
    nearest = np.argpartition(-cosine, 4, axis=1)[:, :4]
    angle = np.arccos(np.clip(np.take_along_axis(cosine, nearest, 1), -1, 1))
    over = angle.min(axis=1) < np.radians(5)
    share = 1 / (angle[over] + 1e-4)
    surface = (share * ball_r[nearest[over]]).sum(axis=1) / share.sum(axis=1)
    return float(((skin_r[over] - surface) / radius).min())


def seen_of_ball(face: FaceMesh, weights: Weights) -> float:
    """The share of the iris's side of both balls that no lid hides from the front."""
    points = face.shaped(weights)
    corners = points[face.triangles[~np.logical_or(*face.balls)[face.triangles].any(axis=1)]]
    bare, whole = 0, 0
    for ball, eye in _both(face):
        spots = points[ball]
        spots = spots[spots[:, 2] > eye[2] + 0.5 * np.ptp(spots[:, 2])]
        near = corners[np.linalg.norm(corners.mean(axis=1) - eye, axis=1) < face.gauge]
        bare += int((~_hidden(spots, near)).sum())
        whole += len(spots)
    return bare / whole


def _hidden(spots: Floats, corners: Floats) -> Mask:
    """Which spots lie behind a triangle, looked at along z."""
    a, b, c = (corners[:, k, :2][None] for k in range(3))
    p = spots[:, None, :2]

    def turn(u: Floats, v: Floats) -> Floats:
        return (v[..., 0] - u[..., 0]) * (p[..., 1] - u[..., 1]) - (v[..., 1] - u[..., 1]) * (
            p[..., 0] - u[..., 0]
        )

    sides = np.stack([turn(a, b), turn(b, c), turn(c, a)])
    within = (sides >= 0).all(axis=0) | (sides <= 0).all(axis=0)
    before = corners[:, :, 2].mean(axis=1)[None] > spots[:, 2:]
    return (within & before).any(axis=1)


def folded(face: FaceMesh, weights: Weights) -> int:
    """Triangles that lay in the surface at rest and now look against it, and are no mere line."""
    before, size = _with_neighbours(face.points, face.triangles)
    after, left = _with_neighbours(face.shaped(weights), face.triangles)
    return int(((before > 0.7) & (after < 0) & (left > 0.1 * size)).sum())


def _with_neighbours(points: Floats, triangles: Whole) -> tuple[Floats, Floats]:
    """Cosine between each triangle's normal and that of the surface around it; twice its area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    around = np.zeros_like(points)
    for k in range(3):
        for axis in range(3):
            around[:, axis] += np.bincount(triangles[:, k], normal[:, axis], len(points))
    near = around[triangles].sum(axis=1) - 3 * normal
    size = np.linalg.norm(normal, axis=1)
    cosine = (normal * near).sum(axis=1) / np.maximum(size * np.linalg.norm(near, axis=1), 1e-20)
    return cosine, size


def tongue_short_of(face: FaceMesh, viseme: str) -> float:
    """How far the tongue's tip stays behind the front of the upper teeth (or the inner lip, where
    there are no teeth), in mouth widths; negative when it shows between them."""
    points = face.shaped({viseme: 1.0})
    goal = (
        face.upper_teeth
        if face.upper_teeth.any()
        else np.isin(np.arange(len(points)), face.lips[:, 0])
    )
    return float((points[goal, 2].max() - points[face.tongue, 2].max()) / face.mouth_width)


def tongue_apart_from_teeth(face: FaceMesh, viseme: str) -> float:
    """The least distance between tongue and upper teeth (or palate), in mouth widths."""
    points = face.shaped({viseme: 1.0})
    goal = face.upper_teeth if face.upper_teeth.any() else face.skin
    near = np.linalg.norm(points[goal][:, None] - points[face.tongue][None], axis=2)
    return float(near.min() / face.mouth_width)
