"""Loading libraries without looking for garbage among what they bring.

Standard library only: it is needed before anything else is loaded.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage for as long as modules are imported.

    Notes
    -----
    What modules define stays to the end, and the more there is of it the longer every
    search takes: a fifth of the time in which torch is imported.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
