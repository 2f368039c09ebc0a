"""Hostile documents: a plain finding each, little time and memory, and never an exception."""

from __future__ import annotations

import time
import zlib

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.loader import load_form
from pipeline.intake.documents import document_child
from pipeline.intake.read.reading import read
from tests.support.documents import Style, as_docx, as_html, docx_of, portal
from tests.support.fills import report

FORM = load_form()
SENT = report(FORM, "001", "某市某区测试局", 2022)
GOOD_WORD = as_docx(FORM, SENT, Style())
GOOD_PAGE = as_html(FORM, SENT, Style(), portal("modern")).encode()
SECONDS, MEMORY = 5.0, 150 * 1024 * 1024
"""What a hostile workbook may cost too, in this process."""

_CELL = "<w:tc><w:p/></w:tc><w:tc><w:p/></w:tc>"
_TABLE = f"<w:tbl><w:tr>{_CELL}</w:tr></w:tbl>"


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of ``objects``, the first being its catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def bomb_stream() -> bytes:
    packed = zlib.compress(b"0 0 m 9 9 l S " * 8_000_000, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>"
HOSTILE = {
    "word_bomb": docx_of(" " * 60_000_000),
    "word_tables": docx_of(_TABLE * 10_000),
    "word_nested": docx_of("<w:tbl><w:tr><w:tc>" * 3_000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3_000),
    "word_nested_less": docx_of(
        f"<w:tbl><w:tr>{_CELL}<w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
    ),
    "word_controls": docx_of("<w:sdt>" * 1_500 + "</w:sdt>" * 1_500),
    "word_wide": docx_of(
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr><w:p/></w:tc>'
        + _CELL
        + "</w:tr></w:tbl>"
    ),
    "word_entity": docx_of("&b;", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
    "page_nested": b"<html>" + b"<div>" * 100_000 + "一、总体情况".encode() + b"</html>",
    "page_tables": b"<html><body>"
    + b"<table><tr><td>1</td><td>2</td></tr></table>" * 10_000
    + b"</body></html>",
    "page_nested_tables": b"<html><body>" + b"<table><tr><td>1</td><td>" * 5_000 + b"</body></html>",
    "page_spans": b'<html><body><table><tr><td rowspan="99999" colspan="99999">1</td><td colspan="1000">2</td></tr></table></body></html>',
    "page_entities": b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><html><body>'
    + b"&b;" * 10_000
    + b"</body></html>",
    "pdf_circle": pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]
    ),
    "pdf_depth": b"%PDF-1.4\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer << /Root 1 0 R >>",
    "pdf_bomb": pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            _PAGE,
            bomb_stream(),
        ]
    ),
    "pdf_cut": b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_costs_a_finding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "pdf_bomb":  # it is ended by nothing but its time
        monkeypatch.setattr(document_child, "_PDF_SECONDS", 2.0)
    own = psutil.Process()
    before = own.memory_info().rss
    start = time.process_time()
    found = read(FORM, HOSTILE[name])
    assert [item.code for item in found.findings] == ["F01"]
    assert not found.numbers
    assert time.process_time() - start < SECONDS
    assert own.memory_info().rss - before < MEMORY


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD_PAGE) - 1), st.binary(max_size=40), st.integers(0, 400))
def test_a_damaged_page_never_raises(at: int, put: bytes, cut: int) -> None:
    read(FORM, GOOD_PAGE[:at] + put + GOOD_PAGE[at + cut :])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(GOOD_WORD) - 1), st.binary(max_size=20), st.integers(0, 60))
def test_a_damaged_word_file_never_raises(at: int, put: bytes, cut: int) -> None:
    read(FORM, GOOD_WORD[:at] + put + GOOD_WORD[at + cut :])


def test_a_reference_to_a_file_or_an_address_is_never_followed() -> None:
    page = GOOD_PAGE.replace(
        b"<head>", b'<head><base href="http://127.0.0.1:9/"><link rel="stylesheet" href="x.css">'
    )
    page = page.replace(
        b"<body>", b'<body><iframe src="file:///etc/passwd"></iframe><img src="http://127.0.0.1:9/a.png">'
    )
    found = read(FORM, page)
    assert list(found.numbers.values()) == list(SENT.numbers)
