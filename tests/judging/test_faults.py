"""The fault bench on a few seeds: every fault found at its cell, nothing else said, the hint right where the sums can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.model import Severity, Suggestion
from pipeline.wording.hints import way_out
from tests.support.faults.bench import Case, cases, consistent, score
from tests.support.faults.planting import KINDS

SEEDS = range(4, 6)
"""A report with every second cell filled, and one as agencies send it."""
FORM = load_form()


@pytest.fixture(scope="module")
def planted() -> list[Case]:
    return cases(FORM, SEEDS)


def test_consistent_reports_give_no_warning(form: Form) -> None:
    for number, assessment in enumerate(consistent(form, range(12))):
        loud = [finding for finding in assessment.findings if finding.severity is not Severity.INFO]
        assert not loud, f"seed {number % 12}: {loud}"
        assert assessment.report


def test_every_kind_is_planted(planted: list[Case]) -> None:
    assert len({case.name for case in planted}) == len(KINDS) > 100


def test_every_fault_is_found_at_its_cell(planted: list[Case]) -> None:
    missed = [f"{case.name}, seed {case.seed}: {case.planted.keys}" for case in planted if not case.found]
    assert not missed


def test_nothing_else_is_said(planted: list[Case]) -> None:
    alarms = [f"{case.name}, seed {case.seed}: {case.false_alarms}" for case in planted if case.false_alarms]
    assert not alarms


def test_the_first_hint_is_the_planted_cell_where_the_sums_can_tell(planted: list[Case]) -> None:
    total = score(planted)
    assert total.certain > 20
    assert total.certain_right / total.certain >= 0.9
    assert total.right / total.hinted >= 0.9
    assert total.right / total.slips >= 0.8


def suggested(planted: list[Case]) -> Iterator[tuple[Case, tuple[Suggestion, ...]]]:
    """Yield what is suggested for every cause of a report, once."""
    for case in planted:
        for ways in dict.fromkeys(finding.suggestions for finding in case.assessment.findings):
            if ways:
                yield case, ways


def is_right(case: Case, way: Suggestion) -> bool:
    return all(change.after == case.report.numbers[change.key] for change in way.changes)


def test_what_is_suggested_as_the_change_is_right_more_often_than_not_whatever_speaks_for_it(
    planted: list[Case],
) -> None:
    told, right = Counter[str](), Counter[str]()
    for case, ways in suggested(planted):
        if len(ways) == 1 and not ways[0].is_guess:
            told[ways[0].kind] += 1
            right[ways[0].kind] += is_right(case, ways[0])
    assert len(told) > 10
    assert not {kind: (right[kind], told[kind]) for kind in told if right[kind] * 2 <= told[kind]}
    assert right.total() / told.total() >= 0.98


def test_what_is_less_likely_is_asked(planted: list[Case]) -> None:
    asked = 0
    for case, ways in suggested(planted):
        if len(ways) > 1 or not is_right(case, ways[0]):
            asked += 1
            assert way_out(case.report.form, ways).startswith("请核对是"), (case.name, case.seed, ways)
    assert asked > 10


def test_the_bench_can_fail(planted: list[Case]) -> None:
    """A finding of another code at another cell neither counts as found nor passes for silence."""
    first = next(case for case in planted if case.name == "group total typed over its formula")
    other = next(case for case in planted if case.name == "a blank cell")
    crossed = Case("crossed", 0, first.report, first.planted, other.assessment)
    assert not crossed.found
    assert crossed.false_alarms
