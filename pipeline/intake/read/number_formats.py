"""The code of a number format and a number go in; whether a sheet shows it as another number, and as which, comes out.

A format dresses a number (件, ¥, spaces) or makes another of it: per cent, thousands left out, digits, 万 or a minus written
around it, decimals rounded away. What is not known to be a dress is taken for the latter.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

BUILT_IN: Mapping[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"¥"#,##0_);("¥"#,##0)', 6: '"¥"#,##0_);[Red]("¥"#,##0)', 7: '"¥"#,##0.00_);("¥"#,##0.00)',
    8: '"¥"#,##0.00_);[Red]("¥"#,##0.00)', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)", 41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ', 43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Formats of numbers that need no code in a file, by their ids; those of days are none."""
_LONGEST = 255
"""Characters of a number format; what is longer no program wrote, and nobody can say what it shows."""
_MOST_PLACES = 15
"""Decimals beyond which a spreadsheet knows nothing of a number."""
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | [\\!](?P<escaped>.) | (?P<gap>_.?) | \*(?P<fill>.?)
    | \[\$(?P<currency>[^\]]{0,80}?)(?:-(?:[\da-f]{1,8}|[a-z]{1,3}(?:-\w{1,10}){0,3})(?:,\w{0,9})?)?\]
    | (?P<elapsed>\[(?:h{1,9}|m{1,9}|s{1,9})\]) | \[(?P<bracket>[^\]]{0,80})\]
    | (?P<general>general|standard|g/通用格式|g/标准|g/標準)
    | (?P<exponent>e[+-]) | (?P<calendar>am/pm|a/p|[上下]午|b[12]|a{3,4}|[ymdhseg])
    | (?P<digit>[#?0]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<divided>/[1-9]\d*) | (?P<fraction>/(?=[ ]*[?\#0])) | (?P<at>@) | (?P<section>;)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SHAPES: Mapping[str, str] = {
    "general": "G", "at": "@", "calendar": "d", "elapsed": "d", "exponent": "E",
    "point": ".", "comma": ",", "percent": "%", "fraction": "/", "divided": "/#",
}  # fmt: skip
"""What stands for a token in the shape of a section; digits are 0 and #, a text of the format is x, a separator a space."""
_TEXTS = frozenset({"quoted", "escaped", "fill", "currency", "literal"})
_FIRST_PLACE, _LAST_PLACE = re.compile(r"[0#G@d]"), re.compile(r"[0#G@d](?=[^0#G@d]*$)")
_GROUP = re.compile(r"(?<=[0#]) (?=[0#]{3}(?![0#]))")
"""Where a format parts thousands by a text of its own."""
_MIXED = re.compile(r"(?<![0#])[0#]+[ x]+[0#]+[ ]*/[ ]*[0#]*")
"""A whole number and a fraction."""
_SCALED = re.compile(r"(?<=[0#]),+(?![0#,])")
_SCIENTIFIC = re.compile(r"(?<![0#,])([0#,]+)(?:\.([0#]*))?E[0#]+")
_SEPARATOR = re.compile(r"[\s,，'’]+")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d{1,15}(?:\.\d{1,15})?)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_RED = re.compile(r"red|红色?|(?:color|颜色) ?3", re.IGNORECASE)
_MINUSES = "-‐‑‒–—―−负負减減▲△▼▽↓"
_CURRENCIES = re.compile(r"(?<![a-z])(?:cny|rmb|usd|eur|gbp|jpy|hkd|mop|twd|us|hk|nt|cn)(?![a-z])")
_DRESS = re.compile(r"[\s+*:/#&!?;、()\[\]{}\"“”‘’_→↑★☆■◆√✓※【】〔〕〈〉《》「」『』㐀-鿿]*")
"""Signs around a number that leave it the number it is; of Chinese characters, those that are no numerals."""
_DIGITS = range(1, 10)
"""What beside a nought makes it another number; ten and more only multiply it."""
_MULTIPLIERS = "元成折半打"
"""Characters that are no numerals and make another number of the one before them all the same."""


class _Minus(Enum):
    """Where the minus before a negative number comes from: the spreadsheet, the format's own part for such, or, under a condition, either."""

    WRITTEN = "written"
    OWN = "own"
    EITHER = "either"


@dataclass(frozen=True)  # without slots: worked out once, when somebody asks
class _FormatPart:
    """One part of a number format. ``shape`` has a character for each token, ``texts`` what the format writes, by its place there."""

    shape: str = ""
    texts: tuple[tuple[int, str], ...] = ()
    condition: tuple[str, Decimal] | None = None
    is_red: bool = False

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """Where the places of the number begin and end; the same where it has none."""
        first, last = _FIRST_PLACE.search(self.shape), _LAST_PLACE.search(self.shape)
        return (first.start(), last.end()) if first and last else (len(self.shape), len(self.shape))

    @property
    def core(self) -> str:
        """The shape from the first place of the number to the last."""
        return self.shape[slice(*self._ends)]

    @cached_property
    def around(self) -> tuple[str, str]:
        """What the format writes before the number, and after it."""
        first, last = self._ends
        before = "".join(text for at, text in self.texts if at < first)
        return before, "".join(text for at, text in self.texts if at >= last)

    @cached_property
    def written(self) -> str:
        """All that the format writes, but for what parts thousands: ``breaks`` looks at that."""
        first, last = self._ends
        return "".join(text for at, text in self.texts if self.shape[at] == "x" or not first < at < last)

    @cached_property
    def has_minus(self) -> bool:
        """Whether the format itself marks the number as negative: by a minus, or by brackets."""
        before, after = (unicodedata.normalize("NFKC", text) for text in self.around)
        is_bracketed = before.rfind("(") > before.rfind(")") and ")" in after
        return is_bracketed or any(sign in _MINUSES for sign in before + after)

    @cached_property
    def breaks(self) -> bool:
        """Whether something stands inside of the number that does not belong there, such as a point or a gap."""
        whole, _, decimals = self.core.partition(".")
        if _MIXED.fullmatch(self.core):
            return False
        return bool(re.search(r"[ x/]", _GROUP.sub("", whole) + decimals)) or "." in decimals

    @property
    def places(self) -> int | None:
        """How many decimals are shown; None: all there are."""
        if not re.search(r"[0#]", self.core):
            return None
        return len(re.findall(r"[0#]", self.core.partition(".")[2].partition("E")[0]))

    @property
    def shift(self) -> int:
        """By how many powers of ten what is shown is more than the number."""
        left_out = sum(len(commas) for commas in _SCALED.findall(self.shape))
        return 2 * self.shape.count("%") - 3 * left_out


def changes(code: str, value: Decimal | float | str = 1, unit: str = "", *, is_date: bool = False) -> bool:
    """Say whether a number format shows ``value``, which counts in ``unit``, as another number, or not at all.

    ``is_date``: the number was read from the day that the cell shows. How far it is rounded, ``rounded`` tells.
    """
    if len(code) > _LONGEST:
        return True
    if isinstance(value, str):
        return _hides_text(code)
    section, minus = _section_for(code, value)
    if not value:
        return section is not None and any(
            unicodedata.numeric(sign, 0) in _DIGITS for sign in section.written
        )
    if section is None or not section.core:
        return True
    if not _is_dress(section.written, unit):
        return True
    return not is_date and (_is_other_kind(section, unit) or _is_other_sign(section, value, minus))


def rounded(code: str, value: Decimal | float) -> str | None:
    """Return what is shown of a number of which not everything is; None where everything is."""
    section, _ = _section_for(code, value)
    places = None if section is None else section.places
    if section is None or places is None or places > _MOST_PLACES or re.search(r"[d/]", section.core):
        return None
    scaled = Decimal(str(value)).scaleb(section.shift)
    power = _power(section, scaled)
    mantissa = scaled.scaleb(-power).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if mantissa.scaleb(power) == scaled:
        return None
    if not mantissa and "0" not in section.core:
        return ""
    return f"{mantissa:f}{f'E{power:+d}' if 'E' in section.core else ''}{'%' * section.shape.count('%')}"


def is_plain(code: str) -> bool:
    """Say whether every whole number is shown as it is, in any sign: so that a cell need not be looked at."""
    if len(code) > _LONGEST:
        return False
    sections = _sections(code)
    only = sections[0]
    is_usual = len(sections) == 1 and only.condition is None and bool(only.core) and "E" not in only.core
    return is_usual and not only.has_minus and _is_dress(only.written, "") and not _is_other_kind(only, "")


def _power(section: _FormatPart, value: Decimal) -> int:
    """Return by which power of ten a number is written apart."""
    found = _SCIENTIFIC.fullmatch(section.core)
    if not found or not value:
        return 0
    exponent = value.adjusted()
    return exponent - exponent % max(1, len(re.findall(r"[0#]", found[1])))


def _is_other_kind(section: _FormatPart, unit: str) -> bool:
    """Say whether what is shown is no number, is broken up, or is counted in other powers of ten."""
    is_share = unit == "%" and section.shape.count("%") == 1
    is_scaled = bool(_SCALED.search(section.shape)) or ("%" in section.shape and not is_share)
    is_strange = "E" in section.core and not _SCIENTIFIC.fullmatch(section.core)
    return is_scaled or is_strange or section.breaks or "d" in section.core


def _is_other_sign(section: _FormatPart, value: Decimal | float, minus: _Minus) -> bool:
    """Say whether a number is shown with another sign; what is negative may be red instead, as every spreadsheet offers it."""
    if value > 0 or minus is _Minus.WRITTEN:
        return section.has_minus
    return minus is _Minus.OWN and not (section.has_minus or section.is_red)


def _is_dress(written: str, unit: str) -> bool:
    """Say whether what a format writes beside a number in ``unit`` leaves it the number it is."""
    own = written.replace(unit, "", 1) if unit != "%" else written
    text = unicodedata.normalize("NFKC", own).casefold()
    if any(sign in _MULTIPLIERS or unicodedata.numeric(sign, None) is not None for sign in own + text):
        return False
    text = _CURRENCIES.sub("", text)
    return bool(
        _DRESS.fullmatch(
            "".join(sign for sign in text if sign not in _MINUSES and unicodedata.category(sign) != "Sc")
        )
    )


def _hides_text(code: str) -> bool:
    """Say whether a format shows a text, which it mostly leaves alone, otherwise than it is."""
    sections = _sections(code)
    last = sections[-1]
    if len(sections) > 3:  # noqa: PLR2004 - the fourth is of texts
        return "@" not in last.core or not _is_dress(last.written, "")
    return "@" in last.core and not _is_dress(last.written, "")


def _section_for(code: str, value: Decimal | float) -> tuple[_FormatPart | None, _Minus]:
    """Return the part of a format that ``value`` is shown by, and where the minus of what is negative comes from there."""
    sections = _sections(code)
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _COMPARE[section.condition[0]](value, section.condition[1]):
                return section, _Minus.EITHER
        return None, _Minus.EITHER
    numeric = sections[:-1] if len(sections) > 1 and sections[-1].core == "@" else sections[:3]
    if value < 0 and len(numeric) > 1:
        return numeric[1], _Minus.OWN
    return numeric[2 if not value and len(numeric) > 2 else 0], _Minus.WRITTEN  # noqa: PLR2004 - the third is of nought


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_FormatPart, ...]:
    """Split a number format into its parts."""
    found = list(_TOKEN.finditer(code))
    ends = [-1, *(at for at, token in enumerate(found) if token.lastgroup == "section"), len(found)]
    return tuple(_section(found[start + 1 : end]) for start, end in pairwise(ends))


def _section(tokens: list[re.Match[str]]) -> _FormatPart:
    shape = ""
    texts: list[tuple[int, str]] = []
    condition, is_red = None, False
    for token in tokens:
        kind = token.lastgroup or ""
        text = token[kind] or ""
        if kind in _TEXTS and text:
            if texts and texts[-1][0] == len(shape) - 1:  # written in one go
                at, before = texts.pop()
                shape, text = shape[:at], before + text
            texts.append((len(shape), text))
            shape += " " if _SEPARATOR.fullmatch(text) else "x"
        elif kind == "digit":
            shape += "0" if text == "0" else "#"
        elif kind == "bracket":
            named = _CONDITION.fullmatch(text)
            condition = (named[1], Decimal(named[2])) if named else condition
            is_red = is_red or bool(_RED.fullmatch(text))
        else:
            shape += _SHAPES.get(kind, "")
    return _FormatPart(shape, tuple(texts), condition, is_red)
