"""The figures of a batch, this year's and last year's, go in; the sums of every check and which of them fail come out.

One product with the form's matrix of terms gives the sums of all checks of all submissions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.forms.form import is_last_year, this_year
from pipeline.forms.relations import fails
from pipeline.forms.values.numbers import PLACES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.forms.form import Balance, Form
    from pipeline.model import PastReport, Reading

    Matrix = NDArray[np.float64]

MICRO: int = 10**PLACES
"""What may have decimals is compared in millionths, the smallest unit a form allows: whole numbers, hence exact."""


@dataclass(frozen=True, slots=True)
class CheckSums:
    """The two sums of every check, (submissions × checks), money in millionths; NaN where a check is not assessed."""

    left: Matrix
    right: Matrix


def figures(form: Form, readings: Sequence[Reading]) -> Matrix:
    """Return the numbers of the readings, (submissions × cells); NaN is blank."""
    rows = [[_as_float(value) for value in reading.numbers.values()] for reading in readings]
    return np.array(rows, dtype=np.float64).reshape(len(readings), len(form.cells))


def past_figures(form: Form, pasts: Sequence[PastReport | None]) -> Matrix:
    """Return last year's numbers in the same way."""
    found = np.full((len(pasts), len(form.cells)), np.nan)
    for row, past in enumerate(pasts):
        if past:
            found[row] = [_as_float(past.numbers.get(cell.key)) for cell in form.cells]
    return found


def sums(
    form: Form, numbers: Matrix, past: Matrix, levels: Sequence[str], kinds: Sequence[str] = ()
) -> CheckSums:
    """Add up both sides of every check that binds a submission and whose operands are all there."""
    has_places = np.array([not cell.number.is_whole for cell in form.cells])
    operands = np.hstack([np.where(has_places, np.round(part * MICRO), part) for part in (numbers, past)])
    blank = np.isnan(operands)
    known = np.where(blank, 0, operands)
    checks = tuple(form.checks.values())
    sides = [terms(form, [check.left for check in checks]), terms(form, [check.right for check in checks])]
    left, right = (known @ side for side in sides)
    unknown = (blank.astype(np.float64) @ (sides[0] + sides[1])) > 0
    unknown |= _exempt(checks, levels, kinds or [""] * len(levels))
    left[unknown] = np.nan
    _silence_what_follows(form, left, right)
    return CheckSums(left, np.where(np.isnan(left), np.nan, right))


def terms(form: Form, sides: Sequence[Sequence[str]]) -> Matrix:
    """Return the terms of one side of every check as a matrix of how often each counts, (this year's and last year's cells × checks)."""
    matrix = np.zeros((2 * len(form.cells), len(sides)))
    for column, keys in enumerate(sides):
        for key in keys:
            matrix[_row(form, key), column] += 1
    return matrix


def failing(form: Form, check: Balance, left: Matrix, right: Matrix) -> NDArray[np.bool_]:
    """Say which submissions fail ``check``, given the columns of its sums."""
    unit = 1 if form.by_key[check.anchor].number.is_whole else MICRO
    found: NDArray[np.bool_] = fails(check.rule, left, right, unit) & ~np.isnan(left)
    return found


def _row(form: Form, key: str) -> int:
    return form.by_key[this_year(key)].index + (len(form.cells) if is_last_year(key) else 0)


def _exempt(checks: Sequence[Balance], levels: Sequence[str], kinds: Sequence[str]) -> NDArray[np.bool_]:
    bodies = list(zip(levels, kinds, strict=True))
    by_body = {body: [not check.applies_to(*body) for check in checks] for body in set(bodies)}
    return np.array([by_body[body] for body in bodies], dtype=bool).reshape(len(levels), len(checks))


def _silence_what_follows(form: Form, left: Matrix, right: Matrix) -> None:
    """Leave a check unassessed where one that contains it fails; changes ``left``."""
    columns = {check_id: column for column, check_id in enumerate(form.checks)}
    for check in form.checks.values():
        for before in check.after:
            at = columns[before]
            failed = failing(form, form.checks[before], left[:, at], right[:, at])
            left[failed, columns[check.id]] = np.nan


def _as_float(value: object) -> float:
    return np.nan if value is None else float(value)  # type: ignore[arg-type]
