"""Cells and texts go in; rectangles of a sheet and sizes on paper come out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from pipeline.forms.formulas import quoted
from pipeline.forms.layout import Position
from pipeline.model import a1
from pipeline.publishing.workbook.measure import MOST_HEIGHT, lines_of

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, zero-based."""
TYPE_SIZE, LINE_HEIGHT = 11.0, 15.5
"""Points one line of 11-point text takes in Excel, WPS and LibreOffice alike."""


def rectangles(positions: Iterable[Position]) -> list[Area]:
    """Join cells of one sheet into rectangles: runs along rows, then equal runs below each other."""
    cells = sorted({(row, column) for _, row, column in positions})
    tagged = [(row, column - number, column) for number, (row, column) in enumerate(cells)]
    areas: list[Area] = []
    for _, group in groupby(tagged, key=lambda item: item[:2]):
        run = list(group)
        row, left, right = run[0][0], run[0][2], run[-1][2]
        above = next((area for area in areas if area[1:] == (left, row - 1, right)), None)
        if above:
            areas.remove(above)
        areas.append((above[0] if above else row, left, row, right))
    return areas


def address(sheet: str, area: Area) -> str:
    """Spell a rectangle for a formula on another sheet."""
    first, last = a1(area[0], area[1]), a1(area[2], area[3])
    return f"{quoted(sheet)}!{first}" if first == last else f"{quoted(sheet)}!{first}:{last}"


def line_count(text: str, width: float) -> int:
    """Estimate the lines ``text`` takes in a cell ``width`` digits wide."""
    return lines_of(text, width, spread=1.0)


def row_height(*cells: tuple[str, float], least: float = 20.0, size: float = TYPE_SIZE) -> float:
    """Return the points a row needs for cells of (text, width), in type of ``size`` points."""
    scale = size / TYPE_SIZE
    lines = max((line_count(text, width / scale) for text, width in cells), default=1)
    return min(MOST_HEIGHT, max(least, lines * LINE_HEIGHT * scale + 5))
