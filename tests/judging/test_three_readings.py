"""One rule, three readings: what LibreOffice computes on 自查 is what pandera finds, for every rule and every fill."""

from __future__ import annotations

import os
import random
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import load_workbook

from pipeline.forms.arithmetic import difference, with_past
from pipeline.forms.form import Balance, Form, this_year
from pipeline.forms.formulas import EXPLAINED, FAILS, HOLDS, NOT_ASSESSED
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP
from pipeline.forms.values.answers import YES
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding, Number, PastReport, Severity
from pipeline.publishing.template import build_workbook
from tests.support.fills import consistent_numbers
from tests.support.libreoffice import computed
from tests.support.submissions import AGENCY, submission_of

FILLS = int(os.environ.get("NIANBAO_FILLS", "60"))
"""LibreOffice takes more than half a second for each; a long run has 300 and more."""
LEVEL = "县区"
_POISON = 987654


@dataclass(frozen=True, slots=True)
class Check:
    """A line of 自查 as computed."""

    mark: str
    difference: float | str


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in a workbook: this year's cells, last year's report if there is one, and what was explained."""

    values: Mapping[str, Number | str]
    past: PastReport | None = None
    explanations: Mapping[str, str] = field(default_factory=dict)

    def workbook(self, form: Form) -> bytes:
        return build_workbook(form, values=self.values, past=self.past, explanations=self.explanations)


def fillings(form: Form) -> list[Filling]:
    """Consistent reports and such with planted slips: wrong inputs, typed totals, blanks, nil returns, other last years."""
    found = []
    of_rules = {check.rule.id: check for check in form.checks.values()}
    for seed in range(FILLS):
        rng = random.Random(seed)
        numbers: dict[str, Number | str] = dict(consistent_numbers(form, rng, rng.choice([1, 6, 400])))
        typed = rng.sample(form.cells, rng.randrange(6)) if seed % 3 else []
        typed += rng.sample(form.cells_of(form.tables[seed % 3].key), 2) if seed % 7 == 3 else []
        slipped = {cell.key: rng.randrange(900) for cell in typed}
        if seed % 3 == 2:  # every rule in turn, for some are seldom broken
            own = list(of_rules.values())[seed // 3 % len(of_rules)]
            slipped |= {key: rng.randrange(900) for key in own.left[:1] if key in form.by_key}
        kept = {key: value for key, value in numbers.items() if form.by_key[key].is_input or seed % 5 == 0}
        for cell in rng.sample(form.cells, rng.randrange(3)) if seed % 4 == 1 else []:
            kept.pop(cell.key, None)
        if seed % 25 == 7:
            table = rng.choice(form.tables)
            for cell in form.cells_of(table.key):
                kept.pop(cell.key, None)
            kept[table.nil_key] = YES
            slipped = {key: value for key, value in slipped.items() if form.by_key[key].table != table.key}
        explained = rng.sample(list(form.checks), 12) if seed % 2 else []
        past = last_year_of(form, rng, seed) if seed % 6 else None
        found.append(Filling(kept | slipped, past, dict.fromkeys(explained, "情况属实")))
    return found


def last_year_of(form: Form, rng: random.Random, seed: int) -> PastReport:
    """A year before: the same figures where a rule compares them, with slips and blanks."""
    numbers: dict[str, Number | None] = dict(consistent_numbers(form, random.Random(seed), 400))
    for check in form.checks.values():
        if check.rule.id == "T3-04" and rng.random() < 0.5:
            numbers |= dict(zip(map(this_year, check.right), map(numbers.get, check.left), strict=True))
        if check.rule.relation == "within" and rng.random() < 0.5:
            numbers[check.anchor] = rng.choice([1, 19, 20, 25, 100, 2000])
    for cell in rng.sample(form.cells, rng.randrange(20)):
        numbers[cell.key] = None
    return PastReport(AGENCY.code, 2022, numbers, source="测试")


def checks(form: Form, path: Path) -> dict[str, Check]:
    sheet = load_workbook(BytesIO(path.read_bytes())).get_sheet_by_name(form.sheet_of_kind("checks").name)
    rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
    found = {}
    for row in rows[CHECKS_TOP : CHECKS_TOP + len(form.live_checks(LEVEL))]:
        gap = row[CHECK_COLUMNS["difference"]]
        assert isinstance(gap, float | str)
        found[str(row[CHECK_COLUMNS["id"]])] = Check(str(row[CHECK_COLUMNS["mark"]]), gap)
    return found


def pandera_says(form: Form, content: bytes, past: PastReport | None) -> dict[str, Check]:
    """Judge the workbook as it would be judged if it were sent."""
    history = {AGENCY.code: past} if past else {}
    [assessment] = judge(form, [submission_of(read(form, content))], history=history)
    operands = with_past(assessment.submission.reading.numbers, past.numbers if past else None)
    findings = {finding.variant: finding for finding in assessment.findings}
    return {
        check.id: expected(check, findings, difference(check, operands)) for check in form.live_checks(LEVEL)
    }


def expected(check: Balance, findings: Mapping[str, Finding], gap: Number | None) -> Check:
    finding = findings.get(check.id)
    if gap is None:
        assert finding is None
        return Check(NOT_ASSESSED, NOT_ASSESSED)
    if findings.keys() & set(check.after):
        assert finding is None
        return Check(NOT_ASSESSED, float(gap))
    if finding is None:
        return Check(HOLDS, float(gap))
    is_explained = finding.explanation and finding.severity is Severity.WARNING
    return Check(EXPLAINED if is_explained else FAILS, float(gap))


def poison(content: bytes, sheet: str) -> bytes:
    """Replace every stored numeric result of a formula on the sheet part by nonsense."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == sheet:
                data, times = re.subn(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>%d\g<2>" % _POISON, data)
                assert times > 20
            new.writestr(item, data)
    return result.getvalue()


def verdicts(form: Form, contents: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Check]]:
    given = folder / "given"
    given.mkdir()
    for name, content in contents.items():
        (given / f"{name}.xlsx").write_bytes(content)
    files = sorted(given.iterdir())
    return {path.stem: checks(form, path) for path in computed(files, folder / "computed")}


@pytest.mark.libreoffice
def test_a_poisoned_result_is_recalculated(form: Form, tmp_path: Path) -> None:
    """The proof that the next test can fail: without recalculation the poison would come back."""
    past = PastReport(AGENCY.code, 2022, consistent_numbers(form, random.Random(2)), source="测试")
    content = Filling(consistent_numbers(form, random.Random(1)), past).workbook(form)
    position = [sheet.kind for sheet in form.sheets].index("checks") + 1
    poisoned = poison(content, f"xl/worksheets/sheet{position}.xml")
    (tmp_path / "poisoned.xlsx").write_bytes(poisoned)
    stored = checks(form, tmp_path / "poisoned.xlsx")
    assert {check.difference for check in stored.values()} == {float(_POISON)}
    live = verdicts(form, {"poisoned": poisoned}, tmp_path)["poisoned"]
    assert float(_POISON) not in {check.difference for check in live.values()}
    assert live == pandera_says(form, content, past)


@pytest.mark.libreoffice
def test_libreoffice_and_pandera_agree_on_every_rule_of_every_fill(form: Form, tmp_path: Path) -> None:
    chosen = {f"fill{number:03}": filling for number, filling in enumerate(fillings(form))}
    contents = {name: filling.workbook(form) for name, filling in chosen.items()}
    live = verdicts(form, contents, tmp_path)
    for rule in {check.rule.id for check in form.live_checks(LEVEL)}:
        own = {found[name].mark for found in live.values() for name in found if name.startswith(rule)}
        assert HOLDS in own, rule
        assert own & {FAILS, EXPLAINED}, rule
    marks = {check.mark for found in live.values() for check in found.values()}
    assert marks == {HOLDS, FAILS, EXPLAINED, NOT_ASSESSED}
    assert len(contents) == FILLS
    for name, content in contents.items():
        assert live[name] == pandera_says(form, content, chosen[name].past), name
