"""Word reports go in; the same as PDF come out, printed by LibreOffice where it is installed.

Starting LibreOffice costs seconds and a document about one, so documents go in batches and only where they changed. A PDF
carries the digest of its document as its identifier (``/ID``), and a fixed date: the file itself says whether it is still
right, and the same document gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.machine.durable import read_whole
from pipeline.machine.libreoffice import convert, find_program
from pipeline.publishing.document_paths import PDF
from pipeline.publishing.files import write_if_changed

_TAGGED = '{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
_FILTERS = {".docx": f"pdf:writer_pdf_Export:{_TAGGED}", ".xlsx": f"pdf:calc_pdf_Export:{_TAGGED}"}
"""Tagged, so that a screen reader finds headings and tables."""
_BATCH = 25
_START_SECONDS, _EACH_SECONDS = 90, 15
"""Patience with one start and with each document; a busy office computer needs a tenth of it."""
_TAIL = 1024
_DATE = re.compile(rb"(/CreationDate\(D:)\d{14}")
_ID = re.compile(rb"/ID \[ <([0-9A-F]{32})>\s*<[0-9A-F]{32}> \]")
_CHECKSUM = re.compile(rb"(/DocChecksum /)[0-9A-F]{32}")
_NO_DATE = b"19800101000000"

NO_PROGRAM = (
    "没有生成 PDF：这台电脑上没有 LibreOffice。请安装 LibreOffice 后加 --pdf 再运行一次；其他结果已经写好。"
)
NO_FONTS = (
    "没有生成 PDF：这台电脑上没有中文字体，印出来会是空白方框。请安装中文字体（例如 fonts-noto-cjk）"
    "后加 --pdf 再运行一次；其他结果已经写好。"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of printing: the documents whose PDF had to be written, and in a sentence why some have none."""

    written: tuple[Path, ...] = ()
    failure: str = ""


def is_current(document: Path) -> bool:
    """Whether the PDF beside ``document`` was printed from what stands there now."""
    printed = document.with_suffix(PDF)
    if not printed.is_file() or not document.is_file():
        return False
    with printed.open("rb") as file:
        file.seek(max(0, printed.stat().st_size - _TAIL))
        found = _ID.search(file.read())
    return found is not None and found[1] == _identifier(read_whole(document))


def current(folder: Path, documents: Sequence[Path]) -> dict[str, str]:
    """Map those of ``documents`` that have a PDF of what they say now to it, both relative to ``folder``."""
    return {
        document.relative_to(folder).as_posix(): document.with_suffix(PDF).relative_to(folder).as_posix()
        for document in documents
        if is_current(document)
    }


def print_documents(
    documents: Sequence[Path],
    advance: Callable[[int], None],
    put: Callable[[Path, bytes], object] = write_if_changed,
) -> Batch:
    """Print those of ``documents`` whose PDF is not current, beside them. Never raises for what LibreOffice does.

    ``put`` puts a file in its place.
    """
    waiting = [document for document in documents if not is_current(document)]
    if not waiting:
        return Batch()
    program = find_program()
    if program is None or not has_chinese_fonts():
        return Batch(failure=NO_FONTS if program else NO_PROGRAM)
    written: list[Path] = []
    for start in range(0, len(waiting), _BATCH):
        written += _print_batch(program, waiting[start : start + _BATCH], put)
        advance(len(written))
    lacking = len(waiting) - len(written)
    failure = f"有 {lacking} 份报告没有转成 PDF：LibreOffice 没有按时完成。其他结果已经写好，请加 --pdf 再运行一次。"
    return Batch(tuple(written), failure if lacking else "")


def has_chinese_fonts() -> bool:
    """Whether fontconfig knows a Chinese font; systems without fontconfig bring their own."""
    lister = shutil.which("fc-list")
    if lister is None:
        return True
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=False)  # noqa: S603
    return listed.returncode != 0 or bool(listed.stdout.strip())


def _print_batch(
    program: str, documents: Sequence[Path], put: Callable[[Path, bytes], object]
) -> Iterator[Path]:
    """Print in one start, in a folder of our own: no lock files beside the reports, no profile of a user disturbed."""
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        copies = {
            folder / f"{number:04}{document.suffix}": document for number, document in enumerate(documents)
        }
        for copy, document in copies.items():
            shutil.copyfile(document, copy)
        patience = _START_SECONDS + _EACH_SECONDS * len(copies)
        for suffix in dict.fromkeys(copy.suffix for copy in copies):
            own = [copy for copy in copies if copy.suffix == suffix]
            convert(program, own, folder, _FILTERS[suffix], seconds=patience)
        for copy, document in copies.items():
            printed = copy.with_suffix(PDF)
            if printed.is_file():
                content = settled(read_whole(printed), read_whole(copy))
                put(document.with_suffix(PDF), content)
                yield document


def settled(printed: bytes, document: bytes) -> bytes:
    """Return the PDF with a fixed date and with the digest of its document for an identifier; every length stays."""
    identifier = _identifier(document)
    printed = _DATE.sub(lambda found: found[1] + _NO_DATE, printed)
    printed = _CHECKSUM.sub(lambda found: found[1] + identifier, printed)
    return _ID.sub(lambda found: found[0].replace(found[1], identifier), printed)


def _identifier(document: bytes) -> bytes:
    return hashlib.sha256(document).hexdigest()[:32].upper().encode()
