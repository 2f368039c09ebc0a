"""A sentence goes in; the lists in it come out: a whole, what divides it, and its parts, counted alike with the same mark between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Self

from pipeline.forms.narrative import NOT_EXACT, NUMERAL
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.numerals import value_of

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums

UNITS = "件宗份条例起封项个篇期场则部册批张幅集次"
COUNT = compiled(
    rf"(?:(?<![\d.,，一二三四五六七八九十百])|(?<=[^\d]，)(?=\d))(?P<n>{NUMERAL})(?P<unit>[{UNITS}]){NOT_EXACT}"
)
_JOINT = re.compile(r"[，、；]?(?:和|及|以及)?")
_LAST = frozenset("和及以")
"""How words begin that join the last part to the others."""
_NEAR_JOINT = re.compile(r"[，、]?(?:和|及|以及)?")
"""What joins parts; after 其中 without a colon a semicolon begins something else."""
_LABEL = re.compile(r"[^，。；：、（）\d]{1,16}")
_LABEL_OF_PIECES = re.compile(r"[^，。；：（）\d]{1,24}")
"""A label of a list whose parts commas part: 政策、规范性文件类信息65条."""
_LABEL_OF_CLAUSES = re.compile(r"[^。；：（）\d]{1,30}")
"""A label of a list whose parts only semicolons part: 反映诉求、告知通过信访途径解决6件."""
_WIDER = {"，": _LABEL_OF_PIECES, "；": _LABEL_OF_CLAUSES}
"""Which labels there may be by the mark that parts a list."""
_BEFORE = re.compile(r"[^，。；：、（）\d]*\Z")
_AFTER = re.compile(r"[^，。；：、（）\d]{0,16}")
ASIDE = re.compile(
    r"(?:（[^（）]{0,200}）)?(?:，?占[^，。；：（）\d]{0,14}(?:\d{1,3}(?:\.\d{1,4})?%)?(?=[，、；。]))?"
)
"""What may stand beside a part: an aside, and how much of the whole it is."""
_AND = re.compile("[、和及与]")
_GAP = re.compile(r"[^，。；：、（）\d]{0,8}，")
"""What may stand between a whole and a list that no word begins."""
_MARK = re.compile("[，；：（]")
_BEGIN = re.compile(rf"{_MARK.pattern}|(?<!\d)20\d\d年(?:度|全年)?")
"""Where the first part of a list may begin."""
_DATE = re.compile(r"\d{1,4}[年月日]")
_UNITS_OF_PUBLISHED = frozenset("条件份篇")
"""Units in which one and the same piece of information may be counted: 信息104条，其中公文类信息90份."""
_FEWEST = 2
_LONGEST_LABEL = 16
_LONGEST_CLAUSE = 60
_MOST_TOTALS, _MOST_STARTS = 8, 12
"""Sums at the end of lists that are tried in a sentence, and places where such a list may begin."""
_MOST_BEFORE, _MOST_SUMMED = 6, 20


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part of a list: its label, its number and where it stands."""

    label: str
    value: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartList:
    """A whole and what it is called, the parts that follow it, what stands between, and the other numbers that may be divided as well."""

    label: str
    whole: int
    start: int
    between: str
    parts: Sequence[ListedPart]
    before: Sequence[int]
    is_last: bool
    """Whether nothing more is counted alike in the sentence or brackets after the parts."""
    is_bare: bool = False
    """Whether no word says that the parts divide the whole."""
    is_loose: bool = False
    """Whether semicolons part the parts, though no colon has opened the list."""
    counted: int = 0
    """How many parts in a row make the whole behind them, if the sentence says so."""
    lead: str = ""
    """What the sentence says before the whole."""
    rest: str = ""
    """What it says after the parts."""
    is_in_other_unit: bool = False
    """Whether the parts are counted in another unit than the whole, all in the same: they prove no more than that they are too many."""

    @property
    def labels(self) -> list[str]:
        """What the parts are called."""
        return [part.label for part in self.parts]

    @property
    def added(self) -> int:
        """What the parts make."""
        return sum(part.value for part in self.parts)

    @property
    def is_divided_by_some(self) -> bool:
        """Whether some parts in a row make the whole: the others divide it in another way (供水类226件，满意211件、基本满意15件)."""
        values = [part.value for part in self.parts]
        sums = [0, *accumulate(values)]
        return any(
            after - before == self.whole
            for first, before in enumerate(sums)
            for after in sums[first + _FEWEST :]
        )

    @property
    def is_made_early(self) -> bool:
        """Whether its first parts make the whole, and what follows divides it otherwise (政府网站268条、其他方式292条，规范性文件1条)."""
        made = [*accumulate(part.value for part in self.parts)]
        return self.whole in made[_FEWEST - 1 : -1]

    def until(self, anew: re.Pattern[str]) -> Self:
        """Return the list without what begins ``anew`` and so may be no part of it, if the parts before come nearer to the whole."""
        end = next((at for at, label in enumerate(self.labels) if anew.match(label)), 0)
        shorter = replace(self, parts=self.parts[:end], is_last=False) if end >= _FEWEST else self
        return min(self, shorter, key=lambda own: abs(own.added - own.whole))

    def is_within(self, percent: int) -> bool:
        """Say whether what the parts make differs from the whole by no more than ``percent`` of it."""
        return abs(self.added - self.whole) * 100 <= percent * self.whole


class ListReader:
    """Finds the lists of one rule; made once."""

    def __init__(self, rule: PartSums) -> None:
        self._begins = compiled(any_of(rule.begins))
        self._each_of = compiled(rule.each_of)
        self._each = compiled(rule.each)
        self._again = compiled(rule.again)
        self._ends = compiled(any_of(rule.ends))
        self._other_ends = compiled(any_of(rule.other_ends))
        self._totals = re.compile(f"(?:{rule.totals})(?={COUNT.pattern})")
        self._changed = re.compile(f"(?:{rule.changed}|{rule.rough})$")
        self._single = compiled(rule.single)
        self._bare = re.compile("|".join((rule.marked, *(item.of for item in rule.partitions if item.of))))
        self._trailing = re.compile(f"占|{rule.complete}")
        self._counted_alike = compiled(rule.counted_alike)

    def lists(self, sentence: str) -> Iterator[PartList]:
        """Yield the lists of a sentence that follow their whole."""
        counts = list(COUNT.finditer(sentence))
        for at, count in enumerate(counts):
            value = value_of(count["n"])
            begins = self._begins.match(sentence, count.end())
            opened = sentence.startswith("（", count.end())
            gap = None
            is_bare = (
                not begins
                and (gap := _GAP.match(sentence, count.end())) is not None
                and self._bare.search(sentence, 0, count.start()) is not None
            )
            start = begins.end() if begins else gap.end() if is_bare and gap else count.end() + 1
            if value is None or not (begins or opened or is_bare) or self._is_change(sentence, count):
                continue
            is_open = begins is None or self._single.search(begins[0]) is None or "：" in begins[0]
            before = (
                [] if opened else [value_of(own["n"]) or 0 for own in counts[max(0, at - _MOST_BEFORE) : at]]
            )
            found, end = self._list(
                sentence, count, start, before, count["unit"], is_open=is_open, is_bare=is_bare
            )
            if found:
                yield found
            elif begins and (other := self._in_other_unit(sentence, count, start, before)):
                yield other
            again = self._again.match(sentence, end) if begins and found else None
            if again:
                found, _ = self._list(
                    sentence, count, again.end(), before, count["unit"], is_open=True, is_bare=False
                )
                if found:
                    yield found

    def _in_other_unit(
        self, sentence: str, count: re.Match[str], start: int, before: Sequence[int]
    ) -> PartList | None:
        """Return the list that begins at ``start`` whose parts are counted in another unit than the whole, if all are what it counts."""
        label = _LABEL.match(sentence, start)
        first = COUNT.match(sentence, label.end()) if label else None
        named = self._counted_alike.search(_label(sentence, count.start()))
        if not first or not named or not {first["unit"], count["unit"]} <= _UNITS_OF_PUBLISHED:
            return None
        found, _ = self._list(sentence, count, start, before, first["unit"], is_open=False, is_bare=False)
        if found is None or len(found.parts) < _FEWEST or not all(named[0] in own for own in found.labels):
            return None
        return replace(found, is_in_other_unit=True)

    def distributed(self, sentence: str) -> Iterator[PartList]:
        """Yield the lists whose numbers stand together behind the names: 归为征收、物业、保障三类，分别为13件、9件、6件."""
        if not self._each_of.search(sentence):
            return
        for count in COUNT.finditer(sentence):
            begins = self._each.match(sentence, count.end())
            whole = value_of(count["n"])
            if not begins or whole is None or self._is_change(sentence, count):
                continue
            of = value_of(begins["n"] or begins["quarters"])
            parts = _numbers_alone(sentence, begins.end(), count["unit"])
            if len(parts) != of or not (begins["quarters"] or begins["pause"] or _names_before(begins) == of):
                continue
            yield PartList(
                label=_label(sentence, count.start()),
                whole=whole,
                start=count.start(),
                between=begins[0],
                parts=parts,
                before=[value_of(own["n"]) or 0 for own in COUNT.finditer(sentence, 0, count.start())],
                is_last=True,
                rest=sentence[parts[-1].end :],
            )
        yield from self._distributed_totals(sentence)

    def _distributed_totals(self, sentence: str) -> Iterator[PartList]:
        """Yield such lists that end in their sum: 三类分别为40件、20件、15件，合计75件."""
        for begins in islice(self._each_of.finditer(sentence), _MOST_TOTALS):
            first = COUNT.match(sentence, begins.end())
            parts = _numbers_alone(sentence, begins.end(), first["unit"]) if first else []
            total = self._totals.match(sentence, parts[-1].end) if len(parts) >= _FEWEST else None
            count = COUNT.match(sentence, total.end()) if total else None
            if total and count and first and count["unit"] == first["unit"]:
                yield PartList("", value_of(count["n"]) or 0, count.start(), "", parts, (), is_last=True)

    def _is_change(self, sentence: str, count: re.Match[str]) -> bool:
        """Say whether a number is rough, or tells how much more or less there is: nothing divides it."""
        return self._changed.search(_label(sentence, count.start())) is not None

    def _list(
        self,
        sentence: str,
        count: re.Match[str],
        start: int,
        before: Sequence[int],
        unit: str,
        *,
        is_open: bool,
        is_bare: bool,
    ) -> tuple[PartList | None, int]:
        """Return the list that begins at ``start`` with its parts counted in ``unit``, if one does, and where it ends."""
        parts, end = self._parts(sentence, start, unit, _JOINT if is_open else _NEAR_JOINT, self._ends)
        between = sentence[count.end() : start]
        is_single = not is_bare and self._single.search(between) is not None
        if len(parts) < _FEWEST and not (parts and is_single):
            return None, end
        opened = between.startswith("（")
        rest = sentence[end:].partition("）")[0] if opened else sentence[end:]
        again = self._again.match(rest)
        more = any(own["unit"] == count["unit"] for own in COUNT.finditer(rest))
        return PartList(
            label=_label(sentence, count.start()),
            whole=value_of(count["n"]) or 0,
            start=count.start(),
            between=between,
            parts=parts,
            before=before,
            is_last=again is not None or not more,
            is_bare=is_bare,
            is_loose="；" in sentence[parts[0].end : parts[-1].start] and not re.search("[：（]", between),
            lead=sentence[max(0, count.start() - _LONGEST_CLAUSE) : count.start()],
            rest=sentence[parts[-1].end :],
        ), end

    def totals(self, sentence: str) -> Iterator[PartList]:
        """Yield the lists that end in their sum (4件、7件，合计12件), each as long as it can be read."""
        for total in islice(self._totals.finditer(sentence), _MOST_TOTALS):
            count = COUNT.match(sentence, total.end())
            whole = value_of(count["n"]) if count else None
            if not count or whole is None:
                continue
            starts = [0, *(own.end() for own in _BEGIN.finditer(sentence, 0, total.start()))][-_MOST_STARTS:]
            for start in starts:
                parts, end = self._parts(sentence, start, count["unit"], _JOINT, self._other_ends)
                if end == total.start() and len(parts) >= _FEWEST:
                    said = value_of(total["of"] or total["all"] or "零") or 0
                    if said == len(parts) or (said < len(parts) and not _is_torn(sentence, start)):
                        yield PartList(
                            "", whole, count.start(), "", parts, (), is_last=True, counted=said, rest=sentence[count.end() :]
                        )  # fmt: skip
                    break

    @staticmethod
    def sums_before(sentence: str, total: PartList) -> Iterator[int]:
        """Yield what the counts before a sum make together, the last two, three and so on: 甲类复议13件、诉讼9件；乙类复议6件、诉讼2件；合计30件."""
        before = [value_of(own["n"]) or 0 for own in COUNT.finditer(sentence, 0, total.start)]
        return accumulate(reversed(before[-_MOST_SUMMED:]))

    def _parts(
        self, sentence: str, at: int, unit: str, joined: re.Pattern[str], ends: re.Pattern[str]
    ) -> tuple[list[ListedPart], int]:
        """Return the parts from ``at`` on, as long as they are counted alike and ``joined``, and where they end."""
        parts: list[ListedPart] = []
        mark = ""
        while True:
            joint = joined.match(sentence, at) if parts else None
            begin = joint.end() if joint else at
            used = joint[0][:1] if joint else ""
            if len(parts) > 1 and used != mark and used not in _LAST:
                return parts, at
            mark = used
            label = _LABEL.match(sentence, begin)
            count = COUNT.match(sentence, label.end() if label else begin)
            closes = 0
            if not count and label and ends is self._other_ends:
                count = _bracketed(sentence, label.end())
                closes = int(count is not None)
            if not count and label:
                count = _within(sentence, begin, label.end())
            if not count and (wider := _WIDER.get(used if parts else "，")):
                label = wider.match(sentence, begin)
                count = COUNT.match(sentence, label.end()) if label else None
            value = value_of(count["n"]) if count else None
            if not count or value is None or count["unit"] != unit:
                return parts, at
            name = sentence[begin : count.start() - closes]
            end = count.end() + closes
            after = _AFTER.match(sentence, end)
            if not name and after:
                name, end = after[0], after.end()
            elif after and after[0] and not self._trailing.match(after[0]):
                return parts, at
            if not name or ends.search(name):
                return parts, at
            parts.append(ListedPart(name, value, count.start(), count.end()))
            aside = ASIDE.match(sentence, end)
            at = aside.end() if aside else end


def _numbers_alone(sentence: str, at: int, unit: str) -> list[ListedPart]:
    """Return the numbers, counted in ``unit``, that follow each other from ``at`` on."""
    parts: list[ListedPart] = []
    while (count := COUNT.match(sentence, at)) and count["unit"] == unit:
        parts.append(ListedPart(str(len(parts)), value_of(count["n"]) or 0, count.start(), count.end()))
        joint = _JOINT.match(sentence, count.end())
        at = joint.end() if joint else count.end()
    return parts


def _names_before(begins: re.Match[str]) -> int:
    """Return how many names are joined right before the number of kinds: 线上、信函、当面三种."""
    names = begins.string[begins.start() : begins.start("n")].rpartition("，")[2]
    return len(_AND.split(names))


def _label(sentence: str, end: int) -> str:
    """Return the words right before a number, and the mark before them."""
    before = _BEFORE.search(sentence, max(0, end - _LONGEST_LABEL), end)
    return sentence[max(0, before.start() - 1) : end] if before else ""


def _bracketed(sentence: str, at: int) -> re.Match[str] | None:
    """Return the number that stands alone in a bracket: 房屋征收（26件）."""
    count = COUNT.match(sentence, at + 1) if sentence.startswith("（", at) else None
    return count if count and sentence.startswith("）", count.end()) else None


def _within(sentence: str, start: int, end: int) -> re.Match[str] | None:
    """Return the number in Chinese numerals that a label swallowed, if there is one at its end."""
    return next((found for at in range(start, end) if (found := COUNT.match(sentence, at))), None)


def _is_torn(sentence: str, start: int) -> bool:
    """Say whether something is counted just before a list, so that it may have begun earlier."""
    if sentence[start - 1 : start] != "，":
        return False
    before = max(sentence.rfind(mark, 0, start - 1) for mark in "，；：。") + 1
    clause = sentence[max(before, start - _LONGEST_CLAUSE) : start]
    return re.search(r"\d", _DATE.sub("", clause)) is not None
