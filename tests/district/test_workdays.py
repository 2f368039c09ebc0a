"""Workdays, reminders and extensions: what the coordinator writes down is what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.district.folder import load_district
from pipeline.district.statutory_days import _LUNAR
from pipeline.district.workdays import Calendar, spoken_date
from pipeline.model import CHINA, ConfigError
from pipeline.run.fingerprint import fingerprint
from tests.district.test_district import CONFIG, district

DEADLINE = date(2025, 1, 31)
SPRING = Calendar(
    holidays=tuple(date(2025, 1, 28) + timedelta(days=number) for number in range(8)),
    workdays=(date(2025, 1, 26), date(2025, 2, 8)),
)


def test_a_day_off_that_is_written_down_later_is_news(tmp_path: Path) -> None:
    """What lies between two workdays is judged by it, and reminders go by it."""
    folder = district(tmp_path)
    quiet, day = load_district(folder), datetime(2024, 1, 25, tzinfo=CHINA)
    told = replace(quiet, calendar=replace(quiet.calendar, holidays=(date(2024, 2, 12),)))
    assert fingerprint(quiet, [], [], [], day) != fingerprint(told, [], [], [], day)


def test_holidays_and_make_up_workdays_are_the_coordinators() -> None:
    assert SPRING.is_workday(date(2025, 1, 26)), "a Sunday that is worked"
    assert not SPRING.is_workday(date(2025, 1, 29)), "a Wednesday off"
    assert not SPRING.is_workday(date(2025, 1, 25)), "a Saturday"
    assert Calendar().is_workday(date(2025, 2, 3))


def test_days_before_the_deadline_are_workdays() -> None:
    reminded = [
        day
        for day in (date(2025, 1, 13) + timedelta(days=number) for number in range(19))
        if SPRING.reminds_on(day, DEADLINE)
    ]
    assert reminded == [date(2025, 1, 21), date(2025, 1, 24), date(2025, 1, 27)]
    assert SPRING.workdays_between(date(2025, 1, 27), DEADLINE) == 0, "the last workday up to the deadline"


def test_after_the_deadline_every_so_many_workdays() -> None:
    days = [date(2025, 2, 1) + timedelta(days=number) for number in range(12)]
    assert [day.day for day in days if SPRING.reminds_on(day, DEADLINE)] == [5, 6, 7, 8, 10, 11, 12]
    third = Calendar(SPRING.holidays, SPRING.workdays, remind_every=3)
    assert [day.day for day in days if third.reminds_on(day, DEADLINE)] == [5, 8, 12]
    never = Calendar(remind_every=0)
    assert not any(never.reminds_on(day, DEADLINE) for day in days)


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.sets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=20),
)
def test_nobody_is_reminded_on_a_day_off(day: date, holidays: set[date]) -> None:
    calendar = Calendar(holidays=tuple(holidays), remind_days_before=tuple(range(400)))
    assert calendar.reminds_on(day, DEADLINE) == calendar.is_surely_workday(day)
    assert calendar.is_workday(day) or not calendar.is_surely_workday(day)


def test_a_day_is_spoken_with_its_weekday() -> None:
    assert spoken_date(date(2024, 1, 31)) == "2024年1月31日（星期三）"


def test_one_agency_has_longer(tmp_path: Path) -> None:
    extra = '[[extension]]\nagency = "002"\nuntil = 2024-02-05\nreason = "机构合并"\n'
    loaded = load_district(district(tmp_path, CONFIG + extra))
    assert loaded.deadline_of("002") == date(2024, 2, 5)
    assert loaded.deadline_of("001") == loaded.deadline == date(2024, 1, 31)


@pytest.mark.parametrize("spelling", ["002", "塘栖镇人民政府"])
def test_an_extension_names_its_agency_as_people_do(tmp_path: Path, spelling: str) -> None:
    extra = f'[[extension]]\nagency = "{spelling}"\nuntil = 2024-02-05\n'
    assert load_district(district(tmp_path, CONFIG + extra)).deadline_of("002") == date(2024, 2, 5)


TWO_FORMS = (
    '[[forms]]\nform = "request_register"\nyear = 2023\ndeadline = 2024-02-15\n'
    '[[forms]]\nform = "disclosure_statistics_quarter"\nperiod = "2023Q3"\ndeadline = 2024-01-10\n'
    '[[forms]]\nform = "disclosure_statistics_quarter"\nperiod = "2023Q4"\ndeadline = 2024-01-20\n'
)


def extended(agency: str, until: str, form: str) -> str:
    return f'[[extension]]\nagency = "{agency}"\nuntil = {until}\nform = "{form}"\n'


def test_an_extension_is_of_the_form_that_it_names(tmp_path: Path) -> None:
    extra = (
        '[[extension]]\nagency = "002"\nuntil = 2024-02-05\n'
        + extended("002", "2024-02-20", "request_register")
        + extended("塘栖镇人民政府", "2024-01-15", "disclosure_statistics_quarter:2023Q3")
    )
    loaded = load_district(district(tmp_path, CONFIG + TWO_FORMS + extra))
    assert [item.deadline_of("002") for item in loaded.campaigns] == [
        date(2024, 2, 5), date(2024, 2, 20), date(2024, 1, 15), date(2024, 1, 20),
    ]  # fmt: skip
    assert [item.deadline_of("001") for item in loaded.campaigns] == [
        item.deadline for item in loaded.campaigns
    ]


@pytest.mark.parametrize(
    ("form", "until", "line", "said"),
    [
        ("website_report", "2024-02-20", 21, "应为：annual_report_2021"),
        ("disclosure_statistics_quarter", "2024-02-20", 21, "disclosure_statistics_quarter:2023Q4"),
        ("request_register", "2024-02-10", 20, "不晚于截止日期 2024-02-15"),
    ],
)
def test_an_extension_of_no_form_that_is_collected_is_refused(
    tmp_path: Path, form: str, until: str, line: int, said: str
) -> None:
    extra = extended("002", until, form)
    with pytest.raises(ConfigError, match=said) as refused:
        load_district(district(tmp_path, CONFIG + TWO_FORMS + extra))
    assert refused.value.line == line


def test_what_is_collected_besides_and_is_of_the_year_before_is_refused(tmp_path: Path) -> None:
    first = CONFIG.replace("2024-01-31", "2025-01-31").replace("year = 2023", "year = 2024")
    quarters = "".join(
        f'[[forms]]\nform = "disclosure_statistics_quarter"\nperiod = "2024Q{quarter}"\ndeadline = {deadline}\n'
        for quarter, deadline in enumerate(("2024-04-10", "2024-07-10", "2024-10-10", "2025-01-10"), 1)
    )
    assert len(load_district(district(tmp_path, first + quarters)).campaigns) == 5
    with pytest.raises(ConfigError, match="上年留下的"):
        load_district(district(tmp_path, first + TWO_FORMS))


def test_people_sign_and_are_written_to(tmp_path: Path) -> None:
    assert load_district(district(tmp_path)).office == "杭州市临平区政务公开办"
    people = '[people]\noffice = "区府办政务公开科"\ncoordinator = "顾明远"\nemail = "a@b.cn"\n'
    loaded = load_district(district(tmp_path, CONFIG + people))
    assert (loaded.office, loaded.people.coordinator) == ("区府办政务公开科", "顾明远")


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        ('[calendar]\nholidays = ["2024-01-01"]\n', 7),
        ("[calendar]\nworkdays = 2024-01-01\n", 7),
        ("[calendar]\n\nremind_days_before = [-1]\n", 8),
        ("[calendar]\nremind_days_before = [2024-01-01]\n", 7),
        ("[calendar]\nremind_every = -1\n", 7),
        ("[calendar]\nholiday = []\n", 7),
        ('[[extension]]\nagency = "999"\nuntil = 2024-02-05\n', 7),
        ('[[extension]]\nagency = "002"\nuntil = "2024-02-05"\n', 8),
        ('[[extension]]\nagency = "002"\nuntil = 2024-01-31\n', 8),
        (
            '[[extension]]\nagency = "001"\nuntil = 2024-02-05\n[[extension]]\nagency = "002"\nuntil = 2023-02-06\n',
            11,
        ),
        ('[[extension]]\nagency = "002"\n', 6),
        ('[[extension]]\nagency = "002"\nuntil = 2024-02-05\n' * 2, 10),
        ("[people]\nphone = 5\n", 7),
        ('[people]\nemail = "公开办"\n', 7),
        ('[mail]\nsmtp_host = "smtp.example"\n', 7),
    ],
)
def test_a_slip_is_refused_with_its_line(tmp_path: Path, extra: str, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"district\.toml 第 {line} 行"):
        load_district(district(tmp_path, CONFIG + extra))


def test_what_the_law_names_is_off_in_any_year() -> None:
    own = Calendar(holidays=(date(2026, 2, 23),), workdays=(date(2026, 10, 2),))
    for day in (date(2026, 1, 1), date(2026, 2, 16), date(2026, 2, 19), date(2026, 5, 1), date(2026, 10, 1)):
        assert not own.is_workday(day)
        assert not Calendar().is_workday(day)
    assert own.is_workday(date(2026, 10, 2)), "what the coordinator wrote is what counts"
    assert not Calendar().is_workday(date(2028, 5, 2)), "by the law of 2025"
    assert Calendar().is_workday(date(2024, 5, 2))
    assert Calendar().is_workday(date(2024, 2, 9)), "New Year's Eve, before it"
    assert not Calendar().is_workday(date(2024, 4, 4))


def test_lunar_feasts_stand_at_their_moons() -> None:
    """春节 is at new moon, 端午 four days after one, 中秋 at full moon; a slip of the table is a day or a month off."""
    for year, (spring, boats, autumn) in _LUNAR.items():
        for (month, day), age in ((spring, 0), (boats, 4), (autumn, 14)):
            days = (date(year, month, day) - date(2000, 1, 6)).days  # a new moon: 2000-01-06 18:14 UTC
            off = (days - age - 0.43 + 15) % 29.530588 - 15
            assert abs(off) < 1.2, (year, month, day, off)
        assert date(year, 1, 20) <= date(year, *spring) <= date(year, 2, 21)


def test_in_a_year_without_its_decree_no_reminder_leaves_on_a_day_that_may_be_off() -> None:
    """The decree of 2026 put 15 to 23 February off; nobody had written it down."""
    deadline, unknown = date(2026, 1, 30), Calendar()
    reminded = {
        day
        for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(70))
        if unknown.reminds_on(day, deadline)
    }
    assert not reminded & {date(2026, 2, 15) + timedelta(days=number) for number in range(9)}
    assert not reminded & {date(2026, 1, 1), date(2026, 1, 2)}
    assert {
        date(2026, 1, 23),
        date(2026, 1, 28),
        date(2026, 1, 30),
        date(2026, 2, 12),
        date(2026, 2, 27),
    } <= reminded
    known = Calendar(holidays=(date(2026, 2, 16),))
    assert known.reminds_on(date(2026, 2, 24), deadline)
    assert unknown.sure_workdays_between(deadline, date(2026, 2, 27)) < known.workdays_between(
        deadline, date(2026, 2, 27)
    )


def test_the_year_is_asked_for_where_it_matters() -> None:
    assert Calendar().doubtful_year(date(2026, 1, 5), date(2026, 2, 20)) == 2026
    assert Calendar().doubtful_year(date(2026, 7, 1), date(2026, 8, 14)) is None, "no holiday is near"
    assert Calendar(holidays=(date(2026, 2, 16),)).doubtful_year(date(2026, 1, 1), date(2026, 12, 31)) is None
    assert Calendar().doubtful_year(date(2060, 2, 1), date(2060, 2, 5)) == 2060, (
        "of whose moons nothing is known"
    )
