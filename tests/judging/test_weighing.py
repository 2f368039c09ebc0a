"""What texts state of the tables, weighed: as if each statement were laid against each change, but for what repeats at no cost."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.loader import load_form
from pipeline.judging.repair import stated, stated_weight
from pipeline.judging.repair.evidence import Evidence
from pipeline.judging.repair.stated_weight import CellSum, Weighing
from pipeline.judging.repair.tally import Steps, Tally, tally_of
from pipeline.judging.rules.judge import judge
from pipeline.judging.texts.statements import Statement
from pipeline.model import Number
from tests.support.fills import consistent_numbers
from tests.support.submissions import plain_texts, reading_of, submission_of

FORM = load_form()
INPUTS = [cell.key for cell in FORM.cells if cell.is_input]
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)


def tally(rng: random.Random, *, computed: frozenset[str] = TOTALS, blank: str = "") -> Tally:
    numbers: dict[str, Number | None] = {**consistent_numbers(FORM, rng, 20)}
    if blank:
        numbers[blank] = None
    return tally_of(FORM, numbers, level="县区", computed=computed)


def statements(rng: random.Random, most: int, values: int) -> list[Statement]:
    """Make statements of few sums, totals among them, many of which are said again."""
    cells = [cell.key for cell in FORM.cells][:40]
    sums = [
        tuple(
            {key: rng.choice((1, 1, 1, -1)) for key in rng.sample(cells, rng.randrange(1, 4))}
            for _ in range(2)
        )
        for _ in range(8)
    ]
    return [
        Statement(rng.choice(("one", "other")), rng.randrange(values), rng.choice(sums)) for _ in range(most)
    ]


def holds(own: Statement, tally: Tally, steps: Steps) -> bool:
    """Lay one statement against the tables after ``steps``, cell by cell."""

    def of(key: str) -> Number | None:
        value = tally.operands[key]
        parts = tally.system.parts.get(key, {})
        return value if value is None else value + sum(step * parts.get(at, 0) for at, step in steps.items())

    for cells in own.sums:
        values = {key: of(key) for key in cells}
        known = [weight * (values[key] or 0) for key, weight in cells.items()]
        if None not in values.values() and sum(known) == own.value:
            return True
    return False


@pytest.mark.parametrize("seed", range(12))
def test_what_is_weighed_is_what_each_statement_says_by_itself(seed: int) -> None:
    rng = random.Random(seed)
    computed = rng.choice((TOTALS, frozenset[str]()))
    laid = tally(rng, computed=computed, blank=rng.choice(("", *INPUTS[:40])))
    told = statements(rng, 60, 30)
    evidence = Evidence(laid, told)
    before = [holds(own, laid, {}) for own in told]
    for _ in range(40):
        steps = {key: rng.randrange(-9, 10) for key in rng.sample(INPUTS[:40], rng.randrange(1, 4))}
        after = [holds(own, laid, steps) for own in told]
        pairs = list(zip(before, after, strict=True))
        assert evidence.weighing.holding(steps) == after
        assert evidence.weighing.gains(steps) == (pairs.count((False, True)), pairs.count((True, False)))
        assert evidence.made_right(steps) == [
            own for own, pair in zip(told, pairs, strict=True) if pair == (False, True)
        ]


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[Steps]:
    """Every sum of cells that is reckoned after a change."""
    done: list[Steps] = []
    original = CellSum.after

    def after(self: CellSum, steps: Steps) -> Number | None:
        done.append(steps)
        return original(self, steps)

    monkeypatch.setattr(stated_weight.CellSum, "after", after)
    return done


@pytest.mark.parametrize("values", [1, 10_000], ids=["the same again", "another value each time"])
def test_a_change_costs_what_there_is_to_state_and_not_how_often_it_is_stated(
    reckoned: list[Steps], values: int
) -> None:
    def cost(most: int) -> int:
        reckoned.clear()
        weighed = Weighing(tally(random.Random(1)), statements(random.Random(1), most, values))
        for key in INPUTS[:40]:
            weighed.gains({key: 3})
        return len(reckoned)

    assert cost(4000) == cost(400) > 0


def test_a_text_that_repeats_itself_does_not_make_the_search_of_a_report_longer(
    reckoned: list[Steps],
) -> None:
    """Of a report whose figures do not add up: sums are reckoned for the changes that are tried, once a claim."""

    def cost(times: int) -> int:
        rng = random.Random(5)
        numbers = {cell.key: rng.randrange(50) for cell in FORM.cells}
        said = "不予公开5件，属于行政执法案卷9件，" * times
        texts = plain_texts(FORM) | {"overview.on_request": said}
        reckoned.clear()
        [assessment] = judge(FORM, [submission_of(reading_of(FORM, numbers, texts))])
        assert assessment.findings
        return len(reckoned)

    assert cost(400) == cost(20) > 0


def test_no_more_changes_are_tried_than_a_report_can_ask_for(reckoned: list[Steps]) -> None:
    """Of ten cells two thousand other figures are stated each."""
    said = [Statement("one", 1000 + at, ({key: 1},)) for key in INPUTS[:10] for at in range(2000)]
    assert stated.restated(Evidence(tally(random.Random(1)), said), FORM.places) is None
    assert len(reckoned) == 10_000
