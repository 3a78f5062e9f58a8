from __future__ import annotations

import pytest

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import check_errors, load_gl
from avatar_desktop.render.programs import Programs, shader_source


def test_features_and_includes_are_in_the_text_that_is_compiled() -> None:
    text = shader_source("surface.frag", frozenset({"BASE_MAP", "SHADOW_TAPS 9"}))
    assert text.startswith("#version 330 core\n#define BASE_MAP\n#define SHADOW_TAPS 9\n")
    assert "uniform Frame" in text
    assert "#include" not in text


def test_a_program_is_compiled_once(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    objects = GlObjects(gl)
    programs = Programs(gl, objects)
    assert programs.get("background.vert", "background.frag") is programs.get(
        "background.vert", "background.frag"
    )
    assert len(objects) == 1
    objects.free()


def test_a_shader_that_the_driver_refuses_is_named(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    objects = GlObjects(gl)
    with pytest.raises(GraphicsError, match=r"cannot compile background\.vert") as caught:
        Programs(gl, objects).get("background.vert", "background.frag", frozenset({"main 1"}))
    assert caught.value.advice
    objects.free()


def test_a_refused_call_is_told_once(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    gl.glEnable(0xFFFF)
    with pytest.raises(GraphicsError, match="while testing"):
        check_errors(gl, "testing")
    check_errors(gl, "testing")


def test_what_a_surface_does_not_need_is_not_in_its_text() -> None:
    plain = shader_source("surface.frag", frozenset({"BASE_MAP"}))
    finished = shader_source("surface.frag", frozenset({"FINISHED", "VELVET"}))
    assert "velvet_share" in finished
    assert "velvet_share" not in plain
    assert "undeveloped" not in finished


def test_a_surface_that_the_driver_fails_at_is_drawn_plainer(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    objects = GlObjects(gl)
    programs = Programs(gl, objects)
    broken, plain = frozenset({"main 1"}), frozenset[str]()
    made = programs.best("background.vert", "background.frag", broken, plain)
    assert made is programs.get("background.vert", "background.frag")
    assert programs.best("background.vert", "background.frag", broken, plain) is made
    barest = programs.best("background.vert", "background.frag", broken | {"X"}, broken | {"X"})
    assert barest is programs.get("bare.vert", "bare.frag")
    objects.free()
