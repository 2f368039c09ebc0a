"""Lines of text go in; a short letter of Word comes out, in the styles of the report and set as GB/T 9704-2012 says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from pipeline.publishing import zip_package
from pipeline.publishing.word.styles import FANG, LATIN, TITLE
from pipeline.publishing.word.word_layout import replace_parts
from pipeline.publishing.workbook.measure import display_width

CENTRE, RIGHT, LEFT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_LEAST_RIGHT = 4
"""Characters that stay free behind the date, 右空四字."""


def new_page(title: str, author: str, day: date, *, sides: float, ends: float) -> Doc:
    """Return an empty A4 document with these margins in millimetres; its properties say what it is, whose and of which day."""
    document = Document()
    replace_parts(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(sides)
    section.top_margin = section.bottom_margin = Mm(ends)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.comments, properties.language = "", "zh-CN"
    properties.created = properties.modified = datetime.combine(day, time.min)
    return document


def to_bytes(document: Doc) -> bytes:
    """Return the document: the same bytes for the same content."""
    target = BytesIO()
    document.save(target)
    return zip_package.repack(target.getvalue())


def heading(document: Doc, text: str, size: float) -> None:
    """Add the title; a line break stays one."""
    paragraph = document.add_paragraph(style="Title")
    write(paragraph, text, TITLE, size, CENTRE)
    paragraph.paragraph_format.space_after = Pt(size)


def line(
    document: Doc,
    text: str,
    size: float,
    align: WD_ALIGN_PARAGRAPH = JUSTIFY,
    *,
    begin: float = 0,
    hang: float = 0,
    free: float = 0,
) -> None:
    """Add a paragraph, set in by characters: ``begin`` its first line, ``begin + hang`` the others, ``free`` at the right."""
    paragraph = document.add_paragraph()
    write(paragraph, text, FANG, size, align)
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(5)
    left = begin + hang if hang else 0
    shape.left_indent, shape.first_line_indent = Pt(size * left), Pt(size * (begin - left))
    shape.right_indent = Pt(size * free)


def attachments(document: Doc, names: Sequence[str], size: float) -> None:
    """List what is attached; one alone has no number. Lines that follow begin where the name begins."""
    head = "附件："
    for number, name in enumerate(names, 1):
        lead = f"{number}. " if len(names) > 1 else ""
        before = head if number == 1 else ""
        begin = 2 + len(head) - len(before)
        line(document, f"{before}{lead}{name}", size, LEFT, begin=begin, hang=len(before) + len(lead) / 3)


def signature(document: Doc, office: str, day: date, size: float) -> None:
    """Sign: the date four characters from the right, the office centred over it."""
    dated = f"{day.year}年{day.month}月{day.day}日"
    difference = (display_width(office) - display_width(dated)) / 4
    free = max(_LEAST_RIGHT, difference)
    line(document, office, size, RIGHT, free=free - difference)
    line(document, dated, size, RIGHT, free=free)


def write(paragraph: Paragraph, text: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write into a paragraph."""
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - python-docx sets only the Latin face
