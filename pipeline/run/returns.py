"""Files that came back into the inbox go in; which of them are their agency's newest word, and of which that is to be asked, comes out.

Who puts an earlier file where the newest one lay takes that one back. What was gone may be meant, or may have been found in
a backup or an archive, and so may all that were put back in one look where they are of several agencies: a person is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.ledger.arrivals import Arrival, Return
from pipeline.model import Decision

Owned: TypeAlias = tuple[Arrival, str]
"""A file, and the code of the agency that it is from."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A version that came back as ``copy``: ``file`` is its number, ``word`` that of its return."""

    file: int
    copy: Arrival
    back: Return
    is_asked: bool

    @property
    def word(self) -> int:
        """The number of the return, among those of arrivals."""
        return self.back.number


def returned(
    files: Sequence[Owned],
    known: Sequence[Owned],
    again: Mapping[int, int],
    *,
    counted: Collection[int],
    accepted: Mapping[int, Decision],
    chosen: Mapping[str, int],
) -> list[Returned]:
    """Return those of ``known`` that came back after a newer word of their agency, and still say something.

    ``files`` are those that are judged, ``again`` the arrivals that repeat one, ``counted`` the numbers of those that the last run accepted; ``accepted`` and
    ``chosen`` are as in ``KnownArrivals``.
    """
    candidates = list(_candidates(files, known))
    together = {(one.seen_at, code) for _, _, one, code in candidates if one.instead}
    looks = [at for at, _ in together]
    words = {item.id: max(item.id, again.get(item.id, 0)) for item, _ in files}
    digests = {item.id: item.envelope.sha256 for item, _ in known}
    found: list[Returned] = []
    for item, copy, one, code in candidates:
        others = [other for other, own in files if own == code and other.id in counted]
        newer = [other for other in others if words[item.id] < words[other.id] < one.number]
        newest = max(newer, key=lambda other: words[other.id], default=None)
        if newest is None:
            continue
        decided = accepted.get(item.id)
        is_meant = newest.envelope.sha256 == digests.get(one.instead or 0) and looks.count(one.seen_at) == 1
        if is_meant or (decided is not None and decided.given_at >= one.seen_at):
            words[item.id] = one.number
            found.append(Returned(item.id, copy, one, is_asked=False))
        elif _is_open(one, newest, others, chosen.get(code, 0)):
            found.append(Returned(item.id, copy, one, is_asked=True))
    return found


def _candidates(
    files: Sequence[Owned], known: Sequence[Owned]
) -> Iterator[tuple[Arrival, Arrival, Return, str]]:
    """Yield, in the order of their returns, the version that came back, the file as which it did, its return and its agency."""
    first = {(item.envelope.sha256, code): item for item, code in files}
    came = [(copy.back, copy, code) for copy, code in known if copy.back]
    for back, copy, code in sorted(came, key=lambda one: one[0].number):
        if item := first.get((copy.envelope.sha256, code)):
            yield item, copy, back, code


def _is_open(back: Return, newest: Arrival, others: Sequence[Arrival], chosen: int) -> bool:
    """Whether nothing has answered the question: neither the inbox, nor a person, nor a later report.

    Where the newest file came back in the same look, the inbox had only been away.
    """
    was_away = newest.back is not None and newest.back.seen_at == back.seen_at
    is_answered = chosen >= back.number or any(other.id > back.number for other in others)
    return back.lies and not was_away and not is_answered
