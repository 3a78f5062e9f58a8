"""Moss's face in motion: every morph target as a field of position and masks.

A field gives the displacement of each point at weight 1. The 52 ARKit shapes are written out here;
`recipes.py` mixes the visemes and the emotions from them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from workshop.facial import SIDES, moves, turned_about, viseme_targets
from workshop.fields import Array, blob, gradient, ramp
from workshop.figure import WORN_OVER
from workshop.mesh import Mesh
from workshop.unfold import unfolded

from . import proportions as w
from .eyelids import angles, at
from .form import head
from .head import mouth_line
from .recipes import TONGUE, VISEMES

ROUNDS = 200  # of ironing, at most
CORNER_Y = float(mouth_line(np.array(w.MOUTH_W)))
CORNER = (w.MOUTH_W, CORNER_Y, 0.66)
MIRROR = np.array([-1.0, 1.0, 1.0])


class Face:
    """The points of every part of the face, and the shared measures the fields are made of."""

    def __init__(self, mesh: Mesh) -> None:
        self.p = mesh.points
        self.mesh = mesh
        self.x, self.y, self.z = self.p.T
        self.mouth = np.clip(mesh.mask("mouth"), 0, 1)
        self.low = np.clip(mesh.mask("low"), 0, 1)
        self.bag = np.clip(mesh.mask("bag"), 0, 1)
        self.extra = (  # parts that do not move with the skin around them
            mesh.mask("tooth") + mesh.mask("tongue_all") + mesh.mask("eye") + mesh.mask("brow")
        ) > 0.5
        self.skin = (~self.extra).astype(float)
        self.open = (~self.extra & (mesh.mask("lid") < 0.5)).astype(float)
        self.height = self.y - mouth_line(np.minimum(np.abs(self.x), w.MOUTH_W))
        self.middle = np.clip(1 - mesh.mask("along") ** 2, 0, 1)  # of the lips, 0 at the corner
        self.jaw_weight = self._jaw_weight()
        self.jaw = turned_about(self.p, w.HINGE, w.JAW_ANGLE) * self.jaw_weight[:, None]

    def zero(self) -> Array:
        return np.zeros_like(self.p)

    def side(self, sign: float, width: float = 0.16) -> Array:
        return ramp(self.x * sign, -width, width)

    def around(
        self, centre: tuple[float, float, float], radius: float | tuple[float, ...]
    ) -> Array:
        """A bump on both sides of the face, on open skin only."""
        q = np.stack([np.abs(self.x), self.y, self.z], -1)
        return blob(q, centre, np.asarray(radius)) * self.open

    def near_mouth(self, tall: float, wide: float = 0.30) -> Array:
        """1 on the lips, fading up and down within `tall` and beyond the corners within `wide`."""
        beyond = np.maximum(np.abs(self.x) - w.MOUTH_W, 0)
        front = ramp(self.z, 0.05, 0.45)
        near = np.exp(-((self.height / tall) ** 2) - (beyond / wide) ** 2) * front
        return np.maximum(near, self.mouth**2) * self.open

    def _jaw_weight(self) -> Array:
        beside = np.abs(self.x) - w.MOUTH_W
        beside = 0.5 * (beside + np.hypot(beside, 0.05))  # 0 over the lips, without a kink
        weight = 0.5 - 0.5 * self.height / np.sqrt(self.height**2 + beside**2 + 1e-5)
        lips = 0.36 + np.where(self.low > 0.5, 0.64, -0.36) * self.middle**0.75
        lips = np.where(np.abs(self.low - 0.5) < 0.25, 0.36, lips)
        weight = weight + (lips - weight) * ramp(self.mouth, 0.05, 0.95)
        weight = weight * ramp(self.z, -0.30, 0.40) * ramp(self.y, 0.45, -0.05)
        weight = weight * np.maximum(ramp(self.y, -1.04, -0.44), self.bag)
        return np.where(self.extra, self.mesh.mask("jaw"), weight)

    def lips(self, lower: bool) -> Array:
        part = self.low if lower else 1 - self.low
        return self.mouth * part * self.skin

    def slide(self, move: Array, share: float = 0.9) -> Array:
        """Keep each point's height over the form, so that skin slides instead of sinking."""
        some = (np.linalg.norm(move, axis=1) > 1e-5) & ~self.extra & (self.bag < 0.3)
        if not some.any():
            return move
        move = move.copy()
        start, end = self.p[some], self.p[some] + move[some]
        height = np.clip(head(end) - head(start), -0.25, 0.25)
        move[some] -= gradient(head, end) * height[:, None] * share
        return move


def _eye_turn(face: Face, by: Array, some: Array, lift: Array | float = 0.0) -> Array:
    """Turn some points about the axis of an eye's corners, and lift them off the ball."""
    sign = np.where(face.x > 0, 1.0, -1.0)
    left = face.p * np.stack([sign, np.ones_like(sign), np.ones_like(sign)], -1)
    side, height, r = angles(left)
    move = at(side, height + by, r + lift) - left
    return np.where(some[:, None], move * np.stack([sign, 0 * sign + 1, 0 * sign + 1], -1), 0.0)


def _lid(face: Face, upper: float, lower: float, sign: float) -> Array:
    """Turn the lids towards each other, each point at its own distance from the ball."""
    m = face.mesh
    by = m.mask("lid_turn") * (m.mask("lid_up") * upper + m.mask("lid_low") * lower)
    here = (m.mask("lid") > 0.5) & (face.x * sign > 0) & (np.abs(by) > 0)
    return _eye_turn(face, by, here, 0.030 * np.abs(by))


def _lid_middle(face: Face, upper: float, lower: float, sign: float) -> Array:
    """The same away from the corners, so that a blink on top has room."""
    middle = ramp(face.mesh.mask("lid_mid"), 0.4, 1.0)
    return _lid(face, upper, lower, sign) * middle[:, None]


def _blink(face: Face, sign: float) -> Array:
    move = _lid(face, 1.0, 1.0, sign)
    eye = (face.mesh.mask("eye") > 0.5) & (face.x * sign > 0)
    centre = np.where(face.x[:, None] > 0, w.EYE, w.EYE * MIRROR)
    return move - np.where(eye[:, None], (face.p - centre) * 0.035, 0.0)  # the ball gives way


def _look_aside(face: Face, sign: float, way: float) -> Array:
    """The lids go a little with the ball."""
    m = face.mesh
    share = np.clip(m.mask("lid_s"), 0, 1) * m.mask("lid") * (face.x * sign > 0)
    centre = np.where(face.x[:, None] > 0, w.EYE, w.EYE * MIRROR)
    d = face.p - centre
    turn = 0.045 * way * share
    return moves(d[:, 2] * turn, 0.0, -d[:, 0] * turn)


def _jaw_open(face: Face) -> Array:
    return face.jaw + moves(0.0, 0.0, -0.012) * face.lips(lower=True)[:, None]


def _drop() -> Array:
    """How far the middle of the lower lip falls."""
    r = np.array([0.0, w.MOUTH_Y, 0.93]) - w.HINGE
    c, s = np.cos(w.JAW_ANGLE), np.sin(w.JAW_ANGLE)
    return np.array([0.0, c * r[1] - s * r[2] - r[1], s * r[1] + c * r[2] - r[2]])


def _mouth_close(face: Face) -> Array:
    """Undo the opening on the lips: both go to one line at about 40 % of the drop."""
    common = _drop() * (0.30 + 0.08 * face.middle)[:, None]
    reach = ramp(face.mouth, 0.10, 0.95) * face.skin
    move = (common - _jaw_open(face)) * reach[:, None]
    teeth = face.mesh.mask("tooth") * face.mesh.mask("jaw")
    return move + moves(0.0, 0.02, -0.03) * teeth[:, None]


def _smile(face: Face, sign: float) -> Array:
    near = face.near_mouth(0.27) * face.side(sign, 0.10)
    far = np.clip(np.abs(face.x) / w.MOUTH_W, 0, 1.15) ** 2
    out = near * far
    move = moves(sign * 0.085 * out, 0.160 * out - 0.026 * near * (1 - far).clip(0), 0.0)
    cheek = face.around((0.80, -0.02, 0.56), (0.20, 0.14, 0.3)) * face.side(sign)
    thin = face.mouth * face.skin * face.side(sign, 0.10)
    flat = moves(0.0, -0.10 * face.height * thin, -0.010 * thin)
    return face.slide(move) + moves(0.030 * sign * cheek, 0.030 * cheek, 0.035 * cheek) + flat


def _frown(face: Face, sign: float) -> Array:
    near = face.near_mouth(0.20) * face.side(sign, 0.10)
    far = np.clip(np.abs(face.x) / w.MOUTH_W, 0, 1.1) ** 2
    move = moves(
        -0.030 * sign * near * far, -0.215 * near * far + 0.024 * near * (1 - far).clip(0), 0.0
    )
    return face.slide(move)


def _corner(face: Face, sign: float, move: tuple[float, float, float], r: float) -> Array:
    dx, dy, dz = move
    pull = face.around(CORNER, (r, r, 0.4)) * face.side(sign)
    pull = np.maximum(pull, face.mouth * face.skin * face.side(sign) * (1 - face.middle) ** 2)
    return face.slide(moves(sign * dx * pull, dy * pull, 0.0)) + moves(0.0, 0.0, dz * pull)


def _pucker(face: Face, tight: float, forward: float, tall: float) -> Array:
    near = face.near_mouth(0.25, 0.34)
    straight = -0.55 * w.SMILE * np.minimum(face.x**2, 0.5) * near
    dy = face.height * tall * face.near_mouth(0.14, 0.2)
    deep = 1 - 1.2 * np.clip(face.mesh.mask("deep"), 0, 0.5)
    move = face.slide(moves(-face.x * tight * near * deep, straight + dy, 0.0))
    front = near * (1 - 0.75 * face.bag) * np.exp(-((face.x / 0.62) ** 2))
    return move + moves(0.0, 0.0, forward * front)


def _funnel(face: Face) -> Array:
    move = _pucker(face, 0.38, 0.105, 0.20)
    part = 0.054 * face.middle
    move[:, 1] += part * (face.lips(lower=False) * 0.8 - face.lips(lower=True) * 1.1)
    return move


def _roll(face: Face, lower: bool) -> Array:
    skin = face.lips(lower)
    behind = np.exp(-((face.mesh.mask("deep") / 0.10) ** 2))
    lip = skin * np.maximum(
        np.clip(face.mesh.mask("lip"), 0, 1) * (1 - face.bag), face.bag * behind
    )
    sign = 1.0 if lower else -1.0
    t = ramp(face.middle, 0.08, 0.70)
    high = ramp(np.abs(face.height), 0.0, 0.05)
    return moves(
        0.0, sign * 0.034 * skin * t * high * (1 - face.bag), -0.060 * lip * t - 0.010 * skin * t
    )


def _shrug(face: Face, lower: bool) -> Array:
    lip = face.lips(lower)
    t = face.middle**0.5
    chin = face.around((0.0, -0.55, 0.80), (0.36, 0.12, 0.3)) * float(lower)
    return moves(0.0, 0.050 * lip * t + 0.035 * chin, 0.034 * lip * t + 0.022 * chin)


def _press(face: Face, sign: float) -> Array:
    lip = face.mouth * face.skin * face.side(sign, 0.20)
    corner = face.around(CORNER, (0.16, 0.14, 0.3)) * face.side(sign)
    squeeze = -0.40 * face.height * lip * (1 - face.bag)
    return moves(0.016 * sign * corner, squeeze, -0.020 * lip + 0.012 * corner)


def _lower_down(face: Face, sign: float) -> Array:
    t = np.exp(-(((np.abs(face.x) - 0.16) / 0.26) ** 2)) * face.middle**0.5
    lip = face.lips(lower=True) * face.side(sign, 0.10) * t
    return moves(0.0, -0.085 * lip, 0.004 * lip)


def _upper_up(face: Face, sign: float) -> Array:
    t = np.exp(-(((np.abs(face.x) - 0.16) / 0.26) ** 2)) * face.middle**0.5
    lip = face.lips(lower=False) * face.side(sign, 0.10) * t
    fold = face.around((0.34, -0.08, 0.88), (0.20, 0.10, 0.25)) * face.side(sign, 0.10)
    return moves(0.0, 0.066 * lip + 0.014 * fold, 0.010 * fold)


def _brow(face: Face, turn: Callable[[Array], Array], sign: float, lift: float = 0.0) -> Array:
    """Slide a leaf round the ball; `turn` gives radians over its length, 0 the inner end."""
    s = face.mesh.mask("brow_s")
    here = (face.mesh.mask("brow") > 0.5) & (face.x * sign > 0)
    by = turn(s)
    return _eye_turn(face, by, here, lift * np.abs(by))


def _outer(face: Face) -> Array:
    """0 at the inner corner of an eye, 1 at the outer one."""
    return ramp(np.abs(face.x) - w.EYE[0], -0.32, 0.32)


def _brow_down(face: Face, sign: float) -> Array:
    """The inner end dives towards the lid, the tip hardly: a frown, not a sag."""
    lid = _lid_middle(face, 0.22, 0.0, sign) * (1 - 0.55 * _outer(face))[:, None]
    return _brow(face, lambda s: -0.52 + 0.40 * s, sign, 0.16) + lid


def _brow_inner_up(face: Face) -> Array:
    move = face.zero()
    for sign in (1.0, -1.0):
        move += _brow(face, lambda s: 0.46 * (1 - s) ** 1.2 - 0.22 * s, sign, 0.10)
        move += _lid_middle(face, 0.16, 0.0, sign) * (2 * _outer(face) - 0.8)[:, None]
    return move


def _brow_outer_up(face: Face, sign: float) -> Array:
    return _brow(face, lambda s: 0.10 + 0.32 * ramp(s, 0.0, 0.9), sign, 0.10)


def _cheek_squint(face: Face, sign: float) -> Array:
    cheek = face.around((0.74, 0.09, 0.62), (0.22, 0.13, 0.3)) * face.side(sign)
    away = np.hypot(face.x, face.y - w.MOUTH_Y - 0.05)
    from_eye = np.linalg.norm(face.p - w.EYE * np.array([sign, 1.0, 1.0]), axis=1)
    cheek = cheek * ramp(away, 0.64, 0.78) * ramp(from_eye, 0.46, 0.60)
    return moves(0.0, 0.045 * cheek, 0.034 * cheek) + _lid_middle(face, 0.0, 0.36, sign)


def _cheek_puff(face: Face) -> Array:
    """Both cheeks, and the throat that frogs sing with."""
    cheek = face.around((0.76, -0.30, 0.50), (0.26, 0.20, 0.36)) * (1 - face.mouth)
    throat = face.around((0.0, -0.66, 0.66), (0.46, 0.20, 0.36)) * (1 - face.mouth)
    return moves(np.sign(face.x) * 0.085 * cheek, -0.030 * throat, 0.065 * cheek + 0.090 * throat)


def _sneer(face: Face, sign: float) -> Array:
    wing = face.around((0.13, 0.04, 0.92), (0.13, 0.11, 0.2)) * face.side(sign, 0.08)
    fold = face.around((0.36, -0.06, 0.88), (0.17, 0.12, 0.25)) * face.side(sign, 0.08)
    lip = face.lips(lower=False) * face.side(sign, 0.10) * face.middle
    lip = lip * np.exp(-(((np.abs(face.x) - 0.2) / 0.25) ** 2))
    return moves(0.0, 0.048 * wing + 0.030 * fold + 0.020 * lip, 0.018 * wing + 0.020 * fold)


def _sideways(face: Face, sign: float) -> Array:
    near = face.near_mouth(0.24)
    return face.slide(moves(sign * 0.115 * near, 0.02 * near * sign * face.x, 0.0))


def _jaw_shift(face: Face, dx: float, dz: float) -> Array:
    return moves(dx * face.jaw_weight, 0.0, dz * face.jaw_weight)


def _tongue_out(face: Face) -> Array:
    t = face.mesh.mask("tongue")
    lip = face.lips(lower=True) * face.middle * np.exp(-((face.x / 0.30) ** 2))
    return moves(0.0, 0.150 * t - 0.070 * t**3 - 0.020 * lip, 0.310 * t)


def _shapes() -> dict[str, Callable[[Face], Array]]:
    """Every ARKit name with the field that draws it."""
    table: dict[str, Callable[[Face], Array]] = {}
    for name, s in SIDES.items():
        table |= {
            f"eyeBlink{name}": lambda f, s=s: _blink(f, s),
            f"eyeLookDown{name}": lambda f, s=s: _lid(f, 0.36, -0.14, s),
            f"eyeLookIn{name}": lambda f, s=s: _look_aside(f, s, -s),
            f"eyeLookOut{name}": lambda f, s=s: _look_aside(f, s, s),
            f"eyeLookUp{name}": lambda f, s=s: _lid(f, -0.20, 0.10, s),
            f"eyeSquint{name}": lambda f, s=s: _lid(f, 0.30, 1.05, s),
            f"eyeWide{name}": lambda f, s=s: _lid(f, -0.30, -0.30, s),
        }
    table |= {
        "jawForward": lambda f: _jaw_shift(f, 0.0, 0.080),
        "jawLeft": lambda f: _jaw_shift(f, 0.085, 0.0),
        "jawRight": lambda f: _jaw_shift(f, -0.085, 0.0),
        "jawOpen": _jaw_open,
        "mouthClose": _mouth_close,
        "mouthFunnel": _funnel,
        "mouthPucker": lambda f: _pucker(f, 0.61, 0.130, 0.50),
        "mouthRollLower": lambda f: _roll(f, lower=True),
        "mouthRollUpper": lambda f: _roll(f, lower=False),
        "mouthShrugLower": lambda f: _shrug(f, lower=True),
        "mouthShrugUpper": lambda f: _shrug(f, lower=False),
        "browInnerUp": _brow_inner_up,
        "cheekPuff": _cheek_puff,
        "tongueOut": _tongue_out,
    }
    for name, s in SIDES.items():
        table |= {
            f"mouth{name}": lambda f, s=s: _sideways(f, s),
            f"mouthSmile{name}": lambda f, s=s: _smile(f, s),
            f"mouthFrown{name}": lambda f, s=s: _frown(f, s),
            f"mouthDimple{name}": lambda f, s=s: _corner(f, s, (0.030, 0.026, -0.045), 0.16),
            f"mouthStretch{name}": lambda f, s=s: _corner(f, s, (0.090, -0.020, -0.010), 0.24),
            f"mouthPress{name}": lambda f, s=s: _press(f, s),
            f"mouthLowerDown{name}": lambda f, s=s: _lower_down(f, s),
            f"mouthUpperUp{name}": lambda f, s=s: _upper_up(f, s),
            f"browDown{name}": lambda f, s=s: _brow_down(f, s),
            f"browOuterUp{name}": lambda f, s=s: _brow_outer_up(f, s),
            f"cheekSquint{name}": lambda f, s=s: _cheek_squint(f, s),
            f"noseSneer{name}": lambda f, s=s: _sneer(f, s),
        }
    return table


def targets(mesh: Mesh) -> dict[str, Array]:
    """All morph targets of the face, ARKit first, then the visemes."""
    face = Face(mesh)
    made = {name: field(face) for name, field in _shapes().items()}
    for name, move in made.items():
        under = made.get(WORN_OVER.get(name, ""), face.zero())
        if not name.startswith(("eye", "brow")):  # shells turn; their edges may meet
            made[name] = unfolded(mesh.points, mesh.faces, move, under, ROUNDS)
    made |= viseme_targets(mesh, made, VISEMES, TONGUE, rounds=ROUNDS)
    return made
