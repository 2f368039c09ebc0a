"""The district workbook: its figures are true, live and whole, its texts stay texts, its words are those of the state."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form, Headline, Table
from pipeline.forms.loader import load_form
from pipeline.model import (
    Agency,
    Assessment,
    Claims,
    Decision,
    DistrictSummary,
    Finding,
    Number,
    Place,
    Severity,
    Verdict,
)
from pipeline.periods import named
from pipeline.publishing.data.datafiles import figures_csv
from pipeline.publishing.data.record import problem_counts
from pipeline.publishing.summary.background import Background, Delivered
from pipeline.publishing.summary.brief import folding
from pipeline.publishing.summary.by_kind import BY_KIND_SHEET
from pipeline.publishing.summary.corrections import CHANGES_HEAD, CHANGES_SHEET
from pipeline.publishing.summary.detail import DETAIL_HEAD, FIRST_ROW, KEYS_ROW, detail_sheet_name
from pipeline.publishing.summary.district_workbook import build_summary
from pipeline.publishing.summary.findings import FINDINGS_SHEET
from pipeline.publishing.summary.native_charts import CHARTS_SHEET
from pipeline.publishing.summary.official_tables import general_balances, grid_position, summary_sheet_name
from pipeline.publishing.summary.overview import OVERVIEW_SHEET, SIGNATURES
from pipeline.publishing.summary.reconcile import RECONCILE_SHEET
from pipeline.publishing.summary.sources import SOURCES_HEAD, SOURCES_SHEET
from pipeline.publishing.summary.submission_status import STATUS_HEAD, STATUS_SHEET
from pipeline.publishing.summary.yearly import PERIODS_SHEET, YEARLY_HEAD, YEARLY_SHEET
from pipeline.publishing.workbook.measure import rounded
from pipeline.wording.messages import VERDICT_WORDS, notices
from tests.support import fills, libreoffice
from tests.support.districts import agency, assessment, merged, mixed, notices_of

NOW = datetime(2024, 1, 26, 18, 0, tzinfo=timezone(timedelta(hours=8)))
DEADLINE = date(2024, 1, 25)
FUNCTIONS = {"AND", "COUNTIF", "HYPERLINK", "IF", "ISNUMBER", "N", "OR", "ROUND", "SUM", "SUMPRODUCT"}
"""All that the workbook's formulas use: nothing younger than Excel 2007, nothing that looks outside."""
HOSTILE = (
    '=HYPERLINK("http://x",1)',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|'/C calc'!A0",
    "http://example.test/",
)


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form()


def build(
    form: Form,
    roster: Sequence[Agency],
    found: Sequence[Assessment],
    background: Background = Background(),  # noqa: B008 - frozen
) -> bytes:
    return build_from(form, merged(form, roster, found), found, background)


def build_from(
    form: Form,
    summary: DistrictSummary,
    found: Iterable[Assessment],
    background: Background = Background(),  # noqa: B008 - frozen
) -> bytes:
    return build_summary(
        form, summary, deadline=DEADLINE, now=NOW, notices=notices_of(form, found), background=background
    )


def opened(content: bytes, *, values: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


@cache
def usual(*, values: bool) -> openpyxl.Workbook:
    """The workbook of ``mixed``, made once for everybody who only reads in it."""
    form = load_form()
    return opened(build(form, *mixed(form)), values=values)


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def links(sheet: Worksheet) -> dict[str, Hyperlink]:
    return {
        cell.coordinate: cell.hyperlink
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink is not None
    }


def formulas(book: openpyxl.Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def printed(form: Form, book: openpyxl.Workbook, table: Table) -> dict[str, object]:
    """Return what stands at each number of a summary table."""
    sheet = book[summary_sheet_name(table)]
    found: dict[str, object] = {}
    for grid_cell in form.grids[table.key].cells:
        if grid_cell.key:
            row, column = grid_position(grid_cell)
            found[grid_cell.key] = sheet.cell(row + 1, column + 1).value
    return found


def all_printed(form: Form, book: openpyxl.Workbook) -> dict[str, object]:
    return {key: value for table in form.tables for key, value in printed(form, book, table).items()}


def background(form: Form, summary: DistrictSummary) -> Background:
    """Return a background in which everything is known, and something of everything differs."""
    printed = {report.code: report.numbers for report in summary.reports}
    keys = [cell.key for cell in form.cells]
    past = {code: dict(zip(keys, (value + 1 for value in row), strict=True)) for code, row in printed.items()}
    before = {code: (*row[:-2], row[-2] + 4, row[-1]) for code, row in list(printed.items())[1:]}
    some = summary.states[0].agency.code
    return Background(
        printed=printed,
        past={2022: past, 2021: {some: dict.fromkeys(keys, 21)}},
        decisions=[Decision.waive(some, "T3-04", "机构合并", "王主任", NOW, DEADLINE)],
        delivered=Delivered(NOW, before),
        reports={code: f"reports/{code}.docx" for code in printed},
    )


def as_decimal(value: object) -> Decimal:
    return Decimal(str(value))


# ---------------------------------------------------------------- figures


def test_sheets_stand_in_the_order_of_reading(form: Form) -> None:
    book = usual(values=True)
    tables = [summary_sheet_name(table) for table in form.tables]
    details = [detail_sheet_name(table) for table in form.tables]
    assert book.sheetnames == [
        OVERVIEW_SHEET,
        STATUS_SHEET,
        *tables,
        BY_KIND_SHEET,
        YEARLY_SHEET,
        CHARTS_SHEET,
        CHANGES_SHEET,
        FINDINGS_SHEET,
        *details,
        RECONCILE_SHEET,
        SOURCES_SHEET,
    ]
    appendix = {sheet.title for sheet in book.worksheets if "附表" in str(sheet.HeaderFooter.oddHeader)}
    assert appendix == {*details, RECONCILE_SHEET, SOURCES_SHEET}
    assert {sheet.sheet_state for sheet in book.worksheets} == {"visible"}


def test_a_form_without_charts_has_no_empty_sheet_for_them(form: Form) -> None:
    plain = replace(form, charts=())
    assert CHARTS_SHEET not in opened(build(plain, *mixed(plain)), values=True).sheetnames


def test_stored_values_of_all_numbers_are_the_exact_sums(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    shown = all_printed(form, usual(values=True))
    assert [as_decimal(shown[cell.key]) for cell in form.cells] == list(summary.totals)
    assert any(summary.totals)


def test_every_number_is_a_formula_over_its_own_column_of_the_detail(form: Form) -> None:
    roster, _ = mixed(form)
    book = usual(values=False)
    for key, formula in all_printed(form, book).items():
        area = re.search(r"SUM\('([^']+ 明细)'!([A-Z]+\d+:[A-Z]+\d+)\)", str(formula))
        assert area
        left, top, right, bottom = (number or 0 for number in range_boundaries(area[2]))
        assert (left, top, bottom) == (right, FIRST_ROW + 1, FIRST_ROW + len(roster))
        assert book[area[1]].cell(KEYS_ROW + 1, left).value == key


def test_every_official_sum_leads_to_its_column_of_the_detail(form: Form) -> None:
    book = usual(values=False)
    for table in form.tables:
        leading = links(book[summary_sheet_name(table)])
        for cell in (item for item in form.grids[table.key].cells if item.key):
            row, column = grid_position(cell)
            link = leading[f"{openpyxl.utils.get_column_letter(column + 1)}{row + 1}"]
            sheet, _, address = str(link.location).partition("!")
            assert sheet == f"'{detail_sheet_name(table)}'"
            left = range_boundaries(address)[0] or 0
            assert book[detail_sheet_name(table)].cell(KEYS_ROW + 1, left).value == cell.key


def test_detail_holds_the_figures_of_counting_reports_and_no_others(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    book = usual(values=True)
    for table in form.tables:
        sheet, cells = book[detail_sheet_name(table)], form.cells_of(table.key)
        for number, state in enumerate(summary.states, FIRST_ROW + 1):
            row = [cell.value for cell in sheet[number]]
            assert row[1:5] == [
                state.agency.code,
                state.agency.name,
                state.agency.kind,
                VERDICT_WORDS[state.verdict],
            ]
            figures = row[len(DETAIL_HEAD) :]
            if state.counting and state.counting.report:
                expected = [state.counting.report.numbers[cell.index] for cell in cells]
                assert list(map(as_decimal, figures)) == expected
            else:
                assert figures == [None] * len(cells)


@pytest.mark.libreoffice
def test_recalculated_the_workbook_says_what_it_stores(form: Form, tmp_path: Path) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    poisoned = replace(summary, totals=tuple(total + 1 for total in summary.totals))
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    known = background(form, summary)
    good.write_bytes(build_from(form, summary, found, known))
    bad.write_bytes(build_from(form, poisoned, found, known))
    again_good, again_bad = libreoffice.recalculate([good, bad], tmp_path / "out")

    ours, theirs = opened(good.read_bytes(), values=True), opened(again_good.read_bytes(), values=True)
    places = formulas(opened(good.read_bytes(), values=False))
    assert len(places) > 8 * len(form.cells)
    for sheet, cell in places:
        assert _close(ours[sheet][cell].value, theirs[sheet][cell].value), (sheet, cell)

    stale, fresh = opened(bad.read_bytes(), values=True), opened(again_bad.read_bytes(), values=True)
    lies, truths = all_printed(form, stale), all_printed(form, fresh)
    assert not [key for key in lies if _close(lies[key], truths[key])], "LibreOffice did not recalculate"
    assert truths == pytest.approx(all_printed(form, ours))
    assert not [
        text for sheet in theirs.worksheets for text in texts(sheet) if text.startswith(("#", "Err:"))
    ]

    lines = figures_csv(form, summary).decode("utf-8-sig").splitlines()
    columns = zip(*(line.split(",")[2:] for line in lines[1:]), strict=True)
    sums = [sum(map(Decimal, column)) for column in columns]
    recalculated = all_printed(form, theirs)
    assert [as_decimal(recalculated[cell.key]) for cell in form.cells] == sums


@pytest.mark.libreoffice
def test_shares_at_the_edge_of_rounding_are_stored_as_they_are_recalculated(
    form: Form, tmp_path: Path
) -> None:
    """Every share is a tie at the last digit shown, upwards or downwards; one agency was not there last year."""
    roster = [agency(1), agency(2)]
    keys = [cell.key for cell in form.cells]
    last = dict.fromkeys(keys, 20000)
    ties = {
        key: 20000 + (number // 2 * 20 + 10) * (-1) ** number for number, key in enumerate(keys[:-1], 1)
    } | {keys[-1]: 20489}
    ties[next(cell.key for cell in form.cells if cell.kind == "money")] = Decimal("20009.9999995")
    found = [
        assessment(form, roster[0], numbers=ties),
        assessment(form, roster[1], numbers=dict.fromkeys(keys, 0)),
    ]
    summary = merged(form, roster, found)
    poisoned = replace(summary, totals=tuple(total + 1000 for total in summary.totals))
    known = Background(past={2022: {roster[0].code: last}})
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(build_from(form, summary, found, known))
    bad.write_bytes(build_from(form, poisoned, found, known))
    live = formulas(opened(good.read_bytes(), values=False))
    places = [place for sheet, place in live if sheet == YEARLY_SHEET]
    shares = []
    for path in (good, bad, *libreoffice.recalculate([good, bad], tmp_path / "out")):
        sheet = opened(path.read_bytes(), values=True)[YEARLY_SHEET]
        shares.append({place: sheet[place].value for place in places})
    assert shares[1] != shares[0], "the poisoned workbook stores other shares"
    assert shares[2] == shares[0]
    assert shares[3] == shares[0], "and recalculates to the true ones"


def test_headlines_point_at_their_figures(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    content = build(form, roster, found)
    live, stored = opened(content, values=False), opened(content, values=True)
    targets = {headline.label: headline for headline in form.headlines}
    seen = 0
    for row in stored[OVERVIEW_SHEET].iter_rows():
        for cell in row:
            headline = targets.get(str(cell.value))
            if not headline or isinstance(cell, MergedCell):
                continue
            value = cell.offset(column=3)
            formula = live[OVERVIEW_SHEET][value.coordinate].value
            assert as_decimal(value.value) == summary.totals[form.by_key[headline.cell].index]
            assert formula == _reference(form, headline)
            seen += 1
    assert seen == len(form.headlines)


def test_amounts_with_more_decimals_than_the_form_allows_are_not_rounded_away(form: Form) -> None:
    money = next(cell for cell in form.cells if cell.kind == "money")
    owner = agency(1)
    item = assessment(form, owner, numbers=fills.zeros(form) | {money.key: Decimal("0.12345678")})
    content = build(form, [owner], [item])
    assert all_printed(form, opened(content, values=True))[money.key] == 0.12345678
    assert str(all_printed(form, opened(content, values=False))[money.key]).endswith("),8)")


def test_the_balance_line_says_when_the_sums_do_not_balance(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    broken = replace(summary, totals=(*summary.totals[:-1], summary.totals[-1] + 1))
    last = summary_sheet_name(form.tables[-1])
    said = [
        [text for text in texts(opened(content, values=True)[last]) if text.startswith("勾稽关系")]
        for content in (build_from(form, summary, found), build_from(form, broken, found))
    ]
    assert "✓" in said[0][0]
    assert "✗" in said[1][0]


# ---------------------------------------------------------------- whom it holds


def test_the_points_of_amounts_stand_below_each_other(form: Form) -> None:
    """Every amount takes the room of six decimals; of none more are shown than it has, but two."""
    book = usual(values=True)
    [money] = [cell for cell in form.cells if cell.kind == "money"]
    sheet = book[detail_sheet_name(form.table(money.table))]
    shown = {
        cell.number_format
        for row in sheet.iter_rows(min_row=FIRST_ROW + 1)
        for cell in row
        if "." in cell.number_format
    }
    assert shown == {"0.00????_ "}


def test_a_partial_summary_says_so_and_names_who_is_not_in_it(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    book = usual(values=True)
    left_out = [state.agency.name for state in summary.states if not state.counting]
    share = f"{len(summary.reports)} / {len(roster)} 家"
    assert left_out
    for name in map(summary_sheet_name, form.tables):
        notes = [text for text in texts(book[name]) if share in text and "部分汇总，" in text]
        assert len(notes) == 1
        assert notes[0].partition("未含：")[2].partition("）")[0].split("、") == left_out
    [note] = [text for text in texts(book[OVERVIEW_SHEET]) if share in text]
    assert f"部分汇总，未含 {len(left_out)} 家" in note
    assert set(left_out) <= set(texts(book[OVERVIEW_SHEET]))


def test_a_whole_summary_does_not_call_itself_partial(form: Form) -> None:
    roster = [agency(1), agency(2)]
    book = opened(build(form, roster, [assessment(form, owner) for owner in roster]), values=True)
    said = [text for sheet in book.worksheets for text in texts(sheet)]
    assert not [text for text in said if "部分汇总" in text or "未含" in text]
    assert [text for text in said if "2 / 2 家" in text]


def test_a_long_list_of_absent_agencies_is_cut(form: Form) -> None:
    roster = [agency(number) for number in range(1, 201)]
    sheet = summary_sheet_name(form.tables[0])
    notes = [text for text in texts(opened(build(form, roster, []), values=True)[sheet]) if "未含" in text]
    assert len(notes[0]) < 500
    assert "200" in notes[0]


def test_the_counts_of_the_overview_add_up(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    sheet = usual(values=True)[OVERVIEW_SHEET]
    counts = _labelled_counts(sheet)
    assert counts["应报送"] == len(roster)
    assert counts["已报送"] == len(roster) - len(summary.missing)
    assert counts["已汇总"] == len(summary.reports)
    verdicts = (*filter(lambda verdict: VERDICT_WORDS[verdict] in counts, Verdict), None)
    assert sum(counts[VERDICT_WORDS[verdict]] for verdict in verdicts) == len(roster)
    assert counts[VERDICT_WORDS[Verdict.RETURNED]] == summary.count(Verdict.RETURNED)


def test_the_overview_lists_whom_to_call_and_has_places_to_sign(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    said = texts(usual(values=True)[OVERVIEW_SHEET])
    for state in summary.states:
        is_open = state.verdict in {Verdict.RETURNED, Verdict.HELD, None}
        assert (state.agency.name in said) == is_open
        assert (state.agency.phone in said) == is_open
    assert {f"{name}：" for name in SIGNATURES} <= set(said)


def test_the_status_sheet_follows_the_roster_and_shows_the_version_that_counts(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    sheet = usual(values=True)[STATUS_SHEET]
    rows = {
        row[1]: dict(zip(STATUS_HEAD, row, strict=True))
        for row in sheet.iter_rows(min_row=3, values_only=True)
    }
    assert [code for code in rows if code][: len(roster)] == [owner.code for owner in roster]
    for state in summary.states:
        row = rows[state.agency.code]
        shown = state.counting or state.latest
        assert row["状态"] == VERDICT_WORDS[state.verdict]
        assert row["第几次"] == (shown.version if shown else None)
        problems = problem_counts(notices(form, shown.findings)) if shown else {}
        assert row["错误数"] == problems.get("error")
        assert row["提醒数"] == problems.get("warning")
        superseded = bool(state.counting and state.latest is not state.counting)
        assert bool(row["备注"]) == superseded
    assert sheet.auto_filter.ref
    assert sheet.freeze_panes


def test_times_are_shown_in_the_zone_of_the_run(form: Form) -> None:
    owner = agency(1)
    item = assessment(form, owner)
    sheet = opened(build(form, [owner], [item]), values=True)[STATUS_SHEET]
    shown = sheet.cell(3, STATUS_HEAD.index("收到时间") + 1).value
    assert item.submission.received_at
    assert shown == item.submission.received_at.astimezone(NOW.tzinfo).replace(tzinfo=None)


@pytest.mark.parametrize("year", [1, 1899, 9999])
def test_a_mail_from_an_impossible_year_stops_nothing(form: Form, year: int) -> None:
    owner = agency(1)
    item = assessment(form, owner)
    odd = replace(
        item, submission=replace(item.submission, received_at=datetime(year, 12, 31, 23, tzinfo=NOW.tzinfo))
    )
    sheet = opened(build(form, [owner], [odd]), values=True)[STATUS_SHEET]
    assert sheet.cell(3, STATUS_HEAD.index("收到时间") + 1).value is None


def test_files_of_nobody_stand_below_the_roster(form: Form) -> None:
    roster, found = mixed(form)
    sheet = usual(values=True)[STATUS_SHEET]
    column = STATUS_HEAD.index("备注")
    below = [str(row[column]) for row in sheet.iter_rows(min_row=4 + len(roster), values_only=True)]
    for item in found:
        named = [text for text in below if f"文件：{item.submission.file}\n" in text]
        assert len(named) == (0 if item.submission.agency else 1)


def test_every_report_is_one_click_away(form: Form) -> None:
    owner = agency(1)
    known = Background(reports={owner.code: "reports/第1局 a#b.docx"})
    sheet = opened(build(form, [owner], [assessment(form, owner)], known), values=True)[STATUS_SHEET]
    [link] = links(sheet).values()
    assert str(link.target).replace("%20", " ") == "reports/第1局 a%23b.docx"


def test_who_came_after_the_deadline_or_not_at_all_is_late(form: Form) -> None:
    roster = [agency(1), agency(2), agency(3)]
    early, late = assessment(form, roster[0]), assessment(form, roster[1])
    late = replace(
        late, submission=replace(late.submission, received_at=datetime(2024, 1, 25, 16, 1, tzinfo=UTC))
    )
    sheet = opened(build(form, roster, [early, late]), values=True)[STATUS_SHEET]
    column = STATUS_HEAD.index("是否按时") + 1
    assert [sheet.cell(row, column).value for row in (3, 4, 5)] == ["按时", "迟报", "逾期"]
    later = Background(extended={roster[1].code: date(2024, 1, 26), roster[2].code: date(2024, 1, 26)})
    sheet = opened(build(form, roster, [early, late], later), values=True)[STATUS_SHEET]
    assert [sheet.cell(row, column).value for row in (3, 4, 5)] == ["按时", "按时", None]
    column = STATUS_HEAD.index("备注") + 1
    assert [sheet.cell(row, column).value for row in (3, 4, 5)] == [None, "延期至1月26日", "延期至1月26日"]


def test_a_correction_after_the_deadline_says_which_arrival_was_in_time(form: Form) -> None:
    """NOON is 20:00 of 20 January in China; the deadline is the 25th."""
    roster = [agency(1), agency(2)]
    first = [assessment(form, owner) for owner in roster]
    second = assessment(form, roster[0], 2)
    second = replace(
        second, submission=replace(second.submission, received_at=datetime(2024, 1, 27, 1, tzinfo=UTC))
    )
    sheet = opened(build(form, roster, [*first, second]), values=True)[STATUS_SHEET]
    rows = [dict(zip(STATUS_HEAD, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert [(row["是否按时"], row["备注"]) for row in rows[:2]] == [
        ("按时", "首次报送 1月20日，按时"),
        ("按时", None),
    ]


def test_a_time_is_shown_only_where_it_is_known(form: Form) -> None:
    """A folder named after a day tells the day; other files tell nothing."""
    roster = [agency(1), agency(2), agency(3)]
    moments = (datetime(2024, 1, 24, tzinfo=NOW.tzinfo), None, datetime(2024, 1, 24, 9, 5, tzinfo=NOW.tzinfo))
    found = [
        replace(item, submission=replace(item.submission, received_at=moment))
        for owner, moment in zip(roster, moments, strict=True)
        for item in [assessment(form, owner)]
    ]
    book = opened(build(form, roster, found), values=True)
    for name, head, first in ((STATUS_SHEET, STATUS_HEAD, 3), (SOURCES_SHEET, SOURCES_HEAD, 4)):
        column = head.index("收到时间") + 1
        shown = [book[name].cell(row, column) for row in range(first, first + 3)]
        assert [cell.value for cell in shown] == [
            moment and moment.replace(tzinfo=None) for moment in moments
        ]
        assert [cell.number_format for cell in (shown[0], shown[2])] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    column = STATUS_HEAD.index("是否按时") + 1
    assert [book[STATUS_SHEET].cell(row, column).value for row in (3, 4, 5)] == ["按时", "不详", "按时"]


# ---------------------------------------------------------------- by kind, reconciled, traced


def test_kinds_add_up_to_the_district(form: Form) -> None:
    roster, found = mixed(form)
    kinds = ["部门", "街道", "镇", "", "=1+1", "部*"]
    roster = [replace(owner, kind=kinds[number % len(kinds)]) for number, owner in enumerate(roster)]
    summary = merged(form, roster, found)
    sheet = opened(build(form, roster, found), values=True)[BY_KIND_SHEET]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert rows[0][1:] == ("部门", "街道", "镇", "（未分类）", "=1+1", "部*", "合计")
    assert sum(map(int, map(str, rows[1][1:-1]))) == rows[1][-1] == len(roster)
    assert sum(map(int, map(str, rows[2][1:-1]))) == rows[2][-1] == len(summary.reports)
    figures = [row for row in rows[3:] if isinstance(row[-1], int | float)]
    assert [as_decimal(row[-1]) for row in figures] == list(summary.totals)
    assert [sum(map(as_decimal, row[1:-1])) for row in figures] == list(summary.totals)


def test_a_list_names_the_group_of_every_row() -> None:
    """Four groups number their items from 1; outcomes of three kinds of cases are called alike."""
    book = usual(values=True)
    for name in (BY_KIND_SHEET, RECONCILE_SHEET):
        said = texts(book[name])
        assert "（五）不予处理 / 1.信访举报投诉类申请，总计" in said
        assert "（六）其他处理 / 3.其他，总计" in said
        assert "行政诉讼 / 未经复议直接起诉 / 结果维持" in said
        assert not [text for text in said if re.match(r"\d\.", text)]


def reconciled(form: Form, summary: DistrictSummary, printed: dict[str, Sequence[Number]]) -> list[str]:
    content = build_from(form, summary, [], Background(printed=printed))
    return texts(opened(content, values=True)[RECONCILE_SHEET])


def test_reconciliation_holds_where_the_reports_print_what_was_sent(form: Form) -> None:
    summary = merged(form, *mixed(form))
    printed = {report.code: report.numbers for report in summary.reports}
    said = reconciled(form, summary, dict(printed))
    assert said.count("✓") == len(form.cells) + len(general_balances(form)) + len(printed)
    assert len(general_balances(form)) > 40
    assert "✗" not in said
    assert any("全部相符" in text for text in said)


def test_reconciliation_finds_one_wrong_figure_in_one_report(form: Form) -> None:
    summary = merged(form, *mixed(form))
    printed: dict[str, Sequence[Number]] = {report.code: report.numbers for report in summary.reports}
    code = next(iter(printed))
    printed[code] = (*printed[code][:-1], printed[code][-1] + 3)
    said = reconciled(form, summary, printed)
    assert said.count("✗") == 2
    assert any(text.startswith("对账结果：2 ✗") for text in said)


def test_reconciliation_finds_two_errors_that_hide_each_other(form: Form) -> None:
    summary = merged(form, *mixed(form))
    printed: dict[str, Sequence[Number]] = {report.code: report.numbers for report in summary.reports}
    one, other = list(printed)[:2]
    printed[one] = (*printed[one][:-1], printed[one][-1] + 3)
    printed[other] = (*printed[other][:-1], printed[other][-1] - 3)
    assert reconciled(form, summary, printed).count("✗") == 2


def test_reconciliation_says_when_no_report_was_read_back(form: Form) -> None:
    summary = merged(form, *mixed(form))
    said = texts(opened(build_from(form, summary, []), values=True)[RECONCILE_SHEET])
    assert any("尚未读回" in text for text in said)
    assert "✗" not in said


def test_sources_name_the_file_that_counts_by_its_digest(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    sheet = usual(values=True)[SOURCES_SHEET]
    rows = {
        row[1]: dict(zip(SOURCES_HEAD, row, strict=True))
        for row in sheet.iter_rows(min_row=4, values_only=True)
    }
    assert list(rows) == [owner.code for owner in roster]
    for state in summary.states:
        row = rows[state.agency.code]
        counting = state.counting
        assert row[SOURCES_HEAD[-1]] == (counting.submission.sha256 if counting else None)
        assert row["第几次"] == (counting.version if counting else None)


# ---------------------------------------------------------------- last year, charts, changes


HEAD_OF_YEARS = [head.format(now="本年", past="上年") for head in YEARLY_HEAD]


def yearly_rows(content: bytes) -> list[dict[str, object]]:
    sheet = opened(content, values=True)[YEARLY_SHEET]
    rows: list[dict[str, object]] = [
        dict(zip(HEAD_OF_YEARS, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)
    ]
    return [row for row in rows if row["增减"] is not None]


def test_every_figure_stands_beside_last_years(form: Form) -> None:
    summary = merged(form, *mixed(form))
    known = background(form, summary)
    rows = yearly_rows(build_from(form, summary, [], known))
    carried = [row for row in rows if row["增减（%）"] in {"✓", "需说明"}]
    assert len(carried) == 7
    assert len(rows) == len(form.cells) + len(carried) + len(summary.states)
    for cell, row in zip(form.cells, rows, strict=False):
        now = summary.totals[cell.index]
        assert as_decimal(row["本年"]) == now
        assert as_decimal(row["上年"]) == now + len(summary.reports)
        assert row["增减"] == -len(summary.reports)
        assert row["增减（%）"] == pytest.approx(
            -len(summary.reports) / float(now + len(summary.reports)), abs=5e-4
        )
    said = texts(opened(build_from(form, summary, [], known), values=True)[YEARLY_SHEET])
    assert any(f"两年都是这 {len(summary.reports)} 家单位的合计" in text for text in said)


OVER, FORWARD = "requests.carried_over.total", "requests.carried_forward.total"


def carried(form: Form, summary: DistrictSummary, past: dict[str, dict[str, Number]]) -> dict[str, object]:
    """Return the row that compares the requests carried over, given last year's figures by agency code."""
    rows = yearly_rows(build_from(form, summary, [], Background(past={2022: past})))
    rule = form.balance("T3-04")
    label = f"{rule.rule.condition}（{rule.subject}）"
    [row] = [row for row in rows if str(row["项目"]).startswith(label)]
    return row | {"项目": str(row["项目"]).removeprefix(label).strip()}


def last_years(form: Form, summary: DistrictSummary, gap: int = 0) -> dict[str, dict[str, Number]]:
    """Return last year's figures in which each agency carried forward what it carried over, and the first ``gap`` less."""
    index, zeros = form.by_key[OVER].index, dict.fromkeys((cell.key for cell in form.cells), 0)
    past = {item.code: {**zeros, FORWARD: item.numbers[index]} for item in summary.reports}
    first = past[summary.reports[0].code]
    first[FORWARD] -= gap
    return past


@pytest.mark.parametrize(("gap", "expected"), [(0, "✓"), (2, "需说明")])
def test_what_was_carried_forward_must_be_carried_over(form: Form, gap: int, expected: str) -> None:
    summary = merged(form, *mixed(form))
    whole = summary.totals[form.by_key[OVER].index]
    row = carried(form, summary, last_years(form, summary, gap))
    assert row == {"项目": "", "本年": whole, "上年": whole - gap, "增减": gap, "增减（%）": expected}


def test_only_agencies_known_in_both_years_are_held_to_what_they_carried_forward(form: Form) -> None:
    """One is new, one has not reported yet: neither makes a difference that would have to be explained."""
    summary = merged(form, *mixed(form))
    past = last_years(form, summary)
    new = summary.reports[1].code
    del past[new]
    absent = next(state.agency.code for state in summary.states if not state.counting)
    past[absent] = dict.fromkeys((cell.key for cell in form.cells), 7)
    row = carried(form, summary, past)
    expected = sum(item.numbers[form.by_key[OVER].index] for item in summary.reports if item.code != new)
    assert row == {
        "项目": f"只比两年都有数据的 {len(summary.reports) - 1} 家",
        "本年": expected,
        "上年": expected,
        "增减": 0,
        "增减（%）": "✓",
    }


@pytest.mark.parametrize("is_shared", [True, False])
def test_what_cannot_be_compared_says_so_and_why(form: Form, *, is_shared: bool) -> None:
    """Nobody is known in both years, or too few to take the others out of the sum."""
    roster = [agency(number) for number in range(1, 34)]
    summary = merged(form, roster, [assessment(form, owner) for owner in roster[1:]])
    code = roster[1 if is_shared else 0].code
    row = carried(form, summary, {code: dict.fromkeys((cell.key for cell in form.cells), 7)})
    assert (row["本年"], row["上年"], row["增减（%）"]) == (None, None, "暂不比较")
    assert "没有2022年数据" in str(row["项目"])


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (490 / 20000, 3, 0.025),
        (-490 / 20000, 3, -0.025),
        (489 / 20000, 3, 0.024),
        (1 / 3, 3, 0.333),
        (-2 / 3, 3, -0.667),
        (2.5, 0, 3),
        (5e-7, 6, 0.000001),
        (-7, 6, -7),
    ],
)
def test_figures_are_rounded_as_a_workbook_rounds(value: float, digits: int, expected: float) -> None:
    assert rounded(value, digits) == expected


def test_two_years_of_different_agencies_are_called_not_comparable(form: Form) -> None:
    summary = merged(form, *mixed(form))
    known = background(form, summary)
    fewer = replace(known, past={2022: dict(list(known.past[2022].items())[2:])})
    said = texts(opened(build_from(form, summary, [], fewer), values=True)[YEARLY_SHEET])
    [note] = [text for text in said if "仅供参考" in text]
    assert "其中 2 家没有2022年数据" in note
    assert "本年未汇总" not in note


def test_an_unknown_last_year_leaves_a_sentence_and_nothing_else(form: Form) -> None:
    summary = merged(form, *mixed(form))
    [title, said] = texts(opened(build_from(form, summary, []), values=True)[YEARLY_SHEET])
    assert YEARLY_SHEET in title
    assert said.startswith(f"没有{summary.year - 1}年的数据")


def test_the_chart_by_years_says_of_how_many_agencies_each_is(form: Form) -> None:
    summary = merged(form, *mixed(form))
    said = texts(opened(build_from(form, summary, [], background(form, summary)), values=True)[CHARTS_SHEET])
    size = len(summary.reports)
    assert [text for text in said if re.fullmatch(r"\d{4}年.*", text)] == [
        "2021年（1 家）",
        f"2022年（{size} 家）",
        f"2023年（{size} 家）",
    ]
    alike = replace(background(form, summary), past={2022: background(form, summary).past[2022]})
    said = texts(opened(build_from(form, summary, [], alike), values=True)[CHARTS_SHEET])
    assert [text for text in said if re.fullmatch(r"\d{4}年.*", text)] == ["2022年", "2023年"]
    codes = [report.code for report in summary.reports][1:]
    others = {code: alike.past[2022][code] for code in codes} | {
        state.agency.code: alike.past[2022][codes[0]] for state in summary.states[5:6]
    }
    assert len(others) == len(codes) + 1 == size
    known = replace(alike, past={2022: others})
    said = texts(opened(build_from(form, summary, [], known), values=True)[CHARTS_SHEET])
    assert [text for text in said if re.fullmatch(r"\d{4}年.*", text)] == [
        f"2022年（{size} 家）",
        f"2023年（{size} 家）",
    ], "as many, but not the same"


def chart_parts(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = sorted(name for name in package.namelist() if name.startswith("xl/charts/chart"))
        return [package.read(name).decode() for name in names]


def test_every_declared_chart_is_native_and_shows_cells_of_its_sheet(form: Form) -> None:
    summary = merged(form, *mixed(form))
    content = build_from(form, summary, [], background(form, summary))
    parts = chart_parts(content)
    assert len(parts) == len(form.charts)
    for chart, part in zip(form.charts, parts, strict=True):
        assert chart.title in part
        areas = re.findall(r"<c:f>(?:&apos;|')?([^<!']+?)(?:&apos;|')?!", part)
        assert set(areas) == {CHARTS_SHEET}
        [scale] = re.findall(r"<c:valAx>.*?</c:scaling>", part)
        assert '<c:min val="0"/>' in scale, "a bar is as long as its figure"
        assert part.count('<c:min val="0"/>') == 1
        series = len(chart.parts) if chart.over == "years" else 1
        assert part.count("<c:ser>") == series


def test_figures_under_the_charts_are_the_districts(form: Form) -> None:
    roster = [agency(number) for number in range(1, 21)]
    found = [assessment(form, owner) for owner in roster]
    summary = merged(form, roster, found)
    sheet = opened(build_from(form, summary, found, background(form, summary)), values=True)[CHARTS_SHEET]
    rows = [row for row in sheet.iter_rows(max_col=4, values_only=True) if row[1] is not None]
    totals = dict(zip((cell.key for cell in form.cells), summary.totals, strict=True))
    blocks: list[list[tuple[object, ...]]] = []
    for row in rows:
        if row[0] in {"项目", "年度"}:
            blocks.append([])
        else:
            blocks[-1].append(row)
    for chart, block in zip(form.charts, blocks, strict=True):
        expected = [sum(totals[key] for key in part.cells) for part in chart.parts]
        if chart.over == "parts":
            assert [row[1] for row in block] == expected
        elif chart.over == "agencies":
            assert sum(int(str(row[1])) for row in block) == expected[0]
            assert str(block[-1][0]).startswith("其他")
        else:
            assert [str(row[0])[:5] for row in block] == ["2021年", "2022年", "2023年"]
            assert list(block[-1][1 : 1 + len(expected)]) == expected


def test_a_district_of_zeros_has_no_empty_charts(form: Form) -> None:
    owner = agency(1)
    content = build(form, [owner], [assessment(form, owner, numbers=fills.zeros(form))])
    assert chart_parts(content) == []
    assert sum("没有可画的数据" in text for text in texts(opened(content, values=True)[CHARTS_SHEET])) == len(
        form.charts
    )


def change_rows(content: bytes) -> list[dict[str, object]]:
    sheet = opened(content, values=True)[CHANGES_SHEET]
    rows: list[dict[str, object]] = [
        dict(zip(CHANGES_HEAD, row, strict=True)) for row in sheet.iter_rows(values_only=True)
    ]
    return [row for row in rows if isinstance(row["序号"], int)]


def test_what_changed_since_the_last_delivery_is_listed_by_agency_and_cell(form: Form) -> None:
    summary = merged(form, *mixed(form))
    known = background(form, summary)
    rows = change_rows(build_from(form, summary, [], known))
    reports = summary.reports
    assert [row["单位名称"] for row in rows] == [report.agency for report in reports]
    assert rows[0]["说明"] == "上次没有汇总，本次新增"
    for row, report in zip(rows[1:], reports[1:], strict=True):
        assert row["项目"] == form.cells[-2].grouped_label
        assert (row["原数"], row["现数"], row["增减"]) == (report.numbers[-2] + 4, report.numbers[-2], -4)


def test_figures_changed_between_versions_are_listed(form: Form) -> None:
    owner = agency(1)
    cell = form.cells[0]
    versions = []
    for number, value in enumerate((3, 3, 5), 1):
        versions.append(assessment(form, owner, number, numbers=fills.zeros(form) | {cell.key: value}))
    [row] = change_rows(build(form, [owner], versions))
    assert (row["单位名称"], row["项目"], row["原数"], row["现数"], row["增减"]) == (
        owner.name,
        cell.grouped_label,
        3,
        5,
        2,
    )
    assert row["说明"] == "第 2 次（合格） → 第 3 次（合格）"


@pytest.mark.parametrize("verdict", [Verdict.RETURNED, Verdict.HELD])
def test_drafts_and_files_of_others_have_corrected_nothing(form: Form, verdict: Verdict) -> None:
    owner, zeros = agency(1), fills.zeros(form)
    read = dict.fromkeys(zeros, 7)
    other = assessment(form, owner, 2, verdict)
    other = replace(
        other,
        submission=replace(other.submission, reading=replace(other.submission.reading, numbers=read)),
    )
    versions = [assessment(form, owner, number, numbers=zeros) for number in (1, 3)]
    assert change_rows(build(form, [owner], [versions[0], other, versions[1]])) == []


def test_without_a_delivery_the_sheet_says_so() -> None:
    said = texts(usual(values=True)[CHANGES_SHEET])
    assert any("还没有报送过汇总表" in text for text in said)


# ---------------------------------------------------------------- safety


def hostile(form: Form) -> tuple[list[Agency], list[Assessment]]:
    roster = [agency(number, text) for number, text in enumerate(HOSTILE, 1)]
    roster = [
        replace(item, code=item.name, kind=item.name, contact=item.name, phone=item.name) for item in roster
    ]
    found = []
    for owner in roster:
        place = Place(owner.name, owner.name)
        finding = Finding("C02", Severity.ERROR, place, (), "placeholder", {"raw": owner.name})
        found.append(assessment(form, owner, 1, Verdict.RETURNED, findings=[finding], file=owner.name))
    claims = Claims(agency=HOSTILE[0], code=HOSTILE[1])
    found.append(assessment(form, None, 0, Verdict.HELD, file=HOSTILE[0], claims=claims))
    return roster, found


def test_text_that_looks_like_a_formula_or_a_link_stays_text(form: Form) -> None:
    content = build(form, *hostile(form))
    book = opened(content, values=False)
    said = {text for sheet in book.worksheets for text in texts(sheet)}
    assert set(HOSTILE) <= said
    for place, formula in formulas(book).items():
        assert not [text for text in HOSTILE if text in formula], (place, formula)
        assert set(re.findall(r"([A-Z]+)\(", formula)) <= FUNCTIONS, (place, formula)
    targets = [link.target for sheet in book.worksheets for link in links(sheet).values()]
    assert not [target for target in targets if target]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [name for name in package.namelist() if "external" in name.lower()]


def test_text_no_workbook_can_hold_is_cleaned(form: Form) -> None:
    owner = agency(1, "甲\udcb2\uffff乙\x00\x0b_x0041_" + "长" * 40_000)
    sheet = opened(build(form, [owner], []), values=True)[STATUS_SHEET]
    name = sheet.cell(3, 3).value
    assert isinstance(name, str)
    assert name.startswith("甲\ufffd\ufffd乙")
    assert len(re.sub("_x[0-9A-F]{4}_", "x", name)) <= 32_767, "what is spelled _x0000_ is one character"


def test_no_english_key_is_to_be_seen(form: Form) -> None:
    book = usual(values=True)
    details = {detail_sheet_name(table) for table in form.tables}
    assert all(book[name].row_dimensions[KEYS_ROW + 1].hidden for name in details)
    seen = {
        str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and not (sheet.title in details and cell.row == KEYS_ROW + 1)
    }
    assert not seen & {cell.key for cell in form.cells}


# ---------------------------------------------------------------- print and bytes


def test_every_sheet_prints_on_a4_with_heads_numbers_and_a_running_head(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    book = usual(values=True)
    widest = max(form.tables, key=lambda table: len(form.cells_of(table.key)))
    for sheet in book.worksheets:
        paper = 8 if sheet.title == detail_sheet_name(widest) else 9
        assert int(sheet.page_setup.paperSize or 0) == paper, "only the widest table needs A3"
        assert sheet.print_area
        head, foot = str(sheet.HeaderFooter.oddHeader), str(sheet.HeaderFooter.oddFooter)
        assert f"{summary.district}{summary.year}年" in head
        assert f"部分汇总 {len(summary.reports)} / {len(roster)} 家" in head
        assert "&P" in foot
        assert sheet.page_setup.fitToWidth in {None, 1}
    long = {OVERVIEW_SHEET, STATUS_SHEET, BY_KIND_SHEET, FINDINGS_SHEET, SOURCES_SHEET, RECONCILE_SHEET}
    tables = {name(table) for table in form.tables for name in (summary_sheet_name, detail_sheet_name)}
    assert all(book[name].print_title_rows for name in long | tables)


def test_a_wide_detail_breaks_between_groups_and_repeats_the_agencies(form: Form) -> None:
    book = usual(values=True)
    widest = max(form.tables, key=lambda table: len(form.cells_of(table.key)))
    sheet = book[detail_sheet_name(widest)]
    assert str(sheet.print_title_cols).replace("$", "") == "A:C"
    groups = {area.max_col for area in sheet.merged_cells.ranges if area.min_row == FIRST_ROW - 1}
    pages = [range_boundaries(area.rpartition("!")[2]) for area in str(sheet.print_area).split(",")]
    assert [(left, right) for left, _, right, _ in pages] == [
        (before + 1, right)
        for before, (_, _, right, _) in zip(
            (0, *(right or 0 for _, _, right, _ in pages)), pages, strict=False
        )
    ]
    assert {right for _, _, right, _ in pages} <= groups
    assert pages[-1][2] == len(DETAIL_HEAD) + len(form.cells_of(widest.key))
    assert 5 <= len(pages) <= 7, "as few as stay legible"


def test_long_lists_print_the_totals_of_the_rows_and_fold_the_rest_away(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    book = opened(build_from(form, summary, found, background(form, summary)), values=True)
    widest = max(form.tables, key=lambda table: len(form.cells_of(table.key)))
    shown = {
        cell.grouped_label
        for table in form.tables
        for cell in form.cells_of(table.key)
        if table is not widest or cell.column is table.blocks[-1].columns[-1]
    }
    for name, column in ((BY_KIND_SHEET, 1), (YEARLY_SHEET, 1), (RECONCILE_SHEET, 2)):
        sheet, labels = book[name], {cell.grouped_label for cell in form.cells}
        rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value in labels]
        hidden = [row for row in rows if sheet.row_dimensions[row].hidden]
        assert len(rows) == len(form.cells)
        assert {sheet.cell(row, column).value for row in rows if row not in hidden} == shown
        assert {sheet.row_dimensions[row].outlineLevel for row in hidden} == {1}


def test_what_does_not_reconcile_is_never_folded_away(form: Form) -> None:
    summary = merged(form, *mixed(form))
    printed: dict[str, Sequence[Number]] = {report.code: report.numbers for report in summary.reports}
    widest = max(form.tables, key=lambda table: len(form.cells_of(table.key)))
    part = form.cells_of(widest.key)[0]
    code = next(iter(printed))
    printed[code] = tuple(
        value + (cell is part) for cell, value in zip(form.cells, printed[code], strict=True)
    )
    sheet = opened(build_from(form, summary, [], Background(printed=printed)), values=True)[RECONCILE_SHEET]
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 8).value == "✗"]
    assert len(rows) == 2
    assert not [row for row in rows if sheet.row_dimensions[row].hidden]


def test_printed_tables_are_merged_as_the_form_prints_them(form: Form) -> None:
    book = usual(values=True)
    for table in form.tables:
        sheet = book[summary_sheet_name(table)]
        merges = {
            (area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges
        }
        for grid_cell in form.grids[table.key].cells:
            row, column = grid_position(grid_cell)
            area = (row + 1, column + 1, row + grid_cell.height, column + grid_cell.width)
            assert (area in merges) == (grid_cell.height * grid_cell.width > 1)
            if grid_cell.text:
                assert sheet.cell(row + 1, column + 1).value == grid_cell.text


@pytest.mark.parametrize("roster_size", [0, 1])
def test_a_district_without_reports_has_a_workbook_of_zeros(form: Form, roster_size: int) -> None:
    roster = [agency(number) for number in range(roster_size)]
    book = opened(build(form, roster, []), values=True)
    assert set(all_printed(form, book).values()) == {0}


def test_the_same_inputs_give_the_same_bytes_in_any_process(form: Form) -> None:
    here = hashlib.sha256(build(form, *mixed(form))).hexdigest()
    program = (
        "import hashlib; from tests.publishing.test_summary import build, mixed, load_form; form = load_form();"
        "print(hashlib.sha256(build(form, *mixed(form))).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == here


def _close(left: object, right: object) -> bool:
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == pytest.approx(right, rel=1e-15, abs=0)
    return left == right


def _reference(form: Form, headline: Headline) -> str:
    table = form.table(form.by_key[headline.cell].table)
    grid_cell = next(item for item in form.grids[table.key].cells if item.key == headline.cell)
    row, column = grid_position(grid_cell)
    letter: Callable[[int], str] = openpyxl.utils.get_column_letter
    return f"='{summary_sheet_name(table)}'!{letter(column + 1)}{row + 1}"


def _labelled_counts(sheet: Worksheet) -> dict[str, int]:
    head = next(row for row in sheet.iter_rows() if row[0].value == "应报送")
    return {str(cell.value): int(str(cell.offset(row=1).value)) for cell in head if isinstance(cell, Cell)}


def test_a_form_without_main_data_shows_no_place_for_them(form: Form) -> None:
    bare = replace(form, headlines=())
    said = texts(opened(build_from(bare, merged(bare, *mixed(bare)), []), values=True)[OVERVIEW_SHEET])
    assert not [text for text in said if "主要数据" in text]
    assert any(text.startswith("二、未报送") for text in said)
    assert any("名单见下面第二项" in text for text in said)


def test_only_where_figures_are_folded_it_is_said_how_to_see_them(form: Form) -> None:
    assert "展开" in folding(form)
    assert folding(load_form("website_report")) == ""


def test_titles_say_the_period_in_words() -> None:
    quarter, period = load_form("disclosure_statistics_quarter"), named("2024Q2")
    assert period
    summary = replace(merged(quarter, *mixed(quarter)), year=period)
    book = opened(build_from(quarter, summary, []), values=True)
    titles = [str(sheet["A1"].value) for sheet in book]
    assert not [title for title in titles if str(period) in title]
    assert PERIODS_SHEET in book.sheetnames
    assert YEARLY_SHEET not in book.sheetnames
