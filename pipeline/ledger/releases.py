"""A person's word goes in: a delivery is approved, a correction of what was delivered may go up; what is in force comes out."""

from __future__ import annotations

from datetime import datetime

from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger


def release(ledger: Ledger, year: int, letter: str, *, by: str, reason: str, at: datetime) -> None:
    """Let the correction that ``letter`` (the key of its delivery) carries go up; ``reason`` says why figures were corrected."""
    with ledger.transaction("who let a correction go up, and why, is never in doubt"):
        ledger.write(
            "UPDATE releases SET withdrawn_at = ?, withdrawn_by = ? WHERE year = ? AND letter = ? AND withdrawn_at IS NULL",
            (at.isoformat(), by, year, letter),
        )
        ledger.write(
            "INSERT INTO releases (year, letter, person, reason, given_at) VALUES (?, ?, ?, ?, ?)",
            (year, letter, by, reason, at.isoformat()),
        )
        record(ledger, [Event(at, year, EventKind.RELEASED, detail=f"{letter} {by}：{reason}")])


def withdraw(ledger: Ledger, year: int, letter: str, *, by: str, at: datetime) -> bool:
    """Take a release back, as long as the letter has not left; return whether there was one."""
    if letter not in in_force(ledger, year):
        return False
    with ledger.transaction("a release that is taken back holds no longer"):
        ledger.write(
            "UPDATE releases SET withdrawn_at = ?, withdrawn_by = ? WHERE year = ? AND letter = ? AND withdrawn_at IS NULL",
            (at.isoformat(), by, year, letter),
        )
        record(ledger, [Event(at, year, EventKind.RELEASE_WITHDRAWN, detail=f"{letter} {by}")])
    return True


def in_force(ledger: Ledger, year: int) -> dict[str, tuple[str, str]]:
    """Return who let which correction go up, and why, by the key of its delivery."""
    rows = ledger.rows(
        "SELECT letter, person, reason FROM releases WHERE year = ? AND withdrawn_at IS NULL ORDER BY id",
        (year,),
    )
    return {row["letter"]: (row["person"], row["reason"]) for row in rows}


def sign(ledger: Ledger, year: int, letter: str, *, by: str, reason: str, at: datetime) -> None:
    """Record that ``by`` approved the delivery that ``letter`` carries: now it may leave."""
    with ledger.transaction("what goes up has the name of who approved it"):
        ledger.write(
            "UPDATE deliveries SET signed_by = ?, signed_at = ?, reason = ? WHERE letter = ?",
            (by, at.isoformat(), reason, letter),
        )
        record(ledger, [Event(at, year, EventKind.DELIVERY_SIGNED, detail=f"{letter} {by}")])
