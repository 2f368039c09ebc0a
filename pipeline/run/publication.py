"""What was assessed, and what the ledger remembers, go in; what publishing needs to know comes out.

Loaded only when something is published: it brings the workbook's and the documents' writers along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from pipeline.ledger import Ledger, campaign, imports, runs
from pipeline.ledger import assessments as verdicts
from pipeline.ledger import output_record as written_outputs
from pipeline.ledger.campaign import RunResult
from pipeline.merging import merge
from pipeline.model import CHINA, Agency, Assessment, DistrictSummary, Made, PastReport
from pipeline.periods import period_before
from pipeline.publishing.file_plan import Publication
from pipeline.publishing.summary.background import Background, PastFigures
from pipeline.run import published_folder
from pipeline.run.assessing import Assessed, apart
from pipeline.run.inputs import RunInputs
from pipeline.run.judging_context import JudgingContext
from pipeline.run.letters.delivered import delivered_upto
from pipeline.run.session import Session


def deliveries_of(session: Session, earlier: RunResult | None) -> int:
    """Return how many deliveries there were that the outputs speak of."""
    if earlier:
        return earlier.deliveries
    return campaign.number_of_deliveries(session.ledger, session.district.year)


def publication_of(
    session: Session, basis: RunInputs, assessed: Assessed, number: int, earlier: RunResult | None
) -> Publication:
    """Put together what publishing needs to know; as of the run that found ``earlier``, if that is given."""
    ledger, district, own = session.ledger, session.district, basis.campaign
    bodies, on_their_own = own.bodies, apart(own, assessed.assessments)
    codes_apart = {agency.code for agency in on_their_own}
    reports = {period_before(district.year): own.pasts}
    reports |= {year: imports.reports_of(ledger, year) for year in basis.years}
    pasts = {year: bodies.pasts(found, year, codes_apart, summed=True) for year, found in reports.items()}
    summary = _merged(own, assessed.assessments, on_their_own)
    compared = published_folder.compared(own.form, district, ledger, summary, basis.published)
    return Publication(
        form=own.form,
        district=district,
        summary=summary,
        published=compared,
        finished=published_folder.finished(district, compared),
        archive=reports,
        called=_called(ledger, reports),
        assessments=assessed.assessments,
        leftovers=(
            *basis.inbox.leftovers,
            *assessed.copies,
            *assessed.overtaken,
            *assessed.unread,
            *assessed.dismissed,
        ),
        layout=basis.layout,
        style=basis.style,
        now=earlier.at if earlier else session.now,
        bases=assessed.bases,
        background=Background(
            past={year: _figures(found) for year, found in pasts.items()},
            decisions=own.decisions,
            delivered=delivered_upto(ledger, district.year, deliveries_of(session, earlier)),
            followed={
                digest: [(item.at, item.numbers) for item in course if item.numbers]
                for digest, course in verdicts.accepted_again(ledger, district.year).items()
            },
        ),
        history=own.history,
        made=_made(written_outputs.take(ledger, district.year)),
        was_cut_off=not runs.inputs_before(ledger, number),
        adopts=earlier is None and campaign.last_result(ledger, district.year) is None,
        announce=partial(written_outputs.announce, ledger, district.year),
        note=partial(written_outputs.note, ledger, district.year),
        today=session.now.astimezone(CHINA).date(),
        with_pdf=session.with_pdf,
        earlier_runs=runs.counts_before(ledger, district.year, earlier.run if earlier else number),
        beside=session.shared.beside,
    )


def _called(ledger: Ledger, years: Iterable[int]) -> dict[int, Mapping[str, str]]:
    """Return by year what agencies were called then; of a year without a campaign here, as in the next one that had one."""
    found: dict[int, Mapping[str, str]] = {}
    names: Mapping[str, str] = {}
    for year in sorted(years, reverse=True):
        past = campaign.last_result(ledger, year)
        found[year] = names = {**names, **(past.names if past else {})}
    return found


def _made(found: Mapping[str, Made]) -> dict[str, Made]:
    """Leave out the letters that wait: they are no output of a run."""
    return {path: item for path, item in found.items() if not path.startswith(f"{written_outputs.LETTERS}/")}


def _figures(reports: Mapping[str, PastReport]) -> dict[str, PastFigures]:
    return {code: report.numbers for code, report in reports.items()}


def _merged(
    campaign: JudgingContext, assessments: Sequence[Assessment], on_their_own: Sequence[Agency]
) -> DistrictSummary:
    """Merge; bodies that are part of another now stand for themselves where their own report still counts."""
    district = campaign.district
    return merge(
        campaign.form,
        district=district.name,
        year=district.year,
        agencies=(*district.agencies, *on_their_own),
        assessments=assessments,
        merged=[agency for agency in district.merged if agency not in on_their_own],
    )
