"""A submission whose period is in doubt goes in; the figures that depend on the period come out, of which nothing can be said.

Which rows of a register count is a matter of the period: where last year's year was left in this year's register every row
would be wrong, and who mended the rows would spoil them. The period alone is to be mended; the rows are judged thereafter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.form import is_last_year
from pipeline.forms.registers import DAY_TIMES
from pipeline.wording.doubts import ABOUT_PERIOD

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.model import Submission
    from pipeline.periods import Period


def sure_period(item: Submission) -> Period | None:
    """Return the period by which the rows of ``item`` are judged; None where it states none, or another than it is asked for."""
    is_unsure = any(one.code == "F02" and one.variant in ABOUT_PERIOD for one in item.reading.findings)
    return None if is_unsure else item.year


@lru_cache(maxsize=32)
def counted_by_period(form: Form) -> frozenset[str]:
    """Return the cells that rows come to by the days in them, and the totals of such."""
    found = {
        key for key, drawn in form.drawn.items() if any(wanted[:1] in _TIMES for _, wanted in drawn.where)
    }
    while more := {cell.key for cell in form.cells if cell.key not in found and _adds(form, cell.key, found)}:
        found |= more
    return frozenset(found)


_TIMES = frozenset((time,) for time in DAY_TIMES)


def _adds(form: Form, key: str, found: set[str]) -> bool:
    own = form.by_key[key].defined_by
    return bool(own) and not found.isdisjoint(form.balance(own).right)


def is_moot(form: Form, item: Submission, check: str) -> bool:
    """Say whether nothing can be said of the sums of ``check`` before the period of ``item`` is known, nor which period was the one before."""
    if check not in form.checks or sure_period(item) is not None:
        return False
    return any(is_last_year(key) or key in counted_by_period(form) for key in form.checks[check].keys)
