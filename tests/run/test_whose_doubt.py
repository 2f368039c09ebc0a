"""Why a file waits is told the same in every letter: in the reminder as in the answer, and in the office's list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.letter import LetterState
from pipeline.letters.plan import AgencyStanding, WrittenLetter, reminders, untrue
from pipeline.model import Verdict
from pipeline.run.letters.standings import standings
from tests.support.arrivals import NIGHT, agency, arrival, district, state
from tests.support.towns import Town, box

AGENCIES = ONE, OTHER = agency(1), agency(2)


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    return Town.of(form, tmp_path / "区", "财政局", "教育局")


def test_who_sent_two_versions_in_one_mail_is_asked_for_the_right_one(town: Town) -> None:
    drafts = [("年报（初稿）.xlsx", town.book("财政局", 1)), ("年报（定稿）.xlsx", town.book("财政局", 2))]
    town.receive(box("001"), "Fri, 26 Jan 2024 09:30:00 +0800", *drafts)
    town.run("2024-01-26")
    [held] = town.told("held", "001")
    town.run("2024-01-29")
    [said] = town.told("reminder", "001")
    assert "收到贵单位的《年报（初稿）.xlsx》、《年报（定稿）.xlsx》，还没有计入" in said
    for told in (held, said):
        assert "不知道以哪一份为准" in told
        assert "请只把正确的那一份再发一次" in told
    assert "不是贵单位报送的" not in said
    [digest] = [str(item.get_body().get_content()) for item in town.letters if item["X-Nianbao"] == "digest"]  # type: ignore[union-attr]
    assert "只有待核实的文件，还不能算报送" in digest


@pytest.mark.parametrize(
    ("doubt", "by_its_mailbox", "by_hand"),
    [
        ("F06.several_tables", True, True),
        ("F02.unknown_agency", True, False),
        ("F06.failed_check", False, False),
        ("F06.unverified_sender", False, False),
    ],
)
def test_a_file_is_said_to_be_an_agencys_where_that_is_certain(
    form: Form, doubt: str, *, by_its_mailbox: bool, by_hand: bool
) -> None:
    held = replace(arrival(form, ONE, verdict=Verdict.HELD), doubt=doubt)
    for item, is_certain in (
        (replace(held, sent_by=ONE), by_its_mailbox),
        (replace(held, agency=None, sent_by=ONE), by_its_mailbox),
        (replace(held, sent_by=OTHER), False),
        (replace(held, sender=None), by_hand),
    ):
        [found, _] = standings(AGENCIES, {"submissions": []}, waits=[item])
        assert bool(found.sent) == is_certain


def test_who_waits_for_the_office_is_not_reminded(form: Form) -> None:
    held = replace(arrival(form, ONE, verdict=Verdict.HELD), sent_by=ONE)
    now = NIGHT + timedelta(days=7)
    for doubt, codes in (("F01", ["002"]), ("", ["002"]), ("F06.several_tables", ["001", "002"])):
        waits = AgencyStanding(ONE, has_held=True, sent=(replace(held, doubt=doubt),))
        asked = state(district(AGENCIES), waits, now=now)
        found = reminders(asked)
        assert [item.agency.code for item in found if item.agency] == codes
        lying = [
            WrittenLetter(item.key, item.kind, item.agency.code, item.to, "", now, LetterState.WAITING)
            for item in reminders(state(district(AGENCIES), now=now))
            if item.agency
        ]
        assert len(untrue(replace(asked, written=tuple(lying)))) == 2 - len(codes), (
            "nor by a letter of before"
        )
