"""A report that a letter did not arrive finds its letter by whatever it tells, or is a line for the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ledger import Ledger, letters, open_ledger
from pipeline.ledger.letters import BounceRecord, LedgerLetter
from pipeline.letter import LetterState
from pipeline.model import CHINA

YEAR = 2023
SENT = datetime(2024, 1, 20, 20, tzinfo=CHINA)
LATER = SENT + timedelta(hours=1)
REPORT = BounceRecord("a" * 64, "系统退信", LATER, origin="x.cn")
"""Proven to come from the server that the letters left from."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Two letters that left: a return to 甲局, a reminder to 乙局."""
    with open_ledger(tmp_path) as opened:
        wanted = [
            LedgerLetter(
                "2023:a",
                YEAR,
                "returned",
                "jia@x.cn",
                "【退回修改】甲局（第 1 次报送）",
                "<1@x>",
                b"1",
                "001",
            ),
            LedgerLetter("2023:b", YEAR, "reminder", "yi@x.cn", "【催报】乙局", "<2@x>", b"2", "002"),
        ]
        letters.intend(opened, wanted, at=SENT)
        for item in wanted:
            letters.sent(opened, item.key, SENT)
        yield opened


def failed(ledger: Ledger) -> list[str]:
    return [item.key for item in letters.of_year(ledger, YEAR) if item.state is LetterState.FAILED]


@pytest.mark.parametrize(
    "report",
    [
        replace(REPORT, letter="<1@x>"),
        replace(
            REPORT,
            letter="<unknown@x>",
            recipient="JIA@x.cn",
            subject="退信：【退回修改】甲局（第 1 次报送）",
        ),
        replace(REPORT, recipient="jia@x.cn"),
        replace(REPORT, subject="Undelivered: 【退回修改】 甲局 （第 1 次报送）"),
    ],
)
def test_a_report_finds_its_letter_by_whatever_it_tells(ledger: Ledger, report: BounceRecord) -> None:
    assert letters.bounced(ledger, YEAR, report, at=LATER)
    assert failed(ledger) == ["2023:a"]
    assert letters.unclear_bounces(ledger, YEAR, None) == []


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        replace(REPORT, recipient="bing@x.cn", words="550 no such user"),
        replace(REPORT, subject="【催报】乙局", received_at=SENT - timedelta(days=1)),
    ],
)
def test_what_fits_no_letter_is_said_once(ledger: Ledger, report: BounceRecord) -> None:
    assert not letters.bounced(ledger, YEAR, report, at=LATER)
    letters.bounced(ledger, YEAR, report, at=LATER)
    assert failed(ledger) == []
    assert letters.unclear_bounces(ledger, YEAR, None) == [report.said]
    assert letters.unclear_bounces(ledger, YEAR, LATER) == []


def test_a_report_of_the_first_letter_says_nothing_of_the_same_sent_again(ledger: Ledger) -> None:
    report = replace(REPORT, recipient="jia@x.cn")
    letters.bounced(ledger, YEAR, report, at=LATER)
    letters.try_again(ledger, ["2023:a"], LATER)
    letters.sent(ledger, "2023:a", LATER)
    letters.bounced(ledger, YEAR, report, at=LATER)
    assert failed(ledger) == []


def test_two_letters_to_one_address_are_not_told_apart_without_a_subject(ledger: Ledger) -> None:
    other = LedgerLetter("2023:c", YEAR, "reminder", "jia@x.cn", "【催报】丙局", "<3@x>", b"3", "003")
    letters.intend(ledger, [other], at=SENT)
    letters.sent(ledger, other.key, SENT)
    assert not letters.bounced(ledger, YEAR, replace(REPORT, recipient="jia@x.cn"), at=LATER)
    assert failed(ledger) == []


@pytest.mark.parametrize("origin", ["", "elsewhere.cn", "x.cn.elsewhere.cn"])
@pytest.mark.parametrize(
    "told",
    [
        {"recipient": "jia@x.cn"},
        {"recipient": "jia@x.cn", "subject": "退信：【退回修改】甲局（第 1 次报送）"},
        {"subject": "Undelivered: 【退回修改】 甲局 （第 1 次报送）"},
        {"letter": "<unknown@x>", "recipient": "jia@x.cn", "subject": "【退回修改】甲局（第 1 次报送）"},
    ],
)
def test_what_anybody_may_know_is_a_remark_and_changes_no_letter(
    ledger: Ledger, told: dict[str, str], origin: str
) -> None:
    report = replace(REPORT, origin=origin, **told)  # type: ignore[arg-type]  # all of them texts
    assert not letters.bounced(ledger, YEAR, report, at=LATER)
    assert failed(ledger) == []
    assert letters.unclear_bounces(ledger, YEAR, None) == [report.said]


def test_a_report_that_names_the_letter_needs_no_proof_of_its_origin(ledger: Ledger) -> None:
    assert letters.bounced(ledger, YEAR, replace(REPORT, letter="<1@x>", origin=""), at=LATER)
    assert failed(ledger) == ["2023:a"]
