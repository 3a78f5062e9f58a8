"""A camera that finds the face by itself: portrait, bust, full figure or whatever fits. No GL."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import UsageError
from avatar_desktop.render.extent import Extent, extent_of, posed_extent, posed_positions
from avatar_desktop.render.view import Light, Vector, View

Floats = NDArray[np.float32]
Shot = Literal["portrait", "bust", "full", "fit"]
SHOTS: tuple[Shot, ...] = get_args(Shot)

PORTRAIT_FOV = 24.0
"""About an 85 mm lens: a face keeps its proportions."""
_FULL_FOV = 26.0

# How many head heights a shot shows, and where the middle of the head lies above the picture's
# middle (in shown heights).
_HEADS_SHOWN = {"portrait": 1.75, "bust": 2.4}
_HEAD_ABOVE_MIDDLE = {"portrait": 0.085, "bust": 0.185}
_ROOM = 1.08
"""Air around a whole figure."""
_HAIR_BELOW_JOINT = 0.25
"""What hangs further below the head's joint, as a share of the head above it, is long hair."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What a photographer looks for first, measured in one pose."""

    body: Extent
    head: Extent
    """Skull and face, without long hair; the upper part of the body when there is no head bone."""
    eyes: Floats
    """(3,) between the eyes, or where they probably are."""
    has_head: bool
    stands: bool
    """It has feet, so that a floor makes sense."""
    front: int


def landmarks(avatar: Avatar, pose: Pose) -> Landmarks:
    """Measure an avatar in the pose it mostly holds: arms spread wide make `full` stand back."""
    body = posed_extent(avatar, pose)
    node = avatar.humanoid.get("head")
    head = _head(avatar, pose, node) if node is not None else None
    eye_nodes = [avatar.humanoid[b] for b in ("leftEye", "rightEye") if b in avatar.humanoid]
    box = head or _upper_part(body)
    if eye_nodes:
        eyes = pose.world[eye_nodes, :3, 3].mean(axis=0)
    else:
        eyes = box.centre
    return Landmarks(
        body=body,
        head=box,
        eyes=eyes.astype(np.float32),
        has_head=head is not None,
        stands="leftFoot" in avatar.humanoid and "rightFoot" in avatar.humanoid,
        front=avatar.front,
    )


def frame(marks: Landmarks, shot: Shot, aspect: float) -> View:
    """A view from the front for a picture `aspect` times as wide as high."""
    if shot in _HEADS_SHOWN and marks.has_head:
        return _head_shot(marks, shot, aspect)
    if shot == "portrait":
        return _whole(marks, marks.head, aspect, with_floor=False)
    return _whole(marks, marks.body, aspect, with_floor=shot == "full")


def parse_camera(text: str) -> Shot | View:
    """`portrait`, `bust`, `full`, `fit`, or EYE:TARGET:FOV as `x,y,z:x,y,z:degrees`."""
    name = text.strip().lower()
    for shot in SHOTS:
        if name == shot:
            return shot
    parts = name.split(":")
    try:
        eye, target = (_vector(part) for part in parts[:2])
        (fov,) = (float(part) for part in parts[2:])
    except ValueError:
        raise UsageError(
            f"{text!r} is no camera.",
            advice="Say portrait, bust, full, fit, or EYE:TARGET:FOV such as 0,1.4,2:0,1.3,0:24.",
        ) from None
    if not 0 < fov < 180 or eye == target:
        raise UsageError(
            f"The camera {text!r} cannot see.",
            advice="EYE and TARGET must differ, and FOV lies between 0 and 180 degrees.",
        )
    view = View(eye=eye, target=target, fov_degrees=fov)
    return View(eye=eye, target=target, fov_degrees=fov, light=Light.studio(view.yaw))


def _vector(text: str) -> Vector:
    x, y, z = (float(number) for number in text.split(","))
    if not all(math.isfinite(number) for number in (x, y, z)):
        raise ValueError(text)
    return x, y, z


def _head_shot(marks: Landmarks, shot: Shot, aspect: float) -> View:
    height = float(marks.head.size[1])
    # A narrow picture must still hold the head's width with some air beside it.
    widest = max(float(marks.head.size[0]), 0.8 * height) * (1.25 if shot == "portrait" else 1.6)
    shown = max(_HEADS_SHOWN[shot] * height, widest / aspect)
    middle = float(marks.head.centre[1])
    x, z = float(marks.eyes[0]), float(marks.head.centre[2])
    target = (x, middle - _HEAD_ABOVE_MIDDLE[shot] * shown, z)
    return _view(marks, target, shown, lift=math.radians(1.5), fov=PORTRAIT_FOV)


def _whole(marks: Landmarks, box: Extent, aspect: float, *, with_floor: bool) -> View:
    width, height, depth = (float(v) for v in box.size)
    shown = max(height, width / aspect, depth * 0.5, 1e-4) * _ROOM
    x, y, z = (float(v) for v in box.centre)
    # The nearer side of a deep thing looks larger: stand back by half its depth.
    return _view(
        marks,
        (x, y, z),
        shown,
        lift=math.radians(4.0),
        fov=_FULL_FOV,
        back=depth / 2,
        with_floor=with_floor,
    )


def _view(
    marks: Landmarks,
    target: Vector,
    shown: float,
    *,
    lift: float,
    fov: float,
    back: float = 0.0,
    with_floor: bool = False,
) -> View:
    distance = shown / 2 / math.tan(math.radians(fov) / 2) + back
    x, y, z = target
    eye = (
        x,
        y + distance * math.sin(lift),
        z + marks.front * distance * math.cos(lift),
    )
    return View(
        eye=eye,
        target=target,
        fov_degrees=fov,
        near=max(distance - marks.body.radius * 2.2, distance * 0.1),
        far=distance + marks.body.radius * 6.0,
        light=Light.studio(0.0 if marks.front > 0 else math.pi),
        ground_shadow=with_floor,
    )


def _upper_part(body: Extent) -> Extent:
    """The likely head of a figure without bones: the top quarter when it stands upright."""
    width, height, depth = (float(v) for v in body.size)
    if height < 1.6 * max(width, depth):
        return body
    low, high = body.low.copy(), body.high.copy()
    low[1] = high[1] - 0.25 * height
    return Extent(low, high)


def _head(avatar: Avatar, pose: Pose, head_node: int) -> Extent | None:
    """The box of what the head carries, without the hair that hangs far below it."""
    joint = pose.world[head_node, :3, 3]
    parts = [
        posed_positions(instance, primitive, pose)[carried]
        for instance in avatar.meshes
        for primitive in instance.primitives
        if (carried := _carried(avatar, instance.skin, instance.node, primitive, head_node)).any()
    ]
    if not parts:
        return None
    points = np.concatenate(parts)
    above = max(float(points[:, 1].max()) - float(joint[1]), 1e-4)
    points = points[points[:, 1] > joint[1] - _HAIR_BELOW_JOINT * above]
    return extent_of(points) if len(points) >= 3 else None


def _carried(
    avatar: Avatar, skin: int, node: int, primitive: Primitive, head_node: int
) -> NDArray[np.bool_]:
    """Which vertices follow the head, or hair and jaw that hang on it, more than anything else."""
    if primitive.joints is None or primitive.weights is None or skin < 0:
        on_head = _is_below(avatar, node, head_node)
        return np.full(len(primitive.positions), on_head)
    joints = avatar.skins[skin].joints
    places = np.flatnonzero([_is_below(avatar, int(joint), head_node) for joint in joints])
    if not len(places):
        return np.zeros(len(primitive.positions), np.bool_)
    share = np.where(np.isin(primitive.joints, places), primitive.weights, 0.0).sum(axis=1)
    return share > 0.5


def _is_below(avatar: Avatar, node: int, ancestor: int) -> bool:
    while node >= 0:
        if node == ancestor:
            return True
        node = int(avatar.skeleton.parents[node])
    return False
