"""Figures that a sheet shows otherwise than it stores them: said at their cells, never taken for what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting import rule as rules
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.values.typed import type_cell
from pipeline.forms.weighed import weighed
from pipeline.intake.read.number_formats import BUILT_IN, changes, rounded
from pipeline.intake.read.reading import read
from pipeline.intake.read.xlsx_styles import marked_texts
from pipeline.model import Number, Reading, Severity
from pipeline.publishing.template import build_workbook
from tests.intake.support import codes, draft, numbers_for, rewrite, rewrite_part

STRUCK = CellRichText("保留的。", TextBlock(InlineFont(strike=True), "删去的。"))


@pytest.fixture(scope="module")
def numbers(form: Form) -> dict[str, Number]:
    return numbers_for(form, 7)


def filled_cell(form: Form, numbers: dict[str, Number]) -> str:
    return next(
        cell.key for cell in form.cells if cell.is_input and cell.kind == "count" and numbers[cell.key]
    )


def saved(form: Form, numbers: dict[str, Number], key: str, change: Callable[[Cell], None]) -> bytes:
    book = load_workbook(BytesIO(build_workbook(form, values=numbers)))
    sheet, row, column = form.positions[key]
    cell = book[sheet].cell(row + 1, column + 1)
    assert isinstance(cell, Cell)
    change(cell)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(form: Form, numbers: dict[str, Number], key: str, change: Callable[[Cell], None]) -> Reading:
    return read(form, saved(form, numbers, key, change))


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
        ('"-"0', 5, True),
        ("-0", 5, True),
        ("\\-0", 5, True),
        ("0-", 5, True),
        ("(0)", 5, True),
        ("[$5]0", 5, True),
        ("[$5-804]0", 5, True),
        ("[$--804]0", 5, True),
        ("0[$万]", 5, True),
        ('"１"0', 5, True),
        ("１0", 5, True),
        ('0"٣"', 5, True),
        ('0"½"', 5, True),
        ('0"十"', 5, True),
        ('0"拾"', 5, True),
        ('0"w"', 5, True),
        ('0"Ｋ"', 5, True),
        ('0"hundred"', 5, True),
        ('0"O"', 5, True),
        ('0"○"', 5, True),
        ('0"‰"', 5, True),
        ('0"％"', 5, True),
        ('0" 0"', 5, True),
        ("0 0", 50, True),
        ('"1 "0', 5, True),
        ('"<1"0', 5, True),
        ("*10", 5, True),
        ('00":"00', 5000, True),
        ('"\u202e"0', 12, True),
        ("e", 5000, True),
        ("B1", 5000, True),
        ("[<100]0;yyyy", 5000, True),
        ('[<1000]0;0"k"', 5000, True),
        ("??/??", 5, True),
        ("0;0", -5, True),
        ("-0", -5, True),
        ("0;[Red]0", -5, False),
        ("0_);[Red]\\(0\\)", -5, False),
        ('"¥"#,##0_);("¥"#,##0)', -5, False),
        ('[>=0]0;"-"0', -5, False),
        ('[>=0]0;"-"0', 5, False),
        ("0;[红色]-0", 5, False),
        ('_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)', 5, False),
        ("0_ ", 5, False),
        ("_10", 5, False),
        ("000000", 5, False),
        ("#\\ ##0", 5000, False),
        ("0\\,000", 5000, False),
        ("[$¥-804]#,##0.00", 5, False),
        ("[$-zh-CN]0", 5, False),
        ('"US$"#,##0', 5, False),
        ('"共"0"件（次）"', 5, False),
        ("[DBNum2]0", 5, False),
        ("# ?/?", 5, False),
        ("# ??/16", 5, False),
        ("+0;-0", 5, False),
        ('"１"0', 0, True),
        ('0;;"7"', 0, True),
        ('0"万"', 0, False),
        ('0;-0;"—"', 0, False),
        ("0" * 300, 5, True),
    ],
)
def test_a_format_shows_the_number_or_another_one(code: str, value: int, *, other: bool) -> None:
    assert changes(code, value) is other


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        ("0", "25.649", "26"),
        ("0.00", "25.645", "25.65"),
        ("0;-0", "-2.5", "-3"),
        ("0", "0.4", "0"),
        ("#", "0.4", ""),
        ("0%", "0.125", "13%"),
        ("0.00E+00", "123456", "1.23E+5"),
        ("##0.0E+0", "12345", "12.3E+3"),
        ("0", "25", None),
        ("0.00", "25.6", None),
        ("General", "25.649", None),
        ('G/通用格式"件"', "25.649", None),
        ("@", "25.649", None),
        ("0.00##%", "0.125", None),
        ("# ?/?", "25.5", None),
        ("0." + "0" * 200, "25.649", None),
    ],
)
def test_a_format_rounds_decimals_away(code: str, value: str, seen: str | None) -> None:
    assert rounded(code, Decimal(value)) == seen


@pytest.mark.parametrize("code", BUILT_IN.values())
def test_the_formats_of_a_spreadsheet_show_whole_numbers_as_they_are_but_for_per_cent(code: str) -> None:
    assert [changes(code, value) for value in (5000, -5000, 0)] == ["%" in code, "%" in code, False]


def test_a_text_is_shown_as_it_is_by_a_format_of_numbers() -> None:
    assert [changes(code, "5") for code in ('0"万"', "@", '@"0"', ";;;", '0;0;0;"无"')] == [
        False, False, True, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "seen"), [("0", "26"), ("0.0", "25.6"), ("#,##0.00", "25.65")])
def test_an_amount_that_is_shown_rounded_is_read_as_stored_with_a_warning(
    form: Form, numbers: dict[str, Number], code: str, seen: str
) -> None:
    key = next(cell.key for cell in form.cells if cell.is_input and cell.kind == "money")
    stored = {**numbers, key: Decimal("25.649")}
    reading = edited(form, stored, key, lambda cell: setattr(cell, "number_format", code))
    [found] = weighed(form, reading.findings)
    assert (codes([found]), found.severity, found.place) == (
        ["C08.rounded"],
        Severity.WARNING,
        form.places[key],
    )
    assert found.facts == {"value": Decimal("25.649"), "format": code, "shown": seen}
    assert reading.numbers == stored


def test_an_amount_that_is_shown_whole_is_no_fault(form: Form, numbers: dict[str, Number]) -> None:
    key = next(cell.key for cell in form.cells if cell.is_input and cell.kind == "money")
    stored = {**numbers, key: Decimal("25.6")}
    reading = edited(form, stored, key, lambda cell: setattr(cell, "number_format", "0.00_ "))
    assert (reading.numbers, reading.findings) == (stored, ())


def test_a_cell_that_names_no_style_has_the_first(form: Form, numbers: dict[str, Number]) -> None:
    """The first style of a workbook is nearly always the plain one, but need not be."""
    made = draft(form, numbers)
    styles = b'<numFmts count="1"><numFmt numFmtId="190" formatCode="0&quot;w&quot;"/></numFmts><fonts'
    content = rewrite_part(
        made.xlsx(),
        "xl/styles.xml",
        lambda xml: xml.replace(b"<fonts", styles, 1).replace(
            b'<cellXfs count="1"><xf numFmtId="0"', b'<cellXfs count="1"><xf numFmtId="190"'
        ),
    )
    assert "C08.format" in codes(read(form, content).findings)


def test_a_figure_of_an_ods_that_is_a_share_by_its_type_is_an_error(
    form: Form, numbers: dict[str, Number]
) -> None:
    key = filled_cell(form, numbers)
    content = draft(form, {**numbers, key: 987654}).ods()

    def as_share(xml: bytes) -> bytes:
        cell = re.compile(rb"<table:table-cell[^<>]*987654[^<>]*>")
        return cell.sub(lambda found: found[0].replace(b'"float"', b'"percentage"'), xml)

    reading = read(form, rewrite_part(content, "content.xml", as_share))
    assert [found.variant for found in reading.findings if key in found.keys and found.code == "C08"] == [
        "format"
    ]


@pytest.mark.parametrize(("places", "expected"), [('number:decimal-places="0"', ["C08.rounded"]), ("", [])])
def test_an_ods_rounds_only_where_it_names_its_decimals(
    form: Form, numbers: dict[str, Number], places: str, expected: list[str]
) -> None:
    key = next(cell.key for cell in form.cells if cell.is_input and cell.kind == "money")
    content = draft(form, {**numbers, key: Decimal("25.649")}).ods()
    style = (
        f'<number:number-style style:name="N1"><number:number {places} number:min-integer-digits="1"/></number:number-style>'
        '<style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>'
    )

    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("number", "datastyle"), ("style", "style"))
    )

    def styled(xml: bytes) -> bytes:
        text = xml.decode().replace(
            "<office:automatic-styles/>",
            f"<office:automatic-styles {names}>{style}</office:automatic-styles>",
        )
        return re.sub(
            r'(<table:table-cell)([^>]*office:value="25.649")', r'\1 table:style-name="c1"\2', text
        ).encode()

    assert codes(read(form, rewrite_part(content, "content.xml", styled)).findings) == expected


@pytest.mark.parametrize("code", ["0%", "0.00%", "0!.0,", ";;;", '"-"0', "[$5]0", '0"w"', '0"‰"'])
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
    form: Form, numbers: dict[str, Number], struck: Callable[[Cell], None]
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


def worn(rule: Rule, area: str = "") -> Callable[[Cell], None]:
    """Put a look under a condition on a cell, or on an area."""

    def put(cell: Cell) -> None:
        assert isinstance(cell.parent, Worksheet)
        cell.parent.conditional_formatting.add(area or cell.coordinate, rule)

    return put


def when(code: str = "", font: Font | None = None) -> Rule:
    return Rule(type="expression", formula=["TRUE"], dxf=look(code, font))


def compared(compare: str, *limits: str) -> Rule:
    made: Rule = _RULES.CellIsRule(operator=compare, formula=list(limits))
    made.dxf = look("0%")
    return made


def look(code: str, font: Font | None = None) -> DifferentialStyle:
    number_format = NumberFormat(numFmtId=190, formatCode=code) if code else None
    return DifferentialStyle(numFmt=number_format, font=font)


_RULES: Any = rules
UNDER_A_CONDITION = [
    (worn(when('"15"')), '条件格式："15"'),
    (worn(when("0%")), "条件格式：0%"),
    (worn(when("0%"), "A1:XFD1048576"), "条件格式：0%"),
    (worn(when(font=Font(strike=True))), "条件格式：删除线"),
    (worn(_RULES.DataBarRule("min", 0, "max", 0, color="FF0000", showValue=False)), "条件格式：不显示数字"),
    (worn(_RULES.IconSetRule("3Arrows", "percent", [0, 33, 67], showValue=False)), "条件格式：不显示数字"),
    (worn(compared("greaterThan", "0")), "条件格式：0%"),
    (worn(compared("between", "1000000", "0")), "条件格式：0%"),
    (worn(compared("greaterThan", "$A$1")), "条件格式：0%"),
    (worn(compared("lessThan", "0")), ""),
    (worn(compared("notBetween", "0", "1000000")), ""),
    (worn(when("0%"), "AA900:AB901"), ""),
    (worn(when('0"件"')), ""),
    (worn(when(font=Font(color="FF0000"))), ""),
    (worn(_RULES.IconSetRule("3Arrows", "percent", [0, 33, 67])), ""),
]


@pytest.mark.parametrize("is_rewritten", [False, True])
@pytest.mark.parametrize(("change", "shown"), UNDER_A_CONDITION)
def test_a_figure_that_conditional_formatting_may_show_as_another_one_is_an_error(
    form: Form, numbers: dict[str, Number], change: Callable[[Cell], None], shown: str, *, is_rewritten: bool
) -> None:
    key = filled_cell(form, numbers)
    content = saved(form, numbers, key, change)
    if is_rewritten:
        content = rewrite(
            content, lambda _, data: re.sub(rb"<(worksheet|styleSheet) ", rb"<\1 x='' ", data, count=1)
        )
    reading = read(form, content)
    errors = [found for found in reading.findings if found.code != "F01"]
    assert reading.numbers[key] == numbers[key]
    assert [found.facts["format"] for found in errors if key in found.keys] == ([shown] if shown else [])


def test_a_look_that_a_sheet_itself_defines_counts_as_well(form: Form, numbers: dict[str, Number]) -> None:
    key = filled_cell(form, numbers)
    place = form.places[key]
    made = draft(form, numbers)
    part = f"xl/worksheets/sheet{list(made.sheets).index(place.sheet) + 1}.xml"
    added = (
        '<extLst><ext xmlns:x14="urn:x14" xmlns:xm="urn:xm" uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings>'
        '<x14:conditionalFormatting><x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><numFmt numFmtId="190"'
        f' formatCode="0%"/></x14:dxf></x14:cfRule><xm:sqref>{place.cell}</xm:sqref></x14:conditionalFormatting>'
        "</x14:conditionalFormattings></ext></extLst></worksheet>"
    )
    content = rewrite_part(made.xlsx(), part, lambda xml: xml.replace(b"</worksheet>", added.encode()))
    assert [(found.code, found.keys) for found in read(form, content).findings] == [("C08", (key,))]
