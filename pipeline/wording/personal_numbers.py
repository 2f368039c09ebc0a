"""A text goes in; the numbers in it that belong to a person come out: identity numbers (GB 11643), mobile numbers, bank cards.

People write them with every kind of separator, between slashes, after an equals sign, two of them run together. So digits
are gathered first, whatever stands between them, and judged then: by region, date of birth and check digit, by what they are
called, by Luhn's test, by how the digits are grouped. Office lines, credit codes and codes of documents are not personal, and neither is what stands in a web address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_REGIONS = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
_FIRST_BIRTH = 1900
_YOUNGEST, _GROWN_UP = 3, 14
"""Years: codes of cases and projects hold dates too, recent ones; within longer numbers more care is due."""
_IDENTITY, _MOBILE_DIGITS = 18, 11
_IDENTITIES = frozenset({_IDENTITY, 15})
"""Digits of an identity number, and of an old one."""
_CALLED_IDENTITY = re.compile(r"身份证(?:件)?(?:号码?|编号|号)?(?:分别)?(?:为|是)?[\s:：（(]{0,3}$")
_LABEL = 14
"""Characters in which that stands before a number that it is called."""
_BETWEEN = r"[ \t\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\-\u2010-\u2015\u2212\uff0d.·_]"
_RUN = re.compile(rf"\d(?:{_BETWEEN}{{0,2}}\d)*(?:{_BETWEEN}{{0,2}}[Xx](?![A-Za-z]))?", re.ASCII)
_DIGIT = re.compile(r"\d")
_WIDE_DIGIT = re.compile(r"(?![0-9])\d|[\uff38\uff58]")
_GROUP = re.compile(r"\d+[Xx]?", re.ASCII)
_WORD = re.compile(r"[^\s,;()<>\"'|\x80-\U0010ffff]+")
_OF_THE_WEB = re.compile(r"://|^www\.|[A-Za-z0-9]\.(?:cn|com|org|net|gov)[/:?]")
_UNITS = "元次人条篇份件户吨万亿"
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})", re.ASCII)
_TWO_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2}", re.ASCII)
_MOBILE_GROUPS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5)})
_COUNTRY = frozenset({"86", "0086"})
_CARD_GROUPS = frozenset(
    {
        (4, 4, 4, 4),
        (4, 4, 4, 4, 1),
        (4, 4, 4, 4, 2),
        (4, 4, 4, 4, 3),
        (16,),
        (17,),
        (18,),
        (19,),
        (6, 13),
        (4, 4, 4, 7),
    }
)
_CARD = re.compile(r"62\d{14,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a person: what it is, where it stands, and its digits without what stands between them."""

    kind: str
    start: int
    end: int
    digits: str


def personal_numbers(text: str, year: int | None = None) -> list[Number]:
    """Return what belongs to persons in ``text``, in order. People are born some years before ``year``."""
    if len(_DIGIT.findall(text)) < _MOBILE_DIGITS:
        return []
    plain = _half_width(text)
    plain = _WORD.sub(_without_address, plain) if "." in plain or "://" in plain else plain
    runs = (run for run in _RUN.finditer(plain) if run.end() - run.start() >= _MOBILE_DIGITS)
    return [number for run in runs for number in _of_run(plain, run, year)]


def without_persons(text: str) -> str:
    """Return ``text`` with the numbers of persons masked: the first three and the last four characters stay.

    A mailbox that is called by one stays whole: whoever reads of it is to write to it, or put it onto the roster.
    """
    for number in reversed(personal_numbers(text)):
        if text[number.end : number.end + 1] == "@":
            continue
        text = f"{text[: number.start]}{mask(number.digits)}{text[number.end :]}"
    return text


def mask(number: str) -> str:
    """Return the first three and the last four characters of a number."""
    return f"{number[:3]}***…{number[-4:]}"


def is_identity_number(number: str, year: int | None = None, youngest: int = _YOUNGEST) -> bool:
    """Say whether 18 characters are an identity number: a region, a date of birth, a check digit."""
    if number[:2] not in _REGIONS:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    is_born = _FIRST_BIRTH <= born.year <= (year or date.max.year) - youngest
    return is_born and _CHECK_DIGITS[total % 11] == number[-1].upper()


def is_card_number(number: str) -> bool:
    """Say whether the digits pass Luhn's test."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - the sum of two digits


def _half_width(text: str) -> str:
    """Return ``text`` with every digit that is one as ASCII writes it, as long as before."""
    if not _WIDE_DIGIT.search(text):
        return text
    return (
        "".join(
            str(unicodedata.digit(letter)) if not letter.isascii() and letter.isdecimal() else letter
            for letter in text
        )
        .replace("\uff38", "X")
        .replace("\uff58", "x")
    )


def _without_address(word: re.Match[str]) -> str:
    """Return a blank for every character of a web address, any other word as it is."""
    return " " * len(word[0]) if _OF_THE_WEB.search(word[0]) else word[0]


def _of_run(text: str, run: re.Match[str], year: int | None) -> Iterator[Number]:
    """Look at digits with no more than separators between them."""
    places = [at for at in range(run.start(), run.end()) if text[at].isalnum()]
    letters = "".join(text[at] for at in places)
    taken = list(_identities(letters, year))
    if not taken and len(letters) in _IDENTITIES and _is_called_identity(text, run):
        yield _number("identity_number", letters, places, 0, len(letters))
        return
    if not taken and _is_part_of_a_code(text, run):
        return
    for start in taken:
        yield _number("identity_number", letters, places, start, start + _IDENTITY)
    if not taken:
        yield from _grouped(text, run)
        return
    for start, end in _rests(taken, len(letters)):
        if _MOBILE.fullmatch(letters, start, end):
            yield _number("mobile", letters, places, end - _MOBILE_DIGITS, end)


def _is_called_identity(text: str, run: re.Match[str]) -> bool:
    """Say whether a number is said to be an identity number: it is somebody's then, also where a digit was mistyped."""
    return _CALLED_IDENTITY.search(text, max(0, run.start() - _LABEL), run.start()) is not None


def _number(kind: str, letters: str, places: list[int], start: int, end: int) -> Number:
    return Number(kind, places[start], places[end - 1] + 1, letters[start:end])


def _identities(letters: str, year: int | None) -> Iterator[int]:
    """Yield where identity numbers begin; within longer numbers only those of people who have grown up."""
    youngest = _YOUNGEST if len(letters) == _IDENTITY else _GROWN_UP
    at = 0
    while at + _IDENTITY <= len(letters):
        window = letters[at : at + _IDENTITY]
        if window[:-1].isdigit() and is_identity_number(window, year, youngest):
            yield at
            at += _IDENTITY
        else:
            at += 1


def _rests(taken: list[int], length: int) -> Iterator[tuple[int, int]]:
    ends = [0, *(start + _IDENTITY for start in taken)]
    return zip(ends, [*taken, length], strict=True)


def _is_part_of_a_code(text: str, run: re.Match[str]) -> bool:
    before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    return (
        (before.isascii() and before.isalpha())
        or (after.isascii() and after.isalpha())
        or after in (*_UNITS,)
    )


def _grouped(text: str, run: re.Match[str]) -> Iterator[Number]:
    """Yield mobile numbers and cards among the groups of digits, as people group them."""
    groups = [
        (found.start(), found.end(), found[0]) for found in _GROUP.finditer(text, run.start(), run.end())
    ]
    at = 0
    while at < len(groups):
        found = next(filter(None, (_taken(groups, at, size) for size in (5, 4, 3, 2, 1))), None)
        size, number = found or (1, None)
        if number and _stands_alone(text, groups, at, size):
            yield number
        at += size
        start, end, digits = groups[at - 1]
        if not number and _TWO_MOBILES.fullmatch(digits):
            yield Number("mobile", start, start + _MOBILE_DIGITS, digits[:_MOBILE_DIGITS])
            yield Number("mobile", start + _MOBILE_DIGITS, end, digits[_MOBILE_DIGITS:])


def _taken(groups: list[tuple[int, int, str]], at: int, size: int) -> tuple[int, Number] | None:
    part = groups[at : at + size]
    if len(part) < size:
        return None
    lengths = tuple(len(digits) for _, _, digits in part)
    digits = "".join(digits for _, _, digits in part)
    start, end = part[0][0], part[-1][1]
    if lengths in _CARD_GROUPS and _CARD.fullmatch(digits) and is_card_number(digits):
        return size, Number("bank_card", start, end, digits)
    if lengths in _MOBILE_GROUPS or (part[0][2] in _COUNTRY and lengths[1:] in _MOBILE_GROUPS) or size == 1:
        found = _MOBILE.fullmatch(digits)
        if found:
            start = part[1][0] if part[0][2] in _COUNTRY else end - _MOBILE_DIGITS if size == 1 else start
            return size, Number("mobile", start, end, found[1])
    return None


def _stands_alone(text: str, groups: list[tuple[int, int, str]], at: int, size: int) -> bool:
    """Whether what stands beside the number is no part of a longer code: no digits joined by a hyphen or a dot."""
    before = text[groups[at - 1][1] : groups[at][0]] if at else ""
    after = text[groups[at + size - 1][1] : groups[at + size][0]] if at + size < len(groups) else ""
    return not any(mark and not mark.isspace() and mark != "_" for mark in (before, after))
