"""The inbox folder goes in; an envelope for every file an agency sent comes out, in the order of their paths.

Mails and zips are opened: their spreadsheets become envelopes with paths like ``mail.eml/附件.xlsx``. What is plainly
not a spreadsheet is an envelope too, so that its sender gets an answer; every mail is a message besides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.intake.archive import is_clutter, unpack
from pipeline.intake.guard import MAX_BYTES
from pipeline.intake.mail import Mail, open_mail
from pipeline.intake.names import plain_name
from pipeline.model import CHINA, Envelope, Glance, Message, plausible

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_MAIL_SUFFIX = ".eml"
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


_Found: TypeAlias = Envelope | Message


def fetch(inbox: Path, *, authserv_id: str = "", known: Mapping[str, Glance] | None = None) -> Fetched:
    """Collect what lies in ``inbox`` and its folders; nothing is changed or moved.

    ``authserv_id`` is what the district's own mail server calls itself in Authentication-Results. A file that still
    looks as it did when it was opened, as ``known`` has it by path, is not opened again.
    """
    found: list[_Found] = []
    looked: dict[str, Glance] = {}
    unopened: list[str] = []
    locked: list[str] = []
    for path in _files(inbox):
        relative = plain_name(path.relative_to(inbox).as_posix())
        try:
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
    )


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
    is_mail = path.suffix.lower() == _MAIL_SUFFIX
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
    for name, data in inner:
        yield _envelope(data, f"{relative}/{name}", received, order)
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
