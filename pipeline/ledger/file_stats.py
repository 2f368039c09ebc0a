"""How the files of the inbox looked when they were opened goes in; which of them need not be opened again comes out.

Written after what came out of them, so a run that is cut off in between opens them once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.ledger.store import Ledger
from pipeline.model import FileStat


def of_year(ledger: Ledger, year: int, reader: str) -> dict[str, FileStat]:
    """Return, by path, how the files looked that ``reader`` has opened for the campaign of ``year``."""
    rows = ledger.rows(
        "SELECT path, size, modified, changed FROM glances WHERE year = ? AND reader = ?", (year, reader)
    )
    return {row["path"]: (row["size"], row["modified"], row["changed"]) for row in rows}


def keep(
    ledger: Ledger, year: int, reader: str, looked: Mapping[str, FileStat], *, unopened: Collection[str]
) -> None:
    """Record ``looked``, and forget what is neither there nor in ``unopened``: it has left the inbox."""
    known = ledger.rows("SELECT path FROM glances WHERE year = ?", (year,))
    gone = {row["path"] for row in known}.difference(looked, unopened)
    if not (looked or gone):
        return
    with ledger.transaction("what was opened is known; it need not be opened again"):
        ledger.write_many("DELETE FROM glances WHERE year = ? AND path = ?", [(year, path) for path in gone])
        ledger.write_many(
            "INSERT OR REPLACE INTO glances (year, path, reader, size, modified, changed) VALUES (?, ?, ?, ?, ?, ?)",
            [(year, path, reader, *stat) for path, stat in looked.items()],
        )
