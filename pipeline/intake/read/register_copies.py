"""What stands under the headings of a register, sheet by sheet, goes in; what of it was not read comes out.

A clerk may put the second half of a year on a copied sheet. What is one register and what a draft nobody knows: other
rows are returned, with both places, unless they are the same or all of another period.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.forms.row_checks import breaking
from pipeline.forms.values.typed import shown
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.register_heads import Head
    from pipeline.periods import Period

_OF_THE_PERIOD = frozenset({"until", "since"})
"""Relations by which a row belongs to one period and to no other."""


@dataclass(slots=True)
class ListedRows:
    """What stands below the headings: the rows and their lines, and the lines of totals; what is none of these is left out."""

    head: Head
    rows: list[Sequence[Raw]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


def elsewhere(
    register: Register, chosen: ListedRows, others: Sequence[ListedRows], period: Period | None
) -> Iterator[Finding]:
    """Tell of the rows that stand on ``others`` and were not read; ``period`` is the one reported, None where it is not known."""
    known = set(map(_seen, chosen.rows))
    sheet = chosen.head.sheet.name
    for other in others:
        rows = [
            (line, row) for line, row in zip(other.lines, other.rows, strict=True) if _seen(row) not in known
        ]
        facts: dict[str, Fact] = {
            "table": register.name, "sheet": sheet, "copy": other.head.sheet.name, "home": register.sheet,
        }  # fmt: skip
        if not other.rows:
            continue
        if not rows:
            yield Finding.found("F05", Place(sheet), (), "copy", facts)
        elif all(_is_of_another(register, row, period) for _, row in rows):
            yield Finding.found("F05", Place(sheet), (), "rows_of_another", facts)
        else:
            facts |= {"rows": len(rows), "line": rows[0][0] + 1}
            place = Place(other.head.sheet.name, a1(rows[0][0], max(0, min(other.head.columns))))
            yield Finding.found("F05", place, (), "rows_elsewhere", facts)


def _seen(row: Sequence[Raw]) -> tuple[str, ...]:
    return tuple(shown(value).strip() for value in row)


def _is_of_another(register: Register, row: Sequence[Raw], period: Period | None) -> bool:
    """Say whether a row belongs to another period than is reported, by what the form asks of its days."""
    values = [kind.read(value).value for kind, value in zip(register.kinds, row, strict=True)]
    rules = [rule for rule in register.rules if rule.relation in _OF_THE_PERIOD]
    return period is not None and any(breaking(register, rule, [values], period) for rule in rules)
