"""Percentages against the numbers beside them and last year's, and what is counted twice against itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.forms.narrative import LAST_YEAR, NOT_EXACT, NUMERAL
from pipeline.judging.texts.figures import figures_rule, meanings, said_in
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.quoting import quoted

if TYPE_CHECKING:
    from pipeline.forms.narrative import Ratios
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding, Number

_COUNT = re.compile(rf"(?P<n>{NUMERAL})(?P<unit>[件宗份条例起封次项个]){NOT_EXACT}")
_STOPS = "。！？\n"
_REACH = 400
"""Characters back to which a whole is looked for."""
_MOST = 12
"""Numbers of a sentence that are tried."""
_GROWS = re.compile("[同较比去上]")


def ratios(rule: Ratios, around: TextContext) -> Check:
    """Look at every share and growth of what was read, and at what is counted in several places."""
    reading = figures_rule(around.form)
    share, growth = re.compile(rule.share), re.compile(rule.growth)
    share_of = re.compile(rule.share_of)

    def check(item: ReportTexts) -> Iterable[Finding]:
        if not reading:
            return
        counted: dict[str, tuple[str, SaidFigure]] = {}
        for key, text in item.said(rule.texts).items():
            said = said_in(reading, key, text, item)
            yield from _shares(rule, item, key, text, said, share)
            yield from _shares_of(rule, item, key, text, share_of)
            yield from _growths(rule, item, key, text, said, growth)
            for own in said:
                if own.claim.key in rule.repeated:
                    first_key, first = counted.setdefault(
                        f"{own.claim.key} {text[own.end : own.end + 1]}", (key, own)
                    )
                    if first.value != own.value:
                        yield _contradiction(rule, item, (first_key, first), (key, own))

    return check


def _shares(
    rule: Ratios, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure], share: re.Pattern[str]
) -> Iterator[Finding]:
    """Yield the shares that none of the numbers before them in the sentence, nor the tables, can give."""
    starts = [own.start for own in said]
    for found in share.finditer(text) if "%" in text and "占" in text else ():
        reach = max(0, found.start() - _REACH)
        start = max(text.rfind(mark, reach, found.start()) for mark in _STOPS) + 1 or reach
        numbers = [own for own in _COUNT.finditer(text, start, found.end()) if own.start() < found.start()]
        last = bisect_left(starts, found.start())
        near = said[max(0, last - _MOST) : last]
        wholes = [own for own in near if own.claim.key in rule.wholes and own.start >= start]
        values = [value_of(own["n"]) for own in numbers[-_MOST:]]
        if not wholes or not numbers[1:] or not all(values) or numbers[-1].end("n") != found.start():
            continue
        known = [value for value in values if value]
        tables = [value for own in wholes for value in meanings(own.claim, item) or ()]
        runs = [sum(known[at:]) for at in range(len(known))]
        bases = {*known[:-1], *tables, *(own.value for own in wholes)}
        if not any(
            run <= base and _fits(_share(run, base), found["share"]) for run in runs for base in bases if base
        ):
            facts: dict[str, Fact] = {
                "sentence": quoted(text, found.start("share"), found.end("share") + 1),
                "stated": f"{found['share']}%",
                "part": known[-1],
                "whole": wholes[-1].value,
                "expected": _percent(_share(known[-1], wholes[-1].value or 1)),
            }
            yield item.finding(rule, "share", key, facts)


def _shares_of(
    rule: Ratios, item: ReportTexts, key: str, text: str, share: re.Pattern[str]
) -> Iterator[Finding]:
    """Yield the shares that say beside them of how much they are: 30件，占办结总数60件的45%."""
    for found in share.finditer(text) if "%" in text and "占" in text else ():
        start = max(text.rfind(mark, 0, found.start()) for mark in _STOPS) + 1
        start = max(start, found.start() - _REACH)
        before = [value_of(own["n"]) or 0 for own in _COUNT.finditer(text, start, found.start())][-_MOST:]
        parts = [int(found["part"]), *reversed(before)]
        runs = [sum(parts[: last + 1]) for last in range(len(parts))]
        whole = int(found["whole"])
        if 0 < parts[0] <= whole and not any(_fits(_share(run, whole), found["share"]) for run in runs):
            facts: dict[str, Fact] = {
                "sentence": quoted(text, found.start("share"), found.end("share") + 1),
                "stated": f"{found['share']}%",
                "part": parts[0],
                "whole": whole,
                "expected": _percent(_share(parts[0], whole)),
            }
            yield item.finding(rule, "share", key, facts)


def _growths(
    rule: Ratios, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure], growth: re.Pattern[str]
) -> Iterator[Finding]:
    """Yield the growths that neither the number that they compare with, nor last year's report, can give."""
    marked = _with_last_year(text, item)
    change = re.compile(rule.change)
    for own in said if _GROWS.search(text) else ():
        begun = growth.match(marked, own.end) if own.claim.key in rule.grows else None
        bases = _bases(own, item, begun["base"]) if begun else []
        at = begun.end() if begun else len(marked)
        while found := change.match(marked, at):
            at = found.end()
            if marked.startswith("个", at):
                break
            if bases and not any(_is_change(own.value, base, found) for base in bases):
                yield item.finding(rule, "growth", key, _growth_facts(text, own, found, bases[0]))
                break
            if not bases and found["by"]:
                bases = [own.value - _sign(found) * int(found["by"])]


def _sign(found: re.Match[str]) -> int:
    return -1 if found["falls"] else 1


def _is_change(value: Number, base: Number, found: re.Match[str]) -> bool:
    """Say whether from ``base`` to ``value`` is the change that was found."""
    if found["percent"]:
        return not base or _fits(_sign(found) * _share(value - base, base), found["percent"])
    return _sign(found) * (value - base) == int(found["by"] or 0)


def _growth_facts(text: str, own: SaidFigure, found: re.Match[str], base: Number) -> dict[str, Fact]:
    name = next(name for name in ("percent", "by", "flat") if found[name])
    change = own.value - base if own.value >= base else base - own.value
    is_share = found["percent"] and base
    unit = 0 if found["flat"] else 1
    return {
        "sentence": quoted(text, found.start(name), found.end(name) + unit),
        "stated": f"{found[name]}%" if found["percent"] else found[name],
        "now": own.value,
        "before": base,
        "expected": _percent(_share(change, base)) if is_share else change,
        "direction": "增加" if own.value >= base else "减少",
    }


def _with_last_year(text: str, item: ReportTexts) -> str:
    """Return ``text`` with last year marked as the patterns know it."""
    if item.year is None:
        return text
    written = f"{item.year - 1}年"
    return text.replace(written, LAST_YEAR * len(written))


def _bases(own: SaidFigure, item: ReportTexts, stated: str | None) -> list[Number]:
    """Return what a figure may be compared with: the number that is said, or what last year's report allows."""
    if stated:
        return [int(stated)]
    found: list[Number] = []
    for meant in own.claim.equals:
        values = [item.past_numbers.get(cell) for cell in meant.plus]
        known = [value for value in values if value is not None]
        if len(known) == len(values) and not meant.minus:
            found.append(sum(known))
    return found


def _fits(value: Decimal, written: str) -> bool:
    """Say whether a percentage is what is written, rounded or cut off."""
    stated = Decimal(written)
    step = Decimal(1).scaleb(-len(written.partition(".")[2]))
    return abs(value - stated) <= step / 2 or 0 <= value - stated < step


def _share(part: Number, whole: Number) -> Decimal:
    return Decimal(100) * part / whole


def _percent(value: Decimal) -> str:
    return f"{value:.1f}%"


def _contradiction(
    rule: Ratios, item: ReportTexts, first: tuple[str, SaidFigure], second: tuple[str, SaidFigure]
) -> Finding:
    key, own = second
    text = item.texts[key]
    facts: dict[str, Fact] = {
        "sentence": quoted(text, own.start, own.end),
        "other": quoted(item.texts[first[0]], first[1].start, first[1].end),
        "claimed": own.value,
        "expected": first[1].value,
    }
    return item.finding(rule, "twice", key, facts, first[0])
