"""Lines of text go in; a short letter of Word comes out, in the fonts of official documents."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from pipeline.publishing import zip_package
from pipeline.publishing.word.styles import LATIN

CENTRE, RIGHT, LEFT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def new_page(*, sides: float, ends: float) -> Doc:
    """Return an empty A4 document with these margins in millimetres."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(sides)
    section.top_margin = section.bottom_margin = Mm(ends)
    return document


def to_bytes(document: Doc) -> bytes:
    """Return the document: the same bytes for the same content."""
    target = BytesIO()
    document.save(target)
    return zip_package.join(
        [zip_package.deflate(name, plain) for name, plain in zip_package.unpack(target.getvalue())]
    )


def line(
    document: Doc, text: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH, *, indent: bool = False
) -> None:
    """Add a paragraph; ``indent`` sets its first line in by two characters."""
    paragraph = document.add_paragraph()
    write(paragraph, text, font, size, align)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(5)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)


def write(paragraph: Paragraph, text: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write into a paragraph."""
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - python-docx sets only the Latin face
