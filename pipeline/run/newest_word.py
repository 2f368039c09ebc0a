"""What agencies sent again and what persons decided goes in; each version's newest word, and what is to be said of it, comes out.

A word is the number of the arrival by which a file was sent last, doubled; a person speaks between two arrivals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.decisions import of_kind
from pipeline.model import CHINA, SENT_BACK, Assessment, Decision, DecisionKind, Fact, Finding
from pipeline.run.sorting.known_arrivals import Identified
from pipeline.versions import versions_of

_CODE = SENT_BACK[0]


@dataclass(frozen=True, slots=True)
class NewestWords:
    """The word of each file, by its number, and the findings that come with it."""

    of: Mapping[int, int]
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)


def words_of(
    kept: Sequence[Identified],
    versions: Mapping[int, int],
    again: Mapping[int, int],
    decisions: Sequence[Decision],
    known: Iterable[Arrival],
    before: Mapping[int, int],
) -> NewestWords:
    """Say by which word each of ``kept`` was sent last. ``again`` are the arrivals and returns that only repeat one, by what they repeat.

    ``before`` are as in ``SortedArrivals``.
    """
    moments = dict(_moments(known))
    by_version = {
        (who.agency.code, versions[item.id]): item.id
        for item, who in kept
        if who.agency and item.id in versions
    }
    words = {item.id: 2 * max(item.id, again.get(item.id, 0)) for item, _ in kept}
    for other, preferred in before.items():
        if other in words and other not in again:
            words[other] = min(words[other], 2 * preferred - 1)
    said: dict[int, list[Finding]] = {}
    for own in _by_agency(kept):
        newest = max(own, key=lambda number: words[number])
        if newest in again and any(newest < number for number in own):
            said[newest] = [_again(moments[again[newest]], versions[newest])]
    for decision in of_kind(decisions, DecisionKind.COUNT, DecisionKind.RETURN):
        number = by_version.get((decision.agency, decision.version))
        if number is None:
            continue
        if decision.kind is DecisionKind.RETURN:
            said.setdefault(number, []).append(_decided("sent_back", decision))
        elif words[number] < 2 * decision.after + 1:
            words[number] = 2 * decision.after + 1
            said.setdefault(number, []).append(_decided("chosen", decision))
    return NewestWords(words, {number: tuple(found) for number, found in said.items()})


def overtaken(given: Iterable[Decision], assessments: Iterable[Assessment]) -> dict[Decision, int]:
    """Return those of the decisions ``given`` of versions since the last run that change nothing, each with the version that counts instead.

    More had come by then than whoever decided had seen.
    """
    own: dict[str, list[Assessment]] = {}
    for item in assessments:
        if item.submission.agency:
            own.setdefault(item.submission.agency.code, []).append(item)
    counting = {code: found.version for code, files in own.items() if (found := versions_of(files).counting)}
    return {
        decision: counting[decision.agency]
        for decision in given
        if counting.get(decision.agency, decision.version) != decision.version
    }


def _by_agency(kept: Sequence[Identified]) -> Iterable[list[int]]:
    """Return the numbers of the files of each agency that are not held."""
    found: dict[str, list[int]] = {}
    for item, who in kept:
        if who.agency and not who.held:
            found.setdefault(who.agency.code, []).append(item.id)
    return found.values()


def _moments(known: Iterable[Arrival]) -> Iterator[tuple[int, datetime | None]]:
    """Yield when each arrival and each return was, by its number."""
    for item in known:
        yield item.id, item.came_at
        if item.back:
            yield item.back.number, item.back.seen_at


def _again(moment: datetime | None, version: int) -> Finding:
    day = str(moment.astimezone(CHINA).date()) if moment else ""
    facts: dict[str, Fact] = {"version": version, "day": day}
    return Finding.found(_CODE, None, (), "again", facts)


def _decided(variant: str, decision: Decision) -> Finding:
    facts: dict[str, Fact] = {
        "version": decision.version,
        "reason": decision.reason,
        "person": decision.person,
        "day": str(decision.given_at.astimezone(CHINA).date()),
    }
    return Finding.found(_CODE, None, (), variant, facts)
