"""The rows of a register go in; the figures of ordinary tables that they come to come out, as numbers and as Excel formulas.

Which rows count is said once, in ``Drawn.where``; both readings stand here, side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.forms.layout import ROWS_TOP
from pipeline.forms.registers import TIMES, Condition
from pipeline.forms.values.figures import number_of
from pipeline.model import Number, column_letters

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.registers import Drawn, Register
    from pipeline.model import Rows

Row = Sequence[str]
_WILD = str.maketrans({sign: f"~{sign}" for sign in "~*?"})


def drawn_figures(form: Form, registers: Mapping[str, Rows], year: int | None) -> dict[str, Number]:
    """Return what the rows come to, by the cell, for every register that was found; ``year`` is the one reported."""
    found: dict[str, Number] = {}
    for register in form.registers:
        rows = registers.get(register.key)
        if rows is not None:
            wanted = {key: drawn for key, drawn in form.drawn.items() if drawn.register == register.key}
            found |= figures_of(register, wanted, rows.cells, year)
    return found


def figures_of(
    register: Register, wanted: Mapping[str, Drawn], rows: Sequence[Row], year: int | None
) -> dict[str, Number]:
    """Return for each of ``wanted`` how many rows fulfil what it asks, or what its column adds up to in those.

    Figures that ask the same columns are counted in one pass over the rows.
    """
    first = register.index[_anchor(register)]
    real = [row for row in rows if row[first]]
    passed: dict[tuple[Condition, ...], list[Row]] = {(): real}
    counted: dict[_Shape, Mapping[tuple[str, ...], Number]] = {}
    found: dict[str, Number] = {}
    for key, drawn in wanted.items():
        shape, picked = _asked(drawn)
        if shape not in counted:
            if shape[2] not in passed:
                tests = [fulfils(register, condition, year) for condition in shape[2]]
                passed[shape[2]] = [row for row in real if all(test(row) for test in tests)]
            counted[shape] = _counted(register, shape, passed[shape[2]])
        sums = counted[shape]
        found[key] = _plain(sum(sums.get(values, 0) for values in picked))
    return found


_Shape = tuple[str, tuple[str, ...], tuple["Condition", ...]]
"""What figures that are counted together share: the column added up, the columns told apart, the tests of a row."""


def _is_test(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and words[0] in TIMES


@lru_cache(maxsize=2048)  # the same for every file
def _asked(drawn: Drawn) -> tuple[_Shape, tuple[tuple[str, ...], ...]]:
    """Return with which others a figure is counted, and which of what is counted there are its own."""
    tests = tuple(condition for condition in drawn.where if _is_test(condition[1]))
    apart = [(name, words) for name, words in drawn.where if not _is_test(words)]
    shape = drawn.column, tuple(name for name, _ in apart), tests
    return shape, tuple(product(*(words for _, words in apart)))


def _counted(register: Register, shape: _Shape, rows: Sequence[Row]) -> Mapping[tuple[str, ...], Number]:
    """Count ``rows``, or add up a column of them, by what stands in the columns that are told apart."""
    column, names, _ = shape
    apart = [register.index[name] for name in names]
    keys = zip(*([row[at] for row in rows] for at in apart), strict=True) if apart else ((),) * len(rows)
    if not column:
        return Counter(keys)
    found: dict[tuple[str, ...], Number] = {}
    added = register.index[column]
    for values, row in zip(keys, rows, strict=True):
        found[values] = found.get(values, 0) + Decimal(number_of(row[added]) or 0)
    return found


def _plain(total: Number) -> Number:
    return int(total) if total == int(total) else total


def fulfils(register: Register, condition: Condition, year: int | None) -> Callable[[Row], bool]:
    """Return the test of one condition."""
    name, wanted = condition
    at = register.index[name]
    match wanted:
        case ("filled",):
            return lambda row: row[at] != ""
        case ("blank",):
            return lambda row: row[at] == ""
        case ("in_year",):
            return lambda row: row[at][:5] == f"{year}-"
        case ("before_year",):
            return lambda row: "" < row[at] < f"{year or 0:04}-01-01" and row[at][4:5] == "-"
        case _:
            return lambda row: row[at] in wanted


def _anchor(register: Register) -> str:
    """Return the column by which a row counts as one: the first that has to be filled."""
    return next(column.key for column in register.columns if column.required)


@lru_cache(maxsize=512)
def drawn_formula(form: Form, drawn: Drawn) -> str:
    """Return the Excel formula of a figure that the rows come to, in the template."""
    register = form.register(drawn.register)
    place = form.places[form.entry_with_role("year").key]
    year = f"{quoted(place.sheet)}!{place.cell}"
    pairs = [
        _criteria(register, condition, year) for condition in ((_anchor(register), ("filled",)), *drawn.where)
    ]
    terms = []
    for picked in product(*pairs):
        arguments = ",".join(argument for one in picked for argument in one)
        terms.append(
            f"SUMIFS({_area(register, drawn.column)},{arguments})"
            if drawn.column
            else f"COUNTIFS({arguments})"
        )
    return f"={'+'.join(terms)}"


def _criteria(register: Register, condition: Condition, year: str) -> list[tuple[str, ...]]:
    """Return the alternatives of a condition, each as arguments of COUNTIFS."""
    name, wanted = condition
    area = _area(register, name)
    match wanted:
        case ("filled",):
            return [(area, '"<>"')]
        case ("blank",):
            return [(area, '"="')]
        case ("in_year",):
            return [(area, f'">="&DATE({year},1,1)', area, f'"<"&DATE({year}+1,1,1)')]
        case ("before_year",):
            return [(area, f'"<"&DATE({year},1,1)', area, '">0"')]
        case _:
            return [(area, _quoted(word)) for word in wanted]


def _quoted(word: str) -> str:
    return '"' + word.translate(_WILD).replace('"', '""') + '"'


def _area(register: Register, column: str) -> str:
    return register_area(register)(register.index[column])


def register_area(register: Register) -> Callable[[int], str]:
    """Return what spells the cells of a column, as far as the template has room."""

    def area(column: int) -> str:
        letters, last = column_letters(column), ROWS_TOP + register.rows
        return f"{quoted(register.sheet)}!${letters}${ROWS_TOP + 1}:${letters}${last}"

    return area
