"""A figure of a document is what a person sees of it: what is hidden is not read, and what looks otherwise is no number."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.documents.odd_marks import RAISED, SHIFTED, STRUCK, UNSURE, TextRun, joined
from pipeline.intake.documents.odt import read_odt
from pipeline.intake.documents.pdf_lines import read_pdf
from pipeline.intake.read.reading import read
from pipeline.model import Number, Reading
from tests.intake.documents.test_hostile_documents import pdf
from tests.intake.support import zip_of
from tests.support.documents import Style, as_docx, as_html
from tests.support.fills import report

FORM = load_form()
AT = 20
"""Of the form's numbers, the one that looks otherwise; its cell holds 7777 at first."""
KEY = FORM.cells[AT].key
SENT = report(FORM, "005", "某市某区测试局", 2022)
SENT = replace(SENT, numbers=tuple(7777 if at == AT else value for at, value in enumerate(SENT.numbers)))
OTHERS = {cell.key: value for cell, value in zip(FORM.cells, SENT.numbers, strict=True) if cell.key != KEY}
NOBODY_KNOWS = None
"""Stands for a figure that nobody can be sure of: it is none, and that is said at its cell."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_RUN = '<w:r><w:t xml:space="preserve">77</w:t></w:r>' * 2


def expect(found: Reading, number: Number | None) -> None:
    """Assert that the figure is read as ``number``, and every other one as it was sent."""
    assert {key: value for key, value in found.numbers.items() if key != KEY} == OTHERS
    assert found.numbers[KEY] == number
    codes = {(item.code, item.variant) for item in found.findings if KEY in item.keys}
    assert codes == ({("C08", "text")} if number is NOBODY_KNOWS else set())


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def instruction(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def word_styles(properties: str, based_on: str = "") -> str:
    """Return a style for characters and one for paragraphs, each based on another that has the look, or has it itself."""
    return "".join(
        f'<w:style w:type="{kind}" w:styleId="{kind}Base"><w:rPr>{properties}</w:rPr></w:style>'
        f'<w:style w:type="{kind}" w:styleId="{kind}"><w:basedOn w:val="{kind}Base"/>{based_on}</w:style>'
        for kind in ("character", "paragraph", "table")
    )


def word_file(cell: str, styles: str = "", around: str = "") -> bytes:
    """Print the report with other XML in the cell's paragraph; ``around`` replaces the whole paragraph, CELL being its runs."""
    with zipfile.ZipFile(io.BytesIO(as_docx(FORM, SENT, Style()))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    body = parts["word/document.xml"].decode()
    assert body.count(_WORD_RUN) == 1
    whole = around.replace("CELL", cell) if around else f"<w:p>{cell}</w:p>"
    parts["word/document.xml"] = body.replace(f"<w:p>{_WORD_RUN}</w:p>", whole).encode()
    parts["word/_rels/document.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="looks.xml"/></Relationships>'
    ).encode()
    parts["word/looks.xml"] = f'<w:styles xmlns:w="{_W}">{styles}</w:styles>'.encode()
    return zip_of(parts)


@pytest.mark.parametrize(
    ("properties", "number"),
    [
        ("<w:vanish/>", 55),
        ("<w:strike/>", NOBODY_KNOWS),
        ("<w:dstrike/>", NOBODY_KNOWS),
        ('<w:vertAlign w:val="superscript"/>', NOBODY_KNOWS),
        ('<w:position w:val="10"/>', NOBODY_KNOWS),
        ('<w:sz w:val="1"/>', NOBODY_KNOWS),
        ('<w:sz w:val="21"/><w:b/>', 955),
        ('<w:strike w:val="0"/><w:position w:val="0"/>', 955),
    ],
)
@pytest.mark.parametrize("way", ["run", "character", "paragraph", "table"])
def test_a_look_comes_from_the_run_or_from_any_style_it_wears(
    way: str, properties: str, number: int | None
) -> None:
    own, styles = "", word_styles(properties)
    plain = (
        '<w:vanish w:val="0"/><w:strike w:val="0"/><w:dstrike w:val="0"/><w:vertAlign w:val="baseline"/>'
        '<w:position w:val="0"/><w:sz w:val="21"/>'
    )
    paragraph = "<w:p>CELL</w:p>"
    if way == "run":
        own = properties
    elif way == "character":
        own = '<w:rStyle w:val="character"/>'
    elif way == "paragraph":
        paragraph = '<w:p><w:pPr><w:pStyle w:val="paragraph"/></w:pPr>CELL</w:p>'
    else:
        paragraph = f'<w:tbl><w:tblPr><w:tblStyle w:val="table"/></w:tblPr><w:tr><w:tc>{paragraph}</w:tc></w:tr></w:tbl>'
    expect(read(FORM, word_file(run("9", own) + run("55", plain), styles, paragraph)), number)


def test_a_box_in_a_paragraph_leaves_the_paragraph_its_style() -> None:
    box = '<w:r><w:pict><w:txbxContent><w:p><w:pPr><w:pStyle w:val="x"/></w:pPr></w:p></w:txbxContent></w:pict></w:r>'
    paragraph = '<w:p><w:pPr><w:pStyle w:val="paragraph"/></w:pPr>CELL</w:p>'
    expect(read(FORM, word_file(box + run("55"), word_styles("<w:strike/>"), paragraph)), NOBODY_KNOWS)


def test_a_style_turns_over_what_another_one_set_and_a_run_has_the_last_word() -> None:
    styles = word_styles("<w:strike/><w:vanish/>")
    paragraph = '<w:p><w:pPr><w:pStyle w:val="paragraph"/></w:pPr>CELL</w:p>'
    worn = '<w:rStyle w:val="character"/>'
    expect(read(FORM, word_file(run("9", worn) + run("55"), styles, paragraph)), 9)
    own = '<w:strike w:val="0"/><w:vanish w:val="0"/>'
    expect(read(FORM, word_file(run("9", own) + run("55"), styles, paragraph)), 9)


@pytest.mark.parametrize(
    ("look", "text", "line"),
    [
        (RAISED, "1", "不予公开件数"),
        (STRUCK, "旧", "不予公开件数"),
        (SHIFTED, "（件）", "不予公开（件）件数"),
        (UNSURE, "x=2", "不予公开x=2件数"),
    ],
)
def test_in_words_marks_are_left_out_and_what_is_only_moved_or_not_known_stays(
    look: str, text: str, line: str
) -> None:
    assert joined([TextRun("不予公开"), TextRun(text, look), TextRun("件数")]) == line


POWER = (
    f'<m:oMath xmlns:m="{_M}"><m:sSup><m:e><m:r><m:t>5</m:t></m:r></m:e>'
    "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
)
NESTED = (
    mark("begin") + instruction(" IF ") + mark("begin") + instruction(" MERGEFIELD n ") + mark("separate")
    + run("7") + mark("end") + instruction(" &gt; 0 55 0 ") + mark("separate") + run("55") + mark("end")
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (NESTED, 55),
        (NESTED.replace('Type="begin"', 'Type="begin" w:dirty="1"'), 55),
        (mark("begin") + run("7") + mark("separate") + run("55") + mark("end"), 55),
        (mark("begin") + instruction(" =SUM(ABOVE) ") + mark("separate") + run("55") + mark("end"), 55),
        (mark("begin") + instruction(' XE "55" ') + mark("end") + run("55"), 55),
        (mark("begin") + run("55"), 55),  # it ends nowhere
        (run("55") + mark("separate") + mark("end"), 55),
        (run("5") + mark("begin") + instruction(r" EQ \o(1,5) ") + mark("end"), NOBODY_KNOWS),
        (mark("begin").replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>") + instruction("XE") + run("7") + mark("end") + run("5"), 5),
        ('<w:fldSimple w:instr=" =1 ">' + run("55") + "</w:fldSimple>", 55),
        (run("5") + '<w:r><w:sym w:font="Arial" w:char="0036"/></w:r>', NOBODY_KNOWS),
        ('<w:r><w:sym w:font="Arial" w:char="0036"/></w:r>', NOBODY_KNOWS),
        (f'<m:oMath xmlns:m="{_M}"><m:r><m:t>5</m:t></m:r><m:r><m:t>2</m:t></m:r></m:oMath>', 52),
        (POWER, NOBODY_KNOWS),
        (
            "<w:r><w:ruby><w:rubyPr/><w:rt>" + run("3") + "</w:rt><w:rubyBase>" + run("55")
            + "</w:rubyBase></w:ruby></w:r>",
            55,
        ),
        ('<w:bdo w:val="rtl">' + run("123") + "</w:bdo>", NOBODY_KNOWS),
        ('<w:bdo w:val="ltr">' + run("123") + "</w:bdo>", 123),
        (run("\u202e123"), NOBODY_KNOWS),
        (run("\u202e") + run("123"), NOBODY_KNOWS),
        (run("\u202d123\u202c"), 123),
    ],
)  # fmt: skip
def test_a_word_file_shows_the_results_of_fields_and_signs_that_are_no_digits(
    cell: str, number: int | None
) -> None:
    expect(read(FORM, word_file(cell)), number)


def test_a_cell_whose_deletion_is_tracked_is_gone_and_the_change_is_said() -> None:
    deleted = '<w:tcPr><w:cellDel w:id="3"/></w:tcPr><w:p>' + run("99") + "</w:p></w:tc><w:tc>"
    found = read(FORM, word_file(run("55"), around=f"{deleted}<w:p>CELL</w:p>"))
    assert found.numbers[KEY] == 55
    assert {key: value for key, value in found.numbers.items() if key != KEY} == OTHERS
    assert ("F08", "revised") in {(item.code, item.variant) for item in found.findings}


_ODT = "application/vnd.oasis.opendocument.text"
_PARTS = {"office": "office", "style": "style", "text": "text", "table": "table"}
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"' for name, urn in _PARTS.items()
)


def odt_text(cell: str, own: str = "", shared: str = "") -> str:
    """Return what is read in a cell of a table with this XML; styles are the document's own or those of styles.xml."""
    cells = (
        f"<table:table-cell><text:p>甲</text:p></table:table-cell><table:table-cell>{cell}</table:table-cell>"
    )
    table = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    body = f"<office:body><office:text>{table}</office:text></office:body>"
    automatic = f"<office:automatic-styles>{own}</office:automatic-styles>"
    content = f"<office:document-content {_NAMES}>{automatic}{body}</office:document-content>"
    styles = (
        f"<office:document-styles {_NAMES}><office:styles>{shared}</office:styles></office:document-styles>"
    )
    parts = {"mimetype": _ODT, "content.xml": content, "styles.xml": styles}
    return read_odt(zip_of({name: part.encode() for name, part in parts.items()})).tables[0].cells[1].text


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ('text:display="none"', "55"),
        ('style:text-line-through-style="solid"', "〔9〕55"),
        ('style:text-line-through-type="single"', "〔9〕55"),
        ('style:text-position="super 58%"', "〔9〕55"),
        ('style:text-position="15% 100%"', "〔9〕55"),
        ('style:text-position="0% 100%" style:text-line-through-style="none"', "955"),
    ],
)
@pytest.mark.parametrize("place", ["own", "shared", "parent"])
def test_an_odt_has_its_looks_from_styles_of_either_part(place: str, properties: str, text: str) -> None:
    look = f"<style:text-properties {properties}/>"
    own = f'<style:style style:name="T1" style:family="text">{look}</style:style>'
    child = '<style:style style:name="T1" style:family="text" style:parent-style-name="Base"/>'
    base = f'<style:style style:name="Base" style:family="text">{look}</style:style>'
    cell = '<text:p><text:span text:style-name="T1">9</text:span>55</text:p>'
    given = {"own": (own, ""), "shared": ("", own), "parent": (child, base)}[place]
    assert odt_text(cell, *given) == text


def paragraph_style(name: str, properties: str) -> str:
    look = f"<style:text-properties {properties}/>"
    return f'<style:style style:name="{name}" style:family="paragraph">{look}</style:style>'


def test_a_paragraph_of_an_odt_may_be_struck_or_hidden_by_its_style() -> None:
    struck = paragraph_style("Struck", 'style:text-line-through-style="solid"')
    hidden = paragraph_style("Hidden", 'text:display="none"')
    cell = '<text:p text:style-name="{}">55</text:p>'
    assert odt_text(cell.format("Struck"), "", struck + hidden) == "〔55〕"
    assert odt_text(cell.format("Hidden"), struck + hidden) == ""
    assert odt_text(cell.format("Other"), struck + hidden) == "55"


def test_ruby_text_of_an_odt_is_no_digit() -> None:
    ruby = "<text:ruby><text:ruby-base>55</text:ruby-base><text:ruby-text>3</text:ruby-text></text:ruby>"
    assert odt_text(f"<text:p>{ruby}</text:p>") == "55"


def page(cell: str, css: str = "") -> bytes:
    """Print the report as a page with other markup instead of the cell."""
    plain = as_html(FORM, SENT, Style())
    marked = plain.replace("</head>", f"<style>{css}</style></head>")
    head, _, tail = marked.partition(">7777</td>")
    assert tail
    return f"{head[: head.rindex('<td')]}{cell}{tail}".encode()


ODD = '<td><span class="odd">9</span>55</td>'


@pytest.mark.parametrize(
    ("css", "number"),
    [
        (".odd{display:none}", 55),
        (".odd{display:none}.odd{display:inline}", 955),
        (".odd{display:none!important}table .odd{display:inline}", 55),
        ("table > tbody > tr > td > span{visibility:hidden}", 55),
        ("table .other .odd{display:none}", 955),
        ("td:last-child .other,td .odd{opacity:0}", 55),
        ("span.odd:first-child{display:none}", 55),
        ("span.odd:nth-child(2n){display:none}", 955),
        (".odd:hover{display:none}", 955),
        ('[class^="od"]{font-size:0}', 55),
        ("@media print{.odd{display:none}}", 955),
        ("@media (max-width:600px){.odd{display:none}}", 955),
        ("@media screen{@supports (display:grid){.odd{display:none}}}", 55),
        (r"/* .odd{ */ .\6f dd{d\69splay:/**/none", 55),
        (".odd{text-decoration:line-through}", NOBODY_KNOWS),
        (".odd{vertical-align:super;font-size:60%}", NOBODY_KNOWS),
        (".odd{vertical-align:3px}", NOBODY_KNOWS),
        (".odd{font-size:1px}", NOBODY_KNOWS),
        (".odd{transform:rotate(180deg)}", NOBODY_KNOWS),
        (".odd:not(.x){display:none}", NOBODY_KNOWS),
        ('.odd::before{content:"1"}', NOBODY_KNOWS),
        (r'.odd::before{content:"\f101"}', 955),
        ("td{vertical-align:top;position:relative}.odd{display:inline-block;font-size:12px}", 955),
        ("*{box-sizing:border-box;transform:translateZ(0)}", 955),
    ],
)
def test_a_figure_on_a_page_is_what_its_style_sheets_show(css: str, number: int | None) -> None:
    expect(read(FORM, page(ODD, css)), number)


@pytest.mark.parametrize(
    ("style", "number"),
    [
        ("mso-text-raise:3pt;font-size:6pt", NOBODY_KNOWS),
        ("position:relative;top:-5px;font-size:60%", NOBODY_KNOWS),
        ("position:absolute;left:-9999px", NOBODY_KNOWS),
        ("font-size:1px", NOBODY_KNOWS),
        ("width:0;overflow:hidden;display:inline-block", NOBODY_KNOWS),
        ("unicode-bidi:bidi-override;direction:rtl", NOBODY_KNOWS),
        ("display:/**/none", 55),
        ("display:none;display:inline", 955),
        ("--x-display:none", 955),
        ("font-size:0", 55),
        ("mso-text-raise:0pt;position:relative;top:0;font-size:10.5pt;width:0", 955),
    ],
)
def test_a_figure_on_a_page_is_what_its_own_style_shows(style: str, number: int | None) -> None:
    expect(read(FORM, page(f'<td><span style="{style}">9</span>55</td>')), number)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("<td><ruby>55<rt>3</rt></ruby></td>", 55),
        ('<td><bdo dir="rtl">123</bdo></td>', NOBODY_KNOWS),
        ('<td class="odd">99</td><td>55</td>', 55),
        ('<td><p class="odd">99</p><p>55</p></td>', 55),
        ("<td>\u202e123</td>", NOBODY_KNOWS),
    ],
)
def test_what_a_page_hides_or_sets_beside_a_figure_is_none_of_it(cell: str, number: int | None) -> None:
    expect(read(FORM, page(cell, ".odd{display:none}")), number)


def test_a_hidden_cell_that_keeps_its_place_is_a_blank_one() -> None:
    assert read(FORM, page('<td style="visibility:hidden">99</td>')).numbers[KEY] is None
    assert read(FORM, page('<td class="odd">99</td>', ".odd{visibility:hidden}")).numbers[KEY] is None


def test_a_style_sheet_hides_no_text_and_no_table_that_a_click_would_show() -> None:
    plain = (
        as_html(FORM, SENT, Style())
        .replace("<body>", '<body><div class="odd">')
        .replace("</body>", "</div></body>")
    )
    found = read(FORM, plain.replace("</head>", "<style>.odd{display:none}</style></head>").encode())
    assert found.numbers == {**OTHERS, KEY: 7777}
    assert found.texts == read(FORM, plain.encode()).texts


def test_a_web_archive_brings_its_style_sheets_along() -> None:
    def part(kind: str, body: bytes) -> bytes:
        return b"--b\r\nContent-Type: text/" + kind.encode() + b"; charset=utf-8\r\n\r\n" + body + b"\r\n"

    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    sheet = part("css", b".odd{display:none}")
    expect(read(FORM, head + part("html", page(ODD)) + sheet + b"--b--\r\n"), 55)


@pytest.mark.parametrize(
    ("text", "stroke", "line"),
    [
        ("99186", "100 703.5 m 113 703.5 l S", "〔99〕186"),
        ("99186", "100 703 13 0.6 re f", "〔99〕186"),
        ("99186", "100 698 m 140 698 l S", "99186"),  # below it
        ("99186", "60 711 m 300 711 l S", "99186"),  # the rule above its row
        ("99186", "60 695 300 20 re f", "99186"),  # the ground it stands on
        ("a 99 b", "100 703.5 m 140 703.5 l S", "a 99 b"),
    ],
)
def test_a_figure_of_a_pdf_with_a_stroke_through_it_is_none(text: str, stroke: str, line: str) -> None:
    drawn = f"BT /F1 12 Tf 100 700 Td ({text}) Tj ET {stroke}".encode()
    content = pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )
    assert [part["text"] for part in read_pdf(content)["parts"]] == [line]
