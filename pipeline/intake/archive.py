"""The bytes of a zip of spreadsheets go in; the spreadsheets come out, one level deep, within the guard's limits."""

from __future__ import annotations

from pathlib import PurePosixPath

from pipeline.intake import package
from pipeline.intake.refusal import Refused

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".et", ".ett"})
ARCHIVES = frozenset({".zip", ".rar", ".7z"})
_CLUTTER = ("thumbs.db", "desktop.ini", "readme")


def is_clutter(name: str) -> bool:
    """Say whether a file name is the system's or an editor's, not an agency's."""
    lower = name.lower()
    return lower.startswith((".", "~$", *_CLUTTER)) or lower == "__macosx"


def has_suffix(name: str, suffixes: frozenset[str]) -> bool:
    """Say whether ``name`` ends in one of ``suffixes``, in any case."""
    return PurePosixPath(name).suffix.lower() in suffixes


def unpack(content: bytes) -> list[tuple[str, bytes]]:
    """List the spreadsheets in a plain zip: path and bytes; empty for anything else or beyond the limits."""
    if not content.startswith(b"PK"):
        return []
    try:
        opened = package.open_package(content)
    except Refused:
        return []
    try:
        package.kind_of(opened)
    except Refused as refused:
        is_archive = refused.finding.facts.get("kind") == package.ARCHIVE
        return _spreadsheets(opened) if is_archive else []
    return []


def _spreadsheets(opened: package.Package) -> list[tuple[str, bytes]]:
    found = []
    try:
        package.refuse_excess(opened)
        for key, info in opened.entries.items():
            parts = [part for part in package.entry_name(info).replace("\\", "/").split("/") if part]
            if parts and has_suffix(parts[-1], SPREADSHEETS) and not any(map(is_clutter, parts)):
                found.append(("/".join(parts), opened.inflate(key)))
    except Refused:
        return []
    return sorted(found)
