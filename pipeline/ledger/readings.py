"""Readings go in under the digest of their file and of the reader; a run takes them out and reads only what is new.

Most files stand on an untouched template, whose places are the form's own: those are not written out each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.ledger.store import Ledger
from pipeline.machine import codec
from pipeline.model import Place, Reading


def keep(ledger: Ledger, reader: str, readings: Mapping[str, Reading], places: Mapping[str, Place]) -> None:
    """Record ``readings``, keyed by the SHA-256 of their files, as made by ``reader``; ``places`` are the form's own."""
    if not readings:
        return
    with ledger.transaction("a stage's work is kept as soon as it is done"):
        ledger.write_many(
            "INSERT INTO readings (sha256, reader, stated_year, body) VALUES (?, ?, ?, ?) ON CONFLICT (sha256)"
            " DO UPDATE SET reader = excluded.reader, stated_year = excluded.stated_year, body = excluded.body",
            [
                (digest, reader, found.claims.year, codec.dumps(found.without_places(places)))
                for digest, found in readings.items()
            ],
        )


def of_year(ledger: Ledger, year: int, reader: str, places: Mapping[str, Place]) -> dict[str, Reading]:
    """Return the readings of the campaign's files that ``reader`` made, by SHA-256."""
    rows = ledger.rows(
        "SELECT sha256, body FROM readings WHERE reader = ? AND sha256 IN (SELECT sha256 FROM envelopes WHERE year = ?)",
        (reader, year),
    )
    return {row["sha256"]: codec.loads(Reading, row["body"]).with_places(places) for row in rows}


def older(ledger: Ledger, digests: Iterable[str], places: Mapping[str, Place]) -> dict[str, Reading]:
    """Return the readings of files that cannot be read again, whatever program made them.

    Of a file far beyond the limit there is no original, only its refusal.
    """
    rows = [ledger.one("SELECT sha256, body FROM readings WHERE sha256 = ?", (digest,)) for digest in digests]
    return {row["sha256"]: codec.loads(Reading, row["body"]).with_places(places) for row in rows if row}
