"""A form goes in; the Word layout of its report comes out, with a mark wherever a report differs from the next.

Built once and committed; a district may restyle it in Word or WPS. ``word.py`` fills it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from pipeline.publishing import zip_package
from pipeline.publishing.word import styles as word_styles
from pipeline.publishing.word.layout_marks import HEADING_SUFFIX, LINE_SUFFIX, NOTE_MARK, TITLE_MARK, mark
from pipeline.publishing.word.styles import (
    CELL_MARGIN,
    SMALLEST_LABEL,
    TABLE_SIZES,
    TWIPS_PER_MM,
    W,
    table_style_id,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from docx.document import Document as DocumentObject

    from pipeline.forms.form import Form, Grid, GridCell, Text

_PAGE_WIDTH, _PAGE_HEIGHT = 210, 297
_TOP, _BOTTOM, _LEFT, _RIGHT = 37, 35, 28, 26
_HEADER_DISTANCE, _FOOTER_DISTANCE = 15, 25
"""The latter puts the dashes of the page number 7 mm below the type area."""
TYPE_AREA = int((_PAGE_WIDTH - _LEFT - _RIGHT) * TWIPS_PER_MM)
"""Width in twips of what is printed: 156 mm."""
_MOST_FIGURE_WIDTH = 11.5
"""In mm: no figure needs a wider column where row labels want the room."""
_OUTER_LABEL_CHARACTERS = (2, 5)
"""Characters in a line of the outer columns of row labels: 三、|本年|度办|理结|果 and （三）不予|公开."""
_ROW_HEIGHT, _DENSE_ROW_HEIGHT = 2.0, 1.5
"""Of a row at least, as a multiple of the type size; the latter where there are many."""
_MANY_ROWS = 16
"""From here on rows are dense."""
_KEPT = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.CORE_PROPERTIES}
_HEADINGS = ("heading", "column_label")
_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001 - Word stores a bare date, and this one stands for none


def build_layout(form: Form) -> bytes:
    """Build the .docx layout of ``form``: the same bytes for the same form."""
    document = Document()
    replace_parts(document)
    _set_page(document)
    body = document.element.body
    for block in _blocks(form):
        body.insert(len(body) - 1, parse_xml(block.replace(">", f' xmlns:w="{W}">', 1)))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = form.title, "", ""
    properties.created = properties.modified = _NO_DATE
    out = io.BytesIO()
    document.save(out)
    return zip_package.repack(out.getvalue())


def replace_parts(document: DocumentObject) -> None:
    """Put our styles, settings and fonts in the place of python-docx's, and drop what a document does not need."""
    document.styles.element[:] = list(parse_xml(word_styles.styles_xml()))
    document.settings.element[:] = list(parse_xml(word_styles.settings_xml()))
    whole = document.part.package
    for relations in (document.part.rels, whole.rels):
        for relation_id, relation in list(relations.items()):
            if relation.reltype not in _KEPT | {RELATIONSHIP_TYPE.OFFICE_DOCUMENT}:
                del relations[relation_id]
    font_table = Part(
        PackURI("/word/fontTable.xml"),
        CONTENT_TYPE.WML_FONT_TABLE,
        word_styles.font_table_xml().encode(),
        whole,
    )
    document.part.relate_to(font_table, RELATIONSHIP_TYPE.FONT_TABLE)


def _set_page(document: DocumentObject) -> None:
    """Set paper, margins, the grid of 22 lines by 28 characters, the page numbers and the place for a note."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_PAGE_WIDTH), Mm(_PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
    section.header_distance, section.footer_distance = Mm(_HEADER_DISTANCE), Mm(_FOOTER_DISTANCE)
    for footer, style in ((section.footer, "PageOdd"), (section.even_page_footer, "PageEven")):
        footer.is_linked_to_previous = False
        footer.part.element[:] = [parse_xml(_page_number(style).replace(">", f' xmlns:w="{W}">', 1))]
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        head = _paragraph("PageNote", mark(NOTE_MARK))
        header.part.element[:] = [parse_xml(head.replace(">", f' xmlns:w="{W}">', 1))]
    properties = document.element.body.sectPr
    for old in properties.findall(f"{{{W}}}docGrid"):
        properties.remove(old)
    properties.append(
        parse_xml(
            f'<w:docGrid xmlns:w="{W}" w:type="linesAndChars" w:linePitch="{word_styles.LINE_PITCH}" '
            f'w:charSpace="{word_styles.character_pitch(TYPE_AREA)}"/>'
        )
    )


def _page_number(style: str) -> str:
    dashes = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    field = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{dashes.format("— ")}{field}{dashes.format(" —")}</w:p>'


def _blocks(form: Form) -> list[str]:
    """Spell the paragraphs and tables of the report in printing order."""
    texts = {text.key: text for text in form.texts}
    placed = {key for section in form.sections for key in section.contents}
    blocks = [_paragraph("Title", mark(TITLE_MARK))]
    for key, text in texts.items():
        blocks += [] if key in placed else _text(text)
    for section in form.sections:
        blocks.append(_paragraph("Heading1", section.title))
        for key in section.contents:
            blocks += _content(form, texts, key)
    return blocks


def _content(form: Form, texts: Mapping[str, Text], key: str) -> list[str]:
    """Spell one of the contents of a section: a text, a table or the line of an entry."""
    if key in texts:
        return _text(texts[key])
    if key in form.grids:
        worded = {value.key for value in form.values_of(key) if value.value.sort != "number"}
        return [_Typesetter(form.grids[key], worded).table()]
    return [_paragraph("Body", mark(key + LINE_SUFFIX))]


def _text(text: Text) -> list[str]:
    """Spell a text, its label before it where the form prints labels."""
    label = text.label if text.required else mark(text.key + HEADING_SUFFIX)
    heading = [_paragraph("Heading2", label)] if text.heading else []
    return [*heading, _paragraph("Body", mark(text.key))]


def _paragraph(style: str, text: str) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
        f"<w:t>{escape(text)}</w:t></w:r></w:p>"
    )


@dataclass(frozen=True, slots=True)
class _Typesetter:
    """Prints one grid as a table of fixed widths within the type area; ``worded`` are the cells that hold words, which may break."""

    grid: Grid
    worded: Collection[str] = ()

    def table(self) -> str:
        """Spell the table."""
        widths = self.widths()
        cover = {
            (cell.row + down, cell.column + right): cell
            for cell in self.grid.cells
            for down in range(cell.height)
            for right in range(cell.width)
        }
        rows = "".join(self._row(number, cover, widths) for number in range(self.grid.rows))
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
        )

    def widths(self) -> list[int]:
        """Share the type area out in twips: narrow outer labels, equal figures, the rest to the innermost labels."""
        grid = self.grid
        figures = grid.columns - grid.label_columns
        if grid.label_columns <= 1:
            edges = [TYPE_AREA * number // grid.columns for number in range(grid.columns + 1)]
            return [right - left for left, right in pairwise(edges)]
        figure = min(TYPE_AREA // grid.columns, round(_MOST_FIGURE_WIDTH * TWIPS_PER_MM))
        outer = [
            round((characters + 0.3) * SMALLEST_LABEL * 20) + 2 * CELL_MARGIN
            for characters in _OUTER_LABEL_CHARACTERS[: grid.label_columns - 1]
        ]
        return [*outer, TYPE_AREA - figures * figure - sum(outer), *[figure] * figures]

    def size(self) -> float:
        """Choose the largest type size at which six digits fit into the narrowest figure column."""
        room = (min(self.widths()[self.grid.label_columns :]) - 2 * CELL_MARGIN) / 20
        fitting = [
            points
            for points in TABLE_SIZES
            if word_styles.figure_width(points, word_styles.DIGITS_THAT_FIT) <= room
        ]
        return max(fitting, default=min(TABLE_SIZES))

    def label_size(self) -> float:
        """Choose the type size of labels, which may break into lines."""
        return max(self.size(), SMALLEST_LABEL)

    def heading_rows(self) -> int:
        """Count the rows that head every page: none where headings further down name other columns."""
        rows = self.grid.header_rows
        again = any(cell.role.endswith(_HEADINGS) and cell.row >= rows for cell in self.grid.cells)
        return 0 if again else rows

    def _may_end_a_page(self, row: int) -> bool:
        """Whether a page may end below ``row``: only what follows under a heading of its own, or a group of rows, is parted.

        A group of rows only in the second half of the table, so that it does not begin with a few rows at the foot of a
        page, and what labels the group beside them is not torn.
        """
        below = [cell for cell in self.grid.cells if cell.row == row + 1 and not cell.key]
        inner = [cell for cell in self.grid.cells if cell.column or self.grid.label_columns <= 1]
        if any(cell.row <= row < cell.row + cell.height - 1 for cell in inner):
            return False
        return any(
            (cell.role == "heading" and cell.width == self.grid.columns)
            or (
                cell.role == "row_label"
                and cell.column
                and cell.height > 1
                and 2 * cell.row >= self.grid.rows
            )
            for cell in below
        )

    def _row(self, number: int, cover: dict[tuple[int, int], GridCell], widths: list[int]) -> str:
        cells, column = [], 0
        while column < self.grid.columns:
            cell = cover[number, column]
            cells.append(self._cell(cell, number, sum(widths[column : column + cell.width])))
            column += cell.width
        repeat = "<w:tblHeader/>" if number < self.heading_rows() else ""
        height = round(
            self.label_size() * 20 * (_ROW_HEIGHT if self.grid.rows < _MANY_ROWS else _DENSE_ROW_HEIGHT)
        )
        return f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}"/>{repeat}</w:trPr>{"".join(cells)}</w:tr>'

    def _cell(self, cell: GridCell, row: int, width: int) -> str:
        is_first = row == cell.row
        span = f'<w:gridSpan w:val="{cell.width}"/>' if cell.width > 1 else ""
        merge = "" if cell.height == 1 else '<w:vMerge w:val="restart"/>' if is_first else "<w:vMerge/>"
        text = (mark(cell.key) if cell.key else cell.text) if is_first else ""
        run = f"<w:r><w:t>{escape(text)}</w:t></w:r>" if text else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
            f"<w:p><w:pPr>{self._shape(cell, row, width)}</w:pPr>{run}</w:p></w:tc>"
        )

    def _shape(self, cell: GridCell, row: int, width: int) -> str:
        """Spell style, keeping together and, for a narrow heading, the indents that break it after whole words."""
        is_item = cell.role == "row_label" and self.grid.label_columns > 1 and cell.height == 1
        is_figure = cell.key and cell.key not in self.worded
        size = self.size() if is_figure else self.label_size()
        style_id = table_style_id(size, "Figure" if is_figure else "Left" if is_item else "Centre")
        keep = "" if row == self.grid.rows - 1 or self._may_end_a_page(row) else "<w:keepNext/>"
        indent = _even_break(cell.text, size, width) if cell.role == "column_label" else 0
        margins = f'<w:ind w:left="{indent}" w:right="{indent}"/>' if indent else ""
        return f'<w:pStyle w:val="{style_id}"/>{keep}{margins}'


def _even_break(label: str, size: float, width: int) -> int:
    """Return the twips left and right that make a long ``label`` break after an even number of characters.

    Chinese words mostly have two: 商业|企业 and not 商业企|业.
    """
    room = (width - 2 * CELL_MARGIN) / 20
    fitting = int(room / size)
    if len(label) <= fitting or not fitting % 2:
        return 0
    return round((room - (fitting - 0.5) * size) * 10)
