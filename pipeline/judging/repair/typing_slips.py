"""Cells that lie side by side go in; the steps that undo what a hand or a paste does with them come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.repair.equations import System
    from pipeline.judging.repair.neighbours import CellLane
    from pipeline.judging.repair.tally import Steps
    from pipeline.model import Number


@dataclass(frozen=True, slots=True)
class TypedFigures:
    """What can be undone in one report: only figures that were typed."""

    form: Form
    system: System
    operands: Mapping[str, Number | None]
    computed: frozenset[str]

    def exchanged(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Number]:
        """Return the steps that exchange the values of each pair; none where a cell is no typed figure."""
        steps: dict[str, Number] = {}
        for one, other in pairs:
            if one in self.computed and other in self.computed:
                continue  # totals follow their parts
            left, right = self.operands[one], self.operands[other]
            if left is None or right is None or not {one, other} <= self.system.columns.keys():
                return {}
            if left != right:
                steps |= {one: right - left, other: left - right}
        return steps

    def shifted(self, run: Sequence[CellLane], step: int) -> Iterator[Steps]:
        """Yield the steps that push the values of a run back by one cell; what was pasted over the total goes back too."""
        for with_spilled in (False, True) if step > 0 else (False,):
            steps: dict[str, Number] = {}
            for lane in run:
                steps |= self._shift(lane, step, with_spilled=with_spilled)
            yield steps

    def _shift(self, lane: CellLane, step: int, *, with_spilled: bool) -> Steps:
        numbers = self.operands
        values = [numbers[key] for key in lane.cells]
        if any(value is None for value in values) or any(
            key not in self.system.columns for key in lane.cells
        ):
            return {}
        typed = [value for value in values if value is not None][::step]
        total = self._stated_total(lane) if with_spilled else None
        if typed[0] != 0 or (with_spilled and total is None):
            return {}
        back = [*typed[1:], (numbers[total] or 0) if total else 0][::step]
        steps = {key: new - old for key, old, new in zip(lane.cells, typed[::step], back, strict=True)}
        if total:
            parts = self.form.balance(self.form.by_key[total].defined_by).right
            steps[total] = sum((numbers[part] or 0) + steps.get(part, 0) for part in parts) - (
                numbers[total] or 0
            )
        return {key: own for key, own in steps.items() if own}

    def _stated_total(self, lane: CellLane) -> str | None:
        cell = self.form.by_key.get(lane.beyond)
        return cell.key if cell and cell.defined_by and cell.key in self.system.columns else None
