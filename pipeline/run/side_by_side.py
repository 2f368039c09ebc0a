"""A district goes in; one run of each form that it collects comes out: one folder, one mailbox, one roster.

Mail is fetched once. The first form comes last: its page says where the others stand.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger import parts_in
from pipeline.ledger.opening import open_campaign
from pipeline.machine.environment import disk
from pipeline.machine.work import Progress, Workforce
from pipeline.model import ConfigError, OtherCampaign
from pipeline.publishing.document_paths import PAGE
from pipeline.run import batch, mailing
from pipeline.run.batch import Outcome
from pipeline.run.dividing import division_of
from pipeline.run.sharing import CommonInputs


def campaigns_of(district: District) -> tuple[District, ...]:
    """Return the campaigns of a district, the first form's first."""
    return (district, *district.others)


def run_all(  # noqa: PLR0913 - what a run is asked for, spelled out
    district: District,
    output: Path,
    *,
    now: datetime,
    work: Workforce,
    progress: Progress,
    dry_run: bool = False,
    with_pdf: bool = False,
    by_clock: bool = False,
    retry: bool = False,
) -> tuple[Outcome, ...]:
    """Do one run of every form, the first one's outcome first. As ``batch.run`` otherwise."""
    districts = campaigns_of(district)
    _refuse_exchanged(district, output)
    with disk():
        division = division_of(districts, output)
    shared = CommonInputs(division)
    if district.others and district.mail.fetches and not dry_run:
        mailing.check(district)
        with disk(), open_campaign(district, output) as (ledger, _):
            shared = replace(shared, fetched=mailing.collect(district, ledger), has_fetched=True)

    def one(campaign: District, beside: Sequence[OtherCampaign]) -> Outcome:
        own = replace(shared, beside=beside, fetched=None if campaign.is_second else shared.fetched)
        return batch.run(
            campaign,
            output,
            now=now,
            work=work,
            progress=progress,
            dry_run=dry_run,
            with_pdf=with_pdf,
            by_clock=by_clock,
            retry=retry,
            shared=own,
        )

    others = [one(campaign, [_line(campaign, district, output)]) for campaign in district.others]
    lines = [
        _line(district, campaign, output, outcome)
        for campaign, outcome in zip(district.others, others, strict=True)
    ]
    return (one(district, lines), *others)


def _line(own: District, other: District, output: Path, outcome: Outcome | None = None) -> OtherCampaign:
    """Say on the page of ``own`` where ``other`` stands."""
    page = os.path.relpath(other.results_in(output) / PAGE, own.results_in(output))
    title = f"{other.name}{form_of(other).document_of(other.year)}"
    counts = {name: int(count) for name, count in outcome.record["counts"].items()} if outcome else {}
    return OtherCampaign(title, other.deadline, Path(page).as_posix(), counts)


def _refuse_exchanged(district: District, output: Path) -> None:
    """Refuse a first form that was collected beside another one before: its memory is elsewhere. Raises ConfigError."""
    if district.form in parts_in(output):
        raise ConfigError(
            f"表样“{district.form}”以前是另收的表，它的台账在 {output / 'ledger' / district.form}。"
            "请把原来的第一份表样写回 form，这一份仍写在另收的表中；要单独收的，另建一个区县文件夹。",
            file=district.roster,
        )
