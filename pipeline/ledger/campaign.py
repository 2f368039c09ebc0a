"""A year goes in; the whole state of its campaign, as the last finished run and persons' acts left it, comes out.

From the ledger alone: what people may edit, save in another encoding or delete in the year's folder decides nothing. A run
keeps what it found as it publishes it, so that a letter, a delivery or a page that is written later says the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.ledger import letters, output_record
from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored
from pipeline.model import Agency, Made, Number

if TYPE_CHECKING:
    from sqlite3 import Row

_QUICK = 1
_PAGE = "index.html"
Pages = Mapping[str, Sequence[str]]
Figures = Mapping[str, tuple[Number, ...]]
"""The numbers of each agency that counts, in the form's order, by its code."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run found: its record as ``run.json`` shows it, and the figures and names of the agencies that count.

    ``deliveries`` says how many there had been when it compared with the last one. ``pages`` are, by path, the parts of the
    coordinator's page, and of those beside it, between the places that say of letters what became of them.
    """

    run: int
    at: datetime
    record: Mapping[str, Any]
    figures: Figures = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    deliveries: int = 0
    pages: Pages = field(default_factory=dict)

    def on_their_own(self, merged: Sequence[Agency]) -> list[Agency]:
        """Return those of the ``merged`` bodies whose own reports were in the sums still."""
        return [agency for agency in merged if agency.code in self.figures]

    @property
    def totals(self) -> tuple[Number, ...]:
        """The district's sums, exact, in the form's order."""
        return tuple(Decimal(sum(several)) for several in zip(*self.figures.values(), strict=True))


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A letter that sends the district workbook up, with the figures it carries; ``number`` tells in which order they left.

    ``signed_by`` is who approved it; without that it does not leave. ``reason`` says why figures were corrected.
    """

    letter: str
    at: datetime
    workbook: str
    figures: Mapping[str, Sequence[Number | None]]
    names: Mapping[str, str]
    signed_by: str = ""
    signed_at: datetime | None = None
    reason: str = ""
    number: int | None = None


@dataclass(frozen=True)
class CampaignRecord:
    """The whole state of a year's campaign."""

    result: RunResult | None
    letters: Sequence[letters.StoredLetter]
    deliveries: Sequence[DeliveryRecord]
    outputs: Mapping[str, Made]

    @cached_property
    def delivered(self) -> DeliveryRecord | None:
        """The last delivery that left."""
        gone = [item for item in self.deliveries if item.number is not None]
        return max(gone, key=lambda item: item.number or 0, default=None)

    @property
    def held(self) -> list[Mapping[str, Any]]:
        """The files that wait for a person."""
        return [item for item in self._files if item["verdict"] == "held"]

    @property
    def counting(self) -> dict[str, Mapping[str, Any]]:
        """The version whose figures count, by agency code, as ``versions_of`` decided in the run."""
        return {item["agency"]: item for item in self._files if item["agency"] and item["counts"]}

    @property
    def totals(self) -> tuple[Number, ...]:
        """The district's sums, in the form's order."""
        return self.result.totals if self.result else ()

    @property
    def _files(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.result.record["submissions"] if self.result else ()
        return found


def of_year(ledger: Ledger, year: int) -> CampaignRecord:
    """Return the state of the campaign of ``year``."""
    return CampaignRecord(
        last_result(ledger, year),
        letters.of_year(ledger, year),
        deliveries(ledger, year),
        output_record.of_year(ledger, year),
    )


# ---------------------------------------------------------------- what a run found


def keep_result(ledger: Ledger, year: int, result: RunResult, made: Mapping[str, Made]) -> None:
    """Record what a run found and what it ``made``, in place of what the run before did."""
    body = _packed([result.record, _spelled(result.figures), result.names])
    with ledger.transaction("what a run found and the files that say so are known together"):
        ledger.write(
            "INSERT OR REPLACE INTO results (year, run, at, deliveries, body, page) VALUES (?, ?, ?, ?, ?, ?)",
            (year, result.run, result.at.isoformat(), result.deliveries, body, _packed(dict(result.pages))),
        )
        output_record.keep(ledger, year, made)


def last_result(ledger: Ledger, year: int) -> RunResult | None:
    """Return what the last run that came to its end found, None if there was none."""
    row = ledger.one("SELECT run, at, deliveries, body FROM results WHERE year = ?", (year,))
    return ledger.remembered(("last result", year), tuple(row), _result) if row else None


def _result(row: tuple[Any, ...]) -> RunResult:
    run, at, deliveries, body = row
    record, figures, names = _unpacked(body)
    return RunResult(run, datetime.fromisoformat(at), record, _read_figures(figures), names, deliveries)


def pages_of(ledger: Ledger, year: int) -> Pages:
    """Return the parts of the coordinator's page and of those beside it as the last run built them; none if there was no run."""
    row = ledger.one("SELECT page FROM results WHERE year = ?", (year,))
    found: Pages | Sequence[str] = stored(_unpacked, row["page"]) if row else {}
    if isinstance(found, Mapping):
        return found
    return {_PAGE: found} if found else {}  # by an earlier version, which had one page


# ---------------------------------------------------------------- what was delivered


def intend_delivery(ledger: Ledger, year: int, delivery: DeliveryRecord) -> None:
    """Record the figures that a delivery carries, before it leaves."""
    with ledger.transaction("what goes up is known by its figures before it goes"):
        ledger.write(
            "INSERT OR REPLACE INTO deliveries (letter, year, at, workbook, body, signed_by, signed_at, reason, number)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                delivery.letter,
                year,
                delivery.at.isoformat(),
                delivery.workbook,
                _packed([_spelled(delivery.figures), delivery.names]),
                delivery.signed_by,
                delivery.signed_at.isoformat() if delivery.signed_at else None,
                delivery.reason,
                delivery.number,
            ),
        )


def sign(ledger: Ledger, year: int, letter: str, *, by: str, reason: str, at: datetime) -> None:
    """Record that ``by`` approved the delivery that ``letter`` carries: now it may leave."""
    with ledger.transaction("what goes up has the name of who approved it"):
        ledger.write(
            "UPDATE deliveries SET signed_by = ?, signed_at = ?, reason = ? WHERE letter = ?",
            (by, at.isoformat(), reason, letter),
        )
        record(ledger, [Event(at, year, EventKind.DELIVERY_SIGNED, detail=f"{letter} {by}")])


def deliveries(ledger: Ledger, year: int) -> list[DeliveryRecord]:
    """Return every delivery of the campaign, oldest first."""
    rows = ledger.rows("SELECT * FROM deliveries WHERE year = ? ORDER BY rowid", (year,))
    return [_delivery(row) for row in rows]


def last_delivered(ledger: Ledger, year: int, upto: int | None = None) -> DeliveryRecord | None:
    """Return the last delivery that left, of the first ``upto`` ones if given."""
    row = ledger.one(
        "SELECT * FROM deliveries WHERE year = ? AND number IS NOT NULL AND (? IS NULL OR number <= ?)"
        " ORDER BY number DESC",
        (year, upto, upto),
    )
    return stored(_delivery, row) if row else None


def number_of_deliveries(ledger: Ledger, year: int) -> int:
    """Return the number of the last delivery that left; 0 if none did."""
    row = ledger.one("SELECT coalesce(max(number), 0) AS last FROM deliveries WHERE year = ?", (year,))
    return int(row["last"]) if row else 0


def _delivery(row: Row) -> DeliveryRecord:
    figures, names = _unpacked(row["body"])
    return DeliveryRecord(
        row["letter"],
        datetime.fromisoformat(row["at"]),
        row["workbook"],
        _read_figures(figures),
        names,
        row["signed_by"],
        datetime.fromisoformat(row["signed_at"]) if row["signed_at"] else None,
        row["reason"],
        row["number"],
    )


# ---------------------------------------------------------------- spelling


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), _QUICK)


def _unpacked(content: bytes) -> Any:  # noqa: ANN401 - JSON
    return json.loads(zlib.decompress(content))


def _spelled(figures: Mapping[str, Sequence[Number | None]]) -> dict[str, list[int | str | None]]:
    return {
        code: [str(item) if isinstance(item, Decimal) else item for item in numbers]
        for code, numbers in figures.items()
    }


def _read_figures(figures: Mapping[str, Sequence[int | str]]) -> dict[str, tuple[Number, ...]]:
    return {code: output_record.exact(numbers) for code, numbers in figures.items()}
