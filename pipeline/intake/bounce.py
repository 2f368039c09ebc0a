"""A report of a mail server goes in; which letter did not arrive, at whom, and why in the server's words, comes out (RFC 3464)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from pipeline.intake import origin
from pipeline.model import Bounce

_LONGEST = 300
"""Characters of a server's explanation; the rest is its own log."""


def bounce_of(message: Message) -> Bounce | None:
    """Read a report of failure; None where the mail is none, or only says that a letter is late or has arrived."""
    parts = list(message.walk())
    failed = next(
        (block for block in _recipients(parts) if origin.header(block, "Action").lower() == "failed"), None
    )
    if failed is None:
        return None
    recipient = origin.header(failed, "Original-Recipient") or origin.header(failed, "Final-Recipient")
    words = _last(origin.header(failed, "Diagnostic-Code")) or origin.header(failed, "Status")
    return Bounce(_letter(message, parts), _last(recipient), words[:_LONGEST])


def _recipients(parts: list[Message]) -> Iterator[Message]:
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))


def _letter(message: Message, parts: list[Message]) -> str:
    """Return the Message-ID of the letter, from its returned headers, else from what the report refers to."""
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            original = payload[0]
        elif part.get_content_type() == "text/rfc822-headers" and isinstance(payload, str):
            original = HeaderParser().parsestr(payload)
        else:
            continue
        if isinstance(original, Message) and original["Message-ID"]:
            return origin.header(original, "Message-ID")
    return origin.header(message, "In-Reply-To")


def _last(field: str) -> str:
    """Return the value of a field such as ``rfc822; a@x.cn``."""
    return field.partition(";")[2].strip() or field
