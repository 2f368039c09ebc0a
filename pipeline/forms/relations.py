"""The name of a relation goes in; whether two sums fail it comes out: for one report, for a batch, as an Excel condition.

The readings of a relation stand side by side, so that they cannot drift apart. Limits are whole numbers and shares are
percent, so that every comparison is exact in whole numbers, in decimals and in floating point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.forms.form import RelationName, Rule

Limits = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Relation:
    """``fails`` takes the left sum, the right sum and the limits: numbers, or arrays of a whole batch.

    ``condition`` is the same for Excel, {names} being the addresses of the sums and of their difference, and the limits.
    ``amounts`` names the limits that are amounts of the cells' own unit.
    """

    fails: Callable[[Any, Any, Limits], Any]
    condition: str
    limits: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    is_of_zero: bool = False
    """Whether each side is only asked if it is 0, so that they need not measure the same."""


RELATIONS: Mapping[RelationName, Relation] = {
    "=": Relation(lambda left, right, _: left != right, "{difference}<>0"),
    "<=": Relation(lambda left, right, _: left > right, "{difference}>0"),
    "within": Relation(
        lambda left, right, limit: (
            (right >= limit["base"]) & ((left > limit["factor"] * right) | (limit["factor"] * left < right))
        ),
        "AND({right}>={base},OR(ROUND({left}-{factor}*{right},6)>0,ROUND({factor}*{left}-{right},6)<0))",
        limits=("factor", "base"),
        amounts=("base",),
    ),
    "share": Relation(
        lambda left, right, limit: (left >= limit["minimum"]) & (100 * left > limit["percent"] * right),
        "AND({left}>={minimum},ROUND(100*{left}-{percent}*{right},6)>0)",
        limits=("percent", "minimum"),
        amounts=("minimum",),
    ),
    "near": Relation(
        lambda left, right, limit: abs(left - right) > limit["tolerance"],
        "ABS({difference})>{tolerance}",
        limits=("tolerance",),
        amounts=("tolerance",),
    ),
    "change": Relation(
        lambda left, right, limit: (
            (right >= limit["base"]) & (100 * abs(left - right) > limit["percent"] * right)
        ),
        "AND({right}>={base},ROUND(100*ABS({difference})-{percent}*{right},6)>0)",
        limits=("percent", "base"),
        amounts=("base",),
    ),
    "least": Relation(
        lambda left, _right, limit: left < limit["bound"],
        "{left}<{bound}",
        limits=("bound",),
        amounts=("bound",),
    ),
    "most": Relation(
        lambda left, _right, limit: left > limit["bound"],
        "{left}>{bound}",
        limits=("bound",),
        amounts=("bound",),
    ),
    "needs": Relation(
        lambda left, right, _: (left > 0) & (right == 0), "AND({left}>0,{right}=0)", is_of_zero=True
    ),
    "none": Relation(lambda left, _right, _: left > 0, "{left}>0"),
}
"""Two sums are equal; one is at most the other; left is within a factor of a right that is large enough to compare;
left, once large enough to matter, is at most a share of right; left differs from right by a tolerance at the most; left has changed by some percent of a right that is large enough, at the most;
left is a bound at the least, at the most; left needs a right that is not zero; there is no left."""


def fails(rule: Rule, left: Any, right: Any, unit: int = 1) -> Any:  # noqa: ANN401 - numbers or arrays of them
    """Say whether the sums fail ``rule``; ``unit`` is what they count in, where that is not the cells' own."""
    relation = RELATIONS[rule.relation]
    scaled = {
        name: value * unit if name in relation.amounts else value for name, value in rule.limits.items()
    }
    return relation.fails(left, right, scaled)


def excel_condition(rule: Rule, left: str, right: str, difference: str) -> str:
    """Return the condition under which the sums at these addresses fail ``rule``."""
    condition = RELATIONS[rule.relation].condition
    return condition.format(left=left, right=right, difference=difference, **rule.limits)
