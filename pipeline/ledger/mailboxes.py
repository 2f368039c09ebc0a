"""A mailbox's name goes in; the place up to which it was read, and what is owed of it, comes out (RFC 3501: a UID under a UIDVALIDITY).

Also since when it could not be read, and why: what is known of a campaign is of before that. And since when nothing can be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored, stored_moment


@dataclass(frozen=True, slots=True)
class Outage:
    """A mail server that cannot be worked with: since which run, and why, in the words of the last one."""

    since: datetime
    reason: str


_FETCHING = (EventKind.MAILBOX_UNREAD, EventKind.MAILBOX_READ)
_SENDING = (EventKind.SENDING_FAILED, EventKind.SENDING_WORKS)


def position(ledger: Ledger, name: str) -> tuple[int, int] | None:
    """Return (UIDVALIDITY, UID) up to which the mailbox ``name`` was read; None if never."""
    row = ledger.one("SELECT uidvalidity, uid FROM mailboxes WHERE name = ?", (name,))
    return (row["uidvalidity"], row["uid"]) if row else None


def owed(ledger: Ledger, name: str) -> dict[int, date]:
    """Return the UIDs up to that place which the server did not hand over, each with the day of the first request."""
    rows = ledger.rows("SELECT uid, since FROM owed_mails WHERE mailbox = ? ORDER BY uid", (name,))
    return {row["uid"]: stored(date.fromisoformat, row["since"]) for row in rows}


def remember(
    ledger: Ledger, name: str, uidvalidity: int, uid: int, owed_since: Mapping[int, date] | None = None
) -> None:
    """Record that the mailbox ``name`` was read up to ``uid``, and what is owed; the mail itself must be stored before."""
    with ledger.transaction("the place moves only after the mail is stored"):
        ledger.write(
            "INSERT INTO mailboxes (name, uidvalidity, uid) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid",
            (name, uidvalidity, uid),
        )
        ledger.write("DELETE FROM owed_mails WHERE mailbox = ?", (name,))
        ledger.write_many(
            "INSERT INTO owed_mails (mailbox, uid, since) VALUES (?, ?, ?)",
            [(name, number, day.isoformat()) for number, day in (owed_since or {}).items()],
        )


def note(ledger: Ledger, year: int, failure: str, *, at: datetime) -> None:
    """Record that the mailbox was not read to its end, and why; an empty ``failure`` says that it was, or is not to be."""
    _note(ledger, year, _FETCHING, failure, at)


def unread(ledger: Ledger, year: int) -> Outage | None:
    """Return since when the mailbox has not been read for the campaign of ``year``; None where the last run read it."""
    return _outage(ledger, year, _FETCHING)


def note_sending(ledger: Ledger, year: int, failure: str, *, at: datetime) -> None:
    """Record that the server could not be worked with, and why; an empty ``failure`` says that it took letters, or is not to be asked."""
    _note(ledger, year, _SENDING, failure, at)


def unable_to_send(ledger: Ledger, year: int) -> Outage | None:
    """Return since when no letter of the campaign of ``year`` can leave; None where the server took what it was last offered."""
    return _outage(ledger, year, _SENDING)


_Ends = tuple[EventKind, EventKind]
"""What says that a server fails, and that it works again."""


def _note(ledger: Ledger, year: int, ends: _Ends, failure: str, at: datetime) -> None:
    known = _outage(ledger, year, ends)
    if failure == (known.reason if known else ""):
        return
    fails, works = ends
    with ledger.transaction("who reads of the campaign must know up to when"):
        record(ledger, [Event(at, year, fails if failure else works, detail=failure)])


def _outage(ledger: Ledger, year: int, ends: _Ends) -> Outage | None:
    fails, works = ends
    rows = ledger.rows(
        "SELECT at, detail FROM events WHERE year = ? AND kind = ? AND id >"
        " (SELECT coalesce(max(id), 0) FROM events WHERE year = ? AND kind = ?) ORDER BY id",
        (year, fails, year, works),
    )
    return Outage(stored_moment(rows[0]["at"]), rows[-1]["detail"]) if rows else None
