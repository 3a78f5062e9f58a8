"""A ceiling for the memory that a library may take while it unpacks.

For packings whose appetite no header tells. Linux only: elsewhere nothing can be capped this way.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_alone = threading.Lock()


@contextmanager
def memory_ceiling(extra: int) -> Generator[None]:
    """Let the process grow by `extra` bytes; what asks for more inside gets a MemoryError.

    The limit is the process's own, so it is far above honest needs and stands only for one call.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    with _alone:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        ceiling = pages * os.sysconf("SC_PAGE_SIZE") + extra
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            ceiling = min(ceiling, soft)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
