"""A sentence goes in; the lists in it come out that divide their whole entirely: announced as its division, left in its bracket, or what is left of it.

Their labels may be long, for nothing else stands between two numbers of such a list; so it counts only if it ends where its sentence,
clause or bracket does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NOT_EXACT, NUMERAL
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.text_lists import ASIDE, UNITS, ListedPart, PartList

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums

_NUMBER = rf"(?<![\d.一二三四五六七八九十百])(?<!\d[,，])(?P<n>{NUMERAL})(?P<unit>[{UNITS}]){NOT_EXACT}"
_COUNT = re.compile(_NUMBER)
_PART = rf"(?P<opened>（)?{_NUMBER}(?(opened)）|)"
_LABELLED = {
    "、": re.compile(rf"(?P<label>[^，。；：、（）\d]{{1,30}}?){_PART}"),
    "，": re.compile(rf"(?P<label>[^，。；：（）\d]{{1,40}}?){_PART}"),
    "；": re.compile(rf"(?P<label>[^。；：（）\d]{{1,50}}?){_PART}"),
}
"""A part after each mark that may part a list: its label holds none of those that part as much."""
_LABEL = {
    "、": re.compile(r"[^，。；：、（）\d]{1,30}"),
    "，": re.compile(r"[^，。；：（）\d]{1,40}"),
    "；": re.compile(r"[^。；：（）\d]{1,50}"),
}
"""A label that follows its number."""
_LAST = re.compile("[，、；]?(?:以及|[和及与])")
"""What joins the last part to the others."""
_JOINT = re.compile(f"{_LAST.pattern}|[，、；]")
SUM, BRACKET, LEFT, AMONG, ANNOUNCED, COLON = "sum", "bracket", "left", "among", "announced", "colon"
_COLON = re.compile(r"[^，。；：、（）\d]{0,24}(?:（[^（）\d]{0,40}）)?：")
_SHARE = re.compile(
    r"（占?[^，。；：、（）\d]{0,14}\d{1,3}(?:\.\d{1,4})?%）|，?占[^，。；：、（）\d]{0,14}\d{1,3}(?:\.\d{1,4})?%"
)
"""What may stand beside the last part; any other aside may explain what the parts make."""
_NOUN = re.compile(r"[^，。；：、（）\d]{0,8}（")
_OTHER = re.compile(r"(?<![\d.])\d{1,7}(?![\d.%年月日）])")
"""Another number of the sentence that may be added, no date and no number of a part."""
_ENDS = frozenset("，；。）！？")
_BEFORE = 60
"""Characters before a whole that say what it is."""
_FEWEST, _FEWEST_ANNOUNCED = 2, 3
_MOST_PARTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DividedWhole(PartList):
    """A list that divides its whole entirely; ``before`` are all other numbers of the sentence."""

    way: str
    """How it is known: ``SUM`` where the sentence says that the parts together are the whole, in a ``BRACKET``, what is ``LEFT``,
    what is ``AMONG`` that, ``ANNOUNCED`` by words, or by a ``COLON`` alone."""


class DivisionReader:
    """Finds the divisions of one rule; made once."""

    def __init__(self, rule: PartSums) -> None:
        self._announced = compiled(any_of(rule.announces))
        self._summed = compiled(rule.summed)
        self._sum_ends = compiled(rule.sum_ends)
        self._among = compiled(rule.among)
        self._left = re.compile(f"(?:{rule.left})$")
        self._left_divided = compiled(rule.left_divided)
        self._numbered = compiled(rule.numbered)
        self._named = compiled(rule.named)
        self._ends = compiled(any_of(rule.division_ends)), re.compile(any_of(()))
        self._again = compiled(rule.again)
        self._all_of_them = compiled(rule.complete)
        self._closing = compiled(any_of(rule.closing))

    def divisions(self, sentence: str) -> Iterator[DividedWhole]:
        """Yield the divisions of a sentence that follow their whole, each as the first way in which it is one says."""
        for count in _COUNT.finditer(sentence):
            for way, start, fewest in self._begun(sentence, count):
                parts, end = self._parts(sentence, start, count["unit"], self._ends[way == SUM])
                if len(parts) >= fewest and self._is_ended(sentence, end, count["unit"], way):
                    yield self._division(sentence, count, start, parts, end, way)
                    break

    def _begun(self, sentence: str, count: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """Yield the ways in which a division of a number may begin: where, and with how many parts at least."""
        at = count.end()
        if begun := self._summed.match(sentence, at):
            yield SUM, begun.end(), _FEWEST
        if begun := _NOUN.match(sentence, at):
            yield BRACKET, begun.end(), _FEWEST
        is_left = self._left.search(sentence, max(0, count.start() - _BEFORE), count.start()) is not None
        if begun := self._among.match(sentence, at):
            yield AMONG, begun.end(), _FEWEST if is_left else _FEWEST_ANNOUNCED
        if is_left and (begun := self._left_divided.match(sentence, at)):
            yield LEFT, begun.end(), _FEWEST
        if begun := self._announced.match(sentence, at):
            yield ANNOUNCED, begun.end(), _FEWEST
        if begun := _COLON.match(sentence, at):
            yield COLON, begun.end(), _FEWEST_ANNOUNCED

    def _division(
        self, sentence: str, count: re.Match[str], start: int, parts: list[ListedPart], end: int, way: str
    ) -> DividedWhole:
        """Return a division, beside the numbers around it but for those that divide the whole once more."""
        around = end if self._again.match(sentence, end) else len(sentence)
        spans = range(count.start(), count.end()), range(parts[0].start, parts[-1].end)
        others = [
            int(own[0])
            for own in _OTHER.finditer(sentence, 0, around)
            if not any(own.start() in span for span in spans)
        ]
        lead = sentence[max(0, count.start() - _BEFORE) : count.start()]
        return DividedWhole(
            label=lead.rpartition("，")[2],
            whole=value_of(count["n"]) or 0,
            start=count.start(),
            between=sentence[count.end() : start],
            parts=parts,
            before=others,
            is_last=True,
            lead=lead,
            rest="" if way == BRACKET else sentence[end:],
            way=way,
        )

    def _is_ended(self, sentence: str, end: int, unit: str, way: str) -> bool:
        """Say whether nothing that is counted alike follows a list, unless the whole is divided once more."""
        if way == BRACKET:
            return sentence.startswith("）", end)
        if way == SUM:
            return self._sum_ends.match(sentence, end) is not None
        if self._again.match(sentence, end):
            return True
        if end < len(sentence) and sentence[end] not in _ENDS and not self._all_of_them.match(sentence, end):
            return False
        return all(own["unit"] != unit for own in _COUNT.finditer(sentence, end))

    def _parts(
        self, sentence: str, at: int, unit: str, ends: re.Pattern[str]
    ) -> tuple[list[ListedPart], int]:
        """Return the parts from ``at`` on, as long as one mark parts them, and where they end."""
        for mark in _LABELLED:
            parts, end = self._parted(sentence, at, unit, mark, ends)
            if len(parts) >= _FEWEST:
                return parts, end
        return [], at

    def _parted(
        self, sentence: str, at: int, unit: str, mark: str, ends: re.Pattern[str]
    ) -> tuple[list[ListedPart], int]:
        parts: list[ListedPart] = []
        end, begin, is_last = at, at, False
        while len(parts) < _MOST_PARTS:
            part, after = self._part(sentence, begin, unit, mark, ends)
            if part is None:
                break
            joined = _LAST.match(sentence, end) if parts else None
            if is_last and not joined and not self._closing.fullmatch(part.label):
                break
            parts.append(part)
            share = _SHARE.match(sentence, after)
            end = share.end() if share else after
            aside = ASIDE.match(sentence, after)
            following = _JOINT.match(sentence, aside.end()) if aside else None
            if is_last or not following:
                break
            begin, is_last = following.end(), following[0] != mark
        return parts, end

    def _part(
        self, sentence: str, at: int, unit: str, mark: str, ends: re.Pattern[str]
    ) -> tuple[ListedPart | None, int]:
        """Return the part that begins at ``at``, its number before its label or behind it, and where it ends."""
        numbered = self._numbered.match(sentence, at)
        begin = numbered.end() if numbered else at
        count = _COUNT.match(sentence, begin)
        if count:
            named = self._named.match(sentence, count.end())
            label = _LABEL[mark].match(sentence, named.end()) if named else None
            name, end = (label[0], label.end()) if label else ("", begin)
        else:
            count = _LABELLED[mark].match(sentence, begin)
            name, end = (count["label"], count.end()) if count else ("", begin)
        if not count or not name or count["unit"] != unit or ends.search(name):
            return None, at
        return ListedPart(name, value_of(count["n"]) or 0, count.start("n"), count.end("unit")), end
