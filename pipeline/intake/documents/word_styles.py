"""The styles of a Word document go in; how a run looks that wears some of them comes out.

A look is set by the run itself, else by the styles of its characters, its paragraph and its table, each on top of those it is
based on, and by the document's defaults (ECMA-376, 17.7.2 and 17.7.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.intake.documents.odd_marks import RAISED, SHIFTED, STRUCK, UNSURE
from pipeline.intake.documents.xml import attribute, local, parse_xml

if TYPE_CHECKING:
    from lxml import etree

Marks = Mapping[str, bool]
"""What properties of a run say of its look, each set or unset by its name; a name that is missing is left to who stands above."""
_NOTHING: Marks = {}
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


def _marks(element: etree._Element) -> Marks:
    """Return what the properties of a run, or of the runs of a style, say of their look."""
    found: dict[str, bool] = {}
    for item in properties(element, "{*}rPr"):
        name = local(item)
        if name in _SWITCHES:
            found[name] = attribute(item, "val") not in OFF
        elif name == "vertAlign":
            found[name] = attribute(item, "val") in _RAISED
        elif name == "position":
            found[name] = attribute(item, "val").strip("+-0") != ""
        elif name == "sz":
            size = attribute(item, "val")
            found[name] = size.isdecimal() and len(size) < _SEEN_FROM and int(size) < _SEEN_FROM
    return found


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


class WordStyles:
    """The styles of one document, by their ids."""

    def __init__(self, xml: bytes = b"") -> None:
        self._own: dict[str, Marks] = {}
        self._parents: dict[str, str] = {}
        self._usual = dict.fromkeys(_KINDS, "")
        self._defaults: Marks = _NOTHING
        self._worn: dict[tuple[str, ...], Marks] = {}
        for item in parse_xml(xml) if xml else ():
            if local(item) == "style":
                self._learn(item)
            elif local(item) == "docDefaults":
                inner = next((child for child in item if local(child) == "rPrDefault"), None)
                self._defaults = _NOTHING if inner is None else _marks(inner)

    def _learn(self, style: etree._Element) -> None:
        name, kind = attribute(style, "styleId"), attribute(style, "type")
        marks = dict(_marks(style))
        for part in style:
            if local(part) == "basedOn":
                self._parents[name] = attribute(part, "val")
            elif local(part) == "tblStylePr":  # of the first row, the last column …
                marks.update({key: True for key, is_set in _marks(part).items() if is_set})
        self._own[name] = marks
        if kind in self._usual and attribute(style, "default") not in {"", *OFF}:
            self._usual[kind] = name

    def look(self, run: etree._Element, table: str, paragraph: str) -> str | None:
        """Name how a run looks in a paragraph and a table of these styles, empty where it is plain; None where nothing is shown."""
        own = _marks(run)
        names = (table, paragraph, valued(run, "{*}rPr", "{*}rStyle"))
        if names not in self._worn:
            whole = zip(_KINDS, names, strict=True)
            self._worn[names] = self._together(name or self._usual[kind] for kind, name in whole)
        return _look({**self._worn[names], **own} if own else self._worn[names])

    def _together(self, names: Iterable[str]) -> Marks:
        found = {mark: is_set for mark, is_set in self._defaults.items() if mark not in _TOGGLED}
        for name in names:
            for mark, is_set in self._whole(name).items():
                found[mark] = is_set != found.get(mark, False) if mark in _TOGGLED else is_set
        return found | {mark: True for mark in _TOGGLED if self._defaults.get(mark)}

    def _whole(self, name: str) -> Marks:
        """Return what a style says together with those it is based on."""
        chain: list[Marks] = []
        for _ in range(_MOST_PARENTS):
            if name not in self._own:
                break
            chain.append(self._own[name])
            name = self._parents.get(name, "")
        return {mark: is_set for own in reversed(chain) for mark, is_set in own.items()}
