"""A register that was not found and the sheets of the file go in; the one that looks like it comes out, with what its headings lack.

An agency that keeps a register of its own has other headings: it is told which of them are known, and which are not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import likeness, normalise
from pipeline.intake.read.lines import ALIKE_ENOUGH
from pipeline.intake.read.register_heads import LONGEST_LABEL, heading_of, is_blank
from pipeline.long_lists import first_of
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.forms.registers import Column, Register
    from pipeline.intake.read.spreadsheet import SheetData

_WITHIN = 20
"""Rows among which headings are looked for."""
_FEWEST, _FEWEST_KNOWN = 4, 2
"""Headings that a row of headings has, and how many of them are known."""
_NAMED = 15


@dataclass(frozen=True, slots=True)
class _Likely:
    """A row that looks like the headings: what stands in it, and the columns of the register that are known among that."""

    sheet: SheetData
    row: int
    headings: tuple[str, ...]
    known: Mapping[str, str]


def not_found(register: Register, sheets: Iterable[SheetData]) -> Finding:
    """Say that the register is not there; or, if a sheet below whose headings something stands looks like it, what these lack."""
    facts: dict[str, Fact] = {"table": register.name}
    likely = [found for sheet in sheets if (found := _on(register, sheet))]
    if not likely:
        return Finding.found("F03", None, (), "missing_table", facts)
    best = max(likely, key=lambda one: len(one.known))
    strange = [heading for heading in best.headings if heading not in best.known.values()]
    lacking = [own.label for own in register.columns if own.required and own.key not in best.known]
    facts |= {
        "sheet": best.sheet.name,
        "home": register.sheet,
        "known": _names(best.known.values()),
        "lacking": _names(lacking) or "规定的其他列",
        "strange": f"（不是规定的有{_names(strange)}）" if strange else "",
    }
    return Finding.found("F03", Place(best.sheet.name, a1(best.row, 0)), (), "unlike_headings", facts)


def _on(register: Register, sheet: SheetData) -> _Likely | None:
    found = [own for row in range(min(_WITHIN, len(sheet.rows))) if (own := _at(register, sheet, row))]
    return max(found, key=lambda one: len(one.known), default=None)


def _at(register: Register, sheet: SheetData, row: int) -> _Likely | None:
    """Return what ``row`` is if it is one of headings, and something stands right below it."""
    texts = [value for value in sheet.rows[row] if not is_blank(value)]
    headings = tuple(" ".join(text.split()) for text in texts if isinstance(text, str))
    if len(texts) > len(headings) or len(headings) < _FEWEST or max(map(len, headings)) > LONGEST_LABEL:
        return None
    known = {own.key: name for own in register.columns for name in [_named(own, headings)] if name}
    below = sheet.rows[row + 1] if row + 1 < len(sheet.rows) else ()
    is_one = len(known) >= _FEWEST_KNOWN and any(not is_blank(value) for value in below)
    return _Likely(sheet, row, headings, known) if is_one else None


def _named(column: Column, headings: Iterable[str]) -> str:
    """Return the heading that names ``column``, or nearly does; empty where none does."""
    labels = [normalise(label) for label in (column.label, *column.also)]
    able = [text for text in headings if not any(word in text for word in column.never)]
    exact = next((text for text in able if heading_of(text) in labels), "")
    near = max(able, key=lambda text: likeness(heading_of(text), labels[0]), default="")
    return exact or (near if near and likeness(heading_of(near), labels[0]) >= ALIKE_ENOUGH else "")


def _names(words: Iterable[str]) -> str:
    return first_of([f"“{word}”" for word in dict.fromkeys(words)], _NAMED)
