"""Agencies and verdicts go in; assessments and a merged district come out, as the later stages receive them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.forms.form import Form
from pipeline.merging import merge
from pipeline.model import (
    Agency,
    ArrivalKey,
    Assessment,
    Claims,
    DistrictSummary,
    Finding,
    Notice,
    Number,
    Reading,
    Report,
    Severity,
    Submission,
    Verdict,
)
from pipeline.wording.messages import notices
from tests.support import fills

YEAR = 2023
DISTRICT = "样例区"
NOON = datetime(2024, 1, 20, 12, 0, tzinfo=UTC)


def agency(number: int, name: str = "") -> Agency:
    """Return the ``number``-th agency of a roster."""
    return Agency(
        code=f"{number:03d}",
        name=name or f"样例区第{number}局",
        kind="部门",
        level=fills.DISTRICT_LEVEL,
        contact="李芳",
        phone=f"0571-8600{number:04d}",
    )


def assessment(
    form: Form,
    owner: Agency | None,
    version: int = 1,
    verdict: Verdict = Verdict.ACCEPTED,
    numbers: Mapping[str, Number] | None = None,
    *,
    findings: Sequence[Finding] = (),
    file: str = "",
    claims: Claims | None = None,
) -> Assessment:
    """Return one judged submission; an accepted one has a report, random but consistent unless ``numbers`` are given."""
    name = file or f"{owner.name if owner else '来历不明'}_{version}.xlsx"
    mark = f"{owner.code if owner else ''}/{version}/{name}"
    submission = Submission(
        file=name,
        name=name,
        sha256=hashlib.sha256(mark.encode(errors="replace")).hexdigest(),
        source="folder",
        received_at=NOON + timedelta(hours=version),
        order=0.0,
        reading=Reading(form.id, claims=claims or Claims()),
        agency=owner,
        level=owner.level if owner else "",
    )
    report: Report | None = None
    if verdict.is_acceptance and owner:
        report = fills.report(form, owner.code, owner.name, YEAR, numbers, rng=fills.seeded(mark))
    return Assessment(submission, tuple(findings), verdict, report, version)


def merged(form: Form, agencies: Sequence[Agency], assessments: Sequence[Assessment]) -> DistrictSummary:
    """Merge them as the sample district."""
    return merge(form, district=DISTRICT, year=YEAR, agencies=agencies, assessments=assessments)


def notices_of(form: Form, assessments: Iterable[Assessment]) -> dict[ArrivalKey, list[Notice]]:
    """Put the findings of every submission into words, by its arrival."""
    return {item.key: notices(form, item.findings) for item in assessments}


def blank(form: Form, table: int) -> list[Finding]:
    """Return what a table left blank yields: one finding for each input cell of the ``table``-th table."""
    cells = [cell for cell in form.cells_of(form.tables[table].key) if cell.is_input]
    return [Finding("C01", Severity.ERROR, form.places[cell.key], (cell.key,)) for cell in cells]


def mixed(form: Form, size: int = 14) -> tuple[list[Agency], list[Assessment]]:
    """Return a roster and submissions with every state: accepted, with remarks, returned, held, missing, superseded, unclaimed."""
    agencies = [agency(number) for number in range(1, size + 1)]
    found: list[Assessment] = []
    unit = Finding(
        "C03",
        Severity.WARNING,
        form.places[form.cells[4].key],
        (form.cells[4].key,),
        "unit_stripped",
        {"raw": "2件", "value": 2},
    )
    for number, owner in enumerate(agencies):
        match number % 7:
            case 1:
                found.append(assessment(form, owner, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[unit]))
            case 2:
                found.append(assessment(form, owner, 1, Verdict.RETURNED, findings=blank(form, 1)))
            case 3:
                found.append(assessment(form, owner, 1))
                found.append(assessment(form, owner, 2, Verdict.RETURNED, findings=blank(form, 0)))
            case 4:
                found.append(assessment(form, owner, 1, Verdict.HELD))
            case 5:
                pass
            case _:
                found.append(assessment(form, owner, 1))
    stated = Finding("F02", Severity.ERROR, None, (), "unknown_agency", {"stated": "别的局"})
    found.append(assessment(form, None, 0, Verdict.HELD, findings=[stated], claims=Claims(agency="别的局")))
    return agencies, found


def renamed(item: Assessment, file: str) -> Assessment:
    """Return the assessment of the same content under another file name."""
    return replace(item, submission=replace(item.submission, file=file, name=file))
