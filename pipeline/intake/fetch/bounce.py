"""A report of a mail server goes in; which letter did not arrive, at whom, and why in the server's words, comes out (RFC 3464)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from pipeline.intake.fetch.headers import POLICY, header, parts_in, parts_of, safely, text_in
from pipeline.model import Bounce

_LONGEST = 300
"""Characters of a server's explanation; the rest is its own log."""


def bounce_of(message: Message) -> Bounce | None:
    """Read a report of failure; None where the mail is none, or only says that a letter is late or has arrived."""
    parts = list(parts_of(message))
    failed = next(
        (block for block in _recipients(parts) if header(block, "Action").lower() == "failed"), None
    )
    if failed is None:
        return None
    recipient = header(failed, "Original-Recipient") or header(failed, "Final-Recipient")
    words = _last(header(failed, "Diagnostic-Code")) or header(failed, "Status")
    return Bounce(_letter(message, parts), _last(recipient), words[:_LONGEST])


def _recipients(parts: list[Message]) -> Iterator[Message]:
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            yield from parts_in(part)


def _letter(message: Message, parts: list[Message]) -> str:
    """Return the Message-ID of the letter, from its returned headers, else from what the report refers to."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            original = next(iter(parts_in(part)), None)
        else:
            original = _headers(text_in(part)) if kind == "text/rfc822-headers" else None
        if original is not None and header(original, "Message-ID"):
            return header(original, "Message-ID")
    return header(message, "In-Reply-To")


def _headers(text: str) -> Message | None:
    return safely(lambda: HeaderParser(policy=POLICY).parsestr(text), None)


def _last(field: str) -> str:
    """Return the value of a field such as ``rfc822; a@x.cn``."""
    return field.partition(";")[2].strip() or field
