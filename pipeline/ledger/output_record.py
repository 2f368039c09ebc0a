"""What a run writes goes in, by path within the year's folder; what every file was written as comes out.

So an output is known as the run left it, and one that a person edited is known as edited, without believing the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.ledger.store import Ledger, stored
from pipeline.model import Made, ReadBack

if TYPE_CHECKING:
    from sqlite3 import Row

LETTERS = "letters"
"""In the year's folder: the letters that wait."""


def of_year(ledger: Ledger, year: int, *, with_figures: bool = True, under: str = "*") -> dict[str, Made]:
    """Return every file that the runs of ``year`` wrote, or set out to write, by its path; of paths like ``under`` alone.

    ``with_figures``: also what was read in the Word reports, of which a run that prints nothing has no use.
    """
    rows = ledger.rows("SELECT * FROM outputs WHERE year = ? AND path GLOB ?", (year, under))
    return {row["path"]: stored(partial(_made, with_figures=with_figures), row) for row in rows}


def at(ledger: Ledger, year: int, path: str) -> Made | None:
    """Return what is known of the file at ``path``, but for the figures that were read in it."""
    row = ledger.one("SELECT * FROM outputs WHERE year = ? AND path = ?", (year, path))
    return _made(row, with_figures=False) if row else None


def _made(row: Row, *, with_figures: bool) -> Made:
    read = _read(row) if with_figures else None
    return Made(row["basis"], row["size"], read, row["digest"], row["former"], row["modified"], row["beside"])


def blocked(ledger: Ledger, year: int) -> dict[str, str]:
    """Return the files that could not be replaced, and under which path their new state stands."""
    rows = ledger.rows("SELECT path, beside FROM outputs WHERE year = ? AND beside <> ''", (year,))
    return {row["path"]: row["beside"] for row in rows}


def take(ledger: Ledger, year: int) -> dict[str, Made]:
    """Return what the run before made of what, and forget it of what.

    From here on files change: a run that is cut off must not be believed about any of them. Paths and digests stay known:
    the next run removes those that are not its own, and takes nothing that was written for something that was edited.
    """
    found = of_year(ledger, year)
    if found:
        with ledger.transaction("nothing is said of files that are being written"):
            ledger.write("UPDATE outputs SET basis = '' WHERE year = ?", (year,))
    return found


def announce(ledger: Ledger, year: int, paths: Iterable[str]) -> None:
    """Record which files are about to be written, so that none is left over if the run is cut off."""
    with ledger.transaction("no file is written whose name nobody would know after a crash"):
        ledger.write_many(
            "INSERT OR IGNORE INTO outputs (year, path, basis, size) VALUES (?, ?, '', 0)",
            [(year, path) for path in sorted(paths)],
        )


def forget(ledger: Ledger, year: int, paths: Iterable[str]) -> None:
    """Record that files do not stand there any more."""
    gone = [(year, path) for path in paths]
    if gone:
        with ledger.transaction("what was removed is nobody's edit"):
            ledger.write_many("DELETE FROM outputs WHERE year = ? AND path = ?", gone)


def note(ledger: Ledger, year: int, digests: Mapping[str, str]) -> None:
    """Record what is about to be put in place: a file holds what it was written as before, or this, or was edited."""
    if not digests:
        return
    with ledger.transaction("what a file is written as is known before it stands there"):
        ledger.write_many(
            "INSERT INTO outputs (year, path, basis, size, digest) VALUES (?, ?, '', 0, ?) ON CONFLICT (year, path) DO UPDATE"
            " SET former = CASE digest WHEN excluded.digest THEN former ELSE digest END, digest = excluded.digest",
            [(year, path, digest) for path, digest in sorted(digests.items())],
        )


def keep(ledger: Ledger, year: int, made: Mapping[str, Made]) -> None:
    """Record, within a transaction, what a run made: these and no others, but for the letters, which come and go on their own."""
    ledger.write("DELETE FROM outputs WHERE year = ? AND path NOT GLOB ?", (year, f"{LETTERS}/*"))
    keep_some(ledger, year, made)


def keep_some(ledger: Ledger, year: int, made: Mapping[str, Made]) -> None:
    """Record, within a transaction, some files besides the others."""
    ledger.write_many(
        "INSERT OR REPLACE INTO outputs (year, path, basis, size, sha256, figures, digest, former, modified, beside)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (year, path, item.basis, item.size, *_spelled(item.read), item.digest, item.former, item.modified, item.beside)
            for path, item in made.items()
        ],
    )  # fmt: skip


def _spelled(read: ReadBack | None) -> tuple[str, str]:
    return (read.sha256, json.dumps(read.figures, default=str)) if read else ("", "[]")


def _read(row: Row) -> ReadBack | None:
    if not row["sha256"]:
        return None
    return ReadBack(row["sha256"], exact(json.loads(row["figures"])))


def exact(figures: Sequence[Any]) -> tuple[Any, ...]:
    """Return figures that JSON carried: what stands as text there is a decimal. Of most agencies there is none."""
    if str not in map(type, figures):
        return tuple(figures)
    return tuple(Decimal(item) if isinstance(item, str) else item for item in figures)
