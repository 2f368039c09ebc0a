"""Sentences against themselves: parts that are listed against their whole, what came against what went.

A list is a whole, a word that divides it (其中, 包括, 分为三类), and parts: a label and a number of the same unit each, with
the same mark between them. Whatever might count something twice, or divide in two ways, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NOT_EXACT, NUMERAL
from pipeline.judging.texts.figures import figures_rule, said_in, wrong_in
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.pieces import any_of
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import SENTENCE

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding, Number

_UNITS = "件宗份条例起封项个篇期场"
_COUNT = re.compile(rf"(?<![\d.,，一二三四五六七八九十百])(?P<n>{NUMERAL})(?P<unit>[{_UNITS}]){NOT_EXACT}")
_JOINT = re.compile(r"[，、；]?(?:和|及|以及)?")
_NEAR_JOINT = re.compile(r"[，、]?(?:和|及|以及)?")
"""What joins parts; after 其中 without a colon a semicolon begins something else."""
_LABEL = re.compile(r"[^，。；：、（）\d]{1,16}")
_BEFORE = re.compile(r"[^，。；：、（）\d]*\Z")
_AFTER = re.compile(r"[^，。；：、（）\d]{0,16}")
_ASIDE = re.compile(r"（[^（）]{0,200}）")
_MARK = re.compile("[，；：（]")
_FEWEST = 2
_LONGEST_LABEL = 16
_MOST_TOTALS, _MOST_STARTS = 8, 12
"""Sums at the end of lists that are tried in a sentence, and places where such a list may begin."""
_LONGEST_SENTENCE = 1200
"""Longer sentences are no sentences."""
_MOST_BEFORE = 6
_NEAR = 40
"""Characters before a sentence's figures in which it may say what is included."""


@dataclass(frozen=True, slots=True)
class _ListedPart:
    """A part of a list: its label, its number and where it stands."""

    label: str
    value: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _PartList:
    """A whole and what it is called, the parts that follow it, what stands between, and the other numbers that may be divided as well."""

    label: str
    whole: int
    start: int
    between: str
    parts: Sequence[_ListedPart]
    before: Sequence[int]
    is_last: bool
    """Whether nothing more is counted in the sentence or brackets after the parts."""


class _Lists:
    """Finds the lists of one rule; made once."""

    def __init__(self, rule: PartSums) -> None:
        self._begins = re.compile(any_of(rule.begins))
        self._ends = re.compile(any_of(rule.ends))
        self._totals = re.compile(f"{rule.totals}(?={_COUNT.pattern})")
        self._single = re.compile(rule.single)
        self._closing = re.compile(any_of(rule.closing))
        self._kinds = re.compile(rule.kinds)
        self._blurred = re.compile(any_of(rule.blurred))
        self._subject = re.compile(any_of(rule.subject))
        self._partitions = [
            (item, re.compile(any_of(item.parts)), [re.compile(word) for word in item.all_of])
            for item in rule.partitions
        ]

    def wrong(self, sentence: str, carried: Number = 0) -> Iterator[_PartList]:
        """Yield the lists of a sentence whose parts certainly do not make their whole.

        What was ``carried`` over from last year may be among outcomes, though not among what came.
        """
        for found in self._listings(sentence):
            total = sum(part.value for part in found.parts)
            if len(found.parts) < _FEWEST:
                if total > found.whole + sum(found.before):
                    yield found
                continue
            alone = [*found.before, found.whole]
            told = {*alone, *(one + other for one, other in combinations(alone, 2))}
            if total in told or not self._is_plain(found) or self._is_part_too(found):
                continue
            is_outcome = self._is_outcome(found)
            most = max(alone) + (carried if is_outcome else 0)
            if total > most or (total < found.whole and not is_outcome and self._is_whole(found)):
                yield found
        yield from self._added_up(sentence)

    def _added_up(self, sentence: str) -> Iterator[_PartList]:
        """Yield the lists that end in their sum (4件、7件，合计12件), where none of their runs makes it."""
        for total in islice(self._totals.finditer(sentence), _MOST_TOTALS):
            count = _COUNT.match(sentence, total.end())
            starts = [0, *(own.end() for own in _MARK.finditer(sentence, 0, total.start()))][-_MOST_STARTS:]
            for start in starts:
                parts, end = self._parts(sentence, start, count["unit"], _JOINT) if count else ([], 0)
                if end != total.start() or len(parts) < _FEWEST or not count:
                    continue
                values = [part.value for part in parts]
                runs = {sum(values[first:last]) for first, last in combinations(range(len(values) + 1), 2)}
                whole = value_of(count["n"])
                if whole is not None and whole not in runs:
                    yield _PartList("", whole, count.start(), "", parts, (), is_last=True)
                break

    def _listings(self, sentence: str) -> Iterator[_PartList]:
        counts = list(_COUNT.finditer(sentence))
        for at, count in enumerate(counts):
            begins = self._begins.match(sentence, count.end())
            opened = sentence.startswith("（", count.end())
            start = begins.end() if begins else count.end() + 1 if opened else None
            value = value_of(count["n"])
            if start is None or value is None:
                continue
            is_open = begins is None or "：" in begins[0]
            parts, end = self._parts(sentence, start, count["unit"], _JOINT if is_open else _NEAR_JOINT)
            is_single = begins is not None and self._single.search(begins[0]) is not None
            if len(parts) >= _FEWEST or (parts and is_single):
                before = (
                    []
                    if opened
                    else [value_of(own["n"]) or 0 for own in counts[max(0, at - _MOST_BEFORE) : at]]
                )
                rest = sentence[end:].partition("）")[0] if opened else sentence[end:]
                is_last = not _COUNT.search(rest)
                between = sentence[count.end() : start]
                yield _PartList(
                    _label(sentence, count.start()), value, count.start(), between, parts, before, is_last
                )

    def _parts(
        self, sentence: str, at: int, unit: str, joined: re.Pattern[str]
    ) -> tuple[list[_ListedPart], int]:
        """Return the parts from ``at`` on, as long as they are counted alike and ``joined``, and where they end."""
        parts: list[_ListedPart] = []
        mark = ""
        while True:
            joint = joined.match(sentence, at) if parts else None
            begin = joint.end() if joint else at
            used = joint[0][:1] if joint else ""
            if len(parts) > 1 and used != mark:
                return parts, at
            mark = used
            label = _LABEL.match(sentence, begin)
            count = _COUNT.match(sentence, label.end() if label else begin)
            if not count and label:
                count = _within(sentence, begin, label.end())
            value = value_of(count["n"]) if count else None
            if not count or value is None or count["unit"] != unit:
                return parts, at
            name = sentence[begin : count.start()]
            after = _AFTER.match(sentence, count.end())
            end = count.end()
            if not name and after:
                name, end = after[0], after.end()
            elif after and after[0]:
                return parts, at
            if not name or self._ends.search(name):
                return parts, at
            parts.append(_ListedPart(name, value, count.start(), count.end()))
            aside = _ASIDE.match(sentence, end)
            at = aside.end() if aside else end

    def _is_plain(self, found: _PartList) -> bool:
        """Say whether the labels divide in one way, so that nothing is counted twice."""
        labels = [part.label for part in found.parts]
        if len(set(labels)) < len(labels):
            return False
        if self._is_outcome(found):
            return True
        if any(map(self._blurred.search, (*labels, found.between))):
            return False
        if len({bool(self._subject.search(label)) for label in labels}) > 1:
            return False
        groups = [[bool(words.search(label)) for label in labels] for _, words, _ in self._partitions]
        met = [group for group in groups if any(group)]
        return not met or (len(met) == 1 and all(met[0]))

    def _is_outcome(self, found: _PartList) -> bool:
        """Say whether most parts are outcomes: one that is not known is an outcome, too."""
        _, words, all_of = self._partitions[1]
        known = sum(bool(words.search(part.label)) for part in found.parts)
        subject = any(self._subject.search(part.label) for part in found.parts)
        return not all_of and known * 2 > len(found.parts) and not subject

    def _is_part_too(self, found: _PartList) -> bool:
        """Say whether what seems the whole is the first part of the list (予以公开12件，部分公开3件)."""
        _, words, _ = self._partitions[1]
        is_divided = self._single.search(found.between) is not None
        begins = found.label.startswith("：") or words.search(found.label) is not None
        return not is_divided and begins and self._is_outcome(found)

    def _is_whole(self, found: _PartList) -> bool:
        """Say whether every part there can be is told."""
        if not found.is_last:
            return False
        labels = [part.label for part in found.parts]
        kinds = self._kinds.search(found.between)
        if kinds:
            return value_of(kinds["n"]) == len(labels)
        if self._closing.fullmatch(labels[-1]):
            return True
        return any(
            bool(all_of)
            and all(any(map(word.search, labels)) for word in all_of)
            and all(map(words.search, labels))
            for _, words, all_of in self._partitions
        )


def _label(sentence: str, end: int) -> str:
    """Return the words right before a number, and the mark before them."""
    before = _BEFORE.search(sentence, max(0, end - _LONGEST_LABEL), end)
    return sentence[max(0, before.start() - 1) : end] if before else ""


def _within(sentence: str, start: int, end: int) -> re.Match[str] | None:
    """Return the number in Chinese numerals that a label swallowed, if there is one at its end."""
    return next((found for at in range(start, end) if (found := _COUNT.match(sentence, at))), None)


def sums(rule: PartSums, around: TextContext) -> Check:
    """Add up what each sentence lists, and what came and went."""
    lists = _Lists(rule)
    reading = figures_rule(around.form)

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            said = said_in(reading, key, text, item) if reading else ()
            told = {own.start for own in wrong_in(said, item)}
            joined = text.replace("。其中", "，其中")
            for sentence in SENTENCE.finditer(joined):
                if len(sentence[0]) > _LONGEST_SENTENCE:
                    continue
                offset = sentence.start()
                for found in lists.wrong(sentence[0], item.numbers.get(rule.besides_cell) or 0):
                    spots = {offset + found.start, *(offset + part.start for part in found.parts)}
                    if not spots & told:
                        yield _parts_differ(rule, item, key, joined, offset, found)
            yield from _balance(rule, item, key, text, said, told)

    return check


def _parts_differ(
    rule: PartSums, item: ReportTexts, key: str, text: str, offset: int, found: _PartList
) -> Finding:
    first, last = min(found.start, found.parts[0].start), max(found.start, found.parts[-1].end)
    facts: dict[str, Fact] = {
        "sentence": quoted(text, offset + first, offset + last),
        "whole": found.whole,
        "added": sum(part.value for part in found.parts),
        "numbers": "+".join(str(part.value) for part in found.parts),
    }
    return item.finding(rule, "parts", key, facts)


def _beside(text: str, whole: SaidFigure) -> str:
    """Return what is said just before and just after a whole, up to where something else is counted and answered."""
    after = text[whole.end : whole.end + _NEAR]
    counts = [own.end() for own in _COUNT.finditer(after)]
    opened = after[1:2] in "（，"
    return text[max(0, whole.start - _NEAR) : whole.end] + (after[: counts[0]] if counts and opened else "")


def _balance(
    rule: PartSums, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure], told: set[int]
) -> Iterator[Finding]:
    """Yield the sentences in which more was answered and carried forward than there was."""
    included = re.compile(rule.included)
    by_sentence: dict[int, list[SaidFigure]] = {}
    for one in said:
        by_sentence.setdefault(one.sentence, []).append(one)
    for own in by_sentence.values():
        whole = next((one for one in own if one.claim.key in rule.whole), None)
        parts = [one for one in own if one.claim.key in rule.parts and not one.at_most]
        if whole is None or len(parts) < len(rule.parts) or {one.start for one in (whole, *parts)} & told:
            continue
        first, last = min(whole.start, parts[0].start), max(whole.end, *(one.end for one in parts))
        came = whole.value
        if not included.search(_beside(text, whole)):
            stated = [one.value for one in own if one.claim.key == rule.besides]
            came += max([*stated, item.numbers.get(rule.besides_cell) or 0])
        went = sum(one.value for one in parts)
        if went > came:
            facts: dict[str, Fact] = {
                "sentence": quoted(text, first, last),
                "came": came,
                "went": went,
                "whole": whole.value,
                "numbers": "+".join(str(one.value) for one in parts),
            }
            yield item.finding(rule, "balance", key, facts)
