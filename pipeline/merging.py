"""Assessments and the roster go in; where every agency stands, and the district's sums, come out.

Sums are exact: whole numbers as ``int``, money as ``Decimal``, never through floating point.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from pipeline.model import Agency, AgencyState, Assessment, DistrictSummary, Number, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.forms.form import Form

_EXACT_DIGITS = 100
"""More than any sum of amounts needs, so that no addition rounds."""


def merge(
    form: Form, *, district: str, year: int, agencies: Sequence[Agency], assessments: Sequence[Assessment]
) -> DistrictSummary:
    """Return the district's year: agencies in roster order, sums over the reports that count.

    Assessments whose agency is unknown or not on the roster are kept as ``unclaimed``. Duplicates are not to be given.
    """
    versions: dict[str, list[Assessment]] = {agency.code: [] for agency in agencies}
    unclaimed: list[Assessment] = []
    for assessment in assessments:
        owner = assessment.submission.agency
        mine = versions.get(owner.code) if owner else None
        (unclaimed if mine is None else mine).append(assessment)
    states = tuple(_state(agency, versions[agency.code]) for agency in agencies)
    counting = [state.counting.report for state in states if state.counting and state.counting.report]
    return DistrictSummary(
        district=district,
        year=year,
        form=form.id,
        states=states,
        unclaimed=tuple(unclaimed),
        totals=_totals(form, counting),
    )


def _state(agency: Agency, found: Iterable[Assessment]) -> AgencyState:
    """The latest accepted version counts, also where a later one was returned."""
    versions = tuple(sorted(found, key=lambda assessment: assessment.version))
    accepted = [version for version in versions if version.verdict.is_acceptance and version.report]
    return AgencyState(
        agency=agency,
        versions=versions,
        counting=accepted[-1] if accepted else None,
        latest=versions[-1] if versions else None,
    )


def _totals(form: Form, reports: Sequence[Report]) -> tuple[Number, ...]:
    """Add the reports figure by figure, in the form's order; zero where there are none."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        return tuple(
            sum(
                (report.numbers[cell.index] for report in reports),
                start=0 if cell.number.is_whole else Decimal(0),
            )
            for cell in form.cells
        )
