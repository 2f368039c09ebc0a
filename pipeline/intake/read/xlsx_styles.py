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
from functools import cached_property, lru_cache
from typing import Any
from xml.parsers import expat

from pipeline.intake.read.cellxml import Address, styled_cells

STRUCK = "struck"
_PERCENT = {"9": "0%", "10": "0.00%"}
"""Formats that are built in and need no code of their own."""
_LONGEST_CODE = 255
"""Characters of a number format; what is longer no program wrote, and nobody can say what it shows."""
STRIKE = re.compile(rb"<strike(?: val=\"(?:1|true)\")?/?>")
_PART = re.compile(rb"<t(?: [^<>]*)?>([^<]*)</t>")
_MARKED = re.compile(STRIKE.pattern + rb"|<vertAlign\b")
_MARKS = (b"strike", b"vertAlign")
_SCALES = re.compile(r"[百千万亿元]+")
"""Words of a format that make another number of the one before them; only the unit of the column does not."""

_LITERAL = re.compile(r"\"([^\"]*)\"|[\\!](.)|[_*].|\[[^\]]{0,255}\]")
_BRACKETED = re.compile(r"\[[^\]]{0,255}\]")
_DIGITS = re.compile(r"[0-9.]+")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_SAYS_A_NUMBER = re.compile(r"[0#?@/a-z年月日]|general", re.IGNORECASE)


@dataclass(frozen=True)  # without slots: worked out once, when somebody asks
class CellLooks:
    """How the cells of a workbook look; both parts are empty for other formats than .xlsx."""

    styles: bytes = field(default=b"", repr=False)
    strings: bytes = field(default=b"", repr=False)

    @cached_property
    def odd(self) -> Mapping[bytes, str]:
        """Map the ids of cell styles that change a number to the code of its format, or to ``STRUCK``."""
        return _odd_styles(self.styles) if self.styles else {}

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
        for kind in (b"si>", b"is>")
        for stretch in xml.split(b"</" + kind)[:-1]
        if mark.search(body := stretch[stretch.rfind(b"<" + kind) :])
    )


def changes(code: str, value: Decimal | float = 1, unit: str = "") -> bool:
    """Say whether a number format shows ``value``, which counts in ``unit``, as another number, or not at all."""
    if len(code) > _LONGEST_CODE:
        return True
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
    sections = _sections(code)
    conditions = [_CONDITION.search(section) for section in sections]
    if not any(conditions):
        return sections[1] if value < 0 and len(sections) > 1 else sections[0]
    for section, found in zip(sections, conditions, strict=True):
        if found is None or _COMPARE[found[1]](value, Decimal(found[2])):
            return section
    return ""


def _sections(code: str) -> list[str]:
    """Split a number format at the semicolons that stand outside of quotation marks."""
    pieces = code.split('"')
    outside = "".join(
        piece.replace(";", "\0") if at % 2 == 0 else f'"{piece}"' for at, piece in enumerate(pieces)
    )
    return outside.split("\0")


@lru_cache(maxsize=16)  # the same in nearly every file
def _odd_styles(xml: bytes) -> Mapping[bytes, str]:
    """Return the ids of the cell styles that change a number, from the events of the styles' XML."""
    formats, struck, styles = _events(xml)
    odd = {**_PERCENT, **{number: code for number, code in formats.items() if _is_odd(code)}}
    found: dict[bytes, str] = {}
    for number, (own_format, font) in enumerate(styles):
        code = STRUCK if font in struck else odd.get(own_format)
        if code:
            found[str(number).encode()] = code
    return found


def _is_odd(code: str) -> bool:
    return len(code) > _LONGEST_CODE or any(changes(section) for section in _sections(code))


def _events(xml: bytes) -> tuple[dict[str, str], set[str], list[tuple[str, str]]]:
    """Return the number formats by id, the ids of struck fonts, and format and font of each cell style in order."""
    formats: dict[str, str] = {}
    struck: set[str] = set()
    styles: list[tuple[str, str]] = []
    path: list[str] = []
    fonts = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        match path[-2:]:
            case ["numFmts", "numFmt"]:
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case ["fonts", "font"]:
                fonts[0] += 1
            case ["font", "strike"] if path[-3:-2] == ["fonts"] and attributes.get("val", "1") in {
                "1",
                "true",
            }:
                struck.add(str(fonts[0] - 1))
            case ["cellXfs", "xf"]:
                styles.append((attributes.get("numFmtId", ""), attributes.get("fontId", "")))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat; the guard has parsed it before
    return formats, struck, styles
