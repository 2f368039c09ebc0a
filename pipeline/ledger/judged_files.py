"""A campaign goes in; what stands now comes out, file by file, as ``status`` shows it. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.ledger import readings
from pipeline.ledger.assessments import findings_of
from pipeline.ledger.store import Ledger, stored, stored_moment
from pipeline.model import CHINA, Finding, Verdict, plausible, was_sent_back
from pipeline.versions import Versions, versions_of


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """One version of an agency's report, or (version 0) a file of nobody; ``received_at`` is None where it is unknown."""

    path: str
    agency: str | None
    version: int
    verdict: Verdict
    received_at: datetime | None
    seen_at: datetime
    findings: tuple[Finding, ...] = ()
    word: int = 0
    """The number of the arrival by which it was sent last; see ``versions``."""
    assessment: int = 0
    sha256: str = ""
    envelope: int = 0
    """The number of its arrival."""

    @property
    def day(self) -> date:
        """The day in China on which it came: when it is known to have come, else when it was first seen."""
        return (self.received_at or self.seen_at).astimezone(CHINA).date()

    @property
    def is_sent_back(self) -> bool:
        """Whether a person sent it back, although it was accepted."""
        return was_sent_back(self.findings)


def filed(ledger: Ledger, year: int) -> list[JudgedFile]:
    """Return every file of the campaign that was judged and is not a duplicate, in order of arrival."""
    rows = ledger.rows(
        "SELECT path, sha256, file_states.envelope, file_states.agency, version, outcome, received_at, seen_at, assessment, coalesce(word, 0) AS word"
        " FROM file_states LEFT JOIN versions ON versions.year = file_states.year AND versions.agency = file_states.agency"
        " AND versions.envelope = file_states.envelope"
        " WHERE file_states.year = ? AND state = 'judged' ORDER BY file_states.envelope",
        (year,),
    )
    found = findings_of(ledger, year)
    return [
        JudgedFile(
            row["path"],
            row["agency"],
            row["version"],
            stored(Verdict, row["outcome"]),
            plausible(stored_moment(row["received_at"])) if row["received_at"] else None,
            stored_moment(row["seen_at"]),
            tuple(found[row["assessment"]]),
            row["word"],
            row["assessment"],
            row["sha256"],
            row["envelope"],
        )
        for row in rows
    ]


def departed(ledger: Ledger, year: int, roster: Collection[str]) -> list[str]:
    """Name the agencies whose reports were accepted once and count no more because their codes are not on ``roster``.

    Accepted is what a finished run said so of: what one found that was then cut off, nobody has heard.
    """
    rows = ledger.rows(
        "SELECT assessments.agency, readings.body FROM assessments"
        " JOIN file_states USING (envelope) JOIN readings USING (sha256)"
        " WHERE year = ? AND assessments.verdict IN ('accepted', 'accepted_with_remarks')"
        " AND outcome NOT IN ('accepted', 'accepted_with_remarks') AND EXISTS (SELECT 1 FROM runs"
        " WHERE runs.year = file_states.year AND finished_at IS NOT NULL AND started_at >= assessments.judged_at"
        " AND started_at < (SELECT min(later.judged_at) FROM assessments AS later"
        " WHERE later.envelope = assessments.envelope AND later.id > assessments.id))"
        " ORDER BY assessments.id",
        (year,),
    )
    last = {row["agency"]: row["body"] for row in rows if row["agency"] not in roster}
    return [readings.read(ledger, body).claims.agency or code for code, body in last.items()]


def by_agency(files: Iterable[JudgedFile]) -> dict[str, Versions[JudgedFile]]:
    """Group the files of each agency (by its code)."""
    groups: dict[str, list[JudgedFile]] = {}
    for item in files:
        if item.agency:
            groups.setdefault(item.agency, []).append(item)
    return {code: versions_of(group) for code, group in groups.items()}
