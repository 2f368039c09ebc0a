"""The inbox folder goes in; an envelope for every file an agency sent comes out, in the order of their paths.

Mails and zips are opened: their spreadsheets become envelopes with paths like ``mail.eml/附件.xlsx``. What is plainly
not a spreadsheet is an envelope too, so that its sender gets an answer; every mail is a message besides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.intake.archive import MAILS, has_suffix, is_clutter, unpack
from pipeline.intake.guard import MAX_BYTES
from pipeline.intake.mail import Mail, open_mail
from pipeline.intake.names import plain_name
from pipeline.model import CHINA, Envelope, Glance, Message, plausible

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
MAX_MAIL = 3 * MAX_BYTES
"""Attachments travel as text, a third larger, and there may be two."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies in the inbox: what came out of the files that were opened, with a glance at each of these by path.

    ``unopened`` are the paths of files that look as they did, ``locked`` of those that could not be read.
    """

    envelopes: tuple[Envelope, ...]
    messages: tuple[Message, ...]
    looked: Mapping[str, Glance]
    unopened: frozenset[str]
    locked: tuple[str, ...]
    remainders: Mapping[str, str] = field(default_factory=dict)
    """What archives hold besides, by path: which variant of F01 says what it is."""
    troubles: Mapping[str, str] = field(default_factory=dict)
    """What the coordinator's own computer left, by path, likewise: no agency is to hear of it."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something in an archive that is no spreadsheet and no mail."""

    path: str
    variant: str


_Found: TypeAlias = Envelope | Message | Remainder


def fetch(inbox: Path, *, authserv_id: str = "", known: Mapping[str, Glance] | None = None) -> Fetched:
    """Collect what lies in ``inbox`` and its folders; nothing is changed or moved.

    ``authserv_id`` is what the district's own mail server calls itself in Authentication-Results. A file that still
    looks as it did when it was opened, as ``known`` has it by path, is not opened again.
    """
    found: list[_Found] = []
    looked: dict[str, Glance] = {}
    unopened: list[str] = []
    locked: list[str] = []
    troubles: dict[str, str] = {}
    for path in _files(inbox):
        relative = plain_name(path.relative_to(inbox).as_posix())
        try:
            trouble = trouble_of(path)
            if trouble:
                troubles[relative] = trouble
                continue
            glance = _glance(path)
            if known and known.get(relative) == glance:
                unopened.append(relative)
                continue
            found += _open(path, relative, authserv_id)
            looked[relative] = glance
        except FileNotFoundError:
            continue  # taken away since the folder was listed
        except OSError:  # perhaps another program has it open
            locked.append(relative)
    return Fetched(
        tuple(item for item in found if isinstance(item, Envelope)),
        tuple(item for item in found if isinstance(item, Message)),
        looked,
        frozenset(unopened),
        tuple(locked),
        {item.path: item.variant for item in found if isinstance(item, Remainder)},
        troubles,
    )


_UNFINISHED = frozenset(
    {
        ".crdownload",
        ".part",
        ".partial",
        ".download",
        ".downloading",
        ".opdownload",
        ".td",
        ".xltd",
        ".tmp",
        ".temp",
        ".!ut",
    }
)
_SHORTCUTS = frozenset({".lnk", ".url", ".website", ".desktop"})
_OUTLOOK = frozenset({".msg", ".oft", ".pst"})
_ZIP_START, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_ZIP_TAIL = 65_557
"""Bytes within which the end of a zip names itself (a comment may follow)."""


def trouble_of(path: Path) -> str:
    """Say what the coordinator's computer has made of a file: half of one, a shortcut, a mail of Outlook; empty where nothing is wrong."""
    for suffixes, variant in ((_UNFINISHED, "unfinished"), (_SHORTCUTS, "shortcut"), (_OUTLOOK, "outlook")):
        if has_suffix(path.name, suffixes):
            return variant
    size = path.stat().st_size
    if size == 0:
        return "unfinished"
    with path.open("rb") as stream:
        if stream.read(len(_ZIP_START)) != _ZIP_START:
            return ""
        stream.seek(max(0, size - _ZIP_TAIL))
        return "" if _ZIP_END in stream.read() else "unfinished"


def _glance(path: Path) -> Glance:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def open_file(path: Path, *, with_documents: bool = False) -> tuple[Envelope, ...]:
    """Return what is to be judged in one file, wherever it lies: of a mail without a table the mail; of an archive the documents too.

    Raises OSError.
    """
    name = plain_name(path.name)
    opened = _open(path, name, with_documents=with_documents)
    found = tuple(item for item in opened if isinstance(item, Envelope))
    return found or (_envelope(path.read_bytes()[: MAX_MAIL + 1], name, None, 0.0),)


def _files(inbox: Path) -> list[Path]:
    paths = [
        path
        for path in inbox.rglob("*")
        if not any(is_clutter(part) for part in path.relative_to(inbox).parts)
        and path.is_file()
        and _lies_within(path, inbox)
    ]
    return sorted(paths, key=lambda path: path.relative_to(inbox).as_posix())


def _lies_within(path: Path, inbox: Path) -> bool:
    """Whether a link, if it is one, stays within the inbox: what lies elsewhere was not sent to us."""
    return not path.is_symlink() or path.resolve().is_relative_to(inbox.resolve())


def _open(
    path: Path, relative: str, authserv_id: str = "", *, with_documents: bool = False
) -> Iterator[_Found]:
    is_mail = has_suffix(path.name, MAILS)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        content = stream.read((MAX_MAIL if is_mail else MAX_BYTES) + 1)  # enough for the guard to refuse
    modified = path.stat().st_mtime
    mail = open_mail(content, authserv_id=authserv_id) if is_mail else None
    if mail:
        yield from _from_mail(mail, relative, digest, modified)
        return
    received = _date_of(relative)
    order = received.timestamp() if received else modified
    inner = unpack(content, with_documents=with_documents)
    for entry in inner.sheets:
        yield replace(_envelope(entry.content, f"{relative}/{entry.path}", received, order), made=entry.made)
    for entry in inner.mails:
        own = open_mail(entry.content, authserv_id=authserv_id)
        where = f"{relative}/{entry.path}"
        if own:
            yield from _from_mail(
                own, where, hashlib.sha256(entry.content).hexdigest(), entry.made or modified
            )
        else:
            yield Remainder(where, "beside")
    for other in inner.others:
        yield Remainder(f"{relative}/{other}", "outlook" if has_suffix(other, _OUTLOOK) else "beside")
    if not inner:
        yield Envelope(
            content,
            digest,
            PurePosixPath(relative).name,
            relative,
            "folder",
            received_at=received,
            order=order,
        )


def _from_mail(mail: Mail, relative: str, digest: str, modified: float) -> Iterator[_Found]:
    order = mail.received_at.timestamp() if mail.received_at else modified
    files = [(f"{relative}/{name}", data) for name, data in mail.spreadsheets]
    yield Message(
        path=relative,
        sha256=digest,
        sender=mail.sender,
        message_id=mail.message_id,
        subject=mail.subject,
        received_at=mail.received_at,
        order=order,
        files=tuple(path for path, _ in files),
        others=mail.others,
        automatic=mail.automatic,
        failed_checks=mail.failed_checks,
        bounce=mail.bounce,
        proof=mail.proof,
    )
    for path, data in files:
        yield replace(
            _envelope(data, path, mail.received_at, order),
            source="mail",
            sender=mail.sender,
            message_id=mail.message_id,
            failed_checks=mail.failed_checks,
            proof=mail.proof,
        )


def _envelope(content: bytes, path: str, received: datetime | None, order: float) -> Envelope:
    digest = hashlib.sha256(content).hexdigest()
    name = PurePosixPath(path).name
    return Envelope(content, digest, name, path, "folder", received_at=received, order=order)


def _date_of(relative: str) -> datetime | None:
    """Return the day a folder on the way is named after."""
    for part in reversed(PurePosixPath(relative).parts[:-1]):
        found = _DATE.fullmatch(part)
        if found:
            year, month, day = map(int, found.groups())
            try:
                named = plausible(datetime(year, month, day, tzinfo=CHINA))
            except ValueError:
                continue
            if named:
                return named
    return None
