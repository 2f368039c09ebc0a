"""The bytes of a web page (.html, .mht, in UTF-8 or GBK) go in; its paragraphs and tables come out, as a person sees them.

Scripts, menus, forms' fields and what is hidden are left out; tables that only arrange the page are opened. Nothing is
fetched: what the page does not carry itself is not there.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy

from lxml import etree

from pipeline.intake.documents.odd_marks import HIDDEN, RAISED, SHIFTED, STRUCK, UNSURE, TextRun, joined
from pipeline.intake.documents.parts import (
    MAX_SPAN,
    BlockCell,
    Document,
    DocumentTable,
    Paragraph,
    Trail,
    document,
    tidy,
)
from pipeline.intake.documents.web_styles import (
    GONE,
    Declared,
    WebStyles,
    declared,
    is_shown_on,
    look_of,
    styles_of,
)
from pipeline.intake.documents.xml import MAX_DEPTH
from pipeline.intake.guard.refusal import Refused, hostile

KIND = "网页"
MAX_PAGE = 8 * 1024 * 1024
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SAMPLE = 4096
_SKIPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "select",
        "option",
        "textarea",
        "input",
        "button",
        "nav",
        "audio",
        "video",
        "map",
        "applet",
        "caption",
        "colgroup",
        "title",
        "rt",
        "rp",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "center",
        "fieldset",
        "legend",
        "address",
        "form",
        "hr",
        "body",
        "html",
        "details",
        "summary",
    ]
)
_STRUCK, _RAISED = frozenset({"s", "del", "strike"}), frozenset({"sup", "sub"})
_OF_TABLES = frozenset({"td", "th", "tr", "tbody", "thead", "tfoot"})
_OF_LINES = frozenset({SHIFTED, UNSURE, HIDDEN})
"""Looks that count beside figures of the same table only."""
UNSEEN = "unseen"
"""Hidden, with its place on the page kept free."""
_LEFT_OUT = frozenset({GONE, UNSEEN})
_UNSHOWN = _LEFT_OUT | {HIDDEN}
_META = frozenset({"articletitle", "title", "og:title"})
_SPACES = re.compile(r"\s+")
_WRAPPED = re.compile(
    r"(?<=[\u2018-\u201d\u3000-\u9fff\uff00-\uffef])[ \t\r]*\n\s*(?=[\u2018-\u201d\u3001-\u9fff\uff00-\uffef])"
)
"""A line break of the source between Chinese characters is no space."""


def read_web(content: bytes) -> Document:
    """Read a page. Raises Refused."""
    page, linked = _page_of(content)
    if len(page) > MAX_PAGE:
        raise Refused("too_large")
    text = decoded(page).replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        raise Refused("damaged") from None
    if root is None:
        raise Refused("damaged")
    sheets = [element for element in root.iter("style") if is_shown_on(element.get("media") or "")]
    walker = _WebWalker(styles_of([*linked, *(element.text or "" for element in sheets)]))
    blocks = walker.walk(root)
    return document(KIND, blocks, titles=tuple(_titles(root)), pictures=walker.pictures)


def decoded(page: bytes) -> str:
    """Decode a page: by its mark, by what it declares if that is true, else as UTF-8 or GBK."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        return page.decode("utf-16", "replace")
    declared = _CHARSET.search(page[:_SAMPLE])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    is_chinese = name.startswith(("gb", "hz"))
    for encoding in ("gb18030", "utf-8-sig") if is_chinese else ("utf-8-sig", "gb18030"):
        try:
            return page.decode(encoding)
        except UnicodeDecodeError:
            continue
    return page.decode("gb18030" if is_chinese else "utf-8", "replace")


def _page_of(content: bytes) -> tuple[bytes, list[str]]:
    """Return the page inside of a web archive (.mht) and the style sheets beside it, else the bytes as they are."""
    head = content[:_SAMPLE].lower()
    if b"mime-version:" not in head or b"multipart/" not in head:
        return content, []
    try:
        message = email.message_from_bytes(content, policy=policy.compat32)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        payload = pages[0].get_payload(decode=True) if pages else None
        linked = [
            part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/css"
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        payload = None
    if not isinstance(payload, bytes):
        raise Refused("damaged")
    charset = str(pages[0].get_content_charset() or "")
    page = payload.replace(b"charset=unicode", b"") if charset else payload
    return page, [decoded(sheet) for sheet in linked if isinstance(sheet, bytes)]


def _titles(root: etree._Element) -> Iterator[str]:
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        if name in _META and element.get("content"):
            yield tidy(element.get("content") or "")
    for element in root.iter("title"):
        yield tidy("".join(str(text) for text in element.itertext()))


@dataclass(slots=True)
class _WebTable:
    """A table under construction: ``covered`` are places that cells above reach into, until which row."""

    block: DocumentTable
    row: int = -1
    column: int = 0
    covered: dict[int, int] = field(default_factory=dict)

    def next_row(self) -> None:
        self.row += 1
        self.column = 0

    def place(self, height: int, width: int) -> BlockCell:
        while self.covered.get(self.column, -1) >= self.row:
            self.column += 1
        if self.column + width > MAX_SPAN:
            raise hostile("表格范围过大")
        cell = BlockCell(max(self.row, 0), self.column, [], height, width)
        for column in range(self.column, self.column + width):
            self.covered[column] = self.row + height - 1
        self.column += width
        self.block.cells.append(cell)
        return cell


@dataclass(slots=True)
class _WebWalker:
    """Walks a tree once, without recursion, and gathers lines where blocks begin and end."""

    styles: WebStyles
    pictures: int = 0
    runs: list[TextRun] = field(default_factory=list)
    tables: list[_WebTable] = field(default_factory=list)
    into: list[list[Paragraph | DocumentTable]] = field(default_factory=lambda: [[]])
    trail: list[int] = field(default_factory=list)
    looks: list[str] = field(default_factory=lambda: [""])
    line_trail: Trail = ()

    def walk(self, root: etree._Element) -> list[Paragraph | DocumentTable]:
        walker = etree.iterwalk(root, events=("start", "end"))
        number = 0
        for event, element in walker:
            name = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                number += 1
                look = GONE if name in _SKIPPED else self._look(element, name)
                self.trail.append(number)
                self.looks.append(look)
                if look in _LEFT_OUT:
                    self._left_out(element, name)
                    walker.skip_subtree()
                    continue
                if len(self.trail) > MAX_DEPTH:
                    raise hostile("嵌套过深")
                self._start(element, name)
            else:
                self.trail.pop()
                if self.looks.pop() not in _LEFT_OUT:
                    self._ended(name)
                self._text(element.tail)
        self._flush()
        return self.into[0]

    def _look(self, element: etree._Element, name: str) -> str:
        """Name how an element looks: ``GONE`` and ``UNSEEN`` of what is left out, else one of ``odd_marks``.

        Style sheets count in tables, and hide no table: what a page shows only where somebody clicks, it carries hidden.
        """
        inline = declared(element.get("style") or "")
        own = look_of({key: value for key, (_, value) in inline.items()}, name) if inline else ""
        if element.get("hidden") is not None or own == GONE:
            return GONE
        if own == HIDDEN:
            return UNSEEN
        if self.tables:
            own = self._look_by_sheets(element, name, inline)
        if own in _UNSHOWN:
            return own
        around = self.looks[-1]
        is_inherited = name != "table" or around not in _OF_LINES
        return _look_by_name(element, name) or own or (around if is_inherited else "")

    def _look_by_sheets(self, element: etree._Element, name: str, inline: Declared) -> str:
        own = self.styles.look(element, inline)
        if own not in {GONE, HIDDEN}:
            return own
        if next(element.iterdescendants("table"), None) is not None:
            return ""
        if name in _OF_TABLES:
            return GONE if own == GONE else UNSEEN
        return HIDDEN

    def _left_out(self, element: etree._Element, name: str) -> None:
        """Follow an element that is not read: it ends a line, and keeps its place unless it is gone."""
        if name in _BLOCKS:
            self._flush()
        elif name in {"td", "th"} and self.tables and self.looks[-1] == UNSEEN:
            self.tables[-1].place(_spanned(element, "rowspan"), _spanned(element, "colspan"))

    def _start(self, element: etree._Element, name: str) -> None:
        if name in _BLOCKS or name == "br":
            self._flush()
        elif name == "table":
            self._flush()
            table = _WebTable(DocumentTable(trail=tuple(self.trail)))
            self.into[-1].append(table.block)
            self.tables.append(table)
        elif name == "tr" and self.tables:
            self._flush()
            self.tables[-1].next_row()
        elif name in {"td", "th"} and self.tables:
            self._flush()
            table = self.tables[-1]
            cell = table.place(_spanned(element, "rowspan"), _spanned(element, "colspan"))
            self.into.append(cell.content)
        elif name == "img":
            self.pictures += 1
        self._text(element.text)

    def _ended(self, name: str) -> None:
        if name in _BLOCKS:
            self._flush()
        elif name == "table" and self.tables:
            self._flush()
            self.tables.pop()
        elif name in {"td", "th"} and self.tables:
            self._flush()
            if len(self.into) > 1:
                self.into.pop()

    def _text(self, text: str | None) -> None:
        if text and (self.runs or not text.isspace()):
            if not self.runs:
                self.line_trail = tuple(self.trail)
            look = self.looks[-1]
            if not self.tables and look in _OF_LINES:
                look = ""
            self.runs.append(TextRun(_SPACES.sub(" ", _WRAPPED.sub("", text)), look))

    def _flush(self) -> None:
        if self.runs:
            text = tidy(joined(self.runs))
            if text:
                self.into[-1].append(Paragraph(text, trail=self.line_trail))
            self.runs = []


def _look_by_name(element: etree._Element, name: str) -> str:
    if name in _RAISED:
        return RAISED
    if name in _STRUCK:
        return STRUCK
    return UNSURE if name == "bdo" and (element.get("dir") or "").lower() == "rtl" else ""


def _spanned(element: etree._Element, name: str) -> int:
    text = (element.get(name) or "1").strip()
    return min(max(1, int(text)), MAX_SPAN) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004
