"""Readings go in under the digest of their file and of the reader; a run takes them out and reads only what is new.

Most files stand on an untouched template, whose places are the form's own: those are not written out each time. The keys of
the numbers are the same in every file on a form; they were two thirds of what is written, and are kept once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.ledger.store import Ledger, stored
from pipeline.machine import codec
from pipeline.machine.digest import digest_of
from pipeline.model import Number, Place, Reading


@dataclass(frozen=True, slots=True)
class _Kept:
    """A reading as it is written: without its numbers, which are ``figures`` in the order of the keys with this digest."""

    reading: Reading | None = None
    keys: str = ""
    figures: tuple[Number | None, ...] = ()


def keep(ledger: Ledger, reader: str, readings: Mapping[str, Reading], places: Mapping[str, Place]) -> None:
    """Record ``readings``, keyed by the SHA-256 of their files, as made by ``reader``; ``places`` are the form's own."""
    if not readings:
        return
    keys = {_digest(found): list(found.numbers) for found in readings.values()}
    with ledger.transaction("a stage's work is kept as soon as it is done"):
        ledger.write_many(
            "INSERT OR IGNORE INTO reading_keys (digest, body) VALUES (?, ?)",
            [(digest, json.dumps(names)) for digest, names in keys.items()],
        )
        ledger.write_many(
            "INSERT INTO readings (sha256, reader, stated_year, body) VALUES (?, ?, ?, ?) ON CONFLICT (sha256)"
            " DO UPDATE SET reader = excluded.reader, stated_year = excluded.stated_year, body = excluded.body",
            [
                (digest, reader, found.claims.year, _written(found.without_places(places)))
                for digest, found in readings.items()
            ],
        )


def of_year(ledger: Ledger, year: int, reader: str, places: Mapping[str, Place]) -> dict[str, Reading]:
    """Return the readings of the campaign's files that ``reader`` made, by SHA-256."""
    rows = ledger.rows(
        "SELECT sha256, body FROM readings WHERE reader = ? AND sha256 IN (SELECT sha256 FROM envelopes WHERE year = ?)",
        (reader, year),
    )
    return {row["sha256"]: read(ledger, row["body"]).with_places(places) for row in rows}


def older(ledger: Ledger, digests: Iterable[str], places: Mapping[str, Place]) -> dict[str, Reading]:
    """Return the readings of files that cannot be read again, whatever program made them.

    Of a file far beyond the limit there is no original, only its refusal.
    """
    rows = [ledger.one("SELECT sha256, body FROM readings WHERE sha256 = ?", (digest,)) for digest in digests]
    return {row["sha256"]: read(ledger, row["body"]).with_places(places) for row in rows if row}


def read(ledger: Ledger, body: str) -> Reading:
    """Return the reading that was written as ``body``, its numbers in it or apart."""
    return stored(partial(_read, ledger), body)


def _read(ledger: Ledger, body: str) -> Reading:
    kept = codec.loads(_Kept, body)
    if kept.reading is None:
        return codec.loads(Reading, body)
    return replace(kept.reading, numbers=dict(zip(_keys(ledger, kept.keys), kept.figures, strict=True)))


def _written(found: Reading) -> str:
    return codec.dumps(_Kept(replace(found, numbers={}), _digest(found), tuple(found.numbers.values())))


def _digest(found: Reading) -> str:
    return digest_of([tuple(found.numbers)])


def _keys(ledger: Ledger, digest: str) -> Sequence[str]:
    def look_up(digest: str) -> Sequence[str]:
        [row] = ledger.rows("SELECT body FROM reading_keys WHERE digest = ?", (digest,))
        names: Sequence[str] = json.loads(row["body"])
        return names

    return ledger.remembered(("keys", digest), digest, look_up)
