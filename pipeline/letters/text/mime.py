"""The parts of a letter go in; the bytes of a mail come out, the same for the same parts.

Written for the mail programs of Chinese offices: text in UTF-8, names of attachments once as RFC 2231 (what the standard
asks) and once as RFC 2047 (what older Foxmail, Coremail and Outlook read), no continuation lines inside a name.
"""

from __future__ import annotations

import hashlib
import mimetypes
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.message import Message
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache
from urllib.parse import quote

from pipeline.letter import Attachment
from pipeline.model import CHINA, LOOP_HEADER

_POLICY = Compat32(max_line_length=0, linesep="\r\n")
"""Lines are folded here, where it is known what may be folded."""
_CONTROLS = dict.fromkeys((*range(32), 127), " ")
"""What no header may hold; the Message-ID that a letter answers is whatever its writer chose."""
_LONGEST_WORD = 75
_LINE = 76
"""Characters of a line of base64."""
_PLAIN = "text/plain; charset=utf-8"
_IN_BASE64 = {"Content-Transfer-Encoding": "base64"}
_TYPES: Mapping[str, str] = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def message_id(key: str, domain: str) -> str:
    """Derive the Message-ID from what the letter is for: sent twice, it is one letter to every mail program.

    ``key`` holds something that nobody else knows, so that a report about a letter can only come from who has it.
    """
    return f"<{_digest(key)}@{domain or 'nianbao.invalid'}>"


def build_mail(
    headers: Mapping[str, str],
    text: str,
    attachments: Sequence[Attachment] = (),
    *,
    key: str,
) -> bytes:
    """Build the mail. ``headers`` are plain text, in order; ``key`` makes the boundary."""
    said = {name: encoded(name, value) for name, value in headers.items() if value}
    head = _headed({**said, "MIME-Version": "1.0"})
    body = _Part(_PLAIN, text.replace("\n", "\r\n").encode())
    if not attachments:
        return f"{head}{body}".encode("ascii")
    boundary = f"=_{_digest(key)}"
    several = _headed({"Content-Type": f'multipart/mixed; boundary="{boundary}"'})
    parts = "".join(f"\r\n--{boundary}\r\n{part}" for part in (body, *map(_attached, attachments)))
    return f"{head}{several}{parts}\r\n--{boundary}--\r\n".encode("ascii")


def words_of(content: bytes) -> str | None:
    """Return the text of a mail as ``build_mail`` spells it; None where it is spelled otherwise."""
    _, found, rest = content.partition(_TEXT)
    return a2b_base64(rest.partition(b"\r\n--")[0]).decode() if found else None


def parsed(content: bytes) -> Message:
    """Take a letter of ours apart; spelled again it is the same, byte for byte."""
    return message_from_bytes(content, policy=_POLICY)


def spelled(mail: Message) -> bytes:
    """Return the bytes of a mail."""
    return mail.as_bytes(policy=_POLICY)


@lru_cache(maxsize=64)
def address(name: str, mailbox: str) -> str:
    """Spell a mailbox with the name people see; empty where there is no mailbox."""
    return formataddr((name, mailbox), "utf-8") if mailbox else ""


def date_header(moment: datetime) -> str:
    """Spell a moment in China's time."""
    return format_datetime(moment.astimezone(CHINA))


def encoded(name: str, value: str) -> str:
    """Encode a header as RFC 2047 asks; one that is ASCII, such as an address, stays as it is. No line break and no control survives."""
    value = " ".join(value.translate(_CONTROLS).split())
    return value if value.isascii() else _encoded(name, value)


@lru_cache(maxsize=64)  # many letters say the same of what they are and whom they come from
def _encoded(name: str, value: str) -> str:
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def loop_headers(kind: str, *, is_reply: bool) -> dict[str, str]:
    """Return what tells other machines (RFC 3834) and ourselves not to answer."""
    return {
        "Auto-Submitted": "auto-replied" if is_reply else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER: kind,
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a mail; it is spelled here, because the library writes line by line what is one stretch of base64."""

    kind: str
    content: bytes
    disposition: str = ""

    def __str__(self) -> str:
        heads = {"Content-Type": self.kind, **_IN_BASE64}
        heads |= {"Content-Disposition": self.disposition} if self.disposition else {}
        return f"{_headed(heads)}\r\n{_in_lines(self.content)}"


def _headed(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _in_lines(content: bytes) -> str:
    """Encode as base64, in lines as mail has them."""
    text = b2a_base64(content, newline=False).decode("ascii")
    return "\r\n".join([*[text[at : at + _LINE] for at in range(0, len(text), _LINE)], ""])


_TEXT = f"{_headed({'Content-Type': _PLAIN, **_IN_BASE64})}\r\n".encode()
"""Stands before the text: no header of ours holds a line break."""


def _attached(item: Attachment) -> _Part:
    suffix = "." + item.name.rpartition(".")[2].lower()
    kind = _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    named = f'{kind};\r\n name="{_word(item.name)}"'
    return _Part(named, item.content, f"attachment;\r\n filename*=utf-8''{quote(item.name, safe='')}")


def _word(name: str) -> str:
    """Encode a name in RFC 2047 words, each on a line of its own."""
    if name.isascii():
        return name.replace("\\", "_").replace('"', "_")
    return Header(name, "utf-8").encode(maxlinelen=_LONGEST_WORD, linesep="\r\n")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
