"""A mail of a mail server goes in; what it reports of a letter comes out, as the ledger takes it."""

from __future__ import annotations

from pipeline.ledger import letters
from pipeline.model import Message, SenderProof
from pipeline.wording.messages import bounce_in_words


def report_of(message: Message) -> letters.BounceRecord:
    """Return what ``message`` says of a letter that did not arrive; only what is proven is its origin."""
    bounce, sender = message.bounce, (message.sender or "").casefold()
    origin = sender.rpartition("@")[2] if message.proof is SenderProof.VERIFIED else ""
    if bounce is None:
        return letters.BounceRecord(message.sha256, message.subject, message.received_at, origin=origin)
    return letters.BounceRecord(
        message.sha256,
        bounce.subject or message.subject,
        message.received_at,
        bounce.letter,
        bounce.recipient,
        bounce_in_words(bounce),
        origin,
    )
