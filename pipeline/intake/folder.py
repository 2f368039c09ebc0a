"""The inbox folder goes in; an envelope for every file an agency sent comes out, in the order of their paths.

Mails and zips are opened: their spreadsheets become envelopes with paths like ``mail.eml/附件.xlsx``. What is plainly
not a spreadsheet is an envelope too, so that its sender gets an answer; a mail without any is reported apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pipeline.intake.archive import is_clutter, unpack
from pipeline.intake.guard import MAX_BYTES
from pipeline.intake.mail import Mail, open_mail
from pipeline.model import CHINA, Envelope

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_MAIL_SUFFIX = ".eml"
_MAX_MAIL = 3 * MAX_BYTES
"""Attachments travel as text, a third larger, and there may be two."""


@dataclass(frozen=True, slots=True)
class NotASubmission:
    """A file in the inbox that holds nothing to judge, and why."""

    path: str
    sha256: str
    sender: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies in the inbox."""

    envelopes: tuple[Envelope, ...]
    empties: tuple[NotASubmission, ...]


def fetch(inbox: Path) -> Fetched:
    """Collect what lies in ``inbox`` and its folders; nothing is changed or moved."""
    found: list[Envelope | NotASubmission] = []
    for path in _files(inbox):
        relative = path.relative_to(inbox).as_posix()
        try:
            found += _open(path, relative)
        except OSError:
            found.append(NotASubmission(relative, "", None, "文件无法读取，可能正被其他程序打开"))
    return Fetched(
        tuple(item for item in found if isinstance(item, Envelope)),
        tuple(item for item in found if isinstance(item, NotASubmission)),
    )


def open_file(path: Path) -> tuple[Envelope, ...]:
    """Return what is to be judged in one file, wherever it lies. Raises OSError."""
    return tuple(item for item in _open(path, path.name) if isinstance(item, Envelope))


def _files(inbox: Path) -> list[Path]:
    paths = [
        path
        for path in inbox.rglob("*")
        if not any(is_clutter(part) for part in path.relative_to(inbox).parts) and path.is_file()
    ]
    return sorted(paths, key=lambda path: path.relative_to(inbox).as_posix())


def _open(path: Path, relative: str) -> Iterator[Envelope | NotASubmission]:
    is_mail = path.suffix.lower() == _MAIL_SUFFIX
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        content = stream.read((_MAX_MAIL if is_mail else MAX_BYTES) + 1)  # enough for the guard to refuse
    modified = path.stat().st_mtime
    mail = open_mail(content) if is_mail else None
    if mail:
        yield from _from_mail(mail, relative, digest, modified)
        return
    received = _date_of(relative)
    inner = unpack(content)
    for name, data in inner:
        yield _envelope(data, f"{relative}/{name}", received, modified)
    if not inner:
        order = received.timestamp() if received else modified
        yield Envelope(content, digest, path.name, relative, "folder", received_at=received, order=order)


def _from_mail(
    mail: Mail, relative: str, digest: str, modified: float
) -> Iterator[Envelope | NotASubmission]:
    for name, data in mail.spreadsheets:
        yield _envelope(data, f"{relative}/{name}", mail.received_at, modified, mail)
    if not mail.spreadsheets:
        others = f"，附件是：{'、'.join(mail.others)}" if mail.others else "，也没有其他附件"
        yield NotASubmission(relative, digest, mail.sender, f"邮件中没有电子表格{others}")


def _envelope(
    content: bytes, path: str, received: datetime | None, modified: float, mail: Mail | None = None
) -> Envelope:
    return Envelope(
        content,
        hashlib.sha256(content).hexdigest(),
        PurePosixPath(path).name,
        path,
        "mail" if mail else "folder",
        mail.sender if mail else None,
        mail.message_id if mail else None,
        received,
        received.timestamp() if received else modified,
    )


def _date_of(relative: str) -> datetime | None:
    """Return the day a folder on the way is named after."""
    for part in reversed(PurePosixPath(relative).parts[:-1]):
        found = _DATE.fullmatch(part)
        if found:
            year, month, day = map(int, found.groups())
            try:
                return datetime(year, month, day, tzinfo=CHINA)
            except ValueError:
                continue
    return None
