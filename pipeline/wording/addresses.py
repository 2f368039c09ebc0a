"""A1 addresses go in; as few ranges as possible come out, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.model import a1

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = 26
_NUMBERED = re.compile("（[一二三四五六七八九十0-9]{1,3}）(?=.)")
"""What a heading begins with, which would stand in brackets within brackets."""


def cell_named(where: str, label: str) -> str:
    """Name a cell as every sentence does: where it stands, and in brackets what stands there, without the number of a heading."""
    plain = _NUMBERED.sub("", label, count=1) if label.startswith("（") else label
    return f"{where}（{plain}）" if where and plain else where or label


def position(cell: str) -> tuple[int, int] | None:
    """Return the zero-based (row, column) of an address; None for what is none."""
    match = _CELL.fullmatch(cell)
    return (int(match[2]) - 1, _column(match[1])) if match else None


def around(cells: Iterable[str]) -> str:
    """Return the one range that holds all ``cells``; those that are no address do not count."""
    points = [spot for cell in cells if (spot := position(cell))]
    rows, columns = [row for row, _ in points], [column for _, column in points]
    return _spelled(min(rows), min(columns), max(rows), max(columns)) if points else ""


def cell_ranges(cells: Iterable[str]) -> list[str]:
    """Join A1 addresses into rectangles, top to bottom: D8, E8, D9, E9 → D8:E9. What is no address stays as it is."""
    found = [(cell, position(cell)) for cell in cells]
    others = [cell for cell, spot in found if not spot]
    points = sorted({spot for _, spot in found if spot})
    return [*(_spelled(*block) for block in _rectangles(points)), *others]


def spelled(form: Form, keys: Iterable[str]) -> str:
    """Say where fields stand in the template, sheet by sheet, and of several how many they are."""
    cells: dict[str, list[str]] = {sheet.name: [] for sheet in form.sheets}
    for key in dict.fromkeys(keys):
        if place := form.place_of(key):
            cells[place.sheet].append(place.cell)
    return "；".join(
        f"{sheet} {'、'.join(cell_ranges(found))}{count_of_cells(len(found))}"
        for sheet, found in cells.items()
        if found
    )


def count_of_cells(cells: int) -> str:
    """Say of several cells how many they are."""
    return f"（{cells} 格）" if cells > 1 else ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _rectangles(points: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return (top, left, bottom, right): runs along a row, joined with the same run in the row above."""
    blocks: dict[tuple[int, int, int], tuple[int, int, int, int]] = {}
    for row, left, right in _row_runs(points):
        top = blocks.pop((row - 1, left, right), (row, left, row, right))[0]
        blocks[row, left, right] = (top, left, row, right)
    return sorted(blocks.values())


def _row_runs(points: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    start: tuple[int, int] | None = None
    for number, (row, column) in enumerate(points):
        start = start or (row, column)
        following = points[number + 1] if number + 1 < len(points) else None
        if following != (row, column + 1):
            yield row, start[1], column
            start = None


def _spelled(top: int, left: int, bottom: int, right: int) -> str:
    first, last = a1(top, left), a1(bottom, right)
    return first if first == last else f"{first}:{last}"
