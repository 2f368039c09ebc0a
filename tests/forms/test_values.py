"""Kinds of value: what people write is read, what is no such value is refused, and what is read is spelled in one way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.values.kind import ValueKind
from pipeline.forms.values.numeric import number_of
from pipeline.forms.values.plain import Raw
from pipeline.forms.values.registry import KINDS, faults_of, kind_of
from pipeline.wording.catalogue import CATALOGUE


@dataclass(frozen=True)
class Wanted:
    kind: str
    limits: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    official: Mapping[str, str] = field(default_factory=dict)
    label: str = "项目"
    prompt: str = ""
    required: bool = False
    unit: str = ""
    pattern: str = ""
    together: str = ""
    personal: bool = False


CHANNELS = {"web": "网络", "letter": "信函", "face": "当面"}


def kind(name: str, **options: object) -> ValueKind:
    choices = CHANNELS if name == "choice" else {}
    return kind_of(Wanted(name, **{"choices": choices, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("count", "1，200", "1200"),
        ("count", "３", "3"),
        ("signed_count", "－3", "-3"),
        ("decimal", "2.50", "2.5"),
        ("money", "25.1万元", "25.1"),
        ("percent", "12.5%", "0.125"),
        ("percent", "１２．５％", "0.125"),
        ("percent", 0.125, "0.125"),
        ("percent", 1.0, "1"),
        ("yes_no", "是的", "是"),
        ("yes_no", "√", "是"),
        ("yes_no", "×", "否"),
        ("yes_no", "☑是 □否", "是"),
        ("yes_no", True, "是"),
        ("choice", " 网 络", "网络"),
        ("choice", "（一）网络", "网络"),
        ("choice", "一、网络", "网络"),
        ("choice", "1.网络", "网络"),
        ("choice", "⑴ 网络", "网络"),
        ("choice", "①网络", "网络"),
        ("date", "2024年3月5日", "2024-03-05"),
        ("date", "2024.3.5", "2024-03-05"),
        ("date", "2024/03/05", "2024-03-05"),
        ("date", "２０２４－３－５", "2024-03-05"),
        ("date", "20240305", "2024-03-05"),
        ("date", 20240305.0, "2024-03-05"),
        ("date", date(2024, 3, 5), "2024-03-05"),
        ("date", datetime(2024, 3, 5, 9, 30), "2024-03-05"),  # noqa: DTZ001 - as a spreadsheet holds it
        ("date", 45356.0, "2024-03-05"),
        ("date", "2024-3-5 09:30", "2024-03-05"),
        ("date", "2024-3-5 9:30", "2024-03-05"),
        ("date", "2024年03月05号", "2024-03-05"),
        ("date", "2024年3月5日（星期二）", "2024-03-05"),
        ("date", "2024-3-5 周二 14:30:00", "2024-03-05"),
        ("date", "2024年3月5日上午9时", "2024-03-05"),
        ("date", "2024年3月5日 下午3点半", "2024-03-05"),
        ("date", "二〇二四年三月五日", "2024-03-05"),
        ("date", "二○二四年十二月三十一日", "2024-12-31"),
        ("date", "二零二四年十月二十号", "2024-10-20"),
        ("date", "2024、3、5", "2024-03-05"),
        ("date", "2024\\3\\5", "2024-03-05"),
        ("date", "2024—3—5", "2024-03-05"),
        ("date", "2024.3.5.", "2024-03-05"),
        ("date", "'2024-3-5", "2024-03-05"),
        ("year", "2024年度", "2024"),
        ("year", 2024.0, "2024"),
        ("period", "2024年第一季度", "2024Q1"),
        ("period", "2024Q3", "2024Q3"),
        ("period", "2024年上半年", "2024H1"),
        ("period", "2024年3月", "2024-03"),
        ("period", "2024", "2024"),
        ("text", "  两行 \n 文字 ", "两行\n文字"),
        ("text", 12.0, "12"),
    ],
)
def test_what_people_write_is_read(name: str, written: Raw, value: str) -> None:
    assert kind(name).read(written).value == value


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("yes_no", "大概有吧", "V01"),
        ("choice", "传真", "V01"),
        ("choice", "（一）传真", "V01"),
        ("choice", "（一）", "V01"),
        ("choice", "一网络", "V01"),
        ("choice", "（一）（二）网络", "V01"),
        ("date", "2024-02-30", "V01"),
        ("date", "3/5/2024", "V01"),
        ("date", "2024年3月", "V01"),
        ("date", "2024年3月5日（星期三）", "V01"),
        ("date", "2024年3月5日至8日", "V01"),
        ("date", "二〇二四年三月", "V01"),
        ("date", "二〇二四年三月三十二日", "V01"),
        ("date", "二〇二四年正月初五", "V01"),
        ("date", "24.3.5", "V01"),
        ("date", "〃", "V01"),
        ("date", 12.0, "V01"),
        ("year", "24", "V01"),
        ("period", "2024Q5", "V01"),
        ("phone", "没有电话", "V01"),
        ("count", "十二", "C08"),
        ("count", "无", "C02"),
        ("money", "251000元", "C03"),
    ],
)
def test_what_is_no_such_value_is_refused_and_kept_as_it_was(name: str, written: Raw, code: str) -> None:
    typed = kind(name).read(written)
    assert (typed.value, typed.code) == ("", code)
    assert typed.raw
    assert (typed.code, typed.variant) in CATALOGUE


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("blank", [None, ""])
def test_a_blank_is_a_blank(name: str, blank: Raw) -> None:
    typed = kind(name).read(blank)
    assert (typed.value, typed.code, typed.raw) == ("", "", None)


@pytest.mark.parametrize("name", KINDS)
@given(
    written=st.one_of(
        st.text(max_size=40),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.datetimes(),
        st.dates(),
        st.times(),
    )
)
def test_anything_is_read_without_an_error_and_what_was_read_is_read_again(name: str, written: Raw) -> None:
    own = kind(name)
    first = own.read(written)
    assert bool(first.value) + bool(first.raw) <= 1 or first.value
    assert not first.code or (first.code, first.variant) in CATALOGUE
    if first.value:
        again = own.read(first.value)
        assert again.value == first.value
        assert own.shown(first.value)
        stored = own.stored(first.value)
        assert number_of(first.value) == stored if own.sort == "number" else stored


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_says_how_it_is_asked_for_and_comes_together(name: str) -> None:
    own = kind(name, **({"pattern": "x", "limits": {"shortest": 2}} if name == "text" else {}))
    assert all((check.code, check.variant) in CATALOGUE for check in own.checks())
    assert own.prompt or name == "text"
    assert own.excel()["validate"] in {"any", "integer", "decimal", "list", "date", "length"}
    assert own.together == own.ways[0]
    assert ("sum" in own.ways) is (name in {"count", "signed_count", "decimal", "money"}), (
        "an average is never added up"
    )


@pytest.mark.parametrize(
    ("name", "options", "word"),
    [
        ("colour", {}, "kind"),
        ("count", {"limits": {"longest": 3}}, "longest"),
        ("count", {"limits": {"most": -1}}, "most"),
        ("decimal", {"limits": {"least": 5, "most": 4}}, "most"),
        ("percent", {"limits": {"least": 2}}, "least"),
        ("money", {"limits": {"places": 7}}, "places"),
        ("text", {"limits": {"longest": -1}}, "longest"),
        ("text", {"limits": {"shortest": 9, "longest": 8}}, "shortest"),
        ("percent", {"together": "sum"}, "together"),
        ("choice", {"choices": {}}, "choices"),
        ("date", {"choices": CHANNELS}, "choices"),
        ("choice", {"choices": {"a": "甲", "b": "甲"}}, "choices"),
        ("choice", {"choices": {"a": "甲（一）", "b": "甲 (一)"}}, "choices"),
        ("choice", {"choices": {"a": "甲\n乙", "b": "丙"}}, "choices"),
        ("date", {"pattern": "x"}, "pattern"),
        ("yes_no", {"unit": "件"}, "unit"),
    ],
)
def test_what_a_form_cannot_say_of_a_value_is_told(name: str, options: dict[str, object], word: str) -> None:
    choices = CHANNELS if name == "choice" else {}
    wanted = Wanted(name, **{"choices": choices, **options})  # type: ignore[arg-type]
    assert word in [token for _, token in faults_of(wanted)]


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "是",
            "否",
            "是的",
            "网络",
            "网络 ",
            "当面",
            "信函",
            "2024-03-05",
            "12",
            "一行 ",
            "两\n行",
            "０",
            True,
        ]
    ),
    st.none(),
    st.dates(date(1980, 1, 1), date(2110, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - as a spreadsheet holds it
    st.integers(-(10**10), 10**10).map(float),
    st.floats(width=32),
    st.text(max_size=5),
)
ALIKE = (
    st.sampled_from(["", "网络", "当面", "是", "否"]),
    st.one_of(st.just(""), st.dates()),
    st.one_of(st.just(""), st.integers(-5, 10**9).map(float)),
    st.one_of(st.just(""), st.text("年报 a", max_size=4)),
)


@pytest.mark.parametrize("name", sorted(KINDS))
@given(st.one_of(st.lists(CELLS, max_size=4), *(st.lists(cells, max_size=6) for cells in ALIKE)))
def test_a_plain_column_is_read_as_each_of_its_cells_is(name: str, cells: list[Raw]) -> None:
    own = kind(name)
    plain = own.plain(tuple(cells))
    if plain is not None:
        each = [own.read(cell) for cell in cells]
        assert list(plain) == [typed.value for typed in each]
        assert not any(typed.code for typed in each)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("count", (3.0, "", 0.0)),
        ("money", (3.0,)),
        ("yes_no", ("是", "", "否")),
        ("choice", ("网络", "信函", "")),
        ("date", (date(2024, 3, 5), "")),
        ("text", ("一行", "", "a b")),
    ],
)
def test_what_nearly_every_column_holds_is_plain(name: str, column: tuple[Raw, ...]) -> None:
    assert kind(name).plain(column) is not None
    assert kind(name).plain((*column, True)) is None


def test_a_choice_that_may_be_meant_by_another_is_looked_at_closely() -> None:
    own = kind_of(Wanted("choice", choices={"one": "网络", "other": "网 络", "third": "信函"}))
    assert own.plain(("信函", "")) == ["信函", ""]
    assert own.plain(("网络",)) is None
