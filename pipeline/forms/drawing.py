"""The rows of a register go in; the figures of ordinary tables that they come to come out, as numbers and as Excel formulas.

Which rows count is said once, in ``Drawn.where``; both readings stand here, side by side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import compress, product, repeat
from operator import and_
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.forms.live_rows import (
    excel_word,
    holds_oddly,
    odd_cell,
    register_area,
    rows_array,
    unsure_cell,
)
from pipeline.forms.period_days import PERIOD_DAYS
from pipeline.forms.registers import TIMES, Condition
from pipeline.forms.values.numeric import number_of
from pipeline.model import Number
from pipeline.periods import bounds_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.registers import Drawn, Register
    from pipeline.model import Rows
    from pipeline.periods import Period

Row = Sequence[str]


def drawn_figures(form: Form, registers: Mapping[str, Rows], period: Period | None) -> dict[str, Number]:
    """Return what the rows come to, by the cell, for every register that was found; ``period`` is the one reported."""
    found: dict[str, Number] = {}
    for register in form.registers:
        rows = registers.get(register.key)
        if rows is not None:
            found |= _counted_by(register, _plan(form, register.key), rows.cells, period)
    return found


def figures_of(
    register: Register, wanted: Mapping[str, Drawn], rows: Sequence[Row], period: Period | None
) -> dict[str, Number]:
    """Return for each of ``wanted`` how many rows fulfil what it asks, or what its column adds up to in those.

    Figures that ask the same columns are counted in one pass over the rows.
    """
    return _counted_by(register, _plan_of(wanted), rows, period)


_Picked = tuple[tuple[str, ...], ...]
_Plan = tuple[tuple[str, ...], Mapping["_Shape", Mapping[tuple[str, ...], Sequence[str]]]]
"""The figures in order; what is counted together, and to which figures each of what is counted there belongs."""


@lru_cache(maxsize=32)  # the same for every file
def _plan(form: Form, register: str) -> _Plan:
    return _plan_of({key: drawn for key, drawn in form.drawn.items() if drawn.register == register})


def _plan_of(wanted: Mapping[str, Drawn]) -> _Plan:
    together: defaultdict[_Shape, defaultdict[tuple[str, ...], list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for key, drawn in wanted.items():
        shape, picked = _asked(drawn)
        for values in picked:
            together[shape][values].append(key)
    return tuple(wanted), {shape: dict(figures) for shape, figures in together.items()}


def _counted_by(
    register: Register, plan: _Plan, rows: Sequence[Row], period: Period | None
) -> dict[str, Number]:
    first = register.index[_anchor(register)]
    columns = list(zip(*[row for row in rows if row[first]], strict=True)) or [()] * len(register.columns)
    passed: dict[tuple[Condition, ...], Sequence[bool]] = {}
    keys, together = plan
    found: dict[str, Number] = dict.fromkeys(keys, 0)
    for shape, figures in together.items():
        if shape[2] not in passed:
            passed[shape[2]] = _passing(register, shape[2], period, columns)
        for values, counted in _counted(register, shape, columns, passed[shape[2]]).items():
            for key in figures.get(values, ()):
                found[key] += counted
    return {key: _plain(total) for key, total in found.items()}


def _passing(
    register: Register,
    conditions: Sequence[Condition],
    period: Period | None,
    columns: Sequence[Sequence[str]],
) -> Sequence[bool]:
    """Say of each row whether it fulfils all ``conditions``."""
    passing = [True] * len(columns[0])
    for name, wanted in conditions:
        holds = map(test_of(wanted, period), columns[register.index[name]])
        passing = list(map(and_, passing, holds))
    return passing


_Shape = tuple[str, tuple[str, ...], tuple["Condition", ...]]
"""What figures that are counted together share: the column added up, the columns told apart, the tests of a row."""


def is_test(words: tuple[str, ...]) -> bool:
    """Say whether a condition asks for one of ``TIMES`` and not for certain words."""
    return len(words) == 1 and words[0] in TIMES


def _asked(drawn: Drawn) -> tuple[_Shape, _Picked]:
    """Return with which others a figure is counted, and which of what is counted there are its own."""
    tests = tuple(condition for condition in drawn.where if is_test(condition[1]))
    apart = [(name, words) for name, words in drawn.where if not is_test(words)]
    shape = drawn.column, tuple(name for name, _ in apart), tests
    return shape, tuple(product(*(words for _, words in apart)))


def _counted(
    register: Register, shape: _Shape, columns: Sequence[Sequence[str]], passing: Sequence[bool]
) -> Mapping[tuple[str, ...], Number]:
    """Count the rows that are ``passing``, or add one of their ``columns`` up, by what stands in those that are told apart."""
    column, names, _ = shape
    apart = [compress(columns[register.index[name]], passing) for name in names]
    keys = zip(*apart, strict=True) if apart else repeat((), sum(passing))
    if not column:
        return Counter(keys)
    found: dict[tuple[str, ...], Number] = {}
    for values, text in zip(keys, compress(columns[register.index[column]], passing), strict=True):
        found[values] = found.get(values, 0) + Decimal(number_of(text) or 0)
    return found


def _plain(total: Number) -> Number:
    return int(total) if total.__class__ is not int and total == int(total) else total


def fulfils(register: Register, condition: Condition, period: Period | None) -> Callable[[Row], bool]:
    """Return the test of one condition."""
    name, wanted = condition
    at, test = register.index[name], test_of(wanted, period)
    return lambda row: test(row[at])


def test_of(wanted: tuple[str, ...], period: Period | None) -> Callable[[str], bool]:
    """Return the test of a value; where the period is not known no day lies in it or before."""
    first, last = (day.isoformat() for day in bounds_of(period)) if period else ("", "")
    match wanted:
        case ("filled",):
            return lambda value: value != ""
        case ("blank",):
            return lambda value: value == ""
        case ("in_year",):
            return lambda value: "" < first <= value <= last
        case ("before_year",):
            return lambda value: "" < value < first and value[4:5] == "-"
        case ("not_before_year",):
            return lambda value: not ("" < value < first and value[4:5] == "-")
        case _:
            return lambda value: value in wanted


def _anchor(register: Register) -> str:
    """Return the column by which a row counts as one: the first that has to be filled."""
    return next(column.key for column in register.columns if column.required)


@lru_cache(maxsize=512)
def drawn_formula(form: Form, drawn: Drawn, rows: int = 0) -> str:
    """Return the Excel formula of a figure that the rows come to, in a template that holds ``rows`` of them already.

    Where a cell is for the office to understand there is no figure yet.
    """
    register, usual = form.register(drawn.register), _usually(form, drawn, rows)
    odd, unsure = odd_cell(form, register), unsure_cell(form, register)
    return f'=IF({odd}=0,{usual},IF({unsure}>0,"",{_oddly(form, drawn, rows)}))'


def _usually(form: Form, drawn: Drawn, rows: int) -> str:
    """Return the expression of a figure where every cell of the register stands as the template wants it."""
    register, days = form.register(drawn.register), reported_days(form)
    area = register_area(register, rows)
    conditions = ((_anchor(register), ("filled",)), *drawn.where)
    pairs = [_criteria(area(register.index[name]), wanted, days) for name, wanted in conditions]
    terms = []
    for picked in product(*pairs):
        arguments = ",".join(argument for _, one in picked for argument in one)
        sign = "-" if sum(not adds for adds, _ in picked) % 2 else "+"
        counted = (
            f"SUMIFS({area(register.index[drawn.column])},{arguments})"
            if drawn.column
            else f"COUNTIFS({arguments})"
        )
        terms.append(f"{sign}{counted}")
    return "".join(terms).removeprefix("+")


_OF_ANY_LINE = frozenset({"filled", "blank", "not_before_year"})
"""What may be asked of a row and holds of a total or a note as well."""


def _oddly(form: Form, drawn: Drawn, rows: int) -> str:
    """Return the expression of a figure where not every cell of the register stands as the template wants it."""
    register, days = form.register(drawn.register), reported_days(form)
    area = register_area(register, rows)
    conditions = ((_anchor(register), ("filled",)), *drawn.where)
    tests = [
        holds_oddly(area(at), wanted, register.kinds[at], days)
        for name, wanted in conditions
        for at in [register.index[name]]
    ]
    if all(len(wanted) == 1 and wanted[0] in _OF_ANY_LINE for _, wanted in conditions):
        tests.append(rows_array(register, rows))
    added = f",{area(register.index[drawn.column])}" if drawn.column else ""
    return f"SUMPRODUCT({'*'.join(f'({test})' for test in tests)}{added})"


def reported_days(form: Form) -> tuple[str, str]:
    """Return the Excel expressions of the first day of the reported period and of the day after it."""
    if form.period != "year":
        return PERIOD_DAYS
    place = form.places[form.entry_with_role("year").key]
    year = f"{quoted(place.sheet)}!{place.cell}"
    return f"DATE({year},1,1)", f"DATE({year}+1,1,1)"


_Criteria = tuple[bool, tuple[str, ...]]
"""Arguments of COUNTIFS, and whether what they count is added or taken off."""


def _criteria(area: str, wanted: tuple[str, ...], days: tuple[str, str]) -> list[_Criteria]:
    """Return the parts of what is asked of the cells of ``area``: alternatives, or everything and what is none of it."""
    before = (area, f'"<"&{days[0]}', area, '">0"')
    match wanted:
        case ("filled",):
            return [(True, (area, '"<>"'))]
        case ("blank",):
            return [(True, (area, '"="'))]
        case ("in_year",):
            return [(True, (area, f'">="&{days[0]}', area, f'"<"&{days[1]}'))]
        case ("before_year",):
            return [(True, before)]
        case ("not_before_year",):
            return [(True, ()), (False, before)]
        case _:
            return [(True, (area, excel_word(word))) for word in wanted]
