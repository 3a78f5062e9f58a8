"""An open avatar: the parts that live only while it is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.rig.face_names import face_rows
from avatar_desktop.companion.speaking import ClipStatus, Speaking, SpeechStyle, Voice
from avatar_desktop.companion.states import StateMachine
from avatar_desktop.library.motions import MotionShelf
from avatar_desktop.lips.rigs import RigName, choose_rig
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.motion_files import sources_of
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.sparing import SparingPoses
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.sound.player import Player
from avatar_desktop.voice.clip import SpeechClip


@dataclass(frozen=True, slots=True)
class Stage:
    """Body, voice and sound of one avatar, born and closed together."""

    avatar: Avatar
    performer: Performer
    sparing: SparingPoses
    speaking: Speaking
    player: Player
    open_voice: Callable[[], None]
    """Starts the processes of voice and sound; what is said before is spoken then."""
    close_voice: Callable[[], None]
    animations: Mapping[str, str]
    """The avatar's own names for clips, from its card."""

    def use_animations(self, agents: Mapping[str, str]) -> None:
        """Take the agent's names for clips; they win over the card's."""
        self.performer.use_animations({**self.animations, **agents})

    def tick(self) -> float:
        """Let speech move on to what is heard now; returns that stage time."""
        heard = self.player.heard()
        self.speaking.advance(heard)
        return heard

    def pose(self, heard: float) -> Pose:
        return self.performer.pose(heard)

    def window_pose(self, heard: float, ahead: float = 0.0) -> Pose:
        """The same so many seconds later, found less often while the body is calm."""
        return self.sparing.pose(heard + ahead, heard + self.sparing.ahead)

    def close(self) -> None:
        self.speaking.interrupt()
        self.close_voice()
        self.player.close()


def rig_of(avatar: Avatar) -> RigName:
    """The face's vocabulary, by the names that the file itself uses."""
    return choose_rig(face_rows(avatar))


def served_rig(stage: Stage | None) -> RigName:
    """The vocabulary in which a server is asked for mouths; it knows none of bare jaws."""
    rig = "arkit" if stage is None else rig_of(stage.avatar)
    return "arkit" if rig == "jaw" else rig


def set_stage(
    avatar: Avatar,
    *,
    machine: StateMachine,
    player: Player,
    voice: Voice,
    open_voice: Callable[[], None] = lambda: None,
    close_voice: Callable[[], None],
    on_heard: Callable[[SpeechClip, ClipStatus], None],
    style: SpeechStyle,
    animations: Mapping[str, str],
    motions: Sequence[MotionShelf] = (),
    seed: int,
) -> Stage:
    """Put an avatar on the stage with everything it needs to speak and move."""
    body = Mixer(avatar, animations, sources_of(avatar, motions))
    performer = Performer(avatar, body, seed)
    speaking = Speaking(
        machine=machine,
        performer=performer,
        player=player,
        voice=voice,
        rig=rig_of(avatar),
        style=style,
        on_heard=on_heard,
        new_reader=lambda: ReplyReader(
            gestures=body.repertoire.gestures, poses=body.repertoire.poses
        ),
    )
    sparing = SparingPoses(performer)
    return Stage(avatar, performer, sparing, speaking, player, open_voice, close_voice, animations)
