"""Assessments and the roster go in; where every agency stands, and the district's sums, come out.

Sums are exact: whole numbers as ``int``, money as ``Decimal``, never through floating point.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from pipeline.forms.values.together import EXACT_DIGITS
from pipeline.model import Agency, AgencyState, Assessment, DistrictSummary, Number, Report, Verdict
from pipeline.versions import versions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.forms.form import Form


def merge(
    form: Form,
    *,
    district: str,
    year: int,
    agencies: Sequence[Agency],
    assessments: Sequence[Assessment],
    merged: Sequence[Agency] = (),
) -> DistrictSummary:
    """Return the district's year: agencies in roster order, sums over the reports that count.

    Assessments whose agency is unknown or not on the roster are kept as ``unclaimed``. Duplicates are not to be given.
    What bodies reported that are ``merged`` into others by now is shown and in no sum.
    """
    versions: dict[str, list[Assessment]] = {agency.code: [] for agency in (*agencies, *merged)}
    parts = {agency.code for agency in merged}
    unclaimed: list[Assessment] = []
    for assessment in assessments:
        owner = assessment.submission.agency
        is_open = owner is not None and owner.code in parts and assessment.verdict is Verdict.HELD
        mine = versions.get(owner.code) if owner and not is_open else None
        (unclaimed if mine is None else mine).append(assessment)
    states = tuple(_state(agency, versions[agency.code]) for agency in agencies)
    counting = [state.counting.report for state in states if state.counting and state.counting.report]
    return DistrictSummary(
        district=district,
        year=year,
        form=form.id,
        states=states,
        unclaimed=tuple(unclaimed),
        merged=tuple(_state(agency, versions[agency.code]) for agency in merged if versions[agency.code]),
        totals=_totals(form, counting),
    )


def _state(agency: Agency, found: Iterable[Assessment]) -> AgencyState:
    own = versions_of(found)
    return AgencyState(agency, own.files, own.counting, own.latest, own.held)


def _totals(form: Form, reports: Sequence[Report]) -> tuple[Number, ...]:
    """Add the reports figure by figure, in the form's order; zero where there are none."""
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        return tuple(
            sum(
                (report.numbers[cell.index] for report in reports),
                start=0 if cell.number.is_whole else Decimal(0),
            )
            for cell in form.cells
        )
