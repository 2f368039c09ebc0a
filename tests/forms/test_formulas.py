"""Excel formulas from balances; that they compute the same as pandera is proven with LibreOffice in tests/judging."""

from __future__ import annotations

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


def test_marks_follow_the_relation(form: Form) -> None:
    assert mark_formula(form.balance("T2-03.regulations"), "F9") == '=IF(ISNUMBER(F9),IF(F9<=0,"✓","✗"),"—")'
    assert (
        mark_formula(form.balance("T4-01.reconsideration"), "F9") == '=IF(ISNUMBER(F9),IF(F9=0,"✓","✗"),"—")'
    )
    assert difference_formula("D9", "E9") == '=IF(AND(ISNUMBER(D9),ISNUMBER(E9)),ROUND(D9-E9,6),"—")'
