"""A balance and the addresses of its cells go in; Excel formulas come out.

The same terms give the template's totals, the live checks on 自查 and the sums of the district workbook.
Formulas use A1 addresses, English function names and no feature younger than Excel 2007.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.forms.form import is_last_year
from pipeline.forms.relations import excel_condition
from pipeline.forms.values.answers import YES
from pipeline.model import a1

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.forms.form import Balance, Form
    from pipeline.forms.layout import Position

NOT_ASSESSED = "—"
HOLDS = "✓"
FAILS = "✗"
EXPLAINED = "○"
"""A warning that the clerk has explained."""


def quoted(sheet: str) -> str:
    """Quote a sheet name for a formula."""
    return "'" + sheet.replace("'", "''") + "'"


def ranges(positions: Iterable[Position], *, home: str = "") -> list[str]:
    """Join cells into the fewest straight ranges, as ``'二、主动公开'!B8:D8``; no sheet name for cells on ``home``."""
    remaining = sorted(set(positions))
    rows = [_run(group) for _, group in groupby(_along(remaining, row=True), key=lambda item: item[0])]
    found = [_range(first, last) for first, last in rows]
    if len(found) == len(remaining) > 1:
        columns = sorted(remaining, key=lambda item: (item[0], item[2], item[1]))
        found = [
            _range(*_run(group)) for _, group in groupby(_along(columns, row=False), key=lambda item: item[0])
        ]
    return [address if sheet == home else f"{quoted(sheet)}!{address}" for sheet, address in found]


def _along(cells: Sequence[Position], *, row: bool) -> list[tuple[tuple[str, int, int], Position]]:
    """Tag each cell with its run: neighbours along a row (or a column) share the tag."""
    tagged = []
    for number, (sheet, r, c) in enumerate(cells):
        tag = (sheet, r, c - number) if row else (sheet, c, r - number)
        tagged.append((tag, (sheet, r, c)))
    return tagged


def _run(group: Iterable[tuple[object, Position]]) -> tuple[Position, Position]:
    cells = [cell for _, cell in group]
    return cells[0], cells[-1]


def _range(first: Position, last: Position) -> tuple[str, str]:
    start, end = a1(first[1], first[2]), a1(last[1], last[2])
    return first[0], start if start == end else f"{start}:{end}"


def sum_formula(positions: Sequence[Position], *, home: str = "") -> str:
    """Return ``SUM(...)`` over the cells, each as often as it is named, ``0`` if there are none."""
    times = Counter(positions)
    parts = [
        (often, f"SUM({','.join(ranges([at for at in times if times[at] == often], home=home))})")
        for often in sorted(set(times.values()))
    ]
    return "+".join(part if often == 1 else f"{often}*{part}" for often, part in parts) or "0"


def _nil_answer(form: Form, table: str, home: str) -> str:
    return ranges([form.positions[form.table(table).nil_key]], home=home)[0]


def _is_complete(form: Form, keys: Sequence[str], home: str) -> str:
    """Return the condition that every cell of ``keys`` holds a number, or its table is declared nil."""
    conditions = []
    for (table, is_past), group in groupby(sorted(dict.fromkeys(keys), key=_part), key=_part):
        cells = [form.position(key) for key in group]
        counted = f"COUNT({','.join(ranges(cells, home=home))})={len(cells)}"
        nil = "" if is_past else f'{_nil_answer(form, table, home)}="{YES}"'
        conditions.append(f"OR({nil},{counted})" if nil else counted)
    return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"


def _part(key: str) -> tuple[str, bool]:
    """Return whose nil return speaks for ``key``: its table's, and of last year nobody's."""
    return key.split(".", maxsplit=1)[0], is_last_year(key)


def total_formula(form: Form, balance: Balance) -> str:
    """Return the template's formula for the cell that ``balance`` defines; empty text while an operand is blank."""
    home = form.positions[balance.anchor][0]
    total = sum_formula([form.positions[key] for key in balance.right], home=home)
    return f'=IF({_is_complete(form, balance.right, home)},{total},"")'


@lru_cache(maxsize=2048)  # the same in every workbook of a form
def side_formula(form: Form, side: Sequence[str]) -> str:
    """Return the value of one side for 自查; a dash while an operand is blank."""
    if not side:
        return "=0"
    total = sum_formula([form.position(key) for key in side])
    return f'=IF({_is_complete(form, side, "")},{total},"{NOT_ASSESSED}")'


def difference_formula(left: str, right: str) -> str:
    """Return left − right of two cells of 自查; a dash where either is one. Money is rounded to six decimals."""
    return f'=IF(AND(ISNUMBER({left}),ISNUMBER({right})),ROUND({left}-{right},6),"{NOT_ASSESSED}")'


def mark_formula(check: Balance, at: Mapping[str, str], after: Sequence[str] = ()) -> str:
    """Return ✓, ✗, ○ or a dash. ``at`` names the cells of the line, ``after`` the marks of the checks it follows."""
    condition = excel_condition(check.rule, at["left"], at["right"], at["difference"])
    failed = f'"{FAILS}"'
    if check.rule.severity != "error":
        failed = answered_formula(at["explanation"]).removeprefix("=")
    known = f"ISNUMBER({at['difference']})"
    if after:
        silent = [f'{mark}<>"{sign}"' for mark in after for sign in (FAILS, EXPLAINED)]
        known = f"AND({','.join((known, *silent))})"
    return f'=IF({known},IF({condition},{failed},"{HOLDS}"),"{NOT_ASSESSED}")'


def filled_formula(missing: str, otherwise: str = FAILS) -> str:
    """Return ✓ or ``otherwise`` for a cell that counts what is still missing; a dash where that is not known."""
    return f'=IF(ISNUMBER({missing}),IF({missing}=0,"{HOLDS}","{otherwise}"),"{NOT_ASSESSED}")'


def answered_formula(explanation: str) -> str:
    """Return ✗, or ○ once something is written in the cell ``explanation``."""
    return f'=IF(LEN(TRIM({explanation}))>0,"{EXPLAINED}","{FAILS}")'
