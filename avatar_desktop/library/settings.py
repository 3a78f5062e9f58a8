"""Everything the person can choose, as one value; dialog, documents and commands grow from it.

A field that cannot be read takes its default alone: one bad line never loses the others.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec

from avatar_desktop.library.store import Store

FILE: Final = "settings.json"


def _says(label: str, help_text: str, **limits: Any) -> msgspec.Meta:
    return msgspec.Meta(title=label, description=help_text, **limits)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The person's choices."""

    avatar: Annotated[
        str, _says("Avatar", "An installed avatar's name, or a .vrm, .glb, .gltf or .zip file.")
    ] = "wren"
    agent: Annotated[str, _says("Agent", "Which agent to talk to.", min_length=1)] = "companion"
    mind: Annotated[
        str,
        _says("Mind", "builtin, the address of a local model server (URL#MODEL), or empty: found."),
    ] = ""
    server: Annotated[
        str, _says("Server", "Another conversation server's address; empty: the bundled one.")
    ] = ""
    speech: Annotated[
        Literal["app", "server"],
        _says("Who speaks", "This app; or the server, whose voice is played then."),
    ] = "app"
    voice: Annotated[str, _says("Voice", "Which voice speaks; empty: the avatar's own.")] = ""
    voice_rate: Annotated[
        float, _says("Speaking rate", "How fast the voice speaks.", ge=0.5, le=2.0)
    ] = 1.0
    voice_pitch: Annotated[float, _says("Pitch", "How high the voice speaks.", ge=0.5, le=2.0)] = (
        1.0
    )
    muted: Annotated[bool, _says("Mute", "Replies are text; face and hands go with them.")] = False
    sound_device: Annotated[
        str, _says("Speaker", "Which device plays the voice; empty: the system's own.")
    ] = ""
    theme: Annotated[
        Literal["system", "light", "dark"], _says("Appearance", "Light, dark, or as the system.")
    ] = "system"
    show_avatar: Annotated[
        bool, _says("Open the avatar at start", "When off, the conversation is text alone.")
    ] = True
    background: Annotated[
        str,
        _says("Background", "#rrggbb, #rrggbb-#rrggbb, a picture or a .hdr file; empty: our own."),
    ] = ""
    ground: Annotated[bool, _says("Ground", "A soft shadow under the feet.")] = True
    place_light: Annotated[
        bool, _says("Light from the place", "A .hdr background lights the avatar too.")
    ] = True
    overlay: Annotated[
        bool, _says("Stand on the desktop", "Start without a frame, in front of everything.")
    ] = False
    downloads: Annotated[
        bool, _says("Allow downloads", "Let an agent's avatar be fetched from its https address.")
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _says("Log", "How much the log tells.")
    ] = "info"


@dataclass(frozen=True)
class Field:
    """One setting as a dialog or a document shows it."""

    name: str
    kind: type
    default: Any
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


def fields() -> tuple[Field, ...]:
    """Every setting in the order of the dialog."""
    return tuple(_field(info) for info in msgspec.structs.fields(Settings))


def load(store: Store) -> Settings:
    """What the person chose; the defaults for all that is missing or cannot be read."""
    return store.read(FILE, _parse) or Settings()


def save(store: Store, settings: Settings) -> bool:
    """Keeps the choices; false when they live in memory only."""
    return store.write(FILE, msgspec.json.format(msgspec.json.encode(settings), indent=2))


def changed(settings: Settings, **choices: Any) -> Settings:
    """The settings with other choices; ValueError with a sentence when one is out of range."""
    merged = {**msgspec.structs.asdict(settings), **choices}
    try:
        return msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        raise ValueError(f"This cannot be set: {error}.") from error


def _parse(content: bytes) -> Settings:
    found = msgspec.json.decode(content, type=dict[str, Any])
    good: dict[str, Any] = {}
    for info in msgspec.structs.fields(Settings):
        if info.name in found:
            try:
                good[info.name] = msgspec.convert(found[info.name], info.type)
            except msgspec.ValidationError:
                continue
    return Settings(**good)


def _field(info: msgspec.structs.FieldInfo) -> Field:
    kind, meta = get_args(info.type)[:2]
    is_choice = get_origin(kind) is Literal
    return Field(
        name=info.name,
        kind=str if is_choice else kind,
        default=info.default,
        label=meta.title or info.name,
        help=meta.description or "",
        minimum=meta.ge,
        maximum=meta.le,
        choices=get_args(kind) if is_choice else (),
    )
