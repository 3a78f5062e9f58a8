"""The surfaces that are drawn into: a picture with smooth edges, and the shadow map."""

from __future__ import annotations

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import ADVICE, Gl
from avatar_desktop.render.programs import SAMPLERS


class Canvas:
    """Colour and depth of one picture, remade when its size changes."""

    def __init__(self, gl: Gl, most_samples: int) -> None:
        self._gl = gl
        self._most_samples = most_samples
        self._objects = GlObjects(gl)
        self._made_for: tuple[int, int, int] | None = None
        self._drawn = self._flat = 0
        self.texture = 0
        """The picture itself when there is one sample per pixel, else 0."""

    def bind(self, width: int, height: int, samples: int) -> None:
        """Draw into a canvas of this size from now on."""
        wanted = (width, height, min(samples, self._most_samples))
        if wanted != self._made_for:
            self._make(*wanted)
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._drawn)
        gl.glViewport(0, 0, width, height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that are drawn."""
        return self._made_for[:2] if self._made_for else (1, 1)

    @property
    def samples(self) -> int:
        """Of each pixel."""
        return self._made_for[2] if self._made_for else 1

    @property
    def framebuffer(self) -> int:
        """What is drawn into."""
        return self._drawn

    def show(self, framebuffer: int, width: int, height: int) -> None:
        """Bring the picture into a framebuffer, stretched when the sizes differ."""
        assert self._made_for is not None
        gl = self._gl
        drawn = self._made_for[:2]
        source = self._drawn
        if self._flat and drawn != (width, height):
            # A multisampled picture can be resolved or stretched, not both in one step.
            self._copy(source, self._flat, drawn, drawn)
            source = self._flat
        self._copy(source, framebuffer, drawn, (width, height))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._made_for = None

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._made_for = None

    def _copy(self, source: int, target: int, size: tuple[int, int], to: tuple[int, int]) -> None:
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, source)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, target)
        smooth = gl.GL_NEAREST if size == to else gl.GL_LINEAR
        gl.glBlitFramebuffer(0, 0, *size, 0, 0, *to, gl.GL_COLOR_BUFFER_BIT, smooth)

    def _make(self, width: int, height: int, samples: int) -> None:
        self._objects.free()
        gl = self._gl
        try:
            self._drawn = self._framebuffer(width, height, samples, with_depth=True)
        except GraphicsError:
            if samples <= 1:
                raise
            samples, self._most_samples = 1, 1  # drawn without smooth edges rather than not at all
            self._drawn = self._framebuffer(width, height, 1, with_depth=True)
        self._flat = 0
        if samples > 1:
            self._flat = self._framebuffer(width, height, 1, with_depth=False)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._drawn)
        self._made_for = (width, height, samples)

    def _framebuffer(self, width: int, height: int, samples: int, *, with_depth: bool) -> int:
        gl = self._gl
        name = self._objects.framebuffer()
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, name)
        parts: dict[int, int] = {}
        if samples > 1 or not with_depth:
            parts[gl.GL_COLOR_ATTACHMENT0] = gl.GL_RGBA8
            self.texture = 0
        else:
            self.texture = self._colour_texture(width, height)
        if with_depth:
            parts[gl.GL_DEPTH_ATTACHMENT] = gl.GL_DEPTH_COMPONENT24
        for attachment, form in parts.items():
            part = self._objects.renderbuffer()
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, part)
            count = samples if samples > 1 else 0
            gl.glRenderbufferStorageMultisample(gl.GL_RENDERBUFFER, count, form, width, height)
            gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, attachment, gl.GL_RENDERBUFFER, part)
        check_complete(gl, f"a picture of {width} × {height}")
        return name

    def _colour_texture(self, width: int, height: int) -> int:
        gl = self._gl
        name = self._objects.texture()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, name)
        form = (gl.GL_RGBA8, width, height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, *form, None)
        parameters = {
            gl.GL_TEXTURE_MIN_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_MAG_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_WRAP_S: gl.GL_CLAMP_TO_EDGE,
            gl.GL_TEXTURE_WRAP_T: gl.GL_CLAMP_TO_EDGE,
            gl.GL_TEXTURE_MAX_LEVEL: 0,
        }
        for parameter, value in parameters.items():
            gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, value)
        gl.glFramebufferTexture2D(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, name, 0
        )
        return name


class ShadowMap:
    """Depth seen from the key light, compared on reading."""

    def __init__(self, gl: Gl, size: int) -> None:
        self._gl = gl
        self.size = size
        self._objects = GlObjects(gl)
        self.texture = self._objects.texture()
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        form = (gl.GL_DEPTH_COMPONENT24, size, size, 0, gl.GL_DEPTH_COMPONENT, gl.GL_UNSIGNED_INT)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, *form, None)
        parameters = {
            gl.GL_TEXTURE_MIN_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_MAG_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_WRAP_S: gl.GL_CLAMP_TO_BORDER,
            gl.GL_TEXTURE_WRAP_T: gl.GL_CLAMP_TO_BORDER,
            gl.GL_TEXTURE_COMPARE_MODE: gl.GL_COMPARE_REF_TO_TEXTURE,
            gl.GL_TEXTURE_COMPARE_FUNC: gl.GL_LEQUAL,
        }
        for parameter, value in parameters.items():
            gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, value)
        # Nothing outside the map is in shadow.
        gl.glTexParameterfv(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_BORDER_COLOR, [1.0, 1.0, 1.0, 1.0])
        self._framebuffer = self._objects.framebuffer()
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glFramebufferTexture2D(
            gl.GL_FRAMEBUFFER, gl.GL_DEPTH_ATTACHMENT, gl.GL_TEXTURE_2D, self.texture, 0
        )
        gl.glDrawBuffer(gl.GL_NONE)
        gl.glReadBuffer(gl.GL_NONE)
        try:
            check_complete(gl, f"a shadow map of {size} × {size}")
        except GraphicsError:
            self._objects.free()
            raise

    def bind(self) -> None:
        """Draw depth into the map from now on, starting from nothing."""
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glViewport(0, 0, self.size, self.size)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)

    def bind_texture(self) -> None:
        """Have it where the surfaces look for it."""
        gl, unit = self._gl, SAMPLERS["shadow_map"]
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        gl.glBindSampler(unit, 0)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()


def check_complete(gl: Gl, what: str) -> None:
    """GraphicsError where the driver cannot draw into the framebuffer that is bound."""
    status = int(gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER))
    if status != gl.GL_FRAMEBUFFER_COMPLETE:
        raise GraphicsError(
            f"The driver cannot draw {what} (status 0x{status:04x}).", advice=ADVICE
        )
