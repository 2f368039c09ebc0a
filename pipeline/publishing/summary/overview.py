"""The district's year goes in; 总览, the page that is signed and sent up, comes out.

It says how many reported, whether the sums are whole, the figures a reader asks for first, and whom to call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.model import Verdict, a1
from pipeline.periods import days_of
from pipeline.publishing.states import state_word
from pipeline.publishing.summary.brief import Brief
from pipeline.publishing.summary.findings import FINDINGS_SHEET
from pipeline.publishing.summary.official_tables import grid_position, summary_sheet_name
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, OfficeBook, OfficePage
from pipeline.wording.messages import AWAITING, VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pipeline.forms.form import Headline
    from pipeline.model import AgencyState
    from pipeline.publishing.summary.detail import SumColumn

OVERVIEW_SHEET = "总览"
_ACROSS = 8
_WIDTHS = [11.0, 11.0, 11.0, 13.5] * 2
"""Every fourth column holds a figure of the main data."""
_OPEN: tuple[Verdict | None, ...] = (Verdict.RETURNED, Verdict.HELD, None)
"""The states somebody still has to do something about."""
_ONE_PAGE = 22
"""As many open agencies still fit on the page."""
SIGNATURES = ("填表人", "审核人", "签发人", "日期")


def overview_title(brief: Brief) -> str:
    """Return the title of the workbook."""
    return f"{brief.title}汇总表"


def open_agencies(brief: Brief) -> list[AgencyState]:
    """List the agencies that are returned, to be looked at or missing, in roster order."""
    return [state for state in brief.summary.states if state.verdict in _OPEN]


def write_overview(book: OfficeBook, brief: Brief, columns: Mapping[str, SumColumn]) -> None:
    """Write 总览."""
    page = book.page(OVERVIEW_SHEET, _WIDTHS)
    page.title(overview_title(brief), size=18, height=42)
    left, right, period = book.style(), book.style(align="right"), brief.summary.year
    page.text(1, 0, f"统计期限：{days_of(period)}", left, across=4)
    page.text(1, 4, f"报送截止日期：{_spoken_date(brief.deadline)}", right, across=4)
    page.text(2, 0, f"格式依据：{brief.form.authority}", left, across=4)
    page.text(2, 4, f"数据截至：{_spoken_date(brief.now)} {brief.now:%H:%M}", right, across=4)
    row = _write_progress(page, brief, 3)
    row = _write_headlines(page, brief, row, columns)
    row = _write_open(page, brief, row)
    _write_signatures(page, row)
    if len(open_agencies(brief)) <= _ONE_PAGE:
        page.sheet.fit_to_pages(1, 1)


def _spoken_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _write_heading(page: OfficePage, row: int, text: str) -> int:
    page.text(
        row, 0, text, page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom"), across=_ACROSS
    )
    page.sheet.set_row(row, 30)
    return row + 1


def _write_progress(page: OfficePage, brief: Brief, row: int) -> int:
    row = _write_heading(page, row, "一、报送进度（家）")
    summary = brief.summary
    states = [state.verdict for state in summary.states]
    verdicts = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS, *_OPEN)
    counts = {
        "应报送": brief.expected,
        "已报送": brief.expected - len(summary.missing),
        **{VERDICT_WORDS[verdict]: states.count(verdict) for verdict in verdicts},
        "已汇总": brief.counted,
    }
    for column, (name, count) in enumerate(counts.items()):
        page.text(row, column, name, page.book.head())
        page.number(row + 1, column, count, page.book.boxed(align="center", font_size=14))
    page.sheet.set_row(row, 34)
    page.sheet.set_row(row + 1, 28)
    note = "\n".join(_notes(brief))
    page.text(
        row + 2,
        0,
        note,
        page.book.filled(NOTE_FILL if brief.is_partial else None),
        across=_ACROSS,
    )
    page.height_for(row + 2, {0: (note, _ACROSS)}, least=24)
    return row + 3


def _notes(brief: Brief) -> Iterator[str]:
    """Say what is in the sums, how the counts belong together, and which files wait besides."""
    absent = brief.expected - brief.counted
    yield f"已汇总 {brief.counted} / {brief.expected} 家" + (
        f"（部分汇总，未含 {absent} 家，名单见下面第{_of_open(brief)}项）" if absent else "（全部汇总）"
    )
    summary = brief.summary
    yield "应报送＝已报送＋未报送；已报送＝合格＋合格（有提醒）＋退回＋待核实；已汇总＝合格＋合格（有提醒）。每家单位按计入汇总的一次统计，没有的按最后一次。"
    awaiting = sum(state_word(state, brief.notices) == AWAITING for state in summary.states)
    if awaiting:
        yield f"退回的单位中，{awaiting} 家的错误都已说明，{AWAITING}，见“{FINDINGS_SHEET}”。"
    waiting = len(brief.summary.held_files)
    if waiting:
        of_the_undecided = sum(len(state.held) for state in summary.states if state.verdict is Verdict.HELD)
        of_the_counting = sum(len(state.held) for state in summary.states if state.counting)
        nobody, of_merged = len(summary.nobodys), len(summary.of_merged)
        whose = [
            (of_the_undecided, "待核实单位报送的"),
            (of_the_counting, "已汇总单位又报送的"),
            (waiting - of_the_undecided - of_the_counting - of_merged - nobody, "退回单位报送的"),
            (of_merged, "已并入其他单位的单位报送的"),
            (nobody, "无法确认单位的"),
        ]
        parts = "、".join(f"{words} {number} 份" for number, words in whose if number)
        yield f"待核实的文件 {waiting} 份：{parts}，见“{FINDINGS_SHEET}”。"


def _write_headlines(page: OfficePage, brief: Brief, row: int, columns: Mapping[str, SumColumn]) -> int:
    if not brief.form.headlines:
        return row
    partial = "（部分汇总）" if brief.is_partial else ""
    row = _write_heading(page, row, f"二、主要数据{partial}")
    half = _ACROSS // 2
    for number, headline in enumerate(brief.form.headlines):
        line, side = divmod(number, 2)
        _write_headline(page, brief, (row + line, side * half), headline, columns)
        page.sheet.set_row(row + line, 24)
    lines = -(-len(brief.form.headlines) // 2)
    if len(brief.form.headlines) % 2:
        page.text(row + lines - 1, half, "", page.book.boxed(), across=half)
    return row + lines


def _write_headline(
    page: OfficePage,
    brief: Brief,
    at: tuple[int, int],
    headline: Headline,
    columns: Mapping[str, SumColumn],
) -> None:
    cell = brief.form.by_key[headline.cell]
    table = brief.form.table(cell.table)
    printed = next(item for item in brief.form.grids[table.key].cells if item.key == cell.key)
    source = f"={quoted(summary_sheet_name(table))}!{a1(*grid_position(printed))}"
    page.text(*at, headline.label, page.book.boxed(), across=3)
    page.formula(at[0], at[1] + 3, source, page.book.figure(cell.kind, bold=True), columns[cell.key].value)


def _of_open(brief: Brief) -> str:
    """Number the list of who is open: the main data stand before it, where a form names any."""
    return "三" if brief.form.headlines else "二"


def _write_open(page: OfficePage, brief: Brief, row: int) -> int:
    agencies = open_agencies(brief)
    row = _write_heading(page, row, f"{_of_open(brief)}、未报送、退回和待核实的单位（{len(agencies)} 家）")
    if not agencies:
        page.text(row, 0, "没有。", page.book.boxed(), across=_ACROSS)
        page.sheet.set_row(row, 24)
        return row + 1
    _write_open_line(page, row, ("序号", "单位名称", "状态", "联系人", "联系电话"))
    page.sheet.repeat_rows(row)
    for number, state in enumerate(agencies, 1):
        agency, word = state.agency, state_word(state, brief.notices)
        line = (number, agency.name, word, agency.contact, agency.phone)
        _write_open_line(page, row + number, line, state.verdict, is_head=False)
    return row + len(agencies) + 1


def _write_open_line(
    page: OfficePage,
    row: int,
    line: tuple[int | str, str, str, str, str],
    verdict: Verdict | None = None,
    *,
    is_head: bool = True,
) -> None:
    number, name, state, contact, phone = line
    middle = page.book.head() if is_head else page.book.boxed(align="center")
    if isinstance(number, int):
        page.number(row, 0, number, middle)
    else:
        page.text(row, 0, number, middle)
    page.text(row, 1, name, middle if is_head else page.book.boxed(), across=3)
    page.text(row, 4, state, middle if is_head else page.book.state(verdict))
    page.text(row, 5, contact, middle)
    page.text(row, 6, phone, middle, across=2)
    page.height_for(row, {1: (name, 3), 5: (contact, 1), 6: (phone, 2)}, least=20)


def _write_signatures(page: OfficePage, row: int) -> None:
    page.sheet.set_row(row, 24)
    for number, name in enumerate(SIGNATURES):
        page.text(row + 1, 2 * number, f"{name}：", page.book.style(align="right"))
        page.text(row + 1, 2 * number + 1, "", page.book.style(bottom=1))
    page.sheet.set_row(row + 1, 28)
