"""Assessments go in; the JSON that other programs read comes out (``run.json``, ``check --json``).

The keys are a contract: absent never, unknown null.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from pipeline.forms.form import Clerk
from pipeline.model import Assessment, Compared, DistrictSummary, Finding, Notice, Severity, Verdict
from pipeline.periods import noted
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import awaits_approval

Record = dict[str, Any]
_MAIL = ".eml"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file that is no submission of its own: a duplicate, or a mail without a spreadsheet.

    ``repeats`` is the year of another campaign that has dealt with the same file.
    """

    file: str
    sha256: str
    verdict: Verdict
    agency: str | None = None
    agency_name: str | None = None
    repeats: int | None = None
    came_first: bool = False
    """Of a copy: that it came before the file that stands for it."""
    findings: tuple[Finding, ...] = ()
    """What the coordinator is to do about it; nothing for most."""


def submission_record(  # noqa: PLR0913 - a row, spelled out
    assessment: Assessment,
    notices: Sequence[Notice],
    *,
    clerk: Clerk,
    report: str | None = None,
    html: str | None = None,
    site: str | None = None,
    returned: str | None = None,
    counts: bool = False,
    word: int | None = None,
) -> Record:
    """Describe one judged file; paths are relative to the output folder."""
    submission = assessment.submission
    agency = submission.agency
    return {
        "file": submission.file,
        "sha256": submission.sha256,
        "agency": agency.code if agency else None,
        "agency_name": agency.name if agency else submission.reading.claims.agency or None,
        "year": noted(submission.year) if submission.year else None,
        "form": submission.reading.form,
        "version": assessment.version or None,
        "clerk": {name: getattr(clerk, name) or None for name in Clerk.__slots__},
        "verdict": assessment.verdict.value,
        "awaits_approval": assessment.verdict is Verdict.RETURNED and awaits_approval(notices),
        "counts": counts,
        "word": word,
        "report": report,
        "html": html,
        "pdf": None,
        "site": site,
        "returned": returned,
        "problem_counts": problem_counts(notices),
        "pleas": [
            {"code": notice.code, "key": notice.key, "explanation": notice.pleaded}
            for notice in notices
            if notice.pleaded
        ],
        "findings": [notice_record(notice) for notice in notices],
    }


def problem_counts(notices: Sequence[Notice]) -> dict[str, int]:
    """Count errors and warnings as people are told of them: what has one cause is one problem."""
    found = Counter(group.notice.severity for group in group_notices(notices))
    return {severity.value: found[severity] for severity in (Severity.ERROR, Severity.WARNING)}


def is_strange(item: Record) -> bool:
    """Whether what a record of a run names is no submission of its own, and something is to be said of it."""
    return item["verdict"] in (Verdict.NOT_A_SUBMISSION, Verdict.DUPLICATE) and bool(item["findings"])


def leftover_record(leftover: Leftover, notices: Sequence[Notice] = ()) -> Record:
    """Describe a file that was not judged, with the keys of a submission."""
    unknown = dict.fromkeys(("year", "form", "version", "report", "html", "pdf", "site", "returned"))
    return {
        "file": leftover.file,
        "sha256": leftover.sha256,
        "agency": leftover.agency,
        "agency_name": leftover.agency_name,
        **unknown,
        "clerk": dict.fromkeys(Clerk.__slots__),
        "verdict": leftover.verdict.value,
        "awaits_approval": False,
        "counts": False,
        "word": None,
        "problem_counts": problem_counts(notices),
        "pleas": [],
        "findings": [notice_record(notice) for notice in notices],
    }


def notice_record(notice: Notice) -> Record:
    """Describe one finding."""
    return {
        "code": notice.code,
        "severity": notice.severity,
        "sheet": notice.sheet,
        "cell": notice.cell,
        "key": notice.key,
        "actual": notice.actual,
        "expected": notice.expected,
        "message": notice.message,
        "hint": notice.hint,
    }


def waiting_files(submissions: Sequence[Record]) -> list[Record]:
    """Return those that wait for a person: of nobody, or of an agency of which no newer word counts."""
    counting = {item["agency"]: order_of(item) for item in submissions if item["counts"]}
    return [
        item
        for item in submissions
        if item["verdict"] == Verdict.HELD
        and (not item["agency"] or order_of(item) > counting.get(item["agency"], (0, 0)))
    ]


def order_of(item: Record) -> tuple[int, int]:
    """Return what puts the versions of an agency in order: when each was sent last."""
    return item["word"] or 0, item["version"] or 0


def counts(summary: DistrictSummary, submissions: Sequence[Record]) -> dict[str, int]:
    """Count agencies by what became of them; ``held`` also counts files that belong to nobody yet.

    ``awaiting_approval`` are those of the returned whose every error was explained.
    """
    awaiting = {(item["agency"], item["version"]) for item in submissions if item["awaits_approval"]}
    shown = [
        (state.agency.code, item.version)
        for state in summary.states
        if (item := state.counting or state.latest)
    ]
    missing = len(summary.missing)
    return {
        "expected": len(summary.states),
        "received": len(summary.states) - missing,
        "accepted": summary.count(Verdict.ACCEPTED),
        "accepted_with_remarks": summary.count(Verdict.ACCEPTED_WITH_REMARKS),
        "returned": summary.count(Verdict.RETURNED),
        "awaiting_approval": sum(item in awaiting for item in shown),
        "held": len(summary.held_files),
        "missing": missing,
    }


def run_record(
    summary: DistrictSummary,
    *,
    now: datetime,
    files: Mapping[str, str | None],
    submissions: Sequence[Record],
    archive: Sequence[str] = (),
    published: Sequence[Record] = (),
    lists: Sequence[str] = (),
) -> Record:
    """Describe a run; ``archive`` are the files of earlier years in the folder for the portal, ``published`` what differs there.

    ``lists`` are the pages beside the coordinator's page, named where there are any.
    """
    return {
        "form": summary.form,
        "year": noted(summary.year),
        "district": summary.district,
        "now": now.isoformat(timespec="seconds"),
        "counts": counts(summary, submissions),
        "files": dict(files),
        **({"lists": list(lists)} if lists else {}),
        "archive": list(archive),
        "submissions": list(submissions),
        "published": list(published),
    }


def published_record(found: Compared, notices: Sequence[Notice]) -> Record:
    """Describe a published file that differs from what was accepted, or could not be compared."""
    return {
        "file": found.file,
        "owner": found.owner or None,
        "year": found.year and noted(found.year),
        "refusal": found.refusal or None,
        "agencies": found.agencies,
        "missing": list(found.missing),
        "findings": [notice_record(notice) for notice in notices],
    }


def with_pdfs(found: Record, pdfs: Mapping[str, str]) -> Record:
    """Return the record with the PDF of each Word report that has one, by the report's path."""
    submissions = [item | {"pdf": pdfs.get(item["report"])} for item in found["submissions"]]
    return found | {"submissions": submissions}


def paths(found: Record) -> set[str]:
    """Return every output file that a record names."""
    named = [*found["files"].values(), *found.get("lists", ()), *found.get("archive", ())]
    for submission in found["submissions"]:
        named += [submission["report"], submission.get("html"), submission.get("pdf"), submission["returned"]]
    return {path for path in named if path}


def came_by_mail(found: Record) -> bool:
    """Whether any file was carried by a mail, be that one in the inbox or one that was fetched."""
    folders = (folder for item in found["submissions"] for folder in PurePosixPath(item["file"]).parts[:-1])
    return any(folder.casefold().endswith(_MAIL) for folder in folders)


def to_json(value: Record | Sequence[Record]) -> bytes:
    """Write JSON as people can read it, Chinese unescaped."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
