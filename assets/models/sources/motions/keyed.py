"""Keys become motion: arcs through every key, each joint a little later than the one that carries
it, hands that drag and settle, feet that stay on the ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .body import FINGERS, PARENTS, PLACES, SIDES, WAYS
from .legs import Stand, standing
from .pose import Pose, turns_of
from .turns import Array, back, from_vector, multiply, rotate, to_vector, unit

FINE = 120.0
"""Instants a second at which a motion is worked out."""
RATE = 30.0
"""Keys a second in the file."""


@dataclass(frozen=True)
class Key:
    """A pose and when it is reached; it is passed through unless the next is the same."""

    time: float
    pose: Pose


@dataclass(frozen=True)
class Marks:
    """The parts of a gesture, as keyed, in seconds."""

    stroke: float
    hold: float
    retraction: float
    by: str = "rightHand"
    """The bone whose motion is the stroke."""


@dataclass(frozen=True)
class Motion:
    """What goes into a file: K keys."""

    name: str
    times: Array
    turns: dict[str, Array]
    hips: Array
    """(K, 3) metres from where they rest"""
    stroke: float | None = None
    phases: dict[str, float] = field(default_factory=dict[str, float])


DELAYS = {
    "hips": 0.0,
    "spine": 0.02,
    "chest": 0.045,
    "upperChest": 0.06,
    "neck": 0.04,
    "head": 0.055,
    "Shoulder": 0.05,
    "UpperArm": 0.07,
    "LowerArm": 0.105,
    "Hand": 0.13,
}
"""Seconds by which a joint follows the keys; the hips lead, and nothing comes before its key."""
_FINGER_DELAY = 0.14
_SETTLES = {"LowerArm": (5.5, 0.85), "Hand": (4.2, 0.62), "head": (5.0, 0.9)}
"""Swings a second and damping of what follows what carries it."""
_FINGERS_SETTLE = (3.8, 0.62)
_DRAG = 0.032
"""Seconds by which a hand stays behind when the forearm swings it."""
_DRAG_AT_MOST = np.radians(16.0)
_FINGER_DRAG = 0.018
_UNDER_WAY = 0.07
"""Seconds from the start of a stroke in which what was before is still ending."""
_AFTER_FASTEST = 0.09
"""Seconds from a stroke's greatest speed to where its word belongs."""
_SOFT = 0.028
"""Seconds over which speed changes."""


def motion(
    name: str,
    keys: Sequence[Key],
    length: float,
    *,
    marks: Marks | None = None,
    loop: bool = False,
    alive: float = 1.0,
    seed: int = 0,
) -> Motion:
    """A motion through keys; a loop's last key leads into its first."""
    count = round(length * FINE) + 1
    times = np.arange(count) / FINE
    poses = [key.pose for key in keys]
    at = np.array([key.time for key in keys])
    asked = [turns_of(pose) for pose in poses]
    turns = {
        bone: _through(
            at,
            np.stack([each[bone] for each in asked]),
            times,
            _delay(bone),
            length if loop else 0.0,
        )
        for bone in asked[0]
    }
    numbers = np.array(
        [[*np.array(p.shift) / 100.0, *p.heels, *p.knees] for p in poses], np.float64
    )
    moved = _splined(at, numbers, times, DELAYS["hips"], length if loop else 0.0)
    if alive:
        _live(turns, times, alive, seed=seed, loop=loop)
    for bone, turn in turns.items():
        rate = _settling(bone)
        if rate is not None:
            turns[bone] = _followed(turn, *rate, loop=loop)
    _drag(turns, loop)
    stand = Stand(moved[:, :3], turns["hips"], moved[:, 3:5], moved[:, 5:7])
    hips, legs = standing(stand)
    turns.update(legs)
    every = round(FINE / RATE)
    stroke, phases = (None, {}) if marks is None else _marked(marks, turns, times)
    return Motion(
        name,
        times[::every],
        {bone: _short(turn[::every]) for bone, turn in turns.items()},
        (hips - PLACES["hips"])[::every],
        stroke,
        phases,
    )


def _plain(bone: str) -> str:
    return bone.removeprefix("left").removeprefix("right")


def _is_finger(bone: str) -> bool:
    return _plain(bone).startswith((*FINGERS, "Thumb"))


def _delay(bone: str) -> float:
    if _is_finger(bone):
        joint = {"Proximal": 0.0, "Intermediate": 0.02, "Distal": 0.04}
        late = next((late for part, late in joint.items() if bone.endswith(part)), 0.0)
        order = next((n for n, f in enumerate(FINGERS) if f in bone), 0)
        return _FINGER_DELAY + late + 0.012 * order
    return DELAYS[_plain(bone)]


def _settling(bone: str) -> tuple[float, float] | None:
    return _FINGERS_SETTLE if _is_finger(bone) else _SETTLES.get(_plain(bone))


def _through(at: Array, turns: Array, times: Array, delay: float, loop: float) -> Array:
    """Turns along a smooth way through those of the keys."""
    turns = _continuous(turns)
    middle = unit(turns.sum(axis=0))
    vectors = to_vector(multiply(np.broadcast_to(back(middle), turns.shape), turns))
    return multiply(
        np.broadcast_to(middle, (len(times), 4)),
        from_vector(_splined(at, vectors, times, delay, loop)),
    )


def _splined(at: Array, values: Array, times: Array, delay: float, loop: float) -> Array:
    """A curve that never overshoots its keys: where it turns, and where it rests, it is level."""
    if loop:
        at = np.concatenate([at[:-1] - loop, at[:-1], at + loop])
        values = np.concatenate([values[:-1], values[:-1], values])
    slopes = _slopes(at, values)
    t = np.clip(times - delay, at[0], at[-1])
    i = np.clip(np.searchsorted(at, t, side="right") - 1, 0, len(at) - 2)
    step = (at[i + 1] - at[i])[:, None]
    s = ((t - at[i])[:, None]) / step
    made = (
        (1 + 2 * s) * (1 - s) ** 2 * values[i]
        + s * (1 - s) ** 2 * step * slopes[i]
        + s * s * (3 - 2 * s) * values[i + 1]
        + s * s * (s - 1) * step * slopes[i + 1]
    )
    return _smoothed(made, wrap=bool(loop))


def _slopes(at: Array, values: Array) -> Array:
    slopes = np.zeros_like(values)
    if len(at) < 3:
        return slopes
    h = np.diff(at)[:, None]
    d = np.diff(values, axis=0) / h
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = d[:-1] * d[1:] > 1e-12
    safe0, safe1 = np.where(same, d[:-1], 1.0), np.where(same, d[1:], 1.0)
    slopes[1:-1] = np.where(same, (w1 + w2) / (w1 / safe0 + w2 / safe1), 0.0)
    return slopes


def _smoothed(values: Array, *, wrap: bool) -> Array:
    reach = round(3 * _SOFT * FINE)
    x = np.arange(-reach, reach + 1) / FINE
    kernel = np.exp(-0.5 * (x / _SOFT) ** 2)
    kernel /= kernel.sum()
    if wrap:
        padded = np.concatenate([values[-1 - reach : -1], values, values[1 : 1 + reach]])
    else:
        padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(row, kernel, "valid") for row in padded.T], axis=1)


def _followed(turns: Array, swings: float, damping: float, *, loop: bool) -> Array:
    """What hangs from a moving joint comes late and settles a little past its place."""
    target = to_vector(multiply(np.broadcast_to(back(turns[0]), turns.shape), turns))
    rounds = 2 if loop else 1
    omega, step = 2 * np.pi * swings, 1.0 / FINE
    place, speed = target[0].copy(), np.zeros(3)
    made = np.empty_like(target)
    for number in range(rounds * len(target)):
        n = number % len(target)
        if n == 0 and number and loop:
            continue
        speed = speed + step * (omega * omega * (target[n] - place) - 2 * damping * omega * speed)
        place = place + step * speed
        made[n] = place
    if loop:
        made[0] = made[-1]
    return multiply(np.broadcast_to(turns[0], turns.shape), from_vector(made))


def _drag(turns: dict[str, Array], loop: bool) -> None:
    """The wrist bends against the swing of the forearm, and fingers against that of the hand."""
    world = _world(turns)
    for side, sign in SIDES.items():
        fore = world[f"{side}LowerArm"]
        spin = rotate(back(world[f"{side}Hand"]), _spin(fore, loop))
        bend = np.clip(-_DRAG * spin, -_DRAG_AT_MOST, _DRAG_AT_MOST) * (0.0, 0.6, 1.0)
        bend = _smoothed(bend, wrap=loop)
        turns[f"{side}Hand"] = multiply(turns[f"{side}Hand"], from_vector(bend))
        for finger in FINGERS:
            more = np.clip(-_FINGER_DRAG * spin, -0.2, 0.2) * (0.0, 0.0, 1.0)
            # fingers bend back less than they curl
            more[:, 2] = np.where(-sign * more[:, 2] < 0.0, 0.4 * more[:, 2], more[:, 2])
            bone = f"{side}{finger}Proximal"
            turns[bone] = multiply(turns[bone], from_vector(_smoothed(more, wrap=loop)))


def _spin(turns: Array, loop: bool) -> Array:
    """(K, 3) radians a second in the world."""
    step = to_vector(multiply(turns[1:], back(turns[:-1]))) * FINE
    ends = (step[-1:], step[:1]) if loop else (np.zeros((1, 3)), np.zeros((1, 3)))
    return (np.concatenate([ends[0], step]) + np.concatenate([step, ends[1]])) / 2.0


def _world(turns: dict[str, Array]) -> dict[str, Array]:
    world: dict[str, Array] = {}
    for bone, up in PARENTS.items():
        if bone in turns:
            world[bone] = multiply(world[up], turns[bone]) if up else turns[bone]
    return world


_LIFE = {
    "chest": (0.35, 0.5, 0.3),
    "neck": (0.4, 0.6, 0.4),
    "head": (0.5, 0.7, 0.4),
    "LowerArm": (0.8, 1.0, 0.5),
    "Hand": (0.6, 1.0, 1.4),
    "UpperArm": (0.7, 0.5, 0.5),
}


def _live(turns: dict[str, Array], times: Array, size: float, *, seed: int, loop: bool) -> None:
    """Nothing that lives is quite still: slow waves of a degree, none at a gesture's ends."""
    rng = np.random.default_rng(seed + 17)
    length = float(times[-1])
    window = np.ones(len(times)) if loop else np.sin(np.pi * np.clip(times / length, 0.0, 1.0))
    for bone, turn in turns.items():
        degrees = _LIFE.get(_plain(bone))
        if degrees is None:
            continue
        wave = np.zeros((len(times), 3))
        for axis in range(3):
            for rate in (0.21, 0.37, 0.61):
                cycles = max(1, round(rate * length)) if loop else rate * length
                phase = rng.uniform(0.0, 2.0 * np.pi)
                wave[:, axis] += np.sin(2 * np.pi * cycles * times / length + phase) / 3.0
        wave *= np.radians(np.array(degrees)) * size * window[:, None]
        turns[bone] = multiply(turn, from_vector(wave))


def _marked(marks: Marks, turns: dict[str, Array], times: Array) -> tuple[float, dict[str, float]]:
    """The accent a moment after the hand is fastest in its stroke."""
    late = DELAYS["head" if marks.by == "head" else "UpperArm"]
    stroke, hold = marks.stroke + late, marks.hold + late
    speed = _speed(marks.by, turns)
    inside = (times >= stroke + _UNDER_WAY) & (times <= hold)
    fastest = float(times[inside][np.argmax(speed[inside])])
    accent = fastest + _AFTER_FASTEST
    phases = {"stroke": stroke, "hold": max(hold, accent), "retraction": marks.retraction + late}
    return round(accent, 3), {name: round(value, 3) for name, value in phases.items()}


def _speed(bone: str, turns: dict[str, Array]) -> Array:
    """How fast a joint goes through the world, or turns where it is the head."""
    world = _world(turns)
    if bone == "head":
        return np.linalg.norm(_spin(world[bone], False), axis=1)
    chain: list[str] = []
    each = bone
    while each:
        chain.append(each)
        each = PARENTS[each]
    place = np.zeros((len(turns[bone]), 3))
    for joint in chain:
        above = PARENTS[joint]
        if above:
            place += rotate(world[above], np.broadcast_to(WAYS[joint], place.shape))
    return np.linalg.norm(np.gradient(place, axis=0), axis=1) * FINE


def _continuous(turns: Array) -> Array:
    turns = turns.copy()
    for n in range(1, len(turns)):
        if turns[n] @ turns[n - 1] < 0.0:
            turns[n] = -turns[n]
    return turns


def _short(turns: Array) -> Array:
    return _continuous(turns if turns[0, 3] >= 0.0 else -turns)
