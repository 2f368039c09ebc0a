"""Where every agency stands goes in; 来源, the file behind each agency's figures, comes out.

Whoever doubts a figure finds the original by its SHA-256.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.publishing.states import is_guessed, received_at, seen_words
from pipeline.publishing.summary.brief import Brief
from pipeline.publishing.workbook.office import OfficeBook, OfficePage
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from pipeline.model import AgencyState

SOURCES_SHEET = "来源"
SOURCES_HEAD = ("序号", "单位代码", "单位名称", "文件名", "收到时间", "第几次", "SHA-256（文件校验码）")
_WIDTHS = [6.0, 11.0, 32.0, 42.0, 17.5, 7.5, 36.0]
_HEAD_ROW, _FIRST_ROW = 2, 3


def write_sources(book: OfficeBook, brief: Brief) -> None:
    """Write 来源: one row per agency, with the file that counts."""
    page = book.page(SOURCES_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title(f"{brief.title}数据来源（{brief.share}）")
    page.line(1, "汇总数据取自以下文件。校验码相同的文件，内容逐字节相同。", page.book.style(align="center"))
    page.heads(_HEAD_ROW, SOURCES_HEAD)
    for number, state in enumerate(brief.summary.states):
        _write_source(page, _FIRST_ROW + number, number + 1, state)
    last = _FIRST_ROW + brief.last_row_of - 1
    page.sheet.autofilter(_HEAD_ROW, 0, last, len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 3)
    page.sheet.repeat_rows(_HEAD_ROW)


def _write_source(page: OfficePage, row: int, number: int, state: AgencyState) -> None:
    boxed, middle = page.book.boxed(), page.book.boxed(align="center")
    counting = state.counting
    texts = {
        2: state.agency.name,
        3: without_persons(counting.submission.file) if counting else "（未汇总）",
        6: counting.submission.sha256 if counting else "",
    }
    page.height_for(row, {column: (text, 1) for column, text in texts.items()})
    page.number(row, 0, number, middle)
    page.text(row, 1, state.agency.code, middle)
    for column, text in texts.items():
        page.text(row, column, text, boxed)
    for column in (4, 5):
        page.text(row, column, "", middle)
    if counting:
        moment = received_at(counting)
        if moment and is_guessed(counting):
            page.text(row, 4, seen_words(moment), middle)
        elif moment:
            page.time(row, 4, moment)
        page.number(row, 5, counting.version, middle)
