"""The rows of a register go in; those that were pasted some columns off come out under their headings, and one finding says so.

Every value of such a row is no value of its column and one of that beside it: the kinds of the columns prove how far it is off.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.intake.read.register_heads import is_blank
from pipeline.model import Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.register_copies import ListedRows
    from pipeline.intake.read.register_heads import Head
    from pipeline.model import Fact

_SHIFTS = (1, -1, 2, -2, 3, -3)
"""Columns by which a paste may be off, the likeliest first."""
_LEAST = 3
"""Values that have to prove it."""
_AT_HOME, _OFF = 1 / 3, 0.8
"""The share of values that may be right where they stand, and that must be once they are moved."""


def straightened(register: Register, listed: ListedRows) -> tuple[ListedRows, tuple[Finding, ...]]:
    """Return the rows under their headings; ``head`` moves along where all of them were off."""
    kinds = RowKinds(register)
    off = [row for row, cells in enumerate(listed.rows) if kinds.is_off(cells)]
    moved = {row: {by: _moved(listed.head, listed.lines[row], by) for by in _SHIFTS} for row in off}
    proven = Counter(
        next((by for by, cells in ways.items() if kinds.proves(cells)), 0) for ways in moved.values()
    )
    by, count = max(((by, proven[by]) for by in _SHIFTS), key=lambda way: way[1], default=(0, 0))
    if not count:
        return listed, ()
    right = {row: ways[by] for row, ways in moved.items() if kinds.share(ways[by]) >= _OFF}
    rows = [right.get(row, cells) for row, cells in enumerate(listed.rows)]
    columns = tuple(max(-1, column + by) if column >= 0 else column for column in listed.head.columns)
    head = replace(listed.head, columns=columns) if len(right) == len(rows) else listed.head
    lines = [listed.lines[row] + 1 for row in right]
    facts: dict[str, Fact] = {
        "table": register.name, "way": "右" if by > 0 else "左", "back": "左" if by > 0 else "右",
        "columns": abs(by), "rows": len(right), "first": lines[0], "last": lines[-1],
    }  # fmt: skip
    place = Place(listed.head.sheet.name, a1(lines[0] - 1, max(0, listed.head.columns[0])))
    found = Finding.found("F05", place, (), "rows_shifted", facts)
    return replace(listed, head=head, rows=rows), (found,)


class RowKinds:
    """The columns of a register by whose values its rows are known: all but texts of no certain spelling."""

    def __init__(self, register: Register) -> None:
        columns = enumerate(register.columns)
        self._kinds = {n: register.kinds[n] for n, own in columns if own.kind != "text" or own.pattern}
        self._spelled = {n: re.compile(own.pattern) for n, own in enumerate(register.columns) if own.pattern}
        self._needed = [n for n in self._kinds if register.columns[n].required]
        self._known: dict[tuple[int, Raw], bool] = {}

    def is_off(self, cells: Sequence[Raw]) -> bool:
        """Say whether hardly any value of a row is one of its column."""
        if self._needed and all(self._is_value(n, cells[n]) for n in self._needed[-1:]):
            return False  # nearly every row
        return self.share(cells) <= _AT_HOME

    def proves(self, cells: Sequence[Raw]) -> bool:
        """Say whether all values of a row are of their columns, and enough of them."""
        filled = [n for n in self._kinds if not is_blank(cells[n])]
        is_whole = all(n in filled for n in self._needed)
        return is_whole and len(filled) >= _LEAST and self.share(cells) == 1

    def share(self, cells: Sequence[Raw]) -> float:
        """Return which share of what stands in a row is of its column; 0 where nothing does."""
        filled = [n for n in self._kinds if not is_blank(cells[n])]
        return sum(self._is_value(n, cells[n]) for n in filled) / max(1, len(filled))

    def _is_value(self, number: int, value: Raw) -> bool:
        if is_blank(value):
            return False
        if (number, value) not in self._known:
            typed, pattern = self._kinds[number].read(value), self._spelled.get(number)
            is_spelled = pattern is None or pattern.fullmatch(typed.value) is not None
            self._known[number, value] = typed.raw is None and is_spelled
        return self._known[number, value]


def _moved(head: Head, line: int, by: int) -> list[Raw]:
    return [head.sheet.at(line, column + by) if column >= 0 else "" for column in head.columns]
