"""Numbers of persons, however they are written; all of them are made up."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.wording.personal_numbers import personal_numbers, without_persons

IDENTITY, MOBILE, CARD = "330106198506121237", "13857101234", "6222021202001234567"


def kinds(text: str) -> list[str]:
    return [number.kind for number in personal_numbers(text, 2023)]


@pytest.mark.parametrize(
    "text",
    [
        "张三/330106198506121237/男",
        "身份证=330106198506121237",
        "身份证：3301 0619 8506 1212 37。",
        "330106\u200919850612\u20091237",
        "330106-19850612-1237",
        "330106·19850612·1237",
        "３３０１０６１９８５０６１２１２３７",
        "330106\u200b198506121237",
        "ID330106198506121237",
        "李四_330106198506121237.xls",
        "11010519491231002x",
        "11010519491231002 X，",
        "330106198506121237等人",
        "单号330106198506121237次",
    ],
)
def test_an_identity_number_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text) == ["identity_number"]
    assert "19850612" not in "".join(letter for letter in without_persons(text) if letter.isalnum())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "申请人王某（身份证号：330103198001011232）满意。",
            "申请人王某（身份证号：330***…1232）满意。",
        ),  # a digit is wrong, the person is not
        ("身份证号码为33010319800101123X", "身份证号码为330***…123X"),
        ("身份证 330103 800101 123", "身份证 330***…1123"),
    ],
)
def test_what_is_called_an_identity_number_is_one(text: str, shown: str) -> None:
    assert (kinds(text), without_persons(text)) == (["identity_number"], shown)


@pytest.mark.parametrize("text", ["项目编号330103198001011232", "身份证复印件共330103198001011232份"])
def test_other_numbers_of_so_many_digits_are_none(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "手机/13857101234",
        "手机=13857101234/张三",
        "138 5710 1234",
        "138-5710-1234",
        "138.5710.1234",
        "138\u20095710\u20091234",
        "+86 138 5710 1234",
        "8613857101234",
        "1385710 1234",
        "１３８５７１０１２３４",
        "财政局_13857101234_年报.xls",
        "（13857101234）",
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(text: str) -> None:
    assert kinds(text) == ["mobile"]
    assert "5710" not in without_persons(text)


def test_a_mailbox_called_by_a_number_is_found_and_stays_whole() -> None:
    assert kinds(f"{MOBILE}@163.com") == ["mobile"]
    assert without_persons(f"{MOBILE}@163.com") == f"{MOBILE}@163.com"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MOBILE + IDENTITY, ["identity_number", "mobile"]),
        (IDENTITY + MOBILE, ["identity_number", "mobile"]),
        (IDENTITY * 2, ["identity_number"] * 2),
        (MOBILE * 2, ["mobile"] * 2),
        (f"{MOBILE}、{IDENTITY}；{CARD}", ["mobile", "identity_number", "bank_card"]),
        ("6222 0212 0200 1234 567", ["bank_card"]),
    ],
)
def test_numbers_beside_each_other_are_told_apart(text: str, expected: list[str]) -> None:
    assert sorted(kinds(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "电话0571-89532770，邮编311100",
        "信用代码113301840025086123，信用代码91330110MA2B1C3D4E",
        "临政发〔2023〕12号，2301-330113-04-01-123456",
        "http://www.linping.gov.cn/art/2023/1/5/art_1229_13812345678.html",
        "www.x.cn/330106198506121237",
        "案件编号330113202301051231，订单号4401987654321098",
        "阅读量13512345678次，拨付资金15812345678元",
        "330106198502031210",
        "2023-01-15 09:30，2022年1月1日至12月31日",
        "编号0571-13857101234-01",
        "收到15件，办结20件，2023年100件",
        "1500 2023 100",
        "",
    ],
)
def test_what_is_nobodys_number_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([IDENTITY, MOBILE]),
    st.sampled_from(["", " ", "\u2009", "\u3000", "\u00a0", "-", "\u2011", "\u200b", "_", "·", "."]),
    st.sampled_from(["", "号码", "：", "=", "/", "（", "，", "\n", "“"]),
    st.sampled_from(["", "。", "/", "）", "等", "，", "\n", "张"]),
)
def test_no_separator_hides_a_number(digits: str, joint: str, before: str, after: str) -> None:
    cut = (6, 14) if digits == IDENTITY else (3, 7)
    written = joint.join((digits[: cut[0]], digits[cut[0] : cut[1]], digits[cut[1] :]))
    [found] = personal_numbers(f"{before}{written}{after}", 2023)
    assert found.digits == digits
    assert (found.start, found.end) == (len(before), len(before + written))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "13857101234 ", "1-", "a.", "x@", "http://", "86 ", "62\u2009", "X", "1X"]
)
def test_the_cost_grows_with_the_text_at_most(piece: str) -> None:
    costs = []
    gc.disable()  # a look for garbage goes through all that other tests have left
    try:
        for size in (20_000, 80_000):
            text = (piece * size)[: 4 * size]
            began = time.process_time()
            personal_numbers(text)
            costs.append(time.process_time() - began)
    finally:
        gc.enable()
    assert costs[1] < 8 * costs[0] + 0.2
