"""A register goes in; which of its lines are rows, and what stands in their cells, comes out as Excel arrays.

Nearly always every cell of a register stands as the template wants it, and what is asked of it costs little. What is pasted, or
written by hand, is read in judging as people write it: days as text, “/” for nothing, a choice with spaces, totals and notes
below the rows. A hidden cell counts what is such (``odd_cell``); where it is not 0, formulas ask for it as judging does. Of what no
formula understands (二〇二五年一月六日, 1.予以公开) another hidden cell counts the cells (``unsure_cell``): these are for the office.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.forms.layout import ROWS_TOP, STAMP_SHEET
from pipeline.forms.period_days import PERIOD_DAYS_ROW, counts_days
from pipeline.forms.registers import NOTES, PARTS, SIGNED, WHOLES
from pipeline.forms.values.answers import Choice, YesNo, may_be_numbered
from pipeline.forms.values.days import Day, day_numbers, is_uncertain, plain_days, uncertain_days
from pipeline.forms.values.plain import normalise, quoted_word
from pipeline.forms.values.typed import PLACEHOLDERS
from pipeline.model import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.form import Form
    from pipeline.forms.registers import Register
    from pipeline.forms.values.kind import ValueKind

_WILD = str.maketrans({sign: f"~{sign}" for sign in "~*?"})
_BEGINNING = 2
"""Characters by which the beginning of a line is known."""
NOTHING = ",".join(quoted_word(normalise(word)) for word in sorted(PLACEHOLDERS))
"""What says that there is nothing to fill in, as a formula lists it."""
_LONGEST_FORMULA = 4_800
"""Signs: Excel takes 8,192, but a workbook that is saved as .xls loses what is longer than some 5,000."""
_BELOW = 20_000
"""Rows below those that formulas look at in which something may stand: as many as are read."""


def register_area(register: Register, rows: int = 0) -> Callable[[int], str]:
    """Return what spells the cells of a column, as far as the template has room; it makes room for the ``rows`` that it holds."""

    def area(column: int) -> str:
        letters, last = column_letters(column), ROWS_TOP + max(register.rows, rows)
        return f"{quoted(register.sheet)}!${letters}${ROWS_TOP + 1}:${letters}${last}"

    return area


def first_unseen(register: Register, rows: int = 0) -> int:
    """Return the first row of the sheet, from 1, that no formula of a template looks at that holds ``rows`` of them."""
    return ROWS_TOP + max(register.rows, rows) + 1


def unseen_expression(register: Register, rows: int = 0) -> str:
    """Return the Excel expression of how many cells are filled below the rows that formulas look at."""
    first, last = first_unseen(register, rows), column_letters(len(register.columns) - 1)
    return f"COUNTA({quoted(register.sheet)}!$A${first}:${last}${first + _BELOW})"


def excel_word(word: str) -> str:
    """Quote a word for a formula that looks for it, in which ~ * ? mean something else."""
    return quoted_word(word.translate(_WILD))


# ---------------------------------------------------------------- the hidden cells


def hidden_row(form: Form, register: Register) -> int:
    """Return the first of the four rows of the hidden stamp, from 0, that are the register's."""
    number = [own.key for own in form.registers].index(register.key)
    return PERIOD_DAYS_ROW + 2 * counts_days(form) + 4 * number


def odd_cell(form: Form, register: Register) -> str:
    """Return where it is counted what stands otherwise in the register than the template wants it."""
    return f"{quoted(STAMP_SHEET)}!$B${hidden_row(form, register) + 1}"


def unsure_cell(form: Form, register: Register) -> str:
    """Return where the cells are counted that no formula understands."""
    return f"{quoted(STAMP_SHEET)}!$B${hidden_row(form, register) + 2}"


def _numbered_cell(form: Form, register: Register) -> str:
    """Return where the choices are counted that may have a number before them."""
    return f"{quoted(STAMP_SHEET)}!$B${hidden_row(form, register) + 3}"


def _wordless_cell(form: Form, register: Register) -> str:
    """Return where the cells are counted that hold no choice as the template spells it."""
    return f"{quoted(STAMP_SHEET)}!$B${hidden_row(form, register) + 4}"


def odd_formula(form: Form, register: Register, rows: int) -> str:
    """Return the formula of how many lines are no rows, and how many cells are no plain day or choice."""
    area = register_area(register, rows)
    terms = [f"SUMPRODUCT(({_filled_cells(register, area)}>0)*(1-{rows_array(register, rows)}))"]
    for number, kind in enumerate(register.kinds):
        if isinstance(kind, Day):
            terms.append(f"COUNTA({area(number)})-{plain_days(area(number))}")
    return f"={'+'.join(terms)}+{_wordless_cell(form, register)}"


def wordless_formula(register: Register, rows: int) -> str:
    """Return the formula of how many cells are no plain choice: word by word, for Gnumeric counts but the first of several."""
    area, terms = register_area(register, rows), ["0"]
    for number, kind in enumerate(register.kinds):
        if isinstance(kind, Choice | YesNo):
            counted = "".join(f"-COUNTIF({area(number)},{excel_word(word)})" for word in kind.words)
            terms.append(f"COUNTA({area(number)}){counted}")
    return f"={'+'.join(terms)}"


def wordless_count(register: Register, rows: Sequence[Sequence[str]]) -> int:
    """Count what ``wordless_formula`` does in ``rows`` that the template itself holds."""
    return sum(
        row[number] not in ("", *kind.words)
        for row in rows
        for number, kind in enumerate(register.kinds)
        if isinstance(kind, Choice | YesNo)
    )


def odd_count(register: Register, rows: Sequence[Sequence[str]]) -> int:
    """Count what ``odd_formula`` does in ``rows`` that the template itself holds."""
    return wordless_count(register, rows) + sum(
        isinstance(kind, Day) and bool(row[number]) and isinstance(kind.stored(row[number]), str)
        for row in rows
        for number, kind in enumerate(register.kinds)
    )


def unsure_formula(form: Form, register: Register, rows: int) -> str:
    """Return the formula of how many cells hold what no formula understands."""
    area = register_area(register, rows)
    days = [uncertain_days(area(at)) for at, kind in enumerate(register.kinds) if isinstance(kind, Day)]
    terms = "".join(f"SUMPRODUCT({one})+" for one in days)
    return f"=IF({odd_cell(form, register)}=0,0,{terms}{_numbered_cell(form, register)})"


def numbered_formula(form: Form, register: Register, rows: int) -> str:
    """Return the formula of how many choices may have a number before them, which formulas do not take off."""
    area = register_area(register, rows)
    choices = [(area(at), kind) for at, kind in enumerate(register.kinds) if isinstance(kind, Choice)]
    terms = [kind.uncertain(cells) for cells, kind in choices]
    if sum(map(len, terms)) > _LONGEST_FORMULA:
        terms = [f"(LEN(TRIM({cells}))>0)*{may_be_numbered(cells)}" for cells, _ in choices]
    counted = "+".join(f"SUMPRODUCT({one})" for one in terms) or "0"
    return f"=IF({odd_cell(form, register)}=0,0,{counted})"


def numbered_count(register: Register, rows: Sequence[Sequence[str]]) -> int:
    """Count what ``numbered_formula`` does."""
    return sum(
        kind.is_uncertain(row[at])
        for at, kind in enumerate(register.kinds)
        if isinstance(kind, Choice)
        for row in rows
    )


def unsure_count(register: Register, rows: Sequence[Sequence[str]]) -> int:
    """Count what ``unsure_formula`` does."""
    days = [at for at, kind in enumerate(register.kinds) if isinstance(kind, Day)]
    return numbered_count(register, rows) + sum(
        is_uncertain(row[at]) and isinstance(register.kinds[at].stored(row[at]), str)
        for row in rows
        for at in days
    )


# ---------------------------------------------------------------- rows


def counted(form: Form, register: Register, terms: tuple[str, str], rows: int) -> str:
    """Return the formula of how many rows ``terms`` are 1 for: where every cell stands as it should, and where not."""
    area = register_area(register, rows)
    plain, odd = terms
    usual = f"SUMPRODUCT(({_filled_cells(register, area)}>0)*{plain})"
    return f"=IF({odd_cell(form, register)}=0,{usual},SUMPRODUCT({rows_array(register, rows)}*{odd}))"


def _filled_cells(register: Register, area: Callable[[int], str]) -> str:
    tests = (f'({area(number)}<>"")' for number in range(len(register.columns)))
    return f"({'+'.join(tests)})"


def rows_array(register: Register, rows: int = 0) -> str:
    """Return the array that is 1 for each line that is a row: not for blanks, totals, notes and headings that were pasted again."""
    area = register_area(register, rows)
    joined = "&".join(area(number) for number in range(len(register.columns)))
    line = f'TRIM(SUBSTITUTE(ASC({joined}),"\u3000"," "))'
    begins = f"LEFT({line},{_BEGINNING})"
    blank = [f"(LEN(TRIM({area(at)}))=0)" for at, column in enumerate(register.columns) if column.required]
    lacking = f"({'+'.join(blank) or '0'}>0)"
    alone = f'((LEN({line})-LEN(SUBSTITUTE({line},":",""))+2)>{_filled_cells(register, area)})'
    total, note = _one_of(begins, (*WHOLES, *PARTS)), _one_of(begins, (*NOTES, *SIGNED))
    aside = f'({total}+({note}+(LEFT({line},1)="注"))*{alone}>0)'
    return f"(LEN({line})>0)*(1-{lacking}*{aside})*(1-{_is_heading(register, area)})"


def _one_of(begins: str, words: Sequence[str]) -> str:
    known = dict.fromkeys(word[:_BEGINNING] for word in words if len(word) >= _BEGINNING)
    return f"ISNUMBER(MATCH({begins},{{{','.join(map(quoted_word, known))}}},0))"


def _is_heading(register: Register, area: Callable[[int], str]) -> str:
    """Return the array that is 1 where the first two headings stand once more; a star says that a column has to be filled."""
    pairs = [(area(at), register.columns[at].label) for at in range(min(2, len(register.columns)))]
    tests = (
        f'(SUBSTITUTE(SUBSTITUTE({cells}," ",""),"*","")={quoted_word(label)})' for cells, label in pairs
    )
    return "*".join(tests)


# ---------------------------------------------------------------- cells


def is_filled(cells: str, kind: ValueKind) -> str:
    """Return the array that is 1 where something stands, and not “/” or “无” where that is nothing."""
    if not kind.may_say_nothing:
        return f"(LEN(TRIM({cells}))>0)"
    return f"(LEN(TRIM({cells}))>0)*ISNA(MATCH(TRIM(ASC({cells})),{{{NOTHING}}},0))"


def holds_oddly(cells: str, wanted: tuple[str, ...], kind: ValueKind, days: tuple[str, str]) -> str:
    """Return the array that is 1 where what is asked of ``cells`` holds, however it is written; ``days``: the period's first and the one after it."""
    first, after = days
    match wanted:
        case ("filled",):
            return is_filled(cells, kind)
        case ("blank",):
            return f"(1-{is_filled(cells, kind)})"
        case ("in_year",):
            return days_hold(
                cells, f"(ABS(2*{day_numbers(cells)}-({first})-({after})+1)<({after})-({first}))"
            )
        case ("before_year" | "not_before_year" as asked,):
            before = days_hold(cells, f"({day_numbers(cells)}<{first})")
            return before if asked == "before_year" else f"(1-{before})"
        case _ if isinstance(kind, Choice | YesNo):
            return kind.says(cells, [own for word in wanted for own in kind.alike(word)])
        case _:
            return f"ISNUMBER(MATCH(TRIM({cells}),{{{','.join(map(quoted_word, wanted))}}},0))"


def days_hold(cells: str, test: str) -> str:
    """Return the array that is 1 where ``cells`` name a day and ``test`` holds, which is an error where they name none."""
    return f"ISNUMBER(1/((LEN(TRIM({cells}))>0)*{test}))"
