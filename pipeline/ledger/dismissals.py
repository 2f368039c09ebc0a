"""A coordinator's word that a file is no submission goes in: which file, why, by whom; those that hold come out."""

from __future__ import annotations

from datetime import datetime

from pipeline.ledger.events import Event, Kind, record
from pipeline.ledger.store import Ledger
from pipeline.model import Dismissal, Verdict


def waiting(ledger: Ledger, year: int) -> dict[int, str]:
    """Return the path of each file that waits for a person, by its number."""
    rows = ledger.rows(
        "SELECT envelope, path FROM file_states WHERE year = ? AND state = 'judged' AND outcome = ? ORDER BY envelope",
        (year, Verdict.HELD.value),
    )
    return {row["envelope"]: row["path"] for row in rows}


def dismiss(ledger: Ledger, year: int, item: Dismissal) -> None:
    """Record that the file is no submission."""
    with ledger.transaction("a file is dismissed with its event"):
        ledger.write(
            "INSERT INTO dismissals (envelope, reason, person, given_at) VALUES (?, ?, ?, ?)",
            (item.envelope, item.reason, item.person, item.given_at.isoformat()),
        )
        event = Event(item.given_at, year, Kind.DISMISSED, envelope=item.envelope, detail=item.file)
        record(ledger, [event])


def withdraw(ledger: Ledger, year: int, item: Dismissal, *, by: str, at: datetime) -> None:
    """Let the file wait again."""
    with ledger.transaction("a dismissal ends with its event"):
        ledger.write(
            "UPDATE dismissals SET withdrawn_at = ?, withdrawn_by = ? WHERE envelope = ? AND withdrawn_at IS NULL",
            (at.isoformat(), by, item.envelope),
        )
        event = Event(at, year, Kind.DISMISSAL_WITHDRAWN, envelope=item.envelope, detail=item.file)
        record(ledger, [event])


def in_force(ledger: Ledger, year: int) -> list[Dismissal]:
    """Return the dismissals that hold, in the order they were given."""
    rows = ledger.rows(
        "SELECT dismissals.*, path FROM dismissals JOIN envelopes ON envelopes.id = envelope"
        " WHERE year = ? AND withdrawn_at IS NULL ORDER BY dismissals.id",
        (year,),
    )
    return [
        Dismissal(
            row["envelope"],
            row["path"],
            row["reason"],
            row["person"],
            datetime.fromisoformat(row["given_at"]),
        )
        for row in rows
    ]
