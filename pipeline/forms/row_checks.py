"""What a register asks of its columns and rows goes in; how many break it comes out, as a number and as an Excel formula.

Both readings stand here, side by side, as those of figures do in ``drawing``. What no formula can say (a pattern, likeness, workdays of
a district's own calendar) has none. Formulas are sums of products over whole columns: of arrays in them IF knows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, assert_never

from pipeline.forms.drawing import Row, fulfils, reported_days
from pipeline.forms.live_rows import (
    NOTHING,
    counted,
    days_hold,
    excel_word,
    holds_oddly,
    is_filled,
    register_area,
    rows_array,
)
from pipeline.forms.values.days import day_numbers
from pipeline.forms.values.plain import CLOSING, OPENING, folded, without
from pipeline.forms.values.typed import says_nothing
from pipeline.periods import bounds_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.registers import Register, RowRule
    from pipeline.forms.values.kind import ValueKind
    from pipeline.periods import Period

_NO_FORMULA = (
    "workdays are the district's own, and patterns and likeness are no matter of formulas: none counts them"
)


def is_live(rule: RowRule) -> bool:
    """Say whether a formula can count the rows that break ``rule``."""
    match rule.relation:
        case "order" | "until" | "since" | "needs" | "blank":
            return True
        case "due" | "single" | "apart":
            return False
        case _:
            assert_never(rule.relation)


def rule_formula(form: Form, register: Register, rule: RowRule, rows: int = 0) -> str:
    """Return the formula of how many rows break ``rule``, which is live; a cell that names no day breaks none."""
    area, days = register_area(register, rows), reported_days(form)
    kinds, column = register.kinds, register.index[rule.column]
    asked = [(area(at), wanted, kinds[at]) for name, wanted in rule.when for at in [register.index[name]]]
    usual = [_holds(cells, wanted, kind, days) for cells, wanted, kind in asked]
    oddly = [f"({holds_oddly(cells, wanted, kind, days)})" for cells, wanted, kind in asked]
    other = area(register.index[rule.other]) if rule.other else ""
    usual.append(_fails(area(column), other, rule, days))
    oddly.append(_fails_oddly(area(column), other, rule, kinds[column], days))
    return counted(form, register, ("*".join(usual), "*".join(oddly)), rows)


def _fails(cells: str, other: str, rule: RowRule, days: tuple[str, str]) -> str:
    """Return the array that is 1 where a rule is broken, of cells that stand as the template wants them."""
    match rule.relation:
        case "needs":
            return f"(LEN(TRIM({cells}))=0)"
        case "blank":
            return f"(LEN(TRIM({cells}))>0)"
        case "until":
            return f"ISNUMBER({cells})*({cells}>={days[1]})*({days[0]}>0)"
        case "since":
            return f"ISNUMBER({cells})*({cells}<{days[0]})"
        case "order":
            return f"ISNUMBER({cells})*ISNUMBER({other})*(INT({cells})<INT({other}))"
        case "due" | "single" | "apart":
            raise ValueError(_NO_FORMULA)
        case _:
            assert_never(rule.relation)


def _fails_oddly(cells: str, other: str, rule: RowRule, kind: ValueKind, days: tuple[str, str]) -> str:
    """Return the same of cells as people write them."""
    match rule.relation:
        case "needs":
            return f"(1-{is_filled(cells, kind)})"
        case "blank":
            return is_filled(cells, kind)
        case "until":
            return days_hold(cells, f"({day_numbers(cells)}>={days[1]})*({days[0]}>0)")
        case "since":
            return days_hold(cells, f"({day_numbers(cells)}<{days[0]})")
        case "order":
            earlier = f"(LEN(TRIM({other}))>0)*({day_numbers(cells)}<{day_numbers(other)})"
            return days_hold(cells, earlier)
        case "due" | "single" | "apart":
            raise ValueError(_NO_FORMULA)
        case _:
            assert_never(rule.relation)


def breaking(register: Register, rule: RowRule, rows: Sequence[Row], period: Period | None) -> int:
    """Count the rows that break ``rule``, which is live."""
    tests = [fulfils(register, condition, period) for condition in rule.when]
    return sum(_breaks(register, rule, row, period) for row in rows if all(test(row) for test in tests))


def _breaks(register: Register, rule: RowRule, row: Row, period: Period | None) -> bool:
    value = row[register.index[rule.column]]
    match rule.relation:
        case "needs":
            return value == ""
        case "blank":
            return value != ""
        case "until":
            day = _day(value)
            return bool(day and period and day > bounds_of(period)[1])
        case "since":
            day = _day(value)
            return bool(day and period and day < bounds_of(period)[0])
        case "order":
            day, other = _day(value), _day(row[register.index[rule.other]])
            return bool(day and other and day < other)
        case "due" | "single" | "apart":
            raise ValueError(_NO_FORMULA)
        case _:
            assert_never(rule.relation)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _holds(area: str, wanted: tuple[str, ...], kind: ValueKind, days: tuple[str, str]) -> str:
    """Return the array that is 1 where what is asked of the cells of ``area`` holds; ``days``: the period's first and the one after it."""
    match wanted:
        case ("filled",):
            return f"(LEN(TRIM({area}))>0)"
        case ("blank",):
            return f"(LEN(TRIM({area}))=0)"
        case ("in_year",):
            return f"ISNUMBER({area})*({area}>={days[0]})*({area}<{days[1]})"
        case ("before_year",):
            return f"ISNUMBER({area})*({area}<{days[0]})"
        case ("not_before_year",):
            return f"(1-ISNUMBER({area})*({area}<{days[0]}))"
        case _:
            words = ",".join(excel_word(word) for own in wanted for word in kind.alike(own))
            return f"ISNUMBER(MATCH(TRIM({area}),{{{words}}},0))"


def repeats_formula(register: Register, rows: int = 0) -> str:
    """Return the formula of how many rows have all unique columns in common with an earlier one, as ``plain.folded`` compares them."""
    area = register_area(register, rows)
    columns = [_folded(area(register.index[name])) for name in register.unique]
    key = '&"|"&'.join(columns)
    filled = "*".join(f"(LEN({column})>0)*ISNA(MATCH({column},{{{NOTHING}}},0))" for column in columns)
    first = area(0).rpartition("$")[0].rpartition(":")[0]
    again = f"{filled}*(MATCH({key},{key},0)<>ROW({area(0)})-ROW({first})+1)"
    return f"=SUMPRODUCT({rows_array(register, rows)}*{again})"


def _folded(area: str) -> str:
    text = without(f"ASC({area})", (" ",))
    for signs, plain in ((OPENING, "("), (CLOSING, ")")):
        for sign in signs:
            text = f'SUBSTITUTE({text},"{sign}","{plain}")'
    return text


def repeats(register: Register, rows: Sequence[Row]) -> int:
    """Count the rows that have all unique columns in common with an earlier one."""
    at = [register.index[name] for name in register.unique]
    keys = [tuple(folded(row[number]) for number in at) for row in rows]
    filled = [key for key in keys if key and "" not in key and not any(map(says_nothing, key))]
    return len(filled) - len(set(filled))
