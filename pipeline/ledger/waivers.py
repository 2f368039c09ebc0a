"""An exception that a coordinator grants goes in: which agency, which rule, why, by whom; those in force come out."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.ledger.events import Event, Kind, record
from pipeline.ledger.store import Ledger
from pipeline.model import Waiver

if TYPE_CHECKING:
    from sqlite3 import Row


def grant(ledger: Ledger, year: int, waiver: Waiver) -> None:
    """Record ``waiver``; it takes the place of one of the same agency and rule that is in force."""
    with ledger.transaction("the old exception ends as the new one begins"):
        _end(ledger, year, waiver.agency, waiver.rule, waiver.given_at, waiver.person)
        ledger.write(
            "INSERT INTO waivers (year, agency, rule, reason, person, given_at, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                year,
                waiver.agency,
                waiver.rule,
                waiver.reason,
                waiver.person,
                waiver.given_at.isoformat(),
                waiver.until.isoformat() if waiver.until else None,
            ),
        )
        record(ledger, [Event(waiver.given_at, year, Kind.WAIVED, waiver.agency, detail=waiver.rule)])


def withdraw(ledger: Ledger, year: int, agency: str, rule: str, *, by: str, at: datetime) -> bool:
    """End the exception of ``agency`` from ``rule``; return whether there was one."""
    with ledger.transaction("an exception ends with its event"):
        ended = _end(ledger, year, agency, rule, at, by)
        if ended:
            record(ledger, [Event(at, year, Kind.WAIVER_WITHDRAWN, agency, detail=rule)])
    return ended


def in_force(ledger: Ledger, year: int, day: date) -> list[Waiver]:
    """Return the exceptions that hold on ``day``, in the order they were granted."""
    rows = ledger.rows(
        "SELECT * FROM waivers WHERE year = ? AND withdrawn_at IS NULL AND (until IS NULL OR until >= ?) ORDER BY id",
        (year, day.isoformat()),
    )
    return [_waiver(row) for row in rows]


def _end(ledger: Ledger, year: int, agency: str, rule: str, at: datetime, by: str) -> bool:
    condition = "year = ? AND agency = ? AND rule = ? AND withdrawn_at IS NULL"
    found = ledger.one(f"SELECT id FROM waivers WHERE {condition}", (year, agency, rule))  # noqa: S608 - written above
    if found:
        ledger.write(
            "UPDATE waivers SET withdrawn_at = ?, withdrawn_by = ? WHERE id = ?",
            (at.isoformat(), by, found["id"]),
        )
    return found is not None


def _waiver(row: Row) -> Waiver:
    return Waiver(
        agency=row["agency"],
        rule=row["rule"],
        reason=row["reason"],
        person=row["person"],
        given_at=datetime.fromisoformat(row["given_at"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
    )
