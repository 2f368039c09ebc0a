"""Another agency's name where a report says who reports: copied from that agency, or sent by the wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.narrative import OWN_NAME
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.filed import OFFICE_WORDS, own_names
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import tidy

if TYPE_CHECKING:
    from pipeline.forms.narrative import OtherName
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Agency, Finding

_OPENING = 2
"""Characters of a name by which it is looked up."""
_TOWN = re.compile(
    r"[^县区旗]{0,8}[市县区旗](?P<town>[^市县区旗镇乡]{2,4}(?:镇|乡|街道))(?:人民政府|办事处)?"
)
_SPOT = "\ue004"
"""What stands in place of the name that is looked at."""


def other_name(rule: OtherName, around: TextContext) -> Check:
    """Look for another agency of the roster that speaks; where names overlap the longest counts."""
    known = _index(around.agencies, rule.shortest)
    frames = compiled(any_of(frame.replace("{name}", _SPOT) for frame in rule.frames))
    hide = compiled(any_of(rule.quoted))

    def check(item: ReportTexts) -> Iterable[Finding]:
        own = {*own_names(item.agency), *_town(item.agency)}
        ours = re.compile("|".join(map(re.escape, sorted(own, key=len, reverse=True))))
        for key, text in item.said(rule.texts).items() if own else ():
            open_text = hide.sub(lambda match: "\0" * len(match[0]), text)
            marked = ours.sub(lambda match: OWN_NAME * len(match[0]), open_text)
            for name, start in _found(open_text, known, own):
                end = start + len(name)
                office = OFFICE_WORDS.match(open_text, end)
                end = office.end() if office and not open_text.startswith("信息", office.end()) else end
                if not _is_ours(name, own) and frames.search(f"{marked[:start]}{_SPOT}{marked[end:]}"):
                    facts = {"name": known.owners[name], "sentence": quoted(text, start, end)}
                    yield item.finding(rule, "found", key, facts)
                    break

    return check


def _is_ours(name: str, own: Iterable[str]) -> bool:
    """Say whether a name is the agency's own, that of an office in it, or that of the body it is a part of."""
    return any(name.startswith(ours) or ours.startswith(name) for ours in own)


@dataclass(frozen=True, slots=True)
class _NameIndex:
    """The agency of each spelling, how long the spellings with the same opening are, longest first, and how they begin."""

    owners: Mapping[str, str]
    lengths: Mapping[str, Sequence[int]]
    firsts: frozenset[str]


def _index(agencies: Iterable[Agency], shortest: int) -> _NameIndex:
    owners = {
        name: agency.name
        for agency in agencies
        for name in (*own_names(agency), *_town(agency))
        if len(name) >= shortest and not OFFICE_WORDS.fullmatch(name)
    }
    lengths: dict[str, set[int]] = {}
    for name in owners:
        lengths.setdefault(name[:_OPENING], set()).add(len(name))
    sizes = {opening: sorted(found, reverse=True) for opening, found in lengths.items()}
    return _NameIndex(owners, sizes, frozenset(opening[0] for opening in sizes))


def _town(agency: Agency | None) -> list[str]:
    """Return what a town or street is called without the places it belongs to."""
    found = _TOWN.fullmatch(tidy(agency.name)) if agency else None
    return [found["town"]] if found else []


@lru_cache(maxsize=64)  # bodies of one district begin alike
def _beginning(firsts: frozenset[str]) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(firsts)))}]")


def _found(text: str, known: _NameIndex, own: set[str]) -> Iterator[tuple[str, int]]:
    """Yield the names in ``text`` from left to right, each the longest that begins there, none inside another."""
    starts = {name[:_OPENING] for name in own}
    beginning = _beginning(known.firsts | {opening[0] for opening in starts})
    spot = beginning.search(text)
    while spot:
        at = spot.start()
        opening, name = text[at : at + _OPENING], ""
        if opening in known.lengths or opening in starts:
            sizes = known.lengths.get(opening, ())
            theirs = (text[at : at + size] for size in sizes if text[at : at + size] in known.owners)
            ours = (name for name in own if text.startswith(name, at))
            name = max((next(theirs, ""), *ours), key=len)
        if name:
            yield name, at
        spot = beginning.search(text, at + (len(name) or 1))
