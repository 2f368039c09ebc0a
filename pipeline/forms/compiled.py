"""What a form is written in goes in; the form comes out as it was built before, or is built now and kept.

Building takes as long as reading a dozen files. What is kept is data: of the classes of a form, and nothing that could do
anything when it is read.
"""

from __future__ import annotations

import io
import pickle
import platform
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from pipeline.forms.library import FORM_SOURCES
from pipeline.machine import cache
from pipeline.machine.digest import digest_of, sources

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_OURS = ("pipeline.model", "pipeline.forms.")
_PLAIN = {("builtins", "frozenset"), ("decimal", "Decimal")}


def built(form_id: str, written: Sequence[object], build: Callable[[], Form]) -> Form:
    """Return the form that ``build`` makes of ``written`` (and of nianbao itself). Raises what ``build`` does."""
    name = f"{digest_of((form_id, *written, sources(FORM_SOURCES), platform.python_version()))}.form"
    known = cache.recall(name)
    form = _understood(known) if known else None
    if form is None:
        form = build()
        cache.keep(name, pickle.dumps(form, pickle.HIGHEST_PROTOCOL))
    return form


def _understood(content: bytes) -> Form | None:
    from pipeline.forms.form import Form  # noqa: PLC0415 - form is what imports everything else

    try:
        found = _Data(io.BytesIO(content)).load()
    except Exception:  # noqa: BLE001 - whatever it is, it is no form, and one can be built
        return None
    return found if isinstance(found, Form) else None


class _Data(pickle.Unpickler):
    """Makes values of the classes of a form, nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as it is declared
        """Return a class of which values may be made. Raises UnpicklingError."""
        if module.startswith(_OURS) or (module, name) in _PLAIN:
            found = super().find_class(module, name)
            if (module, name) in _PLAIN or is_dataclass(found) or issubclass(found, Enum):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
