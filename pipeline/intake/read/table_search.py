"""A table of the form and the texts of one sheet go in; the cells its labels point at come out.

Blocks lie one below the other; a block's row labels say its rows, the headings above them its columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.forms.grid import cell_key
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.lines import LabelMark, Lines, find_lines_below, find_near, join_split

if TYPE_CHECKING:
    from pipeline.forms.form import Block, Line, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.read.spreadsheet import SheetData

Text = tuple[int, int, str]
"""Row, column and normalised text of a cell."""

_SPARE_ROWS = 3
"""How far below its headings a row without label is looked for, and above its rows a damaged heading."""
_UNKNOWN = 1_000_000


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that was not found, or only nearly: its label, the numbers on it, and what stands where instead."""

    label: str
    keys: tuple[str, ...]
    found: str = ""
    position: Position | None = None


@dataclass(slots=True)
class LabelMatches:
    """What a search of one sheet yields; ``ambiguous`` lists the keys that two places claim."""

    positions: dict[str, Position] = field(default_factory=dict)
    missing: tuple[LineFault, ...] = ()
    near: tuple[LineFault, ...] = ()
    ambiguous: tuple[str, ...] = ()


def filled_row(sheet: SheetData, columns: Sequence[int], top: int) -> int:
    """Return the row from ``top`` on, and not far below it, that holds the numbers of ``columns``; else ``top``."""
    if any(sheet.at(top, column) not in {None, ""} for column in columns):
        return top
    for row in range(top + 1, top + 1 + _SPARE_ROWS):
        values = [sheet.at(row, column) for column in columns]
        if sum(isinstance(value, (int, float)) for value in values) * 2 > len(columns):
            return row
    return top


def search_table(
    table: Table, sheet: SheetData, texts: Sequence[Text], vocabulary: Collection[str]
) -> LabelMatches:
    """Find the cells of ``table`` on ``sheet``."""
    printed = {normalise(text) for block in table.blocks for text in (block.heading, block.stub)}
    known = {*vocabulary, *printed, normalise(table.nil_label)}
    found = LabelMatches()
    top = 0
    for block in table.blocks:
        search = _BlockSearch(table, block, sheet, texts, known)
        top = search.run(top, found)
    return found


@dataclass(slots=True)
class _BlockSearch:
    """The search for one block; ``known`` holds the texts that cannot be a damaged label."""

    table: Table
    block: Block
    sheet: SheetData
    texts: Sequence[Text]
    known: Collection[str]

    def run(self, top: int, found: LabelMatches) -> int:
        """Add what is found from row ``top`` on; return the first row below the block."""
        rows, columns = self._rows(top), self._columns_above(top, _UNKNOWN)
        if self.block.rows[0].label:
            first = min((mark.along for mark in rows.found.values()), default=_UNKNOWN)
            columns = self._columns_above(top, first)
        else:
            rows = self._bare_row(columns)
        self._collect(rows, columns, found)
        return max((mark.along + 1 for mark in rows.found.values()), default=top)

    def _rows(self, top: int) -> Lines:
        if not self.block.rows[0].label:
            return Lines()
        marks = [LabelMark(r, c, text) for r, c, text in self.texts if r >= top]
        result = find_lines_below(self.block.rows, marks, self._free(marks))
        join_split(self.block.rows, result, marks, (1, 0))
        if result.missing and result.found:
            alongs = [mark.along for mark in result.found.values()]
            depths = [mark.depth for mark in result.found.values()]
            slack = len(result.missing)
            reach = range(min(alongs) - slack, max(alongs) + slack + 1)
            free = self._free(mark for mark in marks if mark.along in reach and mark.depth <= max(depths))
            find_near(self.block.rows, result, free)
        return result

    def _columns_above(self, top: int, bottom: int) -> Lines:
        marks = [LabelMark(c, r, text) for r, c, text in self.texts if top <= r < bottom]
        result = find_lines_below(self.block.columns, marks, self._free(marks))
        join_split(self.block.columns, result, marks, (0, 1))
        if result.missing and bottom != _UNKNOWN:
            depths = [mark.depth for mark in result.found.values()]
            lowest = min(depths, default=bottom - _SPARE_ROWS)
            find_near(self.block.columns, result, self._free(mark for mark in marks if mark.depth >= lowest))
        elif result.missing and result.found:
            depths = [mark.depth for mark in result.found.values()]
            reach = range(min(depths), max(depths) + 1)
            find_near(self.block.columns, result, self._free(mark for mark in marks if mark.depth in reach))
        return result

    def _free(self, marks: Iterable[LabelMark]) -> list[LabelMark]:
        return [mark for mark in marks if mark.text not in self.known]

    def _bare_row(self, columns: Lines) -> Lines:
        if not columns.found:
            return Lines(missing=[0])
        top = max(mark.depth for mark in columns.found.values()) + 1
        row = filled_row(self.sheet, [mark.along for mark in columns.found.values()], top)
        return Lines(found={0: LabelMark(row, 0, "")})

    def _collect(self, rows: Lines, columns: Lines, found: LabelMatches) -> None:
        for r, row_mark in rows.found.items():
            for c, column_mark in columns.found.items():
                found.positions[self._key(r, c)] = (self.sheet.name, row_mark.along, column_mark.along)
        for number, line in enumerate(self.block.rows):
            keys = tuple(self._key(number, c) for c in range(len(self.block.columns)))
            mark = rows.found.get(number)
            self._note(found, rows, number, line, keys, (mark.along, mark.depth) if mark else None)
        for number, line in enumerate(self.block.columns):
            keys = tuple(self._key(r, number) for r in range(len(self.block.rows)))
            mark = columns.found.get(number)
            self._note(found, columns, number, line, keys, (mark.depth, mark.along) if mark else None)
        for label, mark in rows.headings.items():
            self._note_near(found, label, self._keys_under(label), (mark.along, mark.depth))
        for label, mark in columns.headings.items():
            self._note_near(found, label, self._keys_under(label), (mark.depth, mark.along))

    def _note(
        self,
        found: LabelMatches,
        lines: Lines,
        number: int,
        line: Line,
        keys: tuple[str, ...],
        spot: tuple[int, int] | None,
    ) -> None:
        if number in lines.ambiguous:
            found.ambiguous += tuple(key for key in keys if key not in found.ambiguous)
        elif number in lines.missing and line.label:
            found.missing += (LineFault(line.label[-1], keys),)
        elif number in lines.near and spot:
            self._note_near(found, line.label[-1], keys, spot)

    def _note_near(
        self, found: LabelMatches, label: str, keys: tuple[str, ...], spot: tuple[int, int]
    ) -> None:
        shown = str(self.sheet.at(*spot)).strip()
        found.near += (LineFault(label, keys, shown, (self.sheet.name, *spot)),)

    def _keys_under(self, label: str) -> tuple[str, ...]:
        return tuple(
            self._key(r, c)
            for r, row in enumerate(self.block.rows)
            for c, column in enumerate(self.block.columns)
            if label in row.label[:-1] or label in column.label[:-1]
        )

    def _key(self, row: int, column: int) -> str:
        return cell_key(self.table.key, self.block.rows[row], self.block.columns[column])
