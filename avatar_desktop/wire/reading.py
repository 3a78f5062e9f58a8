"""Fields in, message out, forgiving about form: either form of a moment, states by name, nulls.

Raises BadFrame for whatever is still no message; keeps nothing and never guesses a required field.
"""

from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, cast, get_args, get_origin

import msgspec

from avatar_desktop.wire.errors import BadFrame
from avatar_desktop.wire.instants import iso, milliseconds
from avatar_desktop.wire.messages import Message
from avatar_desktop.wire.parts import BodyState

M = TypeVar("M", bound=Message)

# What msgspec and the conversions of moments raise on foreign bytes, and nothing wider.
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)


def read(message: type[M], fields: dict[str, Any]) -> M:
    """The message that these fields are, or BadFrame with what is wrong in one sentence."""
    try:
        return msgspec.convert(_settled(message, fields), message)
    except UNREADABLE as error:
        raise BadFrame(f"{message.__name__} cannot be read: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).rstrip(".")[:200]


def _settled(struct: type[msgspec.Struct], fields: dict[str, Any]) -> dict[str, Any]:
    forms = _forms(struct)
    settled: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        form = forms.get(name)
        if form is None:
            settled[name] = value
        elif isinstance(form, str):
            settled[name] = _in_form(form, value)
        elif isinstance(value, dict):
            settled[name] = _settled(form, cast(dict[str, Any], value))
        else:
            settled[name] = value
    return settled


def _in_form(form: str, value: Any) -> Any:
    if isinstance(value, datetime):  # the timestamp extension of MessagePack
        value = value.isoformat()
    if form == "state":
        return _state(value)
    if form == "iso":
        return iso(milliseconds(value) if isinstance(value, str) else round(value))
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else milliseconds(value)
    return round(value) if isinstance(value, float) else value


def _state(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    name = value.strip().upper()
    if name == "LOADING":
        return BodyState.INITIALIZING.value
    if name not in BodyState.__members__:
        raise ValueError("the state is none of " + ", ".join(BodyState.__members__))
    return BodyState[name].value


@cache
def _forms(struct: type[msgspec.Struct]) -> dict[str, str | type[msgspec.Struct]]:
    """Which fields need settling: a form's name, or the struct that lies inside."""
    forms: dict[str, str | type[msgspec.Struct]] = {}
    for field in msgspec.structs.fields(struct):
        options = [field.type, *(get_args(field.type) if get_origin(field.type) else ())]
        for option in options:
            if option is BodyState:
                forms[field.encode_name] = "state"
            elif isinstance(option, type) and issubclass(option, msgspec.Struct):
                forms[field.encode_name] = option
            elif isinstance(option, msgspec.Meta) and option.extra:
                forms[field.encode_name] = str(option.extra["form"])
    return forms
