"""A stage on real devices: voice and sound in processes of their own, on the clock of the ear."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.speaking import SpeechStyle, style_of
from avatar_desktop.companion.stage import Stage, set_stage
from avatar_desktop.library.avatars import Card
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.motions import MotionShelf
from avatar_desktop.library.settings import Settings
from avatar_desktop.sound.device import LivePlayer
from avatar_desktop.voice.brought import FOLDER as VOICES
from avatar_desktop.voice.brought import located
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.speaker import VoiceWorker

REHEARSAL_PAUSE = 0.03
"""Seconds that belong to the frames between two clips."""
VOICE_STOPPED = "The voice stopped; it is being started again."


def live_stage(
    avatar: Avatar,
    card: Card | None,
    companion: Companion,
    settings: Settings,
    *,
    motions: Sequence[MotionShelf] = (),
    home: Folders | None = None,
    seed: int | None = None,
) -> Stage:
    """Build voice, sound and body of an open avatar; the stage closes them together.

    Voices that the person brought lie in their `home`; without a `seed` no life is like another.
    """
    stage: Stage | None = None

    def voiced(clip: SpeechClip) -> None:
        if stage is not None:
            stage.speaking.voiced(clip)
            stage.tick()  # the first word waits for no frame

    def not_voiced(reply_id: str, seq: int, why: str) -> None:
        if stage is not None:
            stage.speaking.not_voiced(reply_id, seq, why)
            companion.notices.add("warning", f"A phrase could not be spoken: {why}")

    def voice_changed(status: str) -> None:
        if status == "down":
            companion.notices.add("warning", VOICE_STOPPED)
        elif status == "up":
            companion.notices.withdraw(VOICE_STOPPED)

    def open_voice() -> None:
        player.start()
        if settings.speech == "app":
            voice.start()

    player = LivePlayer(
        on_trouble=lambda sentence: companion.notices.add("warning", sentence),
        on_mended=companion.notices.withdraw,
        device=settings.sound_device or None,
        starts=False,
    )
    voice = VoiceWorker(on_clip=voiced, on_failed=not_voiced, on_status=voice_changed)
    stage = set_stage(
        avatar,
        machine=companion.machine,
        player=player,
        voice=voice,
        open_voice=open_voice,
        close_voice=voice.close,
        on_heard=companion.clip_heard,
        style=live_style(card, settings, home),
        animations=card.animations if card else {},
        motions=motions,
        seed=time.time_ns() % 2**32 if seed is None else seed,
    )
    stage.use_animations(companion.agent.avatar.animations)
    threading.Thread(target=_rehearse, args=(stage,), name="rehearsal", daemon=True).start()
    return stage


def _rehearse(stage: Stage) -> None:
    """Make every clip ready, so that no frame waits until a file is read and converted."""
    for _ in stage.performer.rehearse():
        time.sleep(REHEARSAL_PAUSE)


def live_style(card: Card | None, settings: Settings, home: Folders | None) -> SpeechStyle:
    """How the avatar speaks by the person's settings, brought voices by their places."""
    style = style_of(card, settings.voice)
    voice = located(style.voice, home.data / VOICES) if home else style.voice
    return replace(style, voice=voice, rate=settings.voice_rate, pitch=settings.voice_pitch)
