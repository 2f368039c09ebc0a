"""How often this process looks for objects that hold each other and nothing else does.

A run holds hundreds of thousands of values that live until it ends, and each look goes through them: an eighth of its time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 20, 50)
"""New objects between two looks at the youngest, and how many such looks until older ones are gone through."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look seldom until the work is done."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
