"""Readings and a form go in; three long frames for pandera come out.

One row is one (submission, cell), (submission, balance) or (submission, text); the frames carry a plain running index
and ``Frame.at`` turns it back into that pair, because a million-row MultiIndex costs more than every check together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.forms.form import Form
    from pipeline.model import Reading

MICRO = 1_000_000
"""Money is compared in millionths of 万元, the smallest unit the form allows: whole numbers, hence exact."""


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
    balances: Frame
    texts: Frame


def build_frames(form: Form, readings: Sequence[Reading], levels: Sequence[str]) -> Frames:
    """Build the frames of a batch; ``levels`` are the administrative levels of the submissions' agencies."""
    numbers = np.array(
        [[_as_float(value) for value in reading.numbers.values()] for reading in readings], dtype=np.float64
    ).reshape(len(readings), len(form.cells))
    return Frames(
        cells=_cells(form, readings, numbers),
        balances=_balances(form, numbers, levels),
        texts=_texts(form, readings),
    )


def coefficients(form: Form) -> NDArray[np.float64]:
    """Return the form's balances as a matrix, (cells × balances): +1 on the left, −1 on the right of a rule."""
    matrix = np.zeros((len(form.cells), len(form.balances)))
    for column, balance in enumerate(form.balances):
        matrix[[form.by_key[key].index for key in balance.left], column] = 1
        matrix[[form.by_key[key].index for key in balance.right], column] = -1
    return matrix


def differences(form: Form, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return left − right of every balance, (submissions × balances); NaN (not assessed) while an operand is blank."""
    is_money = np.array([cell.kind == "money" for cell in form.cells])
    scaled = np.where(is_money, np.round(numbers * MICRO), numbers)
    blank = np.isnan(scaled)
    matrix = coefficients(form)
    result = np.where(blank, 0, scaled) @ matrix
    if blank.any():
        result[(blank.astype(np.float64) @ np.abs(matrix)) > 0] = np.nan
    return result


def _as_float(value: object) -> float:
    return np.nan if value is None else float(value)  # type: ignore[arg-type]


def _cells(form: Form, readings: Sequence[Reading], numbers: NDArray[np.float64]) -> Frame:
    is_money = np.array([cell.kind == "money" for cell in form.cells])
    inputs = [(column, cell.key) for column, cell in enumerate(form.cells) if cell.is_input]
    missing = np.zeros(numbers.shape, dtype=bool)
    for row, (reading, blank) in enumerate(zip(readings, np.isnan(numbers), strict=True)):
        if blank.any():
            for column, key in inputs:
                missing[row, column] = (
                    blank[column] and key in reading.places and key not in reading.unreadable
                )
    data = pd.DataFrame(
        {
            "missing": missing.ravel(),
            "count": np.where(is_money, np.nan, numbers).ravel(),
            "money": np.where(is_money, numbers, np.nan).ravel(),
        }
    )
    return Frame(data, len(form.cells))


def _balances(form: Form, numbers: NDArray[np.float64], levels: Sequence[str]) -> Frame:
    gaps = differences(form, numbers)
    for level in set(levels):
        rows = [row for row, own in enumerate(levels) if own == level]
        exempt = [column for column, balance in enumerate(form.balances) if not balance.applies_to(level)]
        gaps[np.ix_(rows, exempt)] = np.nan
    is_equation = np.array([balance.rule.relation == "=" for balance in form.balances])
    data = pd.DataFrame(
        {
            "equal": np.where(is_equation, gaps, np.nan).ravel(),
            "at_most": np.where(is_equation, np.nan, gaps).ravel(),
        }
    )
    return Frame(data, len(form.balances))


def _texts(form: Form, readings: Sequence[Reading]) -> Frame:
    missing = [
        text.required and text.key in reading.places and not reading.texts.get(text.key, "").strip()
        for reading in readings
        for text in form.texts
    ]
    return Frame(pd.DataFrame({"missing": np.array(missing, dtype=bool)}), len(form.texts))
