"""A form goes in; one pandera schema comes out, whose columns are the form's keys and whose checks are its rules.

A row is one submission. Columns, in this order: every number of the form by its key; every check over numbers by its id,
holding by how much its two sums differ (or, of a relation that is no balance, whether it fails); every other rule by its
id, holding how often it was broken. A blank operand makes NaN, and NaN passes: a rule over a blank is *not assessed*,
never failed. The rule is the check's ``error=``, the one name that pandera reports for every kind of check.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.forms.values.kind import VALUE
from pipeline.forms.values.numbers import PLACES
from pipeline.judging.schema.backends import pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipeline.forms.form import Balance, Basic, Cell, Form

BLANK, NEGATIVE, FRACTION, AMOUNT = "C01", "C05", "C06", "C07"
"""What is asked of every number of a complete report, by the rule that asks it."""
SIZE = f"{AMOUNT}.size"
"""The check that an amount is not so large that an agency has probably typed 元; it binds some levels only."""
_ROUNDING = 1e-3


def filled(values: pd.Series[float]) -> pd.Series[bool]:
    """Say which values are there."""
    return values.notna()


def whole(values: pd.Series[float]) -> pd.Series[bool]:
    """Say which values are whole numbers."""
    return values % 1 == 0


def in_places(values: pd.Series[float], places: int) -> pd.Series[bool]:
    """Say which numbers have no more decimals."""
    scaled = values * 10**places
    found: pd.Series[bool] = (scaled - scaled.round()).abs() < _ROUNDING
    return found


def in_millionths(values: pd.Series[float]) -> pd.Series[bool]:
    """Say which amounts have no more than six decimals."""
    return in_places(values, PLACES)


_OWN = (filled, whole, in_millionths)
"""Checks that pandera does not have."""


def _own(
    check: Callable[[pd.Series[float]], pd.Series[bool]], error: str, *, ignore_na: bool = True
) -> pa.Check:
    return pa.Check(check, name=check.__name__, error=error, ignore_na=ignore_na, statistics={})


def schema_of(form: Form) -> pa.DataFrameSchema:
    """Return the schema of ``form`` as the district applies it; each column says in ``title`` what it is in the form's words."""
    return pa.DataFrameSchema(columns_of(form), name=form.id, title=form.title, ordered=True, strict=True)


@lru_cache(maxsize=8)
def columns_of(form: Form) -> Mapping[str, pa.Column]:
    """Return the columns of the schema: what judging asks; a schema of them all copies each deeply."""
    columns = {cell.key: _number(form, cell) for cell in form.cells}
    columns |= {check.id: _comparison(check) for check in form.checks.values()}
    columns |= {
        rule_id: _count(rule_id, form.rules_by_id[rule_id].condition) for rule_id in counted_rules(form)
    }
    return columns


def counted_rules(form: Form) -> list[str]:
    """Return the rules that find what they find by themselves, in reading a file or in its texts, in the form's order."""
    numeric = {check.rule.id for check in form.checks.values()}
    return [rule_id for rule_id in form.rules_by_id if rule_id not in numeric]


def printed(schema: pa.DataFrameSchema) -> str:
    """Return the schema in pandera's own YAML, from which ``pandera.DataFrameSchema.from_yaml`` makes it again."""
    import yaml  # noqa: PLC0415 - judging does without, and without what registering loads
    from pandera import extensions  # noqa: PLC0415

    for check in _OWN:
        if not hasattr(pa.Check, check.__name__):
            extensions.register_check_method(check)  # what is not registered is left out of the YAML
    return yaml.safe_dump(
        yaml.safe_load(schema.to_yaml() or ""), allow_unicode=True, sort_keys=False, width=200
    )


def _number(form: Form, cell: Cell) -> pa.Column:
    checks = list(_checks_of(form, cell))
    return pa.Column(float, checks, nullable=True, title=f"{form.table(cell.table).name}：{cell.label}")


def _checks_of(form: Form, cell: Cell) -> Iterator[pa.Check]:
    if cell.is_input:
        yield _own(filled, BLANK, ignore_na=False)
    if cell.number.least is not None:
        yield pa.Check.ge(cell.number.least, error=NEGATIVE)
    if cell.number.most is not None:
        yield pa.Check.le(cell.number.most, error=f"{VALUE}.large")
    amounts: Basic | None = form.basics.get(AMOUNT)
    if cell.number.is_whole:
        yield _own(whole, FRACTION)
    elif amounts:
        yield _own(in_millionths, f"{AMOUNT}.decimals")
        if cell.number.unit and cell.number.most is None:
            yield pa.Check.lt(amounts.limits["largest"], error=SIZE)


def _comparison(check: Balance) -> pa.Column:
    """Compare left − right with 0 where the relation is a balance; any other relation holds 1 where it fails."""
    compare = pa.Check.le if check.rule.relation == "<=" else pa.Check.eq
    title = f"{check.subject}：{check.rule.condition}" if check.subject else check.rule.condition
    return pa.Column(float, compare(0, error=check.rule.id), nullable=True, title=title)


def _count(rule_id: str, title: str) -> pa.Column:
    return pa.Column(float, pa.Check.eq(0, error=rule_id), nullable=True, title=title)
