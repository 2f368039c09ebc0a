"""A table of the form and the sheets of a file go in; the cell of every number comes out, or what is missing.

Fixed addresses are the fast path, taken where the labels stand as in the template. Otherwise the labels are
searched: inserted rows, moved tables, renamed sheets and swapped columns are still read from where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.forms.grid import cell_key
from pipeline.intake.labels import normalise
from pipeline.intake.lines import Lines, Mark, find_lines, find_near

if TYPE_CHECKING:
    from pipeline.forms.form import Block, Form, Line, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.spreadsheet import SheetData

_LONGEST_LABEL = 80
_RECOGNISED = 0.5
"""A sheet holds a table if it has this share of its labels."""
_SPARE_ROWS = 3
"""How far below its headings a row without label is looked for."""

Text = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was not found, or only nearly: its label, the numbers on it, and what stands where instead."""

    label: str
    keys: tuple[str, ...]
    found: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a table's numbers stand. ``sheet`` is empty where the table is missing or cannot be told from its copies."""

    sheet: str = ""
    positions: Mapping[str, Position] = field(default_factory=dict)
    moved: bool = False
    missing: tuple[Fault, ...] = ()
    near: tuple[Fault, ...] = ()
    ambiguous: tuple[str, ...] = ()
    """Keys that two places claim."""


def place_table(form: Form, table: Table, sheets: Sequence[SheetData]) -> Placement:
    """Place the numbers and the nil return of ``table``."""
    home = next((sheet for sheet in sheets if sheet.name == table.sheet and sheet.visible), None)
    if home and _stands(form, table, home):
        return Placement(home.name, _home_positions(form, table.key))
    keys = tuple(cell.key for cell in form.cells_of(table.key))
    holders = _holders(table, [sheet for sheet in sheets if sheet.visible])
    holders = holders or _holders(table, [sheet for sheet in sheets if not sheet.visible])
    chosen = [sheet for sheet in holders if sheet.name == table.sheet] or holders
    if not chosen:
        return Placement()
    if len(chosen) > 1:
        return Placement(ambiguous=keys)
    return _search(form, table, chosen[0])


@cache
def texts_of_sheet(rows: tuple[tuple[object, ...], ...]) -> tuple[Text, ...]:
    """Unused: see ``sheet_texts``."""
    return tuple((0, 0, "") for _ in rows)


def sheet_texts(sheet: SheetData) -> list[Text]:
    """List the short texts of a sheet: row, column, normalised."""
    return [
        (r, c, normalise(value))
        for r, row in enumerate(sheet.rows)
        for c, value in enumerate(row)
        if isinstance(value, str) and value and len(value) <= _LONGEST_LABEL
    ]


def _label_parts(table: Table) -> set[str]:
    return {
        normalise(part)
        for block in table.blocks
        for line in (*block.rows, *block.columns)
        for part in line.label
    }


def _holders(table: Table, sheets: Sequence[SheetData]) -> list[SheetData]:
    wanted = _label_parts(table)
    found = []
    for sheet in sheets:
        present = wanted & {text for _, _, text in sheet_texts(sheet)}
        if len(present) >= _RECOGNISED * len(wanted):
            found.append(sheet)
    return found


def _stands(form: Form, table: Table, sheet: SheetData) -> bool:
    """Say whether every label of a row or column stands at its address in the template."""
    for row, column, text in _home_labels(form, table.key):
        value = sheet.at(row, column)
        if value != text and not (isinstance(value, str) and normalise(value) == normalise(text)):
            return False
    return all(block.rows[0].label or _row_stands(form, table, block, sheet) for block in table.blocks)


def _row_stands(form: Form, table: Table, block: Block, sheet: SheetData) -> bool:
    """Say whether a row without label is where the template has it, not pushed down by an inserted one."""
    cells = [form.positions[cell_key(table.key, block.rows[0], line)] for line in block.columns]
    top = cells[0][1]
    columns = [column for _, _, column in cells]
    return _filled_row(sheet, columns, top) == top


def _filled_row(sheet: SheetData, columns: Sequence[int], top: int) -> int:
    """Return the first row from ``top`` on that holds digits in ``columns``; ``top`` if there is none nearby."""
    if any(sheet.at(top, column) not in {None, ""} for column in columns):
        return top
    for row in range(top + 1, top + 1 + _SPARE_ROWS):
        values = [sheet.at(row, column) for column in columns]
        if sum(isinstance(value, (int, float)) for value in values) * 2 > len(columns):
            return row
    return top


# The form is one of a few that live as long as the process.
@cache
def _home_labels_of(form_id: int, table: str) -> tuple[Text, ...]:
    form = _FORMS[form_id]
    grid = form.grids[table]
    wanted = {
        part
        for block in form.table(table).blocks
        for line in (*block.rows, *block.columns)
        for part in line.label
    }
    return tuple(
        (layout.TABLE_TOP + cell.row, layout.TABLE_LEFT + cell.column, cell.text)
        for cell in grid.cells
        if cell.text in wanted and cell.role in {"row_label", "column_label"}
    )


_FORMS: dict[int, Form] = {}


def _home_labels(form: Form, table: str) -> tuple[Text, ...]:
    _FORMS.setdefault(id(form), form)
    return _home_labels_of(id(form), table)
