"""Figures of an earlier year go in, as they were imported; an agency's last year comes out, imported or accepted here.

What a person brought in counts more than what was accepted here: it was brought in because it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.ledger.events import Event, Kind, record
from pipeline.ledger.store import Ledger
from pipeline.machine import codec
from pipeline.model import PastReport, Reading

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
            ledger, [Event(at, item.year, Kind.IMPORTED, item.agency, detail=item.source) for item in reports]
        )


def reports_of(ledger: Ledger, year: int) -> dict[str, PastReport]:
    """Return the report of ``year`` of every agency that has one, by agency code."""
    return _accepted(ledger, year) | _imported(ledger, year)


def imported_since(ledger: Ledger, year: int, agency: str, moment: datetime) -> bool:
    """Whether figures of ``year`` were brought in for an agency after ``moment``."""
    rows = ledger.rows("SELECT imported_at FROM imports WHERE year = ? AND agency = ?", (year, agency))
    return any(datetime.fromisoformat(row["imported_at"]) > moment for row in rows)


def years_before(ledger: Ledger, year: int) -> dict[int, int]:
    """Return the newest of the years before ``year`` that anything is known of, each with the last that happened to it."""
    rows = ledger.rows(
        "SELECT year, max(id) AS last FROM events WHERE year < ? GROUP BY year ORDER BY year DESC LIMIT ?",
        (year, _MOST_YEARS),
    )
    return {row["year"]: row["last"] for row in rows}


def _imported(ledger: Ledger, year: int) -> dict[str, PastReport]:
    rows = ledger.rows("SELECT body FROM imports WHERE year = ? ORDER BY id", (year,))
    found = (codec.loads(PastReport, row["body"]) for row in rows)
    return {item.agency: item for item in found}


def _accepted(ledger: Ledger, year: int) -> dict[str, PastReport]:
    """Return the versions that count in the campaign of ``year``, as they were judged."""
    rows = ledger.rows(
        "SELECT file_states.agency, coalesce(latest_assessments.settled, readings.body) AS body"
        " FROM agency_states"
        " JOIN file_states ON file_states.year = agency_states.year AND file_states.agency = agency_states.agency"
        " AND file_states.version = agency_states.counting"
        " JOIN latest_assessments ON latest_assessments.id = file_states.assessment"
        " LEFT JOIN readings ON readings.sha256 = file_states.sha256"
        " WHERE agency_states.year = ? AND outcome IN ('accepted', 'accepted_with_remarks')",
        (year,),
    )
    source = f"本系统汇总的{year}年度报告"
    found = {row["agency"]: codec.loads(Reading, row["body"]) for row in rows if row["body"]}
    return {code: PastReport(code, year, item.numbers, item.texts, source) for code, item in found.items()}
