"""The bytes of a file go in; what it is, by content and not by name, or why it is refused, comes out.

The guard looks before any parser does: two cells in opposite corners of a 16 kB workbook abort one parser and
hang another, and neither leaves a finding behind. Refusals cost milliseconds and say their reason.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from pipeline.intake.fetch import tnef
from pipeline.intake.guard import ole, package
from pipeline.intake.guard.extents import within_extents
from pipeline.intake.guard.refusal import Refused, not_a_workbook
from pipeline.intake.read.book import GuardedBook, open_book
from pipeline.intake.read.cellxml import refuse_much
from pipeline.intake.read.xlsx_styles import CellLooks
from pipeline.model import Finding

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"\x1f\x8b", ".gz"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"{\\rtf", "RTF 文档"),
)
_TEXT_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the guard found: ``kind`` is xlsx, xlsb, ods or xls; exactly one of ``kind`` and ``refusal`` is set.

    ``package`` is what the reader gets: exactly the parts that were looked at; of an xlsx it is made from ``book``.
    ``sheets`` holds the XML of each sheet of an xlsx by its name, for what the fast reader does not show: error cells and
    formulas (see ``cellxml``); ``looks`` its styles and shared texts.
    """

    kind: str = ""
    refusal: Finding | None = None
    remarks: tuple[Finding, ...] = ()
    package: bytes = field(default=b"", repr=False)
    book: GuardedBook | None = field(default=None, repr=False)
    sheets: Mapping[str, bytes] = field(default_factory=dict)
    looks: CellLooks = field(default_factory=CellLooks)
    clipped: frozenset[str] = frozenset()
    """Names of the sheets of which the cells that lie too far out were cut away."""


def inspect(content: bytes, seldom: Collection[str] = ()) -> Inspection:
    """Say what ``content`` is and whether it may be opened; sheets of the names ``seldom`` wait to be read. Never raises."""
    try:
        return _inspect(content, seldom)
    except Refused as refused:
        return Inspection(refusal=refused.finding)


def _inspect(content: bytes, seldom: Collection[str]) -> Inspection:
    if not content:
        raise Refused("empty")
    if len(content) > package.MAX_BYTES:
        raise Refused("too_large")
    if content.startswith(ole.MAGIC):
        return Inspection(ole.kind_of(content))
    if content.startswith(_ZIP):
        return _inspect_zip(content, seldom)
    if content.startswith(tnef.MAGIC):
        raise Refused("winmail")
    raise not_a_workbook(sniff(content))


def _inspect_zip(content: bytes, seldom: Collection[str]) -> Inspection:
    opened = package.open_package(content)
    kind = package.kind_of(opened)
    parts = package.inflate_all(opened)
    remarks: tuple[Finding, ...] = ()
    if any(name.startswith(_MACROS) for name in parts):
        remarks = (Finding.found("F01", variant="macros"),)
    pictures = sum(map(package.is_picture, opened.entries))
    if pictures:
        remarks += (Finding.found("F01", variant="pictures", facts={"count": pictures}),)
    if kind != "xlsx":
        return Inspection(kind, remarks=remarks, package=package.rebuilt(opened, parts))
    whole = open_book(parts, seldom)
    book = replace(
        whole,
        sheets=tuple(
            sheet if sheet.is_near else replace(sheet, xml=within_extents(sheet.xml))
            for sheet in whole.sheets
        ),
    )
    refuse_much(sheet.xml for sheet in book.sheets)
    return Inspection(
        kind,
        remarks=remarks,
        book=book,
        sheets={sheet.name: sheet.xml for sheet in book.sheets},
        looks=CellLooks(book.styles, book.strings),
        clipped=frozenset(
            near.name for near, far in zip(book.sheets, whole.sheets, strict=True) if near.xml is not far.xml
        ),
    )


def sniff(content: bytes) -> str:
    """Name what a file that is neither zip nor OLE seems to be."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    sample = content[:_TEXT_SAMPLE]
    head = sample.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<table", b"<meta")):
        return "网页文件"
    if head.startswith(b"<?xml"):
        return "网页文件" if b"<html" in head else "XML 文件"
    return "文本文件" if _is_text(sample) else "无法识别的文件"


def _is_text(sample: bytes) -> bool:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 9 for byte in sample):  # noqa: PLR2004 - control characters that no text holds
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            getincrementaldecoder(encoding)().decode(sample)  # a sample may end inside a character
        except UnicodeDecodeError:
            continue
        return True
    return False
