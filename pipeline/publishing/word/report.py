"""A Word layout and a complete report go in; the report as .docx comes out.

The layout is compiled once per run: what no report changes is deflated then and only copied later, so that
a document costs about a millisecond.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from pipeline.forms.form import titled
from pipeline.forms.values.typed import plain_numbers
from pipeline.long_lists import first_of
from pipeline.model import ConfigError
from pipeline.periods import spelled
from pipeline.publishing import zip_package
from pipeline.publishing.cell_values import printed_values
from pipeline.publishing.printed_words import entry_lines, printed_entries, printed_text, texts_alone
from pipeline.publishing.word.layout_marks import (
    HEADING_SUFFIX,
    LINE_SUFFIX,
    NOTE_MARK,
    PROPERTY_TITLE,
    TITLE_MARK,
    LivePart,
    mark,
    read_marks,
    read_properties,
)
from pipeline.publishing.word.styles import DIGITS_THAT_FIT, condensed
from pipeline.publishing.zip_package import PackagePart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.forms.form import Entry, Form
    from pipeline.model import Report
    from pipeline.publishing.word.layout_marks import Field, MarkKind

_NAMED_OMISSIONS = 5
_GAP = re.compile(
    r"(<w:rPr>(?:<w:(?:rFonts|b|i|color|sz|szCs)\b[^>]*/>)*)(</w:rPr><w:t(?: [^>]*)?>【填写：[^<]*】</w:t>)"
)
"""A run that is nothing but a gap to be filled in, up to the end of its properties, and the rest."""
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLE_CHARACTERS = 20
"""Of 22 points, as many as fit into a line of the type area."""
_BROKEN_TITLE = f"{TITLE_MARK} in lines"
"""No mark of a layout: they hold no blanks."""
_PROPERTIES = "docProps/core.xml"
_LINE_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


@dataclass(frozen=True, slots=True)
class Layout:
    """A compiled layout. It can be pickled, so that worker processes get it as it is."""

    report_title: str
    numbers: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]
    required: frozenset[str]
    parts: tuple[PackagePart | LivePart, ...]
    entries: tuple[Entry, ...] = ()
    """The entries that sections print."""
    alone: frozenset[str] = frozenset()
    """The texts that may be left empty and have a section of their own."""
    values: tuple[Entry, ...] = ()
    """What tables print besides numbers."""

    def title(self, report: Report) -> str:
        """Return the title of ``report``, fit for XML."""
        return escaped(titled(self.report_title, report.agency, report.year))


def compile_layout(content: bytes, form: Form) -> Layout:
    """Compile a .docx layout, ours or one restyled in Word or WPS. Raises ConfigError if it cannot print ``form``."""
    try:
        files = zip_package.unpack(content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ConfigError("Word 版式打不开，应为不带密码的 .docx 文件。") from error
    marks = _known_marks(form)
    parts: list[PackagePart | LivePart] = []
    for name, plain in files:
        is_text = name.startswith("word/") and name.endswith(".xml")
        live = read_marks(name, plain, marks) if is_text else None
        live = read_properties(name, plain) if name == _PROPERTIES else live
        parts.append(live or zip_package.deflate(name, plain))
    _refuse_omissions(form, parts)
    return Layout(
        report_title=form.report_title,
        numbers=tuple(cell.key for cell in form.cells),
        roles=tuple((entry.key, entry.role) for entry in form.entries),
        labels=tuple((text.key, text.label) for text in form.texts),
        required=frozenset(text.key for text in form.texts if text.required),
        parts=tuple(parts),
        entries=printed_entries(form),
        alone=texts_alone(form),
        values=form.cell_values,
    )


def render(layout: Layout, report: Report, *, note: str = "", shows_gaps: bool = False) -> bytes:
    """Print ``report``: the same bytes for the same arguments. ``note`` stands above every page, where the layout has room for it.

    ``shows_gaps``: what is to be filled in is highlighted.
    """
    values = _values(layout, report) | {NOTE_MARK: escaped(note)}
    lines = {key: paragraphs(printed_text(report, key, layout.alone)) for key, _ in layout.labels}
    entry_texts = entry_lines(layout.entries, report)
    lines |= {key + LINE_SUFFIX: paragraphs(line) for key, line in entry_texts.items()}
    values |= {key + LINE_SUFFIX: escaped(line) for key, line in entry_texts.items()}
    parts = []
    for part in layout.parts:
        if isinstance(part, LivePart):
            pieces = [part.literals[0]]
            for field, literal in zip(part.fields, part.literals[1:], strict=True):
                pieces += (_printed(field, layout, values, lines), literal)
            text = "".join(pieces)
            text = _GAP.sub(r'\1<w:highlight w:val="yellow"/>\2', text) if shows_gaps else text
            parts.append(zip_package.deflate_often(part.name, text.encode()))
        else:
            parts.append(part)
    return zip_package.join(parts)


def escaped(text: str) -> str:
    """Make ``text`` fit for XML: markup escaped, characters that XML does not allow left out."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NOT_XML.sub("", text)


def paragraphs(text: str) -> list[str]:
    """Split a text at its line breaks; blank lines and outer spaces go, the style indents."""
    lines = (escaped(line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def _known_marks(form: Form) -> dict[str, MarkKind]:
    marks: dict[str, MarkKind] = {TITLE_MARK: "value", NOTE_MARK: "value"}
    marks |= {text.key: "text" for text in form.texts}
    marks |= {cell.key: "value" for cell in form.cells}
    marks |= {entry.key: "value" for entry in (*form.entries, *form.cell_values)}
    marks |= {text.key + HEADING_SUFFIX: "heading" for text in form.texts}
    marks |= {entry.key + LINE_SUFFIX: "text" for entry in printed_entries(form)}
    return marks


def _refuse_omissions(form: Form, parts: list[PackagePart | LivePart]) -> None:
    """Raise if the layout would leave out what every report must show."""
    shown = {field.key for part in parts if isinstance(part, LivePart) for field in part.fields}
    tables = (key for table in form.tables for key in form.keys_of(table.key))
    wanted = (TITLE_MARK, *(text.key for text in form.texts), *tables)
    missing = [mark(key) for key in wanted if key not in shown]
    if missing:
        some = first_of(missing, _NAMED_OMISSIONS)
        raise ConfigError(f"Word 版式缺少 {len(missing)} 个标记：{some}。报告的各项内容都要印出，请补上。")


def _values(layout: Layout, report: Report) -> dict[str, str]:
    """Spell out what every mark inside a line stands for."""
    known = {"agency": report.agency, "code": report.code, "year": str(spelled(report.year))}
    title = layout.title(report)
    values = {TITLE_MARK: title, PROPERTY_TITLE: title, _BROKEN_TITLE: _broken(title, escaped(report.agency))}
    for key, role in layout.roles:
        values[key] = escaped(known.get(role) or " ".join(report.entries.get(key, "").split()))
    for key, label in layout.labels:
        values[key] = _LINE_BREAK.join(paragraphs(printed_text(report, key, layout.alone)))
        values[key + HEADING_SUFFIX] = escaped(label)
    values.update(zip(layout.numbers, plain_numbers(report.numbers), strict=True))
    values.update((key, escaped(said)) for key, said in printed_values(layout.values, report).items())
    return values


def _broken(title: str, agency: str) -> str:
    """Break a title that is longer than a line after the agency's name, and never inside a word."""
    width = sum(1.0 if east_asian_width(character) in "WFA" else 0.5 for character in title)
    if width <= _TITLE_CHARACTERS or not title.startswith(agency):
        return title
    return agency + _LINE_BREAK + title.removeprefix(agency)


def _printed(field: Field, layout: Layout, values: Mapping[str, str], texts: Mapping[str, list[str]]) -> str:
    if field.kind == "value":
        shown = values[_BROKEN_TITLE if field.key == TITLE_MARK and field.is_title else field.key]
        return condensed(shown) if field.is_narrow and len(shown) > DIGITS_THAT_FIT else shown
    key = field.key.removesuffix(HEADING_SUFFIX)
    lines = texts[key]
    if not lines and field.may_vanish and key not in layout.required:
        return ""
    if field.kind == "heading":
        lines = [values[field.key]]
    return "".join(field.before + line + field.after for line in lines or [""])
