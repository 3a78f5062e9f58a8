"""The life of one avatar as a table: states, triggers, and nothing that is not in the table."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum

from avatar_desktop.errors import StateError


class AvatarState(IntEnum):
    """The numbers are those of the wire."""

    UNINITIALIZED = 0
    INITIALIZING = 1
    READY = 2
    PLAYING = 3
    ERROR = 4
    PAUSED = 5
    DESTROYED = 6


class Trigger(Enum):
    AVATAR_OPEN = "AVATAR_OPEN"
    MODEL_READY = "MODEL_READY"
    MODEL_FAILED = "MODEL_FAILED"
    TTS_START = "TTS_START"
    TTS_COMPLETE = "TTS_COMPLETE"
    TTS_PAUSE = "TTS_PAUSE"
    TTS_RESUME = "TTS_RESUME"
    RETRY = "RETRY"
    AVATAR_CLOSE = "AVATAR_CLOSE"

    @classmethod
    def named(cls, name: str) -> Trigger:
        """Look a trigger up by its own name or by the brief's other name, in any case."""
        upper = name.upper()
        return cls(_OTHER_NAMES.get(upper, upper))


_OTHER_NAMES = {
    "UNITY_HANDSHAKE_COMPLETE": "MODEL_READY",
    "UNITY_LOAD_FAILED": "MODEL_FAILED",
}

TRANSITIONS: dict[tuple[AvatarState, Trigger], AvatarState] = {
    (AvatarState.UNINITIALIZED, Trigger.AVATAR_OPEN): AvatarState.INITIALIZING,
    (AvatarState.INITIALIZING, Trigger.MODEL_READY): AvatarState.READY,
    (AvatarState.INITIALIZING, Trigger.MODEL_FAILED): AvatarState.ERROR,
    (AvatarState.READY, Trigger.TTS_START): AvatarState.PLAYING,
    (AvatarState.PLAYING, Trigger.TTS_COMPLETE): AvatarState.READY,
    (AvatarState.PLAYING, Trigger.TTS_PAUSE): AvatarState.PAUSED,
    (AvatarState.PAUSED, Trigger.TTS_RESUME): AvatarState.PLAYING,
    (AvatarState.PAUSED, Trigger.TTS_COMPLETE): AvatarState.READY,
    (AvatarState.ERROR, Trigger.RETRY): AvatarState.INITIALIZING,
} | {
    (state, Trigger.AVATAR_CLOSE): AvatarState.DESTROYED
    for state in AvatarState
    if state is not AvatarState.DESTROYED
}

SPEAKING_ALLOWED = frozenset({AvatarState.READY, AvatarState.PLAYING})

StateListener = Callable[[AvatarState, Trigger, AvatarState], None]


class StateMachine:
    """One avatar's life; every transition is told once to every listener, in order."""

    def __init__(self) -> None:
        self._state = AvatarState.UNINITIALIZED
        self._listeners: list[StateListener] = []

    @property
    def state(self) -> AvatarState:
        return self._state

    @property
    def may_speak(self) -> bool:
        return self._state in SPEAKING_ALLOWED

    def on_transition(self, listener: StateListener) -> None:
        self._listeners.append(listener)

    def can(self, trigger: Trigger) -> bool:
        return (self._state, trigger) in TRANSITIONS

    def fire(self, trigger: Trigger) -> AvatarState:
        """Take a trigger, or refuse it with a StateError that changes nothing."""
        target = TRANSITIONS.get((self._state, trigger))
        if target is None:
            raise StateError(self._state.name, trigger.value)
        source, self._state = self._state, target
        for listener in tuple(self._listeners):
            listener(source, trigger, target)
        return target
