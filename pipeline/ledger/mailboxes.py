"""A mailbox's name goes in; the place up to which it was read, and what is owed of it, comes out (RFC 3501: a UID under a UIDVALIDITY)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline.ledger.store import Ledger, stored


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
