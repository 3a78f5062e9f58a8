"""Where sound is put on the stage. Live, counted and silent players share this contract."""

from __future__ import annotations

from typing import Protocol


class Player(Protocol):
    """Plays sounds one after the other and knows what is heard."""

    def heard(self) -> float:
        """Stage position heard now, device latency included; never steps back."""
        ...

    def prepare(self) -> None:
        """Speech will come soon: a device may open now, so that its first word is not late."""
        ...

    def use_device(self, device: str | None) -> None:
        """Sound on another output from here on, None for the system's own; nothing is lost."""
        ...

    def append(self, sound_id: str, rate: int, pcm: bytes, gap: float) -> float:
        """Put s16 mono sound after all that was appended, `gap` seconds of rest before it.

        Returns the stage position at which its first sample will be heard: always a little in
        the future, so that lips can prepare.
        """
        ...

    def stop(self, fade: float = 0.03) -> float:
        """Drop all that is not heard yet; returns the stage position where silence begins."""
        ...

    def pause(self) -> float:
        """Fall silent and keep the rest; returns the stage position where silence begins."""
        ...

    def resume(self, back: float = 0.0) -> float:
        """Go on; returns by how many seconds everything not yet heard has moved later.

        The last `back` seconds before the pause are heard once more.
        """
        ...

    def close(self) -> None: ...
