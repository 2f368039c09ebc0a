"""A report goes in; it comes out as a document in one of the many styles in which districts publish theirs.

Styles differ in everything that does not change what a person reads: numbering of headings, split and merged cells, line
breaks in labels, blanks for zero, notes, contents, frames, what a portal puts around. Nothing here is random: the style says it.
"""

from __future__ import annotations

import html
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pipeline.intake.documents.sections import bare_heading

if TYPE_CHECKING:
    from pipeline.forms.form import Form, GridCell, Text
    from pipeline.model import Number, Report

_CHINESE = "一二三四五六七八九十"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
Numbering = Literal["chinese", "bracketed", "arabic", "part", "firstly", "none"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a document looks."""

    sections: Numbering = "chinese"
    topics: Numbering = "bracketed"
    runs_in: bool = False
    """Whether a topic's heading stands on the line of its text."""
    blank_zeros: bool = False
    spaced_numbers: bool = False
    broken_labels: bool = False
    split_labels: bool = False
    """Whether merged label cells are cells of their own, empty but for the first."""
    extra_column: Literal["", "left", "right", "middle"] = ""
    note_below: bool = False
    contents: bool = False
    framed: bool = False
    """Whether tables stand in tables that only arrange the page."""
    cut_tables: bool = False
    """Whether a table is a table for each of its blocks."""
    title_lines: int = 1
    signed: bool = False
    seed: int = 0


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    height: int
    width: int
    text: str
    is_number: bool = False


@dataclass(slots=True)
class _Item:
    text: str = ""
    cells: list[_Cell] = field(default_factory=list)


def numbered(numbering: Numbering, number: int, words: str) -> str:
    """Put the number of a heading before its words."""
    spelled = {
        "chinese": f"{_CHINESE[number - 1]}、",
        "bracketed": f"（{_CHINESE[number - 1]}）",
        "arabic": f"{number}. ",
        "part": f"第{_CHINESE[number - 1]}部分　",
        "firstly": f"{_CHINESE[number - 1]}是",
        "none": "",
    }
    return spelled[numbering] + words


def as_html(form: Form, report: Report, style: Style, page: Callable[[str, str], str] | None = None) -> str:
    """Print ``report`` as a web page; ``page`` puts title and body into what stands around them."""
    body = "\n".join(_html_item(item, style) for item in _items(form, report, style))
    title = html.escape(form.title_for(report.agency, report.year))
    return (
        page(title, body) if page else f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    )


def as_docx(form: Form, report: Report, style: Style) -> bytes:
    """Print ``report`` as a Word document."""
    body = "".join(_word_item(item, style) for item in _items(form, report, style))
    return docx_of(body)


def docx_of(body: str, prolog: str = "") -> bytes:
    """Pack the XML of a body, after ``prolog``, as a .docx."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr(
            "word/document.xml", f"{prolog}<w:document {_WORD}><w:body>{body}</w:body></w:document>"
        )
    return out.getvalue()


def portal(kind: str) -> Callable[[str, str], str]:
    """Return what one kind of portal puts around a report: plain, tables of the nineties, or a modern page with menus."""
    return {"plain": _plain_page, "tables": _table_page, "modern": _modern_page}[kind]


def _plain_page(title: str, body: str) -> str:
    return f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>'


def _table_page(title: str, body: str) -> str:
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{title}_政府网站</title></head>'
        '<body><table width="980"><tr><td colspan="2"><img src="top.gif"></td></tr><tr><td width="200"><table><tr><td>机构概况</td></tr>'
        "<tr><td>政策文件</td></tr><tr><td>年报 23</td></tr></table></td><td>"
        f"<table><tr><td align=center>{title}</td></tr><tr><td>发布时间：2024-01-20　来源：本网　字号：[大 中 小]</td></tr>"
        f"<tr><td><div class=content>{body}</div></td></tr><tr><td>上一篇：无</td></tr></table></td></tr>"
        "<tr><td colspan=2>主办：某区政府办公室　备案号：12345678号</td></tr></table></body></html>"
    )


def _modern_page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-政府门户</title><meta name="ArticleTitle" content="{title}">'
        "<style>.x{display:none}</style><script>var a='<p>一、总体情况</p>';</script></head><body>"
        "<nav><ul><li>首页</li><li>政务公开</li></ul></nav><div class=top>当前位置：首页 &gt; 政务公开 &gt; 年报</div>"
        f'<div style="display:none"><p>一、总体情况</p><p>这是隐藏的</p></div><div class=main><h1>{title}</h1><div class=info><span>发布日期：2024-01-20</span>'
        f"<span>浏览次数：103</span></div><div id=zoom>{body}</div><div class=foot><a>打印</a><a>关闭</a></div></div>"
        "<footer><p>版权所有</p></footer></body></html>"
    )


def _items(form: Form, report: Report, style: Style) -> Iterator[_Item]:
    texts = {text.key: text for text in form.texts}
    numbers = dict(zip((cell.key for cell in form.cells), report.numbers, strict=True))
    title = form.title_for(report.agency, report.year)
    cut = len(report.agency)
    yield from map(_Item, [title] if style.title_lines == 1 else [title[:cut], title[cut:]])
    if style.contents:
        for number, section in enumerate(form.sections, 1):
            yield _Item(numbered(style.sections, number, bare_heading(section.title)) + f"……{number}")
    placed = {key for section in form.sections for key in section.contents}
    for key in texts:
        if key not in placed:
            yield from map(_Item, report.texts.get(key, "").split("\n"))
    for number, section in enumerate(form.sections, 1):
        yield _Item(numbered(style.sections, number, section.title.split("、", 1)[1]))
        topic = 0
        for key in section.contents:
            if key in texts:
                topic += texts[key].heading
                yield from _text(texts[key], report.texts.get(key, ""), topic, style)
            else:
                yield from _tables(form, key, numbers, style)
                if style.note_below:
                    yield _Item("注：本表数据截至报告期末，由本单位统计，共 3 项。")
    if style.signed:
        yield from (_Item(report.agency), _Item(f"{report.year + 1}年1月20日"))


def _text(text: Text, content: str, topic: int, style: Style) -> Iterator[_Item]:
    lines = content.split("\n")
    if text.heading:
        heading = numbered(style.topics, topic, bare_heading(text.label))
        if style.runs_in and style.topics != "none":
            yield _Item(f"{heading}。{lines.pop(0)}")
        else:
            yield _Item(heading)
    yield from map(_Item, lines)


def _tables(form: Form, key: str, numbers: Mapping[str, Number], style: Style) -> Iterator[_Item]:
    chance = random.Random(f"{style.seed}{key}")
    grid = form.grids[key]
    cells = [_cell(item, numbers, style, chance) for item in grid.cells]
    if style.extra_column:
        cells = list(_with_column(cells, grid.label_columns, grid.columns, style, chance))
    if style.split_labels:
        cells = [one for cell in cells for one in _split(cell)]
    starts = [item.row for item in grid.cells if item.role == "heading"]
    if style.cut_tables and len(starts) > 1:
        for start, end in zip(starts, [*starts[1:], grid.rows], strict=True):
            own = [cell for cell in cells if start <= cell.row < end]
            yield _Item(
                cells=[_Cell(c.row - start, c.column, c.height, c.width, c.text, c.is_number) for c in own]
            )
    else:
        yield _Item(cells=cells)


def _cell(item: GridCell, numbers: Mapping[str, Number], style: Style, chance: random.Random) -> _Cell:
    if item.key:
        value = numbers[item.key]
        plain = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        text = "" if style.blank_zeros and not value else plain
        if style.spaced_numbers and text:
            text = chance.choice(
                [
                    f" {text}",
                    f"{text}　",
                    text,
                    text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
                ]
            )
        return _Cell(item.row, item.column, item.height, item.width, text, is_number=True)
    text = item.text
    if style.broken_labels and len(text) > 2:
        at = chance.randrange(1, len(text))
        text = f"{text[:at]}\n{text[at:]}"
    return _Cell(item.row, item.column, item.height, item.width, text)


def _with_column(
    cells: list[_Cell], labels: int, columns: int, style: Style, chance: random.Random
) -> Iterator[_Cell]:
    """Add a column of serial numbers at the left, remarks at the right, or a comparison in the middle."""
    at = {"left": 0, "right": columns, "middle": (labels + columns) // 2}[style.extra_column]
    rows = {cell.row for cell in cells if cell.is_number}
    for cell in cells:
        moved = cell.column + (cell.column >= at)
        width = cell.width + (cell.column < at < cell.column + cell.width)
        yield _Cell(cell.row, moved, cell.height, width, cell.text, cell.is_number)
    occupied = {
        r
        for cell in cells
        if cell.column < at < cell.column + cell.width
        for r in range(cell.row, cell.row + cell.height)
    }
    for row in range(max(cell.row + cell.height for cell in cells)):
        if row not in occupied:
            text = str(chance.randrange(100)) if row in rows and style.extra_column != "right" else ""
            yield _Cell(
                row,
                at,
                1,
                1,
                text
                if row in rows
                else {"left": "序号", "right": "备注", "middle": "同比"}[style.extra_column],
            )


def _split(cell: _Cell) -> Iterator[_Cell]:
    if cell.is_number:
        yield cell
        return
    for row in range(cell.row, cell.row + cell.height):
        for column in range(cell.column, cell.column + cell.width):
            text = cell.text if (row, column) == (cell.row, cell.column) else ""
            yield _Cell(row, column, 1, 1, text)


def _html_item(item: _Item, style: Style) -> str:
    if not item.cells:
        return f"<p>　　{html.escape(item.text)}</p>"
    rows = []
    for row in range(max(cell.row for cell in item.cells) + 1):
        own = sorted((cell for cell in item.cells if cell.row == row), key=lambda cell: cell.column)
        inner = "".join(
            f'<td rowspan="{cell.height}" colspan="{cell.width}">{html.escape(cell.text).replace(chr(10), "<br>") or "&nbsp;"}</td>'
            for cell in own
        )
        rows.append(f"<tr>{inner}</tr>")
    table = f'<table border="1">{"".join(rows)}</table>'
    return f"<table><tr><td>{table}</td></tr></table>" if style.framed else table


def _word_item(item: _Item, style: Style) -> str:
    if not item.cells:
        return _word_paragraph(item.text)
    rows = []
    grid: dict[tuple[int, int], tuple[_Cell, bool]] = {}
    for cell in item.cells:
        for row in range(cell.row, cell.row + cell.height):
            grid[row, cell.column] = (cell, row == cell.row)
    for row in range(max(cell.row + cell.height for cell in item.cells)):
        inner = ""
        for _, column in sorted(spot for spot in grid if spot[0] == row):
            cell, is_first = grid[row, column]
            merge = (
                ""
                if cell.height == 1
                else f"<w:vMerge{' w:val=' + chr(34) + 'restart' + chr(34) if is_first else ''}/>"
            )
            content = "".join(map(_word_paragraph, cell.text.split("\n"))) if is_first else "<w:p/>"
            inner += f'<w:tc><w:tcPr><w:tcW w:w="{600 * cell.width}" w:type="dxa"/><w:gridSpan w:val="{cell.width}"/>{merge}</w:tcPr>{content}</w:tc>'
        rows.append(f"<w:tr>{inner}</w:tr>")
    columns = max(cell.column + cell.width for cell in item.cells)
    widths = '<w:gridCol w:w="600"/>' * columns
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    look = f'<w:tblPr><w:tblW w:w="{600 * columns}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    table = f"<w:tbl>{look}<w:tblGrid>{widths}</w:tblGrid>{''.join(rows)}</w:tbl>"
    return f"<w:tbl><w:tr><w:tc>{table}<w:p/></w:tc></w:tr></w:tbl>" if style.framed else table


def _word_paragraph(text: str) -> str:
    middle = len(text) // 2
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{html.escape(piece)}</w:t></w:r>'
        for piece in (text[:middle], text[middle:])
        if piece
    )
    return f"<w:p>{runs}</w:p>"
