"""A form that can be used goes in, as written and built; remarks come out on what it says by hand that a group of rows or columns says.

Both are right on the day they are written. They go wrong with the next row: a sum that names every member of a group does not count the
new one, and a row that stands among the members of a group without being one is counted nowhere. Whether that is meant only its author knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.forms.drafts import terms_of
from pipeline.forms.form import is_last_year, last_year, this_year
from pipeline.forms.narrative_figures import terms_by_sign

if TYPE_CHECKING:
    from pipeline.forms.form import Cell, Form, Line
    from pipeline.model import ConfigError
    from pipeline.toml_source import TomlSource, TomlTable

_AXES = {"row": "column", "column": "row"}
_MANY = 3
"""So many that have something in common have it by more than accident."""


@dataclass(frozen=True, slots=True)
class _WrittenSum:
    """Terms that are added up, or shown side by side (``apart``), and the section that says so."""

    section: TomlTable
    terms: tuple[str, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class _GroupCells:
    """The members of a group of a table's rows or columns, those of them that have cells on the ``other`` line."""

    table: str
    axis: str
    name: str
    other: str
    cells: tuple[Cell, ...]

    @property
    def term(self) -> str:
        """How a sum names it."""
        return self._spelled(f"@{self.name}")

    @property
    def each(self) -> str:
        """How a chart names it that has a part for each of its members."""
        return f'{{ each = "{self.table}.@{self.name}", cells = ["{self._spelled("{each}")}"] }}'

    def _spelled(self, name: str) -> str:
        lines = {self.axis: name, _AXES[self.axis]: self.other}
        return ".".join(part for part in (self.table, lines["row"], lines["column"]) if part)


def remarks_on_groups(source: TomlSource, form: Form) -> list[ConfigError]:
    """Return what to think about, with file and line, in the order of the lines."""
    groups = list(_groups(form))
    found = chain(
        (fault for one in _sums(source) for fault in _written_out(one, groups)), _left_out(source, form)
    )
    return sorted({str(fault): fault for fault in found}.values(), key=lambda fault: fault.line or 0)


def _groups(form: Form) -> Iterator[_GroupCells]:
    members: defaultdict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
    for cell in form.cells:
        for axis, across in _AXES.items():
            for group in getattr(cell, axis).groups:
                members[cell.table, axis, group, getattr(cell, across).key].append(cell)
    yield from (_GroupCells(*key, tuple(cells)) for key, cells in members.items() if len(cells) > 1)


def _sums(source: TomlSource) -> Iterator[_WrittenSum]:
    for rule in source.tables("rule"):
        yield from (_WrittenSum(rule, tuple(rule.strings(side))) for side in ("left", "right"))
    for chart in source.tables("chart"):
        parts = [tuple(part["cells"]) for part in chart.values["parts"]]
        yield from (_WrittenSum(chart, part) for part in parts)
        if all(len(part) == 1 for part in parts):
            yield _WrittenSum(chart, tuple(part[0] for part in parts), apart=True)
    for draft in source.tables("draft"):
        lines = (*draft.strings("lines"), *draft.strings("refer"))
        yield from (_WrittenSum(draft, terms) for line in lines for terms in terms_of(line))
    for rule in source.tables("narrative"):
        yield from _sums_of_texts(rule)


def _sums_of_texts(rule: TomlTable) -> Iterator[_WrittenSum]:
    places = {"claim": ("equals", "rest_of"), "rate": ("parts", "wholes"), "division": ("wholes",)}
    written = [(rule, rule.strings("shared_wholes"))]
    for kind, names in places.items():
        if kind in rule.values:
            written += [(one, one.strings(name)) for one in rule.inner(kind) for name in names]
    for section, sums in written:
        for text in sums:
            yield from (_WrittenSum(section, tuple(terms)) for terms in terms_by_sign(text))
    for one in rule.inner("division"):
        yield _WrittenSum(
            one, tuple(chain.from_iterable(chain.from_iterable(map(terms_by_sign, one.strings("cells")))))
        )


def _written_out(one: _WrittenSum, groups: Sequence[_GroupCells]) -> Iterator[ConfigError]:
    """Yield a remark on the largest group all of whose members the sum names, else on one of many all but one of whose it names."""
    for past in (False, True):
        named = {this_year(term) for term in one.terms if is_last_year(term) is past}
        lacking = [(group, [cell.key for cell in group.cells if cell.key not in named]) for group in groups]
        all_but_one = [
            (group, left)
            for group, left in lacking
            if (not left or (len(left) == 1 and len(group.cells) > _MANY))
            and not (one.apart and named - {cell.key for cell in group.cells})
        ]
        if all_but_one:
            group, left = min(all_but_one, key=lambda found: (len(found[1]), -len(found[0].cells)))
            written = next(cell.key for cell in group.cells if cell.key in named)
            term = group.each if one.apart else last_year(group.term) if past else group.term
            yield one.section.fault(_remark(term, left), written)


def _remark(term: str, left: Sequence[str]) -> str:
    if left:
        return f"这里逐格写出了一组，只有“{left[0]}”没有写上。要算上的，请写成 {term}；确实不算的，不用改。"
    return f"这里逐格写出了一组，以后加了行或列不会算进去。请写成 {term}。"


def _left_out(source: TomlSource, form: Form) -> Iterator[ConfigError]:
    """Yield a remark on every row and column to fill in that stands among the members of a group and is none."""
    filled = {
        (cell.table, axis, getattr(cell, axis).key) for cell in form.cells if cell.is_input for axis in _AXES
    }
    for section, table in zip(source.tables("table"), form.tables, strict=True):
        for block in table.blocks:
            for axis, lines in (("row", block.rows), ("column", block.columns)):
                for line in lines:
                    lacking = _lacking(line, lines) if (table.key, axis, line.key) in filled else ()
                    if lacking:
                        yield section.fault(
                            f"“{line.key}”的标签在“{line.label[-2]}”之下，其下别的都属于组 {'、'.join(lacking)}，它不属于，说到这一组的规则、图表和文字不会算它。"
                            "要算的，请在它的 groups 里写上；确实不算的，不用改。",
                            f'"{line.key}"',
                        )


def _lacking(line: Line, lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the groups that all lines with labels under the same one share, but not ``line``."""
    above = line.label[:-1]
    others = [
        set(other.groups) for other in lines if other is not line and above and other.label[:-1] == above
    ]
    return tuple(sorted(set.intersection(*others) - set(line.groups))) if len(others) >= _MANY else ()
