"""A tidy, masked text goes in; the figures it claims come out, and nothing where it is not clear.

A claim is a whole clause of known words around a number. One unknown word and there is no claim: a wrong alarm costs
more trust than a missed one. A clause that leaves out of what it speaks (办结 13 件) counts only after a clause that
says it, and only until a number of something unknown comes between; it may begin the next sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NOT_EXACT, NUMERAL
from pipeline.judging.narratives.numerals import value_of
from pipeline.judging.narratives.tidy import SENTENCE

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Figures, Partition

_LONGEST_LABEL = 24
"""Characters before a number in which the name of a part may stand."""


_BEFORE = 600
"""Characters before a sentence in which words may still say of what time or place it speaks."""


_AMONG = re.compile(r".{0,2}[，、（：；]{0,9}其中")
"""What stands between a whole and the list of its parts: the unit and 其中."""
_JOINT = re.compile(r"[，、和及以；：]{0,2}(?:其中)?")
_LIST_END = re.compile("[；）。]")
_ASIDE = re.compile("（[^（）]{0,300}）")
"""What is added in brackets: what is counted there does not blur what follows."""
_CLAUSE_ENDS = "，。；：、（）！？\n"


@dataclass(frozen=True, slots=True)
class Said:
    """A figure said: of what, how much, and where in the text the number (or 未收到) stands."""

    claim: Claim
    value: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Addition:
    """A whole and the parts that a sentence lists: their sum, and from where to where they stand."""

    partition: Partition
    whole: int
    total: int
    start: int
    end: int


class Reader:
    """Finds the claims of one rule; made once, its patterns compiled."""

    def __init__(self, rule: Figures) -> None:
        self._claims = [(claim, [re.compile(pattern) for pattern in claim.patterns]) for claim in rule.claims]
        units = "|".join(map(re.escape, rule.units))
        self._counted = re.compile(f"(?P<n>{NUMERAL})(?:{units}){NOT_EXACT}")
        self._triggers = re.compile(
            "|".join(sorted({word for claim in rule.claims for word in claim.mentions}))
        )
        self._silent = re.compile(_any(rule.silent))
        self._neutral = re.compile(_any(rule.neutral))
        groups = {
            "own_time": rule.own_times, "other_time": rule.other_times,
            "own_scope": rule.own_scopes, "other_scope": rule.other_scopes,
        }  # fmt: skip
        neutral = f"(?P<neutral>{_any(rule.neutral)})"
        self._marks = re.compile(
            "|".join((neutral, *(f"(?P<{name}>{_any(words)})" for name, words in groups.items())))
        )
        self._partitions = [(item, self._parts_of(item)) for item in rule.partitions]

    def read(self, text: str) -> tuple[list[Said], list[Addition]]:
        """Return what ``text`` claims and what it adds up; each paragraph stands for itself."""
        text = text.replace("。其中", "，其中")
        said: list[Said] = []
        added: list[Addition] = []
        clear_at = -1
        for sentence in SENTENCE.finditer(text) if self._triggers.search(text) else ():
            if self._triggers.search(sentence[0]):
                leading = self._matches(sentence[0], follows=False)
                goes_on = clear_at == sentence.start()
                following = self._matches(sentence[0], follows=True) if leading or goes_on else []
                standing, is_clear = self._standing(sentence[0], leading, following, goes_on=goes_on)
                of_sentence = list(self._told(text, sentence.start(), standing))
                said += of_sentence
                added += self._additions(sentence.start(), sentence[0], of_sentence)
                clear_at = sentence.end() if is_clear else -1
        return said, added

    def _told(
        self, text: str, offset: int, standing: Iterable[tuple[Claim, re.Match[str]]]
    ) -> Iterator[Said]:
        taken: set[str] = set()
        for claim, found in standing:
            at = _number_at(found)
            value = 0 if at is None else value_of(found["n"])
            start, end = (found.start("none"), found.end()) if at is None else found.span("n")
            start, end = offset + start, offset + end
            if (
                value is None
                or claim.key in taken
                or self._is_silenced(text, offset, start, offset + found.end())
            ):
                continue
            taken.add(claim.key)
            yield Said(claim, value, start, end)

    def _matches(self, sentence: str, *, follows: bool) -> list[tuple[Claim, re.Match[str]]]:
        """Return every match of a claim, an earlier claim of the form winning a number that two would have."""
        found: dict[int, tuple[Claim, re.Match[str]]] = {}
        for claim, patterns in self._claims:
            if claim.follows is follows and any(word in sentence for word in claim.mentions):
                for pattern in patterns:
                    for match in pattern.finditer(sentence):
                        at = _number_at(match)
                        found.setdefault(match.end() if at is None else at, (claim, match))
        return [found[at] for at in sorted(found)]

    def _standing(
        self,
        sentence: str,
        leading: Sequence[tuple[Claim, re.Match[str]]],
        following: Sequence[tuple[Claim, re.Match[str]]],
        *,
        goes_on: bool,
    ) -> tuple[list[tuple[Claim, re.Match[str]]], bool]:
        """Return the claims that may be taken, in order, and whether all was clear to the end.

        Those that follow only while everything counted before is known; where the sentence ``goes_on`` from one that was
        clear, it has to begin with one.
        """
        standing = list(leading)
        may_follow = {_number_at(item[1]): item for item in following}
        neutral = [found.span() for found in self._neutral.finditer(sentence)]
        known = {_number_at(match) for _, match in leading}
        numbers = [found for found in self._counted.finditer(sentence) if found.start() not in known]
        points: list[tuple[int, re.Match[str] | None]] = [(match.start(), None) for _, match in leading]
        points += [(number.start(), number) for number in numbers]
        asides = [found.span() for found in _ASIDE.finditer(sentence)]
        begins = goes_on and any(match.start() == 0 for _, match in following)
        clear_from = 0 if begins else len(sentence)
        for at, number in sorted(points, key=lambda point: point[0]):
            if number is None:
                clear_from = at
            elif clear_from <= at and at in may_follow:
                standing.append(may_follow[at])
            elif not any(start <= at < end for start, end in neutral) and not self._is_part(sentence, at):
                aside = next((end for start, end in asides if start < at < end), len(sentence))
                clear_from = max(clear_from, aside)
        return sorted(standing, key=lambda item: item[1].start()), clear_from < len(sentence)

    def _is_part(self, sentence: str, at: int) -> bool:
        return any(
            found.start("n") == at
            for _, pattern in self._partitions
            for found in pattern.finditer(sentence, max(0, at - _LONGEST_LABEL))
        )

    def _is_silenced(self, text: str, sentence: int, start: int, end: int) -> bool:
        """Say whether the words before, or right after, make the number one of another time, place or extent.

        In an earlier sentence only the one that a clause begins with is spoken of: 梳理全区目录 is not about the whole district.
        """
        latest: dict[str, bool] = {}
        first = begun = max(text.rfind("\n", 0, start) + 1, sentence - _BEFORE)
        for found in self._marks.finditer(text, first, end):
            kind = found.lastgroup or ""
            begins = found.start() == begun or text[found.start() - 1] in _CLAUSE_ENDS
            begun = found.end() if begins else -1
            if found.start() <= start and kind != "neutral":
                whose, _, what = kind.partition("_")
                is_other = whose == "other"
                if begins or not is_other or what != "scope" or found.start() >= sentence:
                    latest[what] = is_other
        return any(latest.values()) or self._silent.match(text, end) is not None

    def _parts_of(self, partition: Partition) -> re.Pattern[str]:
        filler = "(?:提出|提交|申请|的|件|有|为|共计?|方式|渠道|或者?其他组织|：)*"
        words = "|".join(f"(?:{word})" for word in partition.parts)
        return re.compile(f"(?P<label>{words}){filler}{self._counted.pattern}")

    def _additions(self, offset: int, sentence: str, said: Sequence[Said]) -> Iterator[Addition]:
        """Yield the lists after 其中 that cannot be right, whichever of the figures before they divide."""
        for at in (found.end() for found in re.finditer("其中", sentence)):
            before = [item for item in said if item.start < offset + at]
            if before and _AMONG.fullmatch(sentence[before[-1].end - offset : at]):
                for partition, pattern in self._partitions:
                    parts = list(_listed(sentence, at, pattern))
                    if len(parts) > 1 and before[-1].claim.key in partition.wholes:
                        is_whole = self._is_whole(partition, parts, sentence, offset, said)
                        yield from _wrong_sum(partition, before, parts, offset, is_whole=is_whole)

    def _is_whole(
        self,
        partition: Partition,
        parts: Sequence[re.Match[str]],
        sentence: str,
        offset: int,
        said: Sequence[Said],
    ) -> bool:
        """Say whether every part there can be is told, and nothing else is counted in what follows."""
        labels = [part["label"] for part in parts]
        rest = _LIST_END.split(sentence[parts[-1].end() :])[0]
        start = offset + parts[-1].end()
        known = {item.start for item in said}
        return (
            bool(partition.all_of)
            and all(any(re.fullmatch(words, label) for label in labels) for words in partition.all_of)
            and all(start + number.start() in known for number in self._counted.finditer(rest))
        )


def _listed(sentence: str, at: int, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the parts that follow one another from ``at`` on without anything else between."""
    while True:
        joint = _JOINT.match(sentence, at)
        part = pattern.match(sentence, joint.end() if joint else at)
        if not part:
            return
        yield part
        at = part.end()


def _wrong_sum(
    partition: Partition,
    before: Sequence[Said],
    parts: Sequence[re.Match[str]],
    offset: int,
    *,
    is_whole: bool,
) -> Iterator[Addition]:
    """Yield the addition if the parts make none of the figures before, nor two of them together, and certainly should."""
    values = [value_of(part["n"]) for part in parts]
    labels = {part["label"] for part in parts}
    total = sum(value or 0 for value in values)
    told = [item.value for item in before]
    meant = {*told, *(one + other for one, other in combinations(told, 2))}
    if (
        None not in values
        and len(labels) == len(parts)
        and total not in meant
        and (total > max(told) or is_whole)
    ):
        start, end = offset + parts[0].start(), offset + parts[-1].end()
        yield Addition(partition, before[-1].value, total, start, end)


def _number_at(found: re.Match[str]) -> int | None:
    """Return where the number of a match stands; None if it says that there was nothing."""
    return found.start("n") if found.groupdict().get("n") else None


def _any(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)"
