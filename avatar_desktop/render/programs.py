"""Shaders from the package become programs, one for each set of features that is really used."""

from __future__ import annotations

import ctypes
import logging
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.maps import AFTER_MAPS, UNITS
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import ADVICE, Gl

log = logging.getLogger(__name__)

FRAME_BINDING, SURFACE_BINDING, LAMPS_BINDING = 0, 1, 2
_BLOCKS = {"Frame": FRAME_BINDING, "Surface": SURFACE_BINDING, "Lamps": LAMPS_BINDING}
SAMPLERS = {
    "shadow_map": 5,
    "figures": 6,
    "targets": 7,
    "radiance_map": 8,
    "irradiance_map": 9,
    "reflectance_table": 10,
    "scene_map": AFTER_MAPS,
    "open_sky_map": AFTER_MAPS + 1,
    "depth_map": AFTER_MAPS + 2,
    **UNITS,
}
"""The texture unit of each sampler, the same in every program."""

Features = frozenset[str]
"""Preprocessor names, such as "BASE_MAP" or "SHADOW_TAPS 9"."""

_OF_BARE = frozenset({"BASE_MAP", "ALPHA_MASK", "ALPHA_BLEND"})

_SHADERS = Path(__file__).with_name("shaders")
_INCLUDE = re.compile(r'^#include "([\w.]+)"(?: for (\w+))?$', re.MULTILINE)
"""`#include "finish.glsl" for FINISHED`: what nobody needs, no driver has to read."""


@dataclass(frozen=True, slots=True)
class Program:
    """A linked program and where its plain uniforms are."""

    name: int
    uniforms: dict[str, int]


class Programs:
    """Compiles on first use and keeps what it made."""

    def __init__(self, gl: Gl, objects: GlObjects) -> None:
        self._gl = gl
        self._objects = objects
        self._made: dict[tuple[str, str, Features], Program] = {}
        self._failed: dict[tuple[str, str, Features], GraphicsError] = {}
        self._told: set[tuple[str, str]] = set()

    def get(
        self,
        vertex: str,
        fragment: str,
        features: Features = frozenset(),
        kept: tuple[str, ...] = (),
    ) -> Program:
        """The program of two shader files; `kept` names outputs for transform feedback."""
        key = (vertex, fragment, features)
        if key in self._failed:
            raise self._failed[key]
        if key not in self._made:
            try:
                self._made[key] = self._link(vertex, fragment, features, kept)
            except GraphicsError as error:
                self._failed[key] = error  # asked for again in every frame
                raise
        return self._made[key]

    def find(self, vertex: str, fragment: str, features: Features = frozenset()) -> Program | None:
        """The same for what a picture can do without: None where the driver fails at it."""
        try:
            return self.get(vertex, fragment, features)
        except GraphicsError as error:
            if (vertex, fragment) not in self._told:
                self._told.add((vertex, fragment))
                log.error("drawn plainer", extra={"why": error.message})
            return None

    def best(self, vertex: str, fragment: str, wanted: Features, plainer: Features) -> Program:
        """The wanted program, or where the driver fails at it, one with fewer features.

        If it fails at that one too, the barest that still shows what an avatar looks like.
        """
        key = (vertex, fragment, wanted)
        if key not in self._made:
            found = self.find(vertex, fragment, wanted) or self.find(vertex, fragment, plainer)
            self._made[key] = found or self.get("bare.vert", "bare.frag", wanted & _OF_BARE)
        return self._made[key]

    def _link(
        self, vertex: str, fragment: str, features: Features, kept: tuple[str, ...]
    ) -> Program:
        gl = self._gl
        name = self._objects.program()
        stages: list[int] = []
        try:
            stages.append(self._compile(gl.GL_VERTEX_SHADER, vertex, features))
            if fragment:
                stages.append(self._compile(gl.GL_FRAGMENT_SHADER, fragment, features))
            for stage in stages:
                gl.glAttachShader(name, stage)
            self._keep(name, kept)
            gl.glLinkProgram(name)
            for stage in stages:
                gl.glDetachShader(name, stage)
        finally:
            for stage in stages:
                gl.glDeleteShader(stage)
        if not gl.glGetProgramiv(name, gl.GL_LINK_STATUS):
            said = _said(gl.glGetProgramInfoLog(name))
            raise GraphicsError(f"The driver cannot link {vertex}: {said}", advice=ADVICE)
        return Program(name, self._bind(name))

    def _keep(self, name: int, kept: tuple[str, ...]) -> None:
        """Which outputs transform feedback writes down."""
        if not kept:
            return
        gl = self._gl
        outputs = (ctypes.c_char_p * len(kept))(*(output.encode() for output in kept))
        pointers = ctypes.cast(outputs, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
        gl.glTransformFeedbackVaryings(name, len(kept), pointers, gl.GL_INTERLEAVED_ATTRIBS)

    def _compile(self, stage: int, file: str, features: Features) -> int:
        gl = self._gl
        shader = int(gl.glCreateShader(stage))
        gl.glShaderSource(shader, shader_source(file, features))
        gl.glCompileShader(shader)
        if not gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS):
            said = _said(gl.glGetShaderInfoLog(shader))
            gl.glDeleteShader(shader)
            raise GraphicsError(f"The driver cannot compile {file}: {said}", advice=ADVICE)
        return shader

    def _bind(self, name: int) -> dict[str, int]:
        gl = self._gl
        for block, binding in _BLOCKS.items():
            index = int(gl.glGetUniformBlockIndex(name, block))
            if index != gl.GL_INVALID_INDEX:
                gl.glUniformBlockBinding(name, index, binding)
        gl.glUseProgram(name)
        uniforms: dict[str, int] = {}
        for index in range(int(gl.glGetProgramiv(name, gl.GL_ACTIVE_UNIFORMS))):
            label = _said(gl.glGetActiveUniform(name, index)[0])
            location = int(gl.glGetUniformLocation(name, label))
            if label in SAMPLERS:
                gl.glUniform1i(location, SAMPLERS[label])
            elif location >= 0:
                uniforms[label] = location
        return uniforms


def shader_source(file: str, features: Features) -> str:
    """The text of a shader with its includes and features in front."""
    defines = "".join(f"#define {feature}\n" for feature in sorted(features))
    words = frozenset(feature.partition(" ")[0] for feature in features)
    return f"#version 330 core\n{defines}{_with_includes(file, words)}"


def _with_includes(file: str, words: frozenset[str]) -> str:
    def included(match: re.Match[str]) -> str:
        wanted = match[2] is None or match[2] in words
        return _with_includes(match[1], words) if wanted else ""

    return _INCLUDE.sub(included, _text(file))


@cache
def _text(file: str) -> str:
    return (_SHADERS / file).read_text(encoding="utf-8")


def _said(log: object) -> str:
    if isinstance(log, bytes):
        return log.decode("utf-8", "replace").strip()
    return str(log).strip()
