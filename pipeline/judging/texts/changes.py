"""Growth and decline as written against the two numbers beside them, or against last year's figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pipeline.forms.narrative import LAST_YEAR, OWN_YEAR
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.meant import meanings
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.percents import fits, percent, share
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import STOPS, sentence_begin

if TYPE_CHECKING:
    from pipeline.forms.narrative import Ratios
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Fact, Finding, Number

_SPOKEN = re.compile("[同较比去上增减升降]")

_ABOUT = re.compile("基本|总体|整体|大体|大致")
_HARDLY = 5
"""Percent by which a figure may differ that is told to be hardly another, or in tenths."""
_SAID_OF, _TENTH = {"percent": "%", "tenths": "成"}, 10
"""What stands behind a share, and how many percent a tenth is."""
_STOP = re.compile(f"[{STOPS}]")
_OTHER = re.compile(r"[\d。]")
_REACH, _MOST_EARLIER = 200, 8
"""Characters, and numbers in them, before two numbers of which one may not be the one that is compared."""
_GAP = 16
"""Characters between a change and the number that it led to."""
_COUNT = re.compile(r"\d{1,7}(?=[件宗份条例起])")
_GROWN_TO = re.compile(
    r"[，（][^，。；：（）\d]{0,8}(?:收到|受理|接收|申请|为|达|共)[^，。；：（）\d]{0,6}\d"
)
"""What gives, right after a change, the figure that it led to."""
_UNIT_AND_MARK = 2
_OF_OTHERS = re.compile("[信来]访|咨询|投诉|热线|举报|提案|建议|公文|[信函]件")
"""What else is received than requests."""
_VERB = 8
"""Characters of the word that says before a number that it is a difference."""
_LEVEL = "为至到"
"""What makes a level of the number behind such a word: 减少为3件."""


@dataclass(frozen=True, slots=True)
class _ReadChange:
    """How much more or less there is now, and where the text says so; ``is_rough`` numbers prove nothing."""

    stated: str
    falls: bool
    percent: str
    by: int | None
    is_rough: bool
    start: int
    end: int
    is_about: bool = False
    """Whether it is told that hardly anything changed: 总体持平."""
    is_of_tenths: bool = False
    """Whether it is told in tenths, so that ``percent`` is near it: 减少四成."""

    @property
    def sign(self) -> int:
        """Which way it goes."""
        return -1 if self.falls else 1

    def leads(self, base: Number, now: Number) -> bool:
        """Say whether it leads from ``base`` to ``now``."""
        if self.is_rough:
            return True
        if self.is_about:
            return bool(base) and abs(share(now - base, base)) <= _HARDLY
        if self.is_of_tenths:
            return not base or abs(self.sign * share(now - base, base) - int(self.percent)) <= _HARDLY
        if self.percent:
            return not base or fits(self.sign * share(now - base, base), self.percent)
        return self.sign * (now - base) == (self.by or 0)


_StatedChanges: TypeAlias = "Iterator[tuple[_ReadChange, Number, Number]]"


class Changes:
    """Looks at the changes told in a text; made once for a rule."""

    def __init__(self, rule: Ratios) -> None:
        self._rule = rule
        self._growth, self._lead = compiled(rule.growth), compiled(rule.growth_before)
        self._gap = compiled(rule.growth_gap)
        self._named, self._past = compiled(rule.growth_named), frozenset(rule.grows_past)
        self._change = compiled(rule.change)
        self._compared, self._of_last = compiled(rule.compared), compiled(rule.of_last)
        self._pairs = [compiled(pattern) for pattern in rule.pairs]

    def findings(
        self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]
    ) -> Iterator[Finding]:
        """Yield a finding for each change that its numbers do not make."""
        if not _SPOKEN.search(text):
            return
        marked = with_years(text, item)
        checked: set[int] = set()
        found = (
            *self._of_pairs(marked),
            *self._of_figures(marked, said, item),
            *self._behind_gaps(marked, said, item),
            *self._led(marked, said, item),
            *self._of_named(marked, said, item),
        )
        yield from self._shares_of_last(item, key, text, marked, said)
        for own, base, now in found:
            if own.start not in checked and not own.leads(base, now):
                yield _finding(self._rule, item, key, text, own, now, base)
            checked.add(own.start)

    def _shares_of_last(
        self, item: ReportTexts, key: str, text: str, marked: str, said: Sequence[SaidFigure]
    ) -> Iterator[Finding]:
        """Yield a finding where a figure is not as many percent of last year's as the text says."""
        for found in self._of_last.finditer(marked):
            before = [own for own in said if own.start < found.start() and own.claim.key in self._rule.grows]
            figure = before[-1] if before else None
            if figure is None or _STOP.search(marked, figure.end, found.start()):
                continue
            bases = [base for base in _bases(figure, item, None) if base]
            if bases and not any(fits(share(figure.value, base), found["percent"]) for base in bases):
                facts: dict[str, Fact] = {
                    "sentence": quoted(text, found.start("percent"), found.end("percent") + 1),
                    "stated": f"{found['percent']}%",
                    "now": figure.value,
                    "before": bases[0],
                    "expected": percent(share(figure.value, bases[0])),
                }
                yield item.finding(self._rule, "of_last", key, facts)

    def _of_pairs(self, marked: str) -> _StatedChanges:
        """Yield what is told after two numbers."""
        for found in (found for pattern in self._pairs for found in pattern.finditer(marked)):
            base, by = int(found["base"]), self._difference(marked, found)
            if by and by.is_rough:
                continue
            now = base + by.sign * (by.by or 0) if by else int(found["now"])
            nows = [now] if by else [now, *_earlier(marked, found)]
            for own in self._changes_after(marked, found.end()):
                yield own, base, next((now for now in nows if own.leads(base, now)), nows[0])

    def _difference(self, marked: str, pair: re.Match[str]) -> _ReadChange | None:
        """Return how much more or less there is, where that is what a pair has instead of a number now: 与去年21件相比，本年减少3件."""
        for at in range(max(pair.start(), pair.start("now") - _VERB), pair.start("now")):
            found = self._change.match(marked, at)
            if found and found.span("by") == pair.span("now") and marked[found.start("by") - 1] not in _LEVEL:
                return _read(found)
        return None

    def _of_figures(self, marked: str, said: Sequence[SaidFigure], item: ReportTexts) -> _StatedChanges:
        """Yield what is told after a figure, with the number before that fits best."""
        compared = {found.end() for found in self._compared.finditer(marked)}
        for figure in said:
            if figure.claim.key not in self._rule.grows:
                continue
            begun = self._growth.match(marked, figure.end)
            after = begun.end() if begun else figure.end + 1 if figure.start in compared else 0
            bases = _bases(figure, item, begun["base"] if begun else None) if after else []
            for own in self._changes_after(marked, after) if after else ():
                if bases:
                    together = () if begun and begun["base"] else self._joined(marked, figure, said)
                    yield own, *_changed(own, bases, figure.value, together, item)
                elif own.by is not None and not own.is_rough:
                    bases = [figure.value - own.sign * own.by]

    def _behind_gaps(self, marked: str, said: Sequence[SaidFigure], item: ReportTexts) -> _StatedChanges:
        """Yield what is told after a figure behind words that are all of it: 收到31件（均为自然人提交），均已答复，同比增加8件.

        It may be told of what was answered, or with what was carried over. A rate grows by percent; requests, by a number.
        """
        for figure in said:
            if figure.claim.key not in self._rule.grows or figure.at_most:
                continue
            gap = self._gap.match(marked, figure.end)
            begun = self._growth.match(marked, gap.end()) if gap and gap.end() > figure.end + 1 else None
            bases = _bases(figure, item, begun["base"]) if begun else []
            if not (gap and begun and bases):
                continue
            ways = [(base, figure.value) for base in bases]
            if figure.claim.key in self._rule.grows_before:
                of_last = bases if begun["base"] else [*bases, *self._wholes(item.past_numbers)]
                nows = [figure.value, *self._wholes(item.numbers)]
                ways += [(base, now) for base in of_last for now in nows]
            for own in self._changes_after(marked, begun.end()):
                if not (gap["rate"] and own.percent):
                    yield own, *next((way for way in ways if own.leads(*way)), ways[0])

    def _wholes(self, numbers: Mapping[str, Number | None]) -> list[Number]:
        """Return what requests a report counts: those received, with and without those carried over, and those answered."""
        came, *others = (numbers.get(cell) for cell in (*self._rule.whole_cells, self._rule.besides_cell))
        return [] if came is None else [came, *(own for own in others if own), came + (others[-1] or 0)]

    def _joined(self, marked: str, figure: SaidFigure, said: Sequence[SaidFigure]) -> Sequence[SaidFigure]:
        """Return the figures before one in its sentence, the nearest first: 行政复议3件、行政诉讼2件，较上年减少5件."""
        before = [own for own in said if own.end <= figure.start and own.claim.key in self._rule.grows]
        return [
            own
            for own in before[: -_MOST_EARLIER - 1 : -1]
            if not _STOP.search(marked, own.end, figure.start)
        ]

    def _led(self, marked: str, said: Sequence[SaidFigure], item: ReportTexts) -> _StatedChanges:
        """Yield what is told just before a figure."""
        for found in self._lead.finditer(marked):
            figure = next((own for own in said if found.end() <= own.start <= found.end() + _GAP), None)
            if figure is None or figure.claim.key not in self._rule.grows_before:
                continue
            bases = _bases(figure, item, None)
            if bases and not _OTHER.search(marked, found.end(), figure.start):
                own = _read(found)
                yield own, _best(own, bases, figure.value), figure.value

    def _of_named(self, marked: str, said: Sequence[SaidFigure], item: ReportTexts) -> _StatedChanges:
        """Yield what is told of a figure that is named again: 收到申请31件，主要涉及征地，申请数量同比增长24%."""
        if not any(own.claim.key in self._rule.grows_before for own in said):
            return
        for found in self._named.finditer(marked):
            changes = list(self._changes_after(marked, found.end()))
            if not changes or _GROWN_TO.match(marked, changes[-1].end):
                continue
            figures = [(own, _bases(own, item, None)) for own in self._named_again(marked, found, said)]
            ways = [(base, own.value) for own, bases in figures for base in bases]
            ways += [
                (base, now)
                for own, bases in figures
                for base in bases
                for now in meanings(own.claim, item) or ()
            ]
            for own in changes if ways else ():
                yield own, *next((way for way in ways if own.leads(*way)), ways[0])

    def _named_again(
        self, marked: str, found: re.Match[str], said: Sequence[SaidFigure]
    ) -> Sequence[SaidFigure]:
        """Return the figures of which one is named again, likeliest first; none where something else may be meant."""
        begun = marked.rfind("\n", 0, found.start()) + 1
        before = [own for own in said if begun <= own.start < found.start()]
        grown = [own for own in before if own.claim.key in self._rule.grows]
        if not grown or grown[-1].at_most or grown[-1].claim.key not in self._rule.grows_before:
            return ()
        last = grown[-1]
        between = marked[last.end : found.start()]
        if found["bare"]:
            is_only = not any(own.sentence == last.sentence for own in grown[:-1])
            gap = self._gap.match(marked, last.end)
            is_next = len(between) <= _UNIT_AND_MARK or (gap and gap.end() == found.start() - 1)
            return grown[-1:] if is_only and is_next else ()
        if found["brief"] and (_STOP.search(between) or _OF_OTHERS.search(between)):
            return ()
        if len(between) > _REACH or len(_STOP.findall(between)) > 1:
            return ()
        past = {own.start for own in before if own.claim.family in self._past and not own.at_most}
        is_past = all(last.end + count.start() in past for count in _COUNT.finditer(between))
        if not (found["whole"] or (is_past and "其中" not in between)):
            return ()
        order = self._rule.grows_before
        here = [own for own in grown if own.claim.key in order and last.sentence - own.sentence <= 1]
        return sorted(here, key=lambda own: (order.index(own.claim.key), -own.start))

    def _changes_after(self, marked: str, at: int) -> Iterator[_ReadChange]:
        while found := self._change.match(marked, at):
            at = found.end()
            yield _read(found)


def _earlier(marked: str, pair: re.Match[str]) -> list[int]:
    """Return what the sentence counts alike before a pair: 收到23件，其中企业2件，去年19件，增加4件."""
    begun = sentence_begin(marked, pair.start(), _REACH)
    counts = re.finditer(rf"(?<![\d.])(\d{{1,7}}){pair['u']}", marked[begun : pair.start()])
    return [int(own[1]) for own in counts][-_MOST_EARLIER:]


def _read(found: re.Match[str]) -> _ReadChange:
    name = next(name for name in ("percent", "tenths", "by", "flat") if found[name])
    tenths = value_of(found["tenths"] or "零") or 0
    return _ReadChange(
        stated=f"{found[name]}{_SAID_OF.get(name, '')}",
        falls=bool(found["falls"]),
        percent=found["percent"] or (str(_TENTH * tenths) if tenths else ""),
        by=None if name in _SAID_OF else int(found["by"] or 0),
        is_rough=bool(found["rough"] or found["about"]),
        start=found.start(name),
        end=found.end(name) + (name != "flat"),
        is_about=name == "flat" and _ABOUT.search(found[0]) is not None,
        is_of_tenths=name == "tenths",
    )


def _changed(
    own: _ReadChange, bases: Sequence[Number], now: Number, joined: Sequence[SaidFigure], item: ReportTexts
) -> tuple[Number, Number]:
    """Return from what to what a figure changed; together with those ``joined`` to it, if the change fits them all."""
    base = _best(own, bases, now)
    before, after = base, now
    for figure in () if own.leads(base, now) else joined:
        before += next(iter(_bases(figure, item, None)), 0)
        after += figure.value
        if own.leads(before, after):
            return before, after
    return base, now


def _best(own: _ReadChange, bases: Sequence[Number], now: Number) -> Number:
    """Return the number before from which a change leads to ``now``, or the first."""
    return next((base for base in bases if own.leads(base, now)), bases[0])


def _finding(
    rule: Ratios, item: ReportTexts, key: str, text: str, own: _ReadChange, now: Number, base: Number
) -> Finding:
    change = now - base if now >= base else base - now
    facts: dict[str, Fact] = {
        "sentence": quoted(text, own.start, own.end),
        "stated": own.stated,
        "now": now,
        "before": base,
        "expected": percent(share(change, base)) if own.percent and base else change,
        "direction": "增加" if now >= base else "减少",
    }
    return item.finding(rule, "growth", key, facts)


def with_years(text: str, item: ReportTexts) -> str:
    """Return ``text`` with the reporting year and the one before marked as the patterns know them."""
    if item.year is None:
        return text
    for year, mark in ((item.year, OWN_YEAR), (item.year - 1, LAST_YEAR)):
        written = f"{year}年"
        text = text.replace(written, mark * len(written))
    return text


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
