"""The XML of one sheet, in the plain spelling (see ``spelling``), goes in; its error cells and formulas come out, by zero-based (row, column).

The fast reader shows both an error and a formula that was never calculated as blank, and no formula text at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline.intake.guard.refusal import hostile
from pipeline.intake.guard.stretches import without_figures
from pipeline.intake.read.shared_formulas import shared_formulas
from pipeline.model import a1, column_number

_BODY = re.compile(
    rb"(?P<f><f\b[^>]*?(?:/>|>(?P<formula>[^<]*)</f>))?(?P<v><v(?:/>|>(?P<value>[^<]*)</v>))?",
)
"""A formula and its stored result stand in this order, by the schema."""
_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"([^<>]*)><f\b[^>]*?(?:/>|>([^<]*)</f>)(<v(?:/>|>([^<]*)</v>))?'
)
"""A cell with a formula, in the plain spelling."""
_ERROR, _STRING = b't="e"', b' t="str"'
_REFERENCE = re.compile(rb"r=\"([A-Z]{1,3})(\d{1,7})\"")
_TYPE = re.compile(rb" t=\"(\w+)\"")

_LINE = re.compile(rb"<(row|col)\b((?:[^<>\"]|\"[^\"<]*\")*+)>")
_GIVEN = re.compile(rb"(?<![\w:.-])(\w+)\s*=\s*\"([^\"]*)\"")
_LOWEST, _NARROWEST = 2.0, 0.5
"""Points and characters: in a row that is lower, or a column that is narrower, nobody sees a figure."""
_START = re.compile(rb"<c ([^<>]*)>")
_STYLE = re.compile(rb" s=\"(\d+)\"")
_MERGE = re.compile(rb"<mergeCell ([^<>]*)>")
_CORNER = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_ROW_NUMBER = re.compile(r"\d{1,7}", re.ASCII)
_WIDEST = 1000
"""Rows and columns beyond this one hold nothing of a form."""
_MOST_LISTED = 4096
"""Covered cells that are listed one by one; the areas beyond are kept as such."""
MAX_CELLS, MAX_MERGES = 200_000, 10_000
"""Of a whole workbook; the filled templates of ten years have a tenth."""
_WORTH_REMEMBERING = 64 * 1024
"""Bytes of a sheet; the tables of a form have half of it."""
_SHORTEST, _SHORTEST_CELL = len('<mergeCell ref="A1:B1"/>'), len('<c r="A1"/>')

Address = tuple[int, int]
UNSPELLED = "?"
"""Stands for the text of a formula that is there, but was not spelled."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its equals sign (empty where it refers to a shared one that cannot be told), and whether a result is stored."""

    text: str
    stored: bool


@dataclass(frozen=True, slots=True, eq=False)
class CellFacts:
    """What the fast reader leaves out of one sheet; known by identity: one object serves all sheets with the same formulas."""

    errors: Mapping[Address, str] = field(default_factory=dict)
    formulas: Mapping[Address, Formula] = field(default_factory=dict)


_NO_FACTS = CellFacts()


def scan(xml: bytes) -> CellFacts:
    """Find error cells and formulas in the XML of a sheet; in any other spelling it yields nothing."""
    if _ERROR not in xml:
        return _facts_without_error(xml)
    errors: dict[Address, str] = {}
    formulas: dict[Address, Formula] = {}
    for attributes, body in _cells(xml):
        address = _address(attributes)
        if address is None:
            continue
        kind = _TYPE.search(attributes)
        parts = _BODY.match(body)
        shown = _text(parts["value"]) if parts else ""
        if parts and parts["f"]:
            is_empty_text = bool(parts["v"]) and kind is not None and kind.group(1) == b"str"
            formulas[address] = Formula(_text(parts["formula"]), bool(shown) or is_empty_text)
        if kind and kind.group(1) == b"e":
            errors[address] = shown
    return CellFacts(errors, _with_shared(xml, formulas))


def _facts_without_error(xml: bytes) -> CellFacts:
    """Return the formulas of a sheet on which there is no error: nearly every one, and the same formulas in every file."""
    if b"<f" not in xml:  # a register: thousands of cells
        return _NO_FACTS
    if len(xml) > _WORTH_REMEMBERING:
        return CellFacts({}, _formulas(xml))
    return _remembered_facts(without_figures(xml))


@lru_cache(maxsize=64)
def _remembered_facts(xml: bytes) -> CellFacts:
    return CellFacts({}, _formulas(xml))


def _formulas(xml: bytes) -> dict[Address, Formula]:
    found = {
        _spot(letters, digits): _formula(
            text, bool(shown and _text(shown)) or bool(result and _STRING in attributes)
        )
        for letters, digits, attributes, text, result, shown in _FORMULA.findall(xml)
    }
    return _with_shared(xml, found)


def _with_shared(xml: bytes, formulas: dict[Address, Formula]) -> dict[Address, Formula]:
    """Write out the formulas that only refer to a shared one."""
    if b'"shared"' not in xml:
        return formulas
    written = {
        spot: replace(formulas[spot], text=text)
        for spot, text in shared_formulas(xml).items()
        if spot in formulas
    }
    return formulas | written


@lru_cache(maxsize=1024)
def _formula(text: bytes, stored: bool) -> Formula:  # noqa: FBT001
    return Formula(_text(text), stored)


def hidden_lines(xml: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return the zero-based rows and columns of which the XML of a sheet shows nothing: hidden ones, and such as have no height or width.

    That rows are hidden unless something else is said (``zeroHeight``) is no matter: of those with cells it is said.
    """
    rows: set[int] = set()
    columns: set[int] = set()
    heights = {behind.partition(b'"')[0] for behind in xml.split(b' ht="')[1:]}
    has_rows = b"hidden" in xml or any(_is_less(height, _LOWEST) for height in heights)
    for name, attributes in _LINE.findall(xml if has_rows else xml[: xml.find(b"<sheetData")]):
        given = dict(_GIVEN.findall(attributes))
        if not _is_unseen(given):
            continue
        if name == b"row":
            rows.add(_whole_number(given.get(b"r", b"")) - 1)
        else:
            first, last = (_whole_number(given.get(key, b"")) for key in (b"min", b"max"))
            columns |= set(range(first - 1, min(last, _WIDEST)))
    return frozenset(rows), frozenset(columns)


def _is_unseen(given: Mapping[bytes, bytes]) -> bool:
    is_thin = _is_less(given.get(b"ht", b""), _LOWEST) or _is_less(given.get(b"width", b""), _NARROWEST)
    return is_thin or _text(given.get(b"hidden")) in {"1", "true"}


@lru_cache(maxsize=256)
def _is_less(written: bytes, least: float) -> bool:
    try:
        return float(_text(written)) < least
    except ValueError:
        return False


def _whole_number(written: bytes) -> int:
    digits = _text(written)
    return int(digits) if _ROW_NUMBER.fullmatch(digits) else 0


def styled_cells(xml: bytes, styles: frozenset[bytes]) -> Iterator[tuple[Address, bytes]]:
    """Yield every cell that wears one of ``styles``, by their ids, and that; one that names none has the first."""
    for attributes in _wearing(styles).findall(xml):
        style = _style(attributes)
        if style in styles and (address := _address(attributes)):
            yield address, style


@lru_cache(maxsize=16)
def _wearing(styles: frozenset[bytes]) -> re.Pattern[bytes]:
    """Match the attributes of cells that may wear one of ``styles``: all, where one is what cells wear that name none."""
    if b"0" in styles:
        return _START
    return re.compile(rb'<c ([^<>]*? s="(?:%s)"[^<>]*)>' % b"|".join(sorted(styles)))


def style_at(xml: bytes, spot: Address) -> bytes:
    """Return the id of the style of one cell."""
    found = re.search(rb'<c (r="%s"[^<>]*)>' % a1(*spot).encode(), xml)
    return _style(found[1]) if found else b"0"


def _style(attributes: bytes) -> bytes:
    found = _STYLE.search(attributes)
    return found[1] if found else b"0"


def filled_rows(xml: bytes, column: int) -> set[int]:
    """Return the zero-based rows in which a column, one of the first 26, holds anything."""
    return {int(row) - 1 for row in _filled(chr(ord("A") + column)).findall(xml)}


@lru_cache(maxsize=8)
def _filled(letter: str) -> re.Pattern[bytes]:
    return re.compile(rf'<c r="{letter}(\d{{1,7}})"[^<>/]*>(?!</c>)'.encode())


Area = tuple[int, int, int, int]
"""Top, left, bottom, right."""


class Covered:
    """The cells that lie under merged ones, known by their areas: one that covers a whole sheet costs no more than another."""

    def __init__(self, areas: Iterable[Area] = ()) -> None:
        self._large: list[Area] = []
        self._listed: set[Address] = set()
        for area in areas:
            top, left, bottom, right = area
            if (bottom - top + 1) * (right - left + 1) + len(self._listed) <= _MOST_LISTED:
                spots = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
                self._listed |= spots - {(top, left)}
            else:
                self._large.append(area)

    def __contains__(self, spot: Address) -> bool:
        return spot in self._listed or self._lies_in_large(spot)

    def _lies_in_large(self, spot: Address) -> bool:
        row, column = spot
        return any(
            top <= row <= bottom and left <= column <= right and spot != (top, left)
            for top, left, bottom, right in self._large
        )

    def isdisjoint(self, spots: Iterable[Address]) -> bool:
        """Say whether none of ``spots`` is covered."""
        return self._listed.isdisjoint(spots) and not (self._large and any(map(self._lies_in_large, spots)))


def merged_away(xml: bytes) -> Covered:
    """Return the zero-based cells that lie under a merged one: what they hold is not shown."""
    start = xml.find(b"<mergeCells")
    return _merged_away(xml[start : xml.find(b"</mergeCells>", start)]) if start >= 0 else Covered()


@lru_cache(maxsize=64)  # the same in nearly every file
def _merged_away(xml: bytes) -> Covered:
    areas: list[Area] = []
    for attributes in _MERGE.findall(xml):
        corners = [_spot(letters, digits) for letters, digits in _CORNER.findall(attributes)]
        if len(corners) == 2:  # noqa: PLR2004 - from one corner to the other
            areas.append((*corners[0], *corners[1]))
    return Covered(areas)


def refuse_much(sheets: Iterable[bytes]) -> None:
    """Raise Refused where the sheets of a workbook together hold more than any submission does."""
    whole = list(sheets)
    size = sum(map(len, whole))
    if size >= MAX_CELLS * _SHORTEST_CELL and sum(xml.count(b"<c ") for xml in whole) > MAX_CELLS:
        raise hostile("单元格过多")
    if size >= MAX_MERGES * _SHORTEST and sum(map(_merges, whole)) > MAX_MERGES:
        raise hostile("合并单元格过多")


def _merges(xml: bytes) -> int:
    """Count merged areas, which never stand among the cells."""
    before, _, cells = xml.partition(b"<sheetData>")
    return before.count(b"<mergeCell ") + cells.count(b"<mergeCell ", max(cells.rfind(b"</sheetData>"), 0))


def _cells(xml: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield attributes and body of every cell that may hold an error or a formula."""
    for stretch in xml.split(b"</c>")[:-1]:
        if b"<f" in stretch or b'"e"' in stretch:
            attributes, _, body = stretch[stretch.rfind(b"<c ") + 3 :].partition(b">")
            yield attributes, body


def _address(attributes: bytes) -> Address | None:
    found = _REFERENCE.search(attributes)
    return _spot(found.group(1), found.group(2)) if found else None


def _spot(letters: bytes, digits: bytes) -> Address:
    return int(digits) - 1, column_number(letters.decode())


def _text(raw: bytes | None) -> str:
    text = (raw or b"").decode("utf-8", "replace").strip()
    return html.unescape(text) if "&" in text else text
