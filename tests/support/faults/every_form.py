"""Any form and a seed go in; a report of it without a fault comes out, and faults of every kind that its cells and rules can have.

What ``bench`` knows of the annual report's habits is not asked here: only what every form has, derived from the form alone,
so that a new form is covered without a new line.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.forms.arithmetic import holds, with_past, with_totals
from pipeline.forms.form import Balance, Cell, Form, is_last_year
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Number, PastReport, Reading, Severity, Submission
from pipeline.periods import Period, period_before
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import approved, consistent_numbers, report
from tests.support.rows import entries_of, nil_of, rows_of
from tests.support.submissions import AGENCY, plain_texts, submission_of

PERIODS: Mapping[str, Period] = {"year": 2023, "half": 202322, "quarter": 202344, "month": 202312}
_HUGE, _PAST = 90_000, 1000
Values = Mapping[str, Number | str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A report of a form: what is typed into its fields, the rows of its registers, and last year's figures."""

    form: Form
    values: Values
    rows: Mapping[str, Sequence[Sequence[str]]]
    past: PastReport | None = None

    def workbook(self) -> bytes:
        """Return the template, filled in."""
        stamp = Stamp(
            agency_code=AGENCY.code,
            agency=AGENCY.name,
            year=PERIODS[self.form.period],
            kind=AGENCY.kind,
            level=AGENCY.level,
        )
        rows = {key: [list(row) for row in own] for key, own in self.rows.items()}
        return build_workbook(self.form, stamp, values=self.values, registers=rows)

    def changed(self, values: Values, past: PastReport | None = None) -> Filled:
        """Return the report with other values; an empty text leaves a cell blank."""
        return replace(self, values={**self.values, **values}, past=past)


@dataclass(frozen=True, slots=True)
class Fault:
    """A report with one fault; ``code`` must be said at ``key``, or the check ``check`` must."""

    name: str
    filled: Filled
    code: str = ""
    key: str = ""
    check: str = ""


@dataclass(slots=True)
class Judged:
    """What was said of a report, and which checks do not hold as its own figures say."""

    assessment: Assessment
    broken: set[str] = field(default_factory=set)

    @property
    def loud(self) -> list[tuple[str, str]]:
        """What was said but as information."""
        return [
            (item.code, item.variant)
            for item in self.assessment.findings
            if item.severity is not Severity.INFO
        ]


def consistent(form: Form, seed: int) -> Filled:
    """Return a report without a fault; only checks over what registers come to may be broken by chance."""
    rng = random.Random(f"{form.id}{seed}")
    rows = rows_of(form, rng)
    texts: dict[str, str] = {}
    if form.narratives and any(text.required for text in form.texts):
        written = report(form, AGENCY.code, AGENCY.name, PERIODS[form.period], rng=rng)
        numbers = dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
        texts = dict(written.texts)
    else:
        numbers = consistent_numbers(_typed_alone(form), rng, rng.choice([1, 8, 900]))
        texts = dict(plain_texts(form))
    inputs = {cell.key: numbers[cell.key] for cell in form.cells if cell.is_input}
    values: dict[str, Number | str] = {
        **inputs,
        **texts,
        **approved(form),
        **nil_of(form, rows),
        **entries_of(form, rng),
    }
    return Filled(form, values, rows)


def _typed_alone(form: Form) -> Form:
    """Return the form with those checks alone that no figure of a register has a part in."""
    zeros = {cell.key: 0 for cell in form.cells if cell.is_input}
    drawn = {key for key, value in with_totals(form, zeros).items() if value is None}
    checks = {key: check for key, check in form.checks.items() if drawn.isdisjoint(check.keys)}
    return replace(form, checks=checks)


def faults(form: Form, seed: int, most: int) -> Iterator[Fault]:
    """Yield faults in a report of ``seed``: of a cell, of each kind, then of up to ``most`` checks."""
    rng = random.Random(f"faults {form.id}{seed}")
    good = consistent(form, seed)
    cells = [cell for cell in form.cells if cell.is_input]
    if cells:
        yield from _of_cells(good, cells, rng)
    yield from _of_values(good)
    checks = [check for check in form.checks.values() if check.applies_to(AGENCY.level, AGENCY.kind)]
    for check in rng.sample(checks, min(most, len(checks))):
        broken = _breaking(good, check)
        if broken:
            yield Fault(f"{check.id} is broken", broken, check=check.id)


def _of_cells(good: Filled, cells: Sequence[Cell], rng: random.Random) -> Iterator[Fault]:
    for name, value, code in (
        ("blank", "", "C01"),
        ("a placeholder", "无", "C02"),
        ("a unit", "3个", "C03"),
        ("negative", -3, "C05"),
        ("words", "很多", "C08"),
    ):
        cell = rng.choice([one for one in cells if code != "C05" or one.number.least is not None])
        yield Fault(f"{name} at {cell.key}", good.changed({cell.key: value}), code, cell.key)
    whole = [cell for cell in cells if cell.number.is_whole]
    if whole:
        cell = rng.choice(whole)
        yield Fault(f"a fraction at {cell.key}", good.changed({cell.key: "2.5"}), "C06", cell.key)
    cell = rng.choice(cells)
    nil = good.form.table(cell.table).nil_key
    yield Fault(f"{nil} contradicted", good.changed({cell.key: 7, nil: "是"}), "C09", nil)


_NO_VALUES: Mapping[str, Sequence[tuple[str, Number | str]]] = {
    "yes_no": (("V01", "大概"),), "choice": (("V01", "别的"),), "phone": (("V01", "见名片"),),
    "date": (("V01", "去年"), ("V01", "1899-01-01"), ("V01", "2023-02-30")),
    "percent": (("V01", 2), ("C08", "很多"), ("C05", -1)), "decimal": (("V01", 100_000), ("C08", "很多"), ("C05", -1)),
    "text": (("V01", "长" * 3_000),),
}  # fmt: skip
"""What is no value of a kind, and what is then said."""


def _of_values(good: Filled) -> Iterator[Fault]:
    """Yield faults in what tables ask for besides numbers: a blank, and what is no value of its kind."""
    for value in good.form.cell_values:
        if value.required:
            yield Fault(f"blank at {value.key}", good.changed({value.key: ""}), "C01", value.key)
        for code, wrong in _NO_VALUES[value.kind]:
            yield Fault(f"{wrong!s:.9} at {value.key}", good.changed({value.key: wrong}), code, value.key)


def _breaking(good: Filled, check: Balance) -> Filled | None:
    """Return the report with a change to one side of ``check`` that breaks it; None where none of these does."""
    form = good.form
    own = [key for key in check.keys if not is_last_year(key)]
    past = _past(good) if check.reaches_back else None
    for sizes in ((_HUGE, 0), (0, _HUGE), (_HUGE, _HUGE), (0, 0), (7, 0), (0, 7)):
        left = {key: sizes[0] for key in check.left if key in own and _is_typed(form, key, check)}
        right = {key: sizes[1] for key in check.right if key in own and _is_typed(form, key, check)}
        changed = good.changed({**right, **left}, past)
        if check.id in broken_in(changed, read(form, changed.workbook())):
            return changed
    return None


def _is_typed(form: Form, key: str, check: Balance) -> bool:
    """Whether a change may type ``key``: a computed cell only as the very sum that the check is about."""
    cell = form.by_key[key]
    return cell.is_input or (cell.defined_by == check.id and key == check.left[0])


def _past(good: Filled) -> PastReport:
    numbers: dict[str, Number | None] = {cell.key: _PAST for cell in good.form.cells}
    return PastReport(AGENCY.code, period_before(PERIODS[good.form.period]), numbers, source="试")


def broken_in(filled: Filled, reading: Reading) -> set[str]:
    """Return the checks that do not hold in what was read, one after another: neither pandera nor Excel is asked."""
    operands = with_past(reading.numbers, filled.past.numbers if filled.past else None)
    failing = {
        check.id
        for check in filled.form.checks.values()
        if check.applies_to(AGENCY.level, AGENCY.kind) and holds(check, operands) is False
    }
    return {key for key in failing if failing.isdisjoint(filled.form.checks[key].after)}


def judged(form: Form, sent: Sequence[Filled]) -> list[Judged]:
    """Judge reports as one batch, each as of an agency of its own."""
    items: list[Submission] = []
    history: dict[str, PastReport] = {}
    readings = [read(form, filled.workbook()) for filled in sent]
    for number, (filled, reading) in enumerate(zip(sent, readings, strict=True)):
        item = replace(submission_of(reading, number=number), year=PERIODS[form.period])
        assert item.agency
        items.append(replace(item, agency=replace(item.agency, code=f"{number:04}")))
        if filled.past:
            history[f"{number:04}"] = filled.past
    found = judge(form, items, history=history)
    return [
        Judged(item, broken_in(filled, reading))
        for item, filled, reading in zip(found, sent, readings, strict=True)
    ]
