from __future__ import annotations

import io
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.format import ooxml

from pipeline.forms.form import Form
from pipeline.intake.fetch.inbox_folder import trouble_of
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard import package
from pipeline.intake.guard.extents import within_extents
from pipeline.intake.guard.sheet_limits import KEPT_COLUMNS, KEPT_ROWS
from pipeline.intake.guard.spelling import plain
from pipeline.intake.read.cellxml import Formula as StoredFormula
from pipeline.intake.read.cellxml import scan
from pipeline.intake.read.spreadsheet import SheetData, open_workbook
from pipeline.model import Severity
from tests.intake.support import Draft, Formula, draft, prefixed, rewrite_part, zip_of

SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def book() -> bytes:
    return Draft({"甲": {(0, 0): "值", (1, 0): 1.5, (2, 0): Formula("=1/0", "#DIV/0!")}}).xlsx()


def refusal(content: bytes) -> str:
    found = guard.inspect(content)
    assert found.refusal
    assert not found.kind
    assert found.refusal.code == "F01"
    assert found.refusal.severity is Severity.ERROR
    return found.refusal.variant


def sheet_with(book: bytes, rows: bytes) -> bytes:
    return rewrite_part(book, SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def encrypted(book: bytes) -> bytes:
    stream = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(book)).encrypt("secret", stream)
    return stream.getvalue()


def test_formats_are_told_by_content(form: Form, book: bytes) -> None:
    made = draft(form)
    kinds = [guard.inspect(content).kind for content in (book, made.xls(), made.ods())]
    assert kinds == ["xlsx", "xls", "ods"]


def test_a_binary_workbook_is_known_by_its_part() -> None:
    assert guard.inspect(zip_of({"xl/workbook.bin": b"\x83\x01\x00"})).kind == "xlsb"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"Rar!\x1a\x07\x01", ".rar"), (b"7z\xbc\xaf\x27\x1c", ".7z"), (b"\x1f\x8b\x08", ".gz")],
)
def test_an_archive_that_nobody_unpacks_here_has_a_remedy_of_its_own(content: bytes, kind: str) -> None:
    found = guard.inspect(content).refusal
    assert found
    assert (found.variant, dict(found.facts)) == ("archive", {"kind": kind})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", "PDF 文件"),
        (b"\x89PNG\r\n", "图片"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "网页文件"),
        (b"<html><table>", "网页文件"),
        (b"<?xml version='1.0'?><Workbook>", "XML 文件"),
        ("填报单位,甲局\n".encode("gb18030"), "文本文件"),
        (bytes(range(256)), "无法识别的文件"),
        (zip_of({"word/document.xml": b"<w/>", "[Content_Types].xml": b""}), "Word 文档"),
        (zip_of({"ppt/presentation.xml": b"<p/>"}), "PPT 演示文稿"),
        (zip_of({"OFD.xml": b"<o/>"}), "OFD 版式文件"),
        (
            zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}),
            "ODT 文字文档",
        ),
        (zip_of({"照片.jpg": b"x"}), "压缩包"),
    ],
)
def test_other_files_are_named(content: bytes, kind: str) -> None:
    found = guard.inspect(content).refusal
    assert found
    assert (found.variant, dict(found.facts)) == ("not_a_workbook", {"kind": kind})


def test_nothing_at_all_is_empty() -> None:
    assert refusal(b"") == "empty"


def test_beyond_any_template_is_too_large() -> None:
    assert refusal(b"PK\x03\x04" + b"\0" * package.MAX_BYTES) == "too_large"


def test_a_password_is_named(book: bytes) -> None:
    assert refusal(encrypted(book)) == "encrypted"


def test_an_encrypted_zip_is_named(book: bytes) -> None:
    marked = bytearray(book)
    for found in re.finditer(rb"PK\x01\x02", book):
        marked[found.start() + 8] |= 1
    assert refusal(bytes(marked)) == "encrypted"


def test_an_encrypted_ods_is_named(form: Form) -> None:
    content = rewrite_part(
        draft(form).ods(), "META-INF/manifest.xml", lambda xml: xml + b"<!-- <manifest:encryption-data> -->"
    )
    assert refusal(content) == "encrypted"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_damaged(book: bytes, share: float) -> None:
    assert refusal(book[: int(len(book) * share)]) == "damaged"


@given(share=st.floats(0.01, 0.999), packing=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_zip_that_is_cut_off_is_damaged_and_never_hostile(
    book: bytes, tmp_path: Path, share: float, packing: int
) -> None:
    """Whole archives may stand within it. By hand it is half a download; what a sender sent is damaged: one question."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for name in ("a.xlsx", "b.xlsx", "c.zip"):
            archive.writestr(name, book)
    whole = packed.getvalue()
    cut = whole[: int(len(whole) * share)]
    (tmp_path / "a.zip").write_bytes(cut)
    assert (refusal(cut), trouble_of(tmp_path / "a.zip")) == ("damaged", "unfinished")
    (tmp_path / "a.zip").write_bytes(whole)
    assert trouble_of(tmp_path / "a.zip") == ""


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_a_truncated_old_file_is_damaged(form: Form, share: float) -> None:
    content = draft(form).xls()
    assert refusal(content[: int(len(content) * share)]) == "damaged"


def test_two_cells_in_opposite_corners_and_little_else_are_refused(book: bytes) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(sheet_with(book, far)) == "hostile"


@pytest.mark.parametrize("spot", ["A1048576", "XFD1048576", "XFD90"])
def test_a_cell_far_out_on_a_filled_sheet_costs_only_itself(form: Form, spot: str) -> None:
    content = draft(form).xlsx()
    space = f'<row r="{spot.lstrip("AXFD")}"><c r="{spot}" t="inlineStr"><is><t> </t></is></c></row>'
    part = "xl/worksheets/sheet5.xml"
    changed = rewrite_part(
        content, part, lambda xml: xml.replace(b"</sheetData>", space.encode() + b"</sheetData>")
    )
    [sheet] = [sheet for sheet in spread(changed) if sheet.clipped]
    [plain] = [other for other in spread(content) if other.name == sheet.name]
    assert [row[: len(plain.rows[0])] for row in sheet.rows[: len(plain.rows)]] == plain.rows


def spread(content: bytes) -> list[SheetData]:
    return open_workbook(content, guard.inspect(content))


@pytest.mark.parametrize(
    "rows",
    [
        b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        b'<row r = "1048576"><c s="1" r = "XFD1048576"><v>1</v></c></row>',
        b'<row r="5000000000"><c><v>1</v></c></row>',
        b'<row r="1048576"><c><v>1</v></c></row><row r="9"><c r="XFD9"><f>1</f></c></row>',
        b'<row r="999">' + b"<c/>" * 20_000 + b"<c><v>1</v></c></row>",
        b"<row/>" * 100_000 + b"<row><c><v>1</v></c></row>",
        b'<x:row xmlns:x="y" r="1048576"><x:c r="A1048576"><x:v>1</x:v></x:c></x:row>',
        b'<row r="2000000" x="&bad;"/>',
        b'<row r="900"><c r="A900" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="900"><c r="A900"r="XFD1048576"><v>1</v></c></row>',
        b'<row r="900" r="1048576"><c><v>1</v></c></row>',
        b'<row r="900"><c r="XFD1048576"><c r="A1"/><v>1</v></c></row>',
        b'<row r="900"><!-- > <c --><c\nr="XFD1048576"><v>1</v></c></row>',
        b'<row r="900"><c r="A900000000000000000000"><v>1</v></c></row>',
    ],
)
def test_corners_in_other_spellings_reach_no_parser(book: bytes, rows: bytes) -> None:
    content = sheet_with(book, rows)
    refused = guard.inspect(content).refusal
    if refused:
        assert refused.variant in {"hostile", "damaged"}  # the latter is no XML
        return
    [sheet] = [sheet for sheet in spread(content) if sheet.clipped]
    assert len(sheet.rows) <= KEPT_ROWS
    assert max(map(len, sheet.rows)) <= KEPT_COLUMNS


def test_formatted_but_empty_cells_may_reach_the_last_row(book: bytes) -> None:
    empty = b'<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'
    assert guard.inspect(sheet_with(book, empty)).kind == "xlsx"


def test_a_dimension_is_only_a_claim(book: bytes) -> None:
    content = rewrite_part(
        book, SHEET, lambda xml: re.sub(rb'dimension ref="[^"]*"', b'dimension ref="A1:XFD1048576"', xml)
    )
    assert guard.inspect(content).kind == "xlsx"


def test_a_long_but_sane_sheet_passes() -> None:
    def sheet(column: bytes) -> bytes:
        rows = b"".join(b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (n, column, n) for n in (1, 2000))
        return b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"

    near, far = sheet(b"CB"), sheet(b"ZZZ")
    assert within_extents(near) is near
    assert b"ZZZ" not in within_extents(far)


def test_a_bomb_is_refused_by_its_directory(book: bytes) -> None:
    assert refusal(rewrite_part(book, SHEET, lambda xml: xml + b" " * (50 * MEGABYTE))) == "hostile"


def test_a_loose_but_huge_package_is_too_large(book: bytes) -> None:
    noise = bytes(range(256)) * 4096
    parts = {f"xl/media/{n}.bin": noise + bytes([n]) for n in range(40)}
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts |= {name: source.read(name) for name in source.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    assert refusal(stream.getvalue()[: package.MAX_BYTES + 1]) == "too_large"


@pytest.mark.parametrize("shown", [10, 100_000])
def test_a_lying_header_is_refused(book: bytes, shown: int) -> None:
    """The directory states another size than the part really has."""
    lying = bytearray(book)
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        name = source.getinfo(SHEET).filename.encode()
    at = book.index(name, book.index(b"PK\x01\x02")) - 46
    lying[at + 24 : at + 28] = shown.to_bytes(4, "little")
    assert refusal(bytes(lying)) == ("hostile" if shown == 10 else "damaged")


def test_three_hundred_parts_are_refused(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    assert refusal(zip_of({**parts, **{f"xl/{n}.xml": b"<x/>" for n in range(300)}})) == "hostile"


@pytest.mark.parametrize(
    "declaration",
    [b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"],
)
def test_entities_are_refused(book: bytes, declaration: bytes) -> None:
    content = rewrite_part(
        book, "xl/sharedStrings.xml", lambda xml: xml.replace(b"<sst", declaration + b"<sst")
    )
    assert refusal(content) == "hostile"


def test_text_in_a_wide_encoding_hides_nothing(book: bytes) -> None:
    content = rewrite_part(book, SHEET, lambda xml: xml.decode().encode("utf-16"))
    assert refusal(content) == "hostile"


@pytest.mark.parametrize("name", ["count", "uniqueCount"])
def test_a_promised_count_that_would_exhaust_memory_is_refused(book: bytes, name: str) -> None:
    content = rewrite_part(
        book,
        "xl/sharedStrings.xml",
        lambda xml: re.sub(rb' %s="\d+"' % name.encode(), b' %s="4294967295"' % name.encode(), xml),
    )
    assert refusal(content) == "hostile"


@pytest.mark.parametrize("name", ["../evil.xml", "/xl/evil.xml", "xl/../../evil.xml"])
def test_odd_paths_are_refused(book: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    assert refusal(zip_of({**parts, name: b"<x/>"})) == "hostile"


def test_a_name_that_comes_twice_is_refused(book: bytes) -> None:
    """Two parsers could take different ones."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    assert refusal(zip_of({**parts, SHEET.upper(): b"<x/>"})) == "hostile"


def test_hundreds_of_names_for_one_sheet_are_refused(book: bytes) -> None:
    more = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 9) for n in range(200))
    content = rewrite_part(
        book, "xl/workbook.xml", lambda xml: xml.replace(b"</sheets>", more + b"</sheets>")
    )
    assert refusal(content) == "hostile"


def test_macros_are_mentioned_and_never_run(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    found = guard.inspect(zip_of({**parts, "xl/vbaProject.bin": b"x"}))
    assert [(remark.code, remark.variant) for remark in found.remarks] == [("F01", "macros")]


@pytest.mark.parametrize("dress", [bytes, prefixed])
def test_errors_and_formulas_are_listed(book: bytes, dress: object) -> None:
    assert callable(dress)
    xml = dress(guard.inspect(book).sheets["甲"])
    facts = scan(plain(xml))
    assert facts.errors == {(2, 0): "#DIV/0!"}
    assert facts.formulas == {(2, 0): StoredFormula("1/0", stored=True)}


def test_a_formula_never_calculated_stores_nothing() -> None:
    cells = (
        b'<c r="A1"><f>1+1</f></c><c r="B1"><f>1&lt;2</f><v></v></c>'
        b'<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><f>1</f><v>1</v></c><c r="E1" s="4"/><c r="F1"><v>7</v></c>'
    )
    sheet = b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"
    formulas = scan(plain(sheet)).formulas
    assert {spot: formula.stored for spot, formula in formulas.items()} == {
        (0, 0): False,
        (0, 1): False,
        (0, 2): True,
        (0, 3): True,
    }
    assert formulas[0, 1].text == "1<2"
