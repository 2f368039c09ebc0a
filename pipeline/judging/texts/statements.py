"""One report goes in; every figure that its texts state comes out, true or not, as sums of cells.

What the texts say of the tables tells which of two cells is wrong: the one that they contradict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.judging.texts.filed import binds
from pipeline.judging.texts.stated_figures import figures_rule, said_in

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.narrative import Claim, Sum
    from pipeline.judging.texts.filed import ReportTexts


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure that the text ``text`` states. It is true if one of ``sums`` has this value: cells and their weights."""

    text: str
    value: int
    sums: tuple[Mapping[str, int], ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that are meant first of all."""
        return tuple(key for key, weight in self.sums[0].items() if weight > 0)


def statements_of(form: Form, item: ReportTexts) -> list[Statement]:
    """Return what a report states of its tables, in the order of its texts: whole figures, said exactly."""
    rule = figures_rule(form)
    if not rule or not binds(rule, item.agency):
        return []
    return [
        Statement(key, int(own.value), _sums(own.claim))
        for key, text in item.said(rule.texts).items()
        for own in said_in(rule, key, text, item)
        if own.claim.equals and not own.at_most and not own.lent and not own.claim.money
    ]


def _sums(claim: Claim) -> tuple[Mapping[str, int], ...]:
    return tuple(_weights(meant) for meant in claim.equals)


def _weights(meant: Sum) -> Mapping[str, int]:
    return {**dict.fromkeys(meant.plus, 1), **dict.fromkeys(meant.minus, -1)}
