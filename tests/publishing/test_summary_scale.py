"""The district workbook at size and at the edge: constant memory, equal cells, figures and names of any length."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from pipeline.forms.loader import load_form
from pipeline.model import CHINA, DistrictSummary, Number, Verdict, a1
from pipeline.publishing.papers import lists
from pipeline.publishing.summary.detail import FIRST_ROW, NAME_COLUMN, detail_sheet_name
from pipeline.publishing.summary.district_workbook import build_summary
from pipeline.publishing.summary.overview import OVERVIEW_SHEET
from pipeline.publishing.summary.reread import delivered_in
from pipeline.publishing.summary.submission_status import STATUS_SHEET
from pipeline.publishing.workbook.measure import lines_of
from pipeline.publishing.workbook.office import LINE_HEIGHT, OfficeBook
from pipeline.publishing.workbook.streaming import run_pattern
from tests.support import fills
from tests.support.districts import agency, assessment, merged, mixed
from tests.support.fitting import misfits
from tests.support.many import known, many

FORM = load_form()
LONG = "样例区" + "历史文化名城保护利用与大运河国家文化公园建设管理委员会" * 2 + "办公室及其直属事业单位"


def written(summary: DistrictSummary) -> bytes:
    return build_summary(
        FORM,
        summary,
        deadline=date(2024, 1, 31),
        now=datetime(2024, 2, 1, tzinfo=CHINA),
        notices={},
        background=known(summary),
    )


def built(summary: DistrictSummary) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(summary)), data_only=True)


def test_a_streamed_sheet_holds_the_cells_that_xlsxwriter_would_write() -> None:
    values: list[Number] = [0, 7, 1_234_567, Decimal("59237.2449"), Decimal("0.000001"), Decimal("0.1")]
    read = []
    for streamed in (True, False):
        book = OfficeBook("标题", ("左", "右"))
        page = book.page("表", [10.0] * 8, streamed=streamed)
        styles = [book.figure("money" if isinstance(value, Decimal) else "count") for value in values]
        if streamed:
            page.numbers(0, 1, values, run_pattern(1, styles))
        else:
            for column, (value, style) in enumerate(zip(values, styles, strict=True), 1):
                page.number(0, column, float(value), style)
        page.formula(1, 0, '=IF(B1<1,"a&b","<c>")', styles[0], "a&b")
        page.formula(1, 1, "=SUM(B1:G1)", styles[3], 0.1)
        for number, text in enumerate(("普通", "a&b <c>", " 空格 ", "两\n行", "\x0b", "", "=1+1", "\r"), 2):
            page.text(number, 0, text, styles[0])
            page.number(number, 1, number / 3, styles[3])
            page.text(number, 2, text, styles[1], across=2)
        content = book.to_bytes()
        for is_stored in (True, False):
            sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=is_stored)["表"]
            read.append(
                [(cell.value, cell.number_format, cell.border.left.style) for row in sheet for cell in row]
            )
    assert read[:2] == read[2:]


def test_a_sheet_holds_no_more_links_than_excel_takes_and_every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings fail a test: xlsxwriter says of each link too many, in English, that it is left out."""
    monkeypatch.setattr("pipeline.publishing.workbook.office._MOST_LINKS", 2)
    book = OfficeBook("标题", ("左", "右"))
    for name in ("表", "又一表"):
        page = book.page(name, [10.0], streamed=True)
        for row in range(4):
            page.file_link(row, 0, f"reports/{row}.docx", f"第{row}份", book.boxed())
    read = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    for sheet in read:
        cells = [row[0] for row in sheet.iter_rows()]
        assert [cell.value for cell in cells] == ["第0份", "第1份", "第2份", "第3份"]
        assert [cell.hyperlink is not None for cell in cells] == [True, True, False, False]


def test_memory_does_not_grow_with_the_roster() -> None:
    if sys.platform != "linux":
        pytest.skip("the peak of a process is read from /proc")
    program = "import benchmarks.summary as s; s.MOST_AGENCIES = 1500; s.build(s.many(s.load_form(), 3)); s.measure()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout.split()[1]) < 40


def test_a_long_name_and_large_figures_have_room() -> None:
    assert len(LONG) >= 65
    numbers = {
        cell.key: Decimal("1234567.123456") if cell.kind == "money" else 1_234_567 for cell in FORM.cells
    }
    roster = [agency(1, LONG), agency(2), agency(3)]
    found = [
        assessment(FORM, roster[0], numbers=numbers),
        assessment(FORM, roster[1], numbers=fills.zeros(FORM)),
        assessment(FORM, roster[2], numbers=dict.fromkeys(numbers, 999_999)),
    ]
    book = built(merged(FORM, roster, found))
    for table in FORM.tables:
        sheet = book[detail_sheet_name(table)]
        heights = [sheet.row_dimensions[FIRST_ROW + 1 + number].height or 0 for number in range(3)]
        assert heights[0] > 3 * heights[1]
        assert sheet.cell(FIRST_ROW + 1, NAME_COLUMN + 1).value == LONG
        for column in range(6, 6 + len(FORM.cells_of(table.key))):
            cell = sheet.cell(FIRST_ROW + 1, column)
            assert cell.alignment.shrink_to_fit, a1(FIRST_ROW, column)


def test_rows_of_usual_length_are_one_line_high() -> None:
    """A name of seventeen characters and a telephone number fit their columns: high rows print the whole list small."""
    owner = replace(agency(1, "杭州市临平区人民政府星桥街道办事处"), phone="0571-89531117")
    one = assessment(FORM, owner, verdict=Verdict.RETURNED)
    book = openpyxl.load_workbook(io.BytesIO(written(merged(FORM, [owner], [one]))))
    of_status = openpyxl.load_workbook(io.BytesIO(lists.published(FORM, "样例区", 2023, [owner], ())))
    of_contacts = openpyxl.load_workbook(io.BytesIO(lists.contacts(FORM, "样例区", [owner])))
    sheets = [book[OVERVIEW_SHEET], book[STATUS_SHEET], of_status.worksheets[0], of_contacts.worksheets[0]]
    heights = [
        sheet.row_dimensions[cell.row].height
        for sheet in sheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == owner.name
    ]
    assert len(heights) == len(sheets)
    assert max(heights) < 2 * LINE_HEIGHT
    assert lines_of(owner.phone, 15) == 1


@pytest.mark.parametrize("size", [0, 1, 14])
def test_nothing_is_cut_off_whatever_reported(size: int) -> None:
    roster, found = mixed(FORM, 14)
    roster[1] = replace(roster[1], name=LONG, kind="", contact="欧阳诸葛")
    money = {cell.key: Decimal("987654.3219") for cell in FORM.cells if cell.kind == "money"}
    known_figures = dict.fromkeys((cell.key for cell in FORM.cells), 888_888) | money
    found[0] = assessment(FORM, roster[0], numbers=known_figures)
    found[1] = assessment(FORM, roster[1], 1, Verdict.ACCEPTED_WITH_REMARKS, findings=found[1].findings)
    assert misfits(written(merged(FORM, roster[:size] or roster, found[:size]))) == []


def test_a_roster_of_one_kind_or_of_many_prints_within_the_paper() -> None:
    summary = many(FORM, 12)
    kinds = replace(
        summary,
        states=tuple(
            replace(state, agency=replace(state.agency, kind=f"第{number}类"))
            for number, state in enumerate(summary.states)
        ),
    )
    sheet = built(kinds)["分类汇总"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToWidth in {None, 1}


def test_a_workbook_gives_back_the_figures_it_holds() -> None:
    summary = merged(FORM, *mixed(FORM))
    day = datetime(2024, 2, 1, tzinfo=CHINA)
    content = build_summary(FORM, summary, deadline=day.date(), now=day, notices={})
    found = delivered_in(FORM, content, day)
    assert {code: tuple(row) for code, row in found.figures.items()} == {
        report.code: report.numbers for report in summary.reports
    }
    assert found.names == {report.code: report.agency for report in summary.reports}
    assert delivered_in(FORM, b"PK", day).figures == {}
