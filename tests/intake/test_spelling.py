"""However a program spells a sheet, the plain spelling means the same cells; the short way there is the long way's."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.intake.guard import spelling
from pipeline.intake.guard.extents import within_extents
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.guard.spelling import plain, spelled
from pipeline.intake.read.book import GuardedBook, GuardedSheet, rebuilt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = st.text(
    st.one_of(
        st.sampled_from("<>&\"' 年公开\t"),
        st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cn", "Co")),
    ),
    max_size=12,
)
CELLS = st.lists(
    st.tuples(st.integers(1, 999), st.integers(1, 78), st.one_of(TEXTS, st.integers(0, 10**6))),
    max_size=12,
    unique_by=lambda cell: cell[:2],
)
Shown = list[list[object]]


def sheet_of(cells: list[tuple[int, int, str | int]], encoding: str) -> bytes:
    """Write a sheet as a program does that writes texts into their cells, and no characters but of ``encoding``."""
    ET.register_namespace("", MAIN)
    root = ET.Element(f"{{{MAIN}}}worksheet")
    data = ET.SubElement(root, f"{{{MAIN}}}sheetData")
    for number in sorted({row for row, _, _ in cells}):
        line = ET.SubElement(data, f"{{{MAIN}}}row", r=str(number))
        for _, column, value in sorted(
            (cell for cell in cells if cell[0] == number), key=lambda cell: cell[1]
        ):
            kind = "n" if isinstance(value, int) else "inlineStr"
            reference = f"{spelling._letters(column)}{number}"  # noqa: SLF001
            cell = ET.SubElement(line, f"{{{MAIN}}}c", r=reference, s="1", t=kind)
            holder = cell if isinstance(value, int) else ET.SubElement(cell, f"{{{MAIN}}}is")
            ET.SubElement(holder, f"{{{MAIN}}}{'v' if isinstance(value, int) else 't'}").text = str(value)
    written: bytes = ET.tostring(root, encoding=encoding, xml_declaration=encoding != "us-ascii")
    return written


def shown(xml: bytes) -> Shown:
    book = CalamineWorkbook.from_filelike(
        BytesIO(rebuilt(GuardedBook((GuardedSheet("甲", "visible", xml),), b"", b"", counts_from_1904=False)))
    )
    return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]


def rewritten(xml: bytes) -> bytes:
    return spelling._Rewriter(xml).written  # noqa: SLF001 - the long way, which every part can go


@given(CELLS, st.sampled_from(["us-ascii", "utf-8", "US-ASCII"]))
def test_the_short_way_shows_what_the_long_way_shows(
    cells: list[tuple[int, int, str | int]], encoding: str
) -> None:
    xml = sheet_of(cells, encoding)
    assert shown(plain(xml)) == shown(rewritten(xml))
    ET.fromstring(plain(xml))  # noqa: S314 - our own, and still XML


@given(CELLS)
def test_a_sheet_that_is_known_to_be_near_is_near(cells: list[tuple[int, int, str | int]]) -> None:
    found = spelled(sheet_of(cells, "us-ascii"))
    if found.is_near:
        assert within_extents(found.data) is found.data


def wrapped(cells: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def test_a_sheet_as_openpyxl_saves_it_goes_the_short_way() -> None:
    cells = '<row r="1"><c r="A1" s="1" t="inlineStr"><is><t>&#24180;&#25253;</t></is></c><c r="B1" t="n"></c></row>'
    found = spelled(wrapped(cells))
    assert found.data == wrapped(cells.replace("&#24180;&#25253;", "年报"))
    assert found.is_near


@pytest.mark.parametrize(
    "reference",
    ["&#60;", "&#38;lt;", "&#13;", "&#x5E74;", "&#60;v&#62;", "&#034;", "&#0000038;", "&#160;&#60;"],
)
def test_what_a_reference_means_it_goes_on_meaning(reference: str) -> None:
    xml = wrapped(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{reference}</t></is></c></row>')
    assert shown(plain(xml)) == shown(xml)


@pytest.mark.parametrize("number", ["0", "8", "55296", "65534", "1114112", "9999999"])
def test_what_is_no_character_is_refused(number: str) -> None:
    with pytest.raises(Refused):
        plain(wrapped(f'<row r="1"><c r="A1" t="inlineStr"><is><t>&#{number};</t></is></c></row>'))


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
USUAL = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "xml",
    [
        f'<worksheet xmlns="{MAIN}"><sheetData x="">{FAR}</sheetData><sheetData>{USUAL}</sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}">{FAR}<sheetData>{USUAL}</sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData>{USUAL}</sheetData>{FAR}</worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData>{USUAL}</sheetData><sheetData>{FAR}</sheetData></worksheet>',
    ],
)
def test_no_cell_is_overlooked_where_a_sheet_has_two_places_for_them(xml: str) -> None:
    try:
        found = spelled(xml.encode())
    except Refused:
        return
    assert not found.is_near
