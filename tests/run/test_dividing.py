"""What all forms of a district share: mail is fetched once, a report of failure goes to the form whose letter it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from pipeline.district.folder import District, load_district
from pipeline.intake.fetch.inbox_folder import InboxContents
from pipeline.ledger import letters, open_ledger
from pipeline.machine.work import Workforce
from pipeline.mail import imap
from pipeline.mail.imap import FetchReport
from pipeline.mail.network import Credentials
from pipeline.model import Bounce, Message, SenderProof
from pipeline.run import batch, mailing
from pipeline.run.inbox_dividing import division_of
from pipeline.run.opening import Barrier
from pipeline.run.side_by_side import run_all
from tests.support.folders import make_district

NOW = datetime(2024, 1, 25, 8, tzinfo=UTC)
EXTRA = """
[people]
email = "office@example.gov.cn"
[mail]
imap_host = "imap.example.gov.cn"
[[forms]]
form = "request_register"
year = 2023
deadline = 2024-02-15
"""


@pytest.fixture
def district(tmp_path: Path) -> District:
    return load_district(make_district(tmp_path / "样例区", ["样例区财政局"], {}, extra=EXTRA))


def test_mail_is_fetched_once_for_all_forms(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    def collect(own: District, _: object, **__: object) -> FetchReport:
        fetched.append(own.form)
        return FetchReport(stored=2)

    monkeypatch.setattr(mailing, "check", lambda _: None)
    monkeypatch.setattr(mailing, "collect", collect)
    one = partial(batch.run, now=NOW, work=Workforce(), progress=lambda *_: None)
    first, second = run_all(district, district.folder / "output", one, now=NOW, fetches=True)
    assert fetched == ["annual_report_2021"]
    assert first.fetched == FetchReport(stored=2)
    assert second.fetched is None


def test_a_report_of_failure_goes_to_the_form_whose_letter_it_was(district: District) -> None:
    output = district.folder / "output"
    own, other = district.campaigns
    said = letters.LedgerLetter(
        "k", other.year, "reminder", "1@example.gov.cn", "催报", "<mine@x>", b"x", "001"
    )
    report = Message(
        "退信.eml",
        "1" * 64,
        None,
        None,
        "退信",
        NOW,
        1.0,
        bounce=Bounce("<mine@x>", "1@example.gov.cn", "no"),
    )
    failed = replace(report, path="假.eml", sha256="2" * 64, proof=SenderProof.FAILED)
    strange = replace(report, path="别的.eml", sha256="3" * 64, bounce=Bounce("<theirs@x>", "", "no"))
    plain = replace(report, path="问.eml", sha256="4" * 64, bounce=None)
    found = InboxContents(
        (), (report, failed, strange, plain), {}, frozenset(), troubles={"开着.xlsx": "closed"}
    )
    division = division_of((own, other), output)
    assert division
    with open_ledger(output, other.part) as ledger:
        letters.intend(ledger, [said], at=NOW)
        letters.sent(ledger, "k", NOW)
        theirs = division.own(other, found, ledger, Barrier(ledger, other.year, NOW))
    with open_ledger(output) as ledger:
        ours = division.own(own, found, ledger, Barrier(ledger, own.year, NOW))
    assert [item.path for item in theirs.messages] == ["退信.eml"]
    assert theirs.troubles == {}
    assert [item.path for item in ours.messages] == ["假.eml", "别的.eml", "问.eml"]
    assert list(ours.troubles) == ["开着.xlsx"]


def test_mail_is_asked_for_since_the_last_month_of_the_first_period(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = district.folder / "district.toml"
    text = settings.read_text("utf-8").replace(
        'form = "request_register"\nyear = 2023', 'form = "disclosure_statistics_quarter"\nperiod = "2023Q3"'
    )
    settings.write_text(text.replace("2024-02-15", "2023-10-20"), "utf-8")
    asked: list[date] = []

    def fetch(*_: object, since: date, **__: object) -> FetchReport:
        asked.append(since)
        return FetchReport()

    monkeypatch.setattr(imap, "fetch", fetch)
    monkeypatch.setattr(mailing, "credentials", lambda _: Credentials("office", "secret"))
    with open_ledger(district.folder / "output") as ledger:
        both = load_district(district.folder)
        for campaign in both.campaigns:
            mailing.collect(campaign, ledger, now=NOW)
    assert asked == [date(2023, 9, 1), date(2023, 9, 1)]
