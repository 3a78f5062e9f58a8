"""One neural model in memory: it is asked, watched, and left alone when nobody wants its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engines.onnx_graph import value_of_only, with_output
from avatar_desktop.voice.engines.watched import watched

MOST_SECONDS: Final = 60.0

Given = dict[str, NDArray[Any]]


class OnnxModel:
    """Raises VoiceError for a file that is no model, and for a phrase that it cannot say."""

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise VoiceError(
                "Neural voices need the Python package onnxruntime.",
                advice="Install avatar-desktop[voices].",
            ) from error
        runtime: Any = onnxruntime
        self._runtime = runtime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1  # a frame of the avatar is worth more than a faster phrase
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        runtime.set_seed(1)
        try:
            data = path.read_bytes()
            self.hidden = value_of_only("Ceil", data)
            """The only rounded-up value inside, shown as an output: how long each sign lasts."""
            if self.hidden:
                data = with_output(data, self.hidden)
            self._session: Any = runtime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime has a dozen kinds for a file that is no model
            raise VoiceError(
                f"The file {path.name} is cut short or is no voice.", advice="Fetch it again."
            ) from error
        self.inputs: dict[str, str] = {each.name: each.type for each in self._session.get_inputs()}
        self.outputs: list[str] = [each.name for each in self._session.get_outputs()]

    def run(self, feed: Mapping[str, Any], is_cancelled: Callable[[], bool]) -> Given | None:
        """Every output by its name; None when cancelled. What it does not read is left out."""
        options = self._runtime.RunOptions()
        options.log_severity_level = 4
        known = {name: value for name, value in feed.items() if name in self.inputs}

        def stop() -> None:
            options.terminate = True

        try:
            found = watched(
                lambda: self._session.run(None, known, options),
                is_cancelled,
                give_up=stop,
                most_seconds=MOST_SECONDS,
            )
        except VoiceError:
            raise
        except Exception as error:  # as above
            raise VoiceError("The voice cannot say this phrase.") from error
        if found is None:
            return None
        values = (np.asarray(value) for value in found)
        return dict(zip(self.outputs, values, strict=True))


def onnx_model(path: Path) -> OnnxModel:
    """The model of a file, kept until others are used or the file changes."""
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _kept(path: Path, _changed: int) -> OnnxModel:
    return OnnxModel(path)
