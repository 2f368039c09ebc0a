"""Numbers of one report go in; sums, differences and computed totals come out, exactly.

The vectorised check of a whole batch is in ``judging``; this is the same arithmetic for one report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.form import last_year
from pipeline.forms.relations import fails

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.forms.form import Balance, Form
    from pipeline.model import Number

    Numbers = Mapping[str, Number | None]


def total_of(keys: Iterable[str], numbers: Numbers) -> Number | None:
    """Add the cells; None as soon as one is blank."""
    total: Number = 0
    for key in keys:
        value = numbers.get(key)
        if value is None:
            return None
        total += value
    return total


def difference(balance: Balance, numbers: Numbers) -> Number | None:
    """Return left − right; None (not assessed) while an operand is blank."""
    left, right = total_of(balance.left, numbers), total_of(balance.right, numbers)
    return None if left is None or right is None else left - right


def holds(balance: Balance, numbers: Numbers) -> bool | None:
    """Say whether the balance holds; None is not assessed."""
    left, right = total_of(balance.left, numbers), total_of(balance.right, numbers)
    return None if left is None or right is None else not fails(balance.rule, left, right)


def with_past(numbers: Numbers, past: Numbers | None) -> Numbers:
    """Return the operands of a report's rules: its numbers and, where they are known, last year's."""
    return {**numbers, **{last_year(key): value for key, value in past.items()}} if past else numbers


def with_totals(form: Form, numbers: Numbers) -> dict[str, Number | None]:
    """Return every number in the form's order, blank computed cells filled from their parts where these are complete."""
    filled = {cell.key: numbers.get(cell.key) for cell in form.cells}
    for key, parts in form.evaluation_order:
        if filled[key] is None:
            filled[key] = total_of(parts, filled)
    return filled
