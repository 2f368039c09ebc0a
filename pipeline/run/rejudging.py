"""A campaign goes in; the reports that were accepted and, judged anew, count no more come out, and why that is so.

Nobody decides on such a day: another report of the agency was corrected, past figures were brought in, the form or a setting
became another. An exception that has run out is told by ``lapsing``, what a person sent back by whoever did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, assessments, imports
from pipeline.ledger import judged_files as standing
from pipeline.ledger.judged_files import JudgedFile
from pipeline.letter import Rejudged
from pipeline.long_lists import first_of
from pipeline.model import Agency, Finding, Severity, Verdict
from pipeline.periods import period_before, scope_of
from pipeline.run import lapsing
from pipeline.versions import Versions

_MOST = 10
"""So many agencies are spoken of one by one; of more that leave for one cause, in one sentence."""


@dataclass(frozen=True, slots=True)
class LostAcceptance:
    """A report that was accepted and is returned now, by which nothing of its agency counts, or ``counting`` does."""

    agency: Agency
    version: int
    cause: Rejudged | None
    counting: int = 0


def cause_of(
    ledger: Ledger, form: Form, year: int, agency: str, sha256: str, since: datetime
) -> Rejudged | None:
    """Find out why a file that was accepted at ``since`` is wrong now; None where that is not certain."""
    then, now = assessments.then_and_now(ledger, year, sha256, since)
    wrong = [item for item in now if item.severity is Severity.ERROR and not (item.waived or item.on_trial)]
    if wrong and marks_of(wrong) <= marks_of([item for item in then if item.waived]):
        return Rejudged.WAIVER
    back = {balance.rule.id for balance in form.balances if balance.reaches_back}
    if not wrong or not {item.code for item in wrong} <= back:
        return None
    before = period_before(year)
    imported = imports.imported_at(ledger, before, agency)
    if imported:
        return Rejudged.LAST_YEAR if max(imported) > since else None
    return Rejudged.CORRECTION if _was_corrected(ledger, before, agency, since) else None


def _was_corrected(ledger: Ledger, year: int, agency: str, since: datetime) -> bool:
    """Whether the report of ``year`` that counts was accepted after ``since``, in the place of another one."""
    own = standing.by_agency(standing.filed(ledger, year)).get(agency, Versions())
    if own.counting is None:
        return False
    course = assessments.course_of(ledger, year, own.counting.sha256)
    accepted = [moment for moment, is_accepted in course if is_accepted]
    had_one = any(
        is_accepted and moment <= since
        for item in own.files
        if item is not own.counting
        for moment, is_accepted in assessments.course_of(ledger, year, item.sha256)
    )
    return had_one and bool(accepted) and accepted[0] > since


def lost(ledger: Ledger, district: District, today: date) -> Iterator[LostAcceptance]:
    """Yield whose report left the sums, while the agency has sent nothing since."""
    if not assessments.any_lost(ledger, district.year):
        return
    own = standing.by_agency(standing.filed(ledger, district.year))
    lapsed = {item.agency.code for item in lapsing.lapses(ledger, district, today) if item.is_over}
    for agency in district.agencies:
        versions = own.get(agency.code, Versions())
        found = None if agency.code in lapsed else _left(ledger, district.year, versions)
        if found:
            item, since = found
            cause = cause_of(ledger, form_of(district), district.year, agency.code, item.sha256, since)
            counting = versions.counting.version if versions.counting else 0
            yield LostAcceptance(agency, item.version, cause, counting)


def _left(ledger: Ledger, year: int, versions: Versions[JudgedFile]) -> tuple[JudgedFile, datetime] | None:
    """Return the newest word that was accepted and is returned now, with the moment by which it was accepted last."""
    by_word = sorted(versions.files, key=lambda item: (item.word, item.version))
    for item in reversed(by_word):
        if item is versions.counting or item.is_sent_back or item.verdict.is_acceptance:
            return None
        course = assessments.course_of(ledger, year, item.sha256) if item.verdict is Verdict.RETURNED else []
        accepted = [at for at, (_, is_accepted) in enumerate(course) if is_accepted]
        if not accepted:
            continue
        left = course[accepted[-1] + 1][0] if accepted[-1] + 1 < len(course) else None
        is_last_word = left is not None and all(one.seen_at <= left for one in versions.files)
        return (item, course[accepted[-1]][0]) if is_last_word else None
    return None


def words_of(district: District, item: LostAcceptance) -> str:
    """Say why a report left the sums, without whose it is."""
    which = "已接受的报送" if not item.version else f"第 {item.version} 次报送"
    instead = f"，现以第 {item.counting} 次报送计入" if item.counting else ""
    match item.cause:
        case Rejudged.CORRECTION:
            why = f"更正了{scope_of(period_before(district.year))}的数据，{which}与更正后的不符"
        case Rejudged.LAST_YEAR:
            why = f"导入了{scope_of(period_before(district.year))}的数据，{which}与之不符"
        case Rejudged.WAIVER:
            why = f"准予的例外已经撤销或到期，{which}有错误"
        case _:
            why = f"检查的依据有变化，{which}重新检查时有错误"
    return f"{why}，数据不再计入汇总{instead}"


def sentences(ledger: Ledger, district: District, today: date) -> Iterator[str]:
    """Say who left the sums and why; of very many who left for one cause the first names."""
    for names, words in in_words(district, list(lost(ledger, district, today))):
        yield f"{names}：{words}。请单位改正后重新报送"


def in_words(district: District, found: list[LostAcceptance]) -> Iterator[tuple[str, str]]:
    """Yield whose reports left the sums, and why."""
    by_cause: dict[Rejudged | None, list[LostAcceptance]] = {}
    for item in found:
        by_cause.setdefault(item.cause, []).append(item)
    for alike in by_cause.values():
        if len(alike) > _MOST:
            names = first_of([item.agency.name for item in alike], _MOST, "等 {} 家单位")
            yield names, words_of(district, LostAcceptance(alike[0].agency, 0, alike[0].cause))
        else:
            yield from ((item.agency.name, words_of(district, item)) for item in alike)


def marks_of(found: Iterable[Finding]) -> set[tuple[str, str | None]]:
    """Return what findings say of which cells, by which those of two days are compared."""
    return {(item.code, item.key) for item in found}
