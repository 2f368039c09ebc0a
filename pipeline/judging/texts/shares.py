"""Percentages of a whole against the numbers beside them: each must be what some part is of some whole there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NOT_EXACT, NUMERAL
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.meant import meanings, values_of
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.percents import fits, percent, share
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import sentence_begin

if TYPE_CHECKING:
    from pipeline.forms.narrative import Ratios, Sum
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Fact, Finding, Number

_COUNT = re.compile(
    rf"(?![两二三四五六七八九][项类个](?:合计|共计|总计|相加))(?P<n>{NUMERAL})(?P<unit>[件宗份条例起封次项个篇期场]){NOT_EXACT}"
)
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,4})?")
_REACH = 400
"""Characters back to which a whole is looked for."""
_MOST = 12
"""Numbers of a sentence that are tried."""
_PAIR, _FEWEST = 2, 3
"""Parts that are told together when nothing says how many; shares that tell of what whole they are when nothing else does."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A number, and where it ends without and with its unit."""

    value: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class _WrittenShare:
    """A percentage as written, where it stands, and of which part."""

    written: str
    start: int
    part: int

    def fits_any(self, parts: Iterable[Number], wholes: Collection[Number]) -> bool:
        """Say whether it is what one of the ``parts`` is of one of the ``wholes``."""
        return any(
            part <= whole and fits(share(part, whole), self.written) for part in parts for whole in wholes
        )

    def finding(self, rule: Ratios, item: ReportTexts, key: str, text: str, whole: Number) -> Finding:
        """Make the finding that it is no share of ``whole``."""
        facts: dict[str, Fact] = {
            "sentence": quoted(text, self.start, self.start + len(self.written) + 1),
            "stated": f"{self.written}%",
            "part": self.part,
            "whole": whole,
            "expected": percent(share(self.part, whole)),
        }
        return item.finding(rule, "share", key, facts)


_SIGNS_OF_SHARES = "占（率"


class Shares:
    """Looks at the shares of a text; made once for a rule."""

    def __init__(self, rule: Ratios, wholes: Sequence[Sum]) -> None:
        self._rule = rule
        self._shared_wholes = wholes
        self._beside, self._each = compiled(rule.share), compiled(rule.shares_each)
        self._ahead = compiled(rule.share_before)
        self._together = compiled(rule.shared_together)
        self._divided = compiled(rule.divided)
        self._of_all = compiled(rule.share_of_all)
        self._stated = [compiled(pattern) for pattern in rule.shares_of]

    def findings(
        self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]
    ) -> Iterator[Finding]:
        """Yield a finding for each share that no part and no whole beside it can give."""
        if "%" not in text or not any(sign in text for sign in _SIGNS_OF_SHARES):
            return
        checked: set[int] = set()
        lists = list(self._each_in(text))
        for own, whole, is_right in self._with_whole(text, lists):
            checked.add(own.start)
            if not is_right:
                yield own.finding(self._rule, item, key, text, whole)
        checked |= {own.start for listed, _ in lists for own in listed}
        yield from self._each_alone(item, key, text, said, checked)
        for listed, whole in lists:
            if not whole:
                yield from self._each_listed(item, key, text, said, listed)

    def _each_alone(
        self, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure], checked: Collection[int]
    ) -> Iterator[Finding]:
        """Yield the shares beside their parts, but for those ``checked`` already, that are of no whole there, or not of that of the others."""
        alone: dict[int, list[_WrittenShare]] = {}
        for found, known in self._single(text):
            if found.start("share") in checked or not known:
                continue
            own = _WrittenShare(found["share"], found.start("share"), self._part(found, known))
            wholes = self._wholes(item, text, said, known) or self._all(item, text, said, found)
            if not wholes:
                alone.setdefault(sentence_begin(text, found.start(), _REACH), []).append(own)
            elif not own.fits_any(_runs(known), {*(one.value for one in known[:-1]), *wholes}):
                yield own.finding(self._rule, item, key, text, _likeliest(own, wholes))
        for listed in alone.values():
            yield from self._odd_one(item, key, text, listed)

    def _each_listed(
        self,
        item: ReportTexts,
        key: str,
        text: str,
        said: Sequence[SaidFigure],
        listed: Sequence[_WrittenShare],
    ) -> Iterator[Finding]:
        """Yield the shares told together that are of no whole there, or the one that is not of that of the others."""
        known = _before(text, listed[0].start)
        wholes = self._wholes(item, text, said, known)
        if not wholes:
            yield from self._odd_one(item, key, text, listed)
        for own in _misfits(listed, [*(one.value for one in known), *wholes]) if wholes else ():
            yield own.finding(self._rule, item, key, text, _likeliest(own, wholes))

    def _single(self, text: str) -> Iterator[tuple[re.Match[str], list[_Counted]]]:
        """Yield the shares told beside their part, with the numbers of the sentence up to that part."""
        for found in self._beside.finditer(text):
            known = _before(text, found.end())
            yield found, known if known and known[-1].end == found.start() else []
        for found in self._ahead.finditer(text):
            yield found, _before(text, found.end())

    def _part(self, found: re.Match[str], known: Sequence[_Counted]) -> int:
        """Return the part of which a share is told: the last number, or what the last so many make together (两项合计占57.5%)."""
        together = self._together.search(found[0])
        if not together:
            return known[-1].value
        number = value_of(together["of"] or "两") or _PAIR
        return sum(one.value for one in known[-number:])

    def _with_whole(
        self, text: str, lists: Iterable[tuple[list[_WrittenShare], int]]
    ) -> Iterator[tuple[_WrittenShare, int, bool]]:
        """Yield the shares that say themselves of what they are, and whether they fit."""
        for found in (found for pattern in self._stated for found in pattern.finditer(text)):
            own = _WrittenShare(found["share"], found.start("share"), int(found["part"]))
            whole = int(found["whole"])
            runs = _runs(_before(text, found.end("part")))
            yield own, whole, not 0 < own.part <= whole or own.fits_any(runs, {whole})
        for listed, whole in lists:
            for own in listed if whole else ():
                yield own, whole, own.fits_any([own.part], {whole})

    def _each_in(self, text: str) -> Iterator[tuple[list[_WrittenShare], int]]:
        """Yield the shares that are told together after their parts, and of what they are (0: it is not said)."""
        for found in self._each.finditer(text):
            written = list(_PERCENT.finditer(text, found.start("shares"), found.end("shares")))
            parts = _before(text, found.start())[-len(written) :]
            if len(parts) == len(written):
                shares = [
                    _WrittenShare(one[0], one.start(), part.value)
                    for one, part in zip(written, parts, strict=True)
                ]
                yield shares, int(found["whole"] or 0)

    def _wholes(
        self, item: ReportTexts, text: str, said: Sequence[SaidFigure], known: Sequence[_Counted]
    ) -> list[Number]:
        """Return what a share may be one of: what the sentence divides, and the figures that can be, there and in the tables."""
        if len(known) == 1:
            return []
        begin = sentence_begin(text, known[-1].end, _REACH)
        last = bisect_left([own.start for own in said], known[-1].end)
        near = [own for own in said[max(0, last - _MOST) : last] if own.start >= begin]
        claimed = [own for own in near if own.claim.key in self._rule.wholes]
        tables = [value for own in claimed for value in meanings(own.claim, item) or () if value]
        parted = [own.value for own in known[:-1] if self._divided.match(text, own.after)]
        found = [*tables, *parted, *(own.value for own in claimed if own.value)]
        all_there_are = [value for cell in self._rule.whole_cells if (value := item.numbers.get(cell))]
        due = (item.numbers.get(self._rule.besides_cell) or 0) + (all_there_are[0] if all_there_are else 0)
        return [*all_there_are, due, *found] if found else []

    def _is_of_all(self, text: str, found: re.Match[str], said: Sequence[SaidFigure]) -> bool:
        """Say whether what a share is of is not told, or all: 予以公开15件，占62.5%."""
        is_ahead = found.re is self._ahead
        at = found.start("part") if is_ahead else found.start()
        last = bisect_left([own.start for own in said], at + is_ahead) - 1
        part = said[last] if last >= 0 else None
        stands = part is not None and at == (part.start if is_ahead else part.end)
        if part is None or not stands or part.claim.family not in self._rule.shared:
            return False
        if is_ahead:
            return self._of_all.fullmatch(f"件{text[found.start() : found.start('share')]}") is not None
        return self._of_all.fullmatch(text, found.start(), found.start("share")) is not None

    def _all(
        self, item: ReportTexts, text: str, said: Sequence[SaidFigure], found: re.Match[str]
    ) -> list[Number]:
        """Return what a share may be one of that is told of nothing, or of all: whatever was told, and the wholes of the tables."""
        if not self._is_of_all(text, found, said):
            return []
        tables = [value for value in values_of(self._shared_wholes, item) or () if value]
        before = [one.value for one in _before_sentence(text, found.start())]
        stated = [own.value for own in said if own.value]
        return [*stated, *before, *tables]

    def _odd_one(
        self, item: ReportTexts, key: str, text: str, listed: Sequence[_WrittenShare]
    ) -> Iterator[Finding]:
        """Yield the one share of a list that is none of the whole of which all others are."""
        if len(listed) < _FEWEST:
            return
        tables = [value for cell in self._rule.whole_cells if (value := item.numbers.get(cell))]
        odd = [
            ([own for own in listed if not own.fits_any([own.part], {whole})], whole)
            for whole in (sum(own.part for own in listed), *tables)
        ]
        fewest, whole = min(odd, key=lambda found: len(found[0]))
        if len(fewest) == 1:
            yield fewest[0].finding(self._rule, item, key, text, whole)


def _misfits(listed: Sequence[_WrittenShare], wholes: Sequence[Number]) -> list[_WrittenShare]:
    """Return the shares told together that are of no whole; where each is of one, though not all of the same, those that are not of the likeliest, the first."""
    alone = [own for own in listed if not own.fits_any([own.part], wholes)]
    if alone:
        return alone
    odd = ([own for own in listed if not own.fits_any([own.part], {whole})] for whole in wholes)
    return min(odd, key=len)


def _likeliest(own: _WrittenShare, wholes: Sequence[Number]) -> Number:
    """Return the last of ``wholes`` that can be what a share is of, or the last."""
    return next((whole for whole in reversed(wholes) if whole >= own.part), wholes[-1])


def _before_sentence(text: str, at: int) -> list[_Counted]:
    """Return the numbers of the sentence before the one around ``at``."""
    begin = sentence_begin(text, at, _REACH)
    return _before(text, begin - 1) if begin else []


def _before(text: str, end: int) -> list[_Counted]:
    """Return the numbers of the sentence up to ``end``; none where one of them is unknown or nothing."""
    found = list(_COUNT.finditer(text, sentence_begin(text, end, _REACH), end + 1))[-_MOST:]
    values = [value_of(own["n"]) for own in found]
    if not all(values):
        return []
    return [
        _Counted(value, own.end("n"), own.end()) for own, value in zip(found, values, strict=True) if value
    ]


def _runs(known: Sequence[_Counted]) -> list[int]:
    """Return what the last numbers make together, one, two and so on."""
    return [sum(own.value for own in known[at:]) for at in range(len(known))]
