"""Texts and figures go in; what a workbook can hold of them, and the room they take, comes out."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from pipeline.forms.layout import LONGEST_SHEET_NAME
from pipeline.model import Number

MOST_HEIGHT = 409.0
"""Points; Excel has no higher row."""
PORTRAIT_COLUMNS = 10
"""A printed table with more columns lies across the page."""
_ROWS_OF_A_PAGE = 45
"""As many rows of a table are still legible where all are printed on one page."""
_LABEL_WIDTHS: Mapping[int, list[float]] = {0: [], 1: [34.0], 2: [14.0, 34.0], 3: [7.0, 13.0, 34.0]}
_WIDE, _NARROW = 17.0, 9.0
_BESIDE = 5 / 7
"""Digits that Excel adds to the width of every column: 5 pixels, of a digit's 7."""
_MARGIN = 1.5
"""Digits of a column that stay free beside an indented text: 15 pixels, less those 5."""
_FEW_COLUMNS = 4


def grid_widths(labels: int, values: int) -> list[float]:
    """Return how wide the columns of a printed table are: so many of ``labels``, so many of ``values``."""
    return [*_LABEL_WIDTHS[labels], *[_WIDE if values < _FEW_COLUMNS else _NARROW] * values]


def pages_high(rows: int) -> int:
    """Return on how many pages a table of so many rows is printed: one, or 0 for as many as it takes."""
    return 1 if rows <= _ROWS_OF_A_PAGE else 0


def sheet_name(text: str, ending: str) -> str:
    """Join a sheet name that Excel accepts."""
    return f"{text[: LONGEST_SHEET_NAME - len(ending)]}{ending}"


def stored(value: Number | float) -> float:
    """Return the figure as a workbook stores it."""
    return float(value) if isinstance(value, Decimal) else value


def rounded(value: float, digits: int) -> float:
    """Round as the ROUND of a workbook does: halves away from zero, seen in the fifteen digits it reckons with."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) or 0.0


def lines_of(text: str, width: float, *, spread: float = 1.02) -> int:
    """Estimate the lines ``text`` takes in a cell ``width`` digits wide.

    ``spread`` is how much wider than its nominal width the type comes out.
    """
    room = max(2.0, width - _MARGIN)
    if 2 * len(text) * spread <= room and "\n" not in text:
        return 1  # whatever its characters are
    return sum(_wrapped(line, room, spread) for line in text.split("\n"))


def _wrapped(line: str, room: float, spread: float) -> int:
    """Estimate the lines of what holds no line break; the address of a page breaks only behind its signs."""
    lines = max(1, math.ceil(display_width(line) * spread / room))
    return lines + 1 if lines > 1 and "/" in line and line.isascii() else lines


def joined(widths: Sequence[float]) -> float:
    """Return how many digits wide the one cell is that columns of these widths are merged into."""
    return sum(widths) + _BESIDE * (len(widths) - 1)


def display_width(text: str) -> int:
    """Count the columns of a monospaced line: two for a Chinese character, one for a Latin one."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
