"""A finding that is no failed sum goes in; what remains of it in the workbook that goes back comes out.

Much is mended by carrying over: a sheet is there again, a heading reads as it should, a doubled sheet is one. Then only
what is left is asked for: fill these cells, or look at those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.forms.form import Form, Table
from pipeline.model import Fact, Finding, Place
from pipeline.wording.addresses import spelled


@dataclass(frozen=True, slots=True)
class Remaining:
    """A finding in the words and addresses of the workbook that goes back.

    ``change`` are the cells that must be changed, ``look`` those that are to be looked at; ``is_mended``: by carrying over.
    """

    finding: Finding
    change: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    is_mended: bool = False


_TO_FILL: Mapping[tuple[str, str], str] = {
    ("F03", "missing_table"): "table_restored",
    ("F03", "missing_label"): "label_restored",
    ("F03", "missing_sheet"): "sheet_restored",
    ("F03", "table_of_another"): "table_restored",
    ("F03", "label_of_another"): "label_added",
    ("F03", "sheet_of_another"): "sheet_restored",
    ("F04", "carried"): "carried_back",
    ("F04", ""): "blank_back",
    ("F05", "unplaced"): "unplaced_back",
    ("F05", "several"): "several_back",
    ("F05", "pasted_low_unclear"): "low_back",
    ("F05", "pasted_off_unclear"): "off_back",
    ("F08", "no_table"): "no_table_back",
    ("F08", "several"): "several_back",
    ("F08", "unplaced"): "unplaced_back",
    ("F08", "no_label"): "no_label_back",
    ("F08", "no_heading"): "no_heading_back",
}
"""What is carried over without the cells it speaks of: they are to be filled."""
_COLUMNS: Mapping[tuple[str, str], str] = {
    ("F03", "missing_column"): "column_restored",
    ("F03", "open_column"): "open_column",
}
"""Columns of registers that are there again, and blank."""
_TO_LOOK_AT: Mapping[tuple[str, str], str] = {
    ("F02", "year_missing"): "year_filled",
    ("F02", "period_missing"): "period_filled",
    ("F02", "agency_missing"): "agency_filled",
    ("F03", "near_label"): "label_mended",
    ("F03", "changed_heading"): "changed_back",
    ("F03", "spare_column"): "label_whole",
    ("F03", "no_headings"): "headings_back",
    ("F05", "turned"): "turned_back",
    ("V02", "rows_above"): "rows_above_back",
    ("V02", "hidden_rows"): "hidden_rows_back",
    ("V02", "hidden_columns"): "hidden_columns_back",
    ("V02", "beside"): "beside_back",
    ("V02", "no_row"): "no_row_back",
    ("V02", "subtotal"): "subtotal_back",
    ("V02", "stated_rows"): "stated_rows_back",
    ("F03", "unknown_heading"): "heading_mended",
    ("F05", "unread"): "unread_back",
    ("F05", "beside"): "beside_back",
    ("F05", "beside_nil"): "beside_back",
    ("F05", "unread_text"): "text_back",
    ("F05", "struck_text"): "struck_back",
    ("F05", "headings_placed"): "headings_placed_back",
    ("F05", "misplaced"): "misplaced_back",
    ("F05", "foreign_title"): "title_back",
    ("F05", "copies_differ"): "copies_back",
    ("F05", "rows_elsewhere"): "rows_elsewhere_back",
    ("F05", "rows_on_sheets"): "rows_on_sheets_back",
    ("F05", "rows_shifted"): "rows_shifted_back",
    ("F05", "hidden_sheet"): "sheet_shown",
    ("F05", "hidden"): "hidden_shown",
    ("F05", "merged"): "merged_shown",
    ("F05", "pasted_low"): "low_mended",
    ("F05", "pasted_off"): "off_mended",
    ("C01", "as_zero"): "zero_filled",
    ("C02", "as_zero"): "zero_filled",
    ("C03", "unit_stripped"): "unit_gone",
    ("C08", "rounded"): "rounded_back",
}
"""What carrying over has mended already."""
_OF_A_TABLE = {("F05", "pasted_low"), ("F05", "pasted_off")}
"""What is true of so many cells that a mark on each says nothing."""
_NEVER_SENT = "table_restored"
"""The only one where the table may be nil: of the others figures came, which must not be lost by one choice."""
_NOTHING_LEFT: Mapping[str, str] = {
    "sheet_restored": "sheet_whole",
    "label_restored": "label_whole",
    "table_restored": "table_whole",
}
"""What is there again and asks for nothing that must be filled in."""
_OF_A_REGISTER: Mapping[tuple[str, str], str] = {
    ("F03", "missing_table"): "register_restored",
    ("F03", "unlike_headings"): "unlike_back",
}
"""A register that did not come: its rows are to be filled in."""
STRUCK = frozenset({("C08", "struck"), ("V01", "struck"), ("V01", "struck_row")})
"""What is not carried over: sent back as it is, a copy without the strike would say that it is to be reported."""
_REWORDED: Mapping[tuple[str, str], str] = {
    ("C01", "merged"): "merged_back",
    ("C08", "date"): "date_back",
    ("C08", "excel_error"): "error_back",
    ("C08", "error_value"): "error_value_back",
    ("C08", "formula_without_result"): "formula_back",
    ("C08", "stale_formula"): "stale_back",
    ("C08", "formula_unread"): "unread_back",
    ("F05", "too_long"): "too_long_back",
    ("C08", "struck"): "struck_number_back",
    ("V01", "struck"): "struck_cell_back",
    ("V01", "struck_row"): "struck_row_back",
}
"""What is still to be changed, but otherwise than in the file that came."""


def remaining(form: Form, found: Finding, values: Mapping[str, Fact], kind: str = "") -> Remaining:
    """Return what is left of ``found``; ``values`` stand in the workbook that goes back, by key; ``kind`` is the agency's."""
    case = (found.code, found.variant)
    if found.variant == "nil_contradiction":
        return _contradicted(form, found, values)
    if case in _OF_A_REGISTER and not found.keys:
        return _register_to_fill(form, found, _OF_A_REGISTER[case])
    if case in _COLUMNS:
        return _column_to_fill(form, found, _COLUMNS[case])
    if case in _TO_FILL:
        return _to_fill(form, found, _TO_FILL[case], values, kind)
    placed = replace(found, place=_place(form, found))
    if case in _TO_LOOK_AT:
        facts = {**found.facts, "count": len(found.keys)}
        look = found.keys[:1] if case in _OF_A_TABLE else found.keys
        return Remaining(replace(placed, variant=_TO_LOOK_AT[case], facts=facts), look=look, is_mended=True)
    own = found.keys[:1]
    is_formula = case in STRUCK and not _is_open(form, found.key)
    placed = placed if is_formula else replace(placed, variant=_REWORDED.get(case, found.variant))
    return Remaining(placed, *((own, ()) if _is_open(form, found.key) else ((), own)))


def _place(form: Form, found: Finding) -> Place | None:
    """Return where it stands in the template; what is of no cell of the form has no cell there, at most a sheet: the one where it belongs, if that is told."""
    own = form.place_of(found.key) if found.key else None
    if own:
        return own
    names = {sheet.name for sheet in form.sheets}
    named = found.facts.get("home") or (found.place.sheet if found.place else "")
    return Place(str(named)) if named in names else None


def _to_fill(form: Form, found: Finding, variant: str, values: Mapping[str, Fact], kind: str) -> Remaining:
    asked = _required(form, kind)
    keys = [key for key in found.keys or asked if key in asked and _is_open(form, key) and key not in values]
    if not keys:
        whole = _NOTHING_LEFT.get(variant)
        return (
            Remaining(replace(found, variant=whole, place=_place(form, found)))
            if whole
            else Remaining(found, look=found.keys)
        )
    wanted = spelled(form, keys)
    nil = _nil_return(form, keys) if variant == _NEVER_SENT else ""
    own = tuple(keys) if len(keys) == 1 else ()
    sheets = {form.places[key].sheet for key in keys}
    where = form.places[own[0]] if own else Place(*sheets) if len(sheets) == 1 else None
    facts = {**found.facts, "wanted": f"{wanted}{nil}"}
    return Remaining(replace(found, variant=variant, facts=facts, place=where, keys=own), tuple(keys))


def _column_to_fill(form: Form, found: Finding, variant: str) -> Remaining:
    """Ask for a column of a register that is there again, in every row."""
    register = form.register(str(found.facts["register"]))
    at = register.index[str(found.facts["column"])]
    keys = tuple(register.row_key(at, row) for row in range(int(found.facts["rows"])))
    return Remaining(replace(found, variant=variant, place=Place(register.sheet)), keys)


def _register_to_fill(form: Form, found: Finding, variant: str) -> Remaining:
    """Ask for the rows of a register that is there again, or for the word that there are none."""
    register = next(own for own in form.registers if own.name == found.facts["table"])
    facts = {"sheet": register.sheet, **found.facts, "label": register.nil_label}
    place = Place(register.sheet, form.places[register.nil_key].cell)
    asked = replace(found, variant=variant, place=place, facts=facts)
    return Remaining(asked, (register.nil_key,))


def _contradicted(form: Form, found: Finding, values: Mapping[str, Fact]) -> Remaining:
    """Name the figures that stand in a table although it is said to be nil."""
    table = next(table for table in form.tables if table.nil_key == found.key)
    keys = [cell.key for cell in form.cells_of(table.key) if cell.is_input and values.get(cell.key)]
    facts = {
        **found.facts,
        "count": len(keys),
        "cells": spelled(form, keys),
        "cell": form.places[table.nil_key].cell,
    }
    placed = replace(found, place=form.places[table.nil_key], variant="nil_back", facts=facts)
    return Remaining(placed, found.keys[:1], tuple(keys))


def _required(form: Form, kind: str) -> dict[str, None]:
    """Return the keys of what an agency of ``kind`` has to fill in; what may stay blank is not asked for."""
    entries = [entry.key for entry in (*form.entries, *form.cell_values) if entry.required]
    texts = [text.key for text in form.texts if text.required]
    free = form.free_keys(kind)
    keys = (*entries, *texts, *(cell.key for cell in form.cells))
    return dict.fromkeys(key for key in keys if key not in free)


def _is_open(form: Form, key: str | None) -> bool:
    """Whether a clerk can type there: totals are locked formulas."""
    return key is not None and (key not in form.by_key or form.by_key[key].is_input)


def _nil_return(form: Form, keys: Sequence[str]) -> str:
    """Offer the nil return where nothing at all stands in one table."""
    table = _whole_table(form, keys)
    return f"，或者在 {form.places[table.nil_key].cell} 把“{table.nil_label}”选为“是”" if table else ""


def _whole_table(form: Form, keys: Sequence[str]) -> Table | None:
    wanted = set(keys)
    for table in form.tables:
        inputs = (cell.key for cell in form.cells_of(table.key) if cell.is_input)
        if wanted == {*inputs, *(value.key for value in form.values_of(table.key))}:
            return table
    return None
