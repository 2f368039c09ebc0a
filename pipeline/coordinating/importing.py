"""Files with figures of an earlier year go in; what was taken from each, for whom and for which year, comes out.

A ``figures.csv`` of an earlier run or filled templates. A file is taken whole or not at all, and every refusal says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.district.adjusting import form_of
from pipeline.forms.arithmetic import holds
from pipeline.intake import barrier, folder, identity
from pipeline.intake.past_figures import read_figures, refused_labels
from pipeline.ledger import codes, imports, open_ledger
from pipeline.machine.environment import disk
from pipeline.machine.pool import Pool
from pipeline.messages import notice
from pipeline.model import PastReport, Severity

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Envelope, Reading

RECORD = "run.json"
"""Beside a figures.csv it says of which year that is."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One file: the reports taken from it, or ``refusal``, a Chinese sentence; ``remarks`` are for the coordinator."""

    file: str
    reports: tuple[PastReport, ...] = ()
    refusal: str = ""
    remarks: tuple[str, ...] = ()


def import_files(district: District, output: Path, paths: Sequence[Path], *, now: datetime) -> list[Taken]:
    """Take what can be taken of ``paths`` into the ledger. Raises EnvironmentFailedError if the disk fails."""
    form = form_of(district)
    roster = identity.Roster.of(district.agencies)
    with disk(), Pool() as pool, open_ledger(output) as ledger:
        codes.check_codes(ledger, district.agencies, district.roster)
        current = imports.reports_of(ledger, district.year)
        taken = [item for path in paths for item in _file(form, district, roster, path, current, pool)]
        imports.keep(ledger, [report for item in taken for report in item.reports], at=now)
    return taken


def _file(
    form: Form,
    district: District,
    roster: identity.Roster,
    path: Path,
    current: Mapping[str, PastReport],
    pool: Pool,
) -> Iterable[Taken]:
    if path.suffix.casefold() == ".csv":
        return [_not_again(_figures(form, district, roster, path), district, current)]
    envelopes, failure = folder.open_file(path, barrier.opener(pool))
    if failure:
        return [_template(form, district, roster, item, barrier.set_aside(failure)) for item in envelopes]
    if not envelopes:
        return [Taken(path.name, refusal="里面没有电子表格")]
    works = [
        barrier.Work(number, "", partial(barrier.reading, form.id, item.content))
        for number, item in enumerate(envelopes)
    ]
    read = dict(barrier.carried_out(pool, works, barrier.Spent()))
    return [
        _template(form, district, roster, item, barrier.understood(read[number]))
        for number, item in enumerate(envelopes)
    ]


def _figures(form: Form, district: District, roster: identity.Roster, path: Path) -> Taken:
    found = read_figures(form, path.read_bytes())
    if found.refusal:
        return Taken(path.name, refusal=found.refusal)
    year = _year_beside(path) or district.year - 1
    if year >= district.year:
        return Taken(path.name, refusal=_not_earlier(year, district))
    reports: list[PastReport] = []
    strangers: list[str] = []
    source = f"{year}年度汇总数据 {path.name}"
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
    remarks = (f"不在名单中，没有采用：{'、'.join(strangers)}",) if strangers else ()
    return Taken(path.name, tuple(reports), remarks=(*remarks, *_doubts(form, district, reports)))


def _not_again(taken: Taken, district: District, current: Mapping[str, PastReport]) -> Taken:
    """Refuse figures that are to the last digit what was accepted this year: a figures.csv does not state its year."""
    told = [item for item in taken.reports if item.agency in current and any(item.numbers.values())]
    if not told or any(item.numbers != current[item.agency].numbers for item in told):
        return taken
    return Taken(taken.file, refusal=_not_earlier(district.year, district))


def _year_beside(path: Path) -> int | None:
    """Return the year that the record of the run beside the file states, None where there is none."""
    try:
        year = json.loads((path.parent / RECORD).read_text("utf-8"))["year"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return year if isinstance(year, int) else None


def _template(
    form: Form, district: District, roster: identity.Roster, envelope: Envelope, found: Reading
) -> Taken:
    who = identity.identify(found, path=envelope.path, sender=None, roster=roster, year=district.year - 1)
    refusal = _refusal(form, district, found, who)
    if refusal or who.agency is None or who.year is None:
        return Taken(envelope.name, refusal=refusal)
    source = f"{who.year}年度填报表 {envelope.name}"
    report = PastReport(who.agency.code, who.year, found.numbers, found.texts, source)
    return Taken(envelope.name, (report,), remarks=_doubts(form, district, [report]))


def _refusal(form: Form, district: District, found: Reading, who: identity.Identity) -> str:
    """Say why a file is no report of an earlier year, empty if it is one."""
    if not found.numbers:
        said = [notice(form, item).fault for item in found.findings if item.severity is Severity.ERROR]
        return "；".join(said) or "读不出表格"
    if who.agency is None or who.held:
        return "；".join(notice(form, item).fault for item in who.findings) or "无法确认是哪个单位的数据"
    if who.year is None:
        return "没有写明报告年度，请在“基本信息”填写四位年份"
    if who.year >= district.year:
        return _not_earlier(who.year, district)
    if all(value is None for value in found.numbers.values()):
        return "表格是空的，没有可以采用的数"
    impossible = refused_labels(form, found.numbers)
    return f"“{impossible[0]}”不是合理的数，请核对后再导入" if impossible else ""


def _not_earlier(year: int, district: District) -> str:
    if year == district.year:
        return f"是本年度（{year}）的数据，不是上年的；报送的表格请放进 inbox 文件夹"
    return f"是 {year} 年度的数据，比本次报送的 {district.year} 年度还晚"


def _doubts(form: Form, district: District, reports: Sequence[PastReport]) -> tuple[str, ...]:
    """Say whose figures do not add up; they are taken as they are, for what was published is what was published."""
    owners = {agency.code: agency.name for agency in district.agencies}
    checks = [
        check
        for check in form.balances
        if check.rule.severity == "error" and not check.reaches_back and not check.rule.except_levels
    ]
    names = [
        owners[item.agency]
        for item in reports
        if any(holds(check, item.numbers) is False for check in checks)
    ]
    return (f"勾稽关系不全相符，仍按原数采用：{'、'.join(names)}",) if names else ()
