"""The real report in every format in which it could be published: 200 of 200 figures, every sentence under its key."""

from __future__ import annotations

import quopri
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.documents.parts import Paragraph
from pipeline.intake.documents.recognising import open_document
from pipeline.intake.read.reading import read
from pipeline.machine import libreoffice
from pipeline.model import Place, Severity
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.support.documents import Style, as_docx, as_html, portal
from tests.support.libreoffice import convert
from tests.support.real_report import load_real_report

if TYPE_CHECKING:
    from pipeline.model import Reading

FORM = load_form()
REAL = load_real_report()
REPORT = REAL.as_report(FORM, "003")
AS_PUBLISHED = Style(signed=True)


def is_whole(found: Reading) -> bool:
    """Whether everything that the real report says was read and nothing is to be said but that it is a document."""
    assert [key for key, value in REAL.numbers.items() if found.numbers.get(key) != value] == []
    assert [key for key, text in REAL.texts.items() if bare(found.texts[key]) != bare(text)] == []
    assert (found.claims.agency, found.claims.year) == (REAL.agency, REAL.year)
    kept = [(item.code, item.variant) for item in found.findings if item.severity is not Severity.INFO]
    return kept == [("F08", "document")]


def bare(text: str) -> str:
    return "".join(text.split())


@cache
def own_word() -> bytes:
    return word.render(word.compile_layout(build_layout(FORM), FORM), REPORT)


def test_a_word_report_with_merged_cells() -> None:
    assert is_whole(read(FORM, as_docx(FORM, REPORT, AS_PUBLISHED)))


@pytest.mark.parametrize("kind", ["plain", "tables", "modern"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_as_portals_make_it(kind: str, encoding: str) -> None:
    page = as_html(FORM, REPORT, AS_PUBLISHED, portal(kind)).replace("charset=utf-8", f"charset={encoding}")
    assert is_whole(read(FORM, page.encode(encoding)))


def test_a_web_archive() -> None:
    page = quopri.encodestring(as_html(FORM, REPORT, AS_PUBLISHED, portal("modern")).encode())
    head = (
        b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
        b"------b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    assert is_whole(read(FORM, head + page + b"\r\n------b--\r\n"))


def test_what_nianbao_publishes_itself() -> None:
    assert is_whole(read(FORM, own_word()))
    assert is_whole(read(FORM, render_page(compile_page(FORM), REPORT)))


def as_text(content: bytes, between: str) -> str:
    """A Word report as a text file: the cells of a row parted by ``between``."""
    opened = open_document(content)
    assert opened
    lines: list[str] = []
    for part in opened.parts:
        if isinstance(part, Paragraph):
            lines.append(part.text)
        else:
            lines += [
                between.join(
                    "" if value is None else f"{value:g}" if isinstance(value, float) else value
                    for value in row
                )
                for row in part.rows()
            ]
    return "\n".join(lines)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_with_tabs(encoding: str) -> None:
    flat = as_text(as_docx(FORM, REPORT, AS_PUBLISHED), "\t").replace("\n科", "科")
    found = read(FORM, flat.encode(encoding))
    assert [key for key, value in found.numbers.items() if value not in (None, REAL.numbers[key])] == []
    assert [key for key, text in REAL.texts.items() if bare(found.texts[key]) != bare(text)] == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_of_a_text_file_without_tables_the_texts_are_read_and_the_tables_missed(encoding: str) -> None:
    found = read(FORM, as_text(as_docx(FORM, REPORT, AS_PUBLISHED), "\n").encode(encoding))
    assert (found.claims.agency, found.claims.year) == (REAL.agency, REAL.year)
    assert not any(value is not None for value in found.numbers.values())
    assert [item.variant for item in found.findings if item.severity is Severity.ERROR] == ["document"] + [
        "no_table"
    ] * 3
    assert [key for key, text in REAL.texts.items() if bare(found.texts[key]) != bare(text)] == []


@pytest.mark.parametrize(
    "content",
    [b"hello", "关于报送年报的通知\n请各单位报送。".encode(), b"code,name\n1,2\n", b"PK-no", b"a\0b"],
)
def test_other_text_files_are_no_reports(content: bytes) -> None:
    assert [item.variant for item in read(FORM, content).findings] == ["not_a_workbook"]


@pytest.mark.parametrize("kind", ["odt", "html", "pdf", "doc"])
def test_what_an_office_program_makes_of_the_word_report(tmp_path: Path, kind: str) -> None:
    sources = {
        tmp_path / "own.docx": own_word(),
        tmp_path / "published.docx": as_docx(FORM, REPORT, AS_PUBLISHED),
    }
    for path, content in sources.items():
        path.write_bytes(content)
    for made in convert([*sources], tmp_path / "made", kind):
        assert is_whole(read(FORM, made.read_bytes())), made.name


def test_every_figure_and_text_says_where_it_stands() -> None:
    found = read(FORM, own_word())
    table = FORM.tables[1]
    first, last = (FORM.cells_of(table.key)[at].key for at in (0, -1))
    assert found.places[first] == Place("第2张表", "第4行第4列")
    assert found.places[last] == Place("第2张表", "第28行第10列")
    assert found.places[FORM.texts[0].key] == Place("正文", "第3段")
    assert set(found.places) >= {cell.key for cell in FORM.cells} | {
        text.key for text in FORM.texts if text.required
    }


def test_an_old_word_file_without_an_office_program_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "find_program", lambda: None)
    found = read(FORM, b"{\\rtf1 x}")
    assert [(item.code, item.variant) for item in found.findings] == [("F01", "needs_office")]


def test_a_document_that_is_no_report_is_no_report() -> None:
    page = "<html><body><h1>关于报送年报的通知</h1><p>请各单位按时报送。</p><table><tr><td>序号</td><td>1</td></tr></table></body></html>"
    found = read(FORM, page.encode())
    assert [(item.code, item.variant) for item in found.findings] == [("F01", "not_a_workbook")]
