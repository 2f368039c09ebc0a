"""A placed table goes in; where its figures stand if they were pasted at the wrong place comes out, and what to say of it.

A paste that left the first rows blank and spilled as many below the last is recognised. The figures are read from where
they were pasted only if that is proven: no cell stays blank, every sum of the table holds, and totals that were pasted
along say the same. Else none of the block is read: in the row of another item they would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import holds, with_totals
from pipeline.forms.weighed import weighed
from pipeline.intake.read.figures import TableFigures, plain_numbers, read_table
from pipeline.intake.read.shifted import blocks_of, numbers_alone, shift_of
from pipeline.model import Fact, Finding, Place, Severity, a1
from pipeline.wording.addresses import cell_ranges

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Table
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.shifted import Shift, ShiftBlock
    from pipeline.intake.read.spreadsheet import SheetData

_LOWEST = 3
"""Rows by which a paste is recognised as too low."""

_Spots = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Paste:
    """A block of figures that stands too low: where it is read from instead, and the finding that says so."""

    placement: Placement
    finding: Finding


def paste_of(form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData]) -> Paste | None:
    """Return the paste that moved figures of ``table``; None if there is none."""
    sheet = next(sheet for sheet in sheets if sheet.name == placed.sheet)
    is_filled = plain_numbers(form, table, placed, sheet) is not None
    low = None if placed.overwritten or is_filled else _low_paste(form, table, placed, sheets)
    if low and low.finding.variant == "pasted_low":
        return low
    for block in blocks_of(form, table):
        shift = shift_of(block, placed, sheet, form.by_key, is_filled=is_filled)
        if shift:
            return _shifted(form, table, placed, block, shift)
    return low


def _shifted(form: Form, table: Table, placed: Placement, block: ShiftBlock, shift: Shift) -> Paste:
    keys = [key for row in block.keys for key in row]
    positions = {
        key: (name, *shift.spots.get(key, (row, column)))
        for key, (name, row, column) in placed.positions.items()
        if shift.spots or key not in keys
    }
    inputs = tuple(key for key in keys if form.by_key[key].is_input)
    facts: Mapping[str, Fact] = {"table": table.name, "how": _how(shift)}
    variant = "pasted_off" if shift.spots else "pasted_off_unclear"
    name, row, column = placed.positions[inputs[0]]
    place = Place(name, a1(row, column))
    return Paste(
        replace(placed, positions=positions, moved=placed.moved or bool(shift.spots)),
        Finding.found("F05", place, inputs, variant, facts),
    )


def _how(shift: Shift) -> str:
    """Say in which way the figures are off."""
    if shift.lacking:
        return f"少了几{shift.lacking}"
    said = [f"多了模板没有的{shift.extra}"] if shift.extra else []
    for count, words, one in ((shift.rows, "上下", "行"), (shift.columns, "左右", "列")):
        if count:
            way = words[1] if count > 0 else words[0]
            said.append(f"整体偏{way} {abs(count)} {one}")
    return "、".join(said) or "与行列错开"


def _low_paste(form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData]) -> Paste | None:
    """Return the paste that moved the last block of ``table`` down; None if there is none."""
    sheet = next(sheet for sheet in sheets if sheet.name == placed.sheet)
    last = len(table.blocks) - 1
    block = numbers_alone(form, table, last)
    spots = {
        cell.key: placed.positions[cell.key][1:]
        for cell in block
        if cell.is_input and cell.key in placed.positions
    }
    if not spots or not table.blocks[last].rows[0].label:
        return None
    rows, spilled = _lowered(sheet, spots)
    if not spilled:
        return None
    own = {cell.key for cell in block}
    moved = {
        key: (name, row + rows * (key in own), column)
        for key, (name, row, column) in placed.positions.items()
    }
    shifted = replace(placed, positions=moved, moved=True)
    proven = _is_proven(form, table, shifted, sheets)
    kept = {key: spot for key, spot in placed.positions.items() if key not in own}
    facts: Mapping[str, Fact] = {
        "table": table.name,
        "rows": rows,
        "cells": "、".join(cell_ranges(spilled)),
    }
    first = a1(*min(spots.values()))
    variant = "pasted_low" if proven else "pasted_low_unclear"
    return Paste(
        shifted if proven else replace(placed, positions=kept),
        Finding.found("F05", Place(sheet.name, first), tuple(spots), variant, facts),
    )


def _lowered(sheet: SheetData, spots: _Spots) -> tuple[int, list[str]]:
    """Return how many rows at the top are blank, and the cells below the last row that hold as many rows of figures."""
    rows = sorted({row for row, _ in spots.values()})
    columns = sorted({column for _, column in spots.values()})

    def is_blank(row: int) -> bool:
        return _is_blank(sheet, row, (column for at, column in spots.values() if at == row))

    blank = next((n for n, row in enumerate(rows) if not is_blank(row)), len(rows))  # nearly always the first
    if not 0 < blank <= _LOWEST:
        return 0, []
    below = range(rows[-1] + 1, rows[-1] + 1 + blank)
    spilled = [a1(row, column) for row in below for column in columns if _is_number(sheet.at(row, column))]
    whole = all(any(_is_number(sheet.at(row, column)) for column in columns) for row in below)
    return (blank, spilled) if whole else (0, [])


def _is_proven(form: Form, table: Table, shifted: Placement, sheets: Sequence[SheetData]) -> bool:
    trial = TableFigures()
    read_table(form, table, shifted, sheets, trial)
    if any(found.severity is Severity.ERROR for found in weighed(form, trial.findings)):
        return False
    numbers = with_totals(form, {cell.key: trial.numbers.get(cell.key) for cell in form.cells})
    own = {cell.key: cell for cell in form.cells_of(table.key)}
    sums = [
        holds(balance, numbers)
        for balance in form.balances
        if balance.rule.relation == "=" and own.keys() >= set(balance.keys)
    ]
    claimed = [key for key, cell in own.items() if cell.defined_by and trial.numbers.get(key)]
    return all(numbers[key] is not None for key in own) and all(sums) and bool(claimed)


def _is_blank(sheet: SheetData, row: int, columns: Iterable[int]) -> bool:
    return all(sheet.at(row, column) in {None, ""} for column in columns)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
