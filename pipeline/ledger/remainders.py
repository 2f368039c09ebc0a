"""What an archive or the inbox holds beside submissions goes in, when it is opened; what to say of it comes out ever after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.ledger.store import Ledger


def of_year(ledger: Ledger, year: int) -> dict[str, str]:
    """Return what each of these is (the variant of its finding), by path."""
    rows = ledger.rows("SELECT path, variant FROM remainders WHERE year = ? ORDER BY path", (year,))
    return {row["path"]: row["variant"] for row in rows}


def keep(ledger: Ledger, year: int, found: Mapping[str, str], *, now: datetime) -> None:
    """Record ``found``, by path."""
    known = of_year(ledger, year)
    new = {path: variant for path, variant in found.items() if known.get(path) != variant}
    if not new:
        return
    with ledger.transaction("what is no submission is known with the archive it lay in"):
        ledger.write_many(
            "INSERT OR REPLACE INTO remainders (year, path, variant, seen_at) VALUES (?, ?, ?, ?)",
            [(year, path, variant, now.isoformat()) for path, variant in new.items()],
        )


def keep_sent(ledger: Ledger, digests: list[str]) -> None:
    """Record, within a transaction, the files that a letter carries: if they come back, they say nothing new."""
    ledger.write_many("INSERT OR IGNORE INTO sent_files (sha256) VALUES (?)", [(item,) for item in digests])


def sent(ledger: Ledger) -> set[str]:
    """Return the digests of the files that letters carried."""
    return {row["sha256"] for row in ledger.rows("SELECT sha256 FROM sent_files")}
