"""Freed memory that stays with the process, since the next training step needs it again.

Each step makes and frees the same large blocks. By default glibc gives such blocks back to
the system, which clears every page anew when it hands them out again.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""What ``mallopt`` of glibc calls its settings."""

LARGEST_BLOCK, MOST_KEPT = 2**25, 2**26
"""Bytes of the largest block that is kept, and of all that is kept at the end of the heap."""


@contextmanager
def keeping_freed() -> Iterator[None]:
    """Keep what is freed, and give it back in the end; nothing is done without glibc.

    Notes
    -----
    The settings stay: they are those to which glibc comes by itself once the largest
    block that it may keep has been freed.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    mallopt, trim = (getattr(library, name, None) for name in ("mallopt", "malloc_trim"))
    if mallopt is None or trim is None:
        yield
        return
    mallopt(MMAP_THRESHOLD, LARGEST_BLOCK)
    mallopt(TRIM_THRESHOLD, MOST_KEPT)
    try:
        yield
    finally:
        trim(0)
