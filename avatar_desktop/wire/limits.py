"""The numbers of the wire that both sides keep."""

from typing import Final

MAX_FRAME_BYTES: Final = 1_048_576
MAX_TEXT_BYTES: Final = 65_536
MAX_SERVER_FRAME_BYTES: Final = 4 * 1_048_576
"""What a client accepts: a spoken phrase with its sound may be longer than what it may send."""

HEARTBEAT_SECONDS: Final = 30.0
GONE_AFTER_SECONDS: Final = 60.0
MISSED_HEARTBEATS: Final = 3

BAD_FRAMES: Final = 10
BAD_FRAMES_SECONDS: Final = 60.0

RESUMABLE_SECONDS: Final = 60.0
REPLAY_MESSAGES: Final = 2_000
REPLAY_BYTES: Final = 8 * 1_048_576
REMEMBERED_OPERATIONS: Final = 1_000
