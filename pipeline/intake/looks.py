"""Styles and shared texts of an .xlsx go in; which of its numbers look otherwise than they are stored comes out.

A clerk means what the sheet shows: 1 in a cell of per cent reads 100%, 5000 in one of 万 reads 0.5, and a figure that is
struck out is none. The values alone do not tell.
"""

from __future__ import annotations

import html
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipeline.intake.cellxml import Address, styled_cells

STRUCK = "struck"
_PERCENT = {b"9": "0%", b"10": "0.00%"}
"""Formats that are built in and need no code of their own."""
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_XF = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"\b(numFmtId|formatCode|fontId)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
STRIKE = re.compile(rb"<(?:\w+:)?strike(?:\s*/>|\s+val\s*=\s*[\"'](?:1|true))")
_ITEM = re.compile(rb"<(?:\w+:)?(si|is)>(.*?)</(?:\w+:)?\1>", re.DOTALL)
_PART = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_MARKED = re.compile(STRIKE.pattern + rb"|<(?:\w+:)?vertAlign\b")
_MARKS = (b"strike", b"vertAlign")
_SCALES = re.compile(r"[百千万亿元]+")
"""Words of a format that make another number of the one before them; only the unit of the column does not."""

_LITERAL = re.compile(r"\"([^\"]*)\"|[\\!](.)|[_*].|\[[^\]]*\]")
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DIGITS = re.compile(r"[0-9.]+")
_SECTIONS = re.compile(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_SAYS_A_NUMBER = re.compile(r"[0#?@/a-z年月日]|general", re.IGNORECASE)


@dataclass(frozen=True)  # without slots: worked out once, when somebody asks
class Looks:
    """How the cells of a workbook look; both parts are empty for other formats than .xlsx."""

    styles: bytes = field(default=b"", repr=False)
    strings: bytes = field(default=b"", repr=False)

    @cached_property
    def odd(self) -> Mapping[bytes, str]:
        """Map the ids of cell styles that change a number to the code of its format, or to ``STRUCK``."""
        start, end = self.styles.find(b"cellXfs"), self.styles.rfind(b"cellXfs")
        formats = _odd_formats(self.styles, self.styles[start:end])
        fonts = _struck_fonts(self.styles)
        if not formats and not fonts:
            return {}
        found: dict[bytes, str] = {}
        for number, raw in enumerate(_XF.findall(self.styles, start, end)):
            attributes = _attributes(raw)
            code = formats.get(attributes.get(b"numFmtId", b""))
            code = STRUCK if attributes.get(b"fontId") in fonts else code
            if code:
                found[str(number).encode()] = code
        return found

    @cached_property
    def marked(self) -> frozenset[str]:
        """Texts of which a part is struck out, raised or lowered: 12 with the note mark 1 is stored as 121."""
        return marked_texts(self.strings, _MARKED)

    @cached_property
    def struck(self) -> frozenset[str]:
        """Texts of which a part is struck out."""
        return marked_texts(self.strings, STRIKE)

    def odd_cells(self, xml: bytes) -> dict[Address, str]:
        """Return the cells of a sheet in which a number looks otherwise: the code of its format, or ``STRUCK``."""
        if not self.odd:
            return {}
        return {spot: self.odd[style] for spot, style in styled_cells(xml) if style in self.odd}


def marked_texts(xml: bytes, mark: re.Pattern[bytes] = _MARKED) -> frozenset[str]:
    """Return the texts in ``xml`` of which a part is struck out (or raised or lowered), as a reader joins them."""
    if not any(word in xml for word in _MARKS):
        return frozenset()
    return frozenset(
        html.unescape(b"".join(_PART.findall(body)).decode("utf-8", "replace"))
        for _, body in _ITEM.findall(xml)
        if mark.search(body)
    )


def changes(code: str, value: Decimal | float = 1, unit: str = "") -> bool:
    """Say whether a number format shows ``value``, which counts in ``unit``, as another number, or not at all."""
    section = _section_for(code, value)
    literals = [quoted or single for quoted, single in _LITERAL.findall(section)]
    plain = _LITERAL.sub(" ", section)
    return (
        any(_DIGITS.fullmatch(literal) for literal in literals)
        or any(scale != unit for scale in _SCALES.findall(_BRACKETED.sub("", section)))
        or "%" in plain
        or bool(_SCALED.search(plain))
        or not _SAYS_A_NUMBER.search(plain)
    )


def _section_for(code: str, value: Decimal | float) -> str:
    """Return the part of a number format that ``value`` is shown by: it has one for each sign, or conditions."""
    sections = _SECTIONS.split(code)
    conditions = [_CONDITION.search(section) for section in sections]
    if not any(conditions):
        return sections[1] if value < 0 and len(sections) > 1 else sections[0]
    for section, found in zip(sections, conditions, strict=True):
        if found is None or _COMPARE[found[1]](value, Decimal(found[2])):
            return section
    return ""


def _odd_formats(styles: bytes, used: bytes) -> dict[bytes, str]:
    found = {number: code for number, code in _PERCENT.items() if b'numFmtId="' + number + b'"' in used}
    for raw in _FORMAT.findall(styles):
        attributes = _attributes(raw)
        code = html.unescape(attributes.get(b"formatCode", b"").decode("utf-8", "replace"))
        if any(changes(section) for section in _SECTIONS.split(code)):
            found[attributes.get(b"numFmtId", b"")] = code
    return found


def _struck_fonts(styles: bytes) -> set[bytes]:
    if b"strike" not in styles:
        return set()
    start, end = styles.find(b"fonts"), styles.rfind(b"fonts")
    return {
        str(number).encode()
        for number, body in enumerate(_FONT.findall(styles, start, end))
        if STRIKE.search(body)
    }


def _attributes(raw: bytes) -> dict[bytes, bytes]:
    return {name: quoted or other for name, quoted, other in _ATTRIBUTE.findall(raw)}
