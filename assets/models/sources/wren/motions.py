"""Wren's clips: idle, talking, thinking, seven gestures, two poses.

Gestures start and end in the idle arm pose: preparation, stroke, retraction. Angles are written
for the left side and mirrored where the right hand does the work.
"""

from __future__ import annotations

from workshop.motion import Clip, Pose, keyed, mirrored, over, swaying

FINGERS = ("Index", "Middle", "Ring", "Little")


def curl(amount: float, spread: float = 1.0, thumb: float = 12.0) -> Pose:
    """The left hand's fingers bent by about `amount` degrees a joint."""
    pose: Pose = {}
    for i, finger in enumerate(FINGERS):
        more = 1.0 + 0.16 * i * spread
        pose[f"left{finger}Proximal"] = (0.0, 0.0, -amount * 0.80 * more)
        pose[f"left{finger}Intermediate"] = (0.0, 0.0, -amount * 1.15 * more)
        pose[f"left{finger}Distal"] = (0.0, 0.0, -amount * 0.75 * more)
    pose["leftThumbMetacarpal"] = (10.0, thumb * 0.6, -8.0)
    pose["leftThumbProximal"] = (0.0, thumb, 0.0)
    pose["leftThumbDistal"] = (0.0, thumb * 0.8, 0.0)
    return pose


def arm(
    upper: tuple[float, float, float],
    elbow: float,
    twist: float = 0.0,
    hand: tuple[float, float, float] = (0.0, 0.0, 0.0),
    shoulder: float = 0.0,
) -> Pose:
    """The left arm; `elbow` bends forward, `shoulder` lifts."""
    return {
        "leftShoulder": (0.0, 0.0, shoulder),
        "leftUpperArm": upper,
        "leftLowerArm": (twist, -elbow, 0.0),
        "leftHand": hand,
    }


REST_ARM = over(arm((0.0, 5.0, -66.0), 17.0, 6.0, (0.0, -4.0, -5.0), -5.0), curl(14.0))
REST: Pose = over(
    REST_ARM,
    mirrored(REST_ARM),
    {"rightUpperArm": (0.0, -7.0, 67.5), "rightLowerArm": (6.0, 20.0, 0.0)},
)
DELAY = {
    "Shoulder": -0.03,
    "UpperArm": 0.0,
    "LowerArm": 0.06,
    "Hand": 0.12,
    "head": -0.03,
    "neck": -0.03,
    "chest": 0.03,
    "upperChest": 0.02,
    "spine": 0.04,
}


def delay(bone: str) -> float:
    name = bone.removeprefix("left").removeprefix("right")
    return DELAY.get(name, 0.15 if bone != name else 0.0)


def _gesture(name: str, keys: list[tuple[float, Pose]], length: float, stroke: float) -> Clip:
    whole = [(0.0, {}), *keys, (length - 0.18, {})]
    extras = {"stroke": stroke}
    return keyed(f"gesture_{name}", REST, whole, delay=delay, length=length, extras=extras)


def _idle() -> Clip:
    breath = 2  # in 8 s
    waves = {
        "hips": [(2, 1, 0.9, 0.0), (1, 1, 1.2, 0.13)],
        "spine": [(2, 1, -1.0, 0.02), (0, breath, -0.5, 0.0)],
        "chest": [(0, breath, -0.9, 0.0)],
        "upperChest": [(0, breath, -0.9, 0.03), (2, 1, -0.4, 0.05)],
        "neck": [(0, breath, 0.8, 0.06), (1, 1, -0.8, 0.20)],
        "head": [(0, breath, 0.7, 0.09), (1, 1, 1.6, 0.45), (2, 1, 1.1, 0.62), (0, 3, 0.4, 0.2)],
        "leftShoulder": [(2, breath, 1.1, 0.02)],
        "rightShoulder": [(2, breath, -1.1, 0.02)],
        "leftUpperArm": [(2, breath, -0.9, 0.05), (1, 1, 1.0, 0.1)],
        "rightUpperArm": [(2, breath, 0.9, 0.05), (1, 1, 1.0, 0.1)],
        "leftLowerArm": [(1, 1, 1.8, 0.3)],
        "rightLowerArm": [(1, 1, 1.6, 0.8)],
    }
    return swaying("idle", REST, waves, 8.0)


def _talk() -> Clip:
    """Small beats of both hands, never two alike, around a raised resting place."""
    up = over(arm((-8.0, -6.0, -60.0), 68.0, -30.0, (0.0, -6.0, 4.0), -3.0), curl(15.0))
    base = over(REST, up, mirrored(over(up, {"leftLowerArm": (-26.0, -60.0, 0.0)})))
    left = [
        (0.0, {}),
        (0.7, {"leftLowerArm": (-42.0, -80.0, 0.0), "leftHand": (0, -4, 14), "head": (2, 3, -2)}),
        (1.05, {"leftLowerArm": (-30.0, -62.0, 0.0), "leftHand": (0, -6, -8), "head": (4, 2, -1)}),
        (1.9, {}),
        (
            2.5,
            {
                "rightLowerArm": (-40.0, 74.0, 0.0),
                "rightHand": (0, 4, -14),
                "head": (0, -4, 2),
                "upperChest": (0, -2, 0),
            },
        ),
        (2.85, {"rightLowerArm": (-28.0, 54.0, 0.0), "rightHand": (0, 6, 8), "head": (3, -4, 2)}),
        (
            3.6,
            {
                "leftLowerArm": (-48.0, -76.0, 0.0),
                "rightLowerArm": (-44.0, 70.0, 0.0),
                "leftUpperArm": (-8, -8, -54),
                "rightUpperArm": (-8, 8, 54),
                "head": (-2, 1, 0),
            },
        ),
        (
            4.0,
            {
                "leftLowerArm": (-52.0, -60.0, 0.0),
                "rightLowerArm": (-48.0, 54.0, 0.0),
                "leftUpperArm": (-10, -6, -52),
                "rightUpperArm": (-10, 6, 52),
                "head": (3, 1, 1),
            },
        ),
        (5.0, {}),
        (5.85, {}),
    ]
    return keyed("talk_calm", base, left, delay=delay, length=6.0)


def _thinking() -> Clip:
    chin = over(
        arm((24.0, -58.0, -79.0), 111.0, -38.0, (-7.0, -2.0, 3.0), -4.0),
        curl(46.0, 0.4),
        {"leftIndexProximal": (0.0, 0.0, -14.0), "leftIndexIntermediate": (0.0, 0.0, -22.0)},
    )
    base = over(
        REST,
        mirrored(chin),
        {
            "leftUpperArm": (0.0, -8.0, -68.0),
            "leftLowerArm": (0.0, -28.0, 0.0),
            "head": (-5.0, 10.0, -7.0),
            "neck": (-2.0, 5.0, -3.0),
            "upperChest": (0.0, 2.0, -1.0),
        },
    )
    waves = {
        "head": [(0, 1, 1.4, 0.0), (1, 1, 2.0, 0.3), (2, 2, 0.7, 0.1)],
        "upperChest": [(0, 2, -0.8, 0.0)],
        "chest": [(0, 2, -0.8, 0.0)],
        "spine": [(2, 1, 0.6, 0.4)],
        "rightHand": [(2, 1, 2.0, 0.2)],
        "leftShoulder": [(2, 2, 0.8, 0.0)],
    }
    return swaying("thinking", base, waves, 7.0)


def _wave() -> Clip:
    def up(elbow: float, tilt: float) -> Pose:
        raised = arm((-58.0, -12.0, -14.0), elbow, -26.0, (-8.0, tilt, 0.0), 8.0)
        body: Pose = {"head": (0.0, 4.0, -6.0), "neck": (0.0, 1.0, -2.0), "upperChest": (0, 0, 2.0)}
        return over(mirrored(over(raised, curl(4.0, 1.0, -6.0))), body)

    swings = [
        (0.62, up(94, 10)),
        (0.88, up(68, -14)),
        (1.14, up(96, 12)),
        (1.40, up(68, -14)),
        (1.64, up(90, 8)),
    ]
    return _gesture("wave", swings, 2.5, 0.88)


def _nod() -> Clip:
    return _gesture(
        "nod",
        [
            (0.20, {"head": (-3.0, 0, 0), "neck": (-1.0, 0, 0)}),
            (0.48, {"head": (13.0, 0, 0), "neck": (5.0, 0, 0), "upperChest": (1.0, 0, 0)}),
            (0.74, {"head": (-1.0, 0, 0), "neck": (0.0, 0, 0)}),
            (0.98, {"head": (7.0, 0, 0), "neck": (3.0, 0, 0)}),
        ],
        1.5,
        0.48,
    )


def _shake() -> Clip:
    return _gesture(
        "shake_head",
        [
            (0.28, {"head": (2.0, 15.0, 2.0), "neck": (0, 6.0, 0)}),
            (0.58, {"head": (2.0, -15.0, -2.0), "neck": (0, -6.0, 0)}),
            (0.88, {"head": (2.0, 12.0, 1.5), "neck": (0, 5.0, 0)}),
            (1.14, {"head": (1.0, -7.0, -1.0), "neck": (0, -3.0, 0)}),
        ],
        1.7,
        0.58,
    )


def _point() -> Clip:
    fist = curl(62.0, 0.2, 30.0)
    finger: Pose = {
        f"leftIndex{part}": (0.0, 0.0, -4.0) for part in ("Proximal", "Intermediate", "Distal")
    }
    ready = over(arm((-8.0, -26.0, -46.0), 92.0, -12.0, (0, 0, 8.0), 4.0), fist, finger)
    shot = over(arm((-12.0, -32.0, -14.0), 17.0, -4.0, (-2.0, 3.0, 8.0), 8.0), fist, finger)
    lean: Pose = {"head": (4.0, -5.0, 2.0), "upperChest": (2.0, 4.0, 0)}
    return _gesture(
        "point",
        [
            (0.42, mirrored(ready)),
            (0.68, over(mirrored(shot), lean)),
            (1.15, over(mirrored(shot), lean)),
        ],
        1.95,
        0.68,
    )


def _hand_raise() -> Clip:
    up = over(arm((-58.0, -12.0, 2.0), 64.0, -28.0, (-8.0, 0.0, 0.0), 11.0), curl(3.0, 1.0, -8.0))
    lift: Pose = {"head": (-3.0, -3.0, 3.0), "upperChest": (-1.0, 0, -1.5)}
    over_top = over(up, {"leftUpperArm": (-58.0, -14.0, 8.0)})
    return _gesture(
        "hand_raise",
        [
            (0.60, over(mirrored(over_top), lift)),
            (0.80, over(mirrored(up), lift)),
            (1.35, over(mirrored(up), lift)),
        ],
        2.2,
        0.60,
    )


def _thumbs_up() -> Clip:
    fist = curl(70.0, 0.1, 0.0)
    thumb: Pose = {
        "leftThumbMetacarpal": (0.0, -38.0, 6.0),
        "leftThumbProximal": (0, -8.0, 0),
        "leftThumbDistal": (0, -12.0, 0),
    }
    ready = over(arm((14.0, -4.0, -64.0), 118.0, -18.0, (-4.0, -4.0, 0), 2.0), fist, thumb)
    show = over(arm((18.0, -14.0, -66.0), 96.0, -26.0, (-6.0, 8.0, -4.0), 2.0), fist, thumb)
    glad: Pose = {"head": (5.0, 3.0, -4.0), "upperChest": (1.0, 2.0, 0)}
    return _gesture(
        "thumbs_up",
        [
            (0.42, mirrored(ready)),
            (0.68, over(mirrored(show), glad)),
            (1.30, over(mirrored(show), glad)),
        ],
        2.1,
        0.68,
    )


def _shrug() -> Clip:
    side = over(
        arm((-47.0, -14.0, -66.0), 66.0, -60.0, (-14.0, -4.0, 8.0), 13.0), curl(8.0, 1.0, -6.0)
    )
    head: Pose = {"head": (3.0, 3.0, 9.0), "neck": (-2.0, 0, 2.0), "upperChest": (-1.5, 0, 0)}
    up = over(side, mirrored(side), head)
    return _gesture("shrug", [(0.50, up), (0.92, up)], 1.8, 0.50)


def _pose(name: str, change: Pose) -> Clip:
    return swaying(
        f"pose_{name}",
        over(REST, change),
        {"upperChest": [(0, 1, -0.8, 0.0)], "head": [(0, 1, 0.6, 0.1)]},
        4.0,
    )


def clips() -> list[Clip]:
    return [
        _idle(),
        _talk(),
        _thinking(),
        _wave(),
        _nod(),
        _shake(),
        _point(),
        _hand_raise(),
        _thumbs_up(),
        _shrug(),
        _pose(
            "relaxed",
            {"spine": (0.0, 0.0, 1.2), "upperChest": (1.5, 0.0, -1.6), "head": (2.0, 2.0, -4.0)},
        ),
        _pose(
            "attentive",
            {
                "spine": (3.0, 0.0, 0.0),
                "upperChest": (1.0, 0.0, 0.0),
                "neck": (1.0, 0.0, 0.0),
                "head": (-3.0, 0.0, 4.0),
            },
        ),
    ]
