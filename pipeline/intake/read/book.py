"""The parts of an .xlsx go in; which sheets it has comes out, and a package of exactly what was looked at, for the reader.

The workbook and its relations are read by an event parser, once, and written anew: names, order and visibility of the sheets,
the calendar, and where the sheets, the shared texts and the styles are, cannot mean one thing here and another to the reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from xml.parsers import expat

from pipeline.intake.guard.ordinary import decoded, is_ordinary
from pipeline.intake.guard.package import stored
from pipeline.intake.guard.refusal import Refused, hostile
from pipeline.intake.guard.rewriting import quoted
from pipeline.intake.guard.spelling import plain, spelled, unspelled

MAX_SHEETS = 60
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ROW_ENDS, _CELLS_END, _FIRST_CELL = b"</row>", b"</sheetData>", b'<c r="A1"'
_EMPTY_SHEET = b'<worksheet xmlns="%s"><sheetData/></worksheet>' % _MAIN.encode()


@dataclass(frozen=True, slots=True)
class GuardedSheet:
    """A sheet as the workbook names it, ``xml`` in the plain spelling; ``state`` is visible, hidden or veryHidden.

    Of one that ``waits`` every cell is plainly addressed and near, but its texts may hold references: it is read when
    somebody asks for it.
    """

    name: str
    state: str
    xml: bytes = field(repr=False)
    is_near: bool = False
    """Whether it is known that no cell lies far out."""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class GuardedBook:
    """What of a workbook is read; ``counts_from_1904`` is its calendar."""

    sheets: tuple[GuardedSheet, ...]
    styles: bytes = field(repr=False)
    strings: bytes = field(repr=False)
    counts_from_1904: bool


def open_book(parts: Mapping[str, bytes], seldom: Collection[str] = ()) -> GuardedBook:
    """Find the sheets of a workbook among ``parts``, by their names in lower case. Raises Refused.

    Those of the names ``seldom`` are looked at as all are, but wait to be read.
    """
    roots = _relations(parts, "").values()
    book = next((target for kind, target in roots if kind == "officeDocument"), "xl/workbook.xml")
    targets = _relations(parts, book)
    declared = [dict(item) for name, item in _elements(parts.get(book, b"")) if name == "sheet"]
    if len(declared) > MAX_SHEETS:
        raise hostile("工作表过多")
    sheets = [sheet for item in declared if (sheet := _sheet(item, targets, parts, seldom))]
    if len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise hostile("工作表重名")
    shared = dict(targets.values())
    settings = next(
        (dict(item) for name, item in _elements(parts.get(book, b"")) if name == "workbookPr"), {}
    )
    styles, strings = (
        spelled(parts[target]).data if (target := shared.get(kind, "")) in parts else b""
        for kind in ("styles", "sharedStrings")
    )
    return GuardedBook(tuple(sheets), styles, strings, settings.get("date1904") in {"1", "true"})


def _sheet(
    item: Mapping[str, str],
    targets: Mapping[str, tuple[str, str]],
    parts: Mapping[str, bytes],
    seldom: Collection[str],
) -> GuardedSheet | None:
    """Return the sheet that ``item`` declares; None for a page that holds a chart only."""
    relation = next((value for name, value in item.items() if name.endswith(":id")), "")
    kind, target = targets.get(relation, ("", ""))
    if kind not in {"worksheet", ""}:
        return None
    if target not in parts:
        raise Refused("damaged")
    name, data = item.get("name", ""), parts[target]
    waiting = unspelled(data) if name in seldom else None
    found = waiting or spelled(data)
    return GuardedSheet(name, item.get("state", "visible"), *found, waits=waiting is not None)


def rebuilt(book: GuardedBook) -> bytes:
    """Write a package that holds ``book`` and nothing else."""
    return stored(_parts(book))


def whole(book: GuardedBook) -> GuardedBook:
    """Return ``book`` with every sheet to be read now. Raises Refused."""
    sheets = (
        replace(sheet, xml=plain(sheet.xml), waits=False) if sheet.waits else sheet for sheet in book.sheets
    )
    return replace(book, sheets=tuple(sheets))


def with_heads(book: GuardedBook) -> GuardedBook:
    """Return ``book`` with no more than the first row of each sheet that waits. Raises Refused for one whose first cell stands twice."""
    return replace(book, sheets=tuple(_head(sheet) if sheet.waits else sheet for sheet in book.sheets))


def _head(sheet: GuardedSheet) -> GuardedSheet:
    xml = sheet.xml
    row_end, cells_end = xml.find(_ROW_ENDS) + len(_ROW_ENDS), xml.rfind(_CELLS_END)
    if not len(_ROW_ENDS) <= row_end <= cells_end or xml.find(_FIRST_CELL) != xml.rfind(_FIRST_CELL):
        return replace(sheet, xml=plain(xml), waits=False)
    return replace(sheet, xml=plain(xml[:row_end] + xml[cells_end:]))


def _parts(book: GuardedBook) -> Iterable[tuple[str, bytes]]:
    names = [f"worksheets/sheet{number}.xml" for number, _ in enumerate(book.sheets, 1)]
    others = {"styles": book.styles, "sharedStrings": book.strings}
    shared = [name for name, data in others.items() if data]
    heads = tuple((sheet.name, sheet.state) for sheet in book.sheets)
    yield from _frame(heads, tuple(shared), book.counts_from_1904)
    yield from ((f"xl/{name}.xml", others[name]) for name in shared)
    yield from (
        (f"xl/{name}", sheet.xml or _EMPTY_SHEET) for name, sheet in zip(names, book.sheets, strict=True)
    )


@lru_cache(maxsize=8)  # the same in nearly every file of a campaign
def _frame(
    heads: tuple[tuple[str, str], ...],
    shared: tuple[str, ...],
    counts_from_1904: bool,  # noqa: FBT001
) -> tuple[tuple[str, bytes], ...]:
    """Write what leads to the sheets ``heads`` (name and state) and to the ``shared`` parts."""
    numbers = range(1, len(heads) + 1)
    kinds = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers] + [
        (name, f"{name}.xml") for name in shared
    ]
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(kinds, 1)
    )
    types = "".join(
        f'<Override PartName="/xl/{target}" ContentType="{_TYPE}.{kind}+xml"/>' for kind, target in kinds
    )
    sheets = "".join(
        f'<sheet name={quoted(name)} sheetId="{n}" state={quoted(state)} r:id="rId{n}"/>'
        for n, (name, state) in zip(numbers, heads, strict=True)
    )
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(counts_from_1904)}"/><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    }
    return tuple((name, (_HEAD + text).encode("utf-8", "replace")) for name, text in texts.items())


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Map the relations of ``part`` (the package itself: empty) to the last word of their type and their target."""
    folder, _, name = part.rpartition("/")
    found: dict[str, tuple[str, str]] = {}
    for element, item in _elements(parts.get(f"{folder}/_rels/{name}.rels".removeprefix("/"), b"")):
        if element == "Relationship":
            attributes = dict(item)
            target = attributes.get("Target", "").replace("\\", "/").lower()
            full = target if target.startswith("/") else f"{folder}/{target}"
            kind = attributes.get("Type", "").rpartition("/")[2]
            if attributes.get("TargetMode") != "External":
                found[attributes.get("Id", "")] = kind, full.removeprefix("/")
    return found


@lru_cache(maxsize=32)
def _elements(xml: bytes) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return every element of a small part by its local name, with its attributes. Raises Refused."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    if not xml:
        return ()
    text = decoded(xml)
    is_ordinary(text)
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(found) > _MOST:
            raise hostile("内部内容过多")
        found.append((name.rpartition(":")[2], tuple(attributes.items())))

    parser.StartElementHandler = start
    parser.Parse(text, True)  # noqa: FBT003 - the signature of expat
    return tuple(found)


_MOST = 20_000
"""Elements of a part that names others."""
