"""In which order surfaces are drawn, so that each covers what it should. No GL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.gpu_avatar import Draw, GpuAvatar
from avatar_desktop.render.vectors import between, dot
from avatar_desktop.render.view import View


@dataclass(frozen=True, slots=True)
class Order:
    """Everything of a frame, each group in its order."""

    solid: tuple[Draw, ...]
    """Opaque, then cut out."""
    clear: tuple[Draw, ...]
    """Light goes through them: they show what was drawn before."""
    through: tuple[Draw, ...]
    """Blended: those that write depth, then the others."""


def in_order(draws: Iterable[Draw], distance: Callable[[Draw], float]) -> Order:
    """MToon's order: the author's queue first, then from far to near."""
    solid: list[Draw] = []
    clear: list[Draw] = []
    through: list[Draw] = []
    for draw in draws:
        if "CLEAR" in draw.features:
            clear.append(draw)
        elif draw.surface.material.alpha_mode == "BLEND":
            through.append(draw)
        else:
            solid.append(draw)
    return Order(
        solid=tuple(sorted(solid, key=lambda draw: draw.surface.material.alpha_mode == "MASK")),
        clear=tuple(sorted(clear, key=distance, reverse=True)),
        through=tuple(sorted(through, key=lambda draw: (*_queue(draw), -distance(draw)))),
    )


def in_sight(gpu: GpuAvatar, pose: Pose, view: View) -> Order:
    """What is seen of an avatar in a pose."""

    def distance(draw: Draw) -> float:
        away = between(view.eye, tuple(gpu.place_of(draw, pose).tolist()))
        return dot(away, between(view.eye, view.target))

    return in_order(gpu.shown(pose, view.outfit), distance)


def writes_depth(draw: Draw) -> bool:
    """Although it is blended."""
    toon = draw.surface.material.toon
    return toon is not None and toon.z_write_when_blended


def _queue(draw: Draw) -> tuple[bool, int]:
    toon = draw.surface.material.toon
    return not writes_depth(draw), 0 if toon is None else toon.queue_offset
