"""A number goes in; a district of that many agencies, all accepted, comes out, cheaply enough for ten thousand."""

from __future__ import annotations

from dataclasses import replace

from pipeline.forms.form import Form
from pipeline.model import DistrictSummary
from pipeline.publishing.summary.background import Background
from tests.support import fills
from tests.support.districts import agency, assessment, merged

_DIFFERENT = 50
"""So many reports differ; the others repeat them."""


def many(form: Form, size: int) -> DistrictSummary:
    """Return a district of ``size`` agencies with figures."""
    numbers = [
        fills.report(form, "", "", 2023, rng=fills.seeded(seed)).numbers
        for seed in range(min(size, _DIFFERENT))
    ]
    first = assessment(form, agency(0), numbers=fills.zeros(form))
    assert first.report
    roster = [agency(number) for number in range(size)]
    found = [
        replace(
            first,
            submission=replace(
                first.submission, agency=owner, sha256=f"{number:064x}", file=f"{owner.name}.xlsx"
            ),
            report=replace(
                first.report, code=owner.code, agency=owner.name, numbers=numbers[number % len(numbers)]
            ),
        )
        for number, owner in enumerate(roster)
    ]
    return merged(form, roster, found)


def known(summary: DistrictSummary) -> Background:
    """Return a background in which every report was read back."""
    return Background(
        printed={report.code: report.numbers for report in summary.reports},
        reports={report.code: f"reports/{report.agency}.docx" for report in summary.reports},
    )
