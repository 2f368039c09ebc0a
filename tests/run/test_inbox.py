"""What a night opens of the inbox, and what the ledger knows of it already."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.district.folder import District, load_district
from pipeline.district.mail_settings import MailSettings
from pipeline.intake.fetch import inbox_folder
from pipeline.ledger import Ledger, open_ledger
from pipeline.model import CHINA
from pipeline.run import inbox
from tests.support.folders import make_district
from tests.support.mails import mail

NOW = datetime(2024, 1, 15, 20, tzinfo=CHINA)
FAILED = {"Authentication_Results": "mx.example; spf=fail smtp.mailfrom=x.example"}


@pytest.fixture
def district(tmp_path: Path) -> District:
    files = {
        "邮件/1.eml": mail([("甲.xlsx", b"1"), ("乙.xlsx", b"2")], **FAILED).as_bytes(),
        "邮件/2.eml": mail(Message_ID="<2@x>").as_bytes(),
        "丙.xlsx": b"3",
    }
    return load_district(make_district(tmp_path / "区", ["甲局"], files))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "output") as opened:
        yield opened


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were opened, in order."""
    seen: list[str] = []
    open_one = inbox_folder._item  # noqa: SLF001 - watched, not changed

    def watched(path: Path, *rest: str) -> object:
        seen.append(path.name)
        return open_one(path, *rest)

    monkeypatch.setattr(inbox_folder, "_item", watched)
    return seen


def test_what_was_opened_once_is_not_opened_again(
    district: District, ledger: Ledger, opened: list[str]
) -> None:
    first = inbox.look(ledger, district, now=NOW)
    assert sorted(opened) == ["1.eml", "2.eml", "丙.xlsx"]
    again = inbox.look(ledger, district, now=NOW + timedelta(days=1))
    assert len(opened) == 3
    assert (again.envelopes, again.messages, again.leftovers) == (
        first.envelopes, first.messages, first.leftovers,
    )  # fmt: skip
    assert (len(first.new), len(again.new)) == (3, 0)


def test_a_file_that_was_written_over_is_opened_again(
    district: District, ledger: Ledger, opened: list[str]
) -> None:
    inbox.look(ledger, district, now=NOW)
    path = district.inbox / "丙.xlsx"
    before = path.stat()
    path.write_bytes(b"4")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    again = inbox.look(ledger, district, now=NOW)
    assert opened[3:] == ["丙.xlsx"]
    assert [name for name, _ in again.new] == ["丙.xlsx"]
    os.utime(path)
    assert inbox.look(ledger, district, now=NOW).new == frozenset()
    assert opened[4:] == ["丙.xlsx"]


def test_what_was_not_opened_is_not_taken_for_gone(district: District, ledger: Ledger) -> None:
    """A copy beside a file that lies where it lay is another arrival; a file that left and came back is not."""
    inbox.look(ledger, district, now=NOW)
    shutil.copy2(district.inbox / "丙.xlsx", district.inbox / "丙又一份.xlsx")
    assert {name for name, _ in inbox.look(ledger, district, now=NOW).new} == {"丙又一份.xlsx"}
    (district.inbox / "邮件").rename(district.folder / "别处")
    assert len(inbox.look(ledger, district, now=NOW).messages) == 2
    (district.folder / "别处").rename(district.inbox / "已处理")
    back = inbox.look(ledger, district, now=NOW)
    assert back.new == frozenset()
    assert {item.path for item in back.messages} == {"已处理/1.eml", "已处理/2.eml"}


def test_a_setting_about_origin_has_mails_looked_at_again(district: District, ledger: Ledger) -> None:
    """Whoever names the district's own server later has earlier mails held as well."""
    before = inbox.look(ledger, district, now=NOW)
    assert {item.failed_checks for item in before.envelopes} == {()}
    strict = replace(district, mail=MailSettings(authserv_id="mx.example"))
    after = inbox.look(ledger, strict, now=NOW)
    assert after.new == frozenset()
    assert [item.failed_checks for item in after.envelopes if item.source == "mail"] == [("spf",)] * 2
    assert after.messages[0].failed_checks == ("spf",)


def test_a_file_that_vanishes_or_is_locked_does_not_stop_the_night(
    district: District, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that vanished was never there; one that another program has open is shown, and read the next night."""
    open_one = inbox_folder._item  # noqa: SLF001
    gone = (district.inbox / "邮件" / "1.eml").read_bytes()

    def fails(path: Path, *rest: str) -> object:
        if path.name == "1.eml":
            path.unlink()
            raise FileNotFoundError(path)
        if path.name == "丙.xlsx":
            raise PermissionError(path)
        return open_one(path, *rest)

    monkeypatch.setattr(inbox_folder, "_item", fails)
    found = inbox.look(ledger, district, now=NOW)
    told = {item.file: [one.variant for one in item.findings] for item in found.leftovers}
    assert told == {"丙.xlsx": ["closed"], "邮件/2.eml": []}
    assert (len(found.envelopes), len(found.messages)) == (0, 1)
    monkeypatch.setattr(inbox_folder, "_item", open_one)
    (district.inbox / "邮件" / "1.eml").write_bytes(gone)
    assert len(inbox.look(ledger, district, now=NOW).new) == 3
