"""The styles of a Word document go in; how a run looks that wears some of them comes out.

A look is set by the run itself, else by the styles of its characters, its paragraph and its table, each on top of those it is
based on, and by the document's defaults (ECMA-376, 17.7.2 and 17.7.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.intake.documents.odd_marks import RAISED, SHIFTED, STRUCK, UNSURE
from pipeline.intake.documents.xml import attribute, local, parse_xml

if TYPE_CHECKING:
    from lxml import etree

Marks = Mapping[str, bool]
"""What properties of a run say of its look, each set or unset by its name; a name that is missing is left to who stands above."""
OFF = frozenset({"0", "false", "off", "none"})
_SWITCHES = frozenset({"vanish", "webHidden", "strike", "dstrike"})
_TOGGLED = frozenset({"vanish", "strike"})
"""Switches that a style turns over which another one set."""
_RAISED = frozenset({"superscript", "subscript"})
_SEEN_FROM = 4
"""Half points: print that is smaller is not there for anybody to read."""
_MOST_PARENTS = 20
_KINDS = ("table", "paragraph", "character")


def properties(element: etree._Element, kind: str, *names: str) -> Iterator[etree._Element]:
    """Yield what stands in the properties of an element, those of one kind; ``names``: of these names only. All are patterns of lxml."""
    for part in element.iterchildren(kind):
        yield from part.iterchildren(*names)


def valued(element: etree._Element, kind: str, name: str) -> str:
    """Return the value of a property of an element; empty where it has none."""
    for part in element.iterchildren(kind):
        for item in part.iterchildren(name):
            return attribute(item, "val")
    return ""


def _marks(parts: Iterable[etree._Element]) -> tuple[Marks, str]:
    """Return what the properties of a run, or of the runs of a style, say of their look, and the style they name."""
    found: dict[str, bool] = {}
    style = ""
    for item in chain.from_iterable(parts):
        name = local(item)
        if name in _SWITCHES:
            found[name] = attribute(item, "val") not in OFF
        elif name == "rStyle":
            style = attribute(item, "val")
        elif name == "vertAlign":
            found[name] = attribute(item, "val") in _RAISED
        elif name == "position":
            found[name] = attribute(item, "val").strip("+-0") != ""
        elif name == "sz":
            size = attribute(item, "val")
            found[name] = size.isdecimal() and len(size) < _SEEN_FROM and int(size) < _SEEN_FROM
    return found, style


def _look(marks: Marks) -> str | None:
    """Name a look, empty where it is plain; None where nothing is shown."""
    if marks.get("vanish") or marks.get("webHidden"):
        return None
    if marks.get("strike") or marks.get("dstrike"):
        return STRUCK
    if marks.get("vertAlign"):
        return RAISED
    if marks.get("sz"):
        return UNSURE
    return SHIFTED if marks.get("position") else ""


@dataclass(frozen=True)
class _StyleSheet:
    """What the styles of a document say, by their ids, and which are worn where none is named."""

    own: dict[str, Marks] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, bool] = field(default_factory=dict)


@lru_cache(maxsize=8)  # the same in every file that was made with one template
def _learned(xml: bytes) -> _StyleSheet:
    """Read the part of a document that holds its styles. Raises Refused."""
    sheet = _StyleSheet()
    for item in parse_xml(xml) if xml else ():
        if local(item) == "docDefaults":
            for inner in item.iterchildren("{*}rPrDefault"):
                sheet.defaults.update(_marks(inner.iterchildren("{*}rPr"))[0])
        if local(item) != "style":
            continue
        name, kind = attribute(item, "styleId"), attribute(item, "type")
        marks = dict(_marks(item.iterchildren("{*}rPr"))[0])
        for part in item.iterchildren("{*}tblStylePr"):  # of the first row, the last column …
            of_part, _ = _marks(part.iterchildren("{*}rPr"))
            marks.update({mark: True for mark, is_set in of_part.items() if is_set})
        sheet.own[name] = marks
        sheet.parents[name] = next((attribute(part, "val") for part in item.iterchildren("{*}basedOn")), "")
        if attribute(item, "default") not in {"", *OFF}:
            sheet.usual[kind] = name
    return sheet


class WordStyles:
    """The styles of one document. Raises Refused."""

    def __init__(self, xml: bytes = b"") -> None:
        self._sheet = _learned(xml)
        self._worn: dict[tuple[str, ...], Marks] = {}
        self._plain: dict[tuple[str, str], str | None] = {}

    def look(self, run: etree._Element, table: str, paragraph: str) -> str | None:
        """Name how a run looks in a paragraph and a table of these styles, empty where it is plain; None where nothing is shown."""
        parts = list(run.iterchildren("{*}rPr"))
        if parts:
            own, character = _marks(parts)
            return _look({**self._whole((table, paragraph, character)), **own})
        if (table, paragraph) not in self._plain:
            self._plain[table, paragraph] = _look(self._whole((table, paragraph, "")))
        return self._plain[table, paragraph]

    def _whole(self, names: tuple[str, str, str]) -> Marks:
        if names not in self._worn:
            whole = zip(_KINDS, names, strict=True)
            self._worn[names] = self._together(
                name or self._sheet.usual.get(kind, "") for kind, name in whole
            )
        return self._worn[names]

    def _together(self, names: Iterable[str]) -> Marks:
        found = {mark: is_set for mark, is_set in self._sheet.defaults.items() if mark not in _TOGGLED}
        for name in names:
            for mark, is_set in self._with_parents(name).items():
                found[mark] = is_set != found.get(mark, False) if mark in _TOGGLED else is_set
        return found | {mark: True for mark in _TOGGLED if self._sheet.defaults.get(mark)}

    def _with_parents(self, name: str) -> Marks:
        """Return what a style says together with those it is based on."""
        based: list[Marks] = []
        for _ in range(_MOST_PARENTS):
            if name not in self._sheet.own:
                break
            based.append(self._sheet.own[name])
            name = self._sheet.parents.get(name, "")
        return {mark: is_set for own in reversed(based) for mark, is_set in own.items()}
