"""Notices go in; those that say the same of several cells become one.

A table left blank is one problem, not two hundred: lists that people read show groups, data files every single cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.model import Notice, Severity, a1

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class GroupedNotice:
    """Notices that say the same of several cells. ``notice`` is the first of them, ``cells`` their ranges."""

    notice: Notice
    cells: tuple[str, ...]
    count: int

    @property
    def where(self) -> str:
        """Sheet, ranges and, for several cells, how many."""
        parts = [
            self.notice.sheet or "",
            "、".join(self.cells),
            f"共 {self.count} 格" if self.count > 1 else "",
        ]
        return " ".join(part for part in parts if part)


def group_notices(notices: Iterable[Notice]) -> list[GroupedNotice]:
    """Merge notices that are the same but for their cell; heaviest first, otherwise in the order of first appearance."""
    groups: dict[tuple[str | None, ...], list[Notice]] = {}
    for notice in notices:
        groups.setdefault(_cause(notice), []).append(notice)
    merged = [_merged(members) for members in groups.values()]
    return sorted(merged, key=lambda group: -Severity(group.notice.severity).weight)


def _cause(notice: Notice) -> tuple[str | None, ...]:
    said = (notice.actual, notice.expected, notice.fault or notice.message, notice.hint)
    return notice.severity, notice.code, notice.sheet, *said


def _merged(members: Sequence[Notice]) -> GroupedNotice:
    cells = dict.fromkeys(notice.cell for notice in members if notice.cell)
    return GroupedNotice(members[0], tuple(cell_ranges(cells)), len(cells))


def cell_ranges(cells: Iterable[str]) -> list[str]:
    """Join A1 addresses into rectangles, top to bottom: D8, E8, D9, E9 → D8:E9. What is no address stays as it is."""
    found = [(cell, _CELL.fullmatch(cell)) for cell in cells]
    others = [cell for cell, match in found if not match]
    points = sorted({(int(match[2]) - 1, _column(match[1])) for _, match in found if match})
    return [*(_spelled(*block) for block in _rectangles(points)), *others]


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
