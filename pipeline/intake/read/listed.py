"""The sheets of a file go in; the entries, texts, explanations and the stamp come out: everything but the tables.

These stand one below the other beside a label, so a label that moved is searched and its answer taken beside it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.forms.form import Entry, Text
from pipeline.forms.values.numbers import EXACT
from pipeline.forms.values.typed import shown, type_cell
from pipeline.intake.read.cellxml import filled_rows
from pipeline.intake.read.labels import likeness, normalise
from pipeline.intake.read.lines import ALIKE_ENOUGH
from pipeline.intake.read.spreadsheet import WaitingRows
from pipeline.model import Fact, Finding, Number, Place, a1

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.intake.read.spreadsheet import Raw, SheetData

_ESCAPED = re.compile(r"_x000[dD]_")
_LINE_END = re.compile(r"\r\n?|[\v\f]")
"""Word's own line and page breaks among them."""
_PAIR = re.compile(r"(-?[\d.]{1,20})\|(-?[\d.]{1,20})", re.ASCII)
_UNPRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(
    r"<\s*/?\s*(?:p|br|div|span|font|strong|b|i|u|em|a|ul|ol|li|table|tbody|tr|td|th|h[1-6])\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    rf"{_TAG.pattern}|&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|mdash|hellip|middot|#\d{{2,6}});", re.IGNORECASE
)
_NO_WORDS = re.compile(r"[\s.,:：/\-–—年月日时分秒%]{0,40}\d[\d\s.,:：/\-–—年月日时分秒%]{0,80}")
"""A number, a date or a time."""
_LONGEST_LABEL = 80
_GUIDANCE = 0.5
"""How alike a text is to the guidance beside it that is no text of a clerk."""
Spot = tuple["SheetData", int, int]


@dataclass(slots=True)
class Listed:
    """Answers by key, their places, and what was not found."""

    answers: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Raw] = field(default_factory=dict)
    """What the cell of an answer holds."""
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    read: set[tuple[str, int, int]] = field(default_factory=set)
    """Sheet, row and column of every label and of what was read beside it."""


def read_listed(form: Form, sheets: Sequence[SheetData]) -> Listed:
    """Read every entry and text of the form."""
    result = Listed()
    for name, items in _items(form).items():
        spots = {item.key: _spot(form, item, sheets) for item in items}
        if not any(spots.values()):
            facts = {"sheet": name}
            keys = tuple(item.key for item in items)
            result.findings.append(Finding.found("F03", None, keys, "missing_sheet", facts))
            continue
        for item in items:
            _read_item(result, item, spots[item.key])
    return result


@lru_cache(maxsize=8)
def _items(form: Form) -> Mapping[str, Sequence[Entry | Text]]:
    """Return the entries and texts of each sheet that has some, in the form's order."""
    listed: tuple[Entry | Text, ...] = (*form.entries, *form.texts)
    found = {sheet.name: [item for item in listed if item.sheet == sheet.name] for sheet in form.sheets}
    return {name: items for name, items in found.items() if items}


def read_explanations(form: Form, sheets: Sequence[SheetData]) -> dict[str, str]:
    """Read what the clerk wrote beside the checks, by their id; the sheet by its name, else wherever the ids stand."""
    expected = form.sheet_of_kind("checks").name
    named = [sheet for sheet in sheets if sheet.name == expected]
    ids = form.explainable_ids
    first = layout.CHECK_COLUMNS["id"]
    reach = layout.CHECK_COLUMNS["explanation"] - first
    found: dict[str, str] = {}
    for sheet in named or sheets:
        if isinstance(sheet.rows, WaitingRows) and filled_rows(sheet.xml, first + reach) <= {
            layout.CHECKS_TOP - 1
        }:
            continue  # nearly always: nothing but the heading
        home = ((r, first, row[first]) for r, row in enumerate(sheet.rows) if len(row) > first)
        for row, column, text in home if named else _texts(sheet):
            written = clean(sheet.at(row, column + reach)) if text in ids else ""
            if written:
                found.setdefault(text, written)
    return found


def read_stamp(sheets: Sequence[SheetData]) -> dict[str, str]:
    """Read the hidden stamp; empty where the file is not from a template."""
    stamp = _stamp_of(sheets)
    if stamp is None:
        return {}
    lines = {clean(stamp.at(row, 0)): clean(stamp.at(row, 1)) for row in range(len(stamp.rows))}
    return {name: lines[name] for name in (*layout.STAMP_NAMES, layout.SUMS_NAME) if lines.get(name)}


def read_open_totals(form: Form, sheets: Sequence[SheetData]) -> dict[str, tuple[Number, Number]]:
    """Read from the stamp which totals contradicted their parts in the file before: as typed, and as they came out."""
    stamp = _stamp_of(sheets)
    found: dict[str, tuple[Number, Number]] = {}
    for row in range(len(stamp.rows) if stamp else 0):
        name, value = (clean(stamp.at(row, column)) for column in (0, 1)) if stamp else ("", "")
        key = name.removeprefix(layout.OPEN_TOTAL)
        pair = _PAIR.fullmatch(value)
        if name != key and (key in form.by_key or key in form.checks) and pair:
            typed, now = (type_cell(text, EXACT).number for text in pair.groups())
            if typed is not None and now is not None:
                found[key] = typed, now
    return found


def read_open_columns(sheets: Sequence[SheetData]) -> frozenset[str]:
    """Read from the stamp which columns, as register.column, were missing in the file before and may have stood under another heading."""
    stamp = _stamp_of(sheets)
    names = [clean(stamp.at(row, 0)) for row in range(len(stamp.rows))] if stamp else []
    found = (name.removeprefix(layout.OPEN_COLUMN) for name in names if name.startswith(layout.OPEN_COLUMN))
    return frozenset(found)


def _stamp_of(sheets: Sequence[SheetData]) -> SheetData | None:
    return next((sheet for sheet in sheets if sheet.name == layout.STAMP_SHEET), None)


def clean(value: Raw) -> str:
    """Spell a value as text with plain line ends and nothing around it."""
    text = _ESCAPED.sub("", shown(value)).strip()
    return text if text.isprintable() else _UNPRINTED.sub("", _LINE_END.sub("\n", text)).strip()


def _texts(sheet: SheetData) -> Iterator[tuple[int, int, str]]:
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if isinstance(value, str) and value and len(value) <= _LONGEST_LABEL:
                yield r, c, value.strip()


def _spot(form: Form, item: Entry | Text, sheets: Sequence[SheetData]) -> Spot | None:
    """Return where the label of ``item`` stands: at its address, else the only place in the file that has it."""
    name, row, column = form.positions[item.key]
    column += layout.LABEL_COLUMN - layout.ANSWER_COLUMN
    home = next((sheet for sheet in sheets if sheet.name == name), None)
    if home and is_label(home.at(row, column), item.label):
        return home, row, column
    for group in ([home] if home else []), [sheet for sheet in sheets if sheet is not home and sheet.visible]:
        spots = [
            (sheet, r, c) for sheet in group for r, c, text in _texts(sheet) if is_label(text, item.label)
        ]
        if spots:
            return spots[0] if len(spots) == 1 else None
    return _near_spot(home, row, column, item)


def _near_spot(home: SheetData | None, row: int, column: int, item: Entry | Text) -> Spot | None:
    """Accept a label at its very address that is nearly right."""
    value = home.at(row, column) if home else None
    if home and isinstance(value, str) and likeness(normalise(value), normalise(item.label)) >= ALIKE_ENOUGH:
        return home, row, column
    return None


def is_label(value: Raw, label: str) -> bool:
    """Say whether a cell holds ``label``, however it is set."""
    return value == label or (
        isinstance(value, str) and len(value) <= _LONGEST_LABEL and normalise(value) == normalise(label)
    )


def _read_item(result: Listed, item: Entry | Text, spot: Spot | None) -> None:
    if spot is None:
        if item.required:
            facts = {"table": item.sheet, "label": item.label}
            result.findings.append(
                Finding.found("F03", Place(item.sheet), (item.key,), "missing_label", facts)
            )
        return
    sheet, row, column = spot
    label = sheet.at(row, column)
    if not is_label(label, item.label):
        place = Place(sheet.name, a1(row, column))
        near = {"found": str(label).strip(), "label": item.label}
        result.findings.append(Finding.found("F03", place, (item.key,), "near_label", near))
    answer, where = answer_beside(sheet, row, column, item)
    result.read |= {(sheet.name, row, column), (sheet.name, row, where)}
    if isinstance(item, Text):
        if sheet.is_struck(row, where):
            found = Place(sheet.name, a1(row, where))
            facts = {"label": item.label}
            result.findings.append(Finding.found("F05", found, (item.key,), "struck_text", facts))
        below = dict(_continued(sheet, row, where, column))
        result.read |= {(sheet.name, other, where) for other in below}
        answer = "\n".join((answer, *below.values())).strip()
        answer = _plain(result, item, answer, Place(sheet.name, a1(row, where)))
        if not answer:
            result.findings += _of_a_formula(item, sheet, row, where)
    length = layout.cell_length(answer)
    if length > layout.CELL_CHARACTERS:
        result.findings.append(_too_long(item, Place(sheet.name, a1(row, where)), length))
    result.answers[item.key] = answer
    result.raw[item.key] = sheet.at(row, where) if answer else None
    result.places[item.key] = Place(sheet.name, a1(row, where))


def _plain(result: Listed, item: Text, answer: str, place: Place) -> str:
    """Return a text without the marks of a web page, which is noted; a number or a date alone is none, which is said."""
    if ("<" in answer or "&" in answer) and _MARKUP.search(answer):
        answer = clean(html.unescape(_TAG.sub("", _BREAK.sub("\n", answer))).replace("\u00a0", " "))
        note = {"label": item.label}
        result.findings.append(Finding.found("F05", place, (item.key,), "markup_cut", note))
    if answer and _NO_WORDS.fullmatch(answer):
        facts = {"label": item.label, "raw": answer[:_LONGEST_LABEL]}
        result.findings.append(Finding.found("F05", place, (item.key,), "no_words", facts))
    return answer


def _of_a_formula(item: Text, sheet: SheetData, row: int, column: int) -> Iterator[Finding]:
    """Say of a blank text that a formula stands in its cell: what it comes to is not stored, or is an error."""
    error, formula = sheet.facts.errors.get((row, column)), sheet.facts.formulas.get((row, column))
    if error is not None or (formula and not formula.stored):
        raw = error or f"={formula.text if formula else ''}"[:_LONGEST_LABEL]
        facts: Mapping[str, Fact] = {"label": item.label, "raw": raw}
        place = Place(sheet.name, a1(row, column))
        yield Finding.found("F05", place, (item.key,), "formula_in_text", facts)


def _too_long(item: Entry | Text, place: Place, length: int) -> Finding:
    facts: Mapping[str, Fact] = {"label": item.label, "count": length, "most": layout.CELL_CHARACTERS}
    return Finding.found("F05", place, (item.key,), "too_long", facts)


def answer_beside(sheet: SheetData, row: int, column: int, item: Entry | Text) -> tuple[str, int]:
    """Return the answer beside a label and its column; the template's own guidance is none."""
    beside = column + layout.ANSWER_COLUMN - layout.LABEL_COLUMN
    for other in range(beside, len(sheet.rows[row])):
        text = clean(sheet.at(row, other))
        if text:
            own = text in {item.prompt, item.guidance} or (other > beside and is_guidance(text, item))
            return ("", beside) if own else (text, other)
    return "", beside


def is_guidance(text: str, item: Entry | Text) -> bool:
    """Say whether ``text`` is the guidance of ``item`` as this or another edition of the template words it."""
    if len(text) > 3 * len(item.guidance):
        return False
    return text in {item.prompt, item.guidance} or likeness(text, item.guidance) >= _GUIDANCE


def _continued(sheet: SheetData, row: int, column: int, label_column: int) -> Iterator[tuple[int, str]]:
    """Yield further paragraphs that were typed into rows of their own below the answer, with their rows.

    Those after an empty row belong to it too where another label follows below; at the end of a sheet they may be a note.
    """
    after_gap: list[tuple[int, str]] = []
    gap = False
    for below in range(row + 1, len(sheet.rows)):
        if clean(sheet.at(below, label_column)):
            yield from after_gap
            return
        text = clean(sheet.at(below, column))
        gap = gap or not text
        if text and gap:
            after_gap.append((below, text))
        elif text:
            yield below, text


def answers_of(listed: Listed, items: Sequence[Entry] | Sequence[Text]) -> Mapping[str, str]:
    """Return the answers of ``items`` in the form's order; empty text where there is none."""
    return {item.key: listed.answers.get(item.key, "") for item in items}
