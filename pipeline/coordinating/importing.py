"""Files with figures of an earlier year go in; what was taken from each, for whom and for which year, comes out.

A ``figures.csv`` of an earlier run, filled templates, published reports in any format that is read; also folders and
archives of them. Every refusal says why; what a published report did not tell is said and stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coordinating.gathering import FIGURES, files_in, readings_in
from pipeline.coordinating.import_report import NOTHING_SAID, ImportAnswers, Taken
from pipeline.coordinating.past_judging import judged
from pipeline.coordinating.past_registers import register_remarks
from pipeline.coordinating.past_reports import differences, joined, not_earlier, take_report
from pipeline.district.adjusting import form_of
from pipeline.district.folder import refuse_sample_roster
from pipeline.forms.arithmetic import holds
from pipeline.intake.identify import identity
from pipeline.intake.read.past_figures import read_figures
from pipeline.ledger import Ledger, codes, imports
from pipeline.ledger.access import open_campaign
from pipeline.machine.durable import read_whole
from pipeline.machine.environment import disk
from pipeline.machine.pool import Pool
from pipeline.machine.work import Progress
from pipeline.model import PastReport
from pipeline.periods import named, period_before, scope_of
from pipeline.publishing.listed_files import RUN_NAME

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form


def import_files(
    district: District,
    output: Path,
    paths: Sequence[Path],
    *,
    now: datetime,
    said: ImportAnswers = NOTHING_SAID,
    advance: Progress = lambda *_: None,
) -> list[Taken]:
    """Take what can be taken of ``paths`` into the ledger. Raises EnvironmentFailedError if the disk fails."""
    refuse_sample_roster(district, "导入的数据不知道是哪个单位的，没有导入")
    form = form_of(district)
    roster = identity.Roster.of(district.agencies, district.name, district.merged)
    with disk(), Pool() as pool, open_campaign(district, output) as (ledger, district):
        codes.remember(ledger, district, now=now)
        current = imports.reports_of(ledger, district.year)
        files = files_in(paths)
        taken: list[Taken] = []
        known = _KnownReports(ledger)
        for number, path in enumerate(files):
            advance("导入", number, len(files))
            found = _file(form, district, roster, path, current, said, pool)
            taken += [_joined(form, item, known) for item in found]
        advance("导入", len(files), len(files))
        reports = [report for item in taken for report in item.reports]
        remarks = judged(form, district, reports, known.of)
        imports.keep(ledger, reports, at=now)
        registers = register_remarks(form, district, output, reports)
    return [_remarked(item, remarks, registers) for item in taken]


@dataclass(slots=True)
class _KnownReports:
    """The reports that the ledger has, and those that were taken before in the same call."""

    ledger: Ledger
    years: dict[int, dict[str, PastReport]] = field(default_factory=dict)

    def of(self, year: int) -> dict[str, PastReport]:
        """Return the reports of a year by agency code."""
        if year not in self.years:
            self.years[year] = imports.reports_of(self.ledger, year)
        return self.years[year]


def _joined(form: Form, item: Taken, known: _KnownReports) -> Taken:
    """Complete what was taken from one file by what is known already, and say where the two contradict each other."""
    if len(item.reports) != 1:
        for report in item.reports:
            known.of(report.year)[report.agency] = report
        return item
    [report] = item.reports
    own = known.of(report.year)
    before = own.get(report.agency)
    whole = own[report.agency] = joined(report, before)
    return replace(item, reports=(whole,), remarks=(*item.remarks, *differences(form, report, before)))


def _remarked(
    item: Taken,
    remarks: Mapping[tuple[str, int], str],
    registers: Mapping[tuple[str, int], Sequence[str]],
) -> Taken:
    """Add what is to be said of the one report of a file; of a list of many nothing is."""
    if len(item.reports) != 1:
        return item
    [about] = [(report.agency, report.year) for report in item.reports]
    said = (remarks.get(about, ""), *registers.get(about, ()))
    return replace(item, remarks=(*item.remarks, *filter(None, said)))


def _file(
    form: Form,
    district: District,
    roster: identity.Roster,
    path: Path,
    current: Mapping[str, PastReport],
    said: ImportAnswers,
    pool: Pool,
) -> Iterable[Taken]:
    if path.suffix.casefold() == FIGURES:
        return [_not_again(_figures(form, district, roster, path, said), district, current)]
    found = readings_in(form, path, pool)
    if not found:
        return [Taken(path.name, refusal="里面没有表格，也没有报告文档")]
    return [take_report(form, district, roster, item, reading, said) for item, reading in found]


def _figures(
    form: Form, district: District, roster: identity.Roster, path: Path, said: ImportAnswers
) -> Taken:
    found = read_figures(form, read_whole(path))
    if found.refusal:
        return Taken(path.name, refusal=found.refusal)
    year = said.year or _year_beside(path) or period_before(district.year)
    if year >= district.year:
        return Taken(path.name, refusal=not_earlier(year, district))
    reports: list[PastReport] = []
    strangers: list[str] = []
    source = f"{scope_of(year)}汇总数据 {path.name}"
    for row in found.rows:
        owner = roster.find(row.code, row.name)
        if owner is None:
            strangers.append(row.name or row.code)
        else:
            reports.append(PastReport(owner.code, year, row.numbers, source=source))
    twice = {item.agency for item in reports if sum(other.agency == item.agency for other in reports) > 1}
    if twice:
        return Taken(path.name, refusal=f"有单位出现了两次：{'、'.join(sorted(twice))}，请只留一行")
    if not reports:
        return Taken(path.name, refusal="其中没有一家是名单中的单位，请检查是不是别的区的数据")
    remarks = [found.remark] if found.remark else []
    remarks += [f"不在名单中，没有采用：{'、'.join(strangers)}"] if strangers else []
    return Taken(path.name, tuple(reports), remarks=(*remarks, *_doubts(form, district, reports)))


def _not_again(taken: Taken, district: District, current: Mapping[str, PastReport]) -> Taken:
    """Refuse figures that are to the last digit what was accepted this year: a figures.csv does not state its year."""
    known = [item for item in taken.reports if item.agency in current and any(item.numbers.values())]
    if not known or any(
        value not in (None, current[item.agency].numbers.get(key))
        for item in known
        for key, value in item.numbers.items()
    ):
        return taken
    return Taken(taken.file, refusal=not_earlier(district.year, district))


def _year_beside(path: Path) -> int | None:
    """Return the year that the record of the run beside the file states, None where there is none."""
    try:
        year = json.loads((path.parent / RUN_NAME).read_text("utf-8"))["year"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return year if isinstance(year, int) else named(year) if isinstance(year, str) else None


def _doubts(form: Form, district: District, reports: Sequence[PastReport]) -> tuple[str, ...]:
    """Say whose figures do not add up; they are taken as they are, for what was published is what was published."""
    owners = {agency.code: agency.name for agency in district.roster_agencies}
    checks = [
        check
        for check in form.balances
        if check.rule.severity == "error"
        and not (check.reaches_back or check.rule.within_year or check.rule.except_levels)
    ]
    names = [
        owners[item.agency]
        for item in reports
        if any(holds(check, item.numbers) is False for check in checks)
    ]
    return (f"勾稽关系不全相符，仍按原数采用：{'、'.join(names)}",) if names else ()
