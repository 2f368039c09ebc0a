"""Sentences against themselves: parts that are listed against their whole, what came against what went.

Whatever might count something twice, or divide in two ways, is left alone, unless it comes so near that it must be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.divided import Divisions, ListedText
from pipeline.judging.texts.filed import masked
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.partitions import KnownPartitions
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.stated_figures import figures_rule, said_in, wrong_in
from pipeline.judging.texts.text_lists import COUNT, ListReader, PartList
from pipeline.judging.texts.tidy import SENTENCE

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding, Number

_FEWEST = 2
_LONGEST_SENTENCE = 1200
"""Longer sentences are no sentences."""
_JOINED = re.compile("。(?=其中|具体为：|具体是：|具体如下：)")
"""Where a sentence only goes on with the parts of what the one before has counted."""
_BESIDE = re.compile(r"\d[件宗份条个起]?[和与及、]")
"""What is included, and then something beside it."""
_CLOSE, _LIKELY = 20, 5
"""Percent within which a sum is meant to be the whole: of parts that are all there can be, and of others that may overlap."""
_AND, _CLAUSE = re.compile("[、和及与]"), re.compile("[，。；：]")
_EARLIER = 200
"""Characters before a sentence in which that stands which it goes on to divide."""
_NOT = "非"
"""What stands before the name of a kind in that of all that is not of it."""
_NEAR, _RIGHT_BEHIND = 40, 6
"""Characters before a sentence's figures in which it may say what is included."""


class _Lists:
    """Judges the lists of one rule; made once."""

    def __init__(self, rule: PartSums) -> None:
        self._reader = ListReader(rule)
        self._single = compiled(rule.single)
        self._marked = compiled(rule.marked)
        self._kinds = compiled(rule.kinds)
        self._complete = compiled(rule.complete)
        self._some_of = compiled(rule.some_of)
        self._unlisted = compiled(rule.unlisted)
        self._anew = compiled(rule.anew)
        self._other_whole = compiled(rule.other_whole)
        self._blurred = compiled(any_of(rule.blurred))
        self._overlapping = compiled(any_of(rule.overlapping))
        self._subject = compiled(any_of(rule.subject))
        self._listed_in = compiled(rule.listed_in)
        self._published = compiled(rule.published)
        self._known = KnownPartitions(rule)
        self._partitions = self._known.items
        self._divisions = Divisions(rule, self._known)

    def wrong(self, said: ListedText) -> Iterator[PartList]:
        """Yield the lists of a sentence whose parts certainly do not make their whole, each whole once."""
        wholes: set[int] = set()
        for found in (*self._wrong_lists(said), *self._divisions.wrong(said)):
            if found.start not in wholes:
                wholes.add(found.start)
                yield found

    def _wrong_lists(self, said: ListedText) -> Iterator[PartList]:
        """Yield the lists that are told in any way.

        What was carried over from last year may be among outcomes, though not among what came; what goes on next year
        may be listed with them, though it is none: 办结21件，其中予以公开15件、不予公开6件、尚在办理4件.
        """
        for found in (own.until(self._anew) for own in self._reader.lists(said.sentence)):
            if len(found.parts) < _FEWEST:
                if found.added > found.whole + sum(found.before):
                    yield found
                continue
            if self._makes_it(found) or self._is_part_too(found) or not self._divides(found):
                continue
            if found.is_in_other_unit and not self._are_too_many(found):
                continue
            is_outcome = self._is_outcome(found)
            if is_outcome and said.forward and found.added - said.forward in {*found.before, found.whole}:
                continue
            is_sure = found.is_within(_CLOSE) or self._is_by_channel(found)
            is_far = found.is_divided_by_some and not is_sure
            is_divided = is_far or self._is_divided_twice(found)
            if not is_outcome and (is_divided or found.parts[0].value == found.whole):
                continue
            ahead = [*found.before, found.whole]
            listed = sum(ahead) if found.between.startswith("；") else 0  # 网络36件，信函28件；其中物业类40件
            most = max(*ahead, listed, 0) + (said.carried if is_outcome else 0)
            if found.added > most or (found.added < found.whole and not is_outcome and self._is_whole(found)):
                yield found
        yield from self._wrong_otherwise(said.sentence)

    def _wrong_otherwise(self, sentence: str) -> Iterator[PartList]:
        """Yield the lists that do not make their whole whose numbers stand together, and those that end in their sum."""
        for found in self._reader.distributed(sentence):
            if not self._makes_it(found) and not self._is_doubtful(found):
                yield found
        for found in self._reader.totals(sentence):
            values = [part.value for part in found.parts]
            runs = combinations(range(len(values) + 1), 2)
            made = (sum(values[first:last]) for first, last in runs if found.counted in {0, last - first})
            is_made = found.whole in {*made, *self._reader.sums_before(sentence, found)}
            if not is_made and not self._overlapping.search(found.rest):
                yield found

    def _are_too_many(self, found: PartList) -> bool:
        """Say whether parts counted in another unit than their whole are more than it, and all there are: one kind and all that is not (公文类信息, 非公文类信息), or closed by 其他."""
        first, last = found.labels[0], found.labels[-1]
        is_denied = len(found.parts) == _FEWEST and last == f"{_NOT}{first}"
        return found.added > found.whole and (is_denied or self._known.are_closed(found.labels))

    def _is_doubtful(self, found: PartList) -> bool:
        """Say whether what stands around a list tells of others, or of something counted twice."""
        around = found.between + found.rest
        is_open = self._unlisted.search(around) or self._some_of.search(around)
        return self._overlapping.search(around) is not None or (
            is_open is not None and found.added < found.whole
        )

    def _makes_it(self, found: PartList) -> bool:
        """Say whether the parts make the whole, or what was counted before, alone or two of them together, or exceed it by what is told behind them."""
        alone = [*found.before, found.whole]
        twice = {value_of(own["n"]) for own in COUNT.finditer(found.rest.partition("；")[0])}
        made = {*alone, *(one + other for one, other in combinations(alone, 2))}
        return found.added in made or found.added - found.whole in twice

    def _divides(self, found: PartList) -> bool:
        """Say whether the parts divide the whole in one way, so that nothing is counted twice."""
        labels = found.labels
        is_closed = self._known.are_closed(labels)
        runs_on = found.is_loose and not (is_closed and found.is_within(_CLOSE))
        if runs_on or len(set(labels)) < len(labels) or self._other_whole.search(found.between):
            return False
        if found.is_bare:
            return self._is_meant(found)
        return self._is_outcome(found) or self._divides_once(found, labels, is_closed=is_closed)

    def _divides_once(self, found: PartList, labels: Sequence[str], *, is_closed: bool) -> bool:
        """Say whether labels that are no outcomes divide a whole in one way; ``is_closed``: the last is all that is left."""
        words = (*labels, found.between)
        if any(map(self._overlapping.search, (*words, found.rest))):
            return False
        if any(map(self._blurred.search, words)) and not self._is_by_channel(found):
            return found.is_within(_CLOSE if is_closed else _LIKELY)
        if is_closed:
            return found.is_within(_LIKELY) or self._is_one_way(found, labels[:-1])
        return self._is_one_way(found, labels)

    def _is_one_way(self, found: PartList, labels: Sequence[str]) -> bool:
        """Say whether all labels are of one kind."""
        if len({bool(self._subject.search(label)) for label in labels}) > 1:
            return False
        groups = [
            [bool(words.search(label)) for label in labels]
            for item, words, all_of in self._partitions
            if not all_of or (item.of and re.search(item.of, found.lead + found.between))
        ]
        met = [group for group in groups if any(group)]
        return not met or any(map(all, met))

    def _is_meant(self, found: PartList) -> bool:
        """Say whether parts that only a comma parts from what stands before are meant to divide it."""
        twice = any(map(self._overlapping.search, (*found.labels, found.rest)))
        if twice or not found.is_within(_CLOSE) or self._is_outcome(found):
            return False
        if self._marked.search(found.lead[-_NEAR:]) and self._known.are_closed(found.labels):
            return True
        return self._is_by_channel(found)

    def _is_divided_twice(self, found: PartList) -> bool:
        """Say whether the first parts divide what was published, and others divide it in another way, none of them all that is left."""
        if not found.is_made_early or self._published.search(found.lead) is None:
            return False
        return not self._known.are_closed(found.labels) and not any(
            all(map(words.search, found.labels)) for _, words, _ in self._partitions
        )

    def _is_by_channel(self, found: PartList) -> bool:
        """Say whether requests are divided by who made them, or how: nobody counts those twice."""
        return any(
            all(map(words.search, found.labels)) and not words.search(found.label)
            for item, words, _ in self._partitions
            if item.of and re.search(item.of, found.lead + found.between)
        )

    def _is_outcome(self, found: PartList) -> bool:
        """Say whether most parts are outcomes: one that is not known is an outcome, too."""
        _, words, all_of = self._partitions[1]
        known = sum(map(bool, map(words.search, found.labels)))
        subject = any(map(self._subject.search, found.labels))
        return not all_of and known * 2 > len(found.parts) and not subject

    def _is_part_too(self, found: PartList) -> bool:
        """Say whether what seems the whole is the first part of the list (予以公开12件，部分公开3件)."""
        _, words, _ = self._partitions[1]
        is_divided = self._single.search(found.between) is not None
        is_named = any(map(words.search, (found.label, found.between.rstrip("，；：、"))))
        if not is_divided and is_named and any(map(words.search, found.labels)):
            return True
        runs_on = (
            found.label.startswith("：")
            or words.search(found.lead[: -len(found.label) or None])
            or self._listed_in.search(found.lead)
        )
        return not is_divided and bool(runs_on) and self._is_outcome(found)

    def _is_whole(self, found: PartList) -> bool:
        """Say whether every part there can be is told."""
        labels = found.labels
        if self._unlisted.search(found.rest):
            return False
        complete = self._complete.match(found.rest) or self._complete.search(found.between)
        kinds = self._kinds.search(found.between) or complete
        if kinds and kinds["n"]:
            return value_of(kinds["n"]) == len(labels)
        if complete:
            return True
        if not found.is_last:
            return False
        if self._known.are_closed(found.labels):
            return True
        return _are_named(found) or self._known.are_all(labels)


def _are_named(found: PartList) -> bool:
    """Say whether the parts are just what the whole is said to count: 复议、诉讼共7件，其中复议4件、诉讼2件."""
    named = _AND.split(_CLAUSE.split(found.lead)[-1])
    return len(named) == len(found.parts) and all(
        part.label in name for name, part in zip(named, found.parts, strict=True)
    )


def sums(rule: PartSums, around: TextContext) -> Check:
    """Add up what each sentence lists, and what came and went."""
    lists = _Lists(rule)
    reading = figures_rule(around.form)

    def check(item: ReportTexts) -> Iterable[Finding]:
        cells = (
            item.numbers.get(cell) or 0 for cell in (rule.came_cell, rule.besides_cell, rule.forward_cell)
        )
        came, carried, forward = cells
        for key, text in item.said(rule.texts).items():
            said = said_in(reading, key, text, item) if reading else ()
            wrong = {own.start for own in wrong_in(reading, said, item)} if reading else set()
            joined = _JOINED.sub("，", text)
            for sentence in SENTENCE.finditer(joined):
                offset, end = sentence.span()
                if end - offset > _LONGEST_SENTENCE or len(COUNT.findall(joined, offset, end)) < _FEWEST:
                    continue
                listed = ListedText(sentence[0], joined[end : end + _NEAR], came, carried, forward)
                for found in lists.wrong(listed):
                    spots = {offset + found.start, *(offset + part.start for part in found.parts)}
                    if not spots & wrong and not _divides_what_came_before(text, offset, found):
                        yield _parts_differ(rule, item, key, text, offset, found)
            yield from _balance(rule, item, key, text, said, wrong)

    return check


def _divides_what_came_before(text: str, offset: int, found: PartList) -> bool:
    """Say whether a sentence that begins with 其中 divides a number of the sentences before: 新收10件。公开5件、不公开5件。其中个人7件、企业3件."""
    listed = offset + found.parts[0].start
    begun = text.rfind("。", 0, listed)
    if begun < offset + found.start:
        return False
    earlier = COUNT.finditer(text, max(0, offset - _EARLIER), offset)
    return any(value_of(own["n"]) == found.added for own in earlier)


def _parts_differ(
    rule: PartSums, item: ReportTexts, key: str, text: str, offset: int, found: PartList
) -> Finding:
    first, last = min(found.start, found.parts[0].start), max(found.start, found.parts[-1].end)
    whole = min(
        (found.whole, *found.before), key=lambda own: abs(found.added - own)
    )  # what is meant to be divided
    facts: dict[str, Fact] = {
        "sentence": quoted(text, offset + first, offset + last),
        "whole": whole,
        "added": found.added,
        "numbers": "+".join(str(part.value) for part in found.parts),
    }
    return item.finding(rule, "parts", key, facts)


def _is_included(included: re.Pattern[str], text: str, whole: SaidFigure) -> bool:
    """Say whether what was carried over is said to be in a whole, just before it or right behind it; not in what was answered of it."""
    if whole.claim.newly:  # 应办188件，含上年结转6件，新收182件
        return False
    before = included.search(text, max(0, whole.start - _NEAR), whole.end)
    if before and not _BESIDE.search(text, before.start(), whole.start):  # 包括上年转来的1件和今年收到的9件
        return True
    after = text[whole.end : whole.end + _NEAR]
    if after[1:2] not in {"（", "，"}:
        return False
    ends = _CLAUSE.search(after, 2)
    inclusion = included.search(after, 0, ends.start() if ends else len(after))
    return inclusion is not None and inclusion.start() <= _RIGHT_BEHIND


def _is_closed(whole: SaidFigure, parts: Sequence[SaidFigure], forward: Number) -> bool:
    """Say whether what seems carried forward, but is not ``forward``, came from the year before: 新收22件，结转1件，办结23件."""
    answered = max(parts, key=lambda one: one.value)
    others = sum(one.value for one in parts) - answered.value
    return whole.value + others == answered.value and others != forward


def _balance(
    rule: PartSums, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure], wrong: set[int]
) -> Iterator[Finding]:
    """Yield the sentences in which more was answered and carried forward than there was."""
    included, marked = compiled(rule.included), masked(text, item)
    by_sentence: dict[int, list[SaidFigure]] = {}
    for one in (own for own in said if not own.is_rough and not own.lent):
        by_sentence.setdefault(one.sentence, []).append(one)
    for own in by_sentence.values():
        whole = next((one for one in own if one.claim.key in rule.whole), None)
        named = {one.claim.key: one for one in own if one.claim.key in rule.parts and not one.at_most}
        parts = [*named.values()]
        if whole is None or len(parts) < len(rule.parts) or {one.start for one in (whole, *parts)} & wrong:
            continue
        first, last = min(whole.start, parts[0].start), max(whole.end, *(one.end for one in parts))
        came = whole.value
        if not _is_included(included, marked, whole):
            stated = [one.value for one in own if one.claim.key == rule.besides]
            came += max([*stated, item.numbers.get(rule.besides_cell) or 0])
        went = sum(one.value for one in parts)
        if went > came and not _is_closed(whole, parts, item.numbers.get(rule.forward_cell) or 0):
            facts: dict[str, Fact] = {
                "sentence": quoted(text, first, last),
                "came": came,
                "went": went,
                "whole": whole.value,
                "numbers": "+".join(str(one.value) for one in parts),
            }
            yield item.finding(rule, "balance", key, facts)
