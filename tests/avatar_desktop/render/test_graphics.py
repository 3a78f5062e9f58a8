from __future__ import annotations

import pytest

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render import egl
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.graphics import describe_graphics, read_limits
from avatar_desktop.render.opengl import egl_is_current, load_gl
from avatar_desktop.render.quality import FULL, SOFTWARE


def test_the_report_names_the_driver_and_its_limits(context: OffscreenContext) -> None:
    context.make_current()
    report = read_limits(load_gl())
    assert report.ok
    assert report.renderer
    assert report.version[0] in "34"
    assert report.max_samples >= 1
    assert report.max_texture_size >= 1024
    assert report.quality == (SOFTWARE if report.is_software else FULL)


def test_a_machine_without_egl_gets_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egl, "_LIBRARIES", {"linux": ("libNoSuchEGL.so",)})
    with pytest.raises(GraphicsError) as caught:
        OffscreenContext()
    assert caught.value.advice
    report = describe_graphics()
    assert not report.ok
    assert report.advice == caught.value.advice


def test_a_context_comes_and_goes() -> None:
    try:
        made = OffscreenContext()
    except GraphicsError as error:
        pytest.skip(str(error))
    assert egl_is_current()
    made.release()
    assert not egl_is_current()
    made.make_current()
    made.close()
    made.close()
    with pytest.raises(GraphicsError, match="closed"):
        made.make_current()
