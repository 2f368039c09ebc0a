"""Figures of last year that a text writes out beside this year's go in; those come out that last year's report does not have.

A figure counts where it is certain what it is (it stands beside one of this year that was read and that the tables have, or is told in the
same words) and that it is last year's: 上年, 去年, 上年同期 or the number of that year stands right before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.changes import with_years
from pipeline.judging.texts.meant import is_figure_of, values_of
from pipeline.judging.texts.quoting import quoted

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, FigureClaims, Ratios
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Fact, Finding, Number

_SPOKEN = re.compile("上年|上一年|去年")
_BOUND = 12
"""Characters right before a number in which last year stands."""


class LastYearsFigures:
    """Compares what is told of last year with last year's report; made once for a rule."""

    def __init__(self, rule: Ratios, reading: FigureClaims | None) -> None:
        self._rule = rule
        self._bound, self._ends = compiled(rule.last_bound), compiled(rule.last_ends)
        self._named = compiled(rule.last_subject)
        self._after = [compiled(pattern) for pattern in (rule.growth, *rule.last_after)]
        self._pairs = [compiled(pattern) for pattern in rule.pairs]
        self._claims = reading.claims if reading else ()
        self._whole = next((own for own in self._claims if own.key in rule.last_year_of), None)

    def is_spoken_of(self, text: str, item: ReportTexts) -> bool:
        """Say whether a text speaks of last year at all."""
        return _SPOKEN.search(text) is not None or f"{(item.year or 0) - 1}年" in text

    def findings(
        self,
        item: ReportTexts,
        key: str,
        text: str,
        said: Sequence[SaidFigure],
        of_last: Sequence[SaidFigure],
    ) -> Iterator[Finding]:
        """Yield a finding for each figure of last year in ``text`` that its report has not.

        ``said`` are this year's figures, ``of_last`` those that are told of last year in words of their own.
        """
        marked = with_years(text, item)
        true = [own for own in said if not own.at_most and is_figure_of(own.claim, own.value, item)]
        families = {own.claim.family for own in true}
        beside = [*self._behind(marked, true), *self._paired(marked, true, item)]
        carried = item.numbers.get(self._rule.besides_cell)  # 新收6件（上年3件）
        alone = [
            (own.claim, own.value, own.start, own.end)
            for own in of_last
            if own.claim.key in self._rule.last_year_of and own.claim.family in families
        ]
        compared: set[int] = set()
        for claim, value, start, end in (*(own for own in beside if own[1] != carried), *alone):
            known = self._known(claim, item) if start not in compared else []
            compared.add(start)
            if known and value not in known:
                facts: dict[str, Fact] = {
                    "sentence": quoted(text, start, end),
                    "name": claim.name,
                    "stated": value,
                    "before": known[0],
                }
                yield item.finding(self._rule, "last_year", key, facts)

    def _behind(self, marked: str, true: Sequence[SaidFigure]) -> Iterator[tuple[Claim, Number, int, int]]:
        """Yield what stands behind a figure: 6件，比上年的14件减少8件; 6件（上年14件）."""
        for own in true:
            for pattern in self._after:
                found = pattern.match(marked, own.end)
                if found and found["base"]:
                    yield own.claim, int(found["base"]), *found.span("base")

    def _paired(
        self, marked: str, true: Sequence[SaidFigure], item: ReportTexts
    ) -> Iterator[tuple[Claim, Number, int, int]]:
        """Yield what a figure is told to have come from, or the subject of its clause: 申请由去年的14件下降到6件."""
        by_start = {own.start: own.claim for own in true}
        for pattern in self._pairs:
            for found in pattern.finditer(marked):
                start, end = found.span("base")
                is_bound = self._bound.search(marked, max(0, start - _BOUND), start)
                if not is_bound or not self._ends.match(marked, end):
                    continue
                claim = by_start.get(found.start("now")) or self._subject(marked, found, item)
                if claim:
                    yield claim, int(found["base"]), start, end

    def _subject(self, marked: str, found: re.Match[str], item: ReportTexts) -> Claim | None:
        """Return what a clause is about that names it right before last year's figure, if this year's is that of the tables."""
        named = self._named.search(marked, max(0, found.start() - _BOUND), found.start())
        is_true = self._whole and named and is_figure_of(self._whole, int(found["now"]), item)
        return self._whole if is_true else None

    def _known(self, claim: Claim, item: ReportTexts) -> Sequence[Number]:
        """Return what last year's report allows a figure to be, as any claim of its name means it; nothing while a cell of it is not known."""
        alike = (own for own in self._claims if (own.key, own.family) == (claim.key, claim.family))
        sums = list(dict.fromkeys(meant for own in (claim, *alike) for meant in own.equals))
        return values_of(sums, replace(item, numbers=item.past_numbers)) or []
