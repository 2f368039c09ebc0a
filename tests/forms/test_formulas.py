"""Excel formulas from balances; that they compute the same as pandera is proven with LibreOffice in tests/judging."""

from __future__ import annotations

import pytest

from pipeline.forms.form import Form
from pipeline.forms.formulas import (
    difference_formula,
    mark_formula,
    quoted,
    ranges,
    side_formula,
    sum_formula,
    total_formula,
)


def test_neighbours_become_ranges_along_rows_or_columns() -> None:
    row = [("甲", 7, column) for column in range(3, 9)]
    column = [("甲", line, 9) for line in range(9, 30)]
    assert ranges(row) == ["'甲'!D8:I8"]
    assert ranges(column, home="甲") == ["J10:J30"]
    assert ranges([("甲", 1, 1), ("甲", 5, 3)], home="甲") == ["B2", "D6"]
    assert ranges([("甲", 1, 1), ("乙", 1, 1)]) == ["'乙'!B2", "'甲'!B2"]


def test_a_sheet_name_with_a_quote_is_escaped() -> None:
    assert quoted("a'b") == "'a''b'"


def test_an_empty_side_is_zero(form: Form) -> None:
    assert sum_formula([]) == "0"
    assert side_formula(form, form.balance("T2-01.issued").right) == "=0"


def test_a_total_waits_for_its_parts_unless_the_table_is_nil(form: Form) -> None:
    assert total_formula(form, form.balance("T3-03.new_received")) == (
        '=IF(OR(D3="是",COUNT(D8:I8)=6),SUM(D8:I8),"")'
    )


LINE = {"left": "D9", "right": "E9", "difference": "F9", "explanation": "H9"}


@pytest.mark.parametrize(
    ("check", "after", "formula"),
    [
        ("T2-03.regulations", (), '=IF(ISNUMBER(F9),IF(F9>0,"✗","✓"),"—")'),
        ("T4-01.reconsideration", (), '=IF(ISNUMBER(F9),IF(F9<>0,"✗","✓"),"—")'),
        (
            "T3-06",
            (),
            '=IF(ISNUMBER(F9),IF(AND(D9>=6,ROUND(100*D9-50*E9,6)>0),IF(LEN(TRIM(H9))>0,"○","✗"),"✓"),"—")',
        ),
        (
            "T3-05.research",
            ("G5",),
            '=IF(AND(ISNUMBER(F9),G5<>"✗",G5<>"○"),IF(F9<>0,IF(LEN(TRIM(H9))>0,"○","✗"),"✓"),"—")',
        ),
    ],
)
def test_marks_follow_the_relation(form: Form, check: str, after: tuple[str, ...], formula: str) -> None:
    assert mark_formula(form.balance(check), LINE, after) == formula
    assert difference_formula("D9", "E9") == '=IF(AND(ISNUMBER(D9),ISNUMBER(E9)),ROUND(D9-E9,6),"—")'


def test_a_nil_return_speaks_for_its_own_year_and_table_only(form: Form) -> None:
    check = form.balance("T2-02.normative_documents")
    assert side_formula(form, check.right) == (
        "=IF(AND(OR('二、主动公开'!B3=\"是\",COUNT('二、主动公开'!B8)=1),COUNT('上年数据'!C9)=1),"
        "SUM('上年数据'!C9,'二、主动公开'!B8),\"—\")"
    )
