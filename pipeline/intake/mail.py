"""The bytes of an e-mail go in; its sender, its time and its spreadsheets come out.

Names arrive in every encoding that Chinese mail programs ever used: RFC 2231, RFC 2047, or bare GBK bytes.
"""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr, parsedate_to_datetime

from pipeline.intake import guard
from pipeline.intake.archive import ARCHIVES, SPREADSHEETS, has_suffix, unpack
from pipeline.model import CHINA

_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as far as it matters: ``spreadsheets`` are (name, bytes), ``others`` names of other attachments."""

    sender: str | None
    message_id: str | None
    received_at: datetime | None
    spreadsheets: tuple[tuple[str, bytes], ...]
    others: tuple[str, ...]


def open_mail(content: bytes) -> Mail | None:
    """Take a mail apart; None where it is no mail."""
    try:
        message = email.message_from_bytes(content, policy=_POLICY)
        if not message.keys():
            return None
        attachments = list(_attachments(message))
        spreadsheets: list[tuple[str, bytes]] = []
        others: list[str] = []
        for name, data in attachments:
            found = _spreadsheets(name, data)
            spreadsheets += found
            if not found:
                others.append(name)
        return Mail(
            _sender(message),
            _header(message, "Message-ID") or None,
            _date(message),
            tuple(_distinct(spreadsheets)),
            tuple(others),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard parser raises these on mails that no program writes


def _attachments(message: Message) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():
        name = _filename(part)
        if part.is_multipart() or not name:
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and part.get_content_maintype() != "image":
            yield name, data


def _spreadsheets(name: str, data: bytes) -> list[tuple[str, bytes]]:
    inner = unpack(data)
    if inner:
        return [(f"{name}/{entry}", content) for entry, content in inner]
    if has_suffix(name, SPREADSHEETS | ARCHIVES):
        return [(name, data)]
    return [(name, data)] if data.startswith(_CONTAINERS) and guard.inspect(data).kind else []


def _distinct(found: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Tell attachments of one name apart by numbering the later ones."""
    seen: dict[str, int] = {}
    for name, data in found:
        seen[name] = count = seen.get(name, 0) + 1
        yield (name if count == 1 else f"{count}_{name}"), data


def _filename(part: Message) -> str:
    name = part.get_filename()
    return _decoded(name).replace("\\", "/").rpartition("/")[2].strip() if name else ""


def _sender(message: Message) -> str | None:
    return parseaddr(_header(message, "From"))[1].lower() or None


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    return "" if value is None else " ".join(_decoded(value).split())


def _decoded(value: str) -> str:
    """Decode RFC 2047 words."""
    try:
        parts = decode_header(value)
    except (ValueError, LookupError):
        return value
    return "".join(part if isinstance(part, str) else _text(part, charset) for part, charset in parts)


def _text(part: bytes, charset: str | None) -> str:
    if charset is None:
        return part.decode("raw-unicode-escape", "replace")  # how decode_header returns what was not encoded
    wider = "gb18030" if charset.lower() in {"gb2312", "gbk"} else charset
    for encoding in (wider, "utf-8", "gb18030"):
        try:
            return part.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return part.decode("latin-1")


class _BareNames(Compat32):
    """The plain policy, but bytes beyond ASCII in headers are text, as many programs mean them."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the signature of the base class
        raw = value.encode("utf-8", "surrogateescape")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        return raw.decode("latin-1")


_POLICY = _BareNames()
