"""A mail server that cannot be worked with: page, digest and 今天 say since when, why, and how many letters lie there; no longer than it is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.publishing.todo_book import TODO_NAME
from tests.run.test_unread_mailbox import first_line, mailbox, office_in, today_of  # noqa: F401 - a fixture
from tests.support.ports import free_port
from tests.support.post_office import moment, words
from tests.support.smtp import post_office

SINCE = "发信从 2024-01-24 20:00 起失败"


def _page(folder: Path) -> str:
    return (folder / "index.html").read_text("utf-8")


@pytest.mark.usefixtures("mailbox")
def test_letters_that_cannot_leave_are_said_first_until_the_server_takes_them(
    form: Form, tmp_path: Path
) -> None:
    closed = free_port()
    settings = f'smtp_host = "127.0.0.1"\nsmtp_port = {closed}\nsend = true\n'
    office = office_in(tmp_path, form, settings)
    first = office.night(moment(1, 24))
    assert SINCE not in first_line(first), "it was written before anything was sent"
    assert f"{SINCE}，{len(first)} 封信没有发出" in today_of(office), "the morning after the first"
    assert SINCE in _page(office.ran.folder)
    later = office.night(moment(1, 25))
    assert first_line(later).startswith(f"{SINCE}，{len(first)} 封信没有发出"), (
        "since the first run that could not"
    )
    [digest] = [item for item in later if item["X-Nianbao"] == "digest"]
    unsent = words(digest).partition("【没有发出去的信】")[2].split()
    assert unsent[0] == "没有发出的，原因见开头。"
    with post_office(tmp_path) as post:
        office.edit(
            "district.toml",
            f"smtp_port = {closed}\n",
            f'smtp_port = {post.port}\nca_file = "{post.ca_file}"\n',
        )
        office.night(moment(1, 26))
        assert post.taken
    assert "发信" not in today_of(office)
    assert SINCE not in _page(office.ran.folder)


@pytest.mark.usefixtures("mailbox")
def test_where_no_letter_waits_for_the_server_nothing_is_said(form: Form, tmp_path: Path) -> None:
    office = office_in(tmp_path, form, f'smtp_host = "127.0.0.1"\nsmtp_port = {free_port()}\nsend = true\n')
    office.night(moment(1, 24))
    office.edit("district.toml", "send = true\n", "")
    assert SINCE in _page(office.ran.folder)
    office.edit("district.toml", 'smtp_host = "127.0.0.1"\n', "")
    office.night(moment(1, 25))
    assert SINCE not in _page(office.ran.folder), "there is no server any more"
    assert (office.ran.folder / TODO_NAME).is_file()
