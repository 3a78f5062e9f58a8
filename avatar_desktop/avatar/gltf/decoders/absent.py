"""What to say when the library that unpacks something is not installed."""

from __future__ import annotations

from avatar_desktop.errors import AvatarError


def absent(what: str, package: str, place: str) -> AvatarError:
    """The one error of a missing decoder; its kind is "extension"."""
    return AvatarError(
        f"{what}, and the library {package} that unpacks them is not installed.",
        kind="extension",
        place=place,
        advice=f"Install {package} beside the app, or export the avatar without packing.",
    )
