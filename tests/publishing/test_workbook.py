"""The workbook builder: structure, marks, and stored results against LibreOffice."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from xlsxwriter.worksheet import Worksheet as XlsxWorksheet

from pipeline.forms import layout
from pipeline.forms.drafts import to_fill_in
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED, side_formula, total_formula
from pipeline.forms.loader import data_dictionary, load_form
from pipeline.forms.narrative import Forbidden
from pipeline.forms.values import answers
from pipeline.intake.read.reading import read
from pipeline.model import Notice, Number, PastReport, Severity, a1
from pipeline.publishing.template import Stamp, build, build_workbook
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.list_pages import READY
from pipeline.publishing.workbook import office
from pipeline.publishing.workbook.measure import pages_high
from pipeline.publishing.workbook.office import OfficeBook
from tests.support.fills import consistent_numbers, zeros
from tests.support.fitting import misfits
from tests.support.libreoffice import computed
from tests.support.real_report import load_real_report

STAMP = Stamp("330113-07", "杭州市临平区财政局", 2023, district="临平区")
FORM = load_form()
Values = dict[str, Number | str]


def open_book(content: bytes, *, data_only: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=data_only)


def sheet_of(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def cell_at(book: Workbook, key: str) -> Any:  # noqa: ANN401 - openpyxl's cells differ by content
    place = FORM.places[key]
    return sheet_of(book, place.sheet)[place.cell]


def results(content: bytes) -> dict[tuple[str, str], object]:
    """Read the stored result of every formula."""
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in open_book(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    return values_at(formulas, content)


def values_at(places: Iterable[tuple[str, str]], content: bytes) -> dict[tuple[str, str], object]:
    """Read the values at ``places``; an empty text and nothing are the same."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    filled = {
        (name, row, column): value
        for name in book.sheet_names
        for row, line in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
        for column, value in enumerate(line, 1)
        if value != ""
    }
    return {(sheet, cell): filled.get((sheet, *coordinate_to_tuple(cell))) for sheet, cell in places}


def real_values() -> Values:
    """What the one real report puts into the fields, totals left to the formulas."""
    report = load_real_report()
    numbers: Values = {key: value for key, value in report.numbers.items() if FORM.by_key[key].is_input}
    return numbers | dict(report.texts)


def notice(code: str, severity: str, key: str | None, message: str = "这里有问题。") -> Notice:
    place = FORM.places.get(key or "")
    return Notice(
        code,
        severity,
        place.sheet if place else "Sheet3",
        place.cell if place else "C9",
        key,
        "2件",
        "2",
        message,
        "请改正。",
    )


def checks(content: bytes) -> dict[str, tuple[object, ...]]:
    """Read 自查: id → stored left, right, difference, mark, explanation."""
    columns = layout.CHECK_COLUMNS
    names = ("left", "right", "difference", "mark", "explanation")
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(checks_sheet())
    rows = sheet.to_python(skip_empty_area=False)[layout.CHECKS_TOP :]
    return {str(row[columns["id"]]): tuple(row[columns[name]] for name in names) for row in rows if row[0]}


def speaks_of(check: str, key: str) -> bool:
    """Say whether the completeness check ``check`` is about the field or table ``key``."""
    return check.partition(".")[2] == key


def checks_sheet() -> str:
    return FORM.sheet_of_kind("checks").name


def panel(content: bytes) -> str:
    """Read the one formula of the guide."""
    guide = FORM.sheet_of_kind("guide").name
    (text,) = [value for (sheet, _), value in results(content).items() if sheet == guide]
    return str(text)


@pytest.fixture(scope="module")
def blank_bytes() -> bytes:
    return build_workbook(FORM)


@pytest.fixture(scope="module")
def blank(blank_bytes: bytes) -> Workbook:
    return open_book(blank_bytes)


# --- structure


def test_sheets_stand_in_the_forms_order_and_the_stamp_is_very_hidden(blank: Workbook) -> None:
    assert blank.sheetnames == [*(sheet.name for sheet in FORM.sheets), layout.STAMP_SHEET]
    states = [sheet.sheet_state for sheet in blank.worksheets]
    shown = ["hidden" if sheet.kind == "past" else "visible" for sheet in FORM.sheets]
    assert states == [*shown, "veryHidden"]


def test_exactly_the_inputs_and_the_explanations_are_unlocked(blank: Workbook) -> None:
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in blank.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not isinstance(cell, MergedCell) and not cell.protection.locked
    }
    inputs = {(item.sheet, item.address) for item in data_dictionary(FORM) if item.input}
    column = layout.CHECK_COLUMNS["explanation"]
    explanations = {
        (checks_sheet(), a1(layout.CHECKS_TOP + number, column))
        for number in range(len(FORM.live_checks(Stamp().level)))
    }
    sheet = sheet_of(blank, checks_sheet())
    unseen = {basic.id for basic in FORM.explained_unseen}
    rows = [row for row in range(layout.CHECKS_TOP, sheet.max_row) if sheet.cell(row + 1, 1).value in unseen]
    assert len(rows) == len(unseen) > 0
    explanations |= {(checks_sheet(), a1(row, column)) for row in rows}
    assert unlocked == inputs | explanations


def test_every_sheet_is_protected_without_a_password(blank: Workbook) -> None:
    for sheet in blank.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert not sheet.protection.formatColumns, "False means: allowed"
        assert not sheet.protection.selectLockedCells


def test_labels_are_merged_as_the_grid_says(blank: Workbook) -> None:
    for table in FORM.tables:
        sheet = sheet_of(blank, table.sheet)
        merged = {
            (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
            for area in sheet.merged_cells.ranges
            if area.min_row > layout.TABLE_TOP
        }
        expected = set()
        for cell in FORM.grids[table.key].cells:
            row, column = layout.TABLE_TOP + cell.row, layout.TABLE_LEFT + cell.column
            if cell.height * cell.width > 1:
                expected.add((row, column, row + cell.height - 1, column + cell.width - 1))
            if cell.role != "number":
                assert sheet.cell(row + 1, column + 1).value == cell.text
        assert merged == expected


def test_every_number_input_refuses_what_is_no_such_number(blank: Workbook) -> None:
    kinds = {"count": "whole", "money": "decimal"}
    for cell in FORM.cells:
        place = FORM.places[cell.key]
        found = [
            rule
            for rule in sheet_of(blank, place.sheet).data_validations.dataValidation
            if place.cell in rule.sqref
        ]
        if not cell.is_input:
            assert not found
            continue
        (rule,) = found
        assert (rule.type, rule.operator, rule.formula1) == (kinds[cell.kind], "greaterThanOrEqual", "0")
        assert rule.prompt
        assert rule.error
        assert rule.showErrorMessage


def test_the_nil_return_is_a_drop_down(blank: Workbook) -> None:
    for table in FORM.tables:
        place = FORM.places[table.nil_key]
        sheet = sheet_of(blank, place.sheet)
        rules = [rule for rule in sheet.data_validations.dataValidation if place.cell in rule.sqref]
        assert [(rule.type, rule.formula1) for rule in rules] == [
            ("list", f'"{answers.YES},{answers.NO}"'),
        ]
        assert sheet[place.cell].value == answers.NO


def test_totals_are_the_forms_formulas(blank: Workbook) -> None:
    computed = [cell for cell in FORM.cells if not cell.is_input]
    for cell in computed:
        assert cell_at(blank, cell.key).value == total_formula(FORM, FORM.balance(cell.defined_by))
    assert computed


@pytest.mark.parametrize("level", ["县区", "设区的市"])
def test_checks_list_the_rules_of_the_level_with_the_forms_formulas(level: str) -> None:
    sheet = sheet_of(open_book(build_workbook(FORM, Stamp(level=level))), checks_sheet())
    listed = FORM.live_checks(level)
    for number, balance in enumerate(listed):
        row = layout.CHECKS_TOP + number + 1
        cells = {name: sheet.cell(row, column + 1).value for name, column in layout.CHECK_COLUMNS.items()}
        assert cells["id"] == balance.id
        assert cells["title"] == balance.rule.condition
        assert cells["left"] == side_formula(FORM, balance.left)
        assert cells["right"] == side_formula(FORM, balance.right)
    after = layout.CHECKS_TOP + len(listed) + 1
    assert sheet.cell(after, 1).value is None
    assert sheet.cell(after + 1, 1).value
    assert not set(FORM.checks) & {sheet.cell(row, 1).value for row in range(after + 1, sheet.max_row + 1)}


def test_the_levels_differ() -> None:
    assert len(FORM.balances_for("县区")) > len(FORM.balances_for("设区的市"))


def test_everything_prints_on_a4_one_page_wide(blank: Workbook) -> None:
    for sheet in blank.worksheets[:-1]:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in {1, None}
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center is not None
        assert "&P" in str(sheet.oddFooter.center.text)


def test_nothing_is_higher_than_a_row_may_be() -> None:
    long = {text.key: "公开" * 4000 for text in FORM.texts}
    book = open_book(build_workbook(FORM, values=long))
    heights = [row.height for sheet in book.worksheets for row in sheet.row_dimensions.values() if row.height]
    assert 400 < max(heights) <= 409.5


# --- personal and filled


@pytest.mark.parametrize(
    "name", ["", "样例区财政局", "历史文化名城保护利用与大运河国家文化公园建设管理委员会办公室" * 2 + "事业"]
)
def test_nothing_is_cut_off_whatever_it_says(name: str) -> None:
    past = PastReport("001", 2022, {cell.key: 1 for cell in FORM.cells}, source="上年度汇总数据 figures.csv")
    money = {cell.key: Decimal("987654.321987") for cell in FORM.cells if cell.kind == "money"}
    values = {cell.key: 888_888 for cell in FORM.cells if cell.is_input} | money
    found = [notice("C02", "error", key) for key in list(values)[:9]] if name else []
    stamp = Stamp(agency=name, agency_code="001", year=2023) if name else Stamp()
    content = build_workbook(
        FORM, stamp, values=values if name else {}, notices=found, past=past if name else None
    )
    assert misfits(content) == []


def test_the_label_of_a_nil_return_fits_its_cell() -> None:
    form = load_form("website_report")
    book = open_book(build_workbook(form, Stamp()))
    for register in form.registers:
        [sheet] = [
            item for item in book.worksheets if item.cell(layout.NIL_ROW + 1, 1).value == register.nil_label
        ]
        room = sheet.column_dimensions["A"].width * 7 - 6
        of_a_line = int(room / (11 / 0.75))
        needed = -(-len(register.nil_label) // of_a_line) * 11 * 1.25
        height = sheet.row_dimensions[layout.NIL_ROW + 1].height or 0
        assert height >= needed, "Chinese characters break whole"


def test_the_stamp_says_whom_the_workbook_is_for() -> None:
    sheet = sheet_of(open_book(build_workbook(FORM, STAMP)), layout.STAMP_SHEET)
    lines = {str(name.value): value.value for name, value in sheet.iter_rows(max_col=2)}
    assert tuple(lines) == layout.STAMP_NAMES
    assert tuple(lines.values()) == (FORM.id, FORM.edition, STAMP.agency_code, str(STAMP.year), STAMP.level)


def test_a_personal_workbook_has_agency_code_and_year_filled_in_and_locked() -> None:
    book = open_book(build_workbook(FORM, STAMP))
    expected = {"agency": STAMP.agency, "code": STAMP.agency_code, "year": STAMP.year}
    for role, value in expected.items():
        cell = cell_at(book, FORM.entry_with_role(role).key)
        assert cell.value == value
        assert cell.protection.locked
    for sheet in book.worksheets[:-1]:
        head = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=2) for cell in row)
        assert STAMP.agency in head


def test_what_the_agency_stated_stays_and_stays_open() -> None:
    key = FORM.entry_with_role("agency").key
    cell = cell_at(open_book(build_workbook(FORM, STAMP, values={key: "区财政局"})), key)
    assert cell.value == "区财政局"
    assert not cell.protection.locked


def test_a_year_in_digits_becomes_a_number() -> None:
    key = FORM.entry_with_role("year").key
    assert cell_at(open_book(build_workbook(FORM, values={key: "2023"})), key).value == 2023
    assert cell_at(open_book(build_workbook(FORM, values={key: "二〇二三"})), key).value == "二〇二三"


def test_calamine_reads_what_was_put_in() -> None:
    values = real_values()
    values |= {entry.key: "0571" for entry in FORM.entries if entry.kind == "text"}
    amount = next(cell.key for cell in FORM.cells if cell.kind == "money")
    values[amount] = Decimal("59237.2449")
    book = CalamineWorkbook.from_filelike(BytesIO(build_workbook(FORM, values=values)))
    sheets = {
        sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for sheet in FORM.sheets
    }
    for key, value in (load_real_report().numbers | values).items():
        sheet, row, column = FORM.positions[key]
        found = sheets[sheet][row][column]
        assert found == (float(value) if isinstance(value, Decimal) else value)


def test_text_stays_text_whatever_it_looks_like() -> None:
    looks = [
        "=1+1",
        "+86",
        "-3",
        "@SUM(A1)",
        "<r>x & y</r>",
        "<r></r>",
        "_x000D_",
        "a\x0bb",
        "https://a.cn",
        " 1 ",
    ]
    inputs = [cell.key for cell in FORM.cells if cell.is_input][: len(looks)]
    values = dict(zip(inputs, looks, strict=True)) | {FORM.texts[0].key: "=HYPERLINK(1)\n第二段"}
    content = build_workbook(FORM, values=values, explanations={FORM.balances[0].id: "=2"})
    formulas = set(results(content))
    book = open_book(content)
    for key in values:
        cell = cell_at(book, key)
        assert (FORM.places[key].sheet, FORM.places[key].cell) not in formulas
        assert cell.data_type == "s"
    read = CalamineWorkbook.from_filelike(BytesIO(content))
    for key, text in values.items():
        sheet, row, column = FORM.positions[key]
        assert read.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row][column] == text
    assert checks(content)[FORM.balances[0].id][-1] == "=2"


def test_of_what_a_cell_cannot_hold_the_beginning_goes_in_and_is_refused_when_it_comes_back() -> None:
    key = FORM.texts[0].key
    whole = "公" * 32767
    assert cell_at(open_book(build_workbook(FORM, values={key: whole})), key).value == whole
    gaps = [
        rule for rule in FORM.narratives if isinstance(rule, Forbidden) and rule.severity == Severity.ERROR
    ]
    for text in ("公" * 32768, "𠮷" * 16384):
        written = cell_at(open_book(build_workbook(FORM, values={key: text})), key).value
        assert isinstance(written, str)
        assert written.startswith(text[:16_000])
        assert len(written.encode("utf-16-le")) <= 2 * 32767
        assert any(re.search(pattern, written) for rule in gaps for pattern in rule.patterns)


def test_a_key_that_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        build_workbook(FORM, values={"nowhere": 1})


def test_a_stated_total_stands_instead_of_the_formula_and_may_be_mended() -> None:
    total = next(cell for cell in FORM.cells if not cell.is_input)
    values = real_values() | {total.key: 99}
    content = build_workbook(FORM, values=values)
    cell = cell_at(open_book(content), total.key)
    assert (cell.value, cell.data_type) == (99, "n")
    assert not cell.protection.locked
    left, right, difference, mark, _ = checks(content)[total.defined_by]
    assert (left, difference, mark) == (99, 99 - float(str(right)), FAILS)


def test_explanations_stand_beside_their_check() -> None:
    balance = FORM.balances[5]
    found = checks(build_workbook(FORM, explanations={balance.id: "机构合并"}))
    assert [check for check, cells in found.items() if cells[-1]] == [balance.id]


def test_same_inputs_same_bytes() -> None:
    def build() -> bytes:
        key = FORM.cells[0].key
        return build_workbook(FORM, STAMP, values=real_values(), notices=[notice("C03", "warning", key)])

    assert build() == build()


# --- stored results


def test_the_blank_template_counts_what_is_missing(blank_bytes: bytes) -> None:
    found = checks(blank_bytes)
    assert all(found[balance.id][3] == NOT_ASSESSED for balance in FORM.balances)
    failed = [cells for cells in found.values() if cells[3] == FAILS]
    required = sum(entry.required for entry in FORM.entries) + sum(text.required for text in FORM.texts)
    assert len(failed) == required + len(FORM.tables)
    for table in FORM.tables:
        inputs = [cell for cell in FORM.cells_of(table.key) if cell.is_input]
        assert [cells[0] for check, cells in found.items() if speaks_of(check, table.key)].count(
            float(len(inputs))
        ) == 1
    assert str(len(failed)) in panel(blank_bytes)
    assert READY not in panel(blank_bytes)


def test_a_complete_report_may_be_sent() -> None:
    content = build_workbook(FORM, STAMP, values=real_values())
    found = checks(content)
    waiting = {check for check, cells in found.items() if cells[3] == NOT_ASSESSED}
    past = {check.id for check in FORM.live_checks(STAMP.level) if check.reaches_back}
    assert waiting == past | {basic.id for basic in FORM.explained_unseen}
    assert {cells[3] for check, cells in found.items() if check not in waiting} == {HOLDS}
    assert panel(content) == READY


def test_a_warning_under_another_cause_is_not_marked_and_what_is_marked_is_counted() -> None:
    """A clerk is told the first of a cause; what only the office can see again is counted apart from what the sheet sees."""
    rule, other = [line.id for line in FORM.explained_unseen][:2]
    head = replace(notice("T3-01", "error", "requests.new_received.total"), cause="one")
    under = replace(notice(rule, "warning", FORM.texts[0].key), cause="one")
    column = layout.CHECK_COLUMNS["mark"]
    summary = (checks_sheet(), a1(layout.HINT_ROW, 0))
    for told, marked in (([head, under], []), ([head, under, notice(other, "warning", None)], [other])):
        content = build_workbook(FORM, STAMP, values=real_values(), notices=told)
        assert [line for line, cells in checks(content).items() if cells[3] == FAILS] == marked
        said = str(values_at([summary], content)[summary])
        assert said.count(f"另有 {FAILS} {len(marked)} 项") == len(marked)
        assert f"{FAILS} 0 项" in said
        marks = sheet_of(open_book(content, data_only=True), checks_sheet())[a1(0, column)[:-1]]
        assert sum(cell.value == FAILS for cell in marks) == len(marked)


def test_what_is_not_ready_says_so_until_the_gap_is_taken_out() -> None:
    """The sums of a few agencies balance as well as those of all; 自查 alone would let them go up."""
    gap, key = to_fill_in("部分汇总"), FORM.texts[0].key
    with_gap = build_workbook(FORM, STAMP, values=real_values() | {key: gap}, unready="不能报送")
    without = build_workbook(FORM, STAMP, values=real_values() | {key: "引言"}, unready="不能报送")
    assert (panel(with_gap), panel(without)) == ("不能报送", READY)


def test_a_nil_return_needs_no_zeros_but_allows_no_numbers() -> None:
    nothing: Values = {table.nil_key: answers.YES for table in FORM.tables}
    found = checks(build_workbook(FORM, values=nothing))
    assert all(
        found[check.id][3] == HOLDS for check in FORM.live_checks(STAMP.level) if not check.reaches_back
    )
    for table in FORM.tables:
        own = {check: cells[3] for check, cells in found.items() if speaks_of(check, table.key)}
        assert set(own.values()) == {HOLDS}
        one = next(cell.key for cell in FORM.cells_of(table.key) if cell.is_input)
        contradicted = checks(build_workbook(FORM, values=nothing | {one: 1}))
        assert sum(contradicted[check][3] == FAILS for check in own) == 1


@pytest.mark.parametrize("value", [-1, Decimal("0.5"), "2件", ""])
def test_a_value_that_will_come_back_is_never_ready(value: Number | str) -> None:
    key = next(cell.key for cell in FORM.cells if cell.is_input and not _bound_to_zero(FORM, cell.key))
    content = build_workbook(FORM, STAMP, values=real_values() | {key: value})
    failed = [check for check, cells in checks(content).items() if cells[3] == FAILS]
    assert any(speaks_of(check, FORM.by_key[key].table) for check in failed)
    assert READY not in panel(content)


def _bound_to_zero(form: Form, key: str) -> bool:
    return any(not balance.right and key in balance.left for balance in form.balances)


# --- returned workbooks


@pytest.fixture(scope="module")
def returned_notices() -> list[Notice]:
    numbers = [cell.key for cell in FORM.cells if cell.is_input]
    total = next(cell.key for cell in FORM.cells if not cell.is_input)
    return [
        notice("C03", "warning", numbers[0], "第一条"),
        notice("C01", "error", numbers[0], "第二条"),
        notice("C04", "info", numbers[3]),
        notice("C03", "warning", numbers[12]),
        notice("T3-03", "error", total),
        notice("N04", "warning", FORM.texts[2].key),
        notice("F02", "error", FORM.entry_with_role("agency").key),
        notice("C09", "error", FORM.tables[1].nil_key),
        notice("F03", "error", None),
        replace(notice("F01", "info", None), sheet=None, cell=None, actual=None, expected=None, hint=None),
    ]


@pytest.fixture(scope="module")
def returned(returned_notices: list[Notice]) -> Workbook:
    return open_book(build_workbook(FORM, STAMP, values=real_values(), notices=returned_notices))


def test_exactly_the_cells_of_the_notices_are_marked(
    returned: Workbook, returned_notices: list[Notice]
) -> None:
    wanted = {item.key: FORM.places[item.key] for item in returned_notices if item.key}
    commented = {
        (sheet.title, cell.coordinate): cell.comment
        for sheet in returned.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert set(commented) == {(place.sheet, place.cell) for place in wanted.values()}
    assert {comment.author for comment in commented.values()} == {FORM.words.office}
    for item in returned_notices:
        if item.key:
            comment = commented[wanted[item.key].sheet, wanted[item.key].cell]
            assert item.message in comment.text
            assert str(item.hint) in comment.text


def test_the_heaviest_severity_colours_the_cell(returned: Workbook, returned_notices: list[Notice]) -> None:
    def colour(key: str) -> str:
        return str(cell_at(returned, key).fill.fgColor.rgb)

    warned = {item.key for item in returned_notices if item.severity == "warning" and item.key}
    failed = {item.key for item in returned_notices if item.severity == "error" and item.key}
    assert {colour(str(key)) for key in failed} == {"FFFF9C9C"}
    assert {colour(str(key)) for key in warned - failed} == {"FFFFD27F"}
    assert warned & failed


def test_a_marked_input_can_be_mended(returned: Workbook, returned_notices: list[Notice]) -> None:
    for item in returned_notices:
        if item.key and item.key in FORM.by_key:
            assert cell_at(returned, item.key).protection.locked is not FORM.by_key[item.key].is_input


def test_a_long_text_is_seen_whole() -> None:
    """A row cannot be higher than 409 points, so the column grows."""
    text = FORM.texts[2]
    written = "\n".join("一是健全制度，明确责任分工，规范办理流程，加强日常监督检查。" * 4 for _ in range(14))
    assert len(written) > 1600
    sheet = open_book(build_workbook(FORM, values={text.key: written}))[text.sheet]
    _, row, column = FORM.positions[text.key]
    width = sheet.column_dimensions[get_column_letter(column + 1)].width
    assert row_height((written, width)) < (sheet.row_dimensions[row + 1].height or 0) < 410


def test_what_the_entries_ask_names_no_year_but_the_reports_own() -> None:
    book = open_book(build_workbook(FORM, Stamp("001", "甲局", 2025)))
    sheet = book[FORM.entries[0].sheet]
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    said += [str(rule.prompt) for rule in sheet.data_validations.dataValidation]
    assert {year for text in said for year in re.findall(r"20\d\d", text)} == {"2025"}


def test_comment_boxes_grow_with_their_text() -> None:
    short, long = FORM.cells[0].key, FORM.cells[2].key
    notices = [notice("C01", "error", short, "短。"), notice("C01", "error", long, "很长的一句话。" * 60)]
    content = build_workbook(FORM, values={}, notices=notices)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".vml")]
        drawing = archive.read(name).decode()
    heights = [float(height) for height in re.findall(r"height:([\d.]+)pt", drawing)]
    assert max(heights) > 4 * min(heights)


def test_the_list_has_one_line_for_each_notice(returned: Workbook, returned_notices: list[Notice]) -> None:
    assert returned.sheetnames[1] == layout.NOTICES_SHEET
    sheet = sheet_of(returned, layout.NOTICES_SHEET)
    rows = list(sheet.iter_rows(min_row=4))
    assert [row[0].value for row in rows] == list(range(1, len(returned_notices) + 1))
    heaviest_first = sorted(returned_notices, key=lambda item: -Severity(item.severity).weight)
    for row, item in zip(rows, heaviest_first, strict=True):
        assert str(row[5].value).endswith(item.message)
        assert row[6].value == item.hint
        if item.key:
            place = FORM.places[item.key]
            assert row[2].value == str(place)
            assert row[2].hyperlink is not None
            assert row[2].hyperlink.location == f"'{place.sheet}'!{place.cell}"
        else:
            assert row[2].hyperlink is None
        assert row[7].protection.locked, "the way to 自查, or nothing to write"
    assert sheet.auto_filter.ref == f"A3:H{len(returned_notices) + 3}"
    assert not sheet.protection.autoFilter, "False means: allowed"
    assert sheet.freeze_panes == "A4"


def test_the_reason_of_a_reminder_is_written_where_its_line_leads_and_shown_there() -> None:
    """Written into the very cell that the line names, it is read as the explanation of that rule."""
    balance = next(check for check in FORM.checks.values() if check.rule.id == "T3-04")
    asked = {
        "N03": notice("N03", "warning", FORM.texts[5].key),
        balance.id: notice(balance.rule.id, "error", balance.anchor),
    }
    told = [*asked.values(), notice("C02", "error", FORM.cells[0].key)]
    blank = open_book(build_workbook(FORM, STAMP, notices=told))
    listed = sheet_of(blank, layout.NOTICES_SHEET)
    cells = [row[7] for row in listed.iter_rows(min_row=4)]
    assert all(cell.protection.locked for cell in cells), "what is written in the list nobody reads"
    for cell in cells[::2]:
        found = re.search(r"^=HYPERLINK\(\"#'(.+)'!([A-Z]+\d+)\"", str(cell.value))
        assert found
        sheet_of(blank, found[1])[found[2]] = f"因 {cell.coordinate}"
    stream = BytesIO()
    blank.save(stream)
    written = read(FORM, stream.getvalue()).explanations
    assert written.keys() == asked.keys()
    shown = open_book(build_workbook(FORM, STAMP, notices=told, explanations=written), data_only=True)
    said = [row[7].value for row in sheet_of(shown, layout.NOTICES_SHEET).iter_rows(min_row=4)]
    assert set(said[::2]) == set(written.values())


def test_every_link_of_a_template_leads_to_a_cell() -> None:
    book = open_book(build_workbook(FORM, STAMP))
    targets = {
        found
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        for found in re.findall(r'HYPERLINK\("#([^"]*)"', str(cell.value))
    }
    assert len(targets) > 50
    assert all(re.fullmatch(r"'[^']+'![A-Z]+\d+", target) for target in targets)
    assert {target.split("'")[1] for target in targets} <= set(book.sheetnames)


def test_a_table_left_blank_is_one_line_and_every_cell_is_marked() -> None:
    cells = [cell for cell in FORM.cells_of(FORM.tables[1].key) if cell.is_input]
    blanks = [replace(notice("C01", "error", cell.key, "没有填写"), actual=None) for cell in cells]
    book = open_book(build_workbook(FORM, STAMP, notices=blanks))
    rows = list(sheet_of(book, layout.NOTICES_SHEET).iter_rows(min_row=4))
    assert len(rows) == 1
    assert f"（{len(cells)} 格）" in str(rows[0][2].value)
    assert all(cell_at(book, cell.key).comment for cell in cells)


def test_a_returned_workbook_is_not_ready_by_its_checks_alone(returned_notices: list[Notice]) -> None:
    plain = build_workbook(FORM, STAMP, values=real_values())
    marked = build_workbook(FORM, STAMP, values=real_values(), notices=returned_notices)
    assert panel(plain) != panel(marked)


def test_a_hostile_notice_breaks_nothing() -> None:
    item = replace(
        notice("C08", "error", FORM.cells[0].key), actual="\x0b\x00=1" * 20000, message="<a>\x0b&" * 20000
    )
    book = open_book(build_workbook(FORM, notices=[item]))
    assert cell_at(book, str(item.key)).comment is not None
    assert {cell.data_type for cell in sheet_of(book, layout.NOTICES_SHEET)[4]} <= {"n", "s"}


# --- LibreOffice


def cases() -> Iterator[tuple[str, Values, Mapping[str, str]]]:
    """Name what LibreOffice must compute as the builder did: (name, values, explanations)."""
    real, inputs = real_values(), [cell.key for cell in FORM.cells if cell.is_input]
    rng = random.Random(2021)
    nil: Values = {table.nil_key: answers.YES for table in FORM.tables}
    yield "blank", {}, {}
    yield "real", real, {}
    yield "texts-only", dict(load_real_report().texts), {}
    blanks: Values = {text.key: " \n\u3000" for text in FORM.texts}
    yield "white-space", blanks, {}
    yield "nil", nil, {}
    yield "nil-contradicted", nil | dict.fromkeys(inputs[::7], 3) | dict.fromkeys(inputs[1::9], "2件"), {}
    yield "zeros", dict(zeros(FORM)), {}
    totals = [cell.key for cell in FORM.cells if not cell.is_input]
    yield "wrong-totals", real | {totals[0]: 7, totals[5]: "12件", totals[-1]: 2, totals[-20]: 3}, {}
    wrong: tuple[Number, ...] = (-4, 1, Decimal("2.5"), 10**6)
    for number in range(3):
        numbers: Values = {
            key: value
            for key, value in consistent_numbers(FORM, rng, scale=500).items()
            if FORM.by_key[key].is_input
        }
        yield f"consistent-{number}", numbers, {}
        slips: Values = {key: rng.choice(wrong) for key in rng.sample(inputs, 3)}
        slipped = numbers | slips
        yield f"slipped-{number}", slipped, {FORM.balances[0].id: "情况属实"}
        partly = {key: value for key, value in slipped.items() if rng.random() < 0.98}
        half = partly | {FORM.tables[number % len(FORM.tables)].nil_key: answers.YES}
        yield f"partly-{number}", partly, {}
        yield f"half-nil-{number}", half | {inputs[number]: "无"}, {}


def poisoned(content: bytes) -> bytes:
    """Replace the stored result of every formula in the workbook by 424242."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                text = re.sub(r' t="str"(?=><f>)', "", data.decode())
                data = re.sub(r"</f><v>[^<]*</v>", "</f><v>424242</v>", text).encode()
            target.writestr(item, data)
    return out.getvalue()


def is_broken(value: object) -> bool:
    return isinstance(value, float) and not value.is_integer()


@pytest.mark.libreoffice
def test_libreoffice_computes_what_is_stored(tmp_path: Path) -> None:
    built = {
        name: build_workbook(FORM, STAMP, values=values, explanations=explanations)
        for name, values, explanations in cases()
    }
    files = {name: tmp_path / f"{name}.xlsx" for name in [*built, "poisoned"]}
    for name, content in built.items():
        files[name].write_bytes(content)
    poison = poisoned(built["real"])
    files["poisoned"].write_bytes(poison)
    assert set(results(poison).values()) == {424242}
    stored_in = {name: results(content) for name, content in built.items()}
    live = {
        name: values_at(stored_in[name.replace("poisoned", "real")], file.read_bytes())
        for name, file in zip(files, computed(list(files.values()), tmp_path / "computed"), strict=True)
    }
    assert live["poisoned"] == pytest.approx(stored_in["real"]), "LibreOffice did not recalculate"
    for name, stored in stored_in.items():
        assert len(stored) > 200
        differing = {
            place: (value, live[name][place])
            for place, value in stored.items()
            if live[name][place] != (pytest.approx(value) if is_broken(value) else value)
        }
        assert not differing, name


def test_a_long_table_is_printed_on_as_many_pages_as_it_takes() -> None:
    assert [pages_high(rows) for rows in (1, 45, 46, 200)] == [1, 1, 0, 0]
    table, sheet = FORM.tables[1], FORM.sheet(FORM.tables[1].sheet)
    grid = FORM.grids[table.key]
    assert grid.rows <= 45
    long = replace(FORM, grids={**FORM.grids, table.key: replace(grid, rows=67)})
    for form, is_long in ((FORM, False), (long, True)):
        page = open_book(build_workbook(form, STAMP))[sheet.name]
        assert (page.page_setup.fitToHeight == 0) == is_long
        assert bool(page.print_title_rows) == is_long


def test_cells_are_spelled_as_xlsxwriter_spells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[str | float] = [True, False, "#N/A", "#号", "", "a&b<", 0, 0.1, 1234567.25, -3]

    def books() -> list[bytes]:
        odd = OfficeBook("标题", ("左", "右"))
        page = odd.page("表", [10.0] * 4)
        style = odd.figure("money")
        for row, value in enumerate(results):
            page.formula(row, 0, '=IF(B1<1,"a&b","<c>")', style, value)
            page.number(row, 1, float(row) / 7, style)
            page.text(row, 2, ("普通", "<r>a</r>", "", " 空格 ", "a&b")[row % 5], style)
        numbers = consistent_numbers(FORM, random.Random(1))
        values = {cell.key: numbers[cell.key] for cell in FORM.cells if cell.is_input}
        texts = {text.key: "一<二\n三&" for text in FORM.texts}
        return [odd.to_bytes(), build_workbook(FORM, STAMP, values={**values, **texts})]

    ours = books()
    for module in (office, build):
        monkeypatch.setattr(module, "formula_sheet", lambda: XlsxWorksheet)
    assert books() == ours
