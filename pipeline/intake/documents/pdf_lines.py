"""The bytes of a PDF go in; its lines and tables come out as plain JSON values. Runs in a child process (see ``child``).

Tables are found by their ruling lines; one that goes on over a page break is one table again. Lines become paragraphs by
indent and by where they end. A page that is a picture is named and not read, also where a scanner put words beneath it:
such words are guesses.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from pipeline.intake.documents.odd_marks import RAISED, UNSURE, TextRun, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PAGES = 80
MAX_EDGES = 6_000
"""Ruling lines on one page; the search for cells grows with their square."""
MAX_CHARACTERS = 300_000
_FULL_PAGE = 0.6
_CLOSE = 3.0
"""Points within which two edges are one."""
_SMALL = 0.8
"""A character of less than this share of the size of its line is a raised mark."""
_STRUCK_FROM, _STRUCK_TO = 0.12, 0.6
"""In characters above the line they stand on: where a stroke goes through them. Digits are 0.7 high."""
_THIN = 2.0
"""Points: a bar that is thicker is no stroke."""
_SAME_LINE = 0.5
_INDENT, _SHORT = 1.2, 2.0
"""In characters: from which indent on a line begins a paragraph, and how far from the margin one ends it."""
_PAGE_NUMBER = re.compile(
    r"[-—–―－─·•\s]{0,40}(?:第\s{0,9})?\d{1,3}(?:\s{0,9}/\s{0,9}\d{1,3})?(?:\s{0,9}页)?(?:\s{0,9}共\s{0,9}\d{1,4}\s{0,9}页)?[-—–―－─·•\s]{0,40}"
)
_DIGITS = re.compile(r"[0-9]{1,15}")
_DIGIT, _MARGINS = 0.65, 12.0
"""The width of a digit in characters, and in points what programs leave free at both sides of a cell."""
_NUMBERED = re.compile(
    r"\s{0,9}(?:第?[一二三四五六七八九十]{1,3}(?:部分|[、.．]|是)|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}\s?[、.．)）](?!\d))"
)
_STOPS = ("。", "！", "？")
_HEADING = re.compile(
    r"（[一二三四五六七八九十]{1,4}）|[一二三四五六七八九十]{1,4}、|第[一二三四五六七八九十]{1,4}部分|\d{1,2}[.．、](?!\d)"
)

_Box = tuple[float, float, float, float]
"""x0, top, x1, bottom."""


class TooLargeError(Exception):
    """The document is beyond the limits; its text is the reason the parent gives."""


@dataclass(slots=True)
class _PdfLine:
    text: str
    x0: float
    x1: float
    top: float
    size: float
    page: int


@dataclass(slots=True)
class _Ruled:
    """A table: cells as boxes with their text. ``rows`` of one page lie above those of the next."""

    cells: list[tuple[_Box, str]]
    page: int
    pages: int = 1

    @property
    def sides(self) -> tuple[float, float]:
        return min(box[0] for box, _ in self.cells), max(box[2] for box, _ in self.cells)


@dataclass(slots=True)
class _PdfFound:
    parts: list[_PdfLine | _Ruled] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    pictures: int = 0


def read_pdf(content: bytes) -> dict[str, Any]:
    """Return ``parts`` (paragraphs and tables), ``bare`` (pages without text) and ``pictures``. Raises TooLargeError."""
    import pdfplumber  # noqa: PLC0415 - only the child loads it

    found = _PdfFound()
    with pdfplumber.open(io.BytesIO(content)) as opened:
        if len(opened.pages) > MAX_PAGES:
            raise TooLargeError("页数过多")
        characters = 0
        for number, page in enumerate(opened.pages, 1):
            characters += len(page.chars)
            if characters > MAX_CHARACTERS or len(page.edges) > MAX_EDGES:
                raise TooLargeError("内容过多")
            _read_page(page, number, found)
            page.close()
    parts = list(_paragraphs(_merged(found.parts)))
    return {"parts": parts, "bare": found.bare, "pictures": found.pictures}


def _read_page(page: Any, number: int, found: _PdfFound) -> None:  # noqa: ANN401 - the library has no types
    whole = float(page.width) * float(page.height)
    shown = max(
        (abs((item["x1"] - item["x0"]) * (item["bottom"] - item["top"])) for item in page.images), default=0.0
    )
    found.pictures += len(page.images)
    chars = [char for char in page.chars if char["upright"]]
    if shown > _FULL_PAGE * whole or not any(char["text"].strip() for char in chars):
        if shown or chars:
            found.bare.append(number)
        return
    _mark_struck(page, chars)
    tables = [_ruled(table, chars, number) for table in page.find_tables() if len(table.cells) > 1]
    boxes = [_outer(table) for table in tables]
    free = [char for char in chars if not any(_holds(box, char) for box in boxes)]
    items: list[tuple[float, _PdfLine | _Ruled]] = [
        (box[1], table) for box, table in zip(boxes, tables, strict=True)
    ]
    items += [(line.top, line) for line in _lines(free, number) if not _PAGE_NUMBER.fullmatch(line.text)]
    found.parts += [item for _, item in sorted(items, key=lambda pair: pair[0])]


def _mark_struck(page: Any, chars: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401
    """Note at every digit whether a stroke goes through it; ``matrix`` and ``y0`` tell where its line is."""
    bars = chain(page.lines, page.rects, page.curves)
    strokes = sorted(
        (bar["top"], bar["x0"], bar["x1"])
        for bar in bars
        if bar["bottom"] - bar["top"] < _THIN < bar["x1"] - bar["x0"]
    )
    heights = [top for top, _, _ in strokes]
    for char in chars:
        if not char["text"].isdecimal():
            continue
        line, middle = char["bottom"] - (char["matrix"][5] - char["y0"]), (char["x0"] + char["x1"]) / 2
        first = bisect_left(heights, line - _STRUCK_TO * char["size"])
        last = bisect_left(heights, line - _STRUCK_FROM * char["size"])
        char["is_struck"] = any(x0 < middle < x1 for _, x0, x1 in strokes[first:last])


def _ruled(table: Any, chars: Sequence[Mapping[str, Any]], number: int) -> _Ruled:  # noqa: ANN401
    own = [char for char in chars if _holds(table.bbox, char)]
    cells: list[tuple[_Box, str]] = []
    for box in table.cells:
        inside = [char for char in own if _holds(box, char)]
        sides: _Box = tuple(map(float, box))  # type: ignore[assignment]
        cells.append((sides, _in_cell(sides, list(_lines(inside, number)))))
    return _Ruled(cells, number)


def _in_cell(box: _Box, lines: Sequence[_PdfLine]) -> str:
    """Return the text of a cell: a number that was too wide for it goes on in the next line."""
    is_number = all(_DIGITS.fullmatch(line.text) for line in lines)
    fills = all(box[2] - box[0] - (line.x1 - line.x0) < _DIGIT * line.size + _MARGINS for line in lines[:-1])
    return ("" if is_number and fills else "\n").join(line.text for line in lines)


def _outer(table: _Ruled) -> _Box:
    boxes = [box for box, _ in table.cells]
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def _holds(box: _Box, char: Mapping[str, Any]) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _lines(chars: Iterable[Mapping[str, Any]], page: int) -> Iterator[_PdfLine]:
    """Gather characters into lines, top to bottom; a small one between two heights belongs to the nearer line."""
    rows: list[list[Mapping[str, Any]]] = []
    for char in sorted((char for char in chars if char["text"]), key=lambda item: item["bottom"]):
        last = rows[-1] if rows else None
        if last and char["bottom"] - max(item["bottom"] for item in last[-3:]) < _SAME_LINE * max(
            char["size"], last[0]["size"]
        ):
            last.append(char)
        else:
            rows.append([char])
    for row in rows:
        ordered = sorted(row, key=lambda item: item["x0"])
        size = max(item["size"] for item in ordered)
        text = joined(_runs(ordered, size)).strip()
        if text:
            seen = [item for item in ordered if item["text"].strip()]
            yield _PdfLine(text, seen[0]["x0"], seen[-1]["x1"], min(item["top"] for item in row), size, page)


def _runs(chars: Sequence[Mapping[str, Any]], size: float) -> Iterator[TextRun]:
    """Yield the characters of a line; a gap as wide as half a character is a space between two words or numbers."""
    before: Mapping[str, Any] | None = None
    for char in chars:
        if (
            before
            and char["x0"] - before["x1"] > size / 2
            and char["text"].strip()
            and before["text"].strip()
        ):
            yield TextRun(" ")
        look = RAISED if char["size"] < _SMALL * size else ""
        yield TextRun(char["text"], UNSURE if char.get("is_struck") else look)
        before = char


def _merged(parts: Sequence[_PdfLine | _Ruled]) -> list[_PdfLine | _Ruled]:
    """Join a table with the one at the top of the next page that goes on with it."""
    whole: list[_PdfLine | _Ruled] = []
    for part in parts:
        last = whole[-1] if whole else None
        if isinstance(part, _Ruled) and isinstance(last, _Ruled) and _goes_on(last, part):
            lower = max(box[3] for box, _ in last.cells)
            shift = lower - min(box[1] for box, _ in part.cells)
            moved = [
                ((b[0], b[1] + shift, b[2], b[3] + shift), text) for b, text in _without_head(last, part)
            ]
            last.cells += moved
            last.pages += 1
        else:
            whole.append(part)
    return whole


def _goes_on(last: _Ruled, part: _Ruled) -> bool:
    return part.page == last.page + last.pages and all(
        abs(one - other) <= _CLOSE for one, other in zip(last.sides, part.sides, strict=True)
    )


def _without_head(last: _Ruled, part: _Ruled) -> list[tuple[_Box, str]]:
    """Leave out the rows at the top of a page that only repeat those at the head of the table."""
    mine, theirs = _rows(last.cells), _rows(part.cells)
    same = 0
    for one, other in zip(mine, theirs, strict=False):
        if [text for _, text in one] != [text for _, text in other] or not any(text for _, text in one):
            break
        same += 1
    repeated = {id(cell) for row in theirs[:same] for cell in row}
    return [cell for row in theirs for cell in row if id(cell) not in repeated]


def _rows(cells: Sequence[tuple[_Box, str]]) -> list[list[tuple[_Box, str]]]:
    tops = _edges(box[1] for box, _ in cells)
    rows: list[list[tuple[_Box, str]]] = [[] for _ in tops]
    for cell in sorted(cells, key=lambda item: (item[0][1], item[0][0])):
        rows[_index(tops, cell[0][1])].append(cell)
    return rows


def _edges(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _CLOSE:
            found.append(value)
    return found


def _index(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda number: abs(edges[number] - value))


def _gridded(table: _Ruled) -> list[list[int | str]]:
    xs = _edges(x for box, _ in table.cells for x in (box[0], box[2]))
    ys = _edges(y for box, _ in table.cells for y in (box[1], box[3]))
    found: list[list[int | str]] = []
    for box, text in table.cells:
        left, top = _index(xs, box[0]), _index(ys, box[1])
        found.append([top, left, max(1, _index(ys, box[3]) - top), max(1, _index(xs, box[2]) - left), text])
    return sorted(found, key=lambda cell: (cell[0], cell[1]))


def _paragraphs(parts: Sequence[_PdfLine | _Ruled]) -> Iterator[dict[str, Any]]:
    lines = [part for part in parts if isinstance(part, _PdfLine)]
    left = min((line.x0 for line in lines), default=0.0)
    right = max((line.x1 for line in lines), default=0.0)
    waiting: list[_PdfLine] = []
    for part in parts:
        if isinstance(part, _Ruled):
            yield from _spoken(waiting)
            waiting = []
            yield {"page": part.page, "cells": _gridded(part)}
        else:
            if waiting and _begins(waiting[-1], part, left, right):
                yield from _spoken(waiting)
                waiting = []
            waiting.append(part)
    yield from _spoken(waiting)


def _begins(before: _PdfLine, line: _PdfLine, left: float, right: float) -> bool:
    """Whether ``line`` begins a paragraph: it is indented or a heading, or the line before it ends short of the margin."""
    is_heading = bool(_HEADING.match(line.text)) and line.x1 < right - _SHORT * line.size
    if _NUMBERED.match(line.text) and before.text.rstrip().endswith(_STOPS):
        return True  # without an indent, below a line that happens to be full
    return is_heading or line.x0 - left > _INDENT * line.size or before.x1 < right - _SHORT * before.size


def _spoken(lines: Sequence[_PdfLine]) -> Iterator[dict[str, Any]]:
    if lines:
        yield {"page": lines[0].page, "text": "".join(line.text for line in lines)}
