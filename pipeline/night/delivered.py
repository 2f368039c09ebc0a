"""The ledger goes in; what the last district workbook that went up holds comes out.

It is read from the workbook that the covering letter carried, as the ledger keeps it. Up went what was sent or handed
over by a person, whether or not there is a mail server: a workbook that lies in a folder corrects nothing.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from pipeline.ledger import Ledger, letters
from pipeline.post import LetterKind
from pipeline.publishing.summary import Delivered, delivered_in

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_SUFFIX = ".xlsx"


def last_delivered(ledger: Ledger, form: Form, year: int) -> Delivered | None:
    """Return the last delivery of the campaign, None if there was none."""
    deliveries = [
        item
        for item in letters.of_year(ledger, year)
        if item.kind == LetterKind.DELIVERY and item.state.is_gone
    ]
    for letter in sorted(deliveries, key=lambda item: item.intended_at, reverse=True):
        message = message_from_bytes(letters.content(ledger, letter), policy=policy.default)
        for content in _workbooks(message):
            found = delivered_in(form, content, letter.intended_at)
            if found.figures:
                return found
    return None


def _workbooks(message: EmailMessage) -> list[bytes]:
    parts = message.iter_attachments()
    found = [part.get_content() for part in parts if (part.get_filename() or "").endswith(_SUFFIX)]
    return [content for content in found if isinstance(content, bytes)]
