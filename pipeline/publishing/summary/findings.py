"""The findings of every submission go in; 问题与说明, a list that can be read out on the phone, comes out.

Beside a finding stands what the clerk explained and what the coordinator waived; all waivers are listed below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.messages import SEVERITY_WORDS
from pipeline.model import CHINA, Assessment, Notice, Severity, Verdict
from pipeline.publishing.summary.book import HEAD_FONT, NOTE_FILL, STATE_FILLS, Book, Page
from pipeline.publishing.summary.brief import Brief
from pipeline.wording.grouping import GroupedNotice, group_notices

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.forms.form import Form

FINDINGS_SHEET = "问题与说明"
FINDINGS_HEAD = (
    "序号", "单位", "文件", "第几次", "级别", "位置", "现值", "应为", "问题", "怎么改", "说明、例外",
)  # fmt: skip
WAIVERS_HEAD = ("序号", "单位", "理由", "", "", "规则", "批准人", "准予日期", "有效期")
_WIDTHS = [6.0, 22.0, 24.0, 7.0, 7.0, 28.0, 13.0, 13.0, 34.0, 32.0, 24.0]
_UNTIL = 8
_HEAD_ROW, _FIRST_ROW = 1, 2


def write_findings(book: Book, brief: Brief) -> None:
    """Write 问题清单: submissions in roster order, those of nobody last; within one, errors first."""
    page = book.page(FINDINGS_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title(f"{brief.summary.district}{brief.summary.year}年政府信息公开年报问题与说明", height=28)
    page.heads(_HEAD_ROW, FINDINGS_HEAD)
    row = _FIRST_ROW
    for assessment in _all_submissions(brief):
        for group in group_notices(brief.notices.get(assessment.submission.sha256, ())):
            _write_finding(page, brief, row, assessment, group)
            row += 1
    if row == _FIRST_ROW:
        page.text(row, 0, "没有问题。", book.boxed(), across=len(_WIDTHS))
    page.sheet.autofilter(_HEAD_ROW, 0, max(row - 1, _FIRST_ROW), len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 2)
    page.sheet.repeat_rows(_HEAD_ROW)
    _write_waivers(page, brief, max(row, _FIRST_ROW + 1) + 1)


def _all_submissions(brief: Brief) -> Iterator[Assessment]:
    for state in brief.summary.states:
        yield from state.versions
    yield from brief.summary.unclaimed


def _write_finding(page: Page, brief: Brief, row: int, assessment: Assessment, group: GroupedNotice) -> None:
    notice, submission = group.notice, assessment.submission
    agency = submission.agency.name if submission.agency else "（无法确认单位）"
    texts = {
        1: agency,
        2: submission.file,
        5: _where(brief.form, group),
        6: notice.actual or "",
        7: notice.expected or "",
        8: notice.fault or notice.message,
        9: notice.hint or "",
        10: "\n".join(_answers(brief, assessment, notice)),
    }
    page.number(row, 0, row - _FIRST_ROW + 1, page.book.boxed(align="center"))
    for column, text in texts.items():
        page.text(row, column, text, page.book.boxed())
    page.text(row, 3, str(assessment.version or ""), page.book.boxed(align="center"))
    page.text(row, 4, SEVERITY_WORDS[notice.severity], _severity_style(page.book, notice.severity))
    page.height_for(row, {column: (text, 1) for column, text in texts.items()})


def _answers(brief: Brief, assessment: Assessment, notice: Notice) -> Iterator[str]:
    """Yield what the clerk wrote beside the check, and the reason of an exception that was granted."""
    agency = assessment.submission.agency
    for item in assessment.findings:
        if (item.code, item.key) == (notice.code, notice.key) and item.explanation:
            yield f"单位说明：{item.explanation}"
            break
    for waiver in brief.background.waivers:
        if agency and (waiver.agency, waiver.rule) == (agency.code, notice.code):
            yield f"准予例外：{waiver.reason}"


def _write_waivers(page: Page, brief: Brief, row: int) -> None:
    style = page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom")
    page.line(row, "准予的例外", style, least=30)
    if not brief.background.waivers:
        page.line(row + 1, "没有。", page.book.boxed(), least=22)
        return
    _write_waiver(page, row + 1, WAIVERS_HEAD, page.book.head())
    names = {state.agency.code: state.agency.name for state in brief.summary.states}
    for number, waiver in enumerate(brief.background.waivers, 1):
        line = (
            str(number), names.get(waiver.agency, waiver.agency), waiver.reason, "", "", waiver.rule, waiver.person,
            f"{waiver.given_at.astimezone(CHINA):%Y-%m-%d}", f"{waiver.until:%Y-%m-%d}" if waiver.until else "长期",
        )  # fmt: skip
        _write_waiver(page, row + 1 + number, line, page.book.boxed())


def _write_waiver(page: Page, row: int, line: Sequence[str], style: Format) -> None:
    """Write a line of the exceptions; the reason has the width of three columns."""
    page.height_for(row, {1: (line[1], 1), 2: (line[2], 3)}, least=22)
    for column in (0, 1, 5, 6, 7, _UNTIL):
        page.text(row, column, line[column], style)
    page.text(row, 2, line[2], style, across=3)


def _where(form: Form, group: GroupedNotice) -> str:
    """Name the item too, where the finding speaks of one figure."""
    cell = form.by_key.get(group.notice.key or "")
    return f"{group.where}\n{cell.short_label}" if cell and group.count == 1 else group.where


def _severity_style(book: Book, severity: str) -> Format:
    fills: Mapping[str, str] = {Severity.ERROR: STATE_FILLS[Verdict.RETURNED], Severity.WARNING: NOTE_FILL}
    return book.filled(fills.get(severity), align="center")
