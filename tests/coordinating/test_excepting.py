"""What the sheet 例外 grants, it grants for the period in which the row was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.coordinating.excepting import keep_exceptions
from pipeline.district.folder import load_district
from pipeline.ledger import decisions
from pipeline.ledger.access import open_campaign
from pipeline.model import CHINA, ConfigError, Decision
from pipeline.publishing.settings_pages import Value, filled_of
from tests.support.settings import desk, filled

ROW: Mapping[str, Value] = {"单位": "财政局", "规则": "T3-04", "理由": "机构划转", "同意的人": "王主任"}
FIRST, SECOND = (datetime(year, 1, 8, 20, 0, tzinfo=CHINA) for year in (2024, 2025))


def kept(folder: Path, year: int, now: datetime, *rows: Mapping[str, Value]) -> Sequence[Decision]:
    """Write the workbook of a campaign, keep its exceptions; return those in force."""
    settings: dict[tuple[str, str], Value] = {
        ("", "year"): year,
        ("", "deadline"): date(year + 1, 1, 31),
        ("people", "coordinator"): "陈静",
    }
    desk(folder, filled(settings, {"例外": rows}))
    with open_campaign(load_district(folder), folder / "output") as (ledger, district):
        keep_exceptions(ledger, district, now=now)
        return decisions.in_force(ledger, year, now.date())


def test_last_years_row_is_named_and_grants_nothing(tmp_path: Path) -> None:
    other = {**ROW, "单位": "001"}
    assert len(kept(tmp_path, 2023, FIRST, ROW)) == 1
    with pytest.raises(ConfigError) as caught:
        kept(tmp_path, 2024, SECOND, other, ROW)
    assert "有 1 处要改" in str(caught.value)
    assert "表“例外” A6" in str(caught.value)
    assert "为2023年的数据准予" in str(caught.value)
    assert kept(tmp_path, 2024, SECOND) == []
    [granted] = kept(tmp_path, 2024, SECOND, other)
    assert granted.agency == "001"


def test_a_row_that_was_written_anew_is_granted_by_who_agreed_now(tmp_path: Path) -> None:
    kept(tmp_path, 2023, FIRST, ROW)
    [granted] = kept(tmp_path, 2024, SECOND, {**ROW, "理由": "机构再次划转", "同意的人": ""})
    assert (granted.person, granted.given_at) == ("陈静", SECOND)
    assert kept(tmp_path, 2024, SECOND.replace(day=9), {**ROW, "理由": "机构再次划转", "同意的人": ""}) == [
        granted
    ]


def test_a_row_with_a_last_day_holds_until_then_as_of_the_day_on_which_it_was_granted(tmp_path: Path) -> None:
    until = {**ROW, "到哪天": date(2025, 6, 30)}
    kept(tmp_path, 2023, FIRST, until)
    [granted] = kept(tmp_path, 2024, SECOND, until)
    assert (granted.given_at, granted.until) == (FIRST, date(2025, 6, 30))
    assert kept(tmp_path, 2024, SECOND.replace(month=7), until) == []
    extended = {**ROW, "到哪天": date(2025, 12, 31)}
    [granted] = kept(tmp_path, 2024, SECOND.replace(month=7), extended)
    assert granted.given_at == SECOND.replace(month=7)


def test_who_goes_back_to_the_year_in_which_it_was_granted_is_asked_nothing(tmp_path: Path) -> None:
    [first] = kept(tmp_path, 2023, FIRST, ROW)
    kept(tmp_path, 2024, SECOND, {**ROW, "理由": "机构再次划转"})
    assert kept(tmp_path, 2023, SECOND, ROW) == [first]
    with pytest.raises(ConfigError, match="为2024年的数据准予"):
        kept(tmp_path, 2023, SECOND, {**ROW, "理由": "机构再次划转"})


def test_who_goes_back_a_year_does_not_take_this_years_exceptions_along(tmp_path: Path) -> None:
    until = {**ROW, "到哪天": date(2025, 6, 30)}
    assert kept(tmp_path, 2023, FIRST) == []
    [granted] = kept(tmp_path, 2024, SECOND, until)
    with pytest.raises(ConfigError) as caught:
        kept(tmp_path, 2023, SECOND, until)
    assert "表“例外” A5" in str(caught.value)
    assert "为2024年的数据准予的，不能用于2023年的数据" in str(caught.value)
    assert kept(tmp_path, 2023, SECOND) == []
    assert kept(tmp_path, 2024, SECOND, until) == [granted], "it was put back as it was"


REGISTER: Mapping[str, Value] = {"表样": "request_register", "报告期": 2023, "截止日期": date(2024, 2, 15)}


def collecting(folder: Path, *rows: Mapping[str, Value]) -> list[list[tuple[str, str]]]:
    """Write the workbook of a district that collects a register besides; return agency and rule of what each form's ledger keeps."""
    settings: dict[tuple[str, str], Value] = {
        ("", "year"): 2023, ("", "deadline"): date(2024, 1, 31), ("people", "coordinator"): "陈静"
    }  # fmt: skip
    desk(folder, filled(settings, {"例外": rows, "另收": [REGISTER]}))
    found = []
    for campaign in load_district(folder).campaigns:
        with open_campaign(campaign, folder / "output") as (ledger, district):
            keep_exceptions(ledger, district, now=FIRST)
            held = decisions.in_force(ledger, 2023, FIRST.date())
        found.append([(item.agency, item.rule) for item in held])
    return found


@pytest.mark.parametrize("form", ["request_register", "request_register:2023", "政府信息公开申请办理台账"])
def test_an_exception_is_of_the_form_that_it_names(tmp_path: Path, form: str) -> None:
    """Both forms have a rule of this number; a number that the register alone has is known as well."""
    named = [{**ROW, "表样": form}, {**ROW, "单位": "001", "规则": "R4", "表样": form}]
    assert collecting(tmp_path, *named) == [[], [("002", "T3-04"), ("001", "R4")]]


def test_an_exception_that_names_no_form_is_of_the_first(tmp_path: Path) -> None:
    assert collecting(tmp_path, ROW) == [[("002", "T3-04")], []]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"规则": "R4"}, "表“例外” B5：规则“R4”不是 annual_report_2021 的，是 request_register 的；请在“表样”列写明"),
        ({"规则": "T2-02", "表样": "request_register"}, "规则“T2-02”不是 request_register 的，是 annual_report_2021 的"),
        ({"规则": "R99"}, "没有规则“R99”"),
        ({"规则": "R1", "表样": "request_register"}, "规则 R1 不能作例外"),
        ({"表样": "website_report"}, "表“例外” G5：没有收“website_report”，应为：annual_report_2021、request_register"),
    ],
)  # fmt: skip
def test_a_rule_is_looked_up_in_the_form_that_is_meant(
    tmp_path: Path, row: Mapping[str, Value], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        collecting(tmp_path, {**ROW, **row})
    assert said in str(caught.value)


def test_exceptions_of_each_form_are_written_down_with_it(tmp_path: Path) -> None:
    collecting(tmp_path, ROW, {**ROW, "规则": "R4", "表样": "request_register"})
    rows = filled_of(load_district(tmp_path)).lists["例外"]
    assert [(row["规则"], row["表样"]) for row in rows] == [("T3-04", ""), ("R4", "request_register:2023")]
