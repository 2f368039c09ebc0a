"""The findings of every submission go in; 问题清单, a list that can be read out on the phone, comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.grouping import GroupedNotice, group_notices
from pipeline.messages import SEVERITY_WORDS
from pipeline.model import Assessment, Severity, Verdict
from pipeline.publishing.summary.book import NOTE_FILL, STATE_FILLS, Book, Page
from pipeline.publishing.summary.brief import Brief

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.forms.form import Form

FINDINGS_SHEET = "问题清单"
FINDINGS_HEAD = ("序号", "单位", "文件", "第几次", "级别", "位置", "现值", "应为", "问题", "怎么改")
_WIDTHS = [6.0, 24.0, 26.0, 7.0, 7.0, 30.0, 13.0, 13.0, 38.0, 38.0]
_HEAD_ROW, _FIRST_ROW = 1, 2


def write_findings(book: Book, brief: Brief) -> None:
    """Write 问题清单: submissions in roster order, those of nobody last; within one, errors first."""
    page = book.page(FINDINGS_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title("问题清单", height=28)
    page.heads(_HEAD_ROW, FINDINGS_HEAD)
    row = _FIRST_ROW
    for assessment in _all_submissions(brief):
        for group in group_notices(brief.notices.get(assessment.submission.sha256, ())):
            _write_finding(page, brief.form, row, assessment, group)
            row += 1
    if row == _FIRST_ROW:
        page.text(row, 0, "没有问题。", book.boxed(), across=len(_WIDTHS))
    page.sheet.autofilter(_HEAD_ROW, 0, max(row - 1, _FIRST_ROW), len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 2)
    page.sheet.repeat_rows(_HEAD_ROW)


def _all_submissions(brief: Brief) -> Iterator[Assessment]:
    for state in brief.summary.states:
        yield from state.versions
    yield from brief.summary.unclaimed


def _write_finding(page: Page, form: Form, row: int, assessment: Assessment, group: GroupedNotice) -> None:
    notice, submission = group.notice, assessment.submission
    agency = submission.agency.name if submission.agency else "（无法确认单位）"
    texts = {
        1: agency,
        2: submission.file,
        5: _where(form, group),
        6: notice.actual or "",
        7: notice.expected or "",
        8: notice.fault or notice.message,
        9: notice.hint or "",
    }
    page.number(row, 0, row - _FIRST_ROW + 1, page.book.boxed(align="center"))
    for column, text in texts.items():
        page.text(row, column, text, page.book.boxed())
    page.text(row, 3, str(assessment.version or ""), page.book.boxed(align="center"))
    page.text(row, 4, SEVERITY_WORDS[notice.severity], _severity_style(page.book, notice.severity))
    page.height_for(row, {column: (text, 1) for column, text in texts.items()})


def _where(form: Form, group: GroupedNotice) -> str:
    """Name the item too, where the finding speaks of one figure."""
    cell = form.by_key.get(group.notice.key or "")
    return f"{group.where}\n{cell.short_label}" if cell and group.count == 1 else group.where


def _severity_style(book: Book, severity: str) -> Format:
    fills: Mapping[str, str] = {Severity.ERROR: STATE_FILLS[Verdict.RETURNED], Severity.WARNING: NOTE_FILL}
    return book.filled(fills.get(severity), align="center")
