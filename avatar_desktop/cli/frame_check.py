"""How many frames a second this machine draws of our own avatar, and what the app makes of that."""

from __future__ import annotations

import time

from avatar_desktop.errors import AvatarDesktopError

SIZE = (710, 740)
"""The stage of a window as it opens."""
WARM_FRAMES, FRAMES = 3, 7
SMOOTH_SECONDS, LATE_SECONDS = 1 / 55, 1 / 22


def seconds_of_a_frame() -> float:
    """The median over a few frames, with the driver's own quality."""
    from avatar_desktop.avatar.read import read_avatar
    from avatar_desktop.library.avatars import resolve
    from avatar_desktop.library.folders import folders
    from avatar_desktop.motion.layers import standing_pose
    from avatar_desktop.render.egl import OffscreenContext
    from avatar_desktop.render.framing import frame, landmarks
    from avatar_desktop.render.objects import GlObjects
    from avatar_desktop.render.opengl import load_gl
    from avatar_desktop.render.passes import readable_framebuffer
    from avatar_desktop.render.renderer import Renderer

    places = folders(temporary=True)
    try:
        avatar = read_avatar(resolve("wren", places))
    finally:
        places.discard()
    pose = standing_pose(avatar)
    view = frame(landmarks(avatar, pose), "bust", SIZE[0] / SIZE[1])
    took: list[float] = []
    with OffscreenContext():
        gl, renderer = load_gl(), Renderer()
        objects = GlObjects(gl)
        sheet = readable_framebuffer(gl, objects, *SIZE)
        for _ in range(WARM_FRAMES + FRAMES):
            began = time.perf_counter()
            renderer.draw(avatar, pose, view, sheet, *SIZE)
            renderer.read_rgba(1, 1)  # it waits for the driver
            took.append(time.perf_counter() - began)
        objects.free()
        renderer.close()
    return sorted(took[WARM_FRAMES:])[FRAMES // 2]


def told(seconds: float) -> tuple[str, str]:
    """In words, with what to do about it."""
    detail = f"A frame takes {seconds * 1000:.0f} ms to draw"
    if seconds <= SMOOTH_SECONDS:
        return f"{detail}: motion is as smooth as the screen.", ""
    if seconds <= LATE_SECONDS:
        return f"{detail}: motion is smooth enough.", ""
    return (
        f"{detail}: the picture is made coarser to keep up.",
        "A graphics driver of the machine's own chip draws it much faster.",
    )


def report() -> tuple[bool, str, str]:
    """Whether frames can be drawn at all, in words, and what to do."""
    try:
        return (True, *told(seconds_of_a_frame()))
    except AvatarDesktopError as error:
        return False, error.message, error.advice
