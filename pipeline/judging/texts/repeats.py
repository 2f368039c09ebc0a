"""What is counted twice against itself: figures that no table proves, in all texts of a report together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.meant import meanings
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import sentence_begin

if TYPE_CHECKING:
    from pipeline.forms.narrative import Ratios
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Fact, Finding, Number

_CLAUSES = "，；："
_REACH, _FAR = 200, 2000
"""Characters before a number in which its sentence begins, and in which that stands to which a text comes back."""
_OF_REQUESTS = frozenset("件宗")
"""Units in which requests are counted, of which more may be received than are answered."""
_LONGEST_HEADING = 16
"""Characters of a heading that stands before a sentence: （一）政府网站。"""
_NUMBER = re.compile(r"(?<![\d.])\d{1,6}(?=[件宗])")
_FULL_STOPS = ("件。", "宗。")
_MOST = 40
"""Things counted in a report that are compared."""


@dataclass(frozen=True, slots=True)
class CountedThing:
    """Of what kind something is and what it is called, how often it was counted, and in which text and where."""

    kind: str
    what: str
    value: int
    key: str
    start: int
    end: int
    is_claimed: bool = False
    """Whether it is a claim, so that one without a name may be the only one that has a name."""
    is_within: bool = False
    """Whether its sentence, or the heading before, names a part of what there is: 政府网站方面，主动公开120条."""


class Repeats:
    """Finds what the texts of a report count twice; made once for a rule."""

    def __init__(self, rule: Ratios) -> None:
        self._rule = rule
        self._counted = [compiled(pattern) for pattern in rule.counted]
        self._elsewhere = compiled(rule.counted_elsewhere)
        self._plain = compiled(rule.counted_plain)
        self._recalled, self._through = compiled(rule.recalled), compiled(rule.repeated_through)
        self._within = compiled(rule.repeated_within)
        self._again = dict(zip(rule.again_of, map(compiled, rule.again), strict=True))

    def things(self, key: str, text: str, said: Sequence[SaidFigure]) -> Iterator[CountedThing]:
        """Yield what a text counts of the whole year."""
        for own in said:
            if own.claim.key in self._rule.repeated:
                kind = f"{own.claim.key} {text[own.end : own.end + 1]}"
                begin = sentence_begin(text, own.start, _REACH)
                through = [found["what"] for found in self._through.finditer(text, begin, own.start)]
                what = "".join(through[-1:])
                is_within = self._is_within(text, begin, own.start)
                yield CountedThing(kind, what, int(own.value), key, own.start, own.end, True, is_within)  # noqa: FBT003 - claimed
        begun = f"\n{text}"
        for pattern in self._counted:
            for found in pattern.finditer(begun):
                start = sentence_begin(begun, found.start("n"), found.start("n"))
                value = value_of(found["n"])
                if value is not None and not self._elsewhere.search(begun, start, found.start("what")):
                    what = self._plain.sub("", found["what"])
                    kind = found["unit"]
                    yield CountedThing(kind, what, value, key, found.start("n") - 1, found.end("n") - 1)

    def _is_within(self, text: str, begin: int, start: int) -> bool:
        """Say whether the clauses of a sentence before a number's own, or a heading before it, name a part that its own does not."""
        heading = sentence_begin(text, max(0, begin - 1), _REACH)
        first = heading if begin - heading <= _LONGEST_HEADING else begin
        own = max(begin, *(text.rfind(mark, begin, start) + 1 for mark in _CLAUSES))
        return self._within.search(text, first, own) is not None and not self._within.search(text, own, start)

    def recalled(
        self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]
    ) -> Iterator[Finding]:
        """Yield, for each number by which a text comes back to requests, a finding if it has told none like it, nor have the tables.

        What is told right before may be wrong itself, and is if the tables have the other: 受理申请6件。5件申请均已答复.
        """
        for found in islice(self._recalled.finditer(text), _MOST):
            before = [own for own in said if own.end <= found.start() and own.claim.key in self._rule.wholes]
            value = int(found["n"])
            if not before:
                continue
            last = before[-1]
            first = CountedThing("", "", int(last.value), key, last.start, last.end)
            again = CountedThing("", "", value, key, found.start("n"), found.end("n"))
            is_next = text[last.end : found.start()] in _FULL_STOPS
            if is_next and last.claim.key in self._rule.grows_before and self._is_slip(item, last, value):
                yield self._finding(item, again, first)
                continue
            may_be_some = found.groupdict().get("again") is not None and not (is_next and value > last.value)
            if not may_be_some and value not in self._known(
                item, text[max(0, found.start() - _FAR) : found.start()]
            ):
                yield self._finding(item, first, again)

    def again(self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]) -> Iterator[Finding]:
        """Yield a finding where a text comes back to a figure with another number, and the tables have one of the two.

        行政复议3件。4件复议案件均维持: more cannot be some of them. 行政复议4件。3件复议案件均维持: the tables have the second.
        """
        figures = [own for own in said if own.claim.key in self._again]
        for at, own in enumerate(figures[:_MOST]):
            following = next((one for one in figures[at + 1 :] if one.claim.key == own.claim.key), None)
            if not own.at_most:
                yield from self._come_back(item, key, text, own, following)

    def _come_back(
        self, item: ReportTexts, key: str, text: str, own: SaidFigure, following: SaidFigure | None
    ) -> Iterator[Finding]:
        """Yield a finding where the text behind a figure comes back to it with another number."""
        begin = sentence_begin(text, own.start, _REACH)
        stop = text.find("。", own.end) + 1 or len(text)
        end = text.find("。", stop) + 1 or len(text)
        found = self._again[own.claim.key].search(text, own.end, end)
        value = int(found["n"]) if found else int(own.value)
        meant = meanings(own.claim, item) or ()
        if not found or value == own.value or (following and following.end < found.start("n")):
            return
        first = CountedThing("", "", int(own.value), key, own.start, own.end)
        again = CountedThing("", "", value, key, found.start("n"), found.end("n"))
        if value in meant and own.value not in meant:
            yield self._finding(item, again, first)
        elif (
            value > own.value
            and own.value in meant
            and not self._is_otherwise(item, own, value, text[begin : found.start()])
        ):
            yield self._finding(item, first, again)

    def _is_otherwise(self, item: ReportTexts, own: SaidFigure, value: int, text: str) -> bool:
        """Say whether a number is one of the same rows of the tables, or one that a text has told, or two together."""
        rows = {cell.rpartition(".")[0] for meant in own.claim.equals for cell in meant.plus}
        written = [int(one[0]) for one in _NUMBER.finditer(text)][-_MOST:]
        others = (number for cell, number in item.numbers.items() if cell.rpartition(".")[0] in rows)
        return value in {item.numbers.get(self._rule.besides_cell), *others, *written} or any(
            one + other == value for one, other in combinations(written, 2)
        )

    def _is_slip(self, item: ReportTexts, own: SaidFigure, value: int) -> bool:
        """Say whether the tables have a value, and not the one of a figure told before."""
        came, besides = (
            item.numbers.get(cell) or 0 for cell in (self._rule.whole_cells[0], self._rule.besides_cell)
        )
        return value == came and own.value not in {came, came + besides}

    def _known(self, item: ReportTexts, text: str) -> set[Number]:
        """Return the numbers that a text has told, two of them together, one less another, and those of the tables."""
        written = [int(own[0]) for own in _NUMBER.finditer(text)][-_MOST:]
        cells = (*self._rule.whole_cells, self._rule.besides_cell)
        known: list[Number] = [*written, *(item.numbers.get(cell) or 0 for cell in cells)]
        return {
            *known,
            *(one + other for one in known for other in known),
            *(one - other for one in known for other in known),
        }

    def findings(self, item: ReportTexts, things: Sequence[CountedThing]) -> Iterator[Finding]:
        """Yield, for each thing that is counted otherwise than where it was counted first, a finding."""
        first: dict[tuple[str, str], CountedThing] = {}
        named: dict[str, set[str]] = {}
        for own in things[:_MOST]:
            named.setdefault(own.kind, set()).update({own.what} - {""})
        besides = item.numbers.get(self._rule.besides_cell)
        wholes = [item.numbers.get(cell) for cell in self._rule.whole_cells]
        for own in things[:_MOST]:
            is_the_one = own.is_claimed and len(named[own.kind]) == 1
            what = next(iter(named[own.kind])) if is_the_one else own.what
            before = first.setdefault((own.kind, what), own)
            missing = abs(before.value - own.value)
            if not missing or missing == besides or (own.kind in _OF_REQUESTS and own.value in wholes):
                continue
            if not _is_sum(missing, own, things[:_MOST]) and not _is_a_part(item, before, own):
                yield self._finding(item, before, own)

    def _finding(self, item: ReportTexts, first: CountedThing, own: CountedThing) -> Finding:
        facts: dict[str, Fact] = {
            "sentence": quoted(item.texts[own.key], own.start, own.end),
            "other": quoted(item.texts[first.key], first.start, first.end),
            "claimed": own.value,
            "expected": first.value,
        }
        return item.finding(self._rule, "twice", own.key, facts, first.key)


def _is_a_part(item: ReportTexts, before: CountedThing, own: CountedThing) -> bool:
    """Say whether the smaller of two numbers is told as a part: of a platform or a field, or among the parts of the greater one."""
    part, whole = sorted((before, own), key=lambda one: one.value)
    if not own.is_claimed or whole.value - part.value == 1:
        return False
    text = item.texts[whole.key]
    behind = re.match(r"[^。\n]*", text[whole.end :])
    parts = re.findall(r"(?<![\d.])\d+", behind[0]) if behind else []
    return part.is_within or (own is part and str(part.value) in parts)


def _is_sum(missing: int, own: CountedThing, things: Sequence[CountedThing]) -> bool:
    """Say whether what one of two numbers is ``missing`` is what others of its kind make."""
    if not own.what:
        return False
    others = {one.what: one.value for one in things if one.kind == own.kind and one.what != own.what}
    return any(sum(some) == missing for size in (1, 2) for some in combinations(others.values(), size))
