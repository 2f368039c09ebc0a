"""The rows of a register go in; what of them is struck out or not to be seen comes out: nobody knows whether it is to be reported.

A request that was withdrawn, or a document that was repealed, is often only struck out or hidden. Readers show such rows as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.intake.read.register_heads import is_blank
from pipeline.intake.read.xlsx_styles import STRUCK
from pipeline.long_lists import first_of
from pipeline.model import Finding, Place, a1
from pipeline.wording.addresses import cell_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.forms.registers import Register
    from pipeline.intake.read.register_copies import ListedRows
    from pipeline.model import Fact

_SHOWN = 6
"""Ranges of lines that a finding repeats."""


def struck_out(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at the rows that are struck out whole, and at the cells that are, or of which a part is."""
    head = listed.head
    if not head.sheet.may_be_struck:
        return
    for row, (line, cells) in enumerate(zip(listed.lines, listed.rows, strict=True)):
        filled = [number for number, value in enumerate(cells) if not is_blank(value)]
        struck = [number for number in filled if _is_struck(register, listed, line, number)]
        for number in struck[:1] if len(struck) == len(filled) else struck:
            column, place = register.columns[number], Place(head.sheet.name, a1(line, head.columns[number]))
            key, facts = (register.row_key(number, row),), {"label": column.label}
            if len(struck) == len(filled):
                yield Finding.found("V01", place, key, "struck_row", facts)
            elif column.kind == "text" and column.key not in register.unique:
                yield Finding.found("F05", place, key, "struck_text", facts)
            else:
                yield Finding.found("V01", place, key, "struck", facts)


def unseen(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at rows and columns that are hidden, as those are that a filter leaves out; who hides names may do so."""
    sheet, head = listed.head.sheet, listed.head
    if not sheet.visible and listed.rows:
        yield Finding.found("F05", Place(sheet.name), (), "hidden_sheet")
        return
    rows, columns = sheet.hidden_lines if listed.rows else ((), ())
    lines = [line for line in listed.lines if line in rows] if rows else []
    if lines:
        ranges = [
            cells.replace("A", "").replace(":", "—") for cells in cell_ranges(a1(line, 0) for line in lines)
        ]
        facts: dict[str, Fact] = {
            "table": register.name,
            "rows": len(lines),
            "lines": first_of(ranges, _SHOWN, "……"),
        }
        yield Finding.found("V02", Place(sheet.name, a1(lines[0], 0)), (), "hidden_rows", facts)
    hidden = [
        (own.label, at)
        for number, (own, at) in enumerate(zip(register.columns, head.columns, strict=True))
        if at in columns and not own.personal and any(not is_blank(cells[number]) for cells in listed.rows)
    ]
    if hidden:
        facts = {"table": register.name, "labels": "、".join(f"“{label}”" for label, _ in hidden)}
        place = Place(sheet.name, a1(max(0, head.row), hidden[0][1]))
        yield Finding.found("V02", place, (), "hidden_columns", facts)


def _is_struck(register: Register, listed: ListedRows, line: int, number: int) -> bool:
    """Say whether a cell is struck out; a part of a word that is chosen is known by the word alone, which other rows have as well."""
    sheet, at = listed.head.sheet, listed.head.columns[number]
    if sheet.odd_cells.get((line, at)) == STRUCK:
        return True
    return register.columns[number].kind == "text" and sheet.is_struck(line, at)
