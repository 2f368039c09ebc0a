from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from pipeline.forms.loader import load_form
from pipeline.publishing import zip_package
from pipeline.publishing.word.word_layout import TYPE_AREA, build_layout

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject

FORM = load_form()
LAYOUT = build_layout(FORM)
COMMITTED = Path(__file__).parents[2] / "input_templates" / "report.docx"
BODY, HEADING_1, HEADING_2 = "报告正文", "一级标题", "二级标题"


def opened(content: bytes) -> DocumentObject:
    return Document(io.BytesIO(content))


def style_fonts(document: DocumentObject, name: str) -> tuple[str | None, str | None, float]:
    """Return (Chinese font, Latin font, points) of a style."""
    style = document.styles[name]
    fonts = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    size = style.element.find(f"{qn('w:rPr')}/{qn('w:sz')}")
    assert fonts is not None
    assert size is not None
    return fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii")), int(size.get(qn("w:val"))) / 2


def test_committed_layout_is_what_the_form_builds() -> None:
    assert zip_package.unpack(COMMITTED.read_bytes()) == zip_package.unpack(LAYOUT)


def test_layout_is_built_the_same_every_time() -> None:
    assert build_layout(FORM) == LAYOUT


def test_page_is_a4_with_the_margins_and_the_grid_of_official_documents() -> None:
    section = opened(LAYOUT).sections[0]
    for value, millimetres in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.bottom_margin, 35),
        (section.left_margin, 28),
        (section.right_margin, 26),
    ):
        assert value is not None
        assert abs(value - Mm(millimetres)) < Mm(0.05)
    (grid,) = opened(LAYOUT).element.body.iter(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert int(grid.get(qn("w:linePitch"))) / 20 == 28.95
    pitch = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(TYPE_AREA / 20 / pitch) == 28


@pytest.mark.parametrize(
    ("style", "fonts"),
    [
        ("Title", ("方正小标宋简体", "Times New Roman", 22)),
        (BODY, ("仿宋_GB2312", "Times New Roman", 16)),
        (HEADING_1, ("黑体", "Times New Roman", 16)),
        (HEADING_2, ("楷体_GB2312", "Times New Roman", 16)),
        ("页码（单页）", ("宋体", "宋体", 14)),
        ("页码（双页）", ("宋体", "宋体", 14)),
        ("表格居中小四", ("仿宋_GB2312", "Times New Roman", 12)),
        ("表格居中五号", ("仿宋_GB2312", "Times New Roman", 10.5)),
    ],
)
def test_styles_have_the_fonts_of_official_documents(
    style: str, fonts: tuple[str | None, str | None, float]
) -> None:
    assert style_fonts(opened(LAYOUT), style) == fonts


def test_body_is_justified_indented_two_characters_on_exact_lines() -> None:
    document = opened(LAYOUT)
    normal, body = document.styles["Normal"], document.styles[BODY]
    indent = body.element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    assert indent is not None
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert body.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert normal.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert normal.paragraph_format.line_spacing == Pt(28.95)


def test_title_is_centred_and_not_bold() -> None:
    title = opened(LAYOUT).styles["Title"]
    assert title.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert not title.font.bold


def test_twenty_eight_characters_fit_into_a_line() -> None:
    for name in (BODY, HEADING_1, HEADING_2):
        spacing = opened(LAYOUT).styles[name].element.find(f"{qn('w:rPr')}/{qn('w:spacing')}")
        assert spacing is not None
        assert int(TYPE_AREA / (16 * 20 + int(spacing.get(qn("w:val"))))) == 28


def test_page_numbers_stand_outside_between_dashes() -> None:
    document = opened(LAYOUT)
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side, align in (
        (section.footer, "right", WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, "left", WD_ALIGN_PARAGRAPH.LEFT),
    ):
        (paragraph,) = footer.paragraphs
        assert "".join(leaf.text or "" for leaf in footer.part.element.iter(qn("w:t"))) == "— 1 —"
        (field,) = footer.part.element.iter(qn("w:fldSimple"))
        assert field.get(qn("w:instr")).strip() == "PAGE"
        assert paragraph.style
        assert paragraph.style.paragraph_format.alignment == align
        (indent,) = paragraph.style.element.iter(qn("w:ind"))
        assert indent.get(qn(f"w:{side}Chars")) == "100"


def test_language_is_chinese() -> None:
    defaults = opened(LAYOUT).styles.element.find(qn("w:docDefaults"))
    assert defaults is not None
    (language,) = defaults.iter(qn("w:lang"))
    assert language.get(qn("w:eastAsia")) == "zh-CN"


def test_tables_are_fixed_and_fill_the_type_area() -> None:
    for table in opened(LAYOUT).tables:
        widths = [int(column.get(qn("w:w")) or 0) for column in table._tbl.tblGrid.gridCol_lst]  # noqa: SLF001
        assert not table.autofit
        assert sum(widths) == TYPE_AREA
        for row in table._tbl.tr_lst:  # noqa: SLF001
            shares = [share.get(qn("w:w")) for cell in row.tc_lst for share in cell.iter(qn("w:tcW"))]
            assert sum(int(share or 0) for share in shares) == TYPE_AREA


def test_table_borders_are_single() -> None:
    document = opened(LAYOUT)
    assert {table.style.name for table in document.tables if table.style} == {"表格"}
    edges = document.styles["表格"].element.find(f".//{qn('w:tblBorders')}")
    assert edges is not None
    assert len(edges) == 6
    assert {edge.get(qn("w:val")) for edge in edges} == {"single"}


def test_heading_rows_repeat_and_no_row_splits() -> None:
    tables = [key for section in FORM.sections for key in section.contents if key in FORM.grids]
    for key, table in zip(tables, opened(LAYOUT).tables, strict=True):
        rows = table._tbl.tr_lst  # noqa: SLF001
        repeated = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        again = [cell for cell in FORM.grids[key].cells if cell.role == "heading" and cell.row]
        assert sum(repeated) == (0 if again else FORM.grids[key].header_rows)
        assert repeated == sorted(repeated, reverse=True)
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


def test_pages_end_between_groups_of_rows_so_that_none_stays_half_empty() -> None:
    """A page may end in a long table, but not inside a group of rows nor between a heading and what it heads."""
    tables = [key for section in FORM.sections for key in section.contents if key in FORM.grids]
    for key, table in zip(tables, opened(LAYOUT).tables, strict=True):
        grid = FORM.grids[key]
        ends = {
            number
            for number, row in enumerate(table._tbl.tr_lst)  # noqa: SLF001
            if next(row.iter(qn("w:keepNext")), None) is None
        }
        assert grid.rows - 1 in ends
        assert (len(ends) > 3) == (grid.rows > 10)
        groups = [cell for cell in grid.cells if cell.column and cell.height > 1]
        for cell in groups:
            assert not ends & set(range(cell.row, cell.row + cell.height - 1))
        if not [cell for cell in grid.cells if cell.role == "heading" and cell.row]:
            assert min(ends) + 1 >= grid.rows / 2, "a page never ends with the first few rows"
        heads = {cell.row for cell in grid.cells if cell.role in {"heading", "column_label"}}
        assert not ends & heads


def test_layout_says_nothing_of_its_making() -> None:
    properties = opened(LAYOUT).core_properties
    assert properties.title == FORM.title
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    with zipfile.ZipFile(io.BytesIO(LAYOUT)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
