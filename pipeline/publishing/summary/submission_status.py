"""Where every agency stands goes in; 报送情况, one row per agency in roster order, comes out.

Files that could be matched to nobody stand below the roster, so that nothing that arrived is out of sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.form import Clerk
from pipeline.model import Severity
from pipeline.publishing.data.record import problem_counts
from pipeline.publishing.states import (
    came_after,
    china_day,
    is_guessed,
    kind_of,
    lateness,
    received_at,
    remark,
    seen_words,
    shown,
    state_word,
)
from pipeline.publishing.summary.brief import ON_ONE_PAGE, Brief
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, OfficeBook, OfficePage
from pipeline.wording.messages import VERDICT_WORDS
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipeline.model import AgencyState, Assessment

STATUS_SHEET = "报送情况"
STATUS_HEAD = (
    "序号", "单位代码", "单位名称", "类别", "状态", "第几次", "收到时间", "是否按时", "错误数", "提醒数", "{short}", "备注",
    "填报人", "联系电话", "审核人", "填报日期",
)  # fmt: skip
_WIDTHS = [6.0, 10.0, 38.0, 8.5, 15.0, 7.5, 17.5, 8.0, 7.0, 7.0, 10.0, 38.0, 10.0, 15.0, 10.0, 12.0]
_VERSION, _TIME, _LATE, _ERRORS, _WARNINGS, _REPORT, _REMARK = range(5, 12)
IN_TIME, UNKNOWN = "按时", "不详"
_HEAD_ROW, _FIRST_ROW = 1, 2
_LINK = "#0563C1"


def write_status(book: OfficeBook, brief: Brief) -> None:
    """Write 报送情况."""
    page = book.page(STATUS_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title(f"{brief.title}报送情况", height=28)
    page.heads(_HEAD_ROW, [head.format(short=brief.form.words.short) for head in STATUS_HEAD])
    for number, state in enumerate(brief.summary.states):
        _write_agency(page, brief, _FIRST_ROW + number, state)
    last = _FIRST_ROW + brief.last_row_of - 1
    page.sheet.autofilter(_HEAD_ROW, 0, last, len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 3)
    page.sheet.repeat_rows(_HEAD_ROW)
    below = _write_unclaimed(page, brief, last + 2)
    _write_merged(page, brief, below)
    if brief.expected + 2 * len(brief.summary.unclaimed) <= ON_ONE_PAGE:
        page.sheet.fit_to_pages(1, 1)


def _write_agency(page: OfficePage, brief: Brief, row: int, state: AgencyState) -> None:
    agency, assessment = state.agency, shown(state)
    middle = page.book.boxed(align="center")
    page.number(row, 0, row - _FIRST_ROW + 1, middle)
    page.text(row, 1, agency.code, middle)
    page.text(row, 2, agency.name, page.book.boxed())
    page.text(row, 3, kind_of(state), middle)
    page.text(row, 4, state_word(state, brief.notices), page.book.state(state.verdict))
    clerk = brief.form.clerk_of(assessment.submission.reading.entries) if assessment else Clerk()
    entries = {_REMARK + number: str(getattr(clerk, name)) for number, name in enumerate(Clerk.__slots__, 1)}
    for column, entry in entries.items():
        page.text(row, column, entry, middle)
    texts = {
        **entries,
        2: agency.name,
        3: kind_of(state),
        _REMARK: remark(
            state,
            brief.notices,
            brief.deadline_of(agency.code),
            brief.background.extended.get(agency.code),
            brief.form.words.short,
        ),
    }
    _write_arrival(page, brief, row, assessment, texts)
    late = lateness(state, brief.deadline_of(agency.code), china_day(brief.now))
    said = late or _in_time(state, brief.deadline_of(agency.code))
    page.text(row, _LATE, said, page.book.filled(NOTE_FILL if late else None, align="center"))
    path = brief.background.reports.get(agency.code)
    if path and state.counting:
        link = page.book.boxed(align="center", font_color=_LINK, underline=1)
        page.file_link(row, _REPORT, path, f"打开{brief.form.words.short}", link)


def _in_time(state: AgencyState, deadline: date) -> str:
    """Say that the first file of an agency that is not late came in time, if it came and anybody knows when."""
    if not state.versions:
        return ""
    return IN_TIME if came_after(state.versions[0], deadline) is False else UNKNOWN


def _write_arrival(
    page: OfficePage, brief: Brief, row: int, assessment: Assessment | None, texts: Mapping[int, str]
) -> None:
    """Write what is known of the file in the columns from 第几次 on; ``texts`` are the long ones of the row."""
    middle = page.book.boxed(align="center")
    for column in (_VERSION, _TIME, _LATE, _ERRORS, _WARNINGS, _REPORT):
        page.text(row, column, "", middle)
    page.text(row, _REMARK, texts[_REMARK], page.book.boxed())
    page.height_for(row, {column: (text, 1) for column, text in texts.items()}, least=16)
    if not assessment:
        return
    counts = problem_counts(brief.notices.get(assessment.key, ()))
    if assessment.version:
        page.number(row, _VERSION, assessment.version, middle)
    page.number(row, _ERRORS, counts[Severity.ERROR], middle)
    page.number(row, _WARNINGS, counts[Severity.WARNING], middle)
    moment = received_at(assessment)
    if moment and is_guessed(assessment):
        page.text(row, _TIME, seen_words(moment), middle)
    elif moment:
        page.time(row, _TIME, moment)


def _write_merged(page: OfficePage, brief: Brief, row: int) -> None:
    """Show what bodies had reported before they became part of others; it is in no sum any more."""
    if not brief.summary.merged:
        return
    page.text(
        row,
        0,
        "已并入其他单位的，合并前的报送（不计入汇总）",
        page.book.style(font_name=HEAD_FONT),
        across=len(_WIDTHS),
    )
    names = {state.agency.code: state.agency.name for state in brief.summary.states}
    for number, state in enumerate(brief.summary.merged, 1):
        into = names.get(state.agency.merged_into, state.agency.merged_into)
        remark_text = f"{state.agency.merged_on} 并入{into}"
        page.number(row + number, 0, number, page.book.boxed(align="center"))
        page.text(row + number, 1, state.agency.code, page.book.boxed(align="center"))
        page.text(row + number, 2, state.agency.name, page.book.boxed())
        page.text(row + number, 3, kind_of(state), page.book.boxed(align="center"))
        page.text(row + number, 4, state_word(state, brief.notices), page.book.state(state.verdict))
        _write_arrival(page, brief, row + number, shown(state), {2: state.agency.name, _REMARK: remark_text})


def _write_unclaimed(page: OfficePage, brief: Brief, row: int) -> int:
    """List the files of nobody, and those of bodies that are part of others by now; return the row below them."""
    blocks = (
        ("无法确认单位的文件", brief.summary.nobodys),
        ("已并入其他单位的单位报送的文件", brief.summary.of_merged),
    )
    for what, files in blocks:
        if files:
            heading = f"{what}（{len(files)} 个），请核实后处理"
            page.text(row, 0, heading, page.book.style(font_name=HEAD_FONT), across=len(_WIDTHS))
            for number, assessment in enumerate(files, 1):
                _write_unclaimed_file(page, brief, row + number, number, assessment)
            row += len(files) + 2
    return row


def _write_unclaimed_file(
    page: OfficePage, brief: Brief, row: int, number: int, assessment: Assessment
) -> None:
    claims, agency = assessment.submission.reading.claims, assessment.submission.agency
    stated = agency.name if agency else claims.agency or "（未写明单位）"
    page.number(row, 0, number, page.book.boxed(align="center"))
    page.text(row, 1, agency.code if agency else claims.code, page.book.boxed(align="center"))
    page.text(row, 2, stated, page.book.boxed())
    page.text(row, 3, "", page.book.boxed())
    page.text(row, 4, VERDICT_WORDS[assessment.verdict], page.book.state(assessment.verdict))
    faults = [notice.fault or notice.message for notice in brief.notices.get(assessment.key, ())]
    said = [f"文件：{without_persons(assessment.submission.file)}", *faults[:1]]
    texts = {2: stated, _REMARK: "\n".join(said)}
    _write_arrival(page, brief, row, assessment, texts)
