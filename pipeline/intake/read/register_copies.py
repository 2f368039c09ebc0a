"""What stands under the headings of a register, sheet by sheet, goes in; what of it was not read comes out.

A clerk may put the second half of a year on a copied sheet. What is one register and what a draft nobody knows: other
rows are returned, with both places, unless they are the same or all of another period.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.forms.row_checks import breaking
from pipeline.forms.values.typed import shown
from pipeline.intake.read.register_heads import is_blank
from pipeline.long_lists import first_of
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.register_heads import Head
    from pipeline.periods import Period

_OF_THE_PERIOD = frozenset({"until", "since"})
"""Relations by which a row belongs to one period and to no other."""
_NAMED = 12
"""Sheets that one sentence names: one for each month."""


@dataclass(slots=True)
class ListedRows:
    """What stands below the headings, or was sorted above them: the rows and their lines, and the lines of totals; what is none of these is left out."""

    head: Head
    rows: list[Sequence[Raw]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    words: str = ""
    """What stands alone on a line that is no row: “无”, 本年度未收到申请."""
    groups: list[int] = field(default_factory=list)
    """Lines that are headings over some of the rows."""
    subtotals: list[int] = field(default_factory=list)
    """Lines that a spreadsheet put below the groups of rows."""
    turned: dict[int, int] = field(default_factory=dict)
    """Headings that stand again with their columns in another order, and how many rows were read by them."""


def with_open(register: Register, listed: ListedRows, names: Collection[str]) -> ListedRows:
    """Return ``listed`` with those of the columns ``names``, as register.column, missing still in which nothing at all stands.

    What belongs there may have stood under another heading in the file before; a single “无” says that nothing does.
    """
    head = listed.head
    still = {
        number
        for number, own in enumerate(register.columns)
        if f"{register.key}.{own.key}" in names and head.columns[number] >= 0
        if listed.rows and all(is_blank(cells[number]) for cells in listed.rows)
    }
    if not still:
        return listed
    columns = tuple(-1 if number in still else at for number, at in enumerate(head.columns))
    return replace(listed, head=replace(head, columns=columns, still_open=frozenset(still)))


def elsewhere(
    register: Register, chosen: ListedRows, others: Sequence[ListedRows], period: Period | None
) -> Iterator[Finding]:
    """Tell of the rows that stand on ``others`` and were not read; ``period`` is the one reported, None where it is not known.

    A register of a sheet for each month is one finding.
    """
    known = set(map(_seen, chosen.rows))
    sheet = chosen.head.sheet.name
    there = {listed.head.sheet.name for listed in (chosen, *others)}
    unread: list[tuple[ListedRows, int, int]] = []
    for other in others:
        rows = [
            (line, row) for line, row in zip(other.lines, other.rows, strict=True) if _seen(row) not in known
        ]
        facts: dict[str, Fact] = {
            "table": register.name, "sheet": sheet, "copy": other.head.sheet.name, "home": register.sheet,
        }  # fmt: skip
        if not other.rows:
            continue
        if not other.head.sheet.visible:
            if rows and not all(_is_of_another(register, row, period) for _, row in rows):
                hidden = facts | {"rows": len(rows)}
                yield Finding.found("V02", Place(other.head.sheet.name), (), "rows_hidden", hidden)
        elif not rows:
            yield Finding.found("F05", Place(sheet), (), "copy", facts)
        elif all(_is_of_another(register, row, period) for _, row in rows):
            yield Finding.found("F05", Place(sheet), (), "rows_of_another", facts)
        else:
            unread.append((other, len(rows), rows[0][0]))
    if unread:
        where = register.sheet if register.sheet in there else sheet
        facts = {"table": register.name, "sheet": sheet, "home": register.sheet, "to": where}
        yield _unread(unread, facts)


def _unread(others: Sequence[tuple[ListedRows, int, int]], facts: Mapping[str, Fact]) -> Finding:
    """Say where rows stand that were not read: on each of ``others`` how many, and the first line of them."""
    first, count, line = others[0]
    place = Place(first.head.sheet.name, a1(line, max(0, min(first.head.columns))))
    if len(others) == 1:
        facts = {**facts, "copy": first.head.sheet.name, "rows": count, "line": line + 1}
        return Finding.found("F05", place, (), "rows_elsewhere", facts)
    named = [f"“{other.head.sheet.name}”第 {line + 1} 行起 {count} 条" for other, count, line in others]
    total = sum(count for _, count, _ in others)
    facts = {**facts, "rows": total, "copies": first_of(named, _NAMED, "等 {} 张工作表")}
    return Finding.found("F05", place, (), "rows_on_sheets", facts)


def _seen(row: Sequence[Raw]) -> tuple[str, ...]:
    return tuple(shown(value).strip() for value in row)


def _is_of_another(register: Register, row: Sequence[Raw], period: Period | None) -> bool:
    """Say whether a row belongs to another period than is reported, by what the form asks of its days."""
    values = [kind.read(value).value for kind, value in zip(register.kinds, row, strict=True)]
    rules = [rule for rule in register.rules if rule.relation in _OF_THE_PERIOD]
    return period is not None and any(breaking(register, rule, [values], period) for rule in rules)
