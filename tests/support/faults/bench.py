"""Seeds go in; every kind of fault is planted, judged and scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.forms.arithmetic import holds, with_past, with_totals
from pipeline.forms.form import Form
from pipeline.intake.identify.identity import Roster, identify
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, Assessment, Finding, Number, PastReport, Severity, Submission
from tests.support.faults import entries, figures, files, history, words
from tests.support.faults.planting import KINDS, Numbers, Planted, Sent, total_over
from tests.support.faults.reports import YEAR, sent
from tests.support.submissions import AGENCY, reading_of, submission_of

FAMILIES = (figures, history, words, entries, files)
"""Importing a family registers its kinds."""
OTHERS = (Agency(code="900", name="临平区教育局", kind="部门", level="县区"),)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault planted in the report of a seed, and what was said."""

    name: str
    seed: int
    report: Sent
    planted: Planted
    assessment: Assessment

    @property
    def found(self) -> bool:
        """Whether the fault was found at its cell."""
        return any(self._is_it(finding) for finding in self.assessment.findings)

    @property
    def false_alarms(self) -> list[Finding]:
        """What was said that is neither the fault nor follows from it."""
        reach = total_over(self.report.form, self.planted.keys)
        causes = {
            finding.cause for finding in self.assessment.findings if finding.cause and self._is_it(finding)
        }
        return [
            finding
            for finding in self.assessment.findings
            if finding.severity is not Severity.INFO
            and not finding.code.startswith((self.planted.code.split(".")[0], *self.planted.also))
            and finding.cause not in causes
            and not (reach & set(finding.keys) and finding.variant in self.report.form.checks)
        ]

    def _is_it(self, finding: Finding) -> bool:
        named = finding.code if "." not in self.planted.code else f"{finding.code}.{finding.variant}"
        reach = total_over(self.report.form, self.planted.keys)
        return named.startswith(self.planted.code) and (not reach or bool(reach & set(finding.keys)))

    @property
    def hint(self) -> bool | None:
        """Whether the first hint names the planted cell and what it was; None where nothing is suggested."""
        if self.planted.slip is None:
            return None
        key, meant = self.planted.slip
        for finding in self.assessment.findings:
            for suggestion in finding.suggestions[:1]:
                first = suggestion.changes[0]
                return (first.key, first.after, len(suggestion.changes)) == (key, meant, 1)
        return None

    @property
    def is_certain(self) -> bool:
        """Whether of all typed cells only one, changed alone, settles every sum: found by trying each."""
        return len(list(self._settling())) == 1

    def _settling(self) -> Iterable[str]:
        gaps = [finding.facts.get("difference", 0) for finding in self.assessment.findings]
        sizes = {size for gap in gaps if not isinstance(gap, str) for size in (gap, -gap)}
        numbers = {**self.report.numbers, **self.planted.numbers}
        for cell in self.report.form.cells:
            if cell.key not in self.planted.computed:
                values = {numbers[cell.key] + size for size in sizes}
                if any(
                    value >= 0 and value == int(value) and self._holds({cell.key: value}) for value in values
                ):
                    yield cell.key

    def _holds(self, changes: Numbers) -> bool:
        """Whether no balance fails after ``changes``."""
        form, planted = self.report.form, self.planted
        numbers = {**self.report.numbers, **planted.numbers, **changes}
        typed = {key: None if key in planted.computed else value for key, value in numbers.items()}
        operands = with_past(with_totals(form, typed), _past(self.report, planted).numbers)
        return all(holds(balance, operands) is not False for balance in form.balances_for(AGENCY.level))


@dataclass(slots=True)
class Score:
    """Counts over many cases."""

    cases: int = 0
    found: int = 0
    alarms: int = 0
    slips: int = 0
    hinted: int = 0
    right: int = 0
    certain: int = 0
    certain_right: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)


def consistent(form: Form, seeds: Iterable[int]) -> list[Assessment]:
    """Judge reports without a fault: as readings and, as many, as files."""
    reports = [sent(form, seed) for seed in seeds]
    clean = [Planted("") for _ in reports] + [
        Planted("", content=entries.live_book(item).xlsx()) for item in reports
    ]
    return _judged(form, [*reports, *reports], clean)


def cases(form: Form, seeds: Iterable[int]) -> list[Case]:
    """Plant every kind of fault in the report of every seed, where it has a place, and judge them as one batch."""
    made = []
    for seed in seeds:
        report = sent(form, seed)
        for name, plant in KINDS.items():
            planted = plant(replace(report, rng=type(report.rng)(f"{seed} {name}")))
            if planted:
                made.append((name, seed, report, planted))
    judged = _judged(form, [item[2] for item in made], [item[3] for item in made])
    return [Case(*item, assessment) for item, assessment in zip(made, judged, strict=True)]


def score(found: Iterable[Case]) -> Score:
    """Count."""
    total = Score()
    for case in found:
        total.cases += 1
        total.found += case.found
        total.alarms += len(case.false_alarms)
        total.by_kind[case.name] += 1
        if case.planted.slip:
            hint = case.hint
            total.slips += 1
            total.hinted += hint is not None
            total.right += hint is True
            if case.is_certain:
                total.certain += 1
                total.certain_right += hint is True
    return total


def _past(report: Sent, planted: Planted) -> PastReport:
    return replace(
        report.past,
        numbers={**report.past.numbers, **planted.past},
        texts={**report.past.texts, **planted.past_texts},
    )


def _judged(form: Form, reports: Sequence[Sent], planted: Sequence[Planted]) -> list[Assessment]:
    items, pasts = [], {}
    for number, (report, fault) in enumerate(zip(reports, planted, strict=True)):
        code = f"{number:06d}"
        agency = replace(AGENCY, code=code, kind=fault.kind)
        items.append(_submission(form, report, fault, agency, number))
        pasts[code] = replace(_past(report, fault), agency=code)
    # one by one: texts of a batch are compared with each other, and every fault is planted in the same few reports
    return [
        assessment for item in items for assessment in judge(form, [item], history=pasts, agencies=OTHERS)
    ]


def _submission(form: Form, report: Sent, fault: Planted, agency: Agency, number: int) -> Submission:
    if fault.content is None:
        numbers: dict[str, Number | None] = {**report.numbers, **fault.numbers}
        reading = replace(reading_of(form, numbers, {**report.texts, **fault.texts}), computed=fault.computed)
        return replace(submission_of(reading, number=number), agency=agency, year=YEAR, asked=YEAR)
    reading = read(form, fault.content)
    who = identify(reading, path="1.xlsx", sender=None, roster=Roster.of([agency, *OTHERS]), year=YEAR)
    reading = replace(reading, findings=(*reading.findings, *who.findings))
    return replace(
        submission_of(reading, number=number), agency=who.agency, year=who.year, asked=YEAR, held=who.held
    )
