"""A form as written goes in; every fault that can be told comes out, not only the first.

A section that cannot be read hides what others say of it; what is left shows once those are mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pipeline.forms import library
from pipeline.forms.carried import CarriedFigures
from pipeline.forms.coherence import CHECKS
from pipeline.forms.form import Headline, Section, Sheet, SummaryRule, Text
from pipeline.forms.loader import TOP_LEVEL, load_entry, misnamed, parse_written
from pipeline.forms.placeholders import unknown_names
from pipeline.forms.register_loader import load_register
from pipeline.forms.rules import RuleText, load_basic
from pipeline.forms.table_loader import load_table
from pipeline.forms.written_groups import remarks_on_groups
from pipeline.model import ConfigError

if TYPE_CHECKING:
    from pipeline.toml_source import TomlSource
    from pipeline.toml_source import TomlTable as TomlSection

READ: dict[str, Callable[[TomlSection], object]] = {
    "sheet": lambda section: section.into(Sheet),
    "entry": load_entry,
    "text": lambda section: section.into(Text),
    "section": lambda section: section.into(Section),
    "table": load_table,
    "register": load_register,
    "headline": lambda section: section.into(Headline),
    "basic": load_basic,
    "rule": lambda section: section.into(RuleText),
    "summary_rule": lambda section: section.into(SummaryRule),
    "carried": lambda section: section.into(CarriedFigures),
}
"""How each repeated table is read by itself."""


def faults_of(written: library.WrittenForm) -> list[ConfigError]:
    """Return every fault of the form, in the order of its lines, each once."""
    found = {str(fault): fault for fault in _faults(written)}
    return sorted(found.values(), key=lambda fault: (fault.line or 0, str(fault)))


def remarks_of(written: library.WrittenForm) -> list[ConfigError]:
    """Return what the author of a form without faults should think about. Raises ConfigError, if it has some."""
    source, _ = library.source_of(written)
    return remarks_on_groups(source, parse_written(written))


def _faults(written: library.WrittenForm) -> Iterator[ConfigError]:
    try:
        source, _ = library.source_of(written)
        if not source.values:
            yield source.top().fault(
                '文件里什么也没有写。可以从 extends = "annual_report_2021" 写起，也可以从一份现有的表样抄起。'
            )
            return
        source.refuse_unknown_tables(TOP_LEVEL)
    except ConfigError as fault:
        yield from (fault, *fault.others)
        return
    yield from misnamed(written, source)
    for check in (*CHECKS, unknown_names, *(_reader(kind) for kind in READ)):
        try:
            yield from check(source)
        except ConfigError as fault:
            yield from (fault, *fault.others)
    try:
        parse_written(written)
    except ConfigError as fault:
        yield from (fault, *fault.others)


def _reader(kind: str) -> Callable[[TomlSource], Iterator[ConfigError]]:
    def read(source: TomlSource) -> Iterator[ConfigError]:
        for section in source.tables(kind):
            try:
                READ[kind](section)
            except ConfigError as fault:
                yield from (fault, *fault.others)

    return read
