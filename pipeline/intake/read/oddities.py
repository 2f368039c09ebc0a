"""A placed table goes in; what a person did around it comes out: copies and hidden lines.

The figures are read from where they are; these findings say what to look at before they are believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.values.typed import shown, type_cell
from pipeline.intake.read.labels import tells_another_year
from pipeline.long_lists import first_of
from pipeline.model import Fact, Finding, Number, Place, a1
from pipeline.wording.addresses import cell_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.forms.form import Cell, Form, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.spreadsheet import Raw, SheetData


_SHOWN = 6
"""Cells whose other value is said."""
_LONGEST = 60
"""Characters of a value that a finding repeats."""


def oddities(
    form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData], year: int | None
) -> list[Finding]:
    """Return what is odd about ``table`` where it was placed; ``year`` is the one that the file states."""
    sheet = next(sheet for sheet in sheets if sheet.name == placed.sheet)
    return [
        *_copies(form, table, placed, sheets, year),
        *_hidden(form, table, placed, sheet),
    ]


def _copies(
    form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData], year: int | None
) -> Iterable[Finding]:
    if not placed.copies:
        return
    inputs = [cell for cell in form.cells_of(table.key) if cell.is_input]
    copies = []
    for copy in placed.copies:
        if copy.sheet != placed.sheet and tells_another_year(copy.sheet, year):
            facts: dict[str, Fact] = {"table": table.name, "sheet": placed.sheet, "copy": copy.sheet}
            yield Finding.found("F05", Place(placed.sheet), (), "other_year", facts)
        else:
            copies.append(copy)
    if len(copies) > 1 and _add_up(inputs, placed, copies, sheets):
        parts = "、".join(f"“{copy.sheet}”" for copy in copies)
        facts = {"table": table.name, "sheet": placed.sheet, "copies": parts}
        yield Finding.found("F05", Place(placed.sheet), (), "parts", facts)
        return
    for copy in copies:
        yield _copy(form, table, placed, copy, sheets)


def _copy(
    form: Form, table: Table, placed: Placement, copy: Placement, sheets: Sequence[SheetData]
) -> Finding:
    """Say that there is a copy, and where it differs; one that was left blank does not."""
    where = copy.sheet
    if not copy.positions:
        facts: dict[str, Fact] = {"table": table.name, "copy": where}
        return Finding.found("F05", Place(placed.sheet), (), "copies_unclear", facts)
    if copy.sheet == placed.sheet:
        where = f"{copy.sheet}（{a1(*min(spot[1:] for spot in copy.positions.values()))} 起）"
    facts = {"table": table.name, "sheet": placed.sheet, "copy": where}
    inputs = [cell for cell in form.cells_of(table.key) if cell.is_input and cell.key in copy.positions]
    different = [cell.key for cell in inputs if _meant(cell, placed, sheets) != _meant(cell, copy, sheets)]
    values = [value.key for value in form.values_of(table.key) if value.key in copy.positions]
    different += [key for key in values if _said(key, placed, sheets) != _said(key, copy, sheets)]
    filled = any(_meant(cell, copy, sheets) for cell in inputs) or any(
        _said(key, copy, sheets) for key in values
    )
    if not different or not filled:
        return Finding.found("F05", Place(placed.sheet), (), "copy", facts)
    first = copy.positions.get(different[0], (copy.sheet, 0, 0))
    place = placed.positions.get(different[0])
    return Finding.found(
        "F05",
        Place(placed.sheet, a1(*place[1:])) if place else Place(placed.sheet),
        tuple(different),
        "copies_differ",
        facts | {"cell": a1(*first[1:]), "others": _others(form, copy, different, sheets)},
    )


def _add_up(
    inputs: Sequence[Cell], placed: Placement, copies: Sequence[Placement], sheets: Sequence[SheetData]
) -> bool:
    """Say whether the copies are the parts of an agency, each on its own sheet, and the table their sum."""
    return all(
        _meant(cell, placed, sheets) == sum(_number(cell, copy, sheets) for copy in copies) for cell in inputs
    )


def _number(cell: Cell, placed: Placement, sheets: Sequence[SheetData]) -> Number:
    number = _meant(cell, placed, sheets)
    return 0 if isinstance(number, str) else number


def _meant(cell: Cell, placed: Placement, sheets: Sequence[SheetData]) -> Number | str:
    """Return the number in a cell, however it is written and 0 for a blank; else what stands there instead."""
    value = _at(sheets, placed.positions.get(cell.key))
    typed = type_cell(value, cell.kind)
    return shown(value) if typed.raw is not None else typed.number or 0


def _said(key: str, placed: Placement, sheets: Sequence[SheetData]) -> str:
    """Return what stands in a cell that asks for no number to be added up."""
    return shown(_at(sheets, placed.positions.get(key))).strip()


def _others(form: Form, copy: Placement, keys: Sequence[str], sheets: Sequence[SheetData]) -> str:
    """Say what the copy holds in the cells that differ, the first few, by their addresses in the template."""
    said = [
        f"{form.places[key].cell} 是 {shown(_at(sheets, copy.positions.get(key))) or '空的'}" for key in keys
    ]
    return first_of(said, _SHOWN, "……")


def _at(sheets: Sequence[SheetData], position: Position | None) -> Raw:
    """Return the value at ``position``; a blank is None, however it is stored."""
    if position is None:
        return None
    sheet = next(sheet for sheet in sheets if sheet.name == position[0])
    value = sheet.at(*position[1:])
    return None if value == "" else value


def _hidden(form: Form, table: Table, placed: Placement, sheet: SheetData) -> Iterable[Finding]:
    if not sheet.visible:
        yield Finding.found("F05", Place(sheet.name), (), "hidden_sheet")
        return
    rows, columns = sheet.hidden_lines
    covered = sheet.covered
    placed_at = {(row, column) for _, row, column in placed.positions.values()}
    if not rows and not columns and covered.isdisjoint(placed_at):
        return
    values = [value.key for value in form.values_of(table.key)]
    inputs = [*(cell.key for cell in form.cells_of(table.key) if cell.is_input), *values]
    spots = {key: placed.positions[key][1:] for key in inputs if key in placed.positions}
    filled = {key: spot for key, spot in spots.items() if sheet.at(*spot) not in {None, "", 0, "0"}}
    hidden = [key for key, (row, column) in filled.items() if row in rows or column in columns]
    under = [key for key, spot in filled.items() if spot in covered]
    for keys, variant in ((hidden, "hidden"), (under, "merged")):
        if keys:
            cells = [a1(*spots[key]) for key in keys]
            facts: Mapping[str, Fact] = {"cells": "、".join(cell_ranges(cells))}
            yield Finding.found("F05", Place(sheet.name, cells[0]), tuple(keys), variant, facts)


def under_merged(
    form: Form, table: Table, placed: Placement, sheet: SheetData
) -> Iterator[tuple[str, Finding]]:
    """Yield the blank cells over which another figure of the table is merged, each with the finding: nobody can see whose that is."""
    if not sheet.covered:
        return
    keys = [cell.key for cell in form.cells_of(table.key) if cell.is_input and cell.key in placed.positions]
    spots = {key: placed.positions[key][1:] for key in keys}
    for key, spot in spots.items():
        if spot not in sheet.covered or sheet.at(*spot) not in {None, ""}:
            continue
        shown_there = [
            f"（{a1(*corner)} 是“{value[:_LONGEST]}”）"
            for corner in sheet.around_covered(spot)
            if corner in spots.values() and (value := shown(sheet.at(*corner)).strip())
        ]
        if shown_there:
            facts: Mapping[str, Fact] = {"other": shown_there[0] if len(shown_there) == 1 else ""}
            yield key, Finding.found("C01", Place(sheet.name, a1(*spot)), (key,), "merged", facts)
