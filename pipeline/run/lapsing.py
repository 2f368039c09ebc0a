"""The exceptions of a campaign go in; those that have run out, or are about to, and what that does to the sums come out.

An exception with a last day ends by itself: nobody decides anything on that day, and a report that counts leaves the sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.district.folder import District
from pipeline.district.settings_fields import BOOK_NAME
from pipeline.ledger import Ledger, decisions
from pipeline.ledger import judged_files as standing
from pipeline.ledger.judged_files import JudgedFile
from pipeline.model import Agency, Decision, DecisionKind, Severity, Verdict
from pipeline.versions import Versions

_AHEAD = timedelta(days=3)
"""So long before its last day it is said that an exception ends: over a weekend too."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """An exception that has run out (``is_over``), or is about to, and by which a report was accepted."""

    agency: Agency
    decision: Decision
    version: int
    is_over: bool

    @property
    def words(self) -> str:
        """Say what that does, without what to do."""
        until = f"例外（{self.decision.rule}）到 {self.decision.until} 为止"
        if self.is_over:
            return f"{until}，已经到期，第 {self.version} 次报送的数据不再计入汇总"
        return f"{until}，第 {self.version} 次报送仍有这个问题，到期以后不再计入汇总"


def lapses(ledger: Ledger, district: District, today: date) -> list[Lapse]:
    """Return what ended, or ends in these days, while the report that was accepted by it is as it was."""
    given = decisions.of_kind(decisions.in_force(ledger, district.year), DecisionKind.WAIVE)
    dated = [item for item in given if item.until and item.until <= today + _AHEAD]
    if not dated:
        return []
    own = standing.by_agency(standing.filed(ledger, district.year))
    agencies = {agency.code: agency for agency in district.agencies}
    over = {(item.agency, item.rule) for item in dated if item.until and item.until < today}
    return [
        Lapse(agencies[item.agency], item, version, (item.agency, item.rule) in over)
        for item in dated
        if item.agency in agencies and (version := _version(own, item, over))
    ]


def _version(own: Mapping[str, Versions[JudgedFile]], item: Decision, over: set[tuple[str, str]]) -> int:
    """Return the version that left the sums because ``item`` has run out, or will; 0 if there is none."""
    versions = own.get(item.agency, Versions())
    latest, counting = versions.latest, versions.counting
    if (item.agency, item.rule) not in over:
        is_needed = counting and any(found.code == item.rule and found.waived for found in counting.findings)
        return counting.version if counting and is_needed else 0
    if (
        latest is None
        or latest.verdict is not Verdict.RETURNED
        or item.until is None
        or latest.day > item.until
    ):
        return 0
    wrong = {
        found.code
        for found in latest.findings
        if found.severity is Severity.ERROR and not (found.waived or found.on_trial)
    }
    is_why = item.rule in wrong and all((item.agency, code) in over for code in wrong)
    return latest.version if is_why else 0


def sentences(ledger: Ledger, district: District, today: date) -> Iterator[str]:
    """Say what ended or is about to, and how it goes on."""
    sheet = f"在 {BOOK_NAME} 的“例外”里改写日期，或者" if district.book else ""
    for item in lapses(ledger, district, today):
        yield f"{item.agency.name}：{item.words}。仍然同意的，{sheet}运行 {district.command('waive')} 重新准予；不再同意的，请单位改正后重新报送"
