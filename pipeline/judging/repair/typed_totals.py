"""One report against its balances goes in; which totals were typed over their parts, and whether these are what is wrong, come out.

A total that differs from its parts is wrong, or the parts are. Where every other sum of the parts holds, fewer totals would have to be
wrong than parts; only where as few parts could be, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import total_of

if TYPE_CHECKING:
    from pipeline.judging.repair.tally import Tally
    from pipeline.model import Number

_MOST = 3
"""Parts that are tried together; of more totals than this nobody knows."""


def typed_over(tally: Tally) -> frozenset[str]:
    """Return the totals that are typed and are not what their parts come to, these reckoned anew as well."""
    numbers = dict(tally.operands)
    over = set()
    for key, parts in tally.form.evaluation_order:
        total = total_of(parts, numbers)
        if total is None or numbers.get(key) is None:
            continue
        if total != numbers[key] and key not in tally.computed:
            over.add(key)
        numbers[key] = total
    return frozenset(over)


def are_wrong(tally: Tally, totals: int) -> bool:
    """Say whether the typed totals, so many, are wrong and not their parts: no change of as few parts settles what they fail."""
    equations = {rule: tally.gaps[rule] for rule in tally.basis.equations}
    return totals <= _MOST and not _may_be_parts(tally, equations, totals)


def _may_be_parts(tally: Tally, gaps: Mapping[int, Number], left: int) -> bool:
    failing = [rule for rule, gap in gaps.items() if gap]
    if not failing or not left:
        return not failing
    return any(_may_be_parts(tally, after, left - 1) for after in _changed(tally, gaps, failing))


def _changed(
    tally: Tally, gaps: Mapping[int, Number], failing: Sequence[int]
) -> Iterator[Mapping[int, Number]]:
    """Yield the differences after a change of each part of the shortest failing rule that settles one of its failing rules."""
    system = tally.system
    for key in system.rows[min(failing, key=lambda rule: len(system.rows[rule]))]:
        if not tally.form.by_key[key].is_input:
            continue
        column = {rule: weight for rule, weight in system.columns[key].items() if rule in gaps}
        for step in {
            -gaps[rule] * weight for rule, weight in column.items() if gaps[rule] and weight in {1, -1}
        }:
            if tally.is_possible(key, step):
                yield {**gaps, **{rule: gaps[rule] + weight * step for rule, weight in column.items()}}
