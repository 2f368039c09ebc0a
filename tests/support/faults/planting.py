"""What a consistent report and a planted fault are, and the register of the kinds of fault."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.forms.form import Form
from pipeline.model import Number, PastReport

Numbers = dict[str, Number]


@dataclass(frozen=True, slots=True)
class Sent:
    """A consistent report: figures, texts, last year's figures, and a random source of its own."""

    form: Form
    numbers: Numbers
    texts: dict[str, str]
    past: PastReport
    rng: random.Random

    def filled(self, *rows: str, least: int = 1) -> list[str]:
        """List the input cells of section 三 whose figure is at least ``least``, of ``rows`` if any are named."""
        return [
            cell.key
            for cell in self.form.cells
            if cell.table == "requests"
            and cell.is_input
            and self.numbers[cell.key] >= least
            and (not rows or cell.row.key in rows)
        ]


@dataclass(frozen=True, slots=True)
class Planted:
    """One report with one fault.

    ``code`` must be found, at one of ``keys`` if there are any; ``also`` may be said besides, as what follows. A report
    is a reading (``numbers``, ``texts``; totals of ``computed`` are not typed) or a real file (``content``).
    ``slip`` is a single wrong cell and what it ought to be, for the score of hints.
    """

    code: str
    keys: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    past: Mapping[str, Number] = field(default_factory=dict)
    past_texts: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    content: bytes | None = None
    kind: str = "部门"
    slip: tuple[str, Number] | None = None


Plant = Callable[[Sent], Planted | None]
"""Plants a fault; None where this report has no place for it."""
KINDS: dict[str, Plant] = {}


def kind(name: str) -> Callable[[Plant], Plant]:
    """Register a kind of fault."""

    def register(plant: Plant) -> Plant:
        assert name not in KINDS, name
        KINDS[name] = plant
        return plant

    return register


def totals(form: Form) -> frozenset[str]:
    """Return the cells that the template computes."""
    return frozenset(cell.key for cell in form.cells if cell.defined_by)


def total_over(form: Form, keys: tuple[str, ...]) -> set[str]:
    """Return ``keys`` and every total they are part of."""
    reached = set(keys)
    for whole, parts in form.evaluation_order:
        if reached & set(parts):
            reached.add(whole)
    return reached
