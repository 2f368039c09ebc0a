"""A reading goes in; the totals that were typed, differ from their parts and that nothing else explains come out.

The workbook that goes back has formulas in its totals, so such a contradiction would be gone with the next mail although
nobody resolved it. It travels along in the hidden stamp until the parts add up to what was typed, or were changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pipeline.forms.arithmetic import holds, with_totals
from pipeline.forms.form import Balance, Form
from pipeline.model import Number, Reading, Severity, by_cause
from pipeline.publishing.returning.remaining import Remaining

OpenTotals = Mapping[str, tuple[Number, Number]]
"""By key of a total: what was typed, and what its parts came to. By id of a check that failed: its two sides."""


def open_totals(form: Form, reading: Reading) -> OpenTotals:
    """Return the totals of ``reading`` that contradict their parts; none where one alone does and the rest proves the parts."""
    inputs = {cell.key: reading.numbers.get(cell.key) for cell in form.cells if not cell.defined_by}
    numbers = with_totals(form, inputs)
    found: dict[str, tuple[Number, Number]] = {}
    for table in form.tables:
        wrong = {
            cell.key: (typed, now)
            for cell in form.cells_of(table.key)
            if cell.defined_by
            and cell.key not in reading.computed
            and (typed := reading.numbers.get(cell.key)) is not None
            and (now := numbers[cell.key]) is not None
            and typed != now
        }
        if len(wrong) > 1 or not all(_is_proven(form, key, numbers) for key in wrong):
            found |= wrong
    return {**found, **_still_open(reading)}


def open_checks(form: Form, asked: Iterable[Remaining]) -> OpenTotals:
    """Return the failed checks of which no cell is known to be the wrong one; with a last year that is not in the file, none.

    Of one cause only the first: what follows from it is not told, and nobody is to be held for it.
    """
    found: dict[str, tuple[Number, Number]] = {}
    errors = (one for one in asked if one.finding.severity is Severity.ERROR)
    for one, *_ in by_cause(errors, lambda one: one.finding.cause):
        check = form.checks.get(one.finding.variant)
        left, right = one.finding.facts.get("left"), one.finding.facts.get("right")
        if check is None or check.reaches_back or one.change:
            continue
        if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
            found[check.id] = left, right
    return found


def _still_open(reading: Reading) -> dict[str, tuple[Number, Number]]:
    """Return those that an earlier file had typed and that nobody has resolved since."""
    found: dict[str, tuple[Number, Number]] = {}
    for item in reading.findings:
        if item.variant == "open_total" and item.key:
            typed, now = item.facts["typed"], item.facts["value"]
            if not isinstance(typed, str) and not isinstance(now, str):
                found[item.key] = typed, now
    return found


def _is_proven(form: Form, key: str, numbers: Mapping[str, Number | None]) -> bool:
    """Say whether each part of a total is also in a sum that defines no total, and all of those hold."""
    free = [balance for balance in form.balances if balance.rule.relation == "=" and not balance.rule.defines]
    parts = _parts(form, form.balance(form.by_key[key].defined_by))
    for part in parts:
        own = [balance for balance in free if part in _reached(form, balance)]
        if not own or not all(holds(balance, numbers) for balance in own if not balance.reaches_back):
            return False
    return True


def _parts(form: Form, balance: Balance) -> set[str]:
    """Return the inputs that a total comes from."""
    found: set[str] = set()
    for key in balance.right:
        cell = form.by_key[key]
        found |= _parts(form, form.balance(cell.defined_by)) if cell.defined_by else {key}
    return found


def _reached(form: Form, balance: Balance) -> set[str]:
    """Return the inputs that a sum without a total comes from."""
    found: set[str] = set()
    for key in balance.keys:
        cell = form.by_key.get(key)
        if cell:
            found |= _parts(form, form.balance(cell.defined_by)) if cell.defined_by else {key}
    return found
