"""How often Python looks for values that only hold each other: seldom, for a run makes many values and hardly any such.

What is freed in the usual way, when nothing refers to it, is freed at once as ever. Looking costs a tenth of a run.
"""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50


def look_seldom() -> None:
    """Leave what is there by now alone, and look through what comes once for fifty thousand values."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
