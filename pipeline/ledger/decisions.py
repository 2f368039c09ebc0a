"""What a person decides goes in, with who, when and why; what holds comes out. Nothing is ever deleted: it is revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored
from pipeline.model import ABOUT_RULES, PROGRAM, Decision, DecisionKind, Verdict

if TYPE_CHECKING:
    from sqlite3 import Row

_ABOUT: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.RETURN: ("agency", "version"),
    DecisionKind.COUNT: ("agency",),
    DecisionKind.ACCEPT: ("envelope",),
    DecisionKind.WAIVE: ("agency", "rule"),
    DecisionKind.REFUSE: ("agency", "rule"),
    DecisionKind.EXTEND: ("agency",),
    DecisionKind.DISMISS: ("envelope",),
    DecisionKind.RELEASE: ("letter",),
}
"""What a decision is about: a new one about the same takes the place of the former."""


def give(ledger: Ledger, year: int, decision: Decision) -> None:
    """Record ``decision``; it takes the place of one of its kind about the same."""
    with ledger.transaction("the old decision ends as the new one begins"):
        kinds = ABOUT_RULES if decision.kind in ABOUT_RULES else (decision.kind,)
        for former in of_kind(_of(ledger, year, "revoked_at IS NULL", ()), *kinds):
            if about(former) == about(decision):
                _end(ledger, former, decision.given_at, decision.person, decision.reason)
        ledger.write(
            "INSERT INTO decisions (year, kind, agency, rule, version, envelope, after, letter, seen, until, reason, person, given_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                year,
                decision.kind.value,
                decision.agency or None,
                decision.rule,
                decision.version,
                decision.envelope or None,
                decision.after,
                decision.letter,
                decision.seen,
                decision.until.isoformat() if decision.until else None,
                decision.reason,
                decision.person,
                decision.given_at.isoformat(),
            ),
        )
        _tell(ledger, year, EventKind.DECIDED, decision, decision.given_at)


def revoke(ledger: Ledger, year: int, decision: Decision, *, by: str, at: datetime, reason: str = "") -> None:
    """End ``decision``, one of ``in_force``."""
    with ledger.transaction("a decision ends with its event"):
        _end(ledger, decision, at, by, reason)
        _tell(ledger, year, EventKind.DECISION_REVOKED, decision, at)


def in_force(ledger: Ledger, year: int, day: date | None = None) -> list[Decision]:
    """Return the decisions that hold on ``day`` (None: whatever day it is), in the order they were given."""
    found = _of(ledger, year, "revoked_at IS NULL", ())
    return [item for item in found if day is None or not _has_ended(item, day)]


def excepted_in(ledger: Ledger, agency: str, rule: str, reason: str) -> dict[int, Decision]:
    """Return, by period, the last exception of an agency from a rule that was granted for this reason, whether it still holds or not."""
    rows = ledger.rows(
        "SELECT *, '' AS path FROM decisions WHERE kind = ? AND agency = ? AND rule = ? AND reason = ? ORDER BY id",
        (DecisionKind.WAIVE.value, agency, rule, reason),
    )
    return {row["year"]: stored(_decision, row) for row in rows}


def taken_back(ledger: Ledger, year: int) -> frozenset[int]:
    """Return the numbers of the files whose acceptance was revoked, and that no other decision accepts."""
    rows = ledger.rows(
        "SELECT envelope FROM decisions WHERE year = ? AND kind = ? GROUP BY envelope HAVING count(revoked_at) = count(*)",
        (year, DecisionKind.ACCEPT.value),
    )
    return frozenset(row["envelope"] for row in rows)


def dismissed_versions(ledger: Ledger, year: int) -> dict[str, list[int]]:
    """Return the numbers that files have, by the codes of their agencies, which a person found to be no submission."""
    rows = ledger.rows(
        "SELECT versions.agency, number FROM versions JOIN decisions USING (year, envelope)"
        " WHERE year = ? AND kind = ? AND revoked_at IS NULL AND person <> ? ORDER BY number",
        (year, DecisionKind.DISMISS.value, PROGRAM),
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["agency"], []).append(row["number"])
    return found


def of_kind(decisions: Sequence[Decision], *kinds: DecisionKind) -> list[Decision]:
    """Return those of ``kinds``, in their order."""
    return [item for item in decisions if item.kind in kinds]


def about(decision: Decision) -> tuple[object, ...]:
    """Return what tells two decisions of one kind apart."""
    return tuple(getattr(decision, name) for name in _ABOUT[decision.kind])


def waiting(ledger: Ledger, year: int) -> dict[int, str]:
    """Return the path of each file that waits for a person, by its number."""
    rows = ledger.rows(
        "SELECT envelope, path FROM file_states WHERE year = ? AND state = 'judged' AND outcome = ? ORDER BY envelope",
        (year, Verdict.HELD.value),
    )
    return {row["envelope"]: row["path"] for row in rows}


def last_arrival(ledger: Ledger, year: int) -> int:
    """Return the number of the newest file of the campaign, come or come back: what a decision can know of."""
    row = ledger.one(
        "SELECT max(coalesce(max(envelopes.id), 0), coalesce(max(returns.id), 0)) AS last"
        " FROM envelopes LEFT JOIN returns ON returns.envelope = envelopes.id WHERE year = ?",
        (year,),
    )
    return int(row["last"]) if row else 0


def _has_ended(decision: Decision, day: date) -> bool:
    return decision.kind is DecisionKind.WAIVE and decision.until is not None and decision.until < day


def _end(ledger: Ledger, decision: Decision, at: datetime, by: str, reason: str) -> None:
    ledger.write(
        "UPDATE decisions SET revoked_at = ?, revoked_by = ?, revoked_because = ? WHERE id = ?",
        (at.isoformat(), by, reason, decision.number),
    )


def _tell(ledger: Ledger, year: int, kind: EventKind, decision: Decision, at: datetime) -> None:
    what = (
        decision.file
        or decision.rule
        or decision.letter
        or (f"{decision.version}" if decision.version else "")
    )
    detail = f"{decision.kind.value} {what}".rstrip()
    record(ledger, [Event(at, year, kind, decision.agency or None, decision.envelope or None, detail)])


def _of(ledger: Ledger, year: int, condition: str, values: tuple[object, ...]) -> list[Decision]:
    sql = (
        "SELECT decisions.*, coalesce(path, '') AS path FROM decisions LEFT JOIN envelopes ON envelopes.id = envelope"  # noqa: S608 - conditions are written here
        f" WHERE decisions.year = ? AND {condition} ORDER BY decisions.id"
    )
    rows = ledger.rows(sql, (year, *values))
    return [stored(_decision, row) for row in rows]


def _decision(row: Row) -> Decision:
    return Decision(
        kind=DecisionKind(row["kind"]),
        reason=row["reason"],
        person=row["person"],
        given_at=datetime.fromisoformat(row["given_at"]),
        agency=row["agency"] or "",
        rule=row["rule"],
        version=row["version"],
        envelope=row["envelope"] or 0,
        file=row["path"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        after=row["after"],
        letter=row["letter"],
        seen=row["seen"],
        number=row["id"],
    )
