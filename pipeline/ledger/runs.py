"""A run's beginning and end go in; what the runs before went by comes out, so that nothing is made twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.ledger.store import Ledger, stored, stored_moment
from pipeline.model import RunCounts

if TYPE_CHECKING:
    from sqlite3 import Row

DONE, UNCHANGED = "done", "unchanged"


def start(ledger: Ledger, year: int, *, now: datetime) -> int:
    """Record that a run begins; return its number."""
    with ledger.transaction("a run that is cut off leaves a beginning without an end"):
        return ledger.write("INSERT INTO runs (year, started_at) VALUES (?, ?)", (year, now.isoformat()))


def finish(
    ledger: Ledger,
    run: int,
    outcome: str,
    inputs: str,
    *,
    now: datetime,
    counts: Mapping[str, int] | None = None,
) -> None:
    """Record that a run is over: what went in, and how it found the agencies."""
    with ledger.transaction("a run is over only with everything that it wrote"):
        ledger.write(
            "UPDATE runs SET finished_at = ?, outcome = ?, inputs = ?, counts = ? WHERE id = ?",
            (now.isoformat(), outcome, inputs, json.dumps(counts or {}), run),
        )


def any_until(ledger: Ledger, year: int, moment: datetime) -> bool:
    """Say whether a run of the campaign was finished by ``moment``."""
    row = ledger.one("SELECT min(finished_at) AS first FROM runs WHERE year = ?", (year,))
    return row is not None and bool(row["first"]) and stored_moment(row["first"]) <= moment


def first_of(ledger: Ledger, year: int) -> datetime | None:
    """Return when the first run of the campaign of ``year`` began; None where there was none."""
    row = ledger.one("SELECT started_at FROM runs WHERE year = ? ORDER BY id LIMIT 1", (year,))
    return stored_moment(row["started_at"]) if row else None


def last_of(ledger: Ledger, year: int) -> datetime | None:
    """Return when the last run of the campaign of ``year`` began; None where there was none."""
    row = ledger.one("SELECT started_at FROM runs WHERE year = ? ORDER BY id DESC LIMIT 1", (year,))
    return stored_moment(row["started_at"]) if row else None


def last_period(ledger: Ledger) -> int | None:
    """Return the period of the last run that there was; None where there was none."""
    row = ledger.one("SELECT year FROM runs ORDER BY id DESC LIMIT 1")
    return int(row["year"]) if row else None


def counts_before(ledger: Ledger, year: int, before: int) -> tuple[RunCounts, ...]:
    """Return how each finished run ``before`` that with this number found the agencies, oldest first."""
    rows = ledger.rows(
        "SELECT finished_at, counts FROM runs WHERE year = ? AND id < ? AND finished_at IS NOT NULL AND counts <> '{}'"
        " ORDER BY id",
        (year, before),
    )
    return tuple(stored(_counts, row) for row in rows)


def _counts(row: Row) -> RunCounts:
    return RunCounts(datetime.fromisoformat(row["finished_at"]), json.loads(row["counts"]))


def inputs_before(ledger: Ledger, run: int) -> str:
    """Return the digest of what the outputs were made of when ``run`` began.

    Empty if there was no run before, or if that was cut off: some outputs may then be of one run, some of another.
    """
    row = ledger.one(
        "SELECT inputs FROM runs WHERE id < ? AND year = (SELECT year FROM runs WHERE id = ?) ORDER BY id DESC LIMIT 1",
        (run, run),
    )
    return str(row["inputs"]) if row else ""
