"""The numbers of one frame of an avatar: every matrix and every shape that is on, in one texture.

One upload a frame, whatever the avatar is made of; the room for it is kept and written over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.buffers import FARTHEST, data_texture
from avatar_desktop.render.geometry import Geometry
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS

Floats = NDArray[np.float32]

_WIDTH = 512
"""Texels in a row; deform.vert knows it too."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Where the numbers of one piece begin, in texels."""

    matrix: int
    active: int
    """The first shape that is on."""
    active_count: int


class Figures:
    """For the pieces of one avatar, each a mesh at a node with its geometry."""

    def __init__(
        self,
        gl: Gl,
        objects: GlObjects,
        avatar: Avatar,
        pieces: Sequence[tuple[MeshInstance, Geometry]],
    ) -> None:
        self._gl = gl
        self._objects = objects
        self._pieces = pieces
        self._nodes = np.array([instance.node for instance, _ in pieces], np.intp)
        firsts = np.cumsum([0, *(len(skin.joints) for skin in avatar.skins)]).tolist()
        self._rigid_from: int = firsts[-1]
        self._matrix_texels = 3 * (self._rigid_from + len(pieces))
        self._plain = [
            Begin(
                3 * (firsts[instance.skin] if is_skinned(instance, geometry) else rigid),
                *(self._matrix_texels, 0),
            )
            for rigid, (instance, geometry) in enumerate(pieces, self._rigid_from)
        ]
        self._shaped = [
            (place, instance.morphs, geometry.morphs)
            for place, (instance, geometry) in enumerate(pieces)
            if instance.morphs.stop > instance.morphs.start
        ]
        self._carriers = np.array(
            [
                firsts[instance.skin] + geometry.main_joint
                if is_skinned(instance, geometry)
                else rigid
                for rigid, (instance, geometry) in enumerate(pieces, self._rigid_from)
            ],
            np.intp,
        )
        self._texels = np.zeros((0, 4), np.float32)
        self._address = 0
        self._shapes_end = 0
        self._weights: bytes | None = None
        self._begins = tuple(self._plain)
        self._texture = 0
        self._make_room(self._matrix_texels)

    def upload(self, pose: Pose) -> tuple[Begin, ...]:
        """Put the numbers of a pose at their texture unit; for each piece, where its own begin.

        The same value comes again for as long as as many shapes are on.
        """
        weights = pose.weights.tobytes()
        if weights != self._weights:
            self._write_shapes(pose.weights)
            self._weights = weights
        self._write_matrices(pose)
        written = self._texels[: self._shapes_end]
        if not (np.abs(written) < FARTHEST).all():  # what is no number is not less
            np.nan_to_num(written, copy=False, posinf=0.0, neginf=0.0)
            np.clip(written, -FARTHEST, FARTHEST, out=written)
        self._send(-(-self._shapes_end // _WIDTH))
        return self._begins

    def carriers(self) -> Floats:
        """(P, 3, 4) for each piece, the matrix that moves most of it in the pose put last."""
        return self._texels[: self._matrix_texels].reshape(-1, 3, 4)[self._carriers]

    def _write_shapes(self, weights: Floats) -> None:
        shapes = [(place, morphs.active(weights[part])) for place, part, morphs in self._shaped]
        self._shapes_end = self._matrix_texels + sum(len(active) for _, active in shapes)
        self._make_room(self._shapes_end)
        begins = self._plain.copy()
        at = self._matrix_texels
        for place, active in shapes:
            if not len(active):
                continue
            begins[place] = Begin(begins[place].matrix, at, len(active))
            self._texels[at : at + len(active)] = active
            at += len(active)
        if tuple(begins) != self._begins:
            self._begins = tuple(begins)

    def _write_matrices(self, pose: Pose) -> None:
        rows = self._texels[: self._matrix_texels].reshape(-1, 3, 4)
        at = 0
        for joints in pose.joints:
            rows[at : at + len(joints)] = joints[:, :3]
            at += len(joints)
        rows[self._rigid_from :] = pose.world[self._nodes, :3]

    def _make_room(self, texels: int) -> None:
        rows = -(-texels // _WIDTH)
        if rows * _WIDTH <= len(self._texels):
            return
        rows += 1  # for shapes to come
        self._texels = np.zeros((rows * _WIDTH, 4), np.float32)
        self._address = self._texels.ctypes.data
        gl = self._gl
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["figures"])
        self._texture = data_texture(gl, self._objects, (_WIDTH, rows), gl.GL_RGBA32F, None)

    def _send(self, rows: int) -> None:
        gl = self._gl
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["figures"])
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glTexSubImage2D(
            *(gl.GL_TEXTURE_2D, 0, 0, 0, _WIDTH, rows, gl.GL_RGBA, gl.GL_FLOAT), self._address
        )


def is_skinned(instance: MeshInstance, geometry: Geometry) -> bool:
    """Whether joints move it; without a skin, what a file says of joints means nothing."""
    return geometry.influences > 0 and instance.skin >= 0
