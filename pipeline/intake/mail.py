"""The bytes of an e-mail go in; its sender, its time and its spreadsheets come out.

Names arrive in every encoding that Chinese mail programs ever used: RFC 2231, RFC 2047, or bare GBK bytes. A forwarded
mail is opened like a folder, whether it is nested as a message or attached as an .eml file.
"""

from __future__ import annotations

import base64
import binascii
import email
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from pipeline.intake import guard, origin, tnef
from pipeline.intake.archive import ARCHIVES, SPREADSHEETS, has_suffix, unpack
from pipeline.intake.bounce import bounce_of
from pipeline.intake.guard import MAX_BYTES
from pipeline.intake.names import plain_name, unescaped
from pipeline.model import Bounce, Reason

MAX_DEPTH = 8
"""Mails within mails: longer chains of forwarding hold nothing that is not in the outer ones."""
MAX_FILES = 1000
"""Spreadsheets that one mail may carry; whoever forwards those of a whole city sends some hundreds."""
MAX_INFLATED = 5 * MAX_BYTES
"""Bytes that the archives of one mail may unpack to, together."""
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MAIL_SUFFIX = frozenset({".eml"})
_NAMELESS = "未命名附件"
_UNOPENED = frozenset({Reason.OWN_LETTER, Reason.BOUNCE})
"""What these carry is what nianbao itself sent."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as far as it matters: ``spreadsheets`` are (name, bytes), ``others`` names of other attachments."""

    sender: str | None
    message_id: str | None
    subject: str
    received_at: datetime | None
    spreadsheets: tuple[tuple[str, bytes], ...]
    others: tuple[str, ...]
    automatic: Reason | None = None
    failed_checks: tuple[str, ...] = ()
    bounce: Bounce | None = None


def open_mail(content: bytes, *, authserv_id: str = "") -> Mail | None:
    """Take a mail apart; None where it is no mail. ``authserv_id`` names the server whose checks of origin are believed."""
    try:
        message = email.message_from_bytes(content, policy=_POLICY)
        return _opened(message, authserv_id) if message.keys() else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard parser raises these on mails that no program writes


def _opened(message: Message, authserv_id: str) -> Mail:
    automatic = origin.written_by_machine(message)
    spreadsheets: list[tuple[str, bytes]] = []
    others: list[str] = []
    room = MAX_INFLATED
    for name, data in () if automatic in _UNOPENED else _attachments(message, MAX_DEPTH):
        found, rest = _spreadsheets(name, data, room)
        others += rest
        room -= sum(len(content) for _, content in found)
        if found and len(spreadsheets) + len(found) <= MAX_FILES:
            spreadsheets += found
        elif not data.startswith(tnef.MAGIC):
            others.append(name)
    return Mail(
        origin.sender_of(message),
        origin.header(message, "Message-ID") or None,
        plain_name(origin.header(message, "Subject")),
        origin.arrived_at(message),
        tuple(_distinct(spreadsheets)),
        tuple(others),
        automatic,
        origin.failed_checks(message, authserv_id),
        bounce_of(message) if automatic is Reason.BOUNCE else None,
    )


def _attachments(message: Message, depth: int) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():
        inner = _forwarded(part)
        if inner is not None:
            if depth:
                yield from _attachments(inner, depth - 1)
            continue
        data = None if part.is_multipart() else part.get_payload(decode=True)
        if not isinstance(data, bytes) or part.get_content_maintype() == "image":
            continue
        name = _filename(part)
        if name or data.startswith((*_CONTAINERS, tnef.MAGIC)):
            yield name or _NAMELESS, data


def _forwarded(part: Message) -> Message | None:
    """Return the mail inside a part that is a file, or one that a program wrongly encoded; ``walk`` enters the rest."""
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if not isinstance(inner, Message) or inner.keys():
            return None
        text = inner.get_payload()
        data = _unwrapped(text) if isinstance(text, str) else b""
    elif has_suffix(_filename(part), _MAIL_SUFFIX):
        decoded = part.get_payload(decode=True)
        data = decoded if isinstance(decoded, bytes) else b""
    else:
        return None
    found = email.message_from_bytes(data, policy=_POLICY)
    return found if found.keys() else None


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
        message = email.message_from_bytes(entry.content, policy=_POLICY)
        parts = list(_attachments(message, MAX_DEPTH))
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
    return [(name, data)] if data.startswith(_CONTAINERS) and guard.inspect(data).kind else []


def _distinct(found: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Tell attachments of one name apart by numbering the later ones; a file that a chain carries twice is one."""
    seen: dict[str, int] = {}
    for name, data in dict.fromkeys(found):
        seen[name] = count = seen.get(name, 0) + 1
        yield (name if count == 1 else f"{count}_{name}"), data


def _filename(part: Message) -> str:
    name = part.get_filename()
    if not name:
        return ""
    return plain_name(unescaped(origin.decoded(name)).replace("\\", "/").rpartition("/")[2]).strip()


_POLICY = origin.BareNames()
