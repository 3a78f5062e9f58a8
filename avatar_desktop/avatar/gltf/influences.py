"""Which joints move a vertex, and how much each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.attributes import Attributes
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_SETS = (("JOINTS_0", "WEIGHTS_0"), ("JOINTS_1", "WEIGHTS_1"))


def read_influences(
    attributes: Attributes,
) -> tuple[NDArray[np.uint16] | None, Floats | None]:
    """Joints and weights of up to eight influences; the weights of a vertex sum to one."""
    joints: list[NDArray[Any]] = []
    weights: list[Floats] = []
    for joint, weight in _SETS:
        if not (attributes.has(joint) and attributes.has(weight)):
            break
        joints.append(attributes.whole(joint))
        weights.append(attributes.needed(weight, ("VEC4",)))
    if not joints:
        return None, None
    shares = np.maximum(_beside(weights), np.float32(0.0))
    sums = shares @ np.ones((shares.shape[1], 1), np.float32)
    if not np.minimum.reduce(sums, axis=None) > 0.0:
        empty = sums <= 0.0
        shares[:, :1] += empty
        sums += empty
    shares /= sums
    numbers = _beside(joints)
    if numbers.dtype.itemsize > 2:
        numbers = np.minimum(numbers, np.iinfo(np.uint16).max)
    return numbers.astype(np.uint16), shares


def _beside(columns: list[NDArray[Any]]) -> NDArray[Any]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns, axis=1)


def check_influences(part: Primitive, joints: int, place: str) -> None:
    """Refuse joints the skin does not have, unless they weigh nothing."""
    if part.joints is None or part.weights is None:
        return
    if int(np.maximum.reduce(part.joints, axis=None, initial=0)) < joints:
        return
    outside = part.joints >= joints
    if (part.weights[outside] > 0.0).any():
        raise AvatarError(
            f"A vertex follows a joint beyond the {joints} of its skin.",
            kind="bounds",
            place=f"{place}.attributes.JOINTS_0",
        )
    part.joints[outside] = 0
