"""The numbers of a passage with what is known of each: what all who look for a number that spoils an account start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from pipeline.judging.digit_slips import slip_of

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim
    from pipeline.judging.texts.surroundings import PlacedNumber
    from pipeline.model import Number

_MOST_PARTS = 12
_TWO_DIGITS = 10
_LONG = 3
"""Digits of a number of which any may be the wrong one."""


@dataclass(slots=True)
class AlignedNumbers:
    """The numbers of a passage, with what is known of each by its place."""

    numbers: Sequence[PlacedNumber]
    agreed: dict[int, Claim] = field(default_factory=dict)
    """Those that the tables have, and as what."""
    wrong: set[int] = field(default_factory=set)
    """Those of which strict reading says that they are false."""
    open: dict[int, list[Claim]] = field(default_factory=dict)
    """Those that the tables do not have, and what their words name."""
    pointed: dict[int, list[Claim]] = field(default_factory=dict)
    """Those of them to which only a few syllables point, and what these may mean."""
    stated: set[str] = field(default_factory=set)
    """Keys, and families, of all that was rightly told."""
    sentences: dict[int, list[int]] = field(default_factory=dict)
    """The numbers of each sentence; while they are gone through, those so far."""

    def agree(self, at: int, claim: Claim) -> None:
        """Note that the tables have a number, and as what."""
        self.agreed[at] = claim
        self.stated |= {claim.key, claim.family}
        self.open.pop(at, None)

    def beside(self, at: int, here: Sequence[int]) -> list[Number]:
        """Return the figures among ``here`` that the tables have, and that count the same things in the same unit as a number."""
        alike = self.numbers[at].scope, self.numbers[at].counted_in
        agreed = (self.numbers[one] for one in here if one in self.agreed)
        return [number.value for number in agreed if (number.scope, number.counted_in) == alike]

    def is_total(self, at: int, here: Sequence[int]) -> bool:
        """Say whether a number that adds up, or is divided, is what two or more right before or behind it make: 网络146件、信函78件，合计224件."""
        number = self.numbers[at]
        is_divided = at + 1 in here and self.numbers[at + 1].is_within
        before = [self.numbers[one].value for one in here if one < at] if number.parts is not None else []
        after = [self.numbers[one].value for one in here if one > at] if is_divided else []
        beside = reversed(before[-_MOST_PARTS:]), after[:_MOST_PARTS]
        return any(number.value in islice(accumulate(values), 1, None) for values in beside)

    def has_part(self, at: int, here: Sequence[int], value: Number) -> bool:
        """Say whether a number and another one ``here`` that is not known come to a value together."""
        others = (self.numbers[one].value for one in here if one != at and one not in self.agreed)
        return any(self.numbers[at].value + other == value for other in others)


def weight(value: Number) -> float:
    """Return how much it says that the tables have a number: hardly anything of 1, much of three digits."""
    return 3 if value >= 100 else 2 if value >= 10 else 1 if value >= 4 else 0.5 if value else 0  # noqa: PLR2004 - by digits


def is_slip(written: Number, meant: Number) -> bool:
    """Say whether a slip of the pen makes one number the other: one more or less, a digit wrong, two swapped, one lost or doubled.

    Of two digits only the first counts as wrong: 22 and 27 are as likely two numbers.
    """
    if abs(written - meant) == 1:
        return True
    if written == meant or min(written, meant) < _TWO_DIGITS:
        return False
    return bool(slip_of(written, meant)) or _has_wrong_digit(str(written), str(meant))


def _has_wrong_digit(written: str, meant: str) -> bool:
    if len(written) != len(meant):
        return False
    differ = [at for at in range(len(meant)) if written[at] != meant[at]]
    return len(differ) == 1 and (len(meant) >= _LONG or differ == [0])
