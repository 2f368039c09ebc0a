"""No mail can stop a run: each header that did, and a short run of what makes new ones (see ``mail_headers`` for the long one)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.intake.fetch.inbox_folder import fetch
from pipeline.intake.fetch.mail import Mail, open_mail
from pipeline.mail.imap import path_of
from tests.fuzz.mail_headers import SERVER, assert_answered, mails
from tests.intake.support import Draft

BROKEN = "=?utf-8?b?a?="
BASE = "From: a@x.cn\r\n"


def opened(head: str, body: str = "\r\nx") -> Mail:
    found = assert_answered((head + body).encode("utf-8", "surrogateescape"))
    assert found
    return found


def test_a_short_run_of_hostile_mails_is_answered() -> None:
    assert sum(assert_answered(content) is not None for content in mails(600, seed=7)) > 500


@pytest.mark.parametrize(
    "name",
    ["Subject", "Message-ID", "Received", "Auto-Submitted", "Authentication-Results", "Date", "Return-Path", "Precedence",
     "List-Id", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "X-Nianbao-Nothing"],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", [BROKEN, f"{BROKEN} {BROKEN}", f"a; x={BROKEN}", "=?idna?q?=C3?=", "=?\x00?b?QQ==?="]
)
def test_a_broken_encoded_word_is_text_as_it_is_written(name: str, value: str) -> None:
    assert opened(f"{BASE}{name}: {value}\r\n").sender == "a@x.cn"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 15 Jan 2024 09:30:00 +99999999999999999999",
        f"Mon, 15 Jan {'9' * 20} 09:30:00 +0800",
        "Fri, 31 Dec 9999 23:59:59 +0000",
        "Mon, 1 Jan 0999 00:00:00 +0800",
        "Mon, 15 Jan 2024 09:30:00 -2359999",
    ],
)
def test_a_moment_beyond_every_calendar_is_none(date: str) -> None:
    assert opened(f"{BASE}Date: {date}\r\n").received_at is None
    after = opened(f"{BASE}Received: by x; {date}\r\nDate: Mon, 15 Jan 2024 09:30:00 +0800\r\n")
    assert after.received_at is not None


def test_a_folder_named_after_no_day_of_ours_dates_nothing(tmp_path: Path) -> None:
    for name in ("9999-12-31", "0001-01-01"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.xlsx").write_bytes(b"x")
    assert {item.received_at for item in fetch(tmp_path).envelopes} == {None}


@pytest.mark.parametrize(
    "head",
    [
        f"\ufeff{BASE}",
        f"\r\n\r\n{BASE}",
        f">From x\r\n{BASE}",
        f"From x@y Mon Jan 15 09:30:00 2024\r\n{BASE}",
        f"主题：年报\r\n{BASE}",
        f"nonsense\r\n more\r\n{BASE}",
        "From : a@x.cn\r\n",
        "Subject : x\r\nFrom\t: a@x.cn\r\n",
        f"\udcd6\udcf7: x\r\n{BASE}",
        "FROM:a@x.cn\r\n",
    ],
)
def test_odd_lines_among_the_headers_do_not_lose_the_sender(head: str) -> None:
    assert opened(head).sender == "a@x.cn"


HOLDING = f"{BASE}Content-Type: multipart/mixed; boundary=b\r\n\r\n"
GROWING = {
    "parameters": (f'{BASE}Content-Type: x/y; name="', ";", "\r\n\r\nx"),
    "parts of a header": (f"{BASE}Content-Disposition: attachment; ", "a;", "\r\n\r\nx"),
    "encoded words": (f"{BASE}Subject: ", "=?utf-8?q?a?= ", "\r\n\r\nx"),
    "addresses": ("From: ", "a,", "\r\n\r\nx"),
    "comments in From": ("From: ", "(", "\r\n\r\nx"),
    "brackets in From": ("From: ", "<", "\r\n\r\nx"),
    "a long address": ("From: ", "a", "@x.cn\r\n\r\nx"),
    "comments in results": (f"{BASE}Authentication-Results: {SERVER}; ", "(", "\r\n\r\nx"),
    "words in results": (f"{BASE}Authentication-Results: {SERVER}; ", "a=", "\r\n\r\nx"),
    "stamps": (f"{BASE}Received: ", "(;", "\r\n\r\nx"),
    "numbers in a date": (f"{BASE}Date: ", "1 ", "\r\n\r\nx"),
    "headers": (BASE, "X: y\r\n", "\r\nx"),
    "lines of a header": (f"{BASE}Subject: x\r\n", " y\r\n", "\r\nx"),
    "parts": (HOLDING, "--b\r\n", ""),
    "mails in mails": (HOLDING, "--b\r\nContent-Type: message/rfc822\r\n\r\n", ""),
}

FEWER = {"mails in mails": 4_000}
"""Pieces of the smaller mail where each costs much."""


@pytest.mark.parametrize("name", GROWING)
def test_the_cost_of_a_mail_grows_with_its_size_at_most(name: str) -> None:
    """Four times the size may cost four times as much, and a little that machines do besides."""
    before, piece, after = GROWING[name]
    size = FEWER.get(name, 10_000)
    small, large = (f"{before}{piece * pieces}{after}".encode() for pieces in (size, 4 * size))
    allowed = 8 * min(_cost(small) for _ in range(2)) + 0.2
    assert any(_cost(large) < allowed for _ in range(2))  # a second time only where the first was disturbed


def _cost(content: bytes) -> float:
    began = time.process_time()
    open_mail(content, authserv_id=SERVER)
    path_of(content)
    return time.process_time() - began


def test_a_mail_of_too_many_lines_is_not_taken_apart() -> None:
    assert open_mail(BASE.encode() + b"\r\n" + b"\n" * 1_600_000) is None


@pytest.mark.parametrize(
    "sender", ["x@evil@x.cn", "\u212aing@x.cn", "a@x.cn@", "张三@x.cn", '"a b"@x.cn', "a@x。cn", "a"]
)
def test_an_address_is_ascii_with_one_at(sender: str) -> None:
    assert opened(f"From: {sender}\r\n").sender is None


def test_a_broken_subject_leaves_the_table_to_be_read(tmp_path: Path) -> None:
    from tests.support.mails import mail  # noqa: PLC0415

    book = Draft({"甲": {(0, 0): 1}}).xlsx()
    content = mail([("a.xlsx", book)], Date="").as_bytes()
    (tmp_path / "1.eml").write_bytes(f"Subject: {BROKEN}\r\n".encode() + content)
    fetched = fetch(tmp_path)
    assert [item.path for item in fetched.envelopes] == ["1.eml/a.xlsx"]
    assert fetched.messages[0].subject == BROKEN


HALF = "=?utf-7?q?+2AA-?="
"""A surrogate by itself, which no file and no ledger can hold."""


def test_half_a_letter_is_no_letter() -> None:
    """What ended every run: one small mail of anybody's, in any field that the ledger keeps."""
    assert opened(f"{BASE}Message-ID: <a={HALF}@x>\r\n").message_id == "<a=\ufffd@x>"
    assert (
        opened(f"{BASE}Content-Type: text/plain; charset=utf-7\r\n", "\r\ngo +2AA- on").words
        == "go \ufffd on"
    )
    plain = "Content-Type: text/html; charset=utf-7\r\n\r\n<p>+2AA-</p>"
    assert (
        opened(f"{BASE}Content-Type: multipart/x; boundary=b\r\n", f"\r\n--b\r\n{plain}\r\n--b--").words
        == "\ufffd"
    )
    failed = opened(
        "From: MAILER-DAEMON@x.cn\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
        f"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nX: y\r\n\r\nFinal-Recipient: rfc822; {HALF}@x.cn\r\n"
        f"Action: failed\r\nDiagnostic-Code: smtp; 550 {HALF}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers;"
        f" charset=utf-7\r\n\r\nMessage-ID: +2AA-{HALF}\xff\r\n\r\n--b--\r\n",
    )
    assert failed.bounce
    assert failed.bounce.recipient == "\ufffd@x.cn"
    assert failed.bounce.words == "550 \ufffd"


def test_what_somebody_typed_is_no_escape() -> None:
    """Beside an encoded word the standard library hands out escapes of its own, as if they had been typed."""
    typed = "\\ud800 \\u001b \\u005c C:\\u4e2d"
    assert opened(f"{BASE}Message-ID: {typed} =?utf-8?q?a=5C?=\r\n").message_id == f"{typed} a\\"
    assert opened(f"{BASE}Subject: 张三 {typed} =?utf-8?b?5byg?=\r\n").subject == f"张三 {typed} 张"
    assert opened(f"{BASE}Message-ID: {typed} =?\r\n").message_id == f"{typed} =?"
