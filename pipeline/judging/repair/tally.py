"""The figures of one report go in, laid against the balances; what fails comes out, and whether a change would settle it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pipeline.judging.repair.equations import EquationBasis, System, basis_of, gaps_of, system_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.model import Number

Steps = Mapping[str, "Number"]
"""How much is to be added to which cell."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One report against its balances. ``gaps``: left − right of every balance that can be assessed."""

    form: Form
    system: System
    basis: EquationBasis
    gaps: Mapping[int, Number]
    operands: Mapping[str, Number | None]
    computed: frozenset[str]

    @property
    def failed(self) -> list[int]:
        """The rules that fail."""
        return self.failing(self.gaps)

    def failing(self, gaps: Mapping[int, Number]) -> list[int]:
        """Return the rules that fail with these differences."""
        return [rule for rule, gap in gaps.items() if self._fails(rule, gap)]

    def _fails(self, rule: int, gap: Number) -> bool:
        return gap != 0 if self.system.is_equation(rule) else gap > 0

    def is_error(self, rules: Iterable[int]) -> bool:
        """Whether any of the rules is one that must hold."""
        return any(self.system.balances[rule].rule.severity == "error" for rule in rules)

    def follows_from(self, rule: int) -> list[int]:
        """Return the failing rules that a failing rule follows from: it holds as soon as these do. Empty: it fails by itself.

        An equation follows from those it is made of, unless last year's figures contradict each other; a bound from bounds of
        its parts.
        """
        if not self.system.is_equation(rule):
            return [own for own in self._bounds_of_parts(rule) if self._fails(own, self.gaps[own])]
        made = self.basis.implied.get(rule, {})
        if self.gaps[rule] != sum(times * Fraction(self.gaps[own]) for own, times in made.items()):
            return []
        return [own for own in made if self.gaps[own] != 0]

    def _bounds_of_parts(self, rule: int) -> list[int]:
        """Return bounds that together are the bound ``rule``, as those of the items are that of their total."""
        system, left = self.system, set(self.system.rows[rule])
        found = []
        for own in self.gaps:
            cells = system.rows[own]
            is_part = 0 < len(cells) < len(system.rows[rule]) and left.issuperset(cells)
            weighs_alike = is_part and all(
                system.columns[key][own] == system.columns[key][rule] for key in cells
            )
            if weighs_alike and not system.is_equation(own):
                left -= set(cells)
                found.append(own)
        is_sum = not left and sum(self.gaps[own] for own in found) == self.gaps[rule]
        return found if is_sum else []

    def effects(self, steps: Steps) -> dict[int, Number]:
        """Return by how much ``steps`` change the difference of each rule they touch."""
        effects: defaultdict[int, Number] = defaultdict(int)
        for key, step in steps.items():
            for rule, weight in self.system.columns.get(key, {}).items():
                effects[rule] += weight * step
        return effects

    def after(self, steps: Steps) -> dict[int, Number]:
        """Return the differences of the independent equations after ``steps``."""
        effects = self.effects(steps)
        return {rule: self.gaps[rule] + effects.get(rule, 0) for rule in self.basis.equations}

    def settles(self, steps: Steps, failed: Sequence[int], gaps: Mapping[int, Number] | None = None) -> bool:
        """Whether every cell stays a possible figure, the ``failed`` rules hold after, and no other gets worse."""
        gaps = self.gaps if gaps is None else gaps
        if not steps or not all(self.is_possible(key, step) for key, step in steps.items()):
            return False
        effects = self.effects(steps)
        if any(self._fails(rule, gaps[rule] + effects.get(rule, 0)) for rule in failed):
            return False
        return all(self._is_harmless(rule, effect) for rule, effect in effects.items() if rule not in failed)

    def _is_harmless(self, rule: int, effect: Number) -> bool:
        if rule not in self.gaps or effect == 0:
            return True
        if not self._fails(rule, self.gaps[rule]):
            return not self._fails(rule, self.gaps[rule] + effect)
        return not self.system.is_equation(rule) or rule not in self.basis.equations

    def is_possible(self, key: str, step: Number) -> bool:
        """Whether a cell that holds a figure may hold what it becomes."""
        before = self.operands[key]
        if before is None:
            return False
        after = before + step
        return self.form.by_key[key].number.allows(after)


def tally_of(
    form: Form, operands: Mapping[str, Number | None], *, level: str, computed: frozenset[str], kind: str = ""
) -> Tally:
    """Lay figures, this year's and where known last year's, against the balances that bind ``level``."""
    system = system_of(form, level, computed, kind)
    gaps = gaps_of(system, operands)
    return Tally(form, system, basis_of(system, frozenset(gaps)), gaps, operands, computed)
