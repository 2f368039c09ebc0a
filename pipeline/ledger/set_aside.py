"""What a run has in hand goes in before it is begun and out when it is ended; what the last run left in hand comes out.

What was set aside stays known here too, until somebody asks for another try.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from pipeline.ledger.store import Ledger


class Stage(StrEnum):
    """What is done with an item: one of the inbox, by its path; a file, by its digest; the same again."""

    OPEN = "open"
    READ = "read"
    JUDGE = "judge"


def begin(ledger: Ledger, year: int, stage: Stage, items: Mapping[str, str], *, now: datetime) -> None:
    """Record that ``items``, paths by their keys, are about to be worked at; one that was begun before is so once more."""
    with ledger.transaction("what is begun is known by name, whatever it does"):
        ledger.write_many(
            "INSERT INTO begun (year, stage, item, path, tries, began_at) VALUES (?, ?, ?, ?, 1, ?)"
            " ON CONFLICT DO UPDATE SET tries = tries + 1, began_at = excluded.began_at",
            [(year, stage.value, key, path, now.isoformat()) for key, path in items.items()],
        )


def end(ledger: Ledger, year: int, stage: Stage, keys: Iterable[str]) -> None:
    """Record that the items ``keys`` are done with."""
    with ledger.transaction("what is ended can no longer stop a run"):
        ledger.write_many(
            "DELETE FROM begun WHERE year = ? AND stage = ? AND item = ?",
            [(year, stage.value, key) for key in keys],
        )


def interrupted(ledger: Ledger, year: int, stage: Stage) -> dict[str, int]:
    """Return the items that earlier runs began and never ended, and how often."""
    rows = ledger.rows("SELECT item, tries FROM begun WHERE year = ? AND stage = ?", (year, stage.value))
    return {row["item"]: row["tries"] for row in rows}


def note(
    ledger: Ledger, year: int, stage: Stage, failed: Mapping[str, tuple[str, str]], *, now: datetime
) -> None:
    """Record what was set aside: path and kind by the digest of the file."""
    if failed:
        with ledger.transaction("what is set aside is not tried again by itself"):
            ledger.write_many(
                "INSERT OR REPLACE INTO failures (sha256, year, path, stage, kind, failed_at) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (key, year, path, stage.value, kind, now.isoformat())
                    for key, (path, kind) in failed.items()
                ],
            )


def set_aside(ledger: Ledger, year: int, stage: Stage) -> dict[str, str]:
    """Return the path of each file that was set aside at ``stage``, by its digest."""
    rows = ledger.rows("SELECT sha256, path FROM failures WHERE year = ? AND stage = ?", (year, stage.value))
    return {row["sha256"]: row["path"] for row in rows}


def forget(ledger: Ledger, year: int, digests: Iterable[str]) -> None:
    """Record that ``digests`` are set aside no longer."""
    with ledger.transaction("what could be opened is set aside no longer"):
        ledger.write_many(
            "DELETE FROM failures WHERE year = ? AND sha256 = ?", [(year, digest) for digest in digests]
        )


def try_again(ledger: Ledger, year: int) -> int:
    """Let everything that was set aside be tried once more; return how many files that are."""
    files = ledger.rows("SELECT sha256, path FROM failures WHERE year = ?", (year,))
    with ledger.transaction("another try forgets what came of the first"):
        ledger.write_many("DELETE FROM readings WHERE sha256 = ?", [(row["sha256"],) for row in files])
        ledger.write_many(
            "UPDATE assessments SET basis = '' WHERE envelope IN (SELECT id FROM envelopes WHERE sha256 = ?)",
            [(row["sha256"],) for row in files],
        )
        ledger.write_many(
            "DELETE FROM glances WHERE year = ? AND path = ?", [(year, row["path"]) for row in files]
        )
        ledger.write("DELETE FROM failures WHERE year = ? AND stage <> ?", (year, Stage.OPEN.value))
        ledger.write("DELETE FROM begun WHERE year = ?", (year,))
    return len(files)
