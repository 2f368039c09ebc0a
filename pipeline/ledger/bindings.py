"""Who an arrival is from goes in, once that is certain; it comes out the same ever after, whatever the roster says by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.ledger.store import Ledger, stored
from pipeline.machine import codec
from pipeline.model import Finding


@dataclass(frozen=True, slots=True)
class Binding:
    """The agency (its code) that an arrival is from, and what was to be said of its sender."""

    agency: str
    findings: tuple[Finding, ...] = ()


def of_year(ledger: Ledger, year: int) -> dict[int, Binding]:
    """Return the bindings of the campaign's arrivals, by their numbers."""
    rows = ledger.rows(
        "SELECT envelope, agency, bindings.findings FROM bindings JOIN envelopes ON envelopes.id = envelope WHERE year = ?",
        (year,),
    )
    return {row["envelope"]: Binding(row["agency"], stored(_findings, row["findings"])) for row in rows}


def keep(ledger: Ledger, found: Mapping[int, Binding], *, at: datetime) -> None:
    """Record ``found``, by the numbers of the arrivals; one that is bound stays so."""
    if not found:
        return
    with ledger.transaction("who an arrival is from is decided once"):
        ledger.write_many(
            "INSERT OR IGNORE INTO bindings (envelope, agency, findings, bound_at) VALUES (?, ?, ?, ?)",
            [
                (number, item.agency, codec.dumps(list(item.findings)), at.isoformat())
                for number, item in found.items()
            ],
        )


def _findings(text: str) -> tuple[Finding, ...]:
    return () if text == "[]" else codec.loads(tuple[Finding, ...], text)
