"""A night's beginning and end go in; what the finished outputs were made of comes out, so that they are not made twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from pipeline.ledger.store import Ledger
from pipeline.model import Made, NightCounts

DONE, UNCHANGED = "done", "unchanged"


def start(ledger: Ledger, year: int, *, now: datetime) -> int:
    """Record that a night begins; return its number."""
    with ledger.transaction("a night that is cut off leaves a beginning without an end"):
        return ledger.write("INSERT INTO runs (year, started_at) VALUES (?, ?)", (year, now.isoformat()))


def finish(
    ledger: Ledger,
    run: int,
    outcome: str,
    inputs: str,
    *,
    now: datetime,
    made: Mapping[str, Made] | None = None,
    counts: Mapping[str, int] | None = None,
) -> None:
    """Record that the outputs of a night are complete: what went in, how it found the agencies, and what was ``made``."""
    with ledger.transaction("a night is over only with everything that it wrote"):
        ledger.write(
            "UPDATE runs SET finished_at = ?, outcome = ?, inputs = ?, counts = ? WHERE id = ?",
            (now.isoformat(), outcome, inputs, json.dumps(counts or {}), run),
        )
        if made is None:
            return
        ledger.write("DELETE FROM outputs WHERE year = (SELECT year FROM runs WHERE id = ?)", (run,))
        ledger.write_many(
            "INSERT INTO outputs (year, path, basis, size) SELECT year, ?, ?, ? FROM runs WHERE id = ?",
            [(path, item.basis, item.size, run) for path, item in made.items()],
        )


def nights(ledger: Ledger, year: int) -> tuple[NightCounts, ...]:
    """Return how each finished night found the agencies, oldest first."""
    rows = ledger.rows(
        "SELECT finished_at, counts FROM runs WHERE year = ? AND finished_at IS NOT NULL AND counts <> '{}' ORDER BY id",
        (year,),
    )
    return tuple(
        NightCounts(datetime.fromisoformat(row["finished_at"]), json.loads(row["counts"])) for row in rows
    )


def last_inputs(ledger: Ledger, year: int) -> str:
    """Return the digest of what the last finished night's outputs were made of; empty if there was none."""
    row = ledger.one(
        "SELECT inputs FROM runs WHERE year = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", (year,)
    )
    return str(row["inputs"]) if row else ""


def first_unfinished(ledger: Ledger, year: int) -> datetime | None:
    """Return when the first night since the last finished one began; None if the last one is finished."""
    row = ledger.one(
        "SELECT started_at FROM runs WHERE year = ? AND id > coalesce("
        " (SELECT max(id) FROM runs WHERE year = ? AND finished_at IS NOT NULL), 0) ORDER BY id LIMIT 1",
        (year, year),
    )
    return datetime.fromisoformat(row["started_at"]) if row else None


def take_outputs(ledger: Ledger, year: int) -> dict[str, Made]:
    """Return what the last finished night wrote, by path within the year's folder, and forget it.

    From here on files change: a night that is cut off must not be believed about any of them.
    """
    rows = ledger.rows("SELECT path, basis, size FROM outputs WHERE year = ?", (year,))
    if rows:
        with ledger.transaction("nothing is said of files that are being written"):
            ledger.write("DELETE FROM outputs WHERE year = ?", (year,))
    return {row["path"]: Made(row["basis"], row["size"]) for row in rows}
