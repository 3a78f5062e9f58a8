from __future__ import annotations

from collections.abc import Iterator

import pytest

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer


@pytest.fixture(scope="module")
def context() -> Iterator[OffscreenContext]:
    try:
        made = OffscreenContext()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")
    with made:
        yield made


@pytest.fixture
def renderer(context: OffscreenContext) -> Iterator[Renderer]:
    context.make_current()
    drawn = Renderer(Quality(msaa=1, shadow_size=256, shadow_taps=5))
    yield drawn
    refused = load_gl().glGetError()
    drawn.close()
    assert refused == 0, f"the driver refused a call: 0x{refused:04x}"
