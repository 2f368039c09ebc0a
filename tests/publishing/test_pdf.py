"""PDF of the Word reports: what LibreOffice cannot do is a sentence, nothing is left running, nothing is printed twice."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import psutil
import pytest

from pipeline.forms.form import Form
from pipeline.publishing.word import pdf_printing
from pipeline.publishing.word.report import compile_layout, render
from pipeline.publishing.word.word_layout import build_layout
from tests.support.real_report import load_real_report

PRINTED = (
    b"%PDF-1.6\n<</CreationDate(D:20261123204734Z')>>\ntrailer\n/ID [ <998F8338F4B8CF9A2B2A6C204EB9A913>\n"
    b"<998F8338F4B8CF9A2B2A6C204EB9A913> ]\n/DocChecksum /7CCD94AF939B4791FA7F575D20C948C3\n>>\n%%EOF\n"
)


def quiet(_: int) -> None:
    """Take no note of progress."""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "甲局 #1.docx"
    path.write_bytes(b"a document")
    return path


def program(folder: Path, script: str) -> str:
    """A program that stands in for LibreOffice; its last arguments are the documents."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def use(monkeypatch: pytest.MonkeyPatch, found: str | None, *, fonts: bool = True) -> None:
    monkeypatch.setattr(pdf_printing, "find_program", lambda: found)
    monkeypatch.setattr(pdf_printing, "has_chinese_fonts", lambda: fonts)


def test_a_settled_pdf_says_what_it_was_made_of(document: Path) -> None:
    document.with_suffix(".pdf").write_bytes(pdf_printing.settled(PRINTED, document.read_bytes()))
    assert pdf_printing.is_current(document)
    document.write_bytes(b"another document")
    assert not pdf_printing.is_current(document)


def test_settling_keeps_every_length_and_drops_what_differs_between_runs() -> None:
    later = (
        PRINTED.replace(b"20261123204734", b"20270101000000")
        .replace(b"998F", b"0000")
        .replace(b"7CCD", b"1111")
    )
    assert (
        pdf_printing.settled(PRINTED, b"a")
        == pdf_printing.settled(later, b"a")
        != pdf_printing.settled(PRINTED, b"b")
    )
    assert len(pdf_printing.settled(PRINTED, b"a")) == len(PRINTED)


def test_without_libreoffice_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, document: Path) -> None:
    use(monkeypatch, None)
    assert pdf_printing.print_documents([document], quiet) == pdf_printing.Batch(
        failure=pdf_printing.NO_PROGRAM
    )


def test_without_chinese_fonts_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, document: Path) -> None:
    use(monkeypatch, "soffice", fonts=False)
    assert pdf_printing.print_documents([document], quiet) == pdf_printing.Batch(
        failure=pdf_printing.NO_FONTS
    )


def test_nothing_to_print_asks_for_nothing(monkeypatch: pytest.MonkeyPatch, document: Path) -> None:
    use(monkeypatch, None)
    document.with_suffix(".pdf").write_bytes(pdf_printing.settled(PRINTED, document.read_bytes()))
    assert pdf_printing.print_documents([document], quiet) == pdf_printing.Batch()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for LibreOffice is a shell script")
def test_what_cannot_be_printed_is_counted_and_the_rest_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document: Path
) -> None:
    (tmp_path / "printed").write_bytes(PRINTED)
    other = tmp_path / "乙局.docx"
    other.write_bytes(b"other")
    only_first = f'for last; do :; done\ncp "{tmp_path}/printed" "$(dirname "$last")/0000.pdf"'
    use(monkeypatch, program(tmp_path, only_first))
    done = pdf_printing.print_documents([document, other], quiet)
    assert done.written == (document,)
    assert "1 份" in done.failure
    assert pdf_printing.is_current(document)
    assert not other.with_suffix(".pdf").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for LibreOffice is a shell script")
def test_libreoffice_that_hangs_is_ended_with_everything_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document: Path
) -> None:
    use(monkeypatch, program(tmp_path, f'sleep 300 & echo $! > "{tmp_path}/child"\nwait'))
    monkeypatch.setattr(pdf_printing, "_START_SECONDS", 1)
    monkeypatch.setattr(pdf_printing, "_EACH_SECONDS", 0)
    begun = time.monotonic()
    done = pdf_printing.print_documents([document], quiet)
    assert time.monotonic() - begun < 60
    assert (done.written, "1 份" in done.failure) == ((), True)
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


@pytest.mark.libreoffice
def test_libreoffice_prints_the_real_report_the_same_twice(form: Form, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    report = load_real_report().as_report(form, "001")
    document = tmp_path / f"{report.agency}.docx"
    document.write_bytes(render(compile_layout(build_layout(form), form), report))
    first = pdf_printing.print_documents([document], quiet)
    assert first == pdf_printing.Batch((document,))
    printed = document.with_suffix(".pdf").read_bytes()
    assert b"/StructTreeRoot" in printed
    assert b"CJK" in printed
    document.with_suffix(".pdf").unlink()
    pdf_printing.print_documents([document], quiet)
    assert document.with_suffix(".pdf").read_bytes() == printed
    assert pdf_printing.print_documents([document], quiet) == pdf_printing.Batch()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".docx", ".pdf"]
