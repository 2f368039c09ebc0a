"""A district goes in; one run of each form that it collects comes out: one folder, one mailbox, one roster.

Mail is fetched once. The first form comes last: its page says where the others stand.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.mergers import Pasts
from pipeline.ledger import FOLDER, Ledger, campaign, parts_in
from pipeline.ledger import judged_files as standing
from pipeline.ledger.access import open_campaign, view_campaign
from pipeline.machine.environment import disk
from pipeline.model import ConfigError, OtherCampaign, PastReport
from pipeline.publishing.document_paths import PAGE
from pipeline.run import mailing
from pipeline.run.batch import Outcome
from pipeline.run.inbox_dividing import division_of
from pipeline.run.sharing import CommonInputs


class OneRun(Protocol):
    """``batch.run`` with all that a run is asked for, whichever the form."""

    def __call__(self, district: District, output: Path, *, shared: CommonInputs) -> Outcome:
        """Do one run of one form."""
        ...


def run_all(
    district: District, output: Path, one: OneRun, *, now: datetime, fetches: bool
) -> tuple[Outcome, ...]:
    """Do ``one`` run of every form, the first one's outcome first; ``fetches``: where the district wants mail to be fetched."""
    districts = district.campaigns
    _refuse_exchanged(district, output)
    with disk():
        division = division_of(districts, output)
    shared = CommonInputs(division)
    if district.others and district.mail.fetches and fetches:
        mailing.check(district)
        with disk(), open_campaign(district, output) as (ledger, _):
            shared = replace(shared, fetched=mailing.collect(district, ledger, now=now), has_fetched=True)

    def own_run(own: District, beside: Sequence[OtherCampaign]) -> Outcome:
        common = replace(
            shared,
            beside=beside,
            counted=_counted(own, districts, output),
        )
        return one(own, output, shared=common)

    others = [own_run(item, [_line(item, district, output)]) for item in district.others]
    lines = [
        _line(district, item, output, outcome) for item, outcome in zip(district.others, others, strict=True)
    ]
    return (own_run(district, lines), *others)


def _line(own: District, other: District, output: Path, outcome: Outcome | None = None) -> OtherCampaign:
    """Say on the page of ``own`` where ``other`` stands."""
    page = os.path.relpath(other.results_in(output) / PAGE, own.results_in(output))
    title = f"{other.name}{form_of(other).document_of(other.year)}"
    counts = {name: int(count) for name, count in outcome.record["counts"].items()} if outcome else {}
    return OtherCampaign(title, other.deadline, Path(page).as_posix(), counts)


def _counted(own: District, districts: Sequence[District], output: Path) -> dict[str, Pasts]:
    """Return by form what was accepted of each body, as of the last run, on the forms from which figures are carried into ``own``."""
    form = form_of(own)
    found: dict[str, Pasts] = {}
    for item in form.carried:
        other = next((one for one in districts if one.form == item.form and one.year == own.year), None)
        if other is None:
            continue
        keys = [cell.key for cell in form_of(other).cells]
        lost = next((key for key in item.cells.values() if key not in keys), None)
        if lost is not None:
            raise ConfigError(
                f"表样“{form.id}”的 [[carried]]“{item.id}”要用表样“{other.form}”的单元格“{lost}”，那里没有。"
            )
        with view_campaign(other, output) as (ledger, _):
            last = campaign.last_result(ledger, other.year)
            days = _days(ledger, other)
        found[item.form] = {
            code: PastReport(
                code, other.year, dict(zip(keys, numbers, strict=True)), source=item.name, came=days.get(code)
            )
            for code, numbers in (last.figures if last else {}).items()
            if len(numbers) == len(keys)  # else they were found on the form as it was before
        }
    return found


def _days(ledger: Ledger, district: District) -> dict[str, date]:
    """Return when the reports came that count, by agency; where no body changed, nobody asks."""
    if not district.merged and not any(agency.split_on for agency in district.agencies):
        return {}
    files = standing.by_agency(standing.filed(ledger, district.year))
    return {code: own.counting.day for code, own in files.items() if own.counting}


def _refuse_exchanged(district: District, output: Path) -> None:
    """Refuse a first form that was collected beside another one before: its memory is elsewhere. Raises ConfigError."""
    if district.form in parts_in(output):
        raise ConfigError(
            f"表样“{district.form}”以前是另收的表，它的台账在 {output / FOLDER / district.form}。"
            "请把原来的第一份表样写回 form，这一份仍写在另收的表中；要单独收的，另建一个区县文件夹。",
            file=district.roster,
        )
