"""Merging: roster order, which version counts, exact sums, and nothing that came is lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.arithmetic import holds
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.model import Assessment, Verdict
from tests.support import fills
from tests.support.districts import agency, assessment, merged, mixed

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=6)


@pytest.fixture
def form() -> Form:
    return load_form()


def test_agencies_stand_in_roster_order_whatever_came_first(form: Form) -> None:
    roster = [agency(3), agency(1), agency(2)]
    found = [assessment(form, owner) for owner in (roster[2], roster[0], roster[1])]
    summary = merged(form, roster, found)
    assert [state.agency.code for state in summary.states] == ["003", "001", "002"]
    assert [report.code for report in summary.reports] == ["003", "001", "002"]


@pytest.mark.parametrize(
    ("verdicts", "counting", "latest"),
    [
        ([], None, None),
        ([Verdict.RETURNED], None, 1),
        ([Verdict.HELD], None, 1),
        ([Verdict.ACCEPTED], 1, 1),
        ([Verdict.RETURNED, Verdict.ACCEPTED], 2, 2),
        ([Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS], 2, 2),
        ([Verdict.ACCEPTED, Verdict.RETURNED], 1, 2),
        ([Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.RETURNED, Verdict.HELD], 2, 4),
    ],
)
def test_the_latest_accepted_version_counts(
    form: Form, verdicts: Sequence[Verdict], counting: int | None, latest: int | None
) -> None:
    owner = agency(1)
    found = [assessment(form, owner, number, verdict) for number, verdict in enumerate(verdicts, 1)]
    (state,) = merged(form, [owner], found).states
    assert _version(state.counting) == counting
    assert _version(state.latest) == latest
    assert [item.version for item in state.versions] == list(range(1, len(verdicts) + 1))


def test_the_figures_are_those_of_the_counting_version(form: Form) -> None:
    owner = agency(1)
    old = fills.consistent_numbers(form, fills.seeded(1))
    new = fills.consistent_numbers(form, fills.seeded(2))
    assert old != new
    found = [
        assessment(form, owner, 1, numbers=old),
        assessment(form, owner, 2, numbers=new),
        assessment(form, owner, 3, Verdict.RETURNED),
    ]
    assert merged(form, [owner], found).totals == fills.numbers_tuple(form, new)


def test_what_belongs_to_nobody_on_the_roster_is_kept_and_not_added(form: Form) -> None:
    known, stranger = agency(1), agency(99)
    nobody = assessment(form, None, 0, Verdict.HELD)
    foreign = assessment(form, stranger)
    summary = merged(form, [known], [nobody, foreign])
    assert summary.unclaimed == (nobody, foreign)
    assert summary.missing == (known,)
    assert not any(summary.totals)


def test_a_district_without_reports_sums_to_zero(form: Form) -> None:
    summary = merged(form, [], [])
    assert summary.totals == tuple(fills.zeros(form).values())
    assert [type(total) for total in summary.totals] == [
        Decimal if cell.kind == "money" else int for cell in form.cells
    ]


def test_every_state_is_counted_once(form: Form) -> None:
    roster, found = mixed(form)
    summary = merged(form, roster, found)
    counts = [summary.count(verdict) for verdict in Verdict]
    assert sum(counts) + len(summary.missing) == len(roster)
    assert all(summary.count(verdict) for verdict in (Verdict.ACCEPTED, Verdict.RETURNED, Verdict.HELD))
    assert sum(len(state.versions) for state in summary.states) + len(summary.unclaimed) == len(found)


@given(amounts=st.lists(AMOUNTS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_money_is_added_exactly(amounts: list[Decimal]) -> None:
    form = load_form()
    money = next(cell for cell in form.cells if cell.kind == "money")
    roster = [agency(number) for number in range(len(amounts))]
    found = [
        assessment(form, owner, numbers=fills.zeros(form) | {money.key: amount})
        for owner, amount in zip(roster, amounts, strict=True)
    ]
    units = sum(int(amount.scaleb(6)) for amount in amounts)
    assert merged(form, roster, found).totals[money.index] == Decimal(units).scaleb(-6)


def test_a_tenth_and_two_tenths_are_three_tenths(form: Form) -> None:
    money = next(cell for cell in form.cells if cell.kind == "money")
    roster = [agency(1), agency(2)]
    found = [
        assessment(form, owner, numbers=fills.zeros(form) | {money.key: Decimal(amount)})
        for owner, amount in zip(roster, ("0.1", "0.2"), strict=True)
    ]
    assert merged(form, roster, found).totals[money.index] == Decimal("0.3")


def test_amounts_of_very_different_size_lose_nothing(form: Form) -> None:
    money = next(cell for cell in form.cells if cell.kind == "money")
    roster = [agency(1), agency(2)]
    large, small = Decimal(10**20), Decimal(1).scaleb(-20)
    found = [
        assessment(form, owner, numbers=fills.zeros(form) | {money.key: amount})
        for owner, amount in zip(roster, (large, small), strict=True)
    ]
    total = merged(form, roster, found).totals[money.index]
    assert isinstance(total, Decimal)
    assert str(total) == "1" + "0" * 20 + "." + "0" * 19 + "1"


@given(seed=st.integers(0, 10**6), size=st.integers(0, 12))
@settings(max_examples=30, deadline=None)
def test_sums_are_the_reports_added_and_keep_every_balance(seed: int, size: int) -> None:
    form = load_form()
    rng = fills.seeded(seed)
    roster = [agency(number) for number in range(size)]
    fillings = [fills.consistent_numbers(form, rng) for _ in roster]
    found = [
        assessment(form, owner, numbers=numbers) for owner, numbers in zip(roster, fillings, strict=True)
    ]
    totals = dict(zip((cell.key for cell in form.cells), merged(form, roster, found).totals, strict=True))
    for key, total in totals.items():
        assert total == sum(numbers[key] for numbers in fillings)
    balances = [item for item in form.balances_for(fills.DISTRICT_LEVEL) if not item.reaches_back]
    assert all(holds(balance, totals) for balance in balances)


def _version(item: Assessment | None) -> int | None:
    return item.version if item else None
