"""The figures of a batch, this year's and last year's, go in; the sums of every check and which of them fail come out.

The operands of every check are laid side by side and added up in one stroke, for all submissions: their places are the
form's and worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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

_AT_ONCE = 500
"""Submissions whose sums are added up together."""


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
    parts = [np.where(has_places, np.round(part * MICRO), part) for part in (numbers, past)]
    operands = np.hstack([*parts, np.zeros((len(numbers), 1))])
    checks = tuple(form.checks.values())
    left, right = (_added(operands, side) for side in _terms(form))
    left[np.isnan(right) | _exempt(checks, levels, kinds or [""] * len(levels))] = np.nan
    _silence_what_follows(form, left, right)
    return CheckSums(left, np.where(np.isnan(left), np.nan, right))


@dataclass(frozen=True, slots=True)
class _Terms:
    """One side of every check: the columns of the operands, one check after the other, and where each check begins."""

    columns: NDArray[np.intp]
    starts: NDArray[np.intp]


@lru_cache(maxsize=8)
def _terms(form: Form) -> tuple[_Terms, _Terms]:
    """Return the left and the right sides. Each check ends in the zero behind all operands, so that none is without a term."""
    checks = tuple(form.checks.values())
    left, right = [check.left for check in checks], [check.right for check in checks]
    return _side(form, left), _side(form, right)


def _side(form: Form, keys: Sequence[Sequence[str]]) -> _Terms:
    zero = 2 * len(form.cells)
    places = [[*(_row(form, key) for key in own), zero] for own in keys]
    starts = np.cumsum([0, *map(len, places)], dtype=np.intp)[:-1]
    return _Terms(np.array([at for own in places for at in own], dtype=np.intp), starts)


def _added(operands: Matrix, side: _Terms) -> Matrix:
    """Add up the operands of every check; NaN where one is blank. Some submissions at a time, for the sake of memory."""
    if not len(side.starts):
        return np.zeros((len(operands), 0))
    stretches = (operands[at : at + _AT_ONCE, side.columns] for at in range(0, len(operands), _AT_ONCE))
    found = [np.add.reduceat(stretch, side.starts, axis=1) for stretch in stretches]
    return np.vstack(found) if found else np.zeros((0, len(side.starts)))


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
