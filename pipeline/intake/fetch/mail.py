"""The bytes of an e-mail go in; its sender, its time and its spreadsheets come out.

Names arrive in every encoding that Chinese mail programs ever used: RFC 2231, RFC 2047, or bare GBK bytes. A forwarded
mail is opened like a folder, whether it is nested as a message or attached as an .eml file.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from pipeline.intake.documents.looks_like import may_be_report
from pipeline.intake.documents.recognising import SUFFIXES
from pipeline.intake.fetch import origin, tnef
from pipeline.intake.fetch.archive import ARCHIVES, MAILS, MAX_FILES, SPREADSHEETS, has_suffix, unpack
from pipeline.intake.fetch.bounce import bounce_of
from pipeline.intake.fetch.headers import content_of, filename, header, parsed, parts_in, parts_of, text_in
from pipeline.intake.fetch.mail_words import words_of
from pipeline.intake.fetch.names import plain_name, unlike
from pipeline.intake.guard.package import MAX_BYTES
from pipeline.model import Bounce, Reason, SenderProof

MAX_DEPTH = 9
"""Mails within mails, and what is in the last of them: longer chains of forwarding seldom hold what is not in the outer ones. The next is named."""
MAX_INFLATED = 5 * MAX_BYTES
"""Bytes that the archives of one mail may unpack to, together."""
MAX_FOREIGN, MAX_FOREIGN_BYTES = 20, 2 * 1024 * 1024
"""Files of one mail, and their bytes together, that are called spreadsheets and are none: each is kept and answered."""
_LONGEST_ID = 998
"""Characters of a Message-ID: those of a line (RFC 5322)."""
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MOST_DOCUMENTS = 20
_NAMELESS, _NAMELESS_MAIL = "未命名附件", "未命名邮件.eml"
_OPENED = SPREADSHEETS | ARCHIVES | MAILS | SUFFIXES
_SEALED = frozenset(
    {
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "multipart/encrypted",
        "message/external-body",
        "message/partial",
    }
)
"""What is encrypted, is signed so that nothing can be seen of it, lies elsewhere, or is one piece of several mails."""
_BROKEN = "内容断开、无法拆分的附件"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as far as it matters: ``spreadsheets`` are (name, bytes), ``others`` names of other attachments.

    ``sealed`` are names of what nobody could look into, where there is no spreadsheet: a table may be in it.
    ``words`` are the first of what a person wrote, where there is no spreadsheet.
    """

    sender: str | None
    message_id: str | None
    subject: str
    received_at: datetime | None
    spreadsheets: tuple[tuple[str, bytes], ...]
    others: tuple[str, ...]
    automatic: Reason | None = None
    failed_checks: tuple[str, ...] = ()
    bounce: Bounce | None = None
    proof: SenderProof = SenderProof.UNCHECKED
    words: str = ""
    sealed: tuple[str, ...] = ()


def open_mail(content: bytes, *, authserv_id: str = "") -> Mail | None:
    """Take a mail apart; None where it is no mail. ``authserv_id`` names the server whose checks of origin are believed."""
    message = parsed(content)
    return _opened(message, authserv_id) if message else None


def _opened(message: Message, authserv_id: str) -> Mail:
    automatic = origin.written_by_machine(message)
    spreadsheets: list[tuple[str, bytes]] = []
    others: list[str] = []
    documents: list[tuple[str, bytes]] = []
    room = MAX_INFLATED
    foreign = _Foreign()
    depth = (
        0 if automatic is Reason.BOUNCE else MAX_DEPTH
    )  # the letter that did not arrive is none of ours to open
    cut: list[str] = []
    for name, data in _attachments(message, depth):
        if not data and has_suffix(name, MAILS):
            cut.append(name)
        inside, rest = _spreadsheets(name, data, room)
        others += rest[: MAX_FILES - len(others)]
        room -= sum(len(content) for _, content in inside)
        found = [(named, content) for named, content in inside if foreign.takes(content)]
        if len(found) < len(inside) and len(others) < MAX_FILES:
            others.append(name)
            if not found:
                continue
        if found and len(spreadsheets) + len(found) <= MAX_FILES:
            spreadsheets += found
        elif not data.startswith(tnef.MAGIC) and len(others) < MAX_FILES:
            others.append(name)
            if has_suffix(name, SUFFIXES):
                documents.append((name, data))
    if not spreadsheets:  # a report as a document counts where no template came along
        spreadsheets = [item for item in documents[:_MOST_DOCUMENTS] if may_be_report(*item)]
        taken = {name for name, _ in spreadsheets}
        others = [name for name in others if name not in taken]
    sealed = () if spreadsheets else tuple(dict.fromkeys([*_sealed(message, depth), *cut]))[:MAX_FILES]
    others += [name for name in sealed if name not in others]
    proof, failed_checks = origin.proof(message, authserv_id)
    return Mail(
        origin.sender_of(message),
        header(message, "Message-ID")[:_LONGEST_ID] or None,
        plain_name(header(message, "Subject")),
        origin.arrived_at(message),
        tuple(_distinct(spreadsheets)),
        tuple(others),
        automatic,
        failed_checks,
        bounce_of(message) if automatic is Reason.BOUNCE else None,
        proof,
        "" if spreadsheets or automatic else words_of(message),
        sealed,
    )


def _sealed(message: Message, depth: int) -> Iterator[str]:
    """Yield what to call each part that is encrypted, lies elsewhere, or cannot be taken apart."""
    for part in parts_of(message, with_mails=depth > 0):
        if part.get_content_type() in _SEALED:
            yield filename(part) or next(filter(None, map(filename, parts_in(part))), _NAMELESS)
        elif part.get_content_maintype() == "multipart" and text_in(part).strip() and not filename(part):
            yield _BROKEN


@dataclass(slots=True)
class _Foreign:
    """Counts what is called a spreadsheet and is none by its content."""

    files: int = 0
    size: int = 0

    def takes(self, content: bytes) -> bool:
        """Whether ``content`` is to be kept."""
        if content.startswith((*_CONTAINERS, tnef.MAGIC)):
            return True
        self.files += 1
        self.size += len(content)
        return self.files <= MAX_FOREIGN and self.size <= MAX_FOREIGN_BYTES


def _attachments(message: Message, depth: int) -> Iterator[tuple[str, bytes]]:
    for part in parts_of(message, with_mails=depth > 0):
        inner = _forwarded(part)
        if inner is not None:
            if depth > 1:
                yield from _attachments(inner, depth - 1)
            elif depth:  # a table may be in it, which is not looked for
                yield filename(part) or _NAMELESS_MAIL, b""
            continue
        name, data = filename(part), _data_of(part)
        if part.is_multipart() and not data:
            continue
        if part.get_content_maintype() == "image" and not _is_no_picture(name, data):
            continue
        if name or data.startswith((*_CONTAINERS, tnef.MAGIC)):
            yield name or _NAMELESS, data


def _is_no_picture(name: str, data: bytes) -> bool:
    """Whether what is declared as a picture is something else by its name or its content."""
    return has_suffix(name, _OPENED) or data.startswith((*_CONTAINERS, tnef.MAGIC))


def _data_of(part: Message) -> bytes:
    """Return what a part holds; of one declared as a mail and none, what was encoded in it."""
    inner = next(iter(parts_in(part)), None) if part.get_content_type() == "message/rfc822" else None
    return content_of(part) if inner is None or inner.keys() else _unwrapped(text_in(inner))


def _forwarded(part: Message) -> Message | None:
    """Return the mail inside a part that is a file, or one that a program wrongly encoded; ``parts_of`` enters the rest."""
    if part.get_content_type() == "message/rfc822":
        data = _data_of(part)
    elif has_suffix(filename(part), MAILS):
        data = content_of(part)
    else:
        return None
    return parsed(data)


def _unwrapped(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _spreadsheets(name: str, data: bytes, room: int) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return what is to be judged in an attachment, and the names of what else an archive holds."""
    inner = unpack(data, room)
    if not inner:
        return _by_itself(name, data), []
    found = [(f"{name}/{entry.path}", entry.content) for entry in inner.sheets]
    others = [f"{name}/{path}" for path in inner.others]
    for entry in inner.mails:
        message = parsed(entry.content)
        parts = list(_attachments(message, MAX_DEPTH)) if message else []
        tables = [
            (f"{name}/{entry.path}/{part}", content)
            for part, own in parts
            for _, content in _by_itself(part, own)
        ]
        found += tables
        others += [] if tables else [f"{name}/{entry.path}"]
    return found, others


def _by_itself(name: str, data: bytes) -> list[tuple[str, bytes]]:
    if has_suffix(name, SPREADSHEETS | ARCHIVES):
        return [(name, data)]
    if data.startswith(tnef.MAGIC):
        return [(name, data)] if tnef.holds_files(data) else []
    if not data.startswith(_CONTAINERS):
        return []
    from pipeline.intake.guard import inspection as guard  # noqa: PLC0415 - who makes a job of a mail does not open it

    return [(name, data)] if guard.inspect(data).kind else []


def _distinct(found: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Tell attachments of one name apart by numbering the later ones; a file that a chain carries twice is one."""
    several = list(dict.fromkeys(found))
    names, used = {name for name, _ in several}, set[str]()
    for name, data in several:
        yield unlike(name, used, names), data
