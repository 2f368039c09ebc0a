"""The headers of a mail go in; who sent it, when it arrived, whether a machine wrote it and what is doubtful come out.

What stands in headers is the sender's claim, except what the district's own server wrote on top of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from pipeline.model import CHINA, LOOP_HEADER, Reason

_ROBOTS = ("mailer-daemon@", "postmaster@")
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "junk"})
_LIST_PRECEDENCE = frozenset({"bulk", "list"})
_AUTOMATIC_SUBJECTS = ("自动回复", "自动答复", "automatic reply", "auto reply", "autoreply", "out of office")
_COMMENT = re.compile(r"\([^()]*\)")
_CHECK = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*(\w+)", re.IGNORECASE)
_FAILED = frozenset({"fail", "hardfail"})


def header(message: Message, name: str) -> str:
    """Return a header as one line of text, empty where it is absent."""
    value = message.get(name)
    return "" if value is None else " ".join(decoded(value).split())


def sender_of(message: Message) -> str | None:
    """Return the one address in From, in lower case; None where there is none or more than one to choose from.

    The address is taken before names are decoded: a name may spell out an address that is not the sender's.
    """
    written = [" ".join(value.split()) for value in message.get_all("From", [])]
    found = {address.lower() for _, address in getaddresses(written) if "@" in address}
    return found.pop() if len(found) == 1 else None


def arrived_at(message: Message) -> datetime | None:
    """Return when the district's server received the mail (the topmost Received), else when its sender says it was sent."""
    received = message.get_all("Received", [])
    stamped = _moment(decoded(received[0]).rpartition(";")[2]) if received else None
    return stamped or _moment(header(message, "Date"))


def written_by_machine(message: Message) -> Reason | None:
    """Say what kind of machine wrote the mail, None for a person (RFC 3834 and what Chinese mail services do)."""
    if header(message, LOOP_HEADER):
        return Reason.OWN_LETTER
    sender = sender_of(message) or ""
    kind = str(message.get_param("report-type") or "").lower()
    if sender.startswith(_ROBOTS) or (
        message.get_content_type() == "multipart/report" and "delivery" in kind
    ):
        return Reason.BOUNCE
    if header(message, "List-Id") or header(message, "Precedence").lower() in _LIST_PRECEDENCE:
        return Reason.MAILING_LIST
    return Reason.AUTO_REPLY if _is_auto_reply(message) else None


def _is_auto_reply(message: Message) -> bool:
    submitted = header(message, "Auto-Submitted").lower()
    return (
        bool(submitted and submitted.partition(";")[0].strip() != "no")
        or header(message, "Return-Path").replace(" ", "") == "<>"
        or message.get_content_type() == "multipart/report"  # a receipt
        or any(header(message, name) for name in _AUTOMATIC_HEADERS)
        or header(message, "Precedence").lower() in _AUTOMATIC_PRECEDENCE
        or header(message, "Subject").lower().startswith(_AUTOMATIC_SUBJECTS)
    )


def failed_checks(message: Message, authserv_id: str) -> tuple[str, ...]:
    """Name the checks that the server called ``authserv_id`` saw fail (RFC 8601); others' results are anybody's claim.

    Where that server's newest result has DMARC passed, a failed SPF or DKIM beside it does not count: forwarding breaks
    the one and lists break the other, and DMARC is the judgement over both.
    """
    results = [list(_checks(text)) for text in _own_results(message, authserv_id)]
    if results and ("dmarc", "pass") in results[0]:
        return ()
    return tuple(sorted({name for checks in results for name, result in checks if result in _FAILED}))


def _own_results(message: Message, authserv_id: str) -> Iterator[str]:
    for value in message.get_all("Authentication-Results", []) if authserv_id else ():
        server, _, rest = _COMMENT.sub(" ", " ".join(decoded(value).split())).partition(";")
        if server.split()[:1] == [authserv_id] or server.strip().lower() == authserv_id.lower():
            yield rest


def _checks(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        found = _CHECK.match(part)
        if found:
            yield found.group(1).lower(), found.group(2).lower()


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)


def decoded(value: str) -> str:
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


class BareNames(Compat32):
    """The plain policy, but bytes beyond ASCII in headers are text, as many programs mean them."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the signature of the base class
        """Return the value of a header as text."""
        raw = value.encode("utf-8", "surrogateescape")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        return raw.decode("latin-1")
