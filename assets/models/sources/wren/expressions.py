"""Wren's face in motion: every morph target as a field of position and masks.

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
from .cage import lid_heights, mouth_line
from .form import head
from .recipes import TONGUE, VISEMES

CORNER = (w.MOUTH_W * 1.02, w.MOUTH_Y + 0.02, 0.80)


class Face:
    """The points of every part of the face, and the shared measures the fields are made of."""

    def __init__(self, mesh: Mesh) -> None:
        anchor = np.stack([mesh.mask(f"anchor_{axis}") for axis in "xyz"], -1)
        self.p = np.where(mesh.mask("anchored")[:, None] > 0.5, anchor, mesh.points)
        self.mesh = mesh
        self.x, self.y, self.z = self.p.T
        self.mouth = np.clip(mesh.mask("mouth"), 0, 1)
        self.low = np.clip(mesh.mask("low"), 0, 1)
        self.extra = (  # parts that do not move with the skin around them
            mesh.mask("tooth") + mesh.mask("tongue_all") + mesh.mask("eye")
        ) > 0.5
        self.skin = (~self.extra).astype(float)
        self.jaw_weight = self._jaw_weight()
        self.jaw = self._jaw()
        self.opened = unfolded(mesh.points, mesh.faces, _jaw_open(self), self.zero())

    def zero(self) -> Array:
        return np.zeros_like(self.p)

    def side(self, sign: float, width: float = 0.10) -> Array:
        return ramp(self.x * sign, -width, width)

    def around(
        self, centre: tuple[float, float, float], radius: float | tuple[float, ...]
    ) -> Array:
        """A bump on both sides of the face, on skin only."""
        q = np.stack([np.abs(self.x), self.y, self.z], -1)
        return blob(q, centre, np.asarray(radius)) * self.skin

    def _jaw_weight(self) -> Array:
        beside = np.abs(self.x) - w.MOUTH_W
        beside = 0.5 * (beside + np.hypot(beside, 0.03))  # 0 over the lips, without a kink
        above = self.y - w.MOUTH_Y
        weight = 0.5 - 0.5 * above / np.sqrt(above**2 + beside**2 + 1e-5)
        t = np.clip(1 - (np.abs(self.x) / w.MOUTH_W) ** 2.2, 0, 1)
        t = ((t + 0.05) ** 0.62 - 0.05**0.62) / (1.05**0.62 - 0.05**0.62)  # soft in the corner
        lips = 0.36 + np.where(self.low > 0.5, 0.64, -0.36) * t * np.abs(self.low - 0.5) * 2
        weight = weight + (lips - weight) * ramp(self.mouth, 0.05, 0.95)
        weight = weight * ramp(self.y, -0.30, -0.62)
        weight = weight * ramp(self.z, -0.12, 0.62)
        neck = np.clip(self.mesh.mask("neck"), 0, 1)
        weight = weight * (1 - neck) * ramp(self.y, -1.32, -1.04)
        weight = weight * (1 - np.clip(self.mesh.mask("ear"), 0, 1))
        return np.where(self.extra, self.mesh.mask("jaw"), weight)

    def _jaw(self) -> Array:
        return turned_about(self.p, w.HINGE, w.JAW_ANGLE) * self.jaw_weight[:, None]

    def lips(self, lower: bool) -> Array:
        part = self.low if lower else 1 - self.low
        return self.mouth * part * self.skin

    def slide(self, move: Array, share: float = 0.85) -> Array:
        """Keep each point's height over the form, so that skin slides instead of sinking."""
        outside = ramp(self.mesh.mask("bag"), 0.8, 0.0)
        some = (np.linalg.norm(move, axis=1) > 1e-5) & (outside > 0) & ~self.extra
        if not some.any():
            return move
        move = move.copy()
        start, end = self.p[some], self.p[some] + move[some]
        height = head(end) - head(start)
        move[some] -= gradient(head, end) * (height * outside[some] * share)[:, None]
        return move


def _lid(face: Face, upper: float, lower: float, sign: float) -> Array:
    """Move the lids towards the closing line, each point keeping its distance from the ball."""
    x, y, z = np.abs(face.x), face.y, face.z
    m = face.mesh
    up, down, close = lid_heights(w.OPENING[0] + m.mask("lid_x"))
    lap = 0.010 * ramp(up - down, 0.0, 0.10)  # they overlap, but not in the corners
    high, low = np.clip(m.mask("lid_up"), 0, 1), np.clip(m.mask("lid_low"), 0, 1)
    drop = high * (close - up - 0.6 * lap) * upper
    rise = low * (close - down + 0.4 * lap) * lower
    # rings of one lid gather on the line, in their order, so that none passes another
    bare = 0.96 * (1 - np.clip(m.mask("lash"), 0, 1))
    drop -= bare * high * (y - up) * np.clip(upper, 0, 1)
    rise -= bare * low * (y - down) * np.clip(lower, 0, 1)
    dy = (drop + rise) * (face.x * sign > 0)
    d = np.stack([x, y, z], -1) - w.EYE
    r2 = np.sum(d * d, axis=1)
    d1 = d[:, 1] + dy
    depth = np.sqrt(np.maximum(r2 - d[:, 0] ** 2 - d1 * d1, 0.02))
    dz = np.where(np.abs(dy) > 1e-7, depth - d[:, 2], 0.0)
    return moves(0.0, dy, dz)


def _blink(face: Face, sign: float) -> Array:
    move = _lid(face, 1.0, 1.0, sign)
    eye = face.mesh.mask("eye") * (face.x * sign > 0)
    move[:, 2] -= 0.045 * eye  # the ball gives way, or half-closed lids would cut it
    return move


def _jaw_open(face: Face) -> Array:
    move = face.jaw.copy()
    lower = face.lips(lower=True)
    return move + moves(0.0, 0.0, -0.01) * lower[:, None]


def _mouth_close(face: Face) -> Array:
    """Undo the opening on the lips: both go to one line at 42 % of the drop."""
    jaw = face.opened
    below = np.where(face.y < w.MOUTH_Y, 0.36, 0.24)
    far = np.hypot(face.x / (2.5 * w.MOUTH_W), (face.y - w.MOUTH_Y) / below)
    near = ramp(far, 1.0, 0.50) * ramp(face.z, 0.30, 0.55)
    reach = np.maximum(ramp(face.mouth, 0.60, 0.95), near) * face.skin
    centre = np.array([[0.0, w.MOUTH_Y, 0.84]])
    r = centre - w.HINGE
    c, s = np.cos(w.JAW_ANGLE), np.sin(w.JAW_ANGLE)
    drop = np.array([0.0, c * r[0, 1] - s * r[0, 2] - r[0, 1], s * r[0, 1] + c * r[0, 2] - r[0, 2]])
    t = np.clip(1 - (np.abs(face.x) / (w.MOUTH_W * 1.25)) ** 2, 0, 1)
    common = drop * (0.30 + 0.06 * t)[:, None]
    move = (common - jaw) * reach[:, None]
    teeth = face.mesh.mask("tooth") * face.mesh.mask("jaw")
    return move + moves(0.0, 0.0, -0.02) * teeth[:, None]


def _smile(face: Face, sign: float, out: float = 0.080, up: float = 0.088) -> Array:
    side = face.side(sign, 0.06)
    rise = 1.38 * (1 - np.exp(-((face.x / 0.165) ** 2)))  # a curve through the middle, not a kink
    corner = face.around(CORNER, (0.150, 0.130, 0.30)) * side * rise
    move = moves(sign * out * corner, up * corner, -0.020 * corner)
    cheek = face.around((0.40, -0.56, 0.66), (0.17, 0.13, 0.3)) * side
    move = face.slide(move) + moves(0.004 * sign * cheek, 0.030 * cheek, 0.024 * cheek)
    thin = face.mouth * side  # the lips draw flat on the teeth
    return move + moves(0.0, -0.10 * (face.y - w.MOUTH_Y) * thin, -0.008 * thin)


def _frown(face: Face, sign: float) -> Array:
    side = face.side(sign, 0.06)
    rise = 1.30 * (1 - np.exp(-((face.x / 0.15) ** 2)))  # an arch, not a tent
    pull = face.around(CORNER, (0.13, 0.12, 0.3)) * side * rise
    chin = face.around((0.0, -0.93, 0.70), (0.16, 0.08, 0.2)) * side
    return face.slide(moves(sign * 0.008 * pull, -0.088 * pull, 0.0)) + moves(
        0.0, 0.012 * chin, 0.010 * chin
    )


def _corner(face: Face, sign: float, move: tuple[float, float, float], r: float) -> Array:
    dx, dy, dz = move
    pull = face.around(CORNER, (r, r, 0.3)) * face.side(sign, 0.06)
    return face.slide(moves(sign * dx * pull, dy * pull, 0.0)) + moves(0.0, 0.0, dz * pull)


def _pucker(face: Face, tight: float, forward: float, tall: float) -> Array:
    near = face.around((0.0, w.MOUTH_Y, 0.84), (0.25, 0.17, 0.35))
    near = np.maximum(near, 0.9 * face.mouth * face.skin)
    near = near * (1 - 0.35 * np.clip(face.mesh.mask("bag"), 0, 1))
    dy = (face.y - w.MOUTH_Y) * tall * near
    return moves(-face.x * tight * near, dy, forward * near)


def _funnel(face: Face) -> Array:
    move = _pucker(face, 0.36, 0.070, 0.20)
    open_lips = 0.034 * (1 - (np.abs(face.x) / (w.MOUTH_W * 1.05)).clip(0, 1) ** 2)
    move[:, 1] += open_lips * (face.lips(lower=False) * 0.8 - face.lips(lower=True) * 1.1)
    return move


def _roll(face: Face, lower: bool) -> Array:
    """The red is drawn in over the teeth: flat, and back."""
    lip = face.lips(lower) * (1 - np.clip(face.mesh.mask("bag"), 0, 1))
    t = np.clip(1 - (np.abs(face.x) / w.MOUTH_W) ** 2.2, 0, 1)
    red = np.clip(face.mesh.mask("lip") * 1.2, 0, 1)
    height = face.y - mouth_line(face.x)
    return moves(0.0, -0.55 * height * lip * t, (-0.034 * red - 0.010) * lip * t)


def _shrug(face: Face, lower: bool) -> Array:
    lip = face.lips(lower)
    t = np.clip(1 - (np.abs(face.x) / w.MOUTH_W) ** 2, 0, 1)
    chin = face.around((0.0, -0.92, 0.70), (0.17, 0.09, 0.25)) * float(lower)
    return moves(0.0, 0.034 * lip * t + 0.020 * chin, 0.026 * lip * t + 0.012 * chin)


def _press(face: Face, sign: float) -> Array:
    lip = face.mouth * face.skin * face.side(sign, 0.12)
    height = face.y - w.MOUTH_Y
    corner = face.around(CORNER, 0.10) * face.side(sign, 0.06)
    return moves(
        sign * 0.012 * corner,
        -0.42 * height * lip * (1 - np.clip(face.mesh.mask("bag"), 0, 1)),
        -0.014 * lip,
    )


def _lower_down(face: Face, sign: float) -> Array:
    t = np.exp(-(((np.abs(face.x) - 0.055) / 0.105) ** 2))
    lip = face.lips(lower=True) * face.side(sign, 0.09) * t
    chin = face.around((0.06, -0.90, 0.74), (0.12, 0.07, 0.2)) * face.side(sign, 0.05)
    return moves(sign * 0.006 * lip, -0.062 * lip - 0.012 * chin, -0.006 * lip)


def _upper_up(face: Face, sign: float) -> Array:
    t = np.exp(-(((np.abs(face.x) - 0.055) / 0.105) ** 2))
    lip = face.lips(lower=False) ** 1.5 * face.side(sign, 0.09) * t
    fold = face.around((0.14, -0.64, 0.82), (0.10, 0.08, 0.2)) * face.side(sign, 0.05)
    return moves(0.0, 0.050 * lip + 0.014 * fold, -0.004 * lip + 0.008 * fold)


def _brow(
    face: Face, centre: tuple[float, float, float], radius: tuple[float, ...], move: Array
) -> Array:
    near = face.around(centre, radius)
    near = near * (1 - np.clip(face.mesh.mask("lid") * 1.5, 0, 1)) * (1 - face.mesh.mask("lash"))
    return near[:, None] * move


def _brow_down(face: Face, sign: float) -> Array:
    """The inner end comes down and in, the outer hardly: a frown, not a sag."""
    inner = np.array([-0.034 * sign, -0.128, 0.018])
    move = _brow(face, (0.16, 0.06, 0.76), (0.20, 0.19, 0.4), inner)
    return face.slide(move * face.side(sign, 0.05)[:, None], 0.7)


def _brow_inner_up(face: Face) -> Array:
    move = _brow(face, (0.15, 0.08, 0.74), (0.16, 0.17, 0.4), np.array([0.0, 0.118, 0.0]))
    move[:, 0] += -0.018 * np.tanh(face.x / 0.03) * face.around((0.18, 0.08, 0.72), 0.12)
    return face.slide(move, 0.9)


def _brow_outer_up(face: Face, sign: float) -> Array:
    move = _brow(face, (0.44, 0.08, 0.60), (0.20, 0.18, 0.4), np.array([0.0, 0.112, 0.0]))
    return face.slide(move * face.side(sign, 0.05)[:, None], 0.9)


def _cheek_squint(face: Face, sign: float) -> Array:
    cheek = face.around((0.40, -0.52, 0.68), (0.18, 0.11, 0.3)) * face.side(sign, 0.05)
    return moves(0.0, 0.040 * cheek, 0.022 * cheek) + _lid(face, 0.0, 0.12, sign)


def _cheek_puff(face: Face) -> Array:
    cheek = face.around((0.38, -0.74, 0.62), (0.20, 0.17, 0.35))
    lips = face.mouth * face.skin
    return moves(np.tanh(face.x / 0.05) * 0.060 * cheek, 0.0, 0.055 * cheek - 0.01 * lips)


def _sneer(face: Face, sign: float) -> Array:
    wing = face.around((0.09, -0.53, 0.86), (0.09, 0.11, 0.2)) * face.side(sign, 0.04)
    bridge = face.around((0.07, -0.28, 0.78), (0.08, 0.10, 0.2)) * face.side(sign, 0.04)
    lip = face.lips(lower=False) * face.side(sign, 0.05)
    bridge = bridge * (1 - np.clip(face.mesh.mask("lid") * 1.5, 0, 1))
    return moves(
        0.006 * sign * wing, 0.034 * wing + 0.012 * bridge + 0.005 * lip, 0.010 * (wing + bridge)
    )


def _sideways(face: Face, sign: float) -> Array:
    near = np.maximum(
        face.around((0.0, w.MOUTH_Y, 0.82), (0.22, 0.15, 0.3)), face.mouth * face.skin
    )
    return face.slide(moves(sign * 0.070 * near, 0.0, 0.0))


def _jaw_shift(face: Face, dx: float, dz: float) -> Array:
    return moves(dx * face.jaw_weight, 0.0, dz * face.jaw_weight)


def _tongue_out(face: Face) -> Array:
    t = face.mesh.mask("tongue")
    part = np.clip(1 - (np.abs(face.x) / w.MOUTH_W) ** 2, 0, 1)
    lips = 0.010 * face.lips(lower=False) - 0.042 * face.lips(lower=True)
    return moves(0.0, 0.105 * t - 0.035 * t**3 + lips * part, 0.240 * t)


def _shapes() -> dict[str, Callable[[Face], Array]]:
    """Every ARKit name with the field that draws it."""
    table: dict[str, Callable[[Face], Array]] = {}
    for name, s in SIDES.items():
        inner = {"In": -1.0, "Out": 1.0}
        table[f"eyeBlink{name}"] = lambda f, s=s: _blink(f, s)
        table[f"eyeLookDown{name}"] = lambda f, s=s: _lid(f, 0.34, -0.22, s)
        for way, k in inner.items():
            table[f"eyeLook{way}{name}"] = lambda f, s=s, k=k: (
                (f.around((0.34, -0.30, 0.78), 0.16) * (f.x * s > 0))[:, None]
                * np.array([0.018 * s * k, 0.0, 0.0])
                * (f.mesh.mask("lid") > 0)[:, None]
            )
        table[f"eyeLookUp{name}"] = lambda f, s=s: _lid(f, -0.16, 0.08, s)
        table[f"eyeSquint{name}"] = lambda f, s=s: _lid(f, 0.16, 1.15, s)
        table[f"eyeWide{name}"] = lambda f, s=s: _lid(f, -0.22, -0.22, s)
    table["jawForward"] = lambda f: _jaw_shift(f, 0.0, 0.060)
    for name, s in SIDES.items():
        table[f"jaw{name}"] = lambda f, s=s: _jaw_shift(f, 0.060 * s, 0.0)
    table |= {
        "jawOpen": lambda f: f.opened,
        "mouthClose": _mouth_close,
        "mouthFunnel": _funnel,
        "mouthPucker": lambda f: _pucker(f, 0.46, 0.080, 0.20),
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
            f"mouthDimple{name}": lambda f, s=s: _corner(f, s, (0.034, 0.010, -0.030), 0.10),
            f"mouthStretch{name}": lambda f, s=s: _corner(f, s, (0.062, -0.022, -0.014), 0.14),
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
        made[name] = unfolded(mesh.points, mesh.faces, move, under)
    made |= viseme_targets(mesh, made, VISEMES, TONGUE)
    return made
