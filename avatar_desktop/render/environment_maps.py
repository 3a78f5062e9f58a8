"""An environment on the GPU: two cubes of light, what surfaces reflect of it, and its lamps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.environment import Environment
from avatar_desktop.render.lamps import LAMP_BYTES, MOST_LAMPS, lamp_rows
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import LAMPS_BINDING, SAMPLERS
from avatar_desktop.render.reflectance import reflectance_table
from avatar_desktop.render.view import View

_UNITS = {name: SAMPLERS[name] for name in ("radiance_map", "irradiance_map", "reflectance_table")}


class EnvironmentMaps:
    """The textures of one environment, and the buffer of what shines in it."""

    def __init__(self, gl: Gl, environment: Environment) -> None:
        self.environment = environment
        self._gl = gl
        self._objects = GlObjects(gl)
        self._textures = {
            "radiance_map": (gl.GL_TEXTURE_CUBE_MAP, self._cube(environment.radiance)),
            "irradiance_map": (gl.GL_TEXTURE_CUBE_MAP, self._cube((environment.irradiance,))),
            "reflectance_table": (gl.GL_TEXTURE_2D, self._table()),
        }
        self._lamps = self._objects.buffer()
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, self._lamps)
        gl.glBufferData(gl.GL_UNIFORM_BUFFER, MOST_LAMPS * LAMP_BYTES, None, gl.GL_STREAM_DRAW)

    def bind(self) -> None:
        """At their texture units from now on."""
        gl = self._gl
        gl.glEnable(gl.GL_TEXTURE_CUBE_MAP_SEAMLESS)
        for name, (kind, texture) in self._textures.items():
            gl.glActiveTexture(gl.GL_TEXTURE0 + _UNITS[name])
            gl.glBindTexture(kind, texture)
            gl.glBindSampler(_UNITS[name], 0)

    def bind_lamps(self, avatar: Avatar, pose: Pose, view: View) -> int:
        """A sun and the file's own lamps; how many there are."""
        gl = self._gl
        rows = lamp_rows(avatar, pose, view)
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, self._lamps)
        gl.glBufferSubData(gl.GL_UNIFORM_BUFFER, 0, rows.nbytes, rows)
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, LAMPS_BINDING, self._lamps)
        return len(rows)

    def unbind(self) -> None:
        """Nothing of ours stays where the host may stumble on it."""
        gl = self._gl
        gl.glDisable(gl.GL_TEXTURE_CUBE_MAP_SEAMLESS)
        for name, (kind, _) in self._textures.items():
            gl.glActiveTexture(gl.GL_TEXTURE0 + _UNITS[name])
            gl.glBindTexture(kind, 0)
        gl.glActiveTexture(gl.GL_TEXTURE0)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()

    def _cube(self, levels: Sequence[NDArray[np.float16]]) -> int:
        gl = self._gl
        name = self._objects.texture()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_CUBE_MAP, name)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        for level, faces in enumerate(levels):
            for side, face in enumerate(faces):
                self._image(gl.GL_TEXTURE_CUBE_MAP_POSITIVE_X + side, level, face)
        smooth = gl.GL_LINEAR_MIPMAP_LINEAR if len(levels) > 1 else gl.GL_LINEAR
        self._read_as(gl.GL_TEXTURE_CUBE_MAP, smooth, len(levels) - 1)
        gl.glBindTexture(gl.GL_TEXTURE_CUBE_MAP, 0)
        return name

    def _table(self) -> int:
        gl = self._gl
        name = self._objects.texture()
        table = reflectance_table()
        texels = np.zeros((*table.shape[:2], 4), np.float16)
        texels[..., :2] = table
        gl.glBindTexture(gl.GL_TEXTURE_2D, name)
        self._image(gl.GL_TEXTURE_2D, 0, texels)
        self._read_as(gl.GL_TEXTURE_2D, gl.GL_LINEAR, 0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, 0)
        return name

    def _image(self, target: int, level: int, texels: NDArray[Any]) -> None:
        gl = self._gl
        height, width = texels.shape[:2]
        form = (gl.GL_RGBA16F, width, height, 0, gl.GL_RGBA, gl.GL_HALF_FLOAT)
        gl.glTexImage2D(target, level, *form, np.ascontiguousarray(texels))

    def _read_as(self, kind: int, smooth: int, last_level: int) -> None:
        gl = self._gl
        parameters = {
            gl.GL_TEXTURE_MIN_FILTER: smooth,
            gl.GL_TEXTURE_MAG_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_WRAP_S: gl.GL_CLAMP_TO_EDGE,
            gl.GL_TEXTURE_WRAP_T: gl.GL_CLAMP_TO_EDGE,
            gl.GL_TEXTURE_MAX_LEVEL: last_level,
        }
        for parameter, value in parameters.items():
            gl.glTexParameteri(kind, parameter, value)
