"""The inbox folder goes in; an envelope for every file an agency sent comes out, in the order of their paths.

Mails and zips are opened: their spreadsheets become envelopes with paths like ``mail.eml/附件.xlsx``. What is plainly
not a spreadsheet is an envelope too, so that its sender gets an answer; every mail is a message besides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.intake.fetch.archive import MAILS, Unpacked, has_suffix, unpack
from pipeline.intake.fetch.inbox_listing import files_sent, why_out_of_reach
from pipeline.intake.fetch.mail import Mail, open_mail
from pipeline.intake.fetch.names import plain_name, unlike
from pipeline.intake.guard.package import MAX_BYTES, TAIL, is_whole, is_workbook
from pipeline.machine.durable import naming_file
from pipeline.model import CHINA, Envelope, FileStat, Message, plausible

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_FROM = re.compile(
    rb"^From:[^\r\n]{0,400}?([!#-;=?-~]{1,64}@[\w.-]{1,190})", re.MULTILINE | re.IGNORECASE | re.ASCII
)
_HEAD = 16_384
"""Bytes of a mail in which its sender is looked for before it is opened."""
MAX_MAIL = 3 * MAX_BYTES
"""Attachments travel as text, a third larger, and there may be two."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the inbox before it is opened; of one that is far too large ``content`` is only the beginning."""

    path: str
    sha256: str
    modified: float
    content: bytes = field(repr=False)
    with_documents: bool = False
    """Whether of an archive the documents are wanted too."""

    @property
    def is_mail(self) -> bool:
        """Whether its name says that it is a mail."""
        return has_suffix(self.path, MAILS)

    @property
    def needs_opening(self) -> bool:
        """Whether there may be files in it; a workbook, which is a zip as well, is told by the names of its parts."""
        return self.is_mail or (self.content.startswith(b"PK") and not is_workbook(self.content))

    @property
    def said_sender(self) -> str:
        """The address that a mail says it is from, as far as that is told without opening it; empty where it is none."""
        found = _FROM.search(self.content, 0, _HEAD) if self.is_mail else None
        return found[1].decode("latin-1").lower() if found else ""


@dataclass(frozen=True, slots=True)
class InboxContents:
    """What lies in the inbox: what came out of the files that were opened, with a glance at each of these by path.

    ``unopened`` are the paths of files that look as they did; ``failed`` says why, by path, an item was not opened to its
    end: it is an envelope as it is.
    """

    envelopes: tuple[Envelope, ...]
    messages: tuple[Message, ...]
    looked: Mapping[str, FileStat]
    unopened: frozenset[str]
    failed: Mapping[str, str] = field(default_factory=dict)
    remainders: Mapping[str, str] = field(default_factory=dict)
    """What archives hold besides, by path: which variant of F01 says what it is."""
    troubles: Mapping[str, str] = field(default_factory=dict)
    """What the coordinator's own computer left or does not let us read, by path, likewise: no agency is to hear of it."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something in an archive that is no spreadsheet and no mail."""

    path: str
    variant: str


Found: TypeAlias = Envelope | Message | Remainder
Opener: TypeAlias = Callable[[Iterable[Item], str], Iterator[tuple[Item, Sequence[Found] | str]]]
"""Items and the server's name go in; each item comes out, in any order, with what was in it, or why it was not opened."""


def open_here(items: Iterable[Item], authserv_id: str) -> Iterator[tuple[Item, Sequence[Found] | str]]:
    """Open ``items`` in this process."""
    for item in items:
        yield item, contents_of(item, authserv_id)


def fetch(
    inbox: Path,
    *,
    authserv_id: str = "",
    known: Mapping[str, FileStat] | None = None,
    opener: Opener = open_here,
    keep: Callable[[Envelope], Envelope] = lambda envelope: envelope,
) -> InboxContents:
    """Collect what lies in ``inbox`` and its folders; nothing is changed or moved.

    ``authserv_id`` is what the district's own mail server calls itself in Authentication-Results. A file that still
    looks as it did when it was opened, as ``known`` has it by path, is not opened again. One file is in hand at a time:
    ``keep`` stores what came out of it, and returns what is remembered of it here.
    """
    looked: dict[str, FileStat] = {}
    unopened: list[str] = []
    troubles: dict[str, str] = {}
    failed: dict[str, str] = {}

    def items() -> Iterator[Item]:
        files, out_of_reach = files_sent(inbox)
        troubles.update((plain_name(name), variant) for name, variant in out_of_reach.items())
        used: set[str] = set()
        for name, path in files:
            relative = unlike(plain_name(name), used)
            try:
                look = _look_of(path)
                if known and known.get(relative) == look:
                    unopened.append(relative)
                    continue
                trouble = trouble_of(path)
                if trouble:
                    troubles[relative] = trouble
                    continue
                item = _item(path, relative)
                looked[relative] = look
            except OSError as error:
                if variant := why_out_of_reach(path, error):
                    troubles[relative] = variant
                continue
            yield item

    came: list[Found] = []
    for item, found in opener(items(), authserv_id):
        if isinstance(found, str):
            failed[item.path] = found
        whole_or_parts = [whole(item)] if isinstance(found, str) else found
        came += [keep(one) if isinstance(one, Envelope) else one for one in whole_or_parts]
    came.sort(key=lambda one: one.path)
    return InboxContents(
        tuple(one for one in came if isinstance(one, Envelope)),
        tuple(one for one in came if isinstance(one, Message)),
        looked,
        frozenset(unopened),
        failed,
        {one.path: one.variant for one in came if isinstance(one, Remainder)},
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
_ZIP_START = b"PK\x03\x04"


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
        stream.seek(max(0, size - TAIL))
        return "" if is_whole(stream.read(), size) else "unfinished"


def _look_of(path: Path) -> FileStat:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def open_file(
    path: Path, opener: Opener = open_here, *, with_documents: bool = False
) -> tuple[tuple[Envelope, ...], str]:
    """Return what is to be judged in one file, wherever it lies, and why it was not opened, if it was not.

    Of a mail without a table that is the mail; ``with_documents``: of an archive the documents too. Raises OSError.
    """
    item = replace(_item(path, plain_name(path.name)), with_documents=with_documents)
    [(_, found)] = opener([item], "")
    if isinstance(found, str):
        return (whole(item),), found
    return tuple(one for one in found if isinstance(one, Envelope)) or (whole(item),), ""


def _item(path: Path, relative: str) -> Item:
    is_mail = has_suffix(path.name, MAILS)
    with naming_file(path), path.open("rb") as stream:
        content = stream.read((MAX_MAIL if is_mail else MAX_BYTES) + 1)  # enough for the guard to refuse
        digest = hashlib.sha256(content)
        while more := stream.read(MAX_BYTES):
            digest.update(more)
    return Item(relative, digest.hexdigest(), path.stat().st_mtime, content)


def contents_of(item: Item, authserv_id: str = "") -> tuple[Found, ...]:
    """Open one item: a mail with its files, the spreadsheets of an archive, or the file itself."""
    if item.is_mail and len(item.content) > MAX_MAIL:
        return (whole(item),)  # it is not all here: what would be missing nobody would ask for
    mail = open_mail(item.content, authserv_id=authserv_id) if item.is_mail else None
    if mail:
        return tuple(_from_mail(mail, item.path, item.sha256, item.modified))
    inner = unpack(item.content, with_documents=item.with_documents)
    return tuple(_from_archive(inner, item, authserv_id)) or (whole(item),)


def _from_archive(inner: Unpacked, item: Item, authserv_id: str) -> Iterator[Found]:
    if not inner:
        return
    received = day_of_folder(item.path)
    order = received.timestamp() if received else item.modified
    for entry in inner.sheets:
        sheet = _envelope(entry.content, f"{item.path}/{entry.path}", received, order)
        yield replace(sheet, made=entry.made)
    for entry in inner.mails:
        own = open_mail(entry.content, authserv_id=authserv_id)
        where, digest = f"{item.path}/{entry.path}", hashlib.sha256(entry.content).hexdigest()
        if own:
            yield from _from_mail(own, where, digest, entry.made or item.modified)
        else:
            yield Remainder(where, "beside")
    for other in inner.others:
        yield Remainder(f"{item.path}/{other}", "outlook" if has_suffix(other, _OUTLOOK) else "beside")


def whole(item: Item) -> Envelope:
    """Return the envelope of a file that is judged as it is."""
    received = day_of_folder(item.path)
    order = received.timestamp() if received else item.modified
    name = PurePosixPath(item.path).name
    return Envelope(item.content, item.sha256, name, item.path, "folder", received_at=received, order=order)


def _from_mail(mail: Mail, relative: str, digest: str, modified: float) -> Iterator[Found]:
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
        words=mail.words,
        sealed=mail.sealed,
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


def day_of_folder(relative: str) -> datetime | None:
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
