"""Writes docs/wire.md and the samples from the code: `python -m avatar_desktop.wire.document`.

A sample that is there already is never written again: old clients are tested against it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, TypeGuard, get_args, get_origin

import msgspec

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.errors import CLOSE_MEANINGS, ERROR_RULES, may_reconnect
from avatar_desktop.wire.examples import EXAMPLES
from avatar_desktop.wire.kinds import KINDS, Direction, Kind, kind_of
from avatar_desktop.wire.messages import Message
from avatar_desktop.wire.names import CALL_NAMES, EVENT_NAMES, PAYLOAD_NAMES, Vocabulary
from avatar_desktop.wire.parts import BodyState

_HERE: Final = Path(__file__).parent
SAMPLES: Final = _HERE / "samples"
DOCUMENT: Final = _HERE.parents[1] / "docs" / "wire.md"

_SPEAKERS: Final[dict[Direction, str]] = {
    "client": "client",
    "server": "server",
    "both": "both",
}


def document() -> str:
    """The whole page."""
    sections = (
        (_HERE / "rules.md").read_text(encoding="utf-8").rstrip(),
        "## Messages\n\n" + "\n".join(_messages()),
        "## Fields\n\n" + "\n\n".join(_fields_of_message(kind) for kind in KINDS),
        "## Values inside messages\n\n" + "\n\n".join(_fields_of_part(part) for part in _parts()),
        "## Errors\n\n" + "\n".join(_errors()),
        "## Close codes\n\n" + "\n".join(_close_codes()),
        "## Names of other clients\n\n" + "\n".join(_other_names()),
    )
    return "\n\n".join(sections) + "\n"


def samples() -> Iterator[tuple[str, bytes]]:
    """File name and bytes of every sample, binary and JSON."""
    for example in EXAMPLES:
        name = kind_of(example).json_type
        yield f"{name}.bin", binary.encode(example)
        yield f"{name}.json", text.encode(example).encode()


def write() -> None:
    """Writes the page, and the samples that are not there yet."""
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8", newline="\n")
    SAMPLES.mkdir(exist_ok=True)
    for name, content in samples():
        if not (SAMPLES / name).exists():
            (SAMPLES / name).write_bytes(content)


def _messages() -> Iterator[str]:
    yield "| code | name | JSON `type` | from | replayed | on interruption |"
    yield "|---|---|---|---|---|---|"
    for kind in KINDS:
        replayed = "yes" if kind.replayable else ""
        yield (
            f"| {kind.code:02X} | {kind.name} | `{kind.json_type}` "
            f"| {_SPEAKERS[kind.sent_by]} | {replayed} | {kind.fate} |"
        )


def _fields_of_message(kind: Kind) -> str:
    lines = [f"### {kind.code:02X} {kind.name}", _summary(kind.message), *_rows(kind.message)]
    example = next(message for message in EXAMPLES if kind_of(message) is kind)
    return "\n\n".join((*lines[:2], "\n".join(lines[2:]), f"```json\n{_pretty(example)}\n```"))


def _fields_of_part(part: type[msgspec.Struct]) -> str:
    heading = [f"### {part.__name__}"]
    if part.__doc__:
        heading.append(_summary(part))
    return "\n\n".join((*heading, "\n".join(_rows(part))))


def _rows(struct: type[msgspec.Struct]) -> list[str]:
    fields = msgspec.structs.fields(struct)
    if not fields:
        return ["No fields."]
    rows = [
        f"| `{field.encode_name}` | {_type_name(field.type)} | {_default(field)} |"
        for field in sorted(fields, key=lambda field: field.name in {"seq", "op_id"})
    ]
    return ["| field | type | when absent |", "|---|---|---|", *rows]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    default: Any = field.default
    if default is msgspec.NODEFAULT:
        default = field.default_factory() if callable(field.default_factory) else None
    if default is None:
        return "none"
    if isinstance(default, msgspec.Struct):
        return "its defaults"
    return f"`{msgspec.json.encode(default).decode()}`"


def _type_name(kind: Any) -> str:
    origin = get_origin(kind)
    options: tuple[Any, ...] = get_args(kind)
    for option in options:
        if isinstance(option, msgspec.Meta) and option.extra:
            return "ISO 8601" if option.extra["form"] == "iso" else "milliseconds"
    if origin is Literal:
        return " / ".join(f"`{option}`" for option in options)
    if origin is tuple:
        return f"list of {_type_name(options[0])}"
    if origin is dict:
        return f"map of {_type_name(options[0])} to {_type_name(options[1])}"
    if options:
        return " / ".join(_type_name(option) for option in options if option is not type(None))
    if kind is BodyState:
        return ", ".join(f"`{state.value}` {state.name}" for state in BodyState)
    plain = {str: "text", int: "integer", float: "number", bool: "boolean", bytes: "bytes"}
    return plain.get(kind, "anything" if kind is Any else getattr(kind, "__name__", str(kind)))


def _parts() -> list[type[msgspec.Struct]]:
    found: dict[type[msgspec.Struct], None] = {}

    def look_into(struct: type[msgspec.Struct]) -> None:
        for field in msgspec.structs.fields(struct):
            options: tuple[Any, ...] = (field.type, *get_args(field.type))
            for option in options:
                if _is_struct(option) and option not in found:
                    found[option] = None
                    look_into(option)

    for kind in KINDS:
        look_into(kind.message)
    return list(found)


def _is_struct(option: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(option, type) and issubclass(option, msgspec.Struct)


def _errors() -> Iterator[str]:
    yield "| code | meaning | may be tried again |"
    yield "|---|---|---|"
    for code, rule in ERROR_RULES.items():
        yield f"| {code.value} | {rule.meaning} | {'yes' if rule.retryable else 'no'} |"


def _close_codes() -> Iterator[str]:
    yield "| code | meaning | connect again |"
    yield "|---|---|---|"
    for code, meaning in CLOSE_MEANINGS.items():
        yield f"| {code.value} | {meaning} | {'yes' if may_reconnect(code) else 'no'} |"


def _other_names() -> Iterator[str]:
    yield "Fields in brackets are renamed, theirs → ours. Messages that are not named here take the"
    yield "binary name in the spelling of the family.\n"
    yield "| message | `{type, payload}` | `{type, callId, timestamp, data}` | events |"
    yield "|---|---|---|---|"
    families = (PAYLOAD_NAMES, CALL_NAMES, EVENT_NAMES)
    for kind in KINDS:
        names = [_names_in(vocabulary, kind) for vocabulary in families]
        if any(names):
            yield f"| {kind.name} | {' | '.join(names)} |"


def _names_in(vocabulary: Vocabulary, kind: Kind) -> str:
    rows = [row for row in vocabulary.rows if row.kind is kind]
    renamed = (
        (row.name, ", ".join(f"{theirs} → {ours}" for theirs, ours in row.fields.items()))
        for row in rows
    )
    return ", ".join(f"`{name}`" + (f" ({fields})" if fields else "") for name, fields in renamed)


def _pretty(message: Message) -> str:
    return msgspec.json.format(text.encode(message), indent=2)


def _summary(struct: type[msgspec.Struct]) -> str:
    return " ".join((struct.__doc__ or "").split())


if __name__ == "__main__":
    write()
