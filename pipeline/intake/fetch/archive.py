"""The bytes of a zip go in; its spreadsheets, its mails and the names of all else come out, within limits on number, size, ratio, names and nesting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from zipfile import ZipInfo

from pipeline.intake.documents.looks_like import may_be_report
from pipeline.intake.documents.recognising import SUFFIXES
from pipeline.intake.fetch.names import plain_name, unlike
from pipeline.intake.guard import package
from pipeline.intake.guard.refusal import Refused
from pipeline.model import CHINA

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".et", ".ett"})
ARCHIVES = frozenset({".zip", ".rar", ".7z"})
MAILS = frozenset({".eml"})
_OPENED = SPREADSHEETS | ARCHIVES | MAILS | SUFFIXES
MAX_NESTING = 2
"""Archives within archives: one for the mail program, one for the clerk's own packing."""
MAX_FILES = 1000
"""Spreadsheets of one mail or archive; whoever forwards those of a whole city sends some hundreds. An archive that holds more
stays packed and is refused by the guard."""
_CLUTTER = ("thumbs.db", "desktop.ini", "readme")
_FOLDERS_OF_SYSTEMS = frozenset({"__macosx", "lost+found", "system volume information", "$recycle.bin"})
"""What stands at the top of an archive or a disk; those of a disk let nobody in."""


def is_clutter(name: str) -> bool:
    """Say whether a file name is the system's or an editor's, not an agency's."""
    lower = name.lower()
    return lower.startswith((".", "~$", *_CLUTTER)) or lower in _FOLDERS_OF_SYSTEMS


def has_suffix(name: str, suffixes: frozenset[str]) -> bool:
    """Say whether ``name`` ends in one of ``suffixes``, in any case."""
    return PurePosixPath(name).suffix.lower() in suffixes


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file of an archive; ``made`` is when it was last changed, in seconds since the epoch, 0 where the archive does not say."""

    path: str
    content: bytes
    made: float = 0.0


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive holds: spreadsheets (and what stays packed), mails, and the paths of everything else."""

    sheets: tuple[ArchiveEntry, ...] = ()
    mails: tuple[ArchiveEntry, ...] = ()
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to judge."""
        return bool(self.sheets or self.mails)


def unpack(content: bytes, room: int = package.MAX_INFLATED, *, with_documents: bool = False) -> Unpacked:
    """Open a plain zip; nothing comes of anything else, or of one beyond the limits.

    Where there is no spreadsheet, reports that came as documents are sheets; every document is ``with_documents``.

    Archives inside are opened down to ``MAX_NESTING`` levels; what stays packed is a sheet, so that its sender
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


def _unpack(content: bytes, room: _Room, depth: int, *, with_documents: bool = False) -> Unpacked:
    opened = _archive(content)
    if opened is None or not room.takes(sum(info.file_size for info in opened.entries.values())):
        return Unpacked()
    sheets: list[ArchiveEntry] = []
    mails: list[ArchiveEntry] = []
    documents: list[ArchiveEntry] = []
    others: list[str] = []
    used: set[str] = set()
    try:
        for key, info in opened.entries.items():
            parts = _parts_of(package.entry_name(info))
            if not parts or info.is_dir() or any(map(is_clutter, parts)):
                continue
            path = unlike(plain_name("/".join(parts)), used)
            if not has_suffix(path, _OPENED):
                others.append(path)
                continue
            entry = ArchiveEntry(path, opened.inflate(key), _made(info))
            is_nested = depth and has_suffix(path, ARCHIVES)
            inner = (
                _unpack(entry.content, room, depth - 1, with_documents=with_documents)
                if is_nested
                else Unpacked()
            )
            if inner:
                sheets += [_within(path, item) for item in inner.sheets]
                mails += [_within(path, item) for item in inner.mails]
                others += [f"{path}/{name}" for name in inner.others]
            else:
                kind = (
                    mails if has_suffix(path, MAILS) else documents if has_suffix(path, SUFFIXES) else sheets
                )
                kind.append(entry)
            if len(sheets) + len(mails) > MAX_FILES:
                return Unpacked()
    except Refused:
        return Unpacked()
    taken = [
        item
        for item in documents
        if with_documents or (not sheets and may_be_report(item.path, item.content))
    ]
    others += [item.path for item in documents if item not in taken]
    return Unpacked(_in_order([*sheets, *taken]), _in_order(mails), tuple(sorted(others)))


def _parts_of(name: str) -> list[str]:
    """Split a path; what Windows leaves away behind a name, blanks and dots, hides no suffix."""
    parts = (part.strip().rstrip(". \u3000") for part in name.replace("\\", "/").split("/"))
    return [part for part in parts if part]


def _within(path: str, entry: ArchiveEntry) -> ArchiveEntry:
    return replace(entry, path=f"{path}/{entry.path}")


def _in_order(entries: list[ArchiveEntry]) -> tuple[ArchiveEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.path, entry.content)))


def _made(info: ZipInfo) -> float:
    """Return when an entry was last changed; the first moment that a zip can name is what programs write that do not know."""
    try:
        moment = datetime(*info.date_time, tzinfo=CHINA)
    except ValueError:
        return 0.0
    return moment.timestamp() if info.date_time > _NO_TIME else 0.0


_NO_TIME = (1980, 1, 1, 23, 59, 59)


def _archive(content: bytes) -> package.Package | None:
    """Open a zip that is no document of its own and within the limits."""
    if not content.startswith(b"PK"):
        return None
    try:
        opened = package.open_package(content, is_archive=True)
        package.kind_of(opened)
    except Refused as refused:
        return opened if refused.finding.facts.get("kind") == package.ARCHIVE else None
    return None
