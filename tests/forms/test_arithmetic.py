"""Exact arithmetic of one report."""

from __future__ import annotations

import random
from decimal import Decimal

from pipeline.forms.arithmetic import difference, holds, total_of, with_totals
from pipeline.forms.form import Form
from tests.support.fills import consistent_numbers


def test_money_adds_exactly() -> None:
    assert total_of(["a", "b"], {"a": Decimal("0.1"), "b": Decimal("0.2")}) == Decimal("0.3")


def test_a_blank_makes_a_sum_unknown(form: Form) -> None:
    balance = form.balance("T3-01.research")
    numbers = dict.fromkeys(balance.left + balance.right, 1) | {balance.left[0]: None}
    assert difference(balance, numbers) is None
    assert holds(balance, numbers) is None


def test_relations(form: Form) -> None:
    at_most = form.balance("T2-03.normative_documents")
    issued, in_force, repealed = *at_most.left, *at_most.right
    assert holds(at_most, {issued: 3, in_force: 2, repealed: 1}) is True
    assert holds(at_most, {issued: 2, in_force: 2, repealed: 1}) is True
    assert holds(at_most, {issued: 4, in_force: 2, repealed: 1}) is False


def test_totals_are_restored_from_their_parts_alone(form: Form) -> None:
    numbers = consistent_numbers(form, random.Random(7))
    inputs = {key: value for key, value in numbers.items() if form.by_key[key].is_input}
    assert with_totals(form, inputs) == numbers


def test_a_stated_total_is_kept(form: Form) -> None:
    assert with_totals(form, {"requests.new_received.total": 5})["requests.new_received.total"] == 5
