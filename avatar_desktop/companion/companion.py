"""The living whole: it takes what the person does and what the server says, and answers.

Verbs in, one snapshot out. It owns no widget, no socket and no clock of its own: link, stage and
time are handed in by whoever builds it, live or counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from avatar_desktop.companion.conversation import Conversation, shown
from avatar_desktop.companion.notices import Notices
from avatar_desktop.companion.replies import Replies
from avatar_desktop.companion.snapshot import LinkState, Message, Snapshot
from avatar_desktop.companion.speaking import ClipStatus
from avatar_desktop.companion.stage import Stage, served_rig
from avatar_desktop.companion.states import AvatarState, StateMachine, Trigger
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.served import codecs
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.parts import Agent, BodyState, Capabilities

log = logging.getLogger("companion")


WELCOME = "welcome"
"""The id of the row that the agent opens with; it is no message of the history."""


class Link(Protocol):
    """The way to the server, whatever carries it."""

    def say(self, text: str, client_message_id: str) -> None: ...

    def send(self, message: wire.Message) -> None: ...

    def retry_now(self) -> None: ...


class Companion:
    """One person's companion."""

    def __init__(
        self,
        *,
        new_id: Callable[[], str],
        wall_ms: Callable[[], int],
        on_change: Callable[[], None] = lambda: None,
        on_agent: Callable[[Agent], None] = lambda agent: None,
        is_served: bool = False,
    ) -> None:
        """`is_served`: the server makes the voice, and this app plays it."""
        self._new_id = new_id
        self._wall_ms = wall_ms
        self._on_change = on_change
        self._on_agent = on_agent
        self._is_served = is_served
        self._link: Link | None = None
        self._link_state: LinkState = "connecting"
        self._link_detail = "Starting the conversation server…"
        self._can_retry = False
        self._mind = ""
        self._agent = Agent(id="", name="")
        self._conversation = Conversation()
        self._notices = Notices(on_change)
        self._machine = StateMachine()
        self._avatar_detail = ""
        self._stage: Stage | None = None
        self._typing = False
        self._asked = False
        self._muted = False
        self._session = ""
        self._welcomed = False
        self._greeted = False
        self._replies = Replies(self._conversation, wall_ms)

    # What the window reads -----------------------------------------------------------------

    @property
    def notices(self) -> Notices:
        return self._notices

    @property
    def stage(self) -> Stage | None:
        return self._stage

    @property
    def machine(self) -> StateMachine:
        return self._machine

    @property
    def agent(self) -> Agent:
        return self._agent

    def snapshot(self) -> Snapshot:
        return Snapshot(
            agent_name=self._agent.name,
            messages=self._conversation.rows,
            typing=self._typing,
            avatar=self._machine.state,
            avatar_detail=self._avatar_detail,
            link=self._link_state,
            link_detail=self._link_detail,
            can_retry=self._can_retry,
            mind=self._mind,
            speaking=self._machine.state in (AvatarState.PLAYING, AvatarState.PAUSED),
            muted=self._muted,
            notices=self._notices.current,
        )

    # The person ----------------------------------------------------------------------------

    def say(self, text: str) -> str | None:
        """Send what was typed; it is kept on disk until the server has it."""
        content = text.strip()
        if not content or self._link is None:
            return None
        message_id = self._new_id()
        waits = self._link_state != "online"
        self._conversation.type(message_id, content, self._wall_ms(), waits=waits)
        self._link.say(content, message_id)
        self._asked = not waits
        if self._stage is not None and not self._muted:
            self._stage.speaking.expect()
        self._take_role(Role.THINKING if self._asked else Role.IDLE)
        self._on_change()
        return message_id

    def interrupt(self) -> None:
        """Stop the reply: the voice at once, the mind as soon as the server hears of it."""
        for message in self._replies.interrupt(self._stage):
            self._tell(message)
        self._typing = self._asked = False
        self._take_role(Role.LISTENING)
        self._on_change()

    def pause(self) -> None:
        """Hold the voice; nothing of the reply is lost."""
        if self._stage is not None and self._machine.can(Trigger.TTS_PAUSE):
            self._stage.speaking.pause()
            self._on_change()

    def resume(self) -> None:
        """Go on where the voice was held."""
        if self._stage is not None and self._machine.can(Trigger.TTS_RESUME):
            self._stage.speaking.resume()
            self._on_change()

    def typing(self, active: bool) -> None:
        """The person writes: the avatar watches."""
        if not self._typing and not self._asked:
            self._take_role(Role.LISTENING if active else Role.IDLE)
        self._tell(wire.Typing(active=active))

    def mute(self, muted: bool) -> None:
        """Without a voice replies are text, with face and gestures."""
        self._muted = muted
        if muted and self._stage is not None:
            self._stage.speaking.fall_silent()
        self._on_change()

    def touch(self, kind: str) -> None:
        """The avatar was clicked: it reacts at once and tells the server."""
        if self._stage is not None and kind == "click":
            at = self._stage.player.heard()
            self._stage.performer.do(Cue("emotion", "happy", 0.6, 0), at)
            self._stage.performer.do(Cue("gesture", "wave", 1.0, 0), at + 0.2)
            self._tell(wire.AvatarInteract(kind="click"))

    def retry_link(self) -> None:
        if self._link is not None:
            self._link.retry_now()

    # The avatar ----------------------------------------------------------------------------

    def avatar_opens(self) -> StateMachine:
        """An avatar begins to load; a closed one makes a new machine."""
        self._avatar_detail = ""
        self._notices.withdraw("retry-avatar")
        if self._machine.state is AvatarState.ERROR:
            self._machine.fire(Trigger.RETRY)
        else:
            if self._machine.state is not AvatarState.UNINITIALIZED:
                self.close_avatar()
                self._machine = StateMachine()
            self._machine.on_transition(self._tell_state)
            self._machine.fire(Trigger.AVATAR_OPEN)
        return self._machine

    def avatar_ready(self, stage: Stage) -> None:
        """The avatar stands; a stage that nobody waits for is closed at once."""
        if not self._machine.can(Trigger.MODEL_READY):
            stage.close()
            return
        self._stage = stage
        self._machine.fire(Trigger.MODEL_READY)
        self._greet()

    def avatar_failed(self, sentence: str) -> None:
        self._avatar_detail = sentence
        self._machine.fire(Trigger.MODEL_FAILED)
        self._notices.add("error", sentence, action="retry-avatar")

    def close_avatar(self) -> None:
        """Text only from here: voice, sound and body end."""
        if self._machine.state is AvatarState.DESTROYED:
            return
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()
        self._machine.fire(Trigger.AVATAR_CLOSE)

    def tick(self) -> float | None:
        """Let time pass on the stage; returns what is heard now, or None without an avatar."""
        return None if self._stage is None else self._stage.tick()

    def clip_heard(self, clip: SpeechClip, status: ClipStatus) -> None:
        """A clip started, was heard to its end, or failed: the server keeps count."""
        chars = max((word.char_end for word in clip.words), default=0)
        self._tell(
            wire.AudioControl(
                audio_id=f"audio_{self._conversation.message_of(clip.reply_id)}",
                status=status,
                heard_chars=chars if status == "COMPLETE" else None,
                timestamp=self._wall_ms(),
            )
        )

    # The link ------------------------------------------------------------------------------

    def use_link(self, link: Link) -> None:
        self._link = link

    def use_mind(self, name: str) -> None:
        self._mind = name
        self._on_change()

    def load_history(self, rows: tuple[Message, ...]) -> None:
        """What the server keeps of the conversation; replies whose end was missed end here."""
        self._replies.settle(self._stage)
        self._conversation.load(rows)
        self._on_change()

    def leave_room(self) -> None:
        """Somebody else speaks from now on, and says their own welcome."""
        self.interrupt()
        self._session, self._welcomed, self._greeted = "", False, False
        self._conversation.clear()
        self._on_change()

    def link_changed(self, state: LinkState, detail: str, *, can_retry: bool = False) -> None:
        self._link_state, self._link_detail, self._can_retry = state, detail, can_retry
        if state != "online":
            self._answered()
        self._on_change()

    def hello(self) -> list[wire.Message]:
        """What the server must know at the start of every connection."""
        return [self._state_message(self._machine.state)]

    def waiting(self, client_message_id: str, text: str, time_ms: int) -> None:
        """A message of an earlier run that is still on disk."""
        if not self._conversation.has(client_message_id):
            self._conversation.type(client_message_id, text, time_ms, waits=True)

    def receive(self, message: wire.Message) -> None:
        """Act on what the server says; unknown messages are ignored."""
        match message:
            case wire.Connected():
                self._connected(message)
            case wire.StreamStart():
                self._replies.start(
                    message, self._stage, muted=self._muted, is_served=self._is_served
                )
            case wire.PhonemeData():
                self._replies.hear_server(message, self._stage)
            case wire.StreamChunk():
                self._answered()
                self._replies.grow(message, self._stage)
            case wire.StreamEnd():
                self._answered()
                self._replies.end(message, self._stage)
            case wire.StreamError():
                self._stream_failed(message)
            case wire.TextResponse():
                self._whole_text(message)
            case wire.MessageReceived():
                self._message(message)
            case wire.Typing():
                self._typed(message)
            case wire.AvatarAnimate():
                self._animated(message)
            case wire.ErrorMessage():
                self._refused(message)
            case _:
                return
        self._on_change()

    def _connected(self, message: wire.Connected) -> None:
        self._session = message.session_id
        if message.agent is not None:
            self._agent = message.agent
            if self._stage is not None:
                self._stage.use_animations(self._agent.avatar.animations)
            self._on_agent(self._agent)
        self._greet()

    def _greet(self) -> None:
        """Once a run the agent says its welcome: in the chat, and aloud by an avatar that waves."""
        if not self._session:
            return
        welcome = self._agent.welcome_message or ""
        if welcome and not self._welcomed:
            self._conversation.received(WELCOME, "agent", welcome, self._wall_ms(), None)
        self._welcomed = True
        if self._greeted or self._stage is None:
            return
        self._greeted = True
        initial = self._agent.avatar.initial_animation
        if initial:
            self._stage.performer.animate(initial, self._stage.player.heard())
        if welcome and self._conversation.ends_with(WELCOME):
            aloud = not (self._muted or self._is_served)
            self._stage.speaking.say(WELCOME, welcome, aloud=aloud)

    def _stream_failed(self, message: wire.StreamError) -> None:
        self._answered()
        self._replies.fail(message, self._stage)
        self._notices.add("error", message.error)

    def _whole_text(self, message: wire.TextResponse) -> None:
        if not self._replies.is_text_only(message, self._stage):
            self._conversation.received(
                message.message_id, "agent", shown(message.text), self._wall_ms(), None
            )

    def _message(self, message: wire.MessageReceived) -> None:
        self._conversation.received(
            message.id, message.sender, message.content, self._wall_ms(), message.client_message_id
        )

    def _typed(self, message: wire.Typing) -> None:
        if message.visitor_id is not None:
            return
        if message.active:
            self._typing = True
            self._take_role(Role.THINKING)
        else:
            self._answered()

    def _answered(self) -> None:
        """The mind thinks no longer: its first words are here, or it gave up."""
        if self._typing or self._asked:
            self._typing = self._asked = False
            self._take_role(Role.IDLE)

    def _animated(self, message: wire.AvatarAnimate) -> None:
        if self._stage is not None:
            self._stage.performer.animate(message.animation, self._stage.player.heard())

    def _refused(self, message: wire.ErrorMessage) -> None:
        if message.client_message_id is not None:
            self._conversation.refused(message.client_message_id, message.message)
        self._answered()
        self._notices.add("warning", message.message)

    # To the server -------------------------------------------------------------------------

    def _tell(self, message: wire.Message) -> None:
        if self._link is not None:
            self._link.send(message)

    def _tell_state(self, source: AvatarState, trigger: Trigger, target: AvatarState) -> None:
        log.info("avatar state", extra={"source": source.name, "target": target.name})
        self._tell(self._state_message(target))
        self._on_change()

    def _state_message(self, state: AvatarState) -> wire.AvatarState:
        return wire.AvatarState(
            state=BodyState(int(state)),
            timestamp=self._wall_ms(),
            session_id=self._session or None,
            error=self._avatar_detail or None,
            capabilities=Capabilities(
                speech="server" if self._is_served else "client",
                supported_codecs=codecs() if self._is_served else ("s16",),
                visemes=served_rig(self._stage) if self._is_served else "arkit",
                emotions=tuple(EMOTIONS),
                gestures=self._stage.performer.gestures if self._stage else (),
            ),
        )

    def _take_role(self, role: Role) -> None:
        if self._stage is not None:
            self._stage.performer.take_role(role)
