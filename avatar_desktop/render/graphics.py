"""What the graphics driver can do: for `doctor`, and for choosing how fine to draw."""

from __future__ import annotations

from dataclasses import dataclass

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.opengl import ADVICE, Gl, load_gl
from avatar_desktop.render.quality import FULL, SOFTWARE, Quality

_SOFTWARE_NAMES = ("llvmpipe", "softpipe", "swrast", "swiftshader", "gdi generic", "basic render")
_MAX_ANISOTROPY = 0x84FF  # asking is an error where the extension is absent


@dataclass(frozen=True, slots=True)
class GraphicsReport:
    """The driver in numbers; when `ok` is false, `advice` says what to do."""

    ok: bool
    renderer: str = ""
    vendor: str = ""
    version: str = ""
    is_software: bool = False
    max_samples: int = 1
    max_texture_size: int = 0
    max_anisotropy: float = 1.0
    detail: str = ""
    advice: str = ""

    @property
    def quality(self) -> Quality:
        """A good start for this driver."""
        return SOFTWARE if self.is_software else FULL


def describe_graphics() -> GraphicsReport:
    """Open a context of its own, look, and close it; never raises."""
    try:
        with OffscreenContext():
            return read_limits(load_gl())
    except GraphicsError as error:
        return GraphicsReport(ok=False, detail=error.message, advice=error.advice)


def read_limits(gl: Gl) -> GraphicsReport:
    """Describe the context that is current."""
    version = _text(gl, gl.GL_VERSION)
    renderer = _text(gl, gl.GL_RENDERER)
    if not version:
        raise GraphicsError("No OpenGL context is current on this thread.", advice=ADVICE)
    number = (
        int(gl.glGetIntegerv(gl.GL_MAJOR_VERSION)),
        int(gl.glGetIntegerv(gl.GL_MINOR_VERSION)),
    )
    recent_enough = number >= (3, 3)
    extensions = {
        _decoded(gl.glGetStringi(gl.GL_EXTENSIONS, index))
        for index in range(int(gl.glGetIntegerv(gl.GL_NUM_EXTENSIONS)))
    }
    anisotropic = any("texture_filter_anisotropic" in name for name in extensions)
    return GraphicsReport(
        ok=recent_enough,
        renderer=renderer,
        vendor=_text(gl, gl.GL_VENDOR),
        version=version,
        is_software=any(name in renderer.lower() for name in _SOFTWARE_NAMES),
        max_samples=max(1, int(gl.glGetIntegerv(gl.GL_MAX_SAMPLES))),
        max_texture_size=int(gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE)),
        max_anisotropy=float(gl.glGetFloatv(_MAX_ANISOTROPY)) if anisotropic else 1.0,
        detail=f"{renderer}, OpenGL {version}",
        advice="" if recent_enough else "OpenGL 3.3 is needed: update the graphics driver.",
    )


def _text(gl: Gl, name: int) -> str:
    return _decoded(gl.glGetString(name))


def _decoded(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""
