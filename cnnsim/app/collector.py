"""Keep Python's cycle collector from holding up the window.

A full collection walks every object of a loaded compiler and takes a tenth of a second, during which no thread runs
Python. What is loaded once is never garbage, so it is set aside and never walked again.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def set_aside() -> None:
    """Exempt everything that exists now from collections."""
    gc.freeze()


@contextmanager
def no_collection() -> Iterator[None]:
    """Load or compile something large without a collection, and set aside what is there afterwards."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
