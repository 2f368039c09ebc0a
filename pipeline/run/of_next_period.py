"""Assessments go in; those come out, said to be so, whose figures were meant for the next period and stand on the template of this one.

Who takes last quarter's workbook again and leaves the period as it was sends a correction of it, as it seems, whose sums fail.
They hold in the next period, with what counts of this one before them: then nobody is asked to change a figure for this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.forms.arithmetic import holds, with_past
from pipeline.forms.form import Balance, Form
from pipeline.ledger import Ledger, judged_files
from pipeline.model import Assessment, Fact, Finding, Verdict
from pipeline.periods import kind_of, period_after, period_before, title_of, year_in
from pipeline.versions import versions_of
from pipeline.wording.personal_numbers import without_persons

_CODE, _VARIANT = "F02", "next_period"


def for_next_period(form: Form, district: District, found: Sequence[Assessment]) -> dict[int, Assessment]:
    """Return the returned assessments that are of the next period, if that is collected too, by their places in ``found``."""
    after = period_after(district.year)
    is_asked = (district.form, after) in district.collected and year_in(after) == year_in(district.year)
    suspects = list(_suspects(form, found)) if is_asked and kind_of(after) != "year" else []
    if not suspects:
        return {}
    checks = list(_within_year(form_of(replace(district, year=after))))
    period = form.entry_with_role("year")
    facts = {"stated": title_of(district.year), "next": title_of(after)}
    return {
        at: _said(form, item, _finding(item, period.key, facts))
        for at, item, before in suspects
        if _holds_after(form, checks, before, item)
    }


def sentences(ledger: Ledger, district: District) -> Iterator[str]:
    """Name the agencies whose figures of the period of ``district`` stand on the template of the one before, and that sent nothing else."""
    before = period_before(district.year)
    if (district.form, before) not in district.collected:
        return
    own = judged_files.by_agency(judged_files.filed(ledger, before))
    here = judged_files.by_agency(judged_files.filed(ledger, district.year))
    for agency in district.agencies:
        latest = own[agency.code].latest if agency.code in own else None
        is_it = latest is not None and any(
            (item.code, item.variant) == (_CODE, _VARIANT) for item in latest.findings
        )
        if latest and is_it and agency.code not in here:
            yield (
                f"{agency.name}报送的“{without_persons(latest.path)}”是{title_of(before)}的模板，像是{title_of(district.year)}的数据，"
                f"已由{title_of(before)}退回；请提醒对方用{title_of(district.year)}的模板报送"
            )


def _suspects(form: Form, found: Sequence[Assessment]) -> Iterator[tuple[int, Assessment, Assessment]]:
    """Yield what was returned after a report of its agency was accepted, because the sums of the year so far fail; and that report."""
    own: dict[str, list[Assessment]] = {}
    for item in found:
        if item.submission.agency:
            own.setdefault(item.submission.agency.code, []).append(item)
    counting = {code: versions_of(items).counting for code, items in own.items()}
    for at, item in enumerate(found):
        agency = item.submission.agency
        before = counting[agency.code] if agency else None
        if before is None or item.verdict is not Verdict.RETURNED or item.is_sent_back:
            continue
        if (item.word, item.version) > (before.word, before.version) and _fails(form, item):
            yield at, item, before


def _within_year(form: Form) -> Iterator[Balance]:
    return (check for check in form.checks.values() if check.rule.within_year)


def _fails(form: Form, item: Assessment) -> bool:
    own = {check.id for check in _within_year(form)}
    return any(finding.variant in own and not finding.is_answered for finding in item.findings)


def _holds_after(form: Form, checks: Iterable[Balance], before: Assessment, item: Assessment) -> bool:
    """Whether every sum of the year so far holds if ``before`` is the report of the period before: to the cell."""
    report = before.report
    if report is None:
        return False
    past = dict(zip((cell.key for cell in form.cells), report.numbers, strict=True))
    operands = with_past(item.submission.reading.numbers, past)
    return all(holds(check, operands) for check in checks)


def _finding(item: Assessment, key: str, facts: Mapping[str, Fact]) -> Finding:
    return Finding.found("F02", item.submission.reading.places.get(key), (key,), "next_period", facts)


def _said(form: Form, item: Assessment, said: Finding) -> Assessment:
    """Say of an assessment what it is, and suggest no change of its figures: they are right in their period."""
    own = {check.id for check in _within_year(form)}
    others = (
        replace(finding, suggestions=(), cause="") if finding.variant in own else finding
        for finding in item.findings
    )
    return replace(item, findings=(said, *others))
