"""The smallest fix: what a slip of the hand did is said back, and nothing is said where nothing can be known."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.arithmetic import holds, with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.digit_slips import slip_of
from pipeline.judging.repair.suggest import Repair, suggest
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding, Number, Suggestion, Verdict
from pipeline.wording.messages import notices
from tests.support.fills import consistent_numbers, zeros
from tests.support.submissions import filled, plain_texts, reading_of, submission_of

FORM = load_form()
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)
NO_TOTALS: frozenset[str] = frozenset()
LEVEL = "县区"
CELL = "requests.granted_in_full.enterprise"


def repairs(numbers: Mapping[str, Number | None], computed: frozenset[str]) -> list[Repair]:
    return suggest(FORM, numbers, level=LEVEL, computed=computed, places=FORM.places)


def live(numbers: Mapping[str, Number], **changes: Number) -> dict[str, Number | None]:
    """A template whose totals are formulas."""
    typed = {key: None if key in TOTALS else value for key, value in {**numbers, **changes}.items()}
    return with_totals(FORM, typed)


def steps(suggestion: Suggestion) -> dict[str, tuple[Number | None, Number | None]]:
    return {change.key: (change.before, change.after) for change in suggestion.changes}


@pytest.fixture(scope="module")
def numbers() -> dict[str, Number]:
    """Zeros but for a few figures, so that every sum can be followed on paper."""
    figures: dict[str, Number] = dict(zeros(FORM))
    figures |= {"requests.new_received.enterprise": 40, "requests.carried_over.enterprise": 3}
    figures |= {CELL: 31, "requests.granted_in_part.enterprise": 5, "requests.carried_forward.enterprise": 7}
    figures |= {"requests.new_received.natural_person": 8, "requests.granted_in_full.natural_person": 8}
    return {key: value for key, value in live(figures).items() if value is not None}


def test_what_goes_on_from_last_period_is_named_before_what_is_this_periods_alone() -> None:
    quarter = load_form("disclosure_statistics_quarter")
    balance = next(item for item in quarter.balances if item.reaches_back and len(item.right) > 1)
    whole, before, own = *balance.left, *balance.right
    figures = {**zeros(quarter), whole: 23, own: 7, before: 18}
    computed = frozenset(cell.key for cell in quarter.cells if cell.defined_by)
    typed = {key: None if key in computed else value for key, value in figures.items()}
    live = {**with_totals(quarter, typed), before: 18}
    [repair] = suggest(quarter, live, level=LEVEL, computed=computed, places=quarter.places)
    assert [steps(item) for item in repair.suggestions] == [{whole: (23, 25)}, {own: (7, 5)}]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([5, 60, 3000]), st.integers(0, 199), st.integers(1, 400))
def test_a_slip_among_typed_totals_is_told_and_mended(seed: int, scale: int, at: int, step: int) -> None:
    """Where totals are typed, row and column tell the cell: any slip in section 三 is mended to what it was."""
    figures = consistent_numbers(FORM, random.Random(seed), scale)
    cell = FORM.cells[at]
    if cell.table != "requests":
        return
    [repair] = repairs({**figures, cell.key: figures[cell.key] + step}, NO_TOTALS)
    assert steps(repair.suggestions[0]) == {cell.key: (figures[cell.key] + step, figures[cell.key])}
    assert repair.suggestions[0].settles == len(repair.failed)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_whatever_is_suggested_settles_its_rules_and_breaks_none(seed: int, typed: bool) -> None:  # noqa: FBT001
    rng = random.Random(seed)
    figures = consistent_numbers(FORM, rng, rng.choice([3, 30, 900]))
    for cell in rng.sample(FORM.cells, rng.randint(1, 3)):
        if typed or cell.is_input:
            figures[cell.key] = max(0, figures[cell.key] + rng.randint(-9, 90))
    found = dict(figures) if typed else live(figures)
    computed = NO_TOTALS if typed else TOTALS
    held = {balance.id for balance in FORM.balances if holds(balance, found)}
    all_repairs = suggest(FORM, found, level=LEVEL, computed=computed, places=FORM.places)
    for repair in all_repairs:
        ids = set(repair.failed)
        assert len(repair.suggestions) <= 3
        for suggestion in repair.suggestions:
            after = {**found, **{change.key: change.after for change in suggestion.changes}}
            mended = after if typed else live({key: value or 0 for key, value in after.items()})
            assert all(value is not None and value >= 0 for value in mended.values())
            if len(all_repairs) == 1:
                assert {b.id for b in FORM.balances if holds(b, mended)} >= held | (ids - TOTALS)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [(13, "swapped"), (311, "doubled"), (3, "dropped"), (-31, "sign"), (Decimal("3.1"), "point")],
)
def test_a_slip_of_the_hand_is_told_under_live_totals(
    numbers: dict[str, Number], typed: Number, kind: str
) -> None:
    [repair] = repairs(live(numbers, **{CELL: typed}), TOTALS)
    first = repair.suggestions[0]
    assert (first.kind, steps(first), first.settles) == (kind, {CELL: (typed, 31)}, 2)


def test_a_difference_that_many_cells_explain_is_left_to_the_clerk(numbers: dict[str, Number]) -> None:
    usual = {
        f"requests.{row}.enterprise": 1
        for row in ("unable_not_held", "not_processed_complaint", "other_other")
    }
    filled = {**numbers, **usual, "requests.new_received.enterprise": 43}
    [repair] = repairs(live(filled, **{"requests.granted_in_part.enterprise": 3}), TOTALS)
    assert repair.suggestions == ()


@pytest.mark.parametrize("key", ["requests.granted_in_full.total", "disputes.reconsideration.total"])
def test_a_total_typed_over_its_formula_is_put_first(numbers: dict[str, Number], key: str) -> None:
    [repair] = repairs({**numbers, key: 17}, TOTALS - {key})
    first = repair.suggestions[0]
    assert (first.kind, steps(first)) == ("typed_total", {key: (17, numbers[key])})


def _typed_to_fit(numbers: dict[str, Number], text: str) -> tuple[Finding, ...]:
    """Judge a column in which one request too few was entered, and the total of its outcomes typed so that it balances."""
    wrong = {"requests.new_received.natural_person": 7, "requests.outcomes_total.natural_person": 7}
    found = live({**numbers, **wrong}) | {"requests.outcomes_total.natural_person": 7}
    found |= {"requests.outcomes_total.total": 43, "requests.new_received.total": 47}
    texts = plain_texts(FORM) | {"overview.on_request": text}
    typed = {"requests.outcomes_total.natural_person", "requests.outcomes_total.total"}
    reading = replace(reading_of(FORM, found, texts), computed=TOTALS - typed)
    [assessment] = judge(FORM, [submission_of(reading)])
    return assessment.findings


def test_a_total_that_was_typed_to_fit_hides_the_cell_that_the_text_names(
    numbers: dict[str, Number],
) -> None:
    """The workbook goes back with its formulas: what would only fit the typed total is no remedy."""
    found = _typed_to_fit(numbers, "2023年收到政府信息公开申请48件，其中自然人8件。办结44件。")
    [first] = next(item.suggestions for item in found if item.suggestions)
    assert (first.kind, steps(first)) == ("told", {"requests.new_received.natural_person": (7, 8)})
    assert len({item.cause for item in found if item.cause}) == 1


def test_without_a_text_it_is_the_cells_that_balance_under_formulas(numbers: dict[str, Number]) -> None:
    found = _typed_to_fit(numbers, "2023年依申请公开工作平稳。")
    ways = next(item.suggestions for item in found if item.suggestions)
    assert {"requests.new_received.natural_person": (7, 8)} in [steps(way) for way in ways]


def test_totals_that_alone_are_wrong_are_all_named(numbers: dict[str, Number]) -> None:
    typed = {"requests.outcomes_total.natural_person": 7, "requests.outcomes_total.total": 43}
    [repair] = repairs({**numbers, **typed}, TOTALS - frozenset(typed))
    [way] = repair.suggestions
    assert way.kind == "typed_total"
    assert steps(way) == {
        "requests.outcomes_total.natural_person": (7, 8),
        "requests.outcomes_total.total": (43, 44),
    }


@pytest.mark.parametrize("computed", [TOTALS, NO_TOTALS], ids=["live", "typed"])
def test_neighbours_exchanged(numbers: dict[str, Number], computed: frozenset[str]) -> None:
    one, other = CELL, "requests.granted_in_full.natural_person"
    swapped = {one: numbers[other], other: numbers[one]}
    found = live({**numbers, **swapped}) if computed else {**numbers, **swapped}
    [repair] = repairs(found, computed)
    assert repair.suggestions[0].kind == "exchanged"
    assert steps(repair.suggestions[0]) == {one: (8, 31), other: (31, 8)}


def test_a_value_in_the_next_column(numbers: dict[str, Number]) -> None:
    one, other = CELL, "requests.granted_in_full.research"
    [repair] = repairs(live(numbers, **{one: 0, other: 31}), TOTALS)
    assert "moved" in {way.kind for way in repair.suggestions}
    assert {one: (0, 31), other: (31, 0)} in [steps(way) for way in repair.suggestions]


@pytest.mark.parametrize("computed", [TOTALS, NO_TOTALS], ids=["live", "typed"])
def test_two_rows_exchanged(computed: frozenset[str]) -> None:
    figures = consistent_numbers(FORM, random.Random(5), 40)
    rows = [
        [cell.key for cell in FORM.cells if cell.key.startswith(f"requests.{row}.")]
        for row in ("carried_over", "granted_in_full")
    ]
    swapped = {a: figures[b] for one, other in (rows, rows[::-1]) for a, b in zip(one, other, strict=True)}
    found = live({**figures, **swapped}) if computed else {**figures, **swapped}
    [repair] = repairs(found, computed)
    assert [way.kind for way in repair.suggestions] == ["lines"]
    assert all(after == figures[key] for key, (_, after) in steps(repair.suggestions[0]).items())


@pytest.mark.parametrize("all_columns", [True, False])
def test_outcomes_pasted_one_row_too_low(all_columns: bool) -> None:  # noqa: FBT001
    """The last outcome of each column stands on the total; it goes back, and the total is what its parts say."""
    figures: dict[str, Number] = dict(consistent_numbers(FORM, random.Random(8), 40))
    figures["requests.other_other.enterprise"] = figures["requests.other_other.enterprise"] + 9
    figures["requests.carried_over.enterprise"] = figures["requests.carried_over.enterprise"] + 9
    figures = {key: value for key, value in live(figures).items() if value is not None}
    columns = {cell.column.key for cell in FORM.cells if cell.table == "requests" and cell.is_input}
    chosen = sorted(columns) if all_columns else ["enterprise"]
    found: dict[str, Number | None] = dict(figures)
    for column in chosen:
        lane = [key for key in figures if key.endswith(f".{column}") and key.startswith("requests.")]
        start, stop = (
            lane.index(f"requests.granted_in_full.{column}"),
            lane.index(f"requests.outcomes_total.{column}"),
        )
        found[lane[start]] = 0
        for key, below in zip(lane[start:stop], lane[start + 1 : stop + 1], strict=True):
            found[below] = figures[key]
    typed = frozenset(f"requests.outcomes_total.{column}" for column in chosen)
    found = with_totals(FORM, {key: None if key in TOTALS - typed else value for key, value in found.items()})
    [repair] = repairs(found, TOTALS - typed)
    assert repair.suggestions[0].kind == "too_low"
    assert all(after == figures[key] for key, (_, after) in steps(repair.suggestions[0]).items())


def test_two_slips_are_two_repairs(numbers: dict[str, Number]) -> None:
    other = "requests.carried_over.research"
    found = repairs({**numbers, CELL: 36, other: 2}, NO_TOTALS)
    assert sorted(tuple(steps(repair.suggestions[0])) for repair in found) == [(other,), (CELL,)]


def test_two_slips_in_one_row_are_two_cells(numbers: dict[str, Number]) -> None:
    other = "requests.granted_in_full.research"
    [repair] = repairs({**numbers, CELL: 36, other: 2}, NO_TOTALS)
    assert {CELL: (36, 31), other: (2, 0)} in [steps(way) for way in repair.suggestions]


def test_a_bound_is_mended_by_exchanging_neighbours_and_only_asked() -> None:
    row = "proactive.normative_documents"
    figures = zeros(FORM) | {f"{row}.issued": 19, f"{row}.repealed": 3, f"{row}.in_force": 4}
    [repair] = repairs(live(figures), TOTALS)
    exchange = {f"{row}.issued": (19, 3), f"{row}.repealed": (3, 19)}
    [asked] = [way for way in repair.suggestions if way.kind == "exchanged"]
    assert steps(asked) == exchange
    assert all(way.is_guess for way in repair.suggestions)


def test_last_year_tells_the_cell(form: Form) -> None:
    """上年结转 is known from last year, so of all cells of the column only it explains the difference."""
    figures: dict[str, Number | None] = dict(consistent_numbers(form, random.Random(4), 30))
    past = {f"{key}@-1": value for key, value in figures.items()}
    for cell in form.cells:
        if cell.row.key == "carried_over":
            past[f"requests.carried_forward.{cell.column.key}@-1"] = figures[cell.key]
    key = "requests.carried_over.natural_person"
    typed = (figures[key] or 0) + 4
    found = live({k: v for k, v in {**figures, key: typed}.items() if v is not None})
    slipped = [
        repair
        for repair in repairs({**past, **found}, TOTALS)
        if any("carried_over" in change.key for way in repair.suggestions for change in way.changes)
    ]
    assert [steps(repair.suggestions[0]) for repair in slipped] == [{key: (typed, figures[key])}]


def test_a_text_tells_the_cell(form: Form, numbers: dict[str, Number]) -> None:
    """Under live totals 24 cells explain the difference; the sentence says how many were received."""
    key = "requests.new_received.enterprise"
    found = live(numbers, **{key: 42})
    reading = reading_of(form, found)
    texts = dict(reading.texts) | {"overview.on_request": "2023年，本机关新收政府信息公开申请48件。"}
    [assessment] = judge(form, [submission_of(replace(reading, texts=texts, computed=TOTALS))])
    first = assessment.findings[0]
    assert (first.suggestions[0].kind, steps(first.suggestions[0])) == ("told", {key: (42, 40)})
    assert {finding.code for finding in assessment.findings} == {"T3-01", "N04"}
    assert len({finding.cause for finding in assessment.findings}) == 1


def test_the_hint_names_cell_before_after_and_how_much_it_settles(
    form: Form, numbers: dict[str, Number]
) -> None:
    [assessment] = judge(form, [filled(form, {**numbers, CELL: 13})])
    assert assessment.verdict is Verdict.RETURNED
    assert {finding.cause for finding in assessment.findings} == {assessment.findings[0].cause} != {""}
    said = notices(form, assessment.findings)[0]
    assert said.hint
    assert "把 三、依申请公开 E10 由 13 改为 31" in said.hint
    assert "2 条勾稽关系全部成立" in said.hint
    assert said.hint in said.message


@pytest.mark.parametrize(
    ("typed", "meant", "kind"),
    [
        (81, 18, "swapped"), (1, 10, "dropped"), (10, 1, "doubled"), (118, 18, "doubled"), (123, 12, "doubled"),
        (7, 7, ""), (5, 8, ""), (321, 123, ""), (120, 102, "swapped"), (-4, 4, "sign"), (Decimal("1.5"), 15, "point"),
        (2013, 203, "doubled"),
    ],
)  # fmt: skip
def test_slips(typed: Number, meant: Number, kind: str) -> None:
    assert slip_of(typed, meant) == kind
