"""The ledger goes in; the district workbook that went up last comes out, as figures.

Delivered is what was sent or handed over by a person, whether or not there is a mail server: a workbook that lies in a
folder corrects nothing. Its figures are kept with the letter that carries it. Letters of a program that did not keep them
are read once, and never again.
"""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from pipeline.ledger import Ledger, campaign, letters
from pipeline.ledger.campaign import DeliveryRecord
from pipeline.letter import LetterKind
from pipeline.publishing.summary.background import Delivered

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_SUFFIX = ".xlsx"
_FORMER_PROGRAM = "（以前的版本，没有记录签发人）"


def delivered_upto(ledger: Ledger, year: int, number: int) -> Delivered | None:
    """Return the last of the first ``number`` deliveries of the campaign, None if there was none."""
    found = campaign.last_delivered(ledger, year, number)
    return as_delivered(found) if found else None


def as_delivered(found: DeliveryRecord) -> Delivered:
    """Return a delivery as the workbook compares with it."""
    return Delivered(found.at, found.figures, found.names)


def remember_deliveries(ledger: Ledger, form: Form, year: int) -> None:
    """Keep the figures of deliveries that left before figures were kept."""
    known = {item.letter for item in campaign.deliveries(ledger, year)}
    gone = [
        item
        for item in letters.of_year(ledger, year)
        if item.kind == LetterKind.DELIVERY and item.state.is_gone and item.key not in known
    ]
    if not gone:
        return
    from pipeline.publishing.summary.reread import delivered_in  # noqa: PLC0415 - only for what an older program sent

    for letter in sorted(gone, key=lambda item: item.intended_at):
        message = message_from_bytes(letters.content(ledger, letter), policy=policy.default)
        for content in _workbooks(message):
            found = delivered_in(form, content, letter.intended_at)
            figures = {code: tuple(numbers) for code, numbers in found.figures.items()}
            number = campaign.number_of_deliveries(ledger, year) + 1
            kept = DeliveryRecord(
                letter.key, letter.intended_at, hashlib.sha256(content).hexdigest(), figures, found.names,
                _FORMER_PROGRAM, letter.settled_at, number=number if figures else None,
            )  # fmt: skip
            campaign.intend_delivery(ledger, year, kept)


def _workbooks(message: EmailMessage) -> list[bytes]:
    parts = message.iter_attachments()
    found = [part.get_content() for part in parts if (part.get_filename() or "").endswith(_SUFFIX)]
    return [content for content in found if isinstance(content, bytes)]
