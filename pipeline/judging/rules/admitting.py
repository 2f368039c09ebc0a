"""The reading of a report that came as a document goes in; it comes out as one that counts, where it was read whole.

Whole means: every figure, every text asked for, and nothing that the reader was not certain of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.model import Severity

if TYPE_CHECKING:
    from pipeline.model import Finding, Reading

_CODE, _AS_SENT, _TAKEN = "F08", "document", "taken"


def admitted(reading: Reading) -> Reading:
    """Return ``reading`` without the demand for a template, if nothing else speaks against it."""
    heads = [found for found in reading.findings if _is_head(found)]
    others = [found for found in reading.findings if not _is_head(found)]
    is_whole = all(value is not None for value in reading.numbers.values())
    if not heads or not is_whole or any(found.severity is not Severity.INFO for found in others):
        return reading
    taken = tuple(replace(found, variant=_TAKEN) for found in heads)
    return replace(reading, findings=(*taken, *others))


def _is_head(found: Finding) -> bool:
    return found.code == _CODE and found.variant == _AS_SENT
