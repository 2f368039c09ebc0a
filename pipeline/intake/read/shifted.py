"""A block of a table and its sheet go in; where its figures stand if they were pasted at the wrong place comes out.

Figures may stand some rows or columns off, or with a line among them that the form does not have: a subtotal, a heading.
The totals that were pasted along decide: within a row they prove the columns, within a column the rows. Only what they
prove alone is read from elsewhere. Where lines are missing, sums cannot tell which: such a block is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.forms.form import is_last_year
from pipeline.forms.values.typed import type_cell

if TYPE_CHECKING:
    from pipeline.forms.form import Balance, Cell, Form, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.spreadsheet import Raw, SheetData
    from pipeline.model import Number

Line = tuple[int | None, ...]
"""For each row (or column) of the block the row (column) of the sheet it is read from; None: it is not there."""
Spots = Mapping[str, tuple[int, int]]

_UP, _DOWN, _LEFT, _RIGHT = 3, 10, 2, 3
"""How far off a paste is looked for."""
_EXTRA = 2
"""Lines that a paste may have too many, or too few."""
_PROOF = 3
"""Totals that are not zero and come out right, from which a place is proven."""
_NO_CHANCE = 3
"""Where the last part is the sum of the others in every row, from which figure on that is no chance."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A block that stands elsewhere. ``spots`` is empty where its place is not proven."""

    spots: Spots
    rows: int = 0
    columns: int = 0
    extra: str = ""
    """Where a line stands that the form does not have: 行 or 列."""
    lacking: str = ""
    """行 or 列, of which some seem to be missing."""


@dataclass(frozen=True, slots=True)
class _LineSums:
    """The sums within one line of a block, by number: total and parts, with a sign where they stand on one side."""

    lines: tuple[tuple[tuple[int, int], ...], ...]
    """Each sum as (number of the cell in its line, factor); all of them come to zero."""

    @property
    def numbers(self) -> Iterator[tuple[int, ...]]:
        """The cells of each sum."""
        return (tuple(number for number, _ in terms) for terms in self.lines)


@dataclass(frozen=True, slots=True)
class ShiftBlock:
    """A block of the form: its cells by row and column, and the sums within its rows and its columns."""

    keys: tuple[tuple[str, ...], ...]
    in_rows: tuple[_LineSums, ...]
    """For each row."""
    in_columns: tuple[_LineSums, ...]
    totals: tuple[tuple[int, int], ...]
    """The cells that are computed, by row and column."""
    home: tuple[tuple[int, ...], tuple[int, ...]] | None
    """The rows and columns of the sheet where the template has it; None where it is no rectangle."""

    @property
    def ends_in_sums(self) -> bool:
        """Whether every row has one sum."""
        return all(len(sums.lines) == 1 for sums in self.in_rows)


def numbers_alone(form: Form, table: Table, number: int) -> list[Cell]:
    """Return the cells of a block; none where some ask for other values, which no sum can tell the place of."""
    cells, block = [cell for cell in form.cells_of(table.key) if cell.block == number], table.blocks[number]
    return cells if len(cells) == len(block.rows) * len(block.columns) else []


@lru_cache(maxsize=32)
def blocks_of(form: Form, table: Table) -> tuple[ShiftBlock, ...]:
    """Return the blocks of ``table`` in which sums can tell places."""
    found = []
    for number, block in enumerate(table.blocks):
        cells = numbers_alone(form, table, number)
        across = len(block.columns)
        rows = tuple(tuple(cell.key for cell in cells[start : start + across]) for start in range(0, len(cells), across))  # fmt: skip
        keys = {key: (r, c) for r, row in enumerate(rows) for c, key in enumerate(row)}
        sums = [_within(balance, keys) for balance in form.balances if _is_inside(balance, keys)]
        in_rows = tuple(_sums_of(sums, 0, r) for r in range(len(rows)))
        in_columns = tuple(_sums_of(sums, 1, c) for c in range(across))
        if any(line.lines for line in (*in_rows, *in_columns)):
            totals = tuple((r, c) for key, (r, c) in keys.items() if not form.by_key[key].is_input)
            found.append(ShiftBlock(rows, in_rows, in_columns, totals, _lines_of(rows, form.positions)))
    return tuple(found)


def _is_inside(balance: Balance, keys: Mapping[str, tuple[int, int]]) -> bool:
    return balance.rule.relation == "=" and all(key in keys and not is_last_year(key) for key in balance.keys)


def _within(balance: Balance, keys: Mapping[str, tuple[int, int]]) -> tuple[tuple[tuple[int, int], int], ...]:
    return tuple((keys[key], 1) for key in balance.left) + tuple((keys[key], -1) for key in balance.right)


def _sums_of(sums: Sequence[tuple[tuple[tuple[int, int], int], ...]], axis: int, number: int) -> _LineSums:
    own = [
        tuple((spot[1 - axis], factor) for spot, factor in terms)
        for terms in sums
        if {spot[axis] for spot, _ in terms} == {number}
    ]
    return _LineSums(tuple(own))


def shift_of(
    block: ShiftBlock,
    placed: Placement,
    sheet: SheetData,
    cells: Mapping[str, Cell],
    *,
    is_filled: bool = False,
) -> Shift | None:
    """Return how the figures of ``block`` are shifted; None where they stand where they should, or nobody can tell.

    ``is_filled`` says that the table stands as in the template and every cell to be filled in is known to hold a number.
    """
    lines = block.home if is_filled else _lines_of(block.keys, placed.positions)
    if lines is None:
        return None
    search = _ShiftSearch(block, sheet, *lines, cells)
    if placed.overwritten:  # it stands elsewhere, wherever that is
        return search.run() or Shift({})
    return search.run() if search.is_odd(is_filled=is_filled) else None


def is_figure(value: Raw) -> bool:
    """Say whether a cell holds a number, as a number or as text."""
    if value in {None, ""} or isinstance(value, bool):
        return False
    return type_cell(value, "count").number is not None


def _lines_of(
    keys: Sequence[Sequence[str]], positions: Mapping[str, Position]
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the rows and columns of the sheet on which a block stands; None where it does not stand as a rectangle."""
    if any(key not in positions for row in keys for key in row):
        return None
    spots = [[positions[key][1:] for key in row] for row in keys]
    rows, columns = tuple(row[0][0] for row in spots), tuple(spot[1] for spot in spots[0])
    straight = all(spot == (rows[r], columns[c]) for r, row in enumerate(spots) for c, spot in enumerate(row))
    increasing = all(one < other for line in (rows, columns) for one, other in pairwise(line))
    return (rows, columns) if straight and increasing else None


class _ShiftSearch:
    """The search for one block on one sheet."""

    def __init__(
        self,
        block: ShiftBlock,
        sheet: SheetData,
        rows: tuple[int, ...],
        columns: tuple[int, ...],
        cells: Mapping[str, Cell],
    ) -> None:
        self._block, self._sheet, self._cells = block, sheet, cells
        self._rows, self._columns = rows, columns
        self._values: dict[tuple[int, int], Number | None] = {}

    def at(self, row: int, column: int) -> Number | None:
        """Return the number at a place of the sheet."""
        spot = row, column
        if spot not in self._values:
            value = self._sheet.at(row, column) if row >= 0 and column >= 0 else None
            if type(value) is float and value.is_integer():  # nearly every cell
                self._values[spot] = int(value)
            else:
                self._values[spot] = None if value in {None, ""} else type_cell(value, "count").number
        return self._values[spot]

    def is_odd(self, *, is_filled: bool) -> bool:
        """Say whether a cell to be filled in is blank or holds no number, or a typed total differs from its parts."""
        if not is_filled and not self._is_filled():
            return True
        formulas, rows, columns = self._sheet.facts.formulas, self._rows, self._columns
        typed = any((rows[r], columns[c]) not in formulas for r, c in self._block.totals)
        return self._landed() or (typed and self._is_contradicted())

    def _is_filled(self) -> bool:
        """Say whether every cell to be filled in holds a number."""
        return all(
            self.at(row, column) is not None
            for row, keys in zip(self._rows, self._block.keys, strict=True)
            for column, key in zip(self._columns, keys, strict=True)
            if self._cells[key].is_input
        )

    def _is_contradicted(self) -> bool:
        """Say whether a sum does not come out where the block should stand."""
        rows = zip(self._block.in_rows, self._rows, strict=True)
        columns = zip(self._block.in_columns, self._columns, strict=True)
        return not all(self._fits(sums, row, self._columns, across=True) for sums, row in rows) or not all(
            self._fits(sums, column, self._rows, across=False) for sums, column in columns
        )

    def run(self) -> Shift | None:
        """Return the only place that the totals prove; without one, what seems to be missing or off."""
        if self._landed():
            return Shift({}, lacking="列")
        across = list(self._lines(self._columns, (_LEFT, _RIGHT), self._block.in_rows))
        down = list(self._lines(self._rows, (_UP, _DOWN), self._block.in_columns))
        proven: dict[tuple[Number | None, ...], tuple[Line, Line]] = {}
        places = {row for rows in down for row in rows}
        for columns in across:
            lacking = self._lacking_in(columns, places)
            for rows in down:
                if (
                    lacking.isdisjoint(rows)
                    and (rows, columns) != (self._rows, self._columns)
                    and self._comes_out(rows, columns) >= _PROOF
                ):
                    proven.setdefault(self._figures(rows, columns), (rows, columns))
        if self._is_proven(self._rows, self._columns):
            return None
        if len(proven) == 1:
            return self._shift(*next(iter(proven.values())))
        if proven or self._has_figures_beside():
            return Shift({})
        return self._lacking()

    def _shift(self, rows: Line, columns: Line) -> Shift:
        spots = {
            key: (rows[r], columns[c])
            for r, line in enumerate(self._block.keys)
            for c, key in enumerate(line)
        }
        extra = ""
        for line, word in ((rows, "行"), (columns, "列")):
            if any(two - one != 1 for one, two in pairwise(line) if one is not None and two is not None):
                extra = word
        down = (rows[0] or 0) - self._rows[0]
        across = (columns[0] or 0) - self._columns[0]
        return Shift(
            {key: (row or 0, column or 0) for key, (row, column) in spots.items()}, down, across, extra
        )

    def _lines(
        self, home: tuple[int, ...], reach: tuple[int, int], sums: Sequence[_LineSums]
    ) -> Iterator[Line]:
        """Yield every way in which lines may be shifted, or have others among them; only its own place where no sum can tell."""
        if not any(line.lines for line in sums):
            yield home
            return
        for offset in range(-reach[0], reach[1] + 1):
            moved = [at + offset for at in home]
            yield tuple(moved)
            for extra in range(1, _EXTRA + 1):
                for first in range(1, len(home)):
                    yield tuple(at + extra * (number >= first) for number, at in enumerate(moved))

    def _fits(self, sums: _LineSums, at: int, line: Line, *, across: bool) -> bool:
        """Say whether no sum within one row (or column) of the sheet is contradicted; a blank contradicts nothing."""
        for terms in sums.lines:
            total: Number = 0
            for number, factor in terms:
                place = line[number]
                value = 0 if place is None else self.at(at, place) if across else self.at(place, at)
                if value is None:
                    break
                total += factor * value
            else:
                if total != 0:
                    return False
        return True

    def _is_proven(self, rows: Line, columns: Line) -> bool:
        """Say whether every cell holds a number there, every sum comes out right, and enough of them are not about nothing."""
        return not self._lacking_in(columns, rows) and self._comes_out(rows, columns) >= _PROOF

    def _lacking_in(self, columns: Line, rows: Iterable[int | None]) -> set[int]:
        """Return those of ``rows`` on which a cell of ``columns`` holds no number."""
        return {
            row
            for row in rows
            if row is not None
            and any(self.at(row, column) is None for column in columns if column is not None)
        }

    def _comes_out(self, rows: Line, columns: Line) -> int:
        """Count the sums about something that come out right; -1 where one does not."""
        count = 0
        for sums, row in zip(self._block.in_rows, rows, strict=True):
            if row is not None and not self._fits(sums, row, columns, across=True):
                return -1
            count += self._about([(row, columns[n]) for n in terms] for terms in sums.numbers)
        for sums, column in zip(self._block.in_columns, columns, strict=True):
            if column is not None and not self._fits(sums, column, rows, across=False):
                return -1
            count += self._about([(rows[n], column) for n in terms] for terms in sums.numbers)
        return count

    def _about(self, sums: Iterable[Iterable[tuple[int | None, int | None]]]) -> int:
        """Count the sums of which a part is not zero."""
        return sum(
            any(self.at(row, column) for row, column in spots if row is not None and column is not None)
            for spots in sums
        )

    def _figures(self, rows: Line, columns: Line) -> tuple[Number | None, ...]:
        return tuple(
            self.at(row, column)
            for row in rows
            for column in columns
            if row is not None and column is not None
        )

    def _has_figures_beside(self) -> bool:
        """Say whether most rows go on with figures right of the table, or as many rows below it."""
        right = self._columns[-1]
        beside = sum(any(self.at(row, right + step) is not None for step in (1, 2)) for row in self._rows)
        blank = all(self.at(row, self._columns[0]) is None for row in self._rows)
        wrong = sum(
            not self._fits(sums, row, self._columns, across=True)
            for sums, row in zip(self._block.in_rows, self._rows, strict=True)
        )
        return beside * 2 > len(self._rows) and (blank or wrong > 1)

    def _lacking(self) -> Shift | None:
        """Say whether lines seem to be missing: all the sums come out right if the last ones are read as those after a gap."""
        for missing in range(1, _EXTRA + 1):
            last = self._rows[-missing:]
            if len(self._rows) <= missing + 1 or not self._are_blank(last):
                continue
            for first in range(1, len(self._rows) - missing):
                rows = (*self._rows[:first], *(None,) * missing, *self._rows[first:-missing])
                if self._stands(rows):
                    return Shift({}, lacking="行")
        return None

    def _are_blank(self, rows: Iterable[int]) -> bool:
        numbers = {row: number for number, row in enumerate(self._rows)}
        return all(
            self.at(row, column) is None
            for row in rows
            for column, key in zip(self._columns, self._block.keys[numbers[row]], strict=True)
            if self._cells[key].is_input
        )

    def _stands(self, rows: Line) -> bool:
        """Say whether the sums within the columns come out right, and one of them would not be about nothing."""
        inner = [
            (sums, column)
            for sums, column in zip(self._block.in_columns, self._columns, strict=True)
            if any(self.at(row, column) for row in rows if row is not None)
        ]
        return len(inner) > 1 and all(
            sums.lines and self._fits(sums, column, rows, across=False) for sums, column in inner
        )

    def _landed(self) -> bool:
        """Say whether totals were pasted into the column before them: in every row it is the sum of those further left."""
        if not self._block.ends_in_sums:
            return False
        most: Number = 0
        for sums, row in zip(self._block.in_rows, self._rows, strict=True):
            parts = [self._columns[number] for number, factor in sums.lines[0] if factor < 0]
            values = [self.at(row, column) for column in parts]
            if None in values:
                continue
            *others, last = [value or 0 for value in values]
            if sum(others) != last:
                return False
            most = max(most, last)
        return most >= _NO_CHANCE
