"""Cells by address go in; workbooks in every format come out, so that no test needs a binary fixture.

A ``Draft`` is a template as a plain table of values: a test moves, damages or fills it and saves it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from pipeline.forms import layout
from pipeline.forms.form import Entry, Form, Text
from pipeline.forms.formulas import total_formula
from pipeline.model import Finding, Number
from tests.support.fills import consistent_numbers, seeded

Cells = dict[tuple[int, int], object]
_BY_KIND = {"date": "2024-01-20", "phone": "0571-86123456"}


@dataclass(slots=True)
class Draft:
    """The sheets of a workbook in order: cells by zero-based (row, column)."""

    sheets: dict[str, Cells] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def put(self, position: tuple[str, int, int], value: object) -> None:
        self.sheets[position[0]][position[1:]] = value

    def rename(self, old: str, new: str) -> None:
        self.sheets = {new if name == old else name: cells for name, cells in self.sheets.items()}

    def shift(self, sheet: str, move: Callable[[int, int], tuple[int, int]]) -> None:
        """Move every cell of a sheet."""
        self.sheets[sheet] = {move(*spot): value for spot, value in self.sheets[sheet].items()}

    def relabel(self, sheet: str, old: str, new: object) -> None:
        """Replace a label wherever it stands on a sheet; it must stand there."""
        spots = [spot for spot, value in self.sheets[sheet].items() if value == old]
        assert spots, old
        for spot in spots:
            self.sheets[sheet][spot] = new

    def xlsx(self) -> bytes:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            dated = book.add_format({"num_format": "yyyy-mm-dd"})
            for name, cells in self.sheets.items():
                sheet = book.add_worksheet(name)
                if name in self.hidden:
                    sheet.hide()
                for (row, column), value in cells.items():
                    if isinstance(value, Formula):
                        sheet.write_formula(row, column, value.text, None, value.result)
                    elif isinstance(value, date):
                        sheet.write_datetime(row, column, value, dated)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    else:
                        sheet.write(row, column, value)
        return stream.getvalue()

    def xls(self) -> bytes:
        book = xlwt.Workbook()
        for name, cells in self.sheets.items():
            sheet = book.add_sheet(name)
            sheet.visibility = int(name in self.hidden)
            for (row, column), value in cells.items():
                sheet.write(row, column, value)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def ods(self) -> bytes:
        document = OpenDocumentSpreadsheet()
        for name, cells in self.sheets.items():
            table = OdfTable(name=name)
            for row in range(max((r for r, _ in cells), default=-1) + 1):
                line = TableRow()
                for column in range(max(c for _, c in cells) + 1):
                    line.addElement(_ods_cell(cells.get((row, column))))
                table.addElement(line)
            document.spreadsheet.addElement(table)
        stream = io.BytesIO()
        document.write(stream)
        return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the result stored beside it."""

    text: str
    result: object = ""


def _ods_cell(value: object) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, str):
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=value))
        return cell
    return TableCell(valuetype="float", value=str(value))


def draft(
    form: Form,
    numbers: Mapping[str, Number] | None = None,
    *,
    answers: Mapping[str, object] | None = None,
    stamp: Mapping[str, str] | None = None,
) -> Draft:
    """Make a template whose totals are plain values; ``answers`` are entries, texts and nil returns by key."""
    made = Draft({sheet.name: {} for sheet in form.sheets})
    for table in form.tables:
        for cell in form.grids[table.key].cells:
            if cell.text:
                spot = (table.sheet, layout.TABLE_TOP + cell.row, layout.TABLE_LEFT + cell.column)
                made.put(spot, cell.text)
        made.put((table.sheet, layout.NIL_ROW, layout.TABLE_LEFT), table.nil_label)
    items: tuple[Entry | Text, ...] = (*form.entries, *form.texts)
    for item in items:
        sheet, row, _ = form.positions[item.key]
        made.put((sheet, row, layout.LABEL_COLUMN), item.label)
        made.put((sheet, row, layout.PROMPT_COLUMN), item.prompt)
    checks = form.sheet_of_kind("checks").name
    for number, balance in enumerate(form.balances):
        made.put((checks, layout.CHECKS_TOP + number, layout.CHECK_COLUMNS["id"]), balance.id)
    floats = {key: float(number) for key, number in (numbers or {}).items()}
    for key, value in {**default_answers(form), **(answers or {}), **floats}.items():
        made.put(form.positions[key], value)
    made.sheets[layout.STAMP_SHEET] = {
        (row, column): text
        for row, line in enumerate((stamp or {}).items())
        for column, text in enumerate(line)
    }
    made.hidden.add(layout.STAMP_SHEET)
    return made


def default_answers(form: Form) -> dict[str, object]:
    """Entries and texts of an ordinary submission."""
    roles = {"agency": "甲局", "code": "", "year": "2023"}
    entries: dict[str, object] = {
        entry.key: roles.get(entry.role, _BY_KIND.get(entry.kind, f"{entry.label}所填"))
        for entry in form.entries
    }
    return {**entries, **{text.key: f"本部分（{text.label}）已完成。" for text in form.texts}}


def with_own_formulas(form: Form, made: Draft, results: Mapping[str, object]) -> Draft:
    """Put the template's formulas into the totals, with the given stored results (else the empty text)."""
    for cell in form.cells:
        if cell.defined_by:
            formula = total_formula(form, form.balance(cell.defined_by))
            made.put(form.positions[cell.key], Formula(formula, results.get(cell.key, "")))
    return made


def numbers_for(form: Form, seed: int = 1) -> dict[str, Number]:
    """Consistent figures, none of them zero by accident where a test would not notice."""
    return consistent_numbers(form, seeded(seed))


def rewrite(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Rewrite the parts of a zip; None drops one."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            changed = change(info.filename, source.read(info))
            if changed is not None:
                target.writestr(info.filename, changed)
    return stream.getvalue()


def rewrite_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Rewrite one part, which must be there and must change."""
    seen: list[bool] = []

    def apply(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        seen.append(change(data) != data)
        return change(data)

    changed = rewrite(content, apply)
    assert seen == [True], part
    return changed


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """Zip parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return stream.getvalue()


def prefixed(xml: bytes) -> bytes:
    """Write the elements of a sheet with a namespace prefix."""
    named = rb"<(/?)(worksheet|dimension|sheetData|row|c|v|f|is|t|mergeCells|mergeCell)(?=[\s/>])"
    return re.sub(named, rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")


def codes(findings: Iterable[Finding]) -> list[str]:
    """Spell findings as code or code.variant."""
    return [".".join(filter(None, (found.code, found.variant))) for found in findings]
