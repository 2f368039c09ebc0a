"""The name of a kind of number goes in; what such a number may be, and how it is asked for and shown, comes out.

The one place that tells kinds of numbers apart. Whoever reads, checks, adds up or prints a figure asks here and never for
a kind by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import Number

PLACES = 6
"""Decimals that any number may have at most: they are compared in millionths, whole numbers and hence exact."""
LARGEST = 999_999_999
"""No figure of such a report has more than nine digits; a telephone number has eleven."""


@dataclass(frozen=True, slots=True)
class NumberKind:
    """What a number of a kind may be; ``least`` None: it may be negative. The texts are for who fills it in."""

    id: str
    places: int
    least: int | None
    title: str
    prompt: str
    refusal: str
    unit: str = ""
    """The unit it is given in where that is not a count of things."""
    most: int | None = None
    """What it cannot be more than; None: there is no such bound."""
    shown_as: str = ""
    """The number format of a spreadsheet in which it stands, where it is not shown as it is."""
    measure: str = "件数"
    """What it measures: figures of one measure can be added to each other, and compared."""
    summed: bool = True
    """Whether figures of several agencies can be added up; an average or a share cannot."""

    @property
    def is_whole(self) -> bool:
        """Whether it has no decimals."""
        return self.places == 0

    def allows(self, value: Number) -> bool:
        """Whether ``value`` is not too small and has no more decimals than it may."""
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (not self.is_whole or value == int(value))
        )


_KINDS = (
    NumberKind(
        "count",
        0,
        0,
        "填整数",
        "填 0 或大于 0 的整数，不带单位；没有发生的填 0。",
        "这里只能填 0 或大于 0 的整数，不带单位，不填“/”“无”。",
    ),
    NumberKind(
        "signed_count",
        0,
        None,
        "填整数，可以是负数",
        "增加的填正整数，减少的填负整数（例如 -3），没有增减的填 0，不带单位。",
        "这里只能填整数，减少的在前面加“-”，不带单位，不填“/”“无”。",
    ),
    NumberKind(
        "decimal",
        PLACES,
        0,
        "填数字",
        "填 0 或大于 0 的数字，可以有小数，不带单位；没有发生的填 0。",
        "这里只能填 0 或大于 0 的数字，不带单位，不填“/”“无”。",
        measure="可以有小数的数",
    ),
    NumberKind(
        "money",
        PLACES,
        0,
        "单位：万元",
        "按万元填，最多六位小数，例如 251000 元填 25.1；没有发生的填 0。",
        "这里只能填 0 或大于 0 的数字，单位是万元，不带“元”“万元”字样。",
        unit="万元",
        measure="金额",
    ),
    NumberKind(
        "percent",
        PLACES,
        0,
        "填百分比",
        "填百分比，例如 12.5%，在 0% 和 100% 之间。",
        "这里只能填 0% 到 100% 的百分比，例如 12.5%。",
        unit="%",
        measure="百分比",
        most=1,
        shown_as="0.00##%",
        summed=False,
    ),
)
NUMBER_KINDS: Mapping[str, NumberKind] = {kind.id: kind for kind in _KINDS}
EXACT = "decimal"
"""The kind that allows most: for numbers of which nothing else is known."""
