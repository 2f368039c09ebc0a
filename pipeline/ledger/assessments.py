"""Judgements go in, each with the basis it was made on; those whose basis still holds come out, with their versions.

A basis is a digest of everything a judgement depends on. The same result on a new basis is no new judgement. An
agency's versions are numbered in order of arrival and keep their numbers for ever, whatever is decided later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from pipeline.forms.carried import CODE
from pipeline.ledger.events import Event, EventKind, record
from pipeline.ledger.store import Ledger, stored, stored_moment, stored_value
from pipeline.machine import codec
from pipeline.model import Finding, Number, Reading, Severity, Verdict

_FINDING = partial(codec.loads, Finding)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided about the file with the number ``envelope``. ``settled`` is the reading as judged, where that differs."""

    envelope: int
    basis: str
    agency: str | None
    version: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    settled: Reading | None = None


def findings_of(ledger: Ledger, year: int) -> defaultdict[int, list[Finding]]:
    """Return what the last judgement of each file of the campaign found, by the judgement's number."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for line in ledger.rows(
        "SELECT assessment, number, body FROM findings WHERE assessment IN"
        " (SELECT assessment FROM file_states WHERE year = ?) ORDER BY assessment, number",
        (year,),
    ):
        name = ("finding", line["assessment"], line["number"])
        found[line["assessment"]].append(ledger.remembered(name, line["body"], _FINDING))
    return found


def latest(ledger: Ledger, year: int) -> dict[int, Judgement]:
    """Return the last judgement of each file of the campaign, by the file's number."""
    rows = ledger.rows(
        "SELECT latest_assessments.* FROM latest_assessments JOIN envelopes ON envelopes.id = envelope WHERE year = ?",
        (year,),
    )
    found = findings_of(ledger, year)
    return {
        row["envelope"]: Judgement(
            row["envelope"],
            row["basis"],
            row["agency"],
            row["version"],
            stored(Verdict, row["verdict"]),
            tuple(found[row["id"]]),
            stored_value(Reading, row["settled"]) if row["settled"] else None,
        )
        for row in rows
    }


def then_and_now(
    ledger: Ledger, year: int, sha256: str, moment: datetime
) -> tuple[list[Finding], list[Finding]]:
    """Return what was found in a file at ``moment``, and what is found in it now; twice the same if it was not judged by then."""
    rows = ledger.rows(
        "SELECT assessments.id, judged_at FROM assessments JOIN envelopes ON envelopes.id = envelope"
        " WHERE year = ? AND sha256 = ? ORDER BY assessments.id",
        (year, sha256),
    )
    now = _found(ledger, rows[-1]["id"]) if rows else []
    then = [row["id"] for row in rows if stored_moment(row["judged_at"]) <= moment]
    return _found(ledger, then[-1]) if then else now, now


def any_lost(ledger: Ledger, year: int) -> bool:
    """Whether a file of the campaign is returned that was accepted before."""
    row = ledger.one(
        "SELECT 1 FROM file_states WHERE year = ? AND state = 'judged' AND outcome = 'returned' AND EXISTS (SELECT 1 FROM"
        " assessments WHERE assessments.envelope = file_states.envelope AND verdict IN ('accepted', 'accepted_with_remarks'))",
        (year,),
    )
    return row is not None


def course_of(ledger: Ledger, year: int, sha256: str) -> list[tuple[datetime, bool]]:
    """Return when a file was judged otherwise than before, oldest first, and whether it was accepted; of what one run said twice the last."""
    rows = ledger.rows(
        "SELECT judged_at, verdict FROM assessments JOIN envelopes ON envelopes.id = envelope"
        " WHERE year = ? AND sha256 = ? ORDER BY assessments.id",
        (year, sha256),
    )
    said = {row["judged_at"]: stored(Verdict, row["verdict"]).is_acceptance for row in rows}
    return [(stored_moment(moment), is_accepted) for moment, is_accepted in said.items()]


@dataclass(frozen=True, slots=True)
class AcceptedAgain:
    """One of several judgements by which a file stands accepted; ``numbers`` are empty where they were not kept."""

    at: datetime
    numbers: Mapping[str, Number | None]
    differing: frozenset[tuple[str | None, str]]
    """Where it differs from what its agency reports on another form: at which cell, and how."""

    def says_more_than(self, before: AcceptedAgain) -> bool:
        """Whether who knows what was said ``before`` has to hear of this: of other figures, or of another difference."""
        has_others = bool(self.numbers and before.numbers) and self.numbers != before.numbers
        return has_others or not self.differing <= before.differing


def accepted_again(ledger: Ledger, year: int) -> dict[str, list[AcceptedAgain]]:
    """Return, by digest, the judgements of files that another form has a say in and that were accepted more than once in succession, oldest first."""
    rows = ledger.rows(
        "SELECT assessments.id, sha256, judged_at, verdict, settled FROM assessments"
        " JOIN envelopes ON envelopes.id = envelope WHERE year = ? AND envelope IN (SELECT envelope FROM assessments"
        " JOIN findings ON assessment = assessments.id WHERE code = ? AND envelope IN"
        " (SELECT envelope FROM assessments GROUP BY envelope HAVING count(*) > 1)) ORDER BY assessments.id",
        (year, CODE),
    )
    found: dict[str, list[AcceptedAgain]] = {}
    for row in rows:
        if not stored(Verdict, row["verdict"]).is_acceptance:
            found.pop(row["sha256"], None)
            continue
        settled = stored_value(Reading, row["settled"]) if row["settled"] else None
        found.setdefault(row["sha256"], []).append(
            AcceptedAgain(
                stored_moment(row["judged_at"]),
                settled.numbers if settled else {},
                _differing(_found(ledger, row["id"])),
            )
        )
    return {digest: course for digest, course in found.items() if len(course) > 1}


def _differing(found: Iterable[Finding]) -> frozenset[tuple[str | None, str]]:
    return frozenset(
        (item.key, str(sorted(item.facts.items())))
        for item in found
        if item.code == CODE
        and item.severity in (Severity.WARNING, Severity.ERROR)
        and not (item.waived or item.on_trial)
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """Since when a file is accepted, or is not; ``is_rejudged``: it was judged otherwise before."""

    since: datetime
    is_rejudged: bool
    changed: datetime | None = None
    """When what it comes to, or differs in from another form, last became other, accepted as it was."""


def stands(ledger: Ledger, year: int) -> dict[str, Stand]:
    """Return how long every file of the campaign stands as it does, by its digest; of what one run said twice the last holds."""
    changes = {digest: _changed(course) for digest, course in accepted_again(ledger, year).items()}
    rows = ledger.rows(
        "SELECT sha256, judged_at, verdict FROM assessments JOIN envelopes ON envelopes.id = envelope"
        " WHERE year = ? ORDER BY assessments.id",
        (year,),
    )
    said: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        said[row["sha256"]][row["judged_at"]] = stored(Verdict, row["verdict"]).is_acceptance
    return {digest: _stand(list(course.items()), changes.get(digest)) for digest, course in said.items()}


def _changed(course: Sequence[AcceptedAgain]) -> datetime | None:
    found = [now.at for before, now in pairwise(course) if now.says_more_than(before)]
    return found[-1] if found else None


def _stand(course: Sequence[tuple[str, bool]], changed: datetime | None) -> Stand:
    """Find the day since which the last word of ``course`` holds."""
    first = len(course) - 1
    while first and course[first - 1][1] == course[-1][1]:
        first -= 1
    return Stand(stored_moment(course[first][0]), is_rejudged=first > 0, changed=changed)


def _found(ledger: Ledger, assessment: int) -> list[Finding]:
    rows = ledger.rows("SELECT body FROM findings WHERE assessment = ? ORDER BY number", (assessment,))
    return [stored(_FINDING, row["body"]) for row in rows]


def keep_words(ledger: Ledger, year: int, words: Mapping[tuple[str, int], int]) -> None:
    """Record the last word by which each version, known by (agency, number), was sent, where that is another than before."""
    rows = ledger.rows("SELECT agency, number, word FROM versions WHERE year = ?", (year,))
    known = {(row["agency"], row["number"]): row["word"] for row in rows}
    new = [(word, year, *version) for version, word in words.items() if known.get(version) != word]
    if new:
        with ledger.transaction("which version is an agency's newest word is known for all of them together"):
            ledger.write_many(
                "UPDATE versions SET word = ? WHERE year = ? AND agency = ? AND number = ?", new
            )


def number_versions(ledger: Ledger, year: int, owners: Sequence[tuple[int, str]]) -> dict[int, int]:
    """Give every (file, agency), in order of arrival, its version number: the one it has, else the agency's next."""
    rows = ledger.rows("SELECT agency, number, envelope FROM versions WHERE year = ?", (year,))
    known = {(row["envelope"], row["agency"]): stored(int, row["number"]) for row in rows}
    highest: dict[str, int] = {}
    for row in rows:
        highest[row["agency"]] = max(highest.get(row["agency"], 0), row["number"])
    new: list[tuple[int, str, int, int]] = []
    for envelope, agency in owners:
        if (envelope, agency) not in known:
            known[envelope, agency] = highest[agency] = highest.get(agency, 0) + 1
            new.append((year, agency, highest[agency], envelope))
    if new:
        with ledger.transaction("a version number, once given, is never given again"):
            ledger.write_many(
                "INSERT INTO versions (year, agency, number, envelope) VALUES (?, ?, ?, ?)", new
            )
    return {envelope: known[envelope, agency] for envelope, agency in owners}


def news(judgements: Iterable[Judgement], earlier: Mapping[int, Judgement]) -> set[int]:
    """Return the numbers of the files whose result is another than in ``earlier``."""
    return {
        item.envelope
        for item in judgements
        if (former := earlier.get(item.envelope)) is None or _result(former) != _result(item)
    }


def keep(
    ledger: Ledger, year: int, judgements: Sequence[Judgement], changed: Container[int], *, at: datetime
) -> None:
    """Record ``judgements``; one that is not among the ``changed`` only gets its new basis."""
    if not judgements:
        return
    with ledger.transaction("a judgement stands with all its findings or not at all"):
        for item in judgements:
            if item.envelope in changed:
                _add(ledger, year, item, at)
            else:
                ledger.write(
                    "UPDATE assessments SET basis = ? WHERE id ="
                    " (SELECT max(id) FROM assessments WHERE envelope = ?)",
                    (item.basis, item.envelope),
                )


def _result(item: Judgement) -> tuple[object, ...]:
    return item.agency, item.version, item.verdict, item.findings, item.settled


def _add(ledger: Ledger, year: int, item: Judgement, at: datetime) -> None:
    settled = codec.dumps(item.settled) if item.settled else None
    row = ledger.write(
        "INSERT INTO assessments (envelope, basis, judged_at, agency, version, verdict, settled)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (item.envelope, item.basis, at.isoformat(), item.agency, item.version, item.verdict.value, settled),
    )
    ledger.write_many(
        "INSERT INTO findings (assessment, number, code, severity, key, body) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (row, number, finding.code, finding.severity.value, finding.key, codec.dumps(finding))
            for number, finding in enumerate(item.findings)
        ],
    )
    record(ledger, [Event(at, year, EventKind.JUDGED, item.agency, item.envelope, item.verdict.value)])
