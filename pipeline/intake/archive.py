"""The bytes of a zip of spreadsheets go in; the spreadsheets come out, within limits on number, size, ratio, names and nesting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.intake import package
from pipeline.intake.documents.looks_like import may_be_report
from pipeline.intake.documents.opening import SUFFIXES
from pipeline.intake.names import plain_name
from pipeline.intake.refusal import Refused

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".et", ".ett"})
ARCHIVES = frozenset({".zip", ".rar", ".7z"})
_OPENED = SPREADSHEETS | ARCHIVES | SUFFIXES
MAX_NESTING = 2
"""Archives within archives: one for the mail program, one for the clerk's own packing."""
MAX_FILES = 1000
"""Spreadsheets of one archive; one that holds more stays packed and is refused by the guard."""
_CLUTTER = ("thumbs.db", "desktop.ini", "readme")


def is_clutter(name: str) -> bool:
    """Say whether a file name is the system's or an editor's, not an agency's."""
    lower = name.lower()
    return lower.startswith((".", "~$", *_CLUTTER)) or lower == "__macosx"


def has_suffix(name: str, suffixes: frozenset[str]) -> bool:
    """Say whether ``name`` ends in one of ``suffixes``, in any case."""
    return PurePosixPath(name).suffix.lower() in suffixes


def unpack(
    content: bytes, room: int = package.MAX_INFLATED, *, with_documents: bool = False
) -> list[tuple[str, bytes]]:
    """List the spreadsheets in a plain zip: path and bytes; empty for anything else or beyond the limits.

    Where there is none, reports that came as documents are listed; every document is with ``with_documents``.

    Archives inside are opened down to ``MAX_NESTING`` levels; what stays packed is listed as it is, so that its sender
    gets an answer. Everything together must inflate to no more than ``room`` bytes.
    """
    return _unpack(content, _Room(room), MAX_NESTING, with_documents=with_documents)


@dataclass(slots=True)
class _Room:
    """What may still be inflated."""

    left: int

    def takes(self, size: int) -> bool:
        self.left -= size
        return self.left >= 0


def _unpack(
    content: bytes, room: _Room, depth: int, *, with_documents: bool = False
) -> list[tuple[str, bytes]]:
    opened = _archive(content)
    if opened is None or not room.takes(sum(info.file_size for info in opened.entries.values())):
        return []
    found: list[tuple[str, bytes]] = []
    documents: list[tuple[str, bytes]] = []
    try:
        for key, info in opened.entries.items():
            parts = [part for part in package.entry_name(info).replace("\\", "/").split("/") if part]
            if not parts or any(map(is_clutter, parts)) or not has_suffix(parts[-1], _OPENED):
                continue
            if has_suffix(parts[-1], SUFFIXES):
                documents.append((plain_name("/".join(parts)), opened.inflate(key)))
                continue
            path, data = plain_name("/".join(parts)), opened.inflate(key)
            inner = (
                _unpack(data, room, depth - 1, with_documents=with_documents)
                if depth and has_suffix(path, ARCHIVES)
                else []
            )
            found += [(f"{path}/{name}", inside) for name, inside in inner] or [(path, data)]
            if len(found) > MAX_FILES:
                return []
    except Refused:
        return []
    if with_documents:
        return sorted([*found, *documents])
    return sorted(found or (item for item in documents if may_be_report(*item)))


def _archive(content: bytes) -> package.Package | None:
    """Open a zip that is no document of its own and within the limits."""
    if not content.startswith(b"PK"):
        return None
    try:
        opened = package.open_package(content)
        package.kind_of(opened)
    except Refused as refused:
        return opened if refused.finding.facts.get("kind") == package.ARCHIVE else None
    return None
