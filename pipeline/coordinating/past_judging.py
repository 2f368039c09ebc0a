"""Reports of earlier years go in; what the rules say of them comes out, as remarks: what was published is as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.intake.identify import identity
from pipeline.long_lists import first_of
from pipeline.model import Claims, PastReport, Reading, Severity, Submission
from pipeline.periods import period_before, year_in
from pipeline.wording.messages import notice

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Agency, Assessment

_SHOWN = 3
_UNASKED = frozenset({"C01", "F07", "F10"})
"""What is said already: blanks; and when it came or who approved it, which is no matter here."""

Reports = Callable[[int], Mapping[str, PastReport]]
"""The reports of a year by agency code."""


def judged(
    form: Form, district: District, reports: Sequence[PastReport], known: Reports
) -> dict[tuple[str, int], str]:
    """Return what the rules of its year have to say of each report, by agency and year; nothing where nothing is wrong.

    Years on an earlier form have other rules, so that nothing is said of them.
    """
    from pipeline.judging.rules.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    agencies = {agency.code: agency for agency in district.agencies}
    remarks: dict[tuple[str, int], str] = {}
    for year in sorted({report.year for report in reports if year_in(report.year) >= form.first_year}):
        own = {report.agency: report for report in reports if report.year == year}
        batch = [_submission(form, agencies[code], report) for code, report in own.items()]
        rules = replace(district.rules, blank_is_zero=False)
        done = judge(form, batch, rules=rules, history=known(period_before(year)), agencies=district.agencies)
        for code, item in zip(own, done, strict=True):
            if said := _said(form, item):
                remarks[code, year] = said
    return remarks


def _submission(form: Form, agency: Agency, report: PastReport) -> Submission:
    reading = Reading(
        form.id,
        Claims({}, agency.name, agency.code, report.year),
        numbers={cell.key: report.numbers.get(cell.key) for cell in form.cells},
        texts={text.key: report.texts.get(text.key, "") for text in form.texts},
        places=form.places,
    )
    who = identity.Identity(agency, held=False, year=report.year)
    return Submission(
        file=report.source,
        name=report.source,
        sha256="",
        source="folder",
        received_at=None,
        order=0.0,
        reading=reading,
        agency=who.agency,
        level=agency.level,
        year=report.year,
    )


def _said(form: Form, item: Assessment) -> str:
    has_texts = any(item.submission.reading.texts.values())
    texts = {text.key for text in form.texts}
    found = [
        one
        for one in item.findings
        if one.severity is not Severity.INFO
        and one.code not in _UNASKED
        and (has_texts or one.key not in texts)
    ]
    if not found:
        return ""
    said = [notice(form, one).message.rstrip("。") for one in found]
    return f"按规则核对有疑问，仍按原数采用：{first_of(said, _SHOWN, '；等 {} 处', between='；')}"
