"""Submissions go in; assessments come out, in the same order.

The whole batch passes pandera at once; what fails becomes findings at their true cells, and one table turns
the heaviest finding into the verdict. A ``Report`` is made only of what was accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pipeline.district.rule_settings import AS_THE_FORM_SAYS, Rules
from pipeline.district.workdays import PLAIN_CALENDAR, Calendar
from pipeline.forms.arithmetic import holds, total_of, with_past, with_totals
from pipeline.forms.form import BALANCING, is_last_year
from pipeline.forms.narrative import FigureClaims
from pipeline.forms.weighed import weighed, weighed_alone
from pipeline.judging.repair.causes import any_sum_fails, explained, is_unfilled, unfilled
from pipeline.judging.rules.admitting import admitted
from pipeline.judging.rules.agency_kinds import asked, free_texts, free_values, freed
from pipeline.judging.rules.approval import approval
from pipeline.judging.rules.carried_tables import awaited
from pipeline.judging.rules.lateness import lateness
from pipeline.judging.rules.reports import report_of
from pipeline.judging.rules.unsure_periods import is_moot, sure_period
from pipeline.judging.rules.values import value_findings
from pipeline.judging.rules.weighing import NO_WAIVERS, resolved, waivers_of, weigh
from pipeline.judging.schema.form_schema import BLANK, SIZE, columns_of, counted_rules
from pipeline.judging.schema.frame import rows_of
from pipeline.judging.schema.validation import failures
from pipeline.judging.texts.check import narrative_findings
from pipeline.judging.texts.filed import Other, TextContext, filed
from pipeline.judging.texts.statements import statements_of
from pipeline.model import (
    LAST_FIGURES,
    Agency,
    Assessment,
    Decision,
    Fact,
    Finding,
    PastReport,
    Reading,
    Report,
    Severity,
    Submission,
    Verdict,
)
from pipeline.periods import period_before

if TYPE_CHECKING:
    from pipeline.forms.form import Balance, Cell, Form

VERDICTS: Mapping[Severity | None, Verdict] = {
    None: Verdict.ACCEPTED,
    Severity.INFO: Verdict.ACCEPTED,
    Severity.WARNING: Verdict.ACCEPTED_WITH_REMARKS,
    Severity.ERROR: Verdict.RETURNED,
}
"""Heaviest finding → verdict; a submission that a person must look at is held whatever its findings."""

_IMPOSSIBLE = frozenset({"C05", "C06"})
"""The rules over what can be no figure: a negative count, a part of a case."""
_NO_HISTORY: Mapping[str, PastReport] = {}
_NO_DEADLINES: Mapping[str, date] = {}


def judge(  # noqa: PLR0913 - what a batch is judged by, spelled out
    form: Form,
    submissions: Sequence[Submission],
    *,
    rules: Rules = AS_THE_FORM_SAYS,
    history: Mapping[str, PastReport] = _NO_HISTORY,
    agencies: Sequence[Agency] = (),
    others: Sequence[Report] = (),
    deadlines: Mapping[str, date] = _NO_DEADLINES,
    waivers: Sequence[Decision] = (),
    calendar: Calendar = PLAIN_CALENDAR,
) -> list[Assessment]:
    """Judge a batch by ``form``, as the district applies it (``adjusting``).

    ``history`` holds last year's reports and ``deadlines`` the last days by agency code; what is not known is not assessed.
    ``agencies`` is the roster, in whose names one report should not speak; ``others`` are reports that count already, in
    the order in which they came, of which a new one should not be a copy.
    With ``rules.blank_is_zero`` blanks and placeholders of tables are read as 0, with a warning each; with
    ``rules.accept_documents`` a report that came as a document counts where it was read whole (``admitted``).
    """
    empty = {number for number, item in enumerate(submissions) if is_unfilled(form, item.reading)}
    readings = _readings(form, submissions, rules, empty)
    judged = [number for number, reading in enumerate(readings) if reading.is_placed and number not in empty]
    found: list[list[Finding]] = [
        [
            *reading.findings,
            *lateness(form, item, deadlines.get(item.agency.code) if item.agency else None),
            *([] if number in empty else approval(form, item)),
        ]
        for number, (item, reading) in enumerate(zip(submissions, readings, strict=True))
    ]
    batch = [replace(submissions[number], reading=readings[number]) for number in judged]
    pasts = [_past_of(item, history) for item in batch]
    reports = [filed(row, item, past) for row, (item, past) in enumerate(zip(batch, pasts, strict=True))]
    around = TextContext(form, reports, agencies, _others(others))
    known = [found[number] for number in judged]
    for row, findings in enumerate(_by_rules(around, batch, pasts, known, calendar)):
        found[judged[row]] = findings
    waived = waivers_of(waivers)
    for number, item in enumerate(submissions):
        own = waived.get(item.agency.code, NO_WAIVERS) if item.agency else NO_WAIVERS
        found[number] = resolved(weigh(form, readings[number], found[number], own), item.accepted)
    for number, item, past, report in zip(judged, batch, pasts, reports, strict=True):
        found[number] = explained(
            form,
            item.reading,
            found[number],
            level=item.level,
            kind=item.kind,
            operands=with_past(item.reading.numbers, past.numbers if past else None),
            statements=statements_of(form, report) if _is_open(form, found[number]) else (),
        )
    for number in empty:
        found[number] = unfilled(found[number])
    return [
        _assess(form, item, reading, findings)
        for item, reading, findings in zip(submissions, readings, found, strict=True)
    ]


def _readings(
    form: Form, submissions: Sequence[Submission], rules: Rules, empty: Collection[int]
) -> list[Reading]:
    """Return the readings as the district's ``rules`` take them; ``empty`` are those in which nothing was filled in."""
    readings = [_weighed(form, freed(form, item.reading, item.kind)) for item in submissions]
    if rules.blank_is_zero:
        readings = [
            reading if number in empty else _weighed(form, _settle(form, reading))
            for number, reading in enumerate(readings)
        ]
    if rules.accept_documents:
        readings = [_weighed(form, admitted(reading)) for reading in readings]
    return readings


def _by_rules(
    around: TextContext,
    batch: Sequence[Submission],
    pasts: Sequence[PastReport | None],
    known: Sequence[Sequence[Finding]],
    calendar: Calendar,
) -> list[list[Finding]]:
    """Return for each of ``batch`` what is ``known`` of it, with what is wrong with its values, texts and figures."""
    form = around.form
    of_texts: list[list[Finding]] = [[] for _ in batch]
    for row, finding in narrative_findings(around):
        of_texts[row].append(finding)
    of_values = value_findings(
        form, [item.reading for item in batch], calendar, [sure_period(item) for item in batch]
    )
    earlier = [
        (
            *known[row],
            *asked(of_values[row], free_values(form, item.reading, item.kind)),
            *asked(of_texts[row], free_texts(form, item.reading, item.kind)),
        )
        for row, item in enumerate(batch)
    ]
    return _validated(form, batch, pasts, earlier)


def _is_open(form: Form, findings: Sequence[Finding]) -> bool:
    """Say whether figures fail, or texts state others in several places, so that what texts state may tell which is wrong."""
    contradicted = sum(isinstance(form.narrative(finding.code), FigureClaims) for finding in findings)
    return contradicted > 1 or any_sum_fails(form, findings)


def _others(reports: Iterable[Report]) -> list[Other]:
    return [Other(item.code, item.agency, item.texts) for item in reports]


def _past_of(item: Submission, history: Mapping[str, PastReport]) -> PastReport | None:
    """Return the report of the year before, if the submission's agency and year are known; none if what it says is that report's.

    Beside that, figures that do not go on from it say nothing new.
    """
    if any((finding.code, finding.variant) == LAST_FIGURES for finding in item.reading.findings):
        return None
    past = history.get(item.past_key or item.agency.code) if item.agency else None
    return past if past and item.year is not None and past.year == period_before(item.year) else None


def _validated(
    form: Form,
    batch: Sequence[Submission],
    pasts: Sequence[PastReport | None],
    earlier: Sequence[Sequence[Finding]],
) -> list[list[Finding]]:
    """Validate the batch by the form's schema; return what fails of each submission.

    ``earlier`` are the findings of reading and texts: those of a rule stand where the schema says that it was broken.
    """
    if not batch:
        return []
    readings = [item.reading for item in batch]
    rows = rows_of(
        form,
        readings,
        [item.level for item in batch],
        pasts,
        earlier,
        [item.kind for item in batch],
    )
    wrong: list[list[tuple[str, str]]] = [[] for _ in batch]
    columns, counted = list(columns_of(form)), frozenset(counted_rules(form))
    for row, column, check in failures(columns_of(form), rows):
        if not is_moot(form, batch[row], columns[column]):
            wrong[row].append((columns[column], check))
    return [
        _findings(form, item, past, _broken(own, failed, counted), failed)
        for item, past, own, failed in zip(batch, pasts, earlier, wrong, strict=True)
    ]


def _findings(
    form: Form,
    item: Submission,
    past: PastReport | None,
    earlier: Sequence[Finding],
    failed: Sequence[tuple[str, str]],
) -> list[Finding]:
    """Make the findings of one submission of what failed, (column, check) by (column, check); ``earlier`` are made already."""
    of_texts = next((at for at, finding in enumerate(earlier) if form.narrative(finding.code)), len(earlier))
    waits = awaited(form, item.reading)
    cells = [
        (key, check)
        for key, check in failed
        if key in form.by_key and _is_bound(form, item, key, check) and not (check == BLANK and key in waits)
    ]
    repeated = {
        (key, check) for key, check in cells if _repeats_a_part(form, item.reading, key, check, cells)
    }
    of_numbers = [_cell_finding(form, item.reading, *pair) for pair in cells if pair not in repeated]
    impossible = frozenset(key for key, check in cells if check.partition(".")[0] in _IMPOSSIBLE)
    of_numbers += [
        _check_finding(item.reading, past, form.checks[check_id])
        for check_id, _ in failed
        if check_id in form.checks and not _is_moot(form.checks[check_id], impossible)
    ]
    return [*earlier[:of_texts], *of_numbers, *earlier[of_texts:]]


def _broken(
    earlier: Sequence[Finding], failed: Sequence[tuple[str, str]], counted: frozenset[str]
) -> list[Finding]:
    """Return those of the findings ``earlier`` whose rule the schema says is broken, and those of no rule of the form."""
    broken = {column for column, _ in failed}
    return [finding for finding in earlier if finding.code in broken or finding.code not in counted]


def _is_moot(check: Balance, impossible: frozenset[str]) -> bool:
    """Whether a check only weighs how likely a figure is that was found to be none at all."""
    return check.rule.relation not in BALANCING and not impossible.isdisjoint(check.keys)


def _is_bound(form: Form, item: Submission, key: str, check: str) -> bool:
    """Whether the check is one of this body's, and of a blank that nothing else has been said of."""
    reading = item.reading
    rule = form.basics[check.partition(".")[0]]
    if rule.id == BLANK:
        return key in reading.places and key not in reading.unreadable
    return check != SIZE or rule.applies_to(item.level)


def _repeats_a_part(
    form: Form, reading: Reading, key: str, check: str, failed: Sequence[tuple[str, str]]
) -> bool:
    """Whether a total only repeats what its part says."""
    cell = form.by_key[key]
    parts = form.balance(cell.defined_by).right if cell.defined_by else ()
    return any((part, check) in failed for part in parts) and _adds_up(form, cell, reading)


def _adds_up(form: Form, cell: Cell, reading: Reading) -> bool:
    return holds(form.balance(cell.defined_by), reading.numbers) is True


def _cell_finding(form: Form, reading: Reading, key: str, check: str) -> Finding:
    code, _, variant = check.partition(".")
    value = reading.numbers[key]
    facts: dict[str, Fact] = {} if value is None else {"value": value}
    return weighed_alone(form, Finding.found(code, reading.places.get(key), (key,), variant, facts))


def _check_finding(reading: Reading, past: PastReport | None, check: Balance) -> Finding:
    operands = with_past(reading.numbers, past.numbers if past else None)
    known = {key: operands[key] for key in check.keys}
    facts: dict[str, Fact] = {key: value for key, value in known.items() if value is not None}
    left, right = total_of(check.left, operands), total_of(check.right, operands)
    if left is not None and right is not None:
        facts |= {"left": left, "right": right, "difference": left - right}
    own = dict.fromkeys(check.keys)
    keys = (check.anchor, *(key for key in own if key != check.anchor and not is_last_year(key)))
    return Finding(
        code=check.rule.id,
        severity=Severity(check.rule.severity),
        place=reading.places.get(check.anchor),
        keys=keys,
        variant=check.id,
        facts=facts,
    )


def _weighed(form: Form, reading: Reading) -> Reading:
    """Give what reading and identity found the weight that the district's form declares."""
    return replace(reading, findings=tuple(weighed(form, reading.findings)))


def _settle(form: Form, reading: Reading) -> Reading:
    """Read blanks and placeholders as 0, each with a warning, and compute the totals anew."""
    if not reading.numbers:
        return reading
    waits = awaited(form, reading)
    placeholders = {finding.key for finding in reading.findings if finding.code == "C02"}
    numbers = dict(reading.numbers)
    blanks: list[Finding] = []
    for cell in form.cells:
        key = cell.key
        if numbers[key] is not None or not cell.is_input or key not in reading.places or key in waits:
            continue
        if key in placeholders:
            numbers[key] = 0
        elif key not in reading.unreadable:
            numbers[key] = 0
            blanks.append(Finding.found("C01", reading.places[key], (key,), "as_zero"))
    lighter = [
        replace(finding, variant="as_zero") if finding.code == "C02" else finding
        for finding in reading.findings
    ]
    settled = with_totals(form, numbers)
    return replace(
        reading,
        numbers=settled,
        computed=reading.computed | {key for key, value in settled.items() if value != numbers[key]},
        unreadable={key: raw for key, raw in reading.unreadable.items() if key not in placeholders},
        findings=(*lighter, *blanks),
    )


def _assess(form: Form, item: Submission, reading: Reading, findings: Sequence[Finding]) -> Assessment:
    heaviest = max((finding.severity for finding in findings), key=lambda own: own.weight, default=None)
    held = item.held or any(finding.is_open for finding in findings)
    verdict = Verdict.HELD if held else VERDICTS[heaviest]
    if verdict.is_acceptance and (item.agency is None or not reading.is_placed):
        raise AssertionError(f"accepted without agency or figures: {item.file}")
    report = report_of(form, item, reading) if verdict.is_acceptance else None
    return Assessment(replace(item, reading=reading), tuple(findings), verdict, report)
