from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.forms.values.numbers import LARGEST
from pipeline.forms.values.typed import type_cell
from pipeline.intake.read.spreadsheet import Raw
from pipeline.model import Number


@pytest.mark.parametrize("value", [None, "", " ", "　\n\t", "\u200b"])
def test_blank_is_no_number_and_no_fault(value: Raw) -> None:
    typed = type_cell(value, "count")
    assert (typed.number, typed.code, typed.raw) == (None, "", None)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (7.0, 7),
        (-0.0, 0),
        (0.1, Decimal("0.1")),
        (59237.2449, Decimal("59237.2449")),
        (0.1 + 0.2, Decimal("0.3")),
        (-3.0, -3),
    ],
)
def test_stored_numbers_are_exact(value: float, number: Number) -> None:
    typed = type_cell(value, "money")
    assert typed.number == number
    assert type(typed.number) is type(number)
    assert not typed.code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("１２", 12),
        (" 12 ", 12),
        ("\u202a12\u202c", 12),
        ("\u200e12\u2060", 12),
        ("　12", 12),
        ("1,234", 1234),
        ("1，234，567", 1234567),
        ("12.50", Decimal("12.5")),
        ("7.0", 7),
        ("+3", 3),
        ("－3", -3),
        ("−3", -3),
        (".5", Decimal("0.5")),
        ("零", 0),
        ("零。", 0),
        ("＝0", 0),
        ("共12", 12),
        ("12。", 12),
    ],
)
def test_text_that_is_a_number_is_read_with_a_note(text: str, number: Number) -> None:
    typed = type_cell(text, "count")
    assert typed.number == number
    variant = "text_format" if text.strip() in ("12", "12.50") else "normalised"
    assert (typed.code, typed.variant) == ("C04", variant)
    assert typed.facts == {"raw": text.strip(), "value": number}


def test_digits_that_are_shown_from_right_to_left_are_no_number() -> None:
    typed = type_cell("\u202e77881\u202c", "count")
    assert (typed.number, typed.code, typed.variant) == (None, "C08", "text")
    assert type_cell(typed.raw, "count").number is None
    assert (
        type_cell("\u202d188\u202c", "count").number == 188
    )  # as calculators copy it: it turns nothing round


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (12.000000001, "count", 12),
        (11.999999999999, "count", 12),
        (12.30000000001, "money", Decimal("12.3")),
        (0.1234560000001, "money", Decimal("0.123456")),
    ],
)
def test_what_calculation_left_over_is_no_part_of_a_number(value: float, kind: str, number: Number) -> None:
    typed = type_cell(value, kind)
    assert typed.number == number
    assert (typed.code, typed.variant) == ("C04", "noise")


@pytest.mark.parametrize(
    ("value", "kind"), [(12.001, "count"), (12.3456789, "money"), (12.34567801, "money")]
)
def test_what_was_typed_is_kept_to_the_last_digit(value: float, kind: str) -> None:
    assert type_cell(value, kind).number == Decimal(str(value))


@pytest.mark.parametrize("count", [0, 1, 5, 31, 58, 61, 365, 366, 1300])
def test_a_count_formatted_as_a_date_is_the_count(count: int) -> None:
    """``d"件"`` is a date to a spreadsheet: 5 is 5 January 1900. As the fast reader hands it over."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write_number(0, 0, count, book.add_format({"num_format": 'd"件"'}))
    stream.seek(0)
    [[value]] = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    typed = type_cell(value, "count")
    assert (typed.number, typed.code, typed.variant) == (count, "C04", "date_format")


@pytest.mark.parametrize(
    "value",
    [date(1900, 2, 28), date(1904, 1, 1), date(2024, 1, 2), datetime(1900, 1, 5, 12)],  # noqa: DTZ001
)
def test_a_date_that_is_no_certain_count_is_said(value: Raw) -> None:
    typed = type_cell(value, "count")
    assert (typed.number, typed.code, typed.variant) == (None, "C08", "date")


@pytest.mark.parametrize(
    "text", ["/", "／", "-", "－", "—", "——", "–", "无", " 无 ", "不涉及", "N/A", "n/a", "NA", "暂无"]
)
def test_placeholders_are_named(text: str) -> None:
    typed = type_cell(text, "count")
    assert (typed.number, typed.code, typed.variant) == (None, "C02", "placeholder")
    assert typed.raw == text.strip()


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("2件", "count", 2),
        ("２ 件", "count", 2),
        ("1,234条", "count", 1234),
        ("3（件）", "count", 3),
        ("0.5万元", "money", Decimal("0.5")),
        ("5次", "count", 5),
    ],
)
def test_a_harmless_unit_is_stripped_with_a_warning(text: str, kind: str, number: Number) -> None:
    typed = type_cell(text, kind)
    assert typed.number == number
    assert (typed.code, typed.variant) == ("C03", "unit_stripped")
    assert typed.raw is None


@pytest.mark.parametrize(("text", "unit"), [("251000元", "元"), ("1亿元", "亿元"), ("30 元", "元")])
def test_a_unit_that_changes_the_value_is_an_error(text: str, unit: str) -> None:
    typed = type_cell(text, "money")
    assert (typed.number, typed.code, typed.variant, typed.facts["unit"]) == (
        None,
        "C03",
        "unit_changes",
        unit,
    )


@pytest.mark.parametrize(
    ("value", "variant"),
    [
        (True, "boolean"),
        (date(2024, 1, 2), "date"),
        (datetime(2024, 1, 2, 3), "date"),  # noqa: DTZ001 - a spreadsheet knows no time zone
        (time(12), "date"),
        (timedelta(days=1), "date"),
        (1e13, "too_large"),
        (float("inf"), "too_large"),
        (float("nan"), "text"),
        (LARGEST + 1, "too_large"),
        (13812345678.0, "too_large"),
        ("057186123456", "too_large"),
        ("1000000000000", "too_large"),
        ("9" * 5000, "too_large"),
        ("约20件", "text"),
        ("20余", "text"),
        ("1,23", "text"),
        ("12\n13", "text"),
        ("12 13", "text"),
        ("1 2", "text"),
        ("131 132", "text"),
        ("12①", "text"),
        ("5²", "text"),
        ("1E5", "text"),
        ("〇", "text"),
        ("2件", "text"),
        ("5元", "text"),
        ("=1+1", "text"),
        ("见附件", "text"),
        ("#REF!", "excel_error"),
        ("#N/A", "excel_error"),
    ],
)
def test_what_is_no_number_is_said(value: Raw, variant: str) -> None:
    kind = "money" if value == "2件" else "count"
    typed = type_cell(value, kind)
    assert (typed.number, typed.code, typed.variant) == (None, "C08", variant)
    assert typed.raw is not None
    assert len(typed.raw) <= 60


@given(
    st.one_of(
        st.text(), st.floats(), st.integers(), st.booleans(), st.text("0123456789,.-+件元万 ", max_size=60)
    )
)
def test_every_value_has_an_answer(value: Raw) -> None:
    for kind in ("count", "money"):
        typed = type_cell(value, kind)
        assert typed.number is None or not typed.code or typed.code in {"C03", "C04"}
        assert (typed.raw is None) == (typed.number is not None or not typed.code)


@given(st.decimals(-999_999, 999_999, places=6))
def test_money_survives_the_way_through_a_float(number: Decimal) -> None:
    assert type_cell(float(number), "money").number == number


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("7件。", "count", 7),
        ("共7件", "count", 7),
        ("共计7件。", "count", 7),
        ("12.5万元整", "money", Decimal("12.5")),
    ],
)
def test_words_around_a_number_and_its_unit_say_nothing_else(text: str, kind: str, number: Number) -> None:
    typed = type_cell(text, kind)
    assert (typed.number, typed.code, typed.variant) == (number, "C03", "unit_stripped")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("无。", "count", "C02"),
        ("￥12.5", "money", "C08"),
        ("12.5万", "money", "C08"),
        ("12.5元整", "money", "C03"),
        ("零件", "count", "C08"),
        ("=3+4", "count", "C08"),
        ("共同7件", "count", "C08"),
        ("12=0", "count", "C08"),
        ("3共7件", "count", "C08"),
        ("。", "count", "C08"),
    ],
)
def test_what_may_mean_something_else_is_no_number(text: str, kind: str, code: str) -> None:
    typed = type_cell(text, kind)
    assert (typed.number, typed.code) == (None, code)
    assert typed.raw == text
