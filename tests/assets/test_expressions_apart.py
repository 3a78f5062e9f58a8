"""The ten expressions are told apart on the drawn face, as small as it is shown beside work."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.errors import GraphicsError
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder, rest_pose
from avatar_desktop.performer.emotions import EMOTIONS, EmotionLook, spread
from avatar_desktop.performer.face_map import FaceMap
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.framing import frame, landmarks
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer
from tests.assets.face_geometry import AVATARS, MODELS

Bar = Callable[..., None]
Floats = NDArray[np.float64]
SIZE = 256


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    try:
        context = OffscreenContext()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")
    with context:
        made = Renderer(Quality())
        yield made
        made.close()


@pytest.fixture(scope="module", params=AVATARS)
def avatar(request: pytest.FixtureRequest) -> Avatar:
    return read_avatar(MODELS / request.param / "avatar.vrm")


def _faces(renderer: Renderer, avatar: Avatar, looks: dict[str, EmotionLook]) -> dict[str, Floats]:
    """The box of the face under each look, 0 to 1."""
    at_rest = rest_pose(avatar)
    view = frame(landmarks(avatar, at_rest), "portrait", 1.0)
    eyes = at_rest.world[[avatar.humanoid[f"{side}Eye"] for side in ("left", "right")], :3, 3]
    (left, y), (right, _) = sorted(view.project(eyes, SIZE, SIZE).tolist())
    gap = right - left
    box = np.s_[
        max(0, round(y - 0.8 * gap)) : round(y + 1.2 * gap),
        max(0, round(left - 0.5 * gap)) : round(right + 0.5 * gap),
    ]
    builder, faces = PoseBuilder(avatar), FaceMap(avatar)
    drawn = {}
    for name, look in looks.items():
        local = Locals.at_rest(avatar)
        local.weights[:] = faces.weights(spread(look.upper | look.mouth, 1.0))
        nod, lean = math.radians(look.pitch) / 2, math.radians(look.tilt) / 2
        turned = (math.sin(nod), 0.0, math.sin(lean), math.cos(nod) * math.cos(lean))
        local.rotations[avatar.humanoid["head"]] = np.array(turned) / np.linalg.norm(turned)
        picture = renderer.snapshot(avatar, builder.build(local), view, SIZE, SIZE, supersample=2)
        drawn[name] = picture[box][..., :3] / 255.0
    renderer.forget(avatar)
    return drawn


def _nearest(faces: dict[str, Floats]) -> tuple[float, str]:
    """The least mean difference of two faces in percent, and which they are."""
    return min(
        (float(np.abs(faces[one] - faces[other]).mean()) * 100, f"{one} and {other}")
        for one, other in combinations(faces, 2)
    )


def test_ten_expressions_look_different(renderer: Renderer, avatar: Avatar, bar: Bar) -> None:
    apart, which = _nearest(_faces(renderer, avatar, EMOTIONS))
    bar(f"two expressions most alike on the drawn face ({which})", apart, at_least=4.0, unit="%")


def test_the_muscles_alone_tell_them_apart(renderer: Renderer, avatar: Avatar, bar: Bar) -> None:
    """Without the head's tilt: what a face on a still head says."""
    still = {name: EmotionLook(e.upper, e.mouth, 1, 1, 1, 1) for name, e in EMOTIONS.items()}
    apart, which = _nearest(_faces(renderer, avatar, still))
    bar(f"the same on a still head ({which})", apart, at_least=1.0, unit="%")


def test_an_expression_that_stands_for_two_is_seen(renderer: Renderer, avatar: Avatar) -> None:
    alias = {"happy": EMOTIONS["happy"], "excited": EMOTIONS["happy"]}
    assert _nearest(_faces(renderer, avatar, alias))[0] < 1.0
