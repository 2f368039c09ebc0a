"""A mailbox's name goes in; the place up to which it was read comes out (RFC 3501: a UID under a UIDVALIDITY)."""

from __future__ import annotations

from pipeline.ledger.store import Ledger


def position(ledger: Ledger, name: str) -> tuple[int, int] | None:
    """Return (UIDVALIDITY, UID) up to which the mailbox ``name`` was read; None if never."""
    row = ledger.one("SELECT uidvalidity, uid FROM mailboxes WHERE name = ?", (name,))
    return (row["uidvalidity"], row["uid"]) if row else None


def remember(ledger: Ledger, name: str, uidvalidity: int, uid: int) -> None:
    """Record that the mailbox ``name`` was read up to ``uid``; the mail itself must be stored before."""
    with ledger.transaction("the place moves only after the mail is stored"):
        ledger.write(
            "INSERT INTO mailboxes (name, uidvalidity, uid) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid",
            (name, uidvalidity, uid),
        )
