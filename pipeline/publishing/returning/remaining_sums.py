"""The findings of one cause among the sums go in; what remains of them where every total is a formula again comes out.

A total typed by hand does not go back: the template's formula does. What failed only because of it holds now, and what
would have changed it needs no hand any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pipeline.forms.arithmetic import holds, total_of, with_totals
from pipeline.forms.form import Balance, Form, is_last_year
from pipeline.model import CellChange, Fact, Finding, Number, Reading, Suggestion
from pipeline.publishing.returning.open_totals import OpenTotals
from pipeline.publishing.returning.remaining import Remaining
from pipeline.wording.hints import RESTORED, RESTORED_OPEN, STATED, totals_in_words
from pipeline.wording.messages import spoken

Numbers = Mapping[str, Number | None]
_TYPED = frozenset(("typed_over", "typed_open"))
"""The variants of what is said of totals that were typed: formulas in what goes back."""


def settle(
    form: Form, reading: Reading, group: Sequence[Finding], contradicted: OpenTotals
) -> list[Remaining]:
    """Return what is left of ``group``, its first finding first; never nothing. ``contradicted`` are totals of which nobody knows."""
    numbers = _restored_numbers(form, reading)
    typed = _typed_over(reading, numbers, group)
    is_open = any(key in contradicted for key in typed)
    ways = tuple(_ways(form, group, numbers, is_open=is_open))
    failing = [_as_it_stands(form, found, numbers) for found in group if _fails(form, found, numbers, typed)]
    heaviest = max(group, key=lambda found: found.severity.weight)
    if typed and all(found.severity is not heaviest.severity for found in failing):
        failing.insert(0, _restored(form, reading, heaviest, typed, numbers, is_open=is_open))
    failing = failing or list(group)
    shown = ways if any(way.changes for way in ways) else ()
    return [_remaining(form, replace(found, suggestions=shown)) for found in failing]


def explained_totals(form: Form, reading: Reading, group: Sequence[Finding]) -> set[str]:
    """Return the totals of ``group`` of which a suggestion says that they are what is wrong: they stay as they are restored."""
    ways = next((one.suggestions for one in group if one.suggestions), ())
    are_totals = all(not form.by_key[change.key].is_input for way in ways for change in way.changes)
    is_sure = len(ways) == 1 and are_totals and not ways[0].is_guess
    if not is_sure and not any(
        form.by_key[change.key].is_input for way in ways[:1] for change in way.changes
    ):
        return set()
    numbers = _restored_numbers(form, reading)
    after = _after(form, ways[0].changes, numbers)
    summed = {form.checks[one.variant].left for one in group if one.variant in form.checks}
    over = _typed_over(reading, numbers, group)
    return {key for key in over if (key,) in summed and after[key] == numbers[key]}


def as_restored(form: Form, reading: Reading, found: Finding) -> Finding | None:
    """Say of a text that differs from figures of the table what these are where totals are restored; None if it differs no more."""
    claimed, stated = found.facts.get("claimed"), found.facts.get("expected")
    if not isinstance(claimed, int | Decimal) or not isinstance(stated, int | Decimal):
        return found
    numbers = _restored_numbers(form, reading)
    over = [key for key in found.keys if key in numbers and reading.numbers.get(key) != numbers[key]]
    if not over:
        return found
    now = stated + sum((numbers[key] or 0) - (reading.numbers.get(key) or 0) for key in over)
    if now == claimed or (found.variant == "exceeds" and claimed < now):
        return None
    return replace(found, facts={**found.facts, "expected": now})


def _restored_numbers(form: Form, reading: Reading) -> Numbers:
    """Return the numbers of the workbook that goes back: every total is what its parts come to."""
    return with_totals(
        form, {cell.key: reading.numbers.get(cell.key) for cell in form.cells if not cell.defined_by}
    )


def _typed_over(reading: Reading, numbers: Numbers, group: Sequence[Finding]) -> list[str]:
    """Return the totals of ``group`` that were typed and differ from their parts, the first one first."""
    keys = [change.key for found in group for way in found.suggestions for change in way.changes]
    keys += [key for found in group for key in found.keys]
    return [
        key
        for key in dict.fromkeys(keys)
        if key in numbers and key not in reading.computed and reading.numbers.get(key) not in (None, numbers[key])
    ]  # fmt: skip


def _ways(form: Form, group: Sequence[Finding], numbers: Numbers, *, is_open: bool) -> list[Suggestion]:
    """Return the suggestions, in the template's addresses, without totals; only such as still settle everything."""
    found = next((one.suggestions for one in group if one.suggestions), ())
    ways = []
    for way in found:
        changes = tuple(
            replace(change, place=form.places[change.key])
            for change in way.changes
            if form.by_key[change.key].is_input
        )
        if changes:
            ways.append(replace(way, changes=changes))
        else:
            ways.append(Suggestion(RESTORED_OPEN if is_open else RESTORED, (), way.settles))
    checks = [form.checks[one.variant] for one in group if one.variant in form.checks]
    return [way for way in ways if _settles(form, way.changes, checks, numbers, group)]


def _settles(
    form: Form,
    changes: Sequence[CellChange],
    checks: Sequence[Balance],
    numbers: Numbers,
    group: Sequence[Finding],
) -> bool:
    after = {**_past(group), **_after(form, changes, numbers)}
    return all(holds(check, after) is not False for check in checks)


def _after(form: Form, changes: Sequence[CellChange], numbers: Numbers) -> Numbers:
    steps = {change.key: change.after for change in changes}
    return with_totals(
        form, {cell.key: steps.get(cell.key, numbers[cell.key]) for cell in form.cells if not cell.defined_by}
    )


def _past(group: Sequence[Finding]) -> dict[str, Number | None]:
    """Return the figures of last year that the findings were judged by."""
    return {
        key: value
        for found in group
        for key, value in found.facts.items()
        if is_last_year(key) and not isinstance(value, str)
    }


def _fails(form: Form, found: Finding, numbers: Numbers, typed: Sequence[str]) -> bool:
    """Whether it would be found in the workbook that goes back, too."""
    if found.key in typed and found.variant not in form.checks:
        return False
    check = form.checks.get(found.variant)
    return check is None or holds(check, {**_past([found]), **numbers}) is False


def _as_it_stands(form: Form, found: Finding, numbers: Numbers) -> Finding:
    """Say the figures that stand in the workbook that goes back."""
    check = form.checks.get(found.variant)
    if check is None:
        return found
    operands = {**_past([found]), **numbers}
    known = {key: operands[key] for key in check.keys}
    facts: dict[str, Fact] = {key: value for key, value in known.items() if value is not None}
    left, right = total_of(check.left, operands), total_of(check.right, operands)
    if left is not None and right is not None:
        facts |= {"left": left, "right": right, "difference": left - right}
    return replace(found, facts={**found.facts, **facts})


def _restored(
    form: Form,
    reading: Reading,
    head: Finding,
    typed: Sequence[str],
    numbers: Numbers,
    *,
    is_open: bool,
) -> Finding:
    said = [
        (form.places[key].cell, spoken(reading.numbers[key] or 0), spoken(numbers[key] or 0)) for key in typed
    ]
    return replace(
        head,
        variant="typed_open" if is_open else "typed_over",
        place=form.places[typed[0]],
        keys=tuple(typed),
        facts={"totals": totals_in_words(said)},
    )


def _remaining(form: Form, found: Finding) -> Remaining:
    placed = replace(found, place=form.places.get(found.key or "", found.place))
    change = _to_change(form, found)
    look = tuple(key for key in found.keys[:1] if key not in change)
    return Remaining(placed, change, look, is_mended=found.variant in _TYPED)


def _to_change(form: Form, found: Finding) -> tuple[str, ...]:
    """Return the cells that are certainly to be changed: of the one suggestion, or the only one that the rule asks."""
    if found.suggestions:
        [first, *others] = found.suggestions
        is_sure = not others and not first.is_guess and first.kind != STATED
        return tuple(change.key for change in first.changes) if is_sure else ()
    check = form.checks.get(found.variant)
    own = [key for key in check.keys if not is_last_year(key)] if check else list(found.keys)
    return tuple(own) if len(own) == 1 and form.by_key[own[0]].is_input else ()
