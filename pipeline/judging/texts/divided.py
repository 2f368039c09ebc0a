"""The divisions of a sentence go in; those come out whose parts certainly do not make their whole.

Nothing is said where any other number of the sentence, or what was carried over or forward, explains the difference, and where
the difference is so great that something else must be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.divisions import (
    AMONG,
    ANNOUNCED,
    BRACKET,
    COLON,
    LEFT,
    SUM,
    DividedWhole,
    DivisionReader,
)
from pipeline.judging.texts.numerals import value_of

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums
    from pipeline.judging.texts.partitions import KnownPartitions
    from pipeline.model import Number

_CLOSE, _LIKELY = 20, 5
"""Percent within which a sum is meant to be the whole: of parts that must be all, and of others."""
_LONGEST_NAME = 8
"""Longer labels tell what was done, and may name anything in passing."""
_MOST_OTHERS = 16
_PAIR, _MANY = 2, 4


@dataclass(frozen=True, slots=True)
class ListedText:
    """A sentence, how the text goes on, and what the tables say came, was carried over and carried forward."""

    sentence: str
    following: str
    came: Number
    carried: Number
    forward: Number


class Divisions:
    """Judges the divisions of one rule; made once."""

    def __init__(self, rule: PartSums, known: KnownPartitions) -> None:
        self._reader = DivisionReader(rule)
        self._known = known
        self._kinds = compiled(rule.complete)
        self._marked = compiled(rule.marked)
        self._accounted = compiled(rule.all_told)
        self._goes_on = re.compile(
            f"{rule.all_told}|{rule.told_beside}|{rule.again}|{rule.complete}|[。！？]|\\Z"
        )
        self._other_whole = compiled(rule.other_whole)
        self._some_of = compiled(rule.some_of)
        self._unlisted = compiled(rule.unlisted)
        self._others_follow = compiled(rule.others_follow)
        self._blurred = compiled(any_of(rule.blurred))
        self._overlapping = compiled(any_of(rule.overlapping))
        self._no_whole = re.compile(f"(?:{rule.changed}|{rule.rough})$")
        self._several = [words for item, words, _ in known.items if item.of]
        self._requests = compiled(rule.of_requests)
        self._answered = compiled(rule.answered)
        self._topics = compiled(rule.topics)
        self._anew = compiled(rule.anew)
        self._strict = [words for item, words, _ in known.items if item.all_of and not item.of]

    def wrong(self, said: ListedText) -> Iterator[DividedWhole]:
        """Yield the divisions that do not make their whole."""
        for found in (own.until(self._anew) for own in self._reader.divisions(said.sentence)):
            if _is_explained(found, said) or self._is_doubtful(found, said) or not self._is_one_way(found):
                continue
            if not self._is_enough(found) or self._may_have_waited(found, said):
                continue
            percent, may_be_one = self._nearness(found)
            is_near = found.is_within(percent) or (may_be_one and abs(found.added - found.whole) == 1)
            if is_near and (found.added > found.whole or self._is_whole(found, said.following)):
                yield found

    def _is_doubtful(self, found: DividedWhole, said: ListedText) -> bool:
        """Say whether the whole is none, the list open, or something counted twice."""
        if self._no_whole.search(found.lead) or len(set(found.labels)) < len(found.parts):
            return True
        if self._other_whole.search(found.between) or (
            found.way != SUM and not self._goes_on.match(found.rest)
        ):
            return True
        behind = said.sentence[found.start :]
        listed = said.sentence[found.start : found.parts[-1].end] if found.way == BRACKET else behind
        return bool(self._overlapping.search(behind + said.following) or self._some_of.search(listed))

    def _is_one_way(self, found: DividedWhole) -> bool:
        """Say whether no label divides otherwise than the others do."""
        is_by_topic = self._topics.search(found.between.lstrip("，")) is not None
        kinds = (self._topics,) if is_by_topic else (self._topics, *self._strict)
        strict = [{bool(words.search(label)) for label in found.labels} for words in kinds]
        if any(len(met) > 1 for met in strict):
            return False
        names = [label for label in found.labels if len(label) <= _LONGEST_NAME]
        several = [[bool(words.search(name)) for name in names] for words in self._several]
        met = [group for group in several if any(group)]
        return len(met) < (1 if found.way == AMONG else _PAIR) or any(map(all, met))

    def _is_enough(self, found: DividedWhole) -> bool:
        """Say whether two parts alone are known to be all."""
        is_said = found.way in {SUM, LEFT, AMONG} or self._known.are_closed(found.labels)
        return len(found.parts) > _PAIR or is_said or self._known.are_all(found.labels)

    def _may_have_waited(self, found: DividedWhole, said: ListedText) -> bool:
        """Say whether a division of requests that others received may hold what they carried over, or lack what they carried forward."""
        if found.way in {SUM, LEFT} or any(all(map(words.search, found.labels)) for words in self._several):
            return False
        about = found.lead + found.between
        came = said.came + said.carried
        is_known = found.whole in {said.came, came, came - said.forward} or self._answered.search(about)
        return self._requests.search(about) is not None and not is_known

    def _nearness(self, found: DividedWhole) -> tuple[int, bool]:
        """Return by how many percent a sum that is meant to be the whole may differ, and whether one is never too much."""
        if found.way == SUM or self._known.are_all(found.labels):
            return _CLOSE, True
        is_vague = found.way == BRACKET or any(map(self._blurred.search, found.labels))
        if is_vague and not self._known.are_closed(found.labels):
            return _LIKELY, False
        return _CLOSE, True

    def _is_whole(self, found: DividedWhole, following: str) -> bool:
        """Say whether no part is left out, so that a smaller sum is wrong, too."""
        if self._unlisted.search(found.rest) or self._others_follow.match(following):
            return False
        kinds = self._kinds.match(found.rest)
        if kinds and kinds["n"]:
            return value_of(kinds["n"]) == len(found.parts)
        if (
            found.way == SUM
            or kinds
            or self._known.are_closed(found.labels)
            or self._known.are_all(found.labels)
        ):
            return True
        if self._accounted.match(found.rest):
            return True
        if found.way in {LEFT, AMONG}:
            return found.way == LEFT or _DIVIDED_BY.match(found.lead) is not None
        is_named = (
            found.way == ANNOUNCED
            or (found.way == COLON and len(found.parts) >= _MANY)
            or self._marked.search(found.lead) is not None
        )
        return is_named and found.is_within(_LIKELY)


_DIVIDED_BY = re.compile(
    r"(?:[^。；]{0,40}[，；])?按照?[^，。；：、（）\d]{1,12}(?:划分|区分|分类|统计|分)，[^，。；]*$"
)
"""What is said ahead of a whole that all its parts follow."""


def _is_explained(found: DividedWhole, said: ListedText) -> bool:
    """Say whether the parts make the whole, or another number of the sentence or the tables makes the difference."""
    others = found.before[:_MOST_OTHERS]
    beside: list[Number] = [0, *others, *(one + other for one, other in combinations(others, _PAIR))]
    beside += [said.carried, said.forward, said.carried + said.forward]
    beside += [said.carried - said.forward, said.forward - said.carried]
    return found.added in beside or abs(found.added - found.whole) in beside
