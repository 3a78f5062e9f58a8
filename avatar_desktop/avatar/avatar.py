"""The whole avatar as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.expression import Expression, LookAt
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.meta import Meta
from avatar_desktop.avatar.skeleton import Skeleton, Skin

if TYPE_CHECKING:  # not every avatar has them, and the first frame does not wait for them
    from avatar_desktop.avatar.constraint import Constraint
    from avatar_desktop.avatar.furnishing import Camera, Lamp
    from avatar_desktop.avatar.spring import Spring

FirstPerson = Literal["auto", "both", "firstPersonOnly", "thirdPersonOnly"]


@dataclass(frozen=True, slots=True)
class Avatar:
    """What the loader understood of a file, in the file's own axes."""

    format: str
    """"gltf", "vrm0" or "vrm1"."""
    skeleton: Skeleton
    skins: tuple[Skin, ...]
    meshes: tuple[MeshInstance, ...]
    materials: tuple[Material, ...]
    images: tuple[Image, ...]
    morph_names: tuple[str, ...]
    """Name of each place in Pose.weights."""
    rest_weights: NDArray[np.float32]
    """(M,)"""
    animations: tuple[Animation, ...] = ()
    humanoid: Mapping[str, int] = field(default_factory=dict[str, int])
    """VRM 1.0 bone name → node index."""
    humanoid_source: str = ""
    """"file" when VRM says the bones; else the convention of the names that they were read from."""
    expressions: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    """VRM presets and custom expressions under their own names."""
    look_at: LookAt | None = None
    springs: tuple[Spring, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    first_person: Mapping[int, FirstPerson] = field(default_factory=dict[int, FirstPerson])
    """Mesh node → who sees it; "auto" where a node is not named."""
    lamps: tuple[Lamp, ...] = ()
    cameras: tuple[Camera, ...] = ()
    variants: tuple[str, ...] = ()
    """Names of the outfits that Primitive.variants dresses."""
    scenes: tuple[str, ...] = ()
    """Names of the file's scenes."""
    scene: int = 0
    """The one of them that is shown."""
    unshown: Mapping[int, tuple[Primitive, ...]] = field(
        default_factory=dict[int, tuple[Primitive, ...]]
    )
    """Meshes of the file that the shown scene does not hold, by their index in the file."""
    meta: Meta = field(default_factory=Meta)
    front: int = 1
    """+1 when the avatar faces +Z (glTF, VRM 1.0), −1 when it faces −Z (VRM 0.x)."""
    warnings: tuple[str, ...] = ()
    """What was left out of the file and why, a sentence each."""
    extensions_used: tuple[str, ...] = ()
    extensions_ignored: tuple[str, ...] = ()
    """Not known, or left out: they change nothing."""
