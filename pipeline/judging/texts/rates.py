"""A rate that is called by its name (办结率, 公开率, 纠正率) against what the tables have for it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.meant import values_of
from pipeline.judging.texts.percents import fits, percent, share
from pipeline.judging.texts.quoting import quoted

if TYPE_CHECKING:
    from pipeline.forms.narrative import Rate, Ratios
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Fact, Finding, Number

_WHOLLY = 100
"""What all that fell due are told as, whatever is carried forward."""
_GAP = 16
"""Characters between a figure and the rate that is told of it."""
_ELSEWHERE = re.compile(r"[\d。！？\n]")


class Rates:
    """Looks at the rates of a text; made once for a rule."""

    def __init__(self, rule: Ratios, rates: Sequence[Rate]) -> None:
        self._rule = rule
        self._rates = [(own, compiled(f"{own.said}{rule.rated}")) for own in rates]

    def findings(
        self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]
    ) -> Iterator[Finding]:
        """Yield a finding for each rate right after a figure it may be of, that is no part of any whole it may be of."""
        if "率" not in text or "%" not in text:
            return
        starts = [own.start for own in said]
        for rate, pattern in self._rates:
            for found in pattern.finditer(text):
                at = bisect_left(starts, found.start()) - 1
                figure = said[at] if at >= 0 else None
                if figure is None or figure.claim.key not in rate.after:
                    continue
                if not _is_rate_of(text, figure.end, found.start()):
                    continue
                parts = values_of(rate.parts, item) or []
                wholes = [value for value in values_of(rate.wholes, item) or () if value]
                if _is_any_other(found["share"], parts, wholes):
                    facts: dict[str, Fact] = {
                        "sentence": quoted(text, found.start("share"), found.end("share") + 1),
                        "stated": f"{found['share']}%",
                        "part": parts[0],
                        "whole": wholes[0],
                        "expected": percent(share(parts[0], wholes[0])),
                    }
                    yield item.finding(self._rule, "share", key, facts)


def _is_rate_of(text: str, end: int, start: int) -> bool:
    """Say whether nothing else is counted between the unit of a figure and a rate."""
    return start - end <= _GAP and not _ELSEWHERE.search(text, end, start)


def _is_any_other(stated: str, parts: Sequence[Number], wholes: Sequence[Number]) -> bool:
    """Say whether a rate is that of no part; 100 % says nothing."""
    if float(stated) >= _WHOLLY or not parts or not wholes:
        return False
    return not any(fits(share(part, whole), stated) for part in parts for whole in wholes)
