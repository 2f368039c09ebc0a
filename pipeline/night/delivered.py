"""The ledger goes in; the figures of the last district workbook that went up come out.

They are read from the workbook that the covering letter carried, as the ledger keeps it.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from pipeline.ledger import Ledger, letters, runs
from pipeline.post import LetterKind, LetterState
from pipeline.publishing.summary import Delivered, figures_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_SUFFIX = ".xlsx"


def last_delivered(ledger: Ledger, form: Form, year: int) -> Delivered | None:
    """Return the last delivery of the campaign, None if there was none.

    A letter written by a night that was then cut off does not count: that night is being done again.
    """
    since = runs.first_unfinished(ledger, year)
    deliveries = [
        item
        for item in letters.of_year(ledger, year)
        if item.kind == LetterKind.DELIVERY
        and item.state not in (LetterState.FAILED, LetterState.WITHDRAWN)
        and (not since or item.intended_at < since)
    ]
    for letter in sorted(deliveries, key=lambda item: item.intended_at, reverse=True):
        message = message_from_bytes(letters.content(ledger, letter), policy=policy.default)
        for content in _workbooks(message):
            figures = figures_of(form, content)
            if figures:
                return Delivered(letter.intended_at, figures)
    return None


def _workbooks(message: EmailMessage) -> list[bytes]:
    parts = message.iter_attachments()
    found = [part.get_content() for part in parts if (part.get_filename() or "").endswith(_SUFFIX)]
    return [content for content in found if isinstance(content, bytes)]
