"""A few syllables point to a figure of an account; only where the account closes with it is a number accused."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from pipeline.judging.texts.signs import Signs, closing
from pipeline.judging.texts.stated_figures import figures_rule
from pipeline.judging.texts.surroundings import PlacedNumber


def _number(said: str, unknown: str = "", topics: frozenset[str] = frozenset(("request",))) -> PlacedNumber:
    return PlacedNumber(
        start=0, end=1, value=2, means=frozenset(), before=frozenset(), topics=topics, scope=0, sentence=0, parts=None,
        is_clear=not unknown, is_named=False, is_readable=True, is_within=False, is_other_time=False, unit="件",
        is_rest=False, goes_on=False, said=said, unknown=unknown,
    )  # fmt: skip


@pytest.fixture(scope="module")
def signs() -> Signs:
    rule = figures_rule(load_form())
    assert rule
    return Signs(rule)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("年末留存", "carried_forward"),
        ("出件", "answered"),
        ("进件", "received"),
        ("上年移转", "carried_over"),
    ],
)
def test_syllables_point_to_a_figure_of_the_account(signs: Signs, said: str, key: str) -> None:
    assert key in {claim.key for claim in signs.pointed(_number(said, said))}


def test_they_point_to_nothing_where_something_else_is_spoken_of(signs: Signs) -> None:
    assert not list(signs.pointed(_number("年末留存", topics=frozenset(("document",)))))


@pytest.mark.parametrize(
    ("unknown", "is_of_an_account"),
    [("", True), ("年末挂账", True), ("国家赔偿案", False), ("留用地", False)],
)
def test_a_sign_is_believed_only_among_words_of_an_account(
    signs: Signs, unknown: str, *, is_of_an_account: bool
) -> None:
    assert signs.are_of_an_account(unknown) is is_of_an_account


@pytest.mark.parametrize(
    ("value", "told", "account"),
    [
        (2, {19, 17}, {19, 17}),
        (24, {22, 2, 5}, {22, 2}),
        (14, {12, 3, 1}, {12, 3, 1}),
        (7, {19, 17}, set()),
        (0, {4}, set()),
    ],
)
def test_an_account_closes_with_what_was_told(value: int, told: set[int], account: set[int]) -> None:
    assert closing(value, told) == frozenset(account)
