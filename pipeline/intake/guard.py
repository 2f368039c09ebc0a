"""The bytes of a file go in; what it is, by content and not by name, or why it is refused, comes out.

The guard looks before any parser does: two cells in opposite corners of a 16 kB workbook abort one parser and
hang another, and neither leaves a finding behind. Refusals cost milliseconds and say their reason.
"""

from __future__ import annotations

import html
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.intake import ole, package, tnef
from pipeline.intake.extents import within_extents
from pipeline.intake.looks import Looks
from pipeline.intake.refusal import Refused, hostile, not_a_workbook
from pipeline.model import Finding, Severity

MAX_BYTES = 20 * 1024 * 1024
MAX_SHEETS = 60
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
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

    ``sheets`` holds the XML of each sheet of an xlsx by its name, for what the fast reader does not show:
    error cells and formulas (see ``cellxml``); ``looks`` its styles and shared texts.
    """

    kind: str = ""
    refusal: Finding | None = None
    remarks: tuple[Finding, ...] = ()
    sheets: Mapping[str, bytes] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    clipped: Mapping[str, bytes] = field(default_factory=dict)
    """Parts, by their names in lower case, without the cells that lie too far out: only so may a parser see them."""


def inspect(content: bytes) -> Inspection:
    """Say what ``content`` is and whether it may be opened; never raises."""
    try:
        return _inspect(content)
    except Refused as refused:
        return Inspection(refusal=refused.finding)


def _inspect(content: bytes) -> Inspection:
    if not content:
        raise Refused("empty")
    if len(content) > MAX_BYTES:
        raise Refused("too_large")
    if content.startswith(ole.MAGIC):
        return Inspection(ole.kind_of(content))
    if content.startswith(_ZIP):
        return _inspect_zip(content)
    if content.startswith(tnef.MAGIC):
        raise Refused("winmail")
    raise not_a_workbook(sniff(content))


def _inspect_zip(content: bytes) -> Inspection:
    opened = package.open_package(content)
    kind = package.kind_of(opened)
    parts = package.inflate_all(opened)
    remarks: tuple[Finding, ...] = ()
    if any(name.startswith(_MACROS) for name in parts):
        remarks = (Finding("F01", Severity.INFO, variant="macros"),)
    pictures = sum(map(package.is_picture, opened.entries))
    if pictures:
        remarks += (Finding("F01", Severity.INFO, variant="pictures", facts={"count": pictures}),)
    if kind != "xlsx":
        return Inspection(kind, remarks=remarks)
    far = {
        name: kept
        for name, data in parts.items()
        if b"sheetData" in data and (kept := within_extents(data)) is not data
    }
    parts.update(far)
    sheets, targets = _sheets(parts)
    shared = {kind: parts.get(target, b"") for kind, target in targets}
    looks = Looks(shared.get("styles", b""), shared.get("sharedStrings", b""))
    return Inspection(kind, remarks=remarks, sheets=sheets, looks=looks, clipped=far)


def _sheets(parts: Mapping[str, bytes]) -> tuple[dict[str, bytes], Iterable[tuple[str, str]]]:
    """Map the name of each sheet to its XML; and return what the workbook relates to, by kind."""
    roots = _relations(parts, "").values()
    book = next((target for kind, target in roots if kind == "officeDocument"), "xl/workbook.xml")
    targets = _relations(parts, book)
    sheets: dict[str, bytes] = {}
    declared = _SHEET.findall(parts.get(book, b""))
    if len(declared) > MAX_SHEETS:
        raise hostile("工作表过多")
    for raw in declared:
        attributes = _attributes(raw)
        relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        _, target = targets.get(relation, ("", ""))
        sheets[attributes.get("name", "")] = parts.get(target, b"")
    return sheets, targets.values()


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Map the relations of ``part`` (the package itself: empty) to the last word of their type and their target."""
    folder, _, name = part.rpartition("/")
    found: dict[str, tuple[str, str]] = {}
    for raw in _RELATION.findall(parts.get(f"{folder}/_rels/{name}.rels".removeprefix("/"), b"")):
        attributes = _attributes(raw)
        target = attributes.get("Target", "").replace("\\", "/").lower()
        full = target if target.startswith("/") else f"{folder}/{target}"
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = kind, full.removeprefix("/")
    return found


def _attributes(raw: bytes) -> dict[str, str]:
    text = raw.decode("utf-8", "replace")
    return {
        found.group(1): html.unescape(found.group(2) or found.group(3) or "")
        for found in _ATTRIBUTE.finditer(text)
    }


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
