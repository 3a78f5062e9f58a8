"""What other servers of the fleet may ask of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from server_stub.door.refusals import Refused

if TYPE_CHECKING:
    from server_stub.house import House


class Asked(msgspec.Struct, frozen=True):
    """What it is about."""

    room: str = ""
    user: str = ""
    message: str = ""
    agent: str = ""


async def done(house: House, deed: str, body: bytes) -> bool | None:
    """Does it; whether there was something to do. Raises Refused for what it does not know."""
    try:
        asked = msgspec.json.decode(body, type=Asked)
    except msgspec.MsgspecError as error:
        raise Refused(400, "BAD_REQUEST", "This is none of the fleet's requests.") from error
    match deed:
        case "close-room":
            return await house.close_room(asked.room)
        case "unpause":
            return await house.unpause(asked.room)
        case "use-agent":
            agent = await house.history.agent_for(asked.agent, asked.user)
            if agent is not None:
                house.use_agent(agent)
            return agent is not None
        case "answer" | "delete-message":
            found = await house.history.room_of(asked.room, asked.user)
            if found is None or await house.elsewhere(asked.room) is not None:
                return False
            if deed == "delete-message":
                return await house.delete_message(*found, asked.message)
            return bool(await house.at_work(*found).answer_waiting())
        case _:
            raise Refused(404, "HTTP", "There is no such deed.")
