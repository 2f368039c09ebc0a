"""How the agencies reported goes in; the 通报 comes out: one page of Word, neutral in its words, to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from docx.document import Document as Doc
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from pipeline.forms.form import Form
from pipeline.periods import last_ended
from pipeline.publishing.papers.conduct import Conduct
from pipeline.publishing.papers.plain_word import (
    CENTRE,
    LEFT,
    heading,
    line,
    new_page,
    signature,
    to_bytes,
    write,
)
from pipeline.publishing.word.styles import FANG, HEI

_HEADS = ("序号", "单位", "首次报送", "是否按时", "退回次数", "目前情况")
_WIDTHS = (12, 72, 24, 22, 20, 22)
_ROOM = 194.0
"""Millimetres of a page that the table may take."""
_TALLEST = 6.2
_BODY = 12
_OFF_BORDER = 1.5
_LEADING = 1.2
"""Of the type size, so that no font asks for more than a row has."""


def build_notice(form: Form, district: str, office: str, today: date, found: Sequence[Conduct]) -> bytes:
    """Build the 通报 on the day ``today``: the same bytes for the same content."""
    period = found[0].year if found else last_ended(form.period, today)
    title = f"关于{form.document_of(period)}报送情况的通报"
    document = new_page(title, office, today, sides=19, ends=17)
    heading(document, title, 18)
    line(document, "各有关单位：", _BODY, LEFT)
    line(document, _said(district, today, found), _BODY, begin=2)
    _table(document, found)
    line(document, "特此通报。", _BODY, begin=2)
    signature(document, office, today, _BODY)
    return to_bytes(document)


def _said(district: str, today: date, found: Sequence[Conduct]) -> str:
    came = [item for item in found if item.versions]
    late, once = sum(bool(item.days_late) for item in came), sum(item.is_right_at_once for item in came)
    unknown = sum(item.first_day is None for item in came)
    accepted, returned = sum(item.counts for item in came), sum(bool(item.returns) for item in came)
    later = sum(bool(item.returns) and item.is_right_at_once for item in came)
    return (
        f"截至{today.month}月{today.day}日，{district}应报送 {len(found)} 家，已报送 {len(came)} 家"
        f"（按时 {len(came) - late - unknown} 家，迟报 {late} 家{f'，日期不详 {unknown} 家' if unknown else ''}），未报送 {len(found) - len(came)} 家。"
        f"已汇总 {accepted} 家，其中首次报送即合格 {once} 家；退回修改过 {returned} 家{f'（含合格以后更正稿退回的 {later} 家）' if later else ''}，共 {sum(item.returns for item in found)} 次。"
        "各单位情况如下。"
    )


def _table(document: Doc, found: Sequence[Conduct]) -> None:
    height = min(_TALLEST, _ROOM / (len(found) + 1))
    size = 10.5 if height > 5 else 9 if height > 4.2 else 8  # noqa: PLR2004 - what fits into so many millimetres
    table = document.add_table(rows=0, cols=len(_HEADS), style="表格")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    rows = [
        (
            str(number),
            item.agency.name,
            item.first_said,
            item.punctuality,
            str(item.returns) if item.versions else "",
            item.state,
        )
        for number, item in enumerate(found, 1)
    ]
    for place, texts in enumerate((_HEADS, *rows)):
        row = table.add_row()
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
        if place == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no word for it
        for column, (cell, text, width) in enumerate(zip(row.cells, texts, _WIDTHS, strict=True)):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            is_name = column == 1 and place
            align = LEFT if is_name else CENTRE
            write(cell.paragraphs[0], text, HEI if place == 0 else FANG, size, align)
            cell.paragraphs[0].paragraph_format.line_spacing = Pt(size * _LEADING)
            if is_name:
                cell.paragraphs[0].paragraph_format.left_indent = Mm(_OFF_BORDER)
