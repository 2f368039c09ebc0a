"""However a program spells a sheet, the plain spelling means the same cells; the short way there is the long way's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.intake.guard import rewriting, spelling, stretches, wellformed
from pipeline.intake.guard.extents import within_extents
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.guard.spelling import plain, spelled, unspelled
from pipeline.intake.read.book import GuardedBook, GuardedSheet, rebuilt
from pipeline.model import a1

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
            reference = a1(number - 1, column - 1)
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
    return rewriting.Rewriter(xml).written  # the long way, which every part can go


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


@given(CELLS, st.sampled_from(["us-ascii", "utf-8"]))
def test_a_sheet_that_waits_shows_what_it_shows_when_it_is_read(
    cells: list[tuple[int, int, str | int]], encoding: str
) -> None:
    xml = sheet_of(cells, encoding)
    found = unspelled(xml)
    assert found is None or (found.is_near and found.data is xml)
    if found:
        assert within_extents(plain(xml)) == plain(xml)
        assert shown(found.data) == shown(plain(xml))


@pytest.mark.parametrize(
    ("cell", "waits"),
    [
        ('<c r="A1" s="1"><v>12.5</v></c>', True),
        ('<c r="A1" t="n"><v>-1.5E-7</v></c>', True),
        ('<c r="A1" t="n"></c>', True),
        ('<c r="A1" t="s"><v>0</v></c>', True),
        ('<c r="A1" t="b"><f>1=1</f><v>1</v></c>', True),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', True),
        ('<c r="A1" t="str"><f>"年"</f><v>&#24180;</v></c>', True),
        ('<c r="A1"><v>年</v></c>', False),
        ('<c r="A1" t="s"><v>-1</v></c>', False),
        ('<c r="A1" t="odd"><v>1</v></c>', False),
        ('<c r="A1" t="e"><v>#OOPS</v></c>', False),
        ('<c r="XFD1"><v>1</v></c>', False),
        ("<c><v>1</v></c>", False),
        ('<c r="A1"><!-- 1 --><v>1</v></c>', False),
    ],
)
def test_only_a_sheet_that_every_reader_will_read_waits(cell: str, waits: bool) -> None:  # noqa: FBT001
    assert (unspelled(wrapped(f'<row r="1">{cell}</row>')) is not None) is waits


@pytest.mark.parametrize("xml", [b"<worksheet><sheetData>", b"", wrapped('<row r="1">&#8;</row>')])
def test_what_is_no_xml_does_not_wait(xml: bytes) -> None:
    try:
        assert unspelled(xml) is None
    except Refused:
        return


def texts_of(items: str) -> bytes:
    return f'<sst xmlns="{MAIN}" count="9" uniqueCount="9">{items}</sst>'.encode()


@pytest.mark.parametrize(
    "items",
    [
        "<si><t>年</t></si>",
        '<si><t xml:space="preserve"> strike </t></si><si><t>报</t></si>',
        "<si><t>年</t><phoneticPr fontId='1'/></si>",
        '<si x="1"><t>年</t></si>',
        "<si/><si><t>年</t></si>",
        "<si><r><rPr><strike/></rPr><t>年</t></r><r><t>报</t></r></si>",
        "<si><t>&#24180;</t></si>",
        "",
    ],
)
def test_shared_texts_are_the_same_however_they_are_spelled(items: str) -> None:
    def said(xml: bytes) -> list[str]:
        root = ET.fromstring(xml)  # noqa: S314 - our own
        return ["".join(text.text or "" for text in item.iter(f"{{{MAIN}}}t")) for item in root]

    assert said(plain(texts_of(items))) == said(texts_of(items)) == said(rewritten(texts_of(items)))


@given(st.text("&#=' 1;", max_size=40).map(str.encode), st.integers(0, 10), st.integers(10, 40))
def test_pairs_are_seen_as_a_search_for_both_sees_them(text: bytes, start: int, end: int) -> None:
    for first, second in ((b"&", b"#"), (b"=", b"'")):
        seen = spelling._has_pair(text, first, second, start, end)  # noqa: SLF001
        assert seen or text.find(first + second, start, end) < 0
        assert not seen or first + second in text


def test_pairs_are_seen_among_many_of_their_second_signs() -> None:
    many = b"#" * 600
    assert not spelling._has_pair(many, b"&", b"#")  # noqa: SLF001
    assert spelling._has_pair(many + b"&#", b"&", b"#")  # noqa: SLF001


def outcome(look: Callable[[bytes], object], xml: bytes) -> object:
    try:
        return look(xml)
    except Refused as refused:
        return refused.finding


@given(st.lists(CELLS, max_size=3), st.sampled_from(["us-ascii", "utf-8", "US-ASCII"]))
def test_what_came_before_is_spelled_as_if_it_had_not(
    files: list[list[tuple[int, int, str | int]]], encoding: str
) -> None:
    for cells in files:
        xml = sheet_of(cells, encoding)
        found = spelling._spelled_by_stretches(xml)  # noqa: SLF001 - the short way
        assert found in {None, spelling._spelled_whole(xml)}  # noqa: SLF001 - the long one


KNOWN = '<row r="1"><c r="A1" s="1" t="inlineStr"><is><t>&#24180;</t></is></c><c r="B1"><v>7</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        KNOWN,
        KNOWN.replace(">7<", ">1234567<"),
        KNOWN.replace(">7<", ">12.5<"),
        KNOWN + '<row r="2"><c r="A2" t="b"><v>7</v></c></row>',
        KNOWN + '<row r="2"/>',
        KNOWN + KNOWN.replace("&#24180;", "&none;"),
        KNOWN + '<row r="2"><c r="A2"><v>1</c></row>',
        KNOWN + "</sheetData><sheetData>" + FAR,
        KNOWN + '<row r="2"><c r="A2"><is><r><t>1</t></r></is></c></row>',
        f"<!-- {KNOWN} -->",
        f"{KNOWN}<![CDATA[{KNOWN}]]>",
        KNOWN.replace("</row>", "</row ><row>"),
    ],
)
def test_no_row_is_better_for_what_stood_beside_it_before(rows: str) -> None:
    for look, long_way in (
        (spelled, spelling._spelled_whole),  # noqa: SLF001
        (unspelled, spelling._unspelled_whole),  # noqa: SLF001
    ):
        look(wrapped(KNOWN))
        look(wrapped(KNOWN))
        for around in ("{}", "<!-- <sheetData>{} -->", '<?xml version="1.0" encoding="us-ascii"?>{}'):
            xml = around.format(wrapped(rows).decode()).encode()
            assert outcome(look, xml) == outcome(long_way, xml)


def test_stretches_are_looked_at_once_and_forgotten_when_they_are_many() -> None:
    looked: list[bytes] = []

    def plain_one(data: bytes) -> bytes:
        looked.append(data)
        return data.replace(b"a", b"b")

    known = stretches.KnownStretches(b";", plain_one)
    assert known.spelled(b"a1;c;") is None, "nothing of it came before"
    assert known.spelled(b"a1;c;") == b"b1;c;"
    assert known.spelled(b"c;c;a2;c;") == b"c;c;b2;c;"
    assert known.spelled(b"c;rest a") == b"c;rest b"
    assert looked == [b"a1;c;", b"a2;", b"rest a"]
    many = b"".join(b"%d;" % number for number in range(5000))
    assert known.spelled(many) is known.spelled(b"x;y;") is None
    assert known.spelled(many) == many
    assert known.spelled(b"a1;4999;") == b"b1;4999;"
    assert looked[-1] == b"a1;4999;"
    assert known.spelled(b"4999;x") == b"4999;x"
    assert known.spelled(b"4999;x;") == b"4999;x;"
    assert looked[-2:] == [b"x", b"x;"], "what was seen open is not known closed"


ODD = st.sampled_from(
    [
        b"&", b"&amp;", b"&amp", b"&#24180;", b"&none;", b"]]>", b"]", b"\x00", b"\x0b", b"\t", b"\xff", b"\xef\xbf\xbe",
        b"\xef\xbf\xbd", b"\xed\xa0\x80", b"\xe5\xb9\xb4", b">", b"'", b'"', b"=", b"/", b' s="1"', b' r="2"', b' ht="1"',
        b' 1a="1"', b' x:a="1"', b"<f", b"<f>", b"</f>", b"<f a=1>1</f>", b'<f t="shared" si="0"/>', b"<v/>",
    ]
)  # fmt: skip
SPELLED = (
    b'<row r="1" spans="1:3" ht="20" customHeight="1"><c r="A1" s="1" t="inlineStr"><is><t>a</t></is></c>'
    b'<c r="B1"><f>1+1</f><v>2</v></c></row><row r="2" ht="3"/>'
)


@given(st.lists(st.tuples(st.integers(0, len(SPELLED)), ODD), max_size=2))
def test_what_passes_without_a_parser_passes_one(changes: list[tuple[int, bytes]]) -> None:
    rows = SPELLED
    for at, odd in changes:
        rows = rows[:at] + odd + rows[at:]
    is_xml = wellformed.is_surely_ordinary(b"<x>%s</x>" % rows)
    if spelling._plain_rows(rows) is not None:  # noqa: SLF001 - what stands around them is looked at before
        assert is_xml
    texts = b"<si><t>%s</t></si>" % b"".join(odd for _, odd in changes)
    if spelling._plain_texts(texts) is not None:  # noqa: SLF001
        assert wellformed.is_surely_ordinary(b"<x>%s</x>" % texts)


def test_a_parser_looks_at_attributes_once_and_at_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def noted(data: bytes) -> bool:
        parsed.append(data)
        return True

    wellformed._are_attributes.cache_clear()  # noqa: SLF001
    monkeypatch.setattr(wellformed, "is_surely_ordinary", noted)
    assert wellformed.are_well_formed(SPELLED * 3)
    assert sorted(parsed) == [b'<x ht="3"/>', b'<x spans="1:3" ht="20" customHeight="1"/>']
    wellformed._are_attributes.cache_clear()  # noqa: SLF001


def _in_rows(*rows: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


_FIRST = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        ['<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>9</v></c></row>'],
        ['<row r="1"><c r="A1"><v>1</v></c><c r="A1" s="1"/></row>'],
        [_FIRST, '<row r="1"><c r="A1"><v>9</v></c></row>'],
        [_FIRST, '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>7</v></c></row>'],
        [_FIRST, '<row r="2"><c r="A1"><v>9</v></c></row>'],
        [_FIRST, '<row r="2"><c r="a1"><v>9</v></c></row>'],
        [_FIRST, '<row r="1"><c><v>9</v></c></row>'],
        [_FIRST, _FIRST],
    ],
)
@pytest.mark.parametrize("came_before", [False, True])
def test_two_cells_of_one_address_are_refused(rows: list[str], *, came_before: bool) -> None:
    """Programs differ in which of them they show; also where every row by itself came before."""
    if came_before:
        for row in rows[:1] if len(rows) == 1 else rows:
            with suppress(Refused):
                plain(_in_rows(row, '<row r="9"><c r="A9"><v>5</v></c></row>'))
    with pytest.raises(Refused) as refused:
        plain(_in_rows(*rows, '<row r="9"><c r="A9"><v>5</v></c></row>'))
    assert refused.value.finding.facts == {"reason": "同一单元格出现两次"}


@pytest.mark.parametrize(
    "rows",
    [
        [_FIRST, '<row r="1"><c r="C1"><v>3</v></c></row>'],
        [_FIRST, '<row r="2"><c r="C1"><v>3</v></c></row>'],
    ],
)
def test_a_row_in_two_pieces_is_read_as_one(rows: list[str]) -> None:
    assert shown(plain(_in_rows(*rows))) == [[1.0, 2.0, 3.0]]
