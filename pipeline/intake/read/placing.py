"""A table of the form and the sheets of a file go in; the cell of every number comes out, or what is missing.

Fixed addresses are the fast path, taken where the labels stand as in the template. Otherwise the labels are
searched: inserted rows, moved tables, renamed sheets and swapped columns are still read from where they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.forms.grid import cell_key
from pipeline.forms.values.typed import shown
from pipeline.intake.read.labels import EARLIER, answered, normalise, same_unit
from pipeline.intake.read.shifted import blocks_of, is_figure
from pipeline.intake.read.table_search import LineFault, Text, filled_row, search_table

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.read.spreadsheet import SheetData

_LONGEST_LABEL = 80
_OTHER_TIMES = (*EARLIER, "上季", "上月", "同期")
"""In a heading, words by which it says that its figures are of another time."""
_COPIED = re.compile(r"\s{0,9}[（(]\d{1,4}[）)]$")
"""What a spreadsheet adds to the name of a sheet that it copies."""
_OVERWRITTEN = 3
"""Labels with figures over them, from which on something was pasted there; fewer are slips of the hand."""
_RECOGNISED = 0.5
"""A sheet holds a table if it has this share of its labels."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a table's numbers and its nil return stand.

    ``sheet`` is empty where the table is missing or (``ambiguous`` then names its keys) cannot be told from a copy.
    """

    sheet: str = ""
    positions: Mapping[str, Position] = field(default_factory=dict)
    moved: bool = False
    missing: tuple[LineFault, ...] = ()
    near: tuple[LineFault, ...] = ()
    changed: tuple[LineFault, ...] = ()
    """Columns that stand where the template has them, under a heading that is none of the form's."""
    ambiguous: tuple[str, ...] = ()
    copies: tuple[Placement, ...] = ()
    """The same table on further visible sheets, or once more on its own, which were not read."""
    rivals: tuple[str, ...] = ()
    """Sheets of which none has the right name and each holds the table: none was read."""
    overwritten: bool = False
    """Whether figures stand where labels should, the others being where they are in the template: something was pasted over."""


@dataclass(frozen=True, slots=True)
class _Home:
    """A table in the template: its labels, the rows without label (top, columns), and its positions."""

    labels: tuple[Text, ...]
    bare_rows: tuple[tuple[int, tuple[int, ...]], ...]
    positions: Mapping[str, Position]
    vocabulary: frozenset[str]
    words: frozenset[str]
    """The labels and their other wordings."""
    corner: tuple[int, int]
    """The last row and the last column of the table."""
    free: tuple[tuple[int, int], ...]
    """Cells among the numbers that hold none: what a merged cell covers."""


def place_table(form: Form, table: Table, sheets: Sequence[SheetData]) -> Placement:
    """Place the numbers and the nil return of ``table``; of several copies the one on the sheet with the right name."""
    placed = _place(form, table, sheets)
    if placed.sheet != table.sheet:
        return placed
    own = own_names(form)
    others = [sheet for sheet in sheets if sheet.visible and sheet.name not in own and _may_hold(form, sheet)]
    beside = None if placed.moved else beside_table(form, table, sheets)
    if beside:
        others.append(beside)
    if not others:
        return placed
    home = _homes(form)[table.key]
    found = [_search(table, home, sheet) for sheet in _holders(home, others)]
    return replace(placed, copies=tuple(copy for copy in found if copy.sheet))


def without_copies(placed: Placement, sheets: Collection[str]) -> Placement:
    """Return ``placed`` without the copies on ``sheets``: the headings of a register repeat labels of the tables drawn from it."""
    if not any(copy.sheet in sheets for copy in placed.copies):
        return placed
    return replace(placed, copies=tuple(copy for copy in placed.copies if copy.sheet not in sheets))


def stands_at_home(form: Form, table: Table, placed: Placement) -> bool:
    """Say whether every number of ``table`` stands where the template has it."""
    return placed.positions is _homes(form)[table.key].positions


def own_names(form: Form) -> frozenset[str]:
    """Return the names of all sheets that a template or a workbook that went back has."""
    return frozenset({sheet.name for sheet in form.sheets} | {layout.NOTICES_SHEET, layout.STAMP_SHEET})


def sheets_of_lines(form: Form, sheets: Sequence[SheetData]) -> list[str]:
    """Name the visible sheets that repeat the labels of a table one below the other: a report as plain lines is no table."""
    own = own_names(form)
    homes = _homes(form).values()
    return [
        sheet.name
        for sheet in sheets
        if sheet.visible
        and sheet.name not in own
        and _may_hold(form, sheet)
        and any(_repeats(home, sheet, across=False) for home in homes)
    ]


def corner_of(form: Form, table: Table) -> tuple[int, int]:
    """Return the last row and the last column of ``table`` in the template."""
    return _homes(form)[table.key].corner


def free_cells(form: Form, table: Table) -> tuple[tuple[int, int], ...]:
    """Return the cells among the numbers of ``table`` in the template that hold none."""
    return _homes(form)[table.key].free


def beside_table(form: Form, table: Table, sheets: Sequence[SheetData]) -> SheetData | None:
    """Return the sheet of a table that stands as in the template, without the table; None where nothing is left."""
    bottom, right = _homes(form)[table.key].corner
    sheet = next(sheet for sheet in sheets if sheet.name == table.sheet)
    if len(sheet.rows) <= bottom + 1 and all(len(row) <= right + 1 for row in sheet.rows[:1]):
        return None
    rows = [
        [None if r <= bottom and c <= right else value for c, value in enumerate(row)]
        for r, row in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=rows) if any(value for row in rows for value in row) else None


def _place(form: Form, table: Table, sheets: Sequence[SheetData]) -> Placement:
    home = _homes(form)[table.key]
    visible = [sheet for sheet in sheets if sheet.visible]
    expected = next((sheet for sheet in visible if sheet.name == table.sheet), None)
    if expected and _stands(home, expected):
        return Placement(expected.name, home.positions)
    if expected and blocks_of(form, table) and _is_pasted_over(home, expected):
        return Placement(expected.name, home.positions, overwritten=True)
    able = [sheet for sheet in sheets if _may_hold(form, sheet)]
    holders = _holders(home, [sheet for sheet in able if sheet.visible])
    holders = holders or _holders(home, [sheet for sheet in able if not sheet.visible])
    chosen = [sheet for sheet in holders if sheet.name == table.sheet] or holders
    if len(chosen) > 1:
        keys = tuple(key for key in home.positions if key != table.nil_key)
        return Placement(ambiguous=keys, rivals=tuple(sheet.name for sheet in chosen))
    found = _search(table, home, chosen[0]) if chosen else Placement()
    if expected and not found.ambiguous and (found.missing or not found.sheet):
        return _under_other_headings(table, home, expected, found) or found
    return found


def _under_other_headings(table: Table, home: _Home, sheet: SheetData, found: Placement) -> Placement | None:
    """Place a table as in the template where every row stands there and no column is elsewhere, but headings were written anew."""
    if home.bare_rows:
        return None
    left = min(column for key, (_, _, column) in home.positions.items() if key != table.nil_key)
    near = {fault.position for fault in found.near}
    changed: list[LineFault] = []
    for row, column, text in home.labels:
        value = sheet.at(row, column)
        stated = normalise(value) if isinstance(value, str) else ""
        if stated == normalise(text) or (sheet.name, row, column) in near:
            continue
        if column < left or not stated or stated in home.words or len(stated) > _LONGEST_LABEL:
            return None
        if not same_unit(stated, normalise(text)) or any(time in stated for time in _OTHER_TIMES):
            return None  # these figures are surely not those that are asked for
        keys = tuple(_below(table, home, row, text))
        changed.append(LineFault(text, keys, str(value).strip(), (sheet.name, row, column)))
    return Placement(sheet.name, home.positions, near=found.near, changed=tuple(changed))


def _below(table: Table, home: _Home, row: int, heading: str) -> Iterator[str]:
    """Yield the keys of the numbers under a heading that stands on ``row`` of the template: those of the next block below."""
    for block in table.blocks:
        keys = {cell_key(table.key, line, own): own for line in block.rows for own in block.columns}
        if all(home.positions[key][1] > row for key in keys):
            yield from (key for key, own in keys.items() if heading in own.label)
            return


def sheet_texts(sheet: SheetData) -> list[Text]:
    """List the short texts of a sheet: row, column, normalised."""
    return [
        (r, c, normalise(value))
        for r, row in enumerate(sheet.rows)
        for c, value in enumerate(row)
        if isinstance(value, str) and value and len(value) <= _LONGEST_LABEL
    ]


@lru_cache(maxsize=8)
def _homes(form: Form) -> Mapping[str, _Home]:
    return {table.key: _home(form, table) for table in form.tables}


def _home(form: Form, table: Table) -> _Home:
    grid = form.grids[table.key]
    parts = {part for block in table.blocks for line in (*block.rows, *block.columns) for part in line.label}
    labels = tuple(
        (layout.TABLE_TOP + cell.row, layout.TABLE_LEFT + cell.column, cell.text)
        for cell in grid.cells
        if cell.text in parts
    )
    positions = {key: form.positions[key] for key in form.keys_of(table.key)}
    bare = []
    for block in table.blocks:
        if not block.rows[0].label:
            spots = [positions[cell_key(table.key, block.rows[0], column)] for column in block.columns]
            bare.append((spots[0][1], tuple(column for _, _, column in spots)))
    positions[table.nil_key] = form.positions[table.nil_key]
    taken = {(row, column) for _, row, column in positions.values()}
    headed = {(row, column) for row, column, _ in labels}
    numbers = {(row, column) for _, row, column in (form.positions[key] for key in form.keys_of(table.key))}
    rows, columns = ({spot[axis] for spot in numbers} for axis in (0, 1))
    corner = max(rows), max(columns)
    inside = {(row, column) for row in rows for column in columns}
    free = tuple(sorted(inside - taken - headed))
    also = {word for block in table.blocks for line in (*block.rows, *block.columns) for word in line.also}
    vocabulary = frozenset(map(normalise, parts))
    words = vocabulary | frozenset(map(normalise, also))
    return _Home(labels, tuple(bare), positions, vocabulary, words, corner, free)


def _stands(home: _Home, sheet: SheetData) -> bool:
    """Say whether every label of a row or column stands at its address in the template."""
    for row, column, text in home.labels:
        value = sheet.at(row, column)
        if value != text and not (isinstance(value, str) and normalise(value) == normalise(text)):
            return False
    return all(filled_row(sheet, columns, top) == top for top, columns in home.bare_rows)


def _is_pasted_over(home: _Home, sheet: SheetData) -> bool:
    """Say whether every label stands at its address in the template or has a figure over it, and several have."""
    stands = over = 0
    for row, column, text in home.labels:
        value = sheet.at(row, column)
        if isinstance(value, str) and normalise(value) == normalise(text):
            stands += 1
        elif is_figure(value):
            over += 1
        else:
            return False
    return over >= _OVERWRITTEN and stands > 0


def _holders(home: _Home, sheets: Sequence[SheetData]) -> list[SheetData]:
    return [sheet for sheet in sheets if _repeats(home, sheet, across=True)]


def _repeats(home: _Home, sheet: SheetData, *, across: bool) -> bool:
    """Say whether enough labels stand on ``sheet``, and whether they do so across several columns, as in a table."""
    spots = [(column, text) for _, column, text in sheet_texts(sheet) if text in home.words]
    enough = len({text for _, text in spots}) >= _RECOGNISED * len(home.vocabulary)
    return enough and (len({column for column, _ in spots}) > 1) is across


def _may_hold(form: Form, sheet: SheetData) -> bool:
    """Say whether a table may stand on ``sheet``: 自查, known by its name or its ids, repeats the labels but holds none."""
    kinds = {"guide", "checks", "past"}
    others = {layout.NOTICES_SHEET, *(item.name for item in form.sheets if item.kind in kinds)}
    if _COPIED.sub("", sheet.name) in others:
        return False
    return not any(value in form.checks for row in sheet.rows for value in row if isinstance(value, str))


def _search(table: Table, home: _Home, sheet: SheetData) -> Placement:
    texts = sheet_texts(sheet)
    found = search_table(table, sheet, texts, home.words)
    positions = dict(found.positions)
    nil = _nil_position(table, home, sheet, texts)
    if nil:
        positions[table.nil_key] = nil
    moved = any(position[1:] != home.positions[key][1:] for key, position in found.positions.items())
    if not found.positions and not found.ambiguous:
        return Placement()
    return Placement(sheet.name, positions, moved, found.missing, found.near, ambiguous=found.ambiguous)


def _nil_position(table: Table, home: _Home, sheet: SheetData, texts: Sequence[Text]) -> Position | None:
    """Return where the nil return is answered: the first answer to the right of its label."""
    wanted = normalise(table.nil_label)
    labels = [(row, column) for row, column, text in texts if text.startswith(wanted)]
    if len(labels) != 1:
        return None
    row, column = labels[0]
    for other in range(column + 1, len(sheet.rows[row])):
        if answered(shown(sheet.at(row, other))) is not None:
            return sheet.name, row, other
    _, _, answer = home.positions[table.nil_key]
    return sheet.name, row, column + answer - layout.TABLE_LEFT
