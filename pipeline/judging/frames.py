"""Readings and a form go in; two long frames for pandera come out.

One row is one (submission, cell) or (submission, check); the frames carry a plain running index
and ``Frame.at`` turns it back into that pair, because a million-row MultiIndex costs more than every check together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.judging.sums import failing, figures, past_figures, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.forms.form import Form
    from pipeline.model import PastReport, Reading


_AMOUNTS = "C07"
"""The rule of amounts that are too exact or too large."""


def largest_amount(form: Form) -> float:
    """Return the 万元 from which an amount is too large."""
    amounts = form.basics.get(_AMOUNTS)
    return amounts.limits["largest"] if amounts else np.inf


@dataclass(frozen=True, slots=True)
class Frame:
    """A long frame of ``width`` rows for each submission."""

    data: pd.DataFrame
    width: int

    def at(self, row: int) -> tuple[int, int]:
        """Return (submission, item) of a row."""
        return divmod(row, self.width)


@dataclass(frozen=True, slots=True)
class Frames:
    """What pandera gets."""

    cells: Frame
    checks: Frame


def build_frames(
    form: Form, readings: Sequence[Reading], levels: Sequence[str], pasts: Sequence[PastReport | None]
) -> Frames:
    """Build the frames of a batch: the readings, the levels of their agencies, and their last year's reports."""
    numbers = figures(form, readings)
    return Frames(
        cells=_cells(form, readings, numbers, levels),
        checks=_checks(form, numbers, past_figures(form, pasts), levels),
    )


def _cells(
    form: Form, readings: Sequence[Reading], numbers: NDArray[np.float64], levels: Sequence[str]
) -> Frame:
    is_money = np.array([cell.kind == "money" for cell in form.cells])
    inputs = [(column, cell.key) for column, cell in enumerate(form.cells) if cell.is_input]
    missing = np.zeros(numbers.shape, dtype=bool)
    for row, (reading, blank) in enumerate(zip(readings, np.isnan(numbers), strict=True)):
        if blank.any():
            for column, key in inputs:
                missing[row, column] = (
                    blank[column] and key in reading.places and key not in reading.unreadable
                )
    money = np.where(is_money, numbers, np.nan)
    amounts = form.basics.get(_AMOUNTS)
    bound = np.array([amounts is not None and amounts.applies_to(level) for level in levels], dtype=bool)
    data = pd.DataFrame(
        {
            "missing": missing.ravel(),
            "count": np.where(is_money, np.nan, numbers).ravel(),
            "money": money.ravel(),
            "decimals": (money if amounts else np.full_like(money, np.nan)).ravel(),
            "size": np.where(bound[:, None], money, np.nan).ravel(),
        }
    )
    return Frame(data, len(form.cells))


def _checks(
    form: Form, numbers: NDArray[np.float64], past: NDArray[np.float64], levels: Sequence[str]
) -> Frame:
    """Lay out the checks: the differences of balances, and for other relations 1 where one fails; NaN is not assessed."""
    found = sums(form, numbers, past, levels)
    shape = found.left.shape
    columns = {name: np.full(shape, np.nan) for name in ("equal", "at_most", "outside")}
    for column, check in enumerate(form.checks.values()):
        left, right = found.left[:, column], found.right[:, column]
        match check.rule.relation:
            case "=":
                columns["equal"][:, column] = left - right
            case "<=":
                columns["at_most"][:, column] = left - right
            case _:
                outside = failing(form, check, left, right)
                columns["outside"][:, column] = np.where(np.isnan(left), np.nan, outside)
    return Frame(pd.DataFrame({name: values.ravel() for name, values in columns.items()}), shape[1])
