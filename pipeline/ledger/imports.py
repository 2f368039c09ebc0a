"""Figures of an earlier year go in, as they were imported; an agency's last year comes out, imported or accepted here.

What a person brought in counts more than what was accepted here: it was brought in because it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.district.folder import District
from pipeline.ledger import campaign, codes, readings
from pipeline.ledger import judged_files as standing
from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored_moment, stored_value
from pipeline.machine import codec
from pipeline.model import PastReport
from pipeline.periods import kind_of, period_before, scope_of

_MOST_YEARS = 4
"""Before last year; a chart of more is a tangle."""


def keep(ledger: Ledger, reports: Sequence[PastReport], *, at: datetime) -> None:
    """Record ``reports``; the last import of an agency and year is the one that counts."""
    with ledger.transaction("the figures of one import count together"):
        ledger.write_many(
            "INSERT INTO imports (agency, year, source, imported_at, body) VALUES (?, ?, ?, ?, ?)",
            [(item.agency, item.year, item.source, at.isoformat(), codec.dumps(item)) for item in reports],
        )
        record(
            ledger,
            [Event(at, item.year, EventKind.IMPORTED, item.agency, detail=item.source) for item in reports],
        )


def reports_of(ledger: Ledger, year: int) -> dict[str, PastReport]:
    """Return the report of ``year`` of every agency that has one, by agency code.

    Accepted is what was in the sums of that campaign: a body whose report its successor's had replaced has none.
    """
    accepted = _accepted(ledger, year)
    came = {code: past.came for code, past in accepted.items()}
    return accepted | {
        code: replace(past, came=came.get(code)) for code, past in _imported(ledger, year).items()
    }


def last_year_of(ledger: Ledger, district: District) -> dict[str, PastReport]:
    """Return last year's report of every body that reports, as the bodies stand now: that of a merged one is the sum of its parts."""
    year = period_before(district.year)
    return codes.bodies_of(district, codes.memory(ledger)).pasts(reports_of(ledger, year), year)


def imported_at(ledger: Ledger, year: int, agency: str) -> list[datetime]:
    """Return when figures of ``year`` were brought in for an agency."""
    rows = ledger.rows("SELECT imported_at FROM imports WHERE year = ? AND agency = ?", (year, agency))
    return [stored_moment(row["imported_at"]) for row in rows]


def years_before(ledger: Ledger, year: int) -> dict[int, int]:
    """Return the newest of the years before ``year`` that anything is known of, each with the last that happened to it."""
    rows = ledger.rows(
        "SELECT year, max(id) AS last FROM events WHERE year < ? GROUP BY year ORDER BY year DESC", (year,)
    )
    alike = [row for row in rows if kind_of(row["year"]) == kind_of(year)]
    return {row["year"]: row["last"] for row in alike[:_MOST_YEARS]}


def _imported(ledger: Ledger, year: int) -> dict[str, PastReport]:
    rows = ledger.rows("SELECT body FROM imports WHERE year = ? ORDER BY id", (year,))
    found = (stored_value(PastReport, row["body"]) for row in rows)
    return {item.agency: item for item in found}


def _accepted(ledger: Ledger, year: int) -> dict[str, PastReport]:
    """Return the versions that count in the campaign of ``year``, as they were judged, as far as its last run summed them up."""
    source = f"本系统汇总的{scope_of(year)}报告"
    result = campaign.last_result(ledger, year)
    found: dict[str, PastReport] = {}
    for code, own in standing.by_agency(standing.filed(ledger, year)).items():
        if own.counting is None or (result is not None and code not in result.figures):
            continue
        row = ledger.one(
            "SELECT coalesce(settled, (SELECT body FROM readings WHERE sha256 = ?)) AS body FROM assessments WHERE id = ?",
            (own.counting.sha256, own.counting.assessment),
        )
        if row and row["body"]:
            item = readings.read(ledger, row["body"])
            found[code] = PastReport(code, year, item.numbers, item.texts, source, own.counting.day)
    return found
