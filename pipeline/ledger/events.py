"""Something that happened goes in, once and for good; the story of a year or of an agency comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.ledger.store import Ledger, stored

if TYPE_CHECKING:
    from sqlite3 import Row


class EventKind(StrEnum):
    """What can happen."""

    MAIL = "mail"
    ARRIVED = "arrived"
    REPEATED = "repeated"
    MOVED = "moved"
    BACK = "back"
    JUDGED = "judged"
    DECIDED = "decided"
    DECISION_REVOKED = "decision_revoked"
    ROSTER = "roster"
    ROSTER_LEFT = "roster_left"
    LETTER_INTENDED = "letter_intended"
    LETTER_SENT = "letter_sent"
    LETTER_DELAYED = "letter_delayed"
    LETTER_FAILED = "letter_failed"
    LETTER_HANDED = "letter_handed"
    LETTER_WITHDRAWN = "letter_withdrawn"
    LETTER_READDRESSED = "letter_readdressed"
    LETTER_TAKEN_BACK = "letter_taken_back"
    LETTER_AGAIN = "letter_again"
    LETTER_STOPPED = "letter_stopped"
    LETTER_DOUBTED = "letter_doubted"
    LETTER_EDITED = "letter_edited"
    BOUNCED = "bounced"
    BOUNCE_UNCLEAR = "bounce_unclear"
    DELIVERY_SIGNED = "delivery_signed"
    OUTPUT_KEPT = "output_kept"
    OUTPUT_BLOCKED = "output_blocked"
    IMPORTED = "imported"
    DEADLINE = "deadline"
    MAILBOX_UNREAD = "mailbox_unread"
    MAILBOX_READ = "mailbox_read"
    SENDING_FAILED = "sending_failed"
    SENDING_WORKS = "sending_works"
    # By earlier programs alone; all of these are decisions now. Nothing writes them any more, and a ledger that holds one cannot be read without it.
    WAIVED = "waived"
    WAIVER_WITHDRAWN = "waiver_withdrawn"
    DISMISSED = "dismissed"
    DISMISSAL_WITHDRAWN = "dismissal_withdrawn"
    RELEASED = "released"
    RELEASE_WITHDRAWN = "release_withdrawn"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``detail`` is a code, a path or a key, according to ``kind``."""

    at: datetime
    year: int
    kind: EventKind
    agency: str | None = None
    envelope: int | None = None
    detail: str = ""


def record(ledger: Ledger, events: Iterable[Event]) -> None:
    """Add ``events``; within a transaction, with the change they tell of."""
    ledger.write_many(
        "INSERT INTO events (at, year, kind, agency, envelope, detail) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (item.at.isoformat(), item.year, item.kind.value, item.agency, item.envelope, item.detail)
            for item in events
        ],
    )


def story(ledger: Ledger, year: int, *, kind: EventKind | None = None) -> list[Event]:
    """Return what happened in the campaign of ``year``, oldest first; only of one ``kind``, if given."""
    rows = ledger.rows(
        "SELECT at, year, kind, agency, envelope, detail FROM events"
        " WHERE year = ? AND (? IS NULL OR kind = ?) ORDER BY id",
        (year, kind, kind),
    )
    return [stored(_event, row) for row in rows]


def _event(row: Row) -> Event:
    return Event(
        datetime.fromisoformat(row["at"]),
        row["year"],
        EventKind(row["kind"]),
        row["agency"],
        row["envelope"],
        row["detail"],
    )
