"""Numbers that belong to a person: identity numbers (GB 11643), mobile numbers, bank cards (Luhn). Never quoted whole.

Office lines, credit codes and document numbers are not personal; a number inside a web address or a longer code is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from pipeline.judging.narratives.quoting import mask, quoted

if TYPE_CHECKING:
    from pipeline.forms.narrative import Personal
    from pipeline.judging.narratives.filed import Check, Filed, Surroundings
    from pipeline.model import Finding

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_FIRST_BIRTH = 1900
_YOUNGEST = 3
_ALONE = r"(?<![0-9A-Za-z_\-/.=]){}(?![0-9A-Za-z_\-/]|\.\w|[元次人条篇份件户吨万亿])"
_JOINT = "[ -]?"


def _pattern(number: str, prefix: str = "") -> re.Pattern[str]:
    return re.compile(_ALONE.format(f"{prefix}(?P<number>{number})"), re.ASCII)


def is_identity_number(number: str, year: int | None = None) -> bool:
    """Say whether 18 characters are an identity number: a region, a date of birth, a check digit.

    Codes of cases and projects hold dates too, recent ones: a person is born some years before the reporting ``year``.
    """
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    is_born = _FIRST_BIRTH <= born.year <= (year or date.max.year) - _YOUNGEST
    return is_born and _CHECK_DIGITS[total % 11] == number[-1].upper()


def is_card_number(number: str, _year: int | None = None) -> bool:
    """Say whether the digits pass Luhn's test."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - the sum of two digits


_KINDS: Mapping[str, tuple[re.Pattern[str], Callable[[str, int | None], bool]]] = {
    "identity_number": (
        _pattern(r"[1-9]\d{5}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]"),
        is_identity_number,
    ),
    "mobile": (
        _pattern(rf"1[3-9]\d{_JOINT}\d{{4}}{_JOINT}\d{{4}}", rf"(?:(?:\+|00)?86{_JOINT})?"),
        lambda _number, _year: True,
    ),
    "bank_card": (_pattern(rf"62\d\d(?:{_JOINT}\d{{4}}){{3}}(?:{_JOINT}\d{{1,3}})?"), is_card_number),
}
"""How a number of each kind is written, and whether it can be one. Cards are UnionPay's, of 16–19 digits."""


def personal(rule: Personal, _around: Surroundings) -> Check:
    """Look for numbers of persons; one finding for each number."""

    def check(item: Filed) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            seen: set[str] = set()
            for kind in rule.kinds:
                pattern, is_one = _KINDS[kind]
                for found in pattern.finditer(text):
                    number = re.sub("[ -]", "", found["number"])
                    if is_one(number, item.year) and number not in seen:
                        seen.add(number)
                        weight = rule.lighter_severity if kind in rule.lighter else rule.severity
                        facts = {"number": mask(number), "sentence": _quotation(text, found)}
                        yield item.finding(rule, kind, key, facts, severity=weight)

    return check


def _quotation(text: str, found: re.Match[str]) -> str:
    start, end = found.span("number")
    written = mask(re.sub("[ -]", "", found["number"]))
    return quoted(text[:start] + written + text[end:], start, start + len(written))
