"""``[[carried]]`` of a form goes in; which of its figures another form, collected beside it, also comes to comes out.

An agency that reports its register need not count it again: the figures of the register's report are those of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.forms import library
from pipeline.toml_source import Faults

if TYPE_CHECKING:
    from pipeline.forms.form import Cell
    from pipeline.toml_source import TomlSource, TomlTable

CODE = "R01"
"""The basic rule that a form declares which carries figures: it says how a difference weighs."""


@dataclass(frozen=True, slots=True)
class CarriedFigures:
    """Figures that the form ``form`` comes to as well; ``name`` is what sentences call what it lists.

    ``tables`` are whole tables of this form that are found there under the same keys: an agency may have them computed.
    """

    id: str
    form: str
    name: str
    tables: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    """Cells of this form → cells there; with those of ``tables``."""


def load_carried(source: TomlSource, cells: Sequence[Cell]) -> tuple[CarriedFigures, ...]:
    """Read every [[carried]]. Raises ConfigError with file and line."""
    return tuple(_loaded(source, cells))


def _loaded(source: TomlSource, cells: Sequence[Cell]) -> Iterator[CarriedFigures]:
    by_table: dict[str, list[str]] = {}
    for cell in cells:
        by_table.setdefault(cell.table, []).append(cell.key)
    taken: set[str] = set()
    for section in source.tables("carried"):
        written = section.into(CarriedFigures)
        faults = Faults()
        for problem, token in _faults(section, written, by_table):
            with faults:
                raise section.fault(problem, token)
        faults.refuse()
        folder = library.district_of(source.file)
        if not library.is_known(written.form, folder):
            raise section.fault(library.unknown(written.form, folder), "form")
        if not any(item.values.get("id") == CODE for item in source.tables("basic")):
            raise section.fault(f"有 [[carried]] 的表样要有规则（[[basic]]）{CODE}。")
        whole = {key: key for table in written.tables for key in by_table[table]} | dict(written.cells)
        if taken & whole.keys():
            raise section.fault(f"“{min(taken & whole.keys())}”已由另一项 [[carried]] 说明。")
        taken |= whole.keys()
        yield replace(written, cells=whole)


def _faults(
    section: TomlTable, written: CarriedFigures, by_table: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one [[carried]], each with the word that stands in its line."""
    for name in ("id", "form", "name"):
        if not str(section.values[name]).strip():
            yield f"[carried] 的 {name} 不能空着。", name
    if not all(isinstance(text, str) for text in written.cells.values()):
        yield "cells 应写成 { 本表的单元格 = 那份表的单元格 }，都是文字。", "cells"
    yield from ((f"没有表“{table}”。", "tables") for table in written.tables if table not in by_table)
    known = {key for keys in by_table.values() for key in keys}
    yield from ((f"没有单元格“{key}”。", "cells") for key in written.cells if key not in known)
    if not (written.tables or written.cells):
        yield "写明哪些数由那份表得出：tables 或 cells。", ""
