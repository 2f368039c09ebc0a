"""Texts that are nearly those of last year, or of another agency: numbers, names and standard phrases do not count.

Of two alike texts the one that came later is told, because the first cannot have copied. What an agency sends anew keeps
the place of its first file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from pipeline.judging.texts.filed import own_names
from pipeline.judging.texts.sketches import Sketches, sketch
from pipeline.judging.texts.tidy import sentences, tidy

if TYPE_CHECKING:
    from pipeline.forms.narrative import Similar
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding

_IRRELEVANT = re.compile(r"[\d\W_]+")
_LONGEST = 6_000
"""Characters of a text that are compared, from its beginning: longer than any part of a report; twice as many take four times as long."""
_NUMBER = re.compile(r"\d+(?!\d*[年月日])")


@dataclass(frozen=True, slots=True)
class _Bare:
    """A text without names, numbers and standard phrases; ``numbers`` are those that tell it from others, where they do."""

    words: str
    numbers: tuple[str, ...]
    agency: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    name: str
    percent: int


class _Library:
    """The texts of others by part of the report, and what two texts have in common."""

    def __init__(self, rule: Similar) -> None:
        self._rule = rule
        self._shelves: dict[str, Sketches[_Bare]] = {key: Sketches() for key in rule.texts}
        self._ranks: dict[str, int] = {}

    def bare(self, key: str, text: str, agency: str, names: Sequence[str]) -> _Bare | None:
        """Lay a tidy text bare; None where too few words are left to say that somebody copied them."""
        if len(text) < self._rule.shortest:
            return None
        for name in names:
            text = text.replace(name, "")
        if any(word in text for word in self._rule.standard):
            own_words = (
                part for part in sentences(text) if not any(word in part for word in self._rule.standard)
            )
            text = "".join(own_words)
        words = _IRRELEVANT.sub("", text)
        if len(words) < self._rule.shortest:
            return None
        numbers = tuple(_NUMBER.findall(text)) if key in self._rule.figures_tell else ()
        return _Bare(words, numbers, agency, next(iter(names), agency))

    def arrives(self, agency: str) -> None:
        """Note that ``agency`` has reported; what it sends later keeps this place."""
        self._ranks.setdefault(agency, len(self._ranks))

    def put(self, key: str, text: _Bare, pieces: list[int]) -> None:
        """Put a text, by its sketch, on the shelf of its part of the report."""
        self._shelves[key].add(pieces, text)

    def nearest(self, key: str, text: _Bare, pieces: list[int]) -> _Match | None:
        """Return the likeliest text of an agency that reported earlier and is nearly ``text``, which has this sketch."""
        for other in self._shelves[key].alike(pieces):
            if self._ranks[other.agency] < self._ranks[text.agency]:
                percent = likeness(text, other, self._rule.other_agency)
                if percent:
                    return _Match(other.name, percent)
        return None


def likeness(one: _Bare, other: _Bare, least: int) -> int:
    """Return the percentage of characters in common, in order; 0 if it is less than ``least`` or the numbers tell them apart.

    Of long texts that is said of their beginnings, if they are as long as each other.
    """
    lengths = len(one.words), len(other.words)
    if one.numbers != other.numbers or 200 * min(lengths) < least * sum(lengths):
        return 0
    return int(fuzz.ratio(one.words[:_LONGEST], other.words[:_LONGEST], score_cutoff=least))


def _is_last_years(text: str, item: ReportTexts, key: str) -> bool:
    """Say whether a text, however short, is last year's to the letter and still speaks of that year."""
    return item.year is not None and f"{item.year - 1}年" in text and tidy(item.past.get(key, "")) == text


def similar(rule: Similar, around: TextContext) -> Check:
    """Compare each text with the same part of the agency's last report and of the reports that came before."""
    library = _Library(rule)
    own = {item.number: dict(_bare_texts(rule, item, library)) for item in around.batch}
    for other in around.others:
        library.arrives(other.agency)
        for key in rule.texts:
            bare = library.bare(key, tidy(other.texts.get(key, "")), other.agency, (other.name,))
            if bare:
                library.put(key, bare, sketch(bare.words))
    matches = _compared(around.batch, own, library)

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            if _is_last_years(text, item, key):
                yield item.finding(rule, "last_year", key, {"percent": 100})
                continue
            bare = own[item.number].get(key)
            if bare is None:
                continue
            past = library.bare(key, tidy(item.past.get(key, "")), bare.agency, own_names(item.agency))
            percent = likeness(bare, past, rule.last_year) if past else 0
            match = matches.get((item.number, key))
            if percent:
                yield item.finding(rule, "last_year", key, {"percent": percent})
            elif match:
                facts: dict[str, Fact] = {"name": match.name, "percent": match.percent}
                yield item.finding(rule, "other_agency", key, facts)

    return check


def _compared(
    batch: Iterable[ReportTexts], own: Mapping[int, Mapping[str, _Bare]], library: _Library
) -> Mapping[tuple[int, str], _Match]:
    """Return what each report of the batch has in common with reports that came before it."""
    found: dict[tuple[int, str], _Match] = {}
    for code, reports in _by_arrival(batch).items():
        library.arrives(code)
        newest: dict[str, list[int]] = {}
        for item in reports:
            newest = {key: sketch(bare.words) for key, bare in own[item.number].items()}
            for key, bare in own[item.number].items():
                match = library.nearest(key, bare, newest[key])
                if match:
                    found[item.number, key] = match
        for key, bare in own[reports[-1].number].items():
            library.put(key, bare, newest[key])
    return found


def _bare_texts(rule: Similar, item: ReportTexts, library: _Library) -> Iterator[tuple[str, _Bare]]:
    """Yield the texts that are long enough to compare; none where it is not certain whose report it is."""
    if item.agency is None:
        return
    names = own_names(item.agency)
    for key, text in item.said(rule.texts).items():
        bare = library.bare(key, text, item.agency.code, names)
        if bare:
            yield key, bare


def _by_arrival(batch: Iterable[ReportTexts]) -> dict[str, list[ReportTexts]]:
    """Group the reports by agency, each group in order of arrival, the group whose first report came first before the others."""
    groups: dict[str, list[ReportTexts]] = {}
    for item in sorted(batch, key=lambda item: item.order):
        if item.agency:
            groups.setdefault(item.agency.code, []).append(item)
    return groups
