"""A period as one number: its names, its words, what comes before and after; new ones are made here, none is listed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import periods
from pipeline.periods import PERIOD_KINDS, PeriodKind

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(kind=st.sampled_from(PERIOD_KINDS), day=DAYS)
def test_a_period_is_what_its_name_and_its_words_say(kind: PeriodKind, day: date) -> None:
    period = periods.last_ended(kind, day)
    assert periods.kind_of(period) == kind
    assert periods.named(periods.name_of(period)) == period
    assert periods.stated(f"报告期：{periods.title_of(period)}", kind) == period
    assert periods.stated(periods.scope_of(period), kind) == period
    assert periods.stated(periods.name_of(period), kind) == period


@given(kind=st.sampled_from(PERIOD_KINDS), day=DAYS)
def test_periods_follow_each_other_without_a_gap(kind: PeriodKind, day: date) -> None:
    period = periods.last_ended(kind, day)
    _, last = periods.bounds_of(period)
    assert last < day <= periods.bounds_of(periods.period_after(period))[1]
    assert periods.bounds_of(periods.period_after(period))[0] == last + timedelta(1)
    assert periods.period_before(periods.period_after(period)) == period
    assert periods.period_before(period) < period < periods.period_after(period)


@pytest.mark.parametrize(
    ("kind", "said", "name"),
    [
        ("quarter", "2024年二季度", "2024Q2"),
        ("quarter", "２０２４ 年第 2 季度", "2024Q2"),
        ("quarter", "2024年4-6月", "2024Q2"),
        ("quarter", "2024年1月至3月", "2024Q1"),
        ("quarter", "2024年10—12月份", "2024Q4"),
        ("half", "2024年7～12月", "2024H2"),
        ("half", "2024 年度上半年", "2024H1"),
        ("month", "2024年06月", "2024-06"),
        ("month", "2024.6", "2024-06"),
        ("year", "2024年度", "2024"),
    ],
)
def test_what_clerks_write_is_understood(kind: PeriodKind, said: str, name: str) -> None:
    assert periods.stated(said, kind) == periods.named(name)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("quarter", "2024年"),
        ("quarter", "2024年第一季度、2024年第二季度"),
        ("quarter", "2024年1-6月"),
        ("quarter", "2024年2-4月"),
        ("quarter", "2024年4-6月、2024年7-9月"),
        ("half", "2024Q1"),
        ("month", "2024"),
        ("year", "2023-2024"),
    ],
)
def test_what_may_be_two_or_none_is_none(kind: PeriodKind, said: str) -> None:
    assert periods.stated(said, kind) is None


@pytest.mark.parametrize("name", ["2024Q5", "2024H3", "2024-13", "24", "2024Q", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert periods.named(name) is None
