"""A mailbox that cannot be read: everybody who reads of the campaign is told first, and nobody is reminded of what may have come."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.mail.imap import FetchReport
from pipeline.publishing.todo_book import TODAY, TODO_NAME
from pipeline.run import mailing
from tests.support.folders import make_district
from tests.support.post_office import PostOffice, kinds, moment, words
from tests.support.smtp import WHO, Post, post_office

WHY = "收取邮件失败（imap.x.example）：用户名或密码不对"
REMINDER = ("reminder", "yi@x.example")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What fetching answers: the first item, empty where all is well."""
    answer = [""]
    for kind in ("IMAP", "SMTP"):
        monkeypatch.setenv(f"NIANBAO_{kind}_USER", WHO.user)
        monkeypatch.setenv(f"NIANBAO_{kind}_PASSWORD", WHO.password)
    monkeypatch.setattr(mailing, "collect", lambda *_, **__: FetchReport(failure=answer[0]))
    return answer


def office_in(folder: Path, form: Form, settings: str = "") -> PostOffice:
    extra = f'[people]\nemail = "zwgk@office.example"\n[mail]\nimap_host = "imap.x.example"\n{settings}'
    made = make_district(folder / "区", [], {}, extra=extra)
    (made / "agencies.csv").write_text(
        "code,name,email\n001,甲局,jia@x.example\n002,乙局,yi@x.example\n", "utf-8"
    )
    return PostOffice(form, made)


def first_line(letters: list[EmailMessage]) -> str:
    [digest] = [item for item in letters if item["X-Nianbao"] == "digest"]
    return words(digest).splitlines()[0]


def today_of(office: PostOffice) -> str:
    return str(load_workbook(office.ran.folder / TODO_NAME)[TODAY].cell(2, 1).value)


def test_a_mailbox_that_was_not_read_is_said_first_and_nobody_is_reminded_until_it_was(
    form: Form, tmp_path: Path, mailbox: list[str]
) -> None:
    office = office_in(tmp_path, form)
    mailbox[0] = WHY
    letters = office.night(moment(1, 24))
    assert kinds(letters) == [("digest", "zwgk@office.example")]
    assert first_line(letters).startswith("邮箱从 2024-01-24 20:00 起没有收取")
    assert all(WHY in said for said in (first_line(letters), today_of(office)))
    assert WHY in (office.ran.folder / "index.html").read_text("utf-8")
    later = office.night(moment(1, 25))
    assert "邮箱从 2024-01-24 20:00 起" in first_line(later), "since the first run that could not"
    mailbox[0] = ""
    filled = office.filled("001", "甲局")
    office.receive(moment(1, 26), office.write("jia@x.example", ("甲局.xlsx", filled)))
    letters = office.night(moment(1, 26))
    assert [item for item in kinds(letters) if item[0] == "reminder"] == [REMINDER]
    assert WHY not in (office.ran.folder / "index.html").read_text("utf-8")
    assert "邮箱" not in today_of(office)


def test_a_reminder_written_before_the_mailbox_failed_waits_as_well(
    form: Form, tmp_path: Path, mailbox: list[str]
) -> None:
    with post_office(tmp_path) as post:
        office = office_in(tmp_path, form, _sending(post))
        assert kinds(office.night(moment(1, 24)))[-1] == REMINDER
        mailbox[0] = WHY
        office.night(moment(1, 24, 21))
        assert not list((office.ran.folder / "letters").glob("*催报*"))
        assert office.send(moment(1, 25, 8)) == {"sent": 1}, "the digest alone"
        mailbox[0] = ""
        office.night(moment(1, 25))
        sent = office.send(moment(1, 26, 8))
        assert (sent["sent"], len(post.taken)) == (3, 4)


def _sending(post: Post) -> str:
    return f'smtp_host = "127.0.0.1"\nsmtp_port = {post.port}\nca_file = "{post.ca_file}"\n'


def test_where_mail_is_fetched_no_more_nothing_is_withheld(
    form: Form, tmp_path: Path, mailbox: list[str]
) -> None:
    office = office_in(tmp_path, form)
    mailbox[0] = WHY
    office.night(moment(1, 24))
    office.edit("district.toml", 'imap_host = "imap.x.example"\n', "")
    assert REMINDER in kinds(office.night(moment(1, 25)))
