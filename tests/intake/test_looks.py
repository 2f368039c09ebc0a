"""Figures that a sheet shows otherwise than it stores them: said at their cells, never taken for what was meant."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pipeline.forms.form import Form
from pipeline.forms.values.typed import type_cell
from pipeline.intake.read.reading import read
from pipeline.intake.read.xlsx_styles import changes, marked_texts
from pipeline.model import Number, Reading, Severity
from pipeline.publishing.template import build_workbook
from tests.intake.support import codes, draft, numbers_for, rewrite_part

STRUCK = CellRichText("保留的。", TextBlock(InlineFont(strike=True), "删去的。"))


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form, 7)


def filled_cell(form: Form, numbers: dict[str, Number]) -> str:
    return next(
        cell.key for cell in form.cells if cell.is_input and cell.kind == "count" and numbers[cell.key]
    )


def edited(form: Form, numbers: dict[str, Number], key: str, change: Callable[[object], None]) -> Reading:
    book = load_workbook(BytesIO(build_workbook(form, values=numbers)))
    sheet, row, column = form.positions[key]
    change(book[sheet].cell(row + 1, column + 1))
    stream = BytesIO()
    book.save(stream)
    return read(form, stream.getvalue())


@pytest.mark.parametrize(
    ("code", "value", "other"),
    [
        ("0%", 1, True),
        ("0,", 5000, True),
        ('0!.0,"万"', 5000, True),
        ('0"."0', 50, True),
        (";;;", 3, True),
        ('"—"', 3, True),
        ('[>=10000]0.0,"万";0', 20000, True),
        ('[>=10000]0.0,"万";0', 5, False),
        ('[=0]"";General', 5, False),
        ("0;-0;;@", 5, False),
        ('0"件"', 5, False),
        ('G/通用格式"件"', 5, False),
        ("[DBNum1][$-804]General", 5, False),
        ("#,##0.00_ ;[Red]\\-#,##0.00\\ ", 5, False),
        ('_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', 5, False),
        ("@", 5, False),
        ("0.00E+00", 5, False),
    ],
)
def test_a_format_shows_the_number_or_another_one(code: str, value: int, *, other: bool) -> None:
    assert changes(code, value) is other


@pytest.mark.parametrize("code", ["0%", "0.00%", "0!.0,", ";;;"])
def test_a_format_that_shows_another_number_is_an_error(
    form: Form, numbers: dict[str, Number], code: str
) -> None:
    key = filled_cell(form, numbers)
    reading = edited(form, numbers, key, lambda cell: setattr(cell, "number_format", code))
    [found] = reading.findings
    assert (codes([found]), found.severity) == (["C08.format"], Severity.ERROR)
    assert (found.place, found.keys) == (form.places[key], (key,))
    assert found.facts == {"value": numbers[key], "format": code}


@pytest.mark.parametrize("code", ['0"件"', "#,##0", "0.00", '[=0]"";General'])
def test_a_format_that_dresses_the_number_is_no_fault(
    form: Form, numbers: dict[str, Number], code: str
) -> None:
    reading = edited(
        form, numbers, filled_cell(form, numbers), lambda cell: setattr(cell, "number_format", code)
    )
    assert (reading.numbers, reading.findings) == (numbers, ())


def test_nothing_is_nothing_in_every_format(form: Form, numbers: dict[str, Number]) -> None:
    key = next(cell.key for cell in form.cells if cell.is_input and not numbers[cell.key])
    reading = edited(form, numbers, key, lambda cell: setattr(cell, "number_format", "0%"))
    assert (reading.numbers, reading.findings) == (numbers, ())


def test_a_struck_out_figure_is_an_error(form: Form, numbers: dict[str, Number]) -> None:
    key = filled_cell(form, numbers)
    reading = edited(form, numbers, key, lambda cell: setattr(cell, "font", Font(strike=True)))
    assert codes(reading.findings) == ["C08.struck"]
    assert reading.findings[0].place == form.places[key]


@pytest.mark.parametrize("font", [InlineFont(vertAlign="superscript"), InlineFont(strike=True)])
def test_a_note_mark_beside_a_number_is_no_digit_of_it(
    form: Form, numbers: dict[str, Number], font: InlineFont
) -> None:
    key = filled_cell(form, numbers)
    text = CellRichText("1", TextBlock(font, "2"))
    reading = edited(form, numbers, key, lambda cell: setattr(cell, "value", text))
    assert (codes(reading.findings), reading.numbers[key]) == (["C08.text"], None)
    assert reading.unreadable[key].startswith("12")
    assert type_cell(reading.unreadable[key], "count").number is None  # as it goes back


@pytest.mark.parametrize(
    ("code", "unit", "other"),
    [
        ('0.00"元"', "万元", True),
        ('0.00"万元"', "万元", False),
        ('0"元"', "", True),
        ('0"万件"', "", True),
        ("¥#,##0.00", "万元", False),
        ('0.0"件"', "", False),
    ],
)
def test_a_format_that_names_another_unit_shows_another_number(code: str, unit: str, *, other: bool) -> None:
    assert changes(code, 5, unit) is other


@pytest.mark.parametrize(
    "struck",
    [lambda cell: setattr(cell, "font", Font(strike=True)), lambda cell: setattr(cell, "value", STRUCK)],
)
def test_a_text_that_is_struck_out_in_part_is_said(
    form: Form, numbers: dict[str, Number], struck: Callable[[object], None]
) -> None:
    text = form.texts[0]
    reading = edited(form, {**numbers, text.key: "保留的。删去的。"}, text.key, struck)  # type: ignore[dict-item]
    assert reading.texts[text.key] == "保留的。删去的。"
    assert codes(reading.findings) == ["F05.struck_text"]
    assert reading.findings[0].place == form.places[text.key]


def test_a_text_set_in_parts_is_read_as_one() -> None:
    strings = b'<si><r><t>1</t></r><r><rPr><vertAlign val="superscript"/></rPr><t xml:space="preserve">2 </t></r></si>'
    assert marked_texts(strings + b"<si><t>3</t></si>") == {"12 "}


def test_figures_under_a_merged_cell_are_said(form: Form, numbers: dict[str, Number]) -> None:
    """A merged cell's format can be painted over figures: they stay, and nobody sees them."""
    table = max(form.tables, key=lambda table: len(form.cells_of(table.key)))
    row = next(cell.row for cell in form.cells_of(table.key) if cell.is_input and numbers[cell.key])
    keys = [cell.key for cell in form.cells_of(table.key) if cell.row == row and cell.is_input]
    area = f"{form.places[keys[0]].cell}:{form.places[keys[-1]].cell}"
    made = draft(form, numbers)
    part = f"xl/worksheets/sheet{list(made.sheets).index(table.sheet) + 1}.xml"
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
    content = rewrite_part(made.xlsx(), part, lambda xml: xml.replace(b"</sheetData>", merged))
    reading = read(form, content)
    assert reading.numbers == numbers
    assert codes(reading.findings) == ["F05.merged"]
    assert set(reading.findings[0].keys) == {key for key in keys[1:] if numbers[key]}
