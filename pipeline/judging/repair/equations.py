"""A form's balances go in; the sparse linear system over the cells a clerk can have mistyped comes out.

A total that the workbook computed moves with its parts, so it is replaced by them; what is left are the cells that were
typed. A rule that follows from the others is dropped: then every slip stands for itself, and equal columns of the
matrix are exactly the cells that the sums alone cannot tell apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from pipeline.forms.arithmetic import difference

if TYPE_CHECKING:
    from pipeline.forms.form import Balance, Form
    from pipeline.model import Number

    Numbers = Mapping[str, Number | None]

Term = TypeVar("Term")
Signature = tuple[tuple[int, Fraction | int], ...]
"""What a cell does to the equations, whatever the size of the slip: rule and weight against the first rule's."""


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: what derives from it is cached by it
class System:
    """The balances that bind one report. ``columns``: typed cell → rule number → how often it counts on the left."""

    balances: tuple[Balance, ...]
    columns: Mapping[str, Mapping[int, int]]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    """Rule number → its typed cells."""
    regions: tuple[int, ...] = field(repr=False)
    """Rule number → its region: rules of one region hang together through cells they share."""
    parts: Mapping[str, Mapping[str, int]] = field(repr=False)
    """Cell → the typed cells that make it, itself if it was typed."""

    def is_equation(self, rule: int) -> bool:
        """Whether both sides of the rule must be equal."""
        return self.balances[rule].rule.relation == "="


@dataclass(frozen=True, slots=True, eq=False)
class EquationBasis:
    """The equations that can be assessed and follow from no other; ``alike`` lists the cells of each signature.

    ``implied``: each of the others → those that it is made of, and how often.
    """

    equations: frozenset[int]
    alike: Mapping[Signature, tuple[str, ...]]
    implied: Mapping[int, Mapping[int, Fraction]]


@lru_cache(maxsize=64)
def system_of(form: Form, level: str, computed: frozenset[str], kind: str = "") -> System:
    """Return the system of a report at ``level`` whose totals ``computed`` were not typed."""
    parts = dict(form.evaluation_order)
    typed: dict[str, Counter[str]] = {cell.key: Counter({cell.key: 1}) for cell in form.cells}
    for key, _ in form.evaluation_order:
        if key in computed:
            typed[key] = sum((typed[part] for part in parts[key]), Counter())
    balances = form.balances_for(level, kind)
    columns: defaultdict[str, dict[int, int]] = defaultdict(dict)
    rows = []
    for number, balance in enumerate(balances):
        weights: Counter[str] = Counter()
        for keys, add in ((balance.left, weights.update), (balance.right, weights.subtract)):
            for key in keys:
                add(typed.get(key, {}))  # last year's figures are given
        cells = tuple(key for key, weight in weights.items() if weight)
        for key in cells:
            columns[key][number] = weights[key]
        rows.append(cells)
    return System(balances, dict(columns), tuple(rows), _regions(rows), typed)


def _regions(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    regions = list(range(len(rows)))
    first: dict[str, int] = {}
    for rule, cells in enumerate(rows):
        for key in cells:
            one, other = regions[first.setdefault(key, rule)], regions[rule]
            if one != other:
                regions = [one if region == other else region for region in regions]
    return tuple(regions)


def gaps_of(system: System, operands: Numbers) -> dict[int, Number]:
    """Return left − right of every balance that can be assessed, exactly."""
    found = ((number, difference(balance, operands)) for number, balance in enumerate(system.balances))
    return {number: gap for number, gap in found if gap is not None}


@lru_cache(maxsize=64)
def basis_of(system: System, assessed: frozenset[int]) -> EquationBasis:
    """Return the independent equations among the ``assessed`` rules, those with few cells first."""
    able = sorted(
        (number for number in assessed if system.is_equation(number) and system.rows[number]),
        key=lambda number: (len(system.rows[number]), number),
    )
    implied = _implied(system, able)
    equations = frozenset(able) - implied.keys()
    alike: defaultdict[Signature, list[str]] = defaultdict(list)
    for key, column in system.columns.items():
        touched = [(rule, weight) for rule, weight in column.items() if rule in equations]
        if touched:
            alike[signature(touched)].append(key)
    return EquationBasis(equations, {own: tuple(keys) for own, keys in alike.items()}, implied)


def signature(weights: Iterable[tuple[int, Number]]) -> Signature:
    """Return the signature of (rule, weight) pairs, weights not 0."""
    ordered = sorted(weights)
    first = ordered[0][1]
    return tuple(
        (rule, 1 if weight == first else -1 if weight == -first else Fraction(weight) / Fraction(first))
        for rule, weight in ordered
    )


def _implied(system: System, rules: Sequence[int]) -> dict[int, dict[int, Fraction]]:
    """Return the rules that earlier ones imply, each with those it is made of: elimination over fractions, sparse."""
    reduced: dict[str, tuple[dict[str, Fraction], dict[int, Fraction]]] = {}
    implied = {}
    for rule in rules:
        row = {key: Fraction(system.columns[key][rule]) for key in system.rows[rule]}
        made: dict[int, Fraction] = {}
        while pivot := next((key for key in row if key in reduced), None):
            own, of = reduced[pivot]
            factor = row[pivot] / own[pivot]
            _add(row, own, -factor)
            _add(made, of, factor)
        if row:
            rarest = min(row, key=lambda key: len(system.columns[key]))
            reduced[rarest] = row, {rule: Fraction(1), **{part: -times for part, times in made.items()}}
        else:
            implied[rule] = made
    return implied


def _add(to: dict[Term, Fraction], terms: Mapping[Term, Fraction], factor: Fraction) -> None:
    for term, weight in terms.items():
        total = to.get(term, Fraction(0)) + factor * weight
        if total:
            to[term] = total
        else:
            to.pop(term, None)
