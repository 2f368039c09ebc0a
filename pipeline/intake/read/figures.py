"""Sheets and a table's placement go in; its typed numbers come out, totals computed, with what is to be said.

A blank, a placeholder or an error in a total is no fault: totals are computed. A stated total is a claim and kept,
unless the cell still holds the template's own formula: then the stored result may be stale and is computed anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.drawing import drawn_formula
from pipeline.forms.formulas import total_formula
from pipeline.forms.layout import FROM_REGISTER
from pipeline.forms.values.answers import YES
from pipeline.forms.values.numbers import LARGEST
from pipeline.forms.values.typed import Typed, exact, shown, type_cell, unreadable
from pipeline.intake.read.cellxml import UNSPELLED
from pipeline.intake.read.conditional_looks import NOTHING_SHOWN
from pipeline.intake.read.entries import with_prompt
from pipeline.intake.read.formula_value import value_of
from pipeline.intake.read.labels import answered, normalise
from pipeline.intake.read.number_formats import changes, rounded
from pipeline.intake.read.placing import stands_at_home
from pipeline.intake.read.xlsx_styles import STRUCK
from pipeline.model import Fact, Finding, Number, Place, a1

if TYPE_CHECKING:
    from pipeline.forms.form import Cell, Entry, Form, Table
    from pipeline.forms.layout import Position
    from pipeline.intake.read.cellxml import Address, CellFacts, Formula
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.spreadsheet import Raw, SheetData


_MARKED = "（部分是上下标或画了删除线）"
"""Follows what a cell shows, so that in the workbook that goes back it is no number either."""


_SHOWN = 60
"""Characters of a formula that a finding repeats."""
_NOTHING = (None, "")
_NOTHING_SHOWN = "空白"
_UNDER_A_CONDITION: Mapping[str, str] = {STRUCK: "删除线", NOTHING_SHOWN: "不显示数字"}
"""What conditional formatting makes of figures that is no number format."""
_COUNTING = re.compile(r"(?:IF\([^,()]*=0,)?(?:COUNT|SUM)IFS\(", re.ASCII)
"""With what a formula begins, without spaces, that counts the rows of a register, as this or an earlier template has it."""
_LAST_ROW = re.compile(r"(:\$[A-Z]{1,3}\$)\d{1,7}", re.ASCII)
"""Of the area of a register in a formula: how far down it was when the template was made."""
_ROUNDING = Decimal("1e-9")
"""By what share two programs may calculate differently."""


@dataclass(slots=True)
class TableFigures:
    """The numbers of a file as they are read, table after table."""

    numbers: dict[str, Number | None] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    nil_tables: set[str] = field(default_factory=set)
    from_registers: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    values: dict[str, Raw] = field(default_factory=dict)
    """What the cells hold that ask for no number to be added up."""
    stale: dict[str, Number | str] = field(default_factory=dict)
    """Totals that are computed although the file shows something else: what it shows."""


def read_table(
    form: Form, table: Table, placement: Placement, sheets: Sequence[SheetData], into: TableFigures
) -> None:
    """Read the numbers of one placed table; adds to ``into``."""
    sheet = next(sheet for sheet in sheets if sheet.name == placement.sheet)
    if stands_at_home(form, table, placement):
        into.places.update(_home_places(form, table))
    else:
        for key, found in placement.positions.items():
            name, row, column = found
            into.places[key] = (
                form.places[key] if found == form.positions[key] else Place(name, a1(row, column))
            )
    plain = plain_numbers(form, table, placement, sheet)
    if plain is None:
        _read_closely(form, form.cells_of(table.key), sheet, placement, sheets, into)
    else:
        into.numbers.update(plain)
        if not _read_own_totals(form, table, sheet, into):
            _read_closely(form, _totals_of(form, table), sheet, placement, sheets, into)
    for value in form.values_of(table.key):
        if value.key in placement.positions:
            _take_value(value, sheet, placement.positions[value.key], into)
    _note_looks(form, table, placement, sheet, into)
    _read_nil(form, table, placement, sheet, into)


def _read_own_totals(form: Form, table: Table, sheet: SheetData, into: TableFigures) -> bool:
    """Read all totals of a table that stands as in the template; say by False that they are not the template's own, calculated."""
    spots = _own_totals(form, table, sheet.facts)
    stated = _whole_numbers(sheet, spots)
    if not stated:
        return False
    into.numbers.update(dict.fromkeys(spots.values()))
    into.stale.update(zip(spots.values(), stated, strict=True))
    return True


def _read_closely(
    form: Form,
    cells: Iterable[Cell],
    sheet: SheetData,
    placement: Placement,
    sheets: Sequence[SheetData],
    into: TableFigures,
) -> None:
    formulas: Mapping[str, str] = {}
    if sheet.facts.formulas:  # none in other formats, so that none need be spelled
        formulas = _moved_formulas(form, placement) if placement.moved else _total_formulas(form)
    for cell in cells:
        position = placement.positions.get(cell.key)
        if position is None:
            into.numbers[cell.key] = None
        elif cell.is_input:
            _read_input(cell, sheet, position, sheets, into)
        else:
            _read_total(cell, sheet, position, formulas.get(cell.key, ""), sheets, into)


def _take_value(entry: Entry, sheet: SheetData, position: Position, into: TableFigures) -> None:
    """Take over what a cell holds that asks for no number to be added up; an error of the spreadsheet is said."""
    spot, key = position[1:], entry.key
    into.values[key] = raw = sheet.at(*spot)
    error = sheet.facts.errors.get(spot)
    if error and raw in _NOTHING:
        into.values[key] = into.unreadable[key] = error
        into.findings.append(
            with_prompt(entry.value.error(error), entry.value.mending).finding(into.places[key], key)
        )


def plain_numbers(form: Form, table: Table, placement: Placement, sheet: SheetData) -> dict[str, int] | None:
    """Return the number of every cell to be filled in, where all are whole numbers and typed and stand as in the template.

    Nearly every table is such a one, and its cells need not be looked at one by one; None for any other.
    """
    spots = _input_spots(form, table)
    if not stands_at_home(form, table, placement) or not spots.keys().isdisjoint(sheet.facts.formulas):
        return None
    values = _whole_numbers(sheet, spots)
    return None if values is None else dict(zip(spots.values(), values, strict=True))


def _whole_numbers(sheet: SheetData, spots: Iterable[Address]) -> list[int] | None:
    """Return what stands at ``spots``; None unless all are whole numbers."""
    rows = sheet.rows
    try:
        values = [rows[row][column] for row, column in spots]
    except IndexError:
        return None
    is_plain = set(map(type, values)) <= {float} and all(map(float.is_integer, values))
    if not is_plain or min(values, default=0) < -LARGEST or max(values, default=0) > LARGEST:
        return None
    return list(map(int, values))


def _is_plain(value: Raw) -> TypeGuard[float]:
    """Say whether a cell holds a whole number, as nearly every one does."""
    return type(value) is float and value.is_integer() and -LARGEST <= value <= LARGEST


@lru_cache(maxsize=32)
def _input_spots(form: Form, table: Table) -> Mapping[tuple[int, int], str]:
    """Map where a cell to be filled in stands in the template to its key."""
    return {form.positions[cell.key][1:]: cell.key for cell in form.cells_of(table.key) if cell.is_input}


@lru_cache(maxsize=64)
def _own_totals(form: Form, table: Table, facts: CellFacts) -> Mapping[Address, str]:
    """Map where each total stands in the template to its key, if all of them still hold the template's own formula."""
    found = {form.positions[cell.key][1:]: cell.key for cell in _totals_of(form, table)}
    formulas = _total_formulas(form)
    are_own = all(
        (formula := facts.formulas.get(spot)) and key in formulas and _squeezed(formula.text) == formulas[key]
        for spot, key in found.items()
    )
    return found if are_own else {}


@lru_cache(maxsize=32)
def _totals_of(form: Form, table: Table) -> tuple[Cell, ...]:
    return tuple(cell for cell in form.cells_of(table.key) if not cell.is_input)


@lru_cache(maxsize=32)
def _home_places(form: Form, table: Table) -> Mapping[str, Place]:
    cells = (cell.key for cell in form.cells_of(table.key))
    values = (value.key for value in form.values_of(table.key))
    keys = (*cells, *values, table.nil_key)
    return {key: form.places[key] for key in keys}


def complete(form: Form, figures: TableFigures) -> dict[str, Number | None]:
    """Return every number in the form's order, blank totals computed; notes stale ones in ``figures``."""
    numbers = with_totals(form, figures.numbers)
    for key, stated in figures.stale.items():
        computed = numbers[key]
        if computed is not None and computed != stated:
            facts: Mapping[str, Fact] = {"stated": stated, "value": computed}
            variant = "restated" if _states_another(stated, computed) else "recomputed"
            figures.findings.append(Finding.found("C04", figures.places[key], (key,), variant, facts))
    return numbers


def _states_another(stated: Number | str, computed: Number) -> bool:
    """Say whether a total in words (约57, 共57件) names a number, but not the one that was computed."""
    if not isinstance(stated, str) or stated.startswith("#"):
        return False
    named = re.findall(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", stated))
    return bool(named) and str(computed) not in named


def _type(cell: Cell, sheet: SheetData, position: Position) -> Typed:
    _, row, column = position
    value = sheet.at(row, column)
    typed = type_cell(value, cell.kind)
    if isinstance(value, str) and typed.number is not None and sheet.is_marked(row, column):
        return unreadable("C08", "text", f"{value.strip()}{_MARKED}")
    if typed.number is not None or typed.code:
        return typed
    error = sheet.facts.errors.get((row, column))
    if error is not None:
        return unreadable("C08", "excel_error", error)
    formula = sheet.facts.formulas.get((row, column))
    if formula and not formula.stored:
        return unreadable("C08", "formula_without_result", f"={formula.text}")
    return typed


def _read_input(
    cell: Cell, sheet: SheetData, position: Position, sheets: Sequence[SheetData], into: TableFigures
) -> None:
    value = sheet.at(position[1], position[2])
    formula = sheet.facts.formulas.get(position[1:])
    typed = _calculated(sheet, value, formula, sheets) if formula else None
    if typed:
        pass
    elif _is_plain(value):
        into.numbers[cell.key] = int(value)  # nearly every cell; the rest is looked at closely
        return
    typed = typed or _type(cell, sheet, position)
    into.numbers[cell.key] = typed.number
    if typed.code:
        into.findings.append(typed.finding(into.places[cell.key], cell.key))
        if typed.raw is not None:
            into.unreadable[cell.key] = typed.raw


def _calculated(sheet: SheetData, value: Raw, formula: Formula, sheets: Sequence[SheetData]) -> Typed | None:
    """Return what is wrong with a clerk's own formula: an error that it comes to, or a stored result that is out of date.

    Where its text cannot be read, nobody can tell whether the result is out of date.
    """
    if formula.text == UNSPELLED:
        return unreadable("C08", "formula_unread", shown(value)) if value not in _NOTHING else None
    result = value_of(formula.text, sheet, sheets)
    if isinstance(result, str):
        return unreadable("C08", "excel_error", result)
    if result is None or not formula.stored or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    stored, now = exact(float(value)), exact(result)
    if abs(Decimal(stored) - Decimal(now)) <= _ROUNDING * max(Decimal(1), abs(Decimal(stored))):
        return None
    facts: Mapping[str, Fact] = {"raw": f"={formula.text}"[:_SHOWN], "stated": stored, "value": now}
    return Typed(None, "C08", "stale_formula", facts=facts)


def _read_total(
    cell: Cell,
    sheet: SheetData,
    position: Position,
    own: str,
    sheets: Sequence[SheetData],
    into: TableFigures,
) -> None:
    formula = sheet.facts.formulas.get(position[1:])
    value = sheet.at(position[1], position[2])
    if formula and own and (formula.text == UNSPELLED or _is_own(cell, formula, own)):
        into.numbers[cell.key] = None
        stated = int(value) if _is_plain(value) else _type(cell, sheet, position).number
        if stated is not None:
            into.stale[cell.key] = stated
        return
    typed = _type(cell, sheet, position)
    today = value_of(formula.text, sheet, sheets) if formula and typed.number is not None else None
    if isinstance(today, float) and exact(today) != typed.number:  # a clerk's own sum, not calculated anew
        into.numbers[cell.key] = exact(today)
        return
    into.numbers[cell.key] = typed.number
    if typed.number is not None and typed.code:
        into.findings.append(typed.finding(into.places[cell.key], cell.key))
    if typed.code == "C08" and typed.variant != "formula_without_result":
        into.stale[cell.key] = typed.raw or ""


def _is_own(cell: Cell, formula: Formula, own: str) -> bool:
    """Say whether a formula is the template's own; what counts rows in a cell that is drawn from them is one, of an earlier edition or not."""
    text = _squeezed(formula.text)
    return text == own or (bool(cell.drawn) and _COUNTING.match(text) is not None)


def _note_looks(form: Form, table: Table, placement: Placement, sheet: SheetData, into: TableFigures) -> None:
    """Point at figures that the sheet shows otherwise than they are stored."""
    cells = form.cells_of(table.key)
    is_plain = not sheet.odd_cells and not sheet.conditional_looks
    if is_plain and Decimal not in {type(into.numbers[cell.key]) for cell in cells}:
        return
    for cell in cells:
        number, position = into.numbers[cell.key], placement.positions.get(cell.key)
        if number is None or position is None:
            continue
        spot = position[1:]
        variant, facts = _looks_like(sheet, spot, number, cell.number.unit)
        if not variant:
            variant, facts = _may_look_like(sheet, spot, number, cell.number.unit)
        if variant:
            place = into.places[cell.key]
            into.findings.append(Finding.found("C08", place, (cell.key,), variant, facts))


def _looks_like(sheet: SheetData, spot: Address, number: Number, unit: str) -> tuple[str, Mapping[str, Fact]]:
    """Return how the sheet shows ``number`` otherwise, as the variant of a finding and its facts; empty where it does not."""
    code = sheet.odd_cells.get(spot, "")
    if not code and isinstance(number, Decimal):
        code = sheet.format_at(*spot)
    return _looks_by(code, sheet.at(*spot), number, unit)


def _looks_by(code: str, raw: Raw, number: Number, unit: str) -> tuple[str, Mapping[str, Fact]]:
    if code == STRUCK:
        return (STRUCK, {"value": number, "format": code}) if number else ("", {})
    if not code or raw in _NOTHING:
        return "", {}
    is_date = isinstance(raw, date | time | timedelta)
    if changes(code, raw if isinstance(raw, str) else number, unit, is_date=is_date):
        return "format", {"value": number, "format": code}
    seen = None if isinstance(raw, str) else rounded(code, number)
    if seen is None:
        return "", {}
    return "rounded", {"value": number, "format": code, "shown": seen or _NOTHING_SHOWN}


def _may_look_like(
    sheet: SheetData, spot: Address, number: Number, unit: str
) -> tuple[str, Mapping[str, Fact]]:
    """Return how the sheet may show ``number`` otherwise under a condition."""
    for look in sheet.conditional_looks:
        if look.may_hold(spot, float(number)):
            variant, facts = _looks_by(look.code, sheet.at(*spot), number, unit)
            if variant:
                spelled = f"条件格式：{_UNDER_A_CONDITION.get(look.code, look.code)}"
                return "format" if variant == STRUCK else variant, {**facts, "format": spelled}
    return "", {}


def _read_nil(form: Form, table: Table, placement: Placement, sheet: SheetData, into: TableFigures) -> None:
    _, row, column = placement.positions.get(table.nil_key, ("", -1, -1))
    answer = sheet.at(row, column)
    said = shown(answer).strip()
    if normalise(said).removeprefix(FROM_REGISTER[0]) == FROM_REGISTER[1:]:
        into.from_registers.add(table.key)
        return
    if not answered(said):
        return
    into.nil_tables.add(table.key)
    if normalise(said) != YES:
        noted: Mapping[str, Fact] = {"raw": said, "value": YES}
        place = into.places[table.nil_key]
        into.findings.append(Finding.found("C04", place, (table.nil_key,), "normalised", noted))
    count = 0
    for cell in form.cells_of(table.key):
        number = into.numbers[cell.key]
        if number is None and cell.is_input and cell.key in into.places and cell.key not in into.unreadable:
            into.numbers[cell.key] = 0
        count += bool(number)
    if count:
        facts: Mapping[str, Fact] = {"table": table.name, "count": count}
        place = into.places[table.nil_key]
        into.findings.append(Finding.found("C09", place, (table.nil_key,), "nil_contradiction", facts))


@lru_cache(maxsize=8)
def _total_formulas(form: Form) -> Mapping[str, str]:
    """Map each computed cell to the template's formula, without equals sign and spaces."""
    return {
        cell.key: _squeezed(total_formula(form, form.balance(cell.defined_by)))
        for cell in form.cells
        if cell.defined_by
    } | {key: _squeezed(drawn_formula(form, drawn)) for key, drawn in form.drawn.items() if drawn.defines}


def _moved_formulas(form: Form, placement: Placement) -> Mapping[str, str]:
    """Spell the template's formulas as they read after the table was moved as a whole."""
    shifted = replace(form, positions={**form.positions, **placement.positions})
    return {
        cell.key: _squeezed(total_formula(shifted, form.balance(cell.defined_by)))
        for cell in form.cells
        if cell.defined_by and cell.key in placement.positions
    } | {key: _squeezed(drawn_formula(form, drawn)) for key, drawn in form.drawn.items() if drawn.defines}


@lru_cache(maxsize=1024)
def _squeezed(formula: str) -> str:
    """Reduce a formula to what makes it the template's own: programs quote names of sheets or not, rows may go further down."""
    return _LAST_ROW.sub(r"\1", "".join(formula.split()).removeprefix("=").replace("'", ""))
