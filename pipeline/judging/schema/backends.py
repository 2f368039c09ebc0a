"""What pandera validates frames by, loaded at once and without what it only makes up examples with.

pandera loads hypothesis where that is installed, as it is wherever nianbao is developed: a quarter of a second for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

__all__ = ["pa"]

_EXAMPLES = "hypothesis"


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let a package that is not loaded yet look as if it were not installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # what the import system takes for a package that is not there
    try:
        yield
    finally:
        del sys.modules[name]


with _without(_EXAMPLES):
    import pandera.pandas as pa

    pa.DataFrameSchema.register_default_backends(pd.DataFrame)
