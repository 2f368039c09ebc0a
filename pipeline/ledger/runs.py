"""A night's beginning and end go in; what the finished outputs were made of comes out, so that they are not made twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.ledger.store import Ledger
from pipeline.model import Made, NightCounts, ReadBack

if TYPE_CHECKING:
    from sqlite3 import Row

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
            "INSERT INTO outputs (year, path, basis, size, sha256, figures) SELECT year, ?, ?, ?, ?, ? FROM runs WHERE id = ?",
            [(path, item.basis, item.size, *_spelled(item.read), run) for path, item in made.items()],
        )


def _spelled(read: ReadBack | None) -> tuple[str, str]:
    return (read.sha256, json.dumps(read.figures, default=str)) if read else ("", "[]")


def _read(row: Row) -> ReadBack | None:
    figures = json.loads(row["figures"])
    whole = tuple(Decimal(item) if isinstance(item, str) else item for item in figures)
    return ReadBack(row["sha256"], whole) if row["sha256"] else None


def nights(ledger: Ledger, year: int) -> tuple[NightCounts, ...]:
    """Return how each finished night found the agencies, oldest first."""
    rows = ledger.rows(
        "SELECT finished_at, counts FROM runs WHERE year = ? AND finished_at IS NOT NULL AND counts <> '{}' ORDER BY id",
        (year,),
    )
    return tuple(
        NightCounts(datetime.fromisoformat(row["finished_at"]), json.loads(row["counts"])) for row in rows
    )


def inputs_before(ledger: Ledger, run: int) -> str:
    """Return the digest of what the outputs were made of when ``run`` began.

    Empty if there was no night before, or if that was cut off: some outputs may then be of one night, some of another.
    """
    row = ledger.one(
        "SELECT inputs FROM runs WHERE id < ? AND year = (SELECT year FROM runs WHERE id = ?) ORDER BY id DESC LIMIT 1",
        (run, run),
    )
    return str(row["inputs"]) if row else ""


def take_outputs(ledger: Ledger, year: int) -> dict[str, Made]:
    """Return what the night before made of what, by path within the year's folder, and forget it of what.

    From here on files change: a night that is cut off must not be believed about any of them. Their paths stay known, with
    an empty basis, so that the next night removes those that are not its own.
    """
    rows = ledger.rows("SELECT path, basis, size, sha256, figures FROM outputs WHERE year = ?", (year,))
    if rows:
        with ledger.transaction("nothing is said of files that are being written"):
            ledger.write("UPDATE outputs SET basis = '' WHERE year = ?", (year,))
    return {row["path"]: Made(row["basis"], row["size"], _read(row)) for row in rows}


def announce_outputs(ledger: Ledger, year: int, paths: Iterable[str]) -> None:
    """Record which files are about to be written, so that none is left over if the night is cut off."""
    with ledger.transaction("no file is written whose name nobody would know after a crash"):
        ledger.write_many(
            "INSERT OR IGNORE INTO outputs (year, path, basis, size) VALUES (?, ?, '', 0)",
            [(year, path) for path in sorted(paths)],
        )
