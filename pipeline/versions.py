"""The versions of one agency's report go in; which of them counts, and which is its newest word, comes out.

An agency's word is every time it sends a file; a file that it sends again is its newest word again. The newest accepted
word counts. What a person sent back is a word too: nothing that was sent before it counts again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pipeline.model import Verdict


class Version(Protocol):
    """A file of an agency, judged."""

    @property
    def version(self) -> int:
        """Its number among the agency's."""

    @property
    def word(self) -> int:
        """The number of the arrival by which it was sent last; 0 where nobody kept it: then the version says the order."""

    @property
    def verdict(self) -> Verdict:
        """What became of it."""

    @property
    def is_sent_back(self) -> bool:
        """Whether a person sent it back, although it was accepted."""


V = TypeVar("V", bound=Version)


@dataclass(frozen=True, slots=True)
class Versions(Generic[V]):
    """What came from one agency, by number: ``counting`` is the version whose figures count, ``latest`` its newest word."""

    files: tuple[V, ...] = ()
    counting: V | None = None
    latest: V | None = None

    @property
    def shown(self) -> V | None:
        """Return the version that describes the agency."""
        return self.counting or self.latest

    @property
    def held(self) -> tuple[V, ...]:
        """Return the versions that wait for a person: those that no newer word that counts has overtaken."""
        return tuple(
            item
            for item in self.files
            if item.verdict is Verdict.HELD
            and (self.counting is None or _order(item) > _order(self.counting))
        )


def _order(item: Version) -> tuple[int, int]:
    return item.word, item.version


def versions_of(files: Iterable[V]) -> Versions[V]:
    """Decide which of an agency's ``files`` counts: the one place where that is decided."""
    by_word = sorted(files, key=_order)
    spoken = [item for item in by_word if item.verdict.is_acceptance or item.is_sent_back]
    newest = spoken[-1] if spoken else None
    return Versions(
        files=tuple(sorted(by_word, key=lambda item: item.version)),
        counting=newest if newest and newest.verdict.is_acceptance else None,
        latest=by_word[-1] if by_word else None,
    )
