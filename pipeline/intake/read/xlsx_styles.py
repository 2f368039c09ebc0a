"""Styles and shared texts of an .xlsx go in; which of its numbers look otherwise than they are stored, always or under a condition, comes out.

A clerk means what the sheet shows: 1 in a cell of per cent reads 100%, 5000 in one of 万 reads 0.5, and a figure that is
struck out is none. The values alone do not tell.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple
from xml.parsers import expat

from pipeline.intake.read.cellxml import Address, style_at, styled_cells
from pipeline.intake.read.number_formats import BUILT_IN, is_plain

STRUCK = "struck"
STRIKE = re.compile(rb"<strike(?: val=\"(?:1|true)\")?/?>")
_PART = re.compile(rb"<t(?: [^<>]*)?>([^<]*)</t>")
_MARKED = re.compile(STRIKE.pattern + rb"|<vertAlign\b")
_MARKS = (b"strike", b"vertAlign")


@dataclass(frozen=True)  # without slots: worked out once, when somebody asks
class CellLooks:
    """How the cells of a workbook look; both parts are empty for other formats than .xlsx."""

    styles: bytes = field(default=b"", repr=False)
    strings: bytes = field(default=b"", repr=False)

    @cached_property
    def odd(self) -> Mapping[bytes, str]:
        """Map the ids of cell styles that may change a whole number to the code of its format, or to ``STRUCK``."""
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
        """Return the cells of a sheet in which a whole number may look otherwise: the code of its format, or ``STRUCK``."""
        if not self.odd:
            return {}
        return {spot: self.odd[style] for spot, style in styled_cells(xml, frozenset(self.odd))}

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """What each look that is worn under a condition makes of a number: the code of a format, or ``STRUCK``; empty: nothing."""
        return _differing(self.styles) if self.styles else ()

    def format_at(self, xml: bytes, spot: Address) -> str:
        """Return the code of the number format of one cell of a sheet; empty where it has none, or is ``STRUCK``."""
        code = _styles(self.styles).get(style_at(xml, spot), "") if self.styles else ""
        return "" if code == STRUCK else code


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


@lru_cache(maxsize=16)  # the same in nearly every file
def _styles(xml: bytes) -> Mapping[bytes, str]:
    """Map the ids of the cell styles that have one to the code of their number format, from the events of the styles' XML; or to ``STRUCK``."""
    formats, struck, styles, _ = _events(xml)
    codes = {**{str(number): code for number, code in BUILT_IN.items()}, **formats}
    found = ((STRUCK if font in struck else codes.get(own_format, "")) for own_format, font in styles)
    return {str(number).encode(): code for number, code in enumerate(found) if code}


@lru_cache(maxsize=16)
def _odd_styles(xml: bytes) -> Mapping[bytes, str]:
    """Return of the cell styles those that may show another number than a whole one that is stored."""
    return {style: code for style, code in _styles(xml).items() if code == STRUCK or not is_plain(code)}


@lru_cache(maxsize=16)
def _differing(xml: bytes) -> tuple[str, ...]:
    return tuple(code if code == STRUCK or not is_plain(code) else "" for code in _events(xml)[3])


class _WorkbookStyles(NamedTuple):
    """Number formats by id, the ids of struck fonts, format and font of each cell style in order, and what each conditional look sets."""

    formats: dict[str, str]
    struck: set[str]
    styles: list[tuple[str, str]]
    differing: list[str]


def _events(xml: bytes) -> _WorkbookStyles:
    found = _WorkbookStyles({}, set(), [], [])
    path: list[str] = []
    fonts = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        is_on = attributes.get("val", "1") in {"1", "true"}
        match path[-3:]:
            case [_, "numFmts", "numFmt"]:
                found.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case [_, "fonts", "font"]:
                fonts[0] += 1
            case ["fonts", "font", "strike"] if is_on:
                found.struck.add(str(fonts[0] - 1))
            case [_, "cellXfs", "xf"]:
                found.styles.append((attributes.get("numFmtId", ""), attributes.get("fontId", "")))
            case [_, "dxfs", "dxf"]:
                found.differing.append("")
            case ["dxfs", "dxf", "numFmt"]:
                found.differing[-1] = found.differing[-1] or attributes.get("formatCode", "")
            case ["dxf", "font", "strike"] if is_on and found.differing:
                found.differing[-1] = STRUCK

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat; the guard has parsed it before
    return found
