"""A form and a complete report go in; the report as one self-contained web page comes out.

The page is compiled once per run into what no report changes and the slots between; a report then costs a fraction of
a millisecond. Compiled pages are plain values, so that worker processes need no Jinja2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.forms.form import titled
from pipeline.forms.values.typed import plain_numbers
from pipeline.forms.values.words import FreeText
from pipeline.model import ConfigError
from pipeline.publishing.cell_values import printed_values
from pipeline.publishing.printed_words import entry_lines, printed_entries, printed_text, texts_alone
from pipeline.publishing.word.report import escaped, paragraphs

if TYPE_CHECKING:
    from pipeline.forms.form import Entry, Form, Section, Text
    from pipeline.model import Report

_BEGIN, _END = "\ue000", "\ue001"
"""Private characters around a slot's name while the page is compiled; they never reach a reader."""
_SLOT = re.compile(f"{_BEGIN}(\\w):(.*?){_END}")
_REACHES_OUT = re.compile(r"</style|@import|url\(\s*['\"]?(?!data:|['\"#])|<!--", re.IGNORECASE)
_AGENCY, _TITLE, _HEADING, _LOOK = "agency", "report_title", "report_heading", "look"
_OF_WORDS = ".words { white-space: normal; min-width: 6em; }\n"
"""The style of cells that hold a text."""
_LONG_FIGURE = 7
"""A report with a figure of so many characters has wider columns."""

SlotKind = Literal["v", "t"]
"""A value inside a line, or a text of several paragraphs."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that differs from report to report. ``heading`` is printed above a text, if there is a text."""

    kind: str
    key: str
    heading: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class CompiledPage:
    """A compiled page: ``literals[0]``, first slot, ``literals[1]`` and so on. It can be pickled."""

    report_title: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    literals: tuple[str, ...]
    slots: tuple[Slot, ...]
    entries: tuple[Entry, ...] = ()
    """The entries that sections print."""
    alone: frozenset[str] = frozenset()
    """The texts that may be left empty and have a section of their own."""
    values: tuple[Entry, ...] = ()
    """What tables print besides numbers."""


def compile_page(form: Form, style: str = "") -> CompiledPage:
    """Compile the page of ``form`` with the district's ``style``. Raises ConfigError for a style that reaches out."""
    from pipeline.district.folder import STYLE_NAME  # noqa: PLC0415 - a worker that only prints does without
    from pipeline.publishing.web.templating import digest, render, source  # noqa: PLC0415 - Jinja2, once a run

    if _REACHES_OUT.search(style):
        raise ConfigError(
            "样式中不能用 @import、网址或 </style>，网页不得连接网络。请改用写在文件里的内容。",
            file=STYLE_NAME,
        )
    own_style = source(STYLE_NAME) + (_OF_WORDS if form.cell_values else "")
    whole_style = own_style + style  # the district's own overrides what it names
    texts = {text.key: text for text in form.texts}
    placed = {key for section in form.sections for key in section.contents}
    page = render(
        "report.html",
        column=form.words.titled,
        title=_slot("v", _TITLE),
        heading=_slot("v", _HEADING),
        agency=_slot("v", _AGENCY),
        look=_slot("v", _LOOK),
        style=whole_style,
        policy=digest(whole_style),
        opening=[_slot("t", key) for key in texts if key not in placed],
        sections=[_section(form, section, number) for number, section in enumerate(form.sections, 1)],
    )
    pieces = _SLOT.split(page)
    return CompiledPage(
        report_title=_attribute(form.report_title),
        numbers=tuple(cell.key for cell in form.cells),
        texts=tuple(texts),
        literals=tuple(pieces[::3]),
        slots=tuple(
            _read_slot(kind, key, texts) for kind, key in zip(pieces[1::3], pieces[2::3], strict=True)
        ),
        entries=printed_entries(form),
        alone=texts_alone(form),
        values=form.cell_values,
    )


def render_page(page: CompiledPage, report: Report) -> bytes:
    """Print ``report``: the same bytes for the same page and report."""
    values = dict(zip(page.numbers, plain_numbers(report.numbers), strict=True))
    values[_LOOK] = "long-figures" if max(map(len, values.values()), default=0) >= _LONG_FIGURE else ""
    values |= {key: escaped(said) for key, said in printed_values(page.values, report).items()}
    agency = values[_AGENCY] = _attribute(report.agency)
    values[_TITLE] = titled(page.report_title, agency, report.year)
    values[_HEADING] = _heading(page.report_title, agency, report.year)
    lines = {key: paragraphs(printed_text(report, key, page.alone)) for key in page.texts}
    lines |= {key: paragraphs(line) for key, line in entry_lines(page.entries, report).items()}
    pieces = [page.literals[0]]
    for slot, literal in zip(page.slots, page.literals[1:], strict=True):
        pieces += (values[slot.key] if slot.kind == "v" else _text(slot, lines[slot.key]), literal)
    return "".join(pieces).encode()


def _heading(title: str, agency: str, year: int) -> str:
    """Keep the agency and what follows it each in a line of its own where both do not fit into one."""
    pieces = titled(title, _BEGIN, year).partition(_BEGIN)
    return "".join(f"<span>{piece}</span>" for piece in (pieces[0], agency, pieces[2]) if piece)


def _slot(kind: SlotKind, key: str) -> str:
    return f"{_BEGIN}{kind}:{key}{_END}"


def _read_slot(kind: str, key: str, texts: dict[str, Text]) -> Slot:
    if kind == "v":
        return Slot(kind, key)
    text = texts.get(key)
    if text is None:
        return Slot(kind, key, required=False)
    return Slot(kind, key, escaped(text.label) if text.heading else "", text.required)


def _section(form: Form, section: Section, number: int) -> dict[str, object]:
    """Describe a section for the template: its tables laid out, the places of its texts."""
    from pipeline.publishing.web.html_tables import html_table  # noqa: PLC0415 - only where a page is compiled

    words = {value.key for value in form.cell_values if isinstance(value.value, FreeText)}
    tables = [
        (html_table(form.grids[key], f"s{number}t{place}", words), form.table(key).name)
        for place, key in enumerate(section.contents, 1)
        if key in form.grids
    ]
    return {
        "id": f"s{number}",
        "title": section.title,
        "texts": [_slot("t", key) for key in section.contents if key not in form.grids],
        "tables": tables,
        "figure": lambda key: _slot("v", key),
    }


def _text(slot: Slot, lines: list[str]) -> str:
    if not lines and not slot.required:
        return ""
    heading = f"<h3>{slot.heading}</h3>\n" if slot.heading else ""
    return heading + "\n".join(f"<p>{line}</p>" for line in lines)


def _attribute(text: str) -> str:
    """Escape ``text`` for an attribute as well as for running text."""
    return escaped(text).replace('"', "&quot;")
