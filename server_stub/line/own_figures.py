"""What one connection counts of itself; the server counts along."""

from __future__ import annotations

from avatar_desktop.wire.messages import Metrics
from server_stub.figures import Figures


class OwnFigures:
    """Owns the figures that METRICS tells to one client."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._messages = self._errors = self._reconnections = 0
        self._tts_generated = self._tts_played = 0

    def came(self, frame_size: int) -> None:
        """A frame of the client came."""
        self._messages += 1
        self._figures.count("messages")
        self._figures.count("bytes_received", frame_size)

    def failed(self) -> None:
        """Something was refused, or the client could not play a sound."""
        self._errors += 1
        self._figures.count("errors")

    def returned(self) -> None:
        """The session was taken up again."""
        self._reconnections += 1
        self._figures.count("reconnections")

    def spoke(self) -> None:
        """A phrase of speech was made for this client."""
        self._tts_generated += 1

    def played(self) -> None:
        """The client played one."""
        self._tts_played += 1
        self._figures.count("tts_played")

    def told(self) -> Metrics:
        """All of them, and the mean times of the server."""
        own = {
            "connected": 1.0,
            "messages": float(self._messages),
            "errors": float(self._errors),
            "ttsGenerated": float(self._tts_generated),
            "ttsPlayed": float(self._tts_played),
            "reconnections": float(self._reconnections),
        }
        means = {f"{name}Ms": mean for name, mean in self._figures.means().items()}
        return Metrics(figures=own | means)
