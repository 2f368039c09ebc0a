"""Sending over a real server: what was taken, what waits, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.district.mail_settings import MailSettings
from pipeline.mail.network import Credentials
from pipeline.mail.outbox import Attempt, Outgoing, SendOutcome, SendReport
from pipeline.mail.smtp import SmtpOutbox
from tests.support.mails import mail
from tests.support.smtp import CUT, WHO, Post, post_office

OFFICE = "zwgk@district.example"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with post_office(tmp_path) as running:
        yield running


def settings(post: Post, **facts: object) -> MailSettings:
    plain = MailSettings(smtp_host=post.host, smtp_port=post.port, ca_file=post.ca_file)
    return replace(plain, **facts)  # type: ignore[arg-type]


def letter(key: str, to: str = "jia@x.example", **headers: str) -> Outgoing:
    content = mail((), From=f"政务公开办 <{OFFICE}>", To=to, Message_ID=f"<{key}@nianbao>", **headers)
    return Outgoing(key, content.as_bytes())


def answers(done: SendReport) -> list[tuple[str, str]]:
    return [(attempt.key, attempt.answer.value) for attempt in done.attempts]


def send(post: Post, *letters: Outgoing, who: Credentials = WHO, **facts: object) -> SendReport:
    recorded: list[Attempt] = []
    done = SmtpOutbox(settings(post, **facts), who).deliver(letters, record=recorded.append)
    assert tuple(recorded) == done.attempts
    return done


def test_letters_leave_byte_for_byte_over_one_connection(post: Post) -> None:
    letters = [letter("1"), letter("2", "yi@x.example, bing@x.example")]
    done = send(post, *letters)
    assert done == SendReport(
        (
            Attempt("1", ("jia@x.example",), SendOutcome.SENT),
            Attempt("2", ("yi@x.example", "bing@x.example"), SendOutcome.SENT),
        )
    )
    assert [address for address, _ in post.taken] == ["jia@x.example", "yi@x.example", "bing@x.example"]
    assert post.taken[0][1] == letters[0].content.replace(b"\n", b"\r\n")
    assert post.sessions == 1


def test_names_with_commas_are_no_addresses(post: Post) -> None:
    done = send(post, letter("1", '"财政局, 张三 <x@y.example>" <jia@x.example>'))
    assert done.attempts[0].recipients == ("jia@x.example",)


def test_lines_with_a_dot_and_foreign_line_ends_survive(post: Post) -> None:
    outgoing = letter("1")
    content = outgoing.content + b".\r\n..x\n.\n"
    send(post, replace(outgoing, content=content))
    assert post.taken[0][1].endswith(b"\r\n.\r\n..x\r\n.\r\n")


def test_starttls(tmp_path: Path) -> None:
    with post_office(tmp_path, security="starttls") as post:
        assert answers(send(post, letter("1"), smtp_security="starttls")) == [("1", "sent")]


def test_a_greylisted_letter_is_taken_the_next_time_under_the_same_name(post: Post) -> None:
    post.to_recipient["jia@x.example"] = ["451 4.7.1 Greylisted"]
    first = send(post, letter("1"), letter("2", "yi@x.example"))
    assert answers(first) == [("1", "later"), ("2", "sent")]
    assert "451 4.7.1 Greylisted" in first.attempts[0].words
    assert answers(send(post, letter("1"))) == [("1", "sent")]
    assert b"Message-ID: <1@nianbao>\r\n" in post.taken[-1][1]


@pytest.mark.parametrize(
    "words",
    ["550 5.1.1 No such user", "552 5.2.2 Mailbox full, quota exceeded", "550 用户不存在", "554 refused"],
)
def test_a_refused_letter_says_so_in_the_servers_words(post: Post, words: str) -> None:
    post.to_recipient["jia@x.example"] = [words]
    done = send(post, letter("1"), letter("2", "yi@x.example"))
    assert answers(done) == [("1", "refused"), ("2", "sent")]
    assert words in done.attempts[0].words
    assert done.failure == ""


@pytest.mark.parametrize(
    "words",
    [
        "554 5.7.1 Spam",
        "550 Mail frequency limited",
        "554 RP:QLT 发信频率超过限制",
        "451 too many messages, slow down",
        "535 authentication failed",
        "550 Daily sending quota exceeded",
    ],
)
def test_an_answer_that_is_not_about_the_recipient_ends_the_round_and_all_letters_wait(
    post: Post, words: str
) -> None:
    post.to_recipient["yi@x.example"] = [words]
    letters = [letter("1"), letter("2", "yi@x.example"), letter("3", "bing@x.example")]
    done = send(post, *letters)
    assert answers(done) == [("1", "sent"), ("2", "later")]
    assert words in done.failure
    assert answers(send(post, *letters[1:])) == [("2", "sent"), ("3", "sent")]


def test_several_refusals_in_a_row_are_taken_for_the_senders_unless_they_name_the_recipient(
    post: Post,
) -> None:
    letters = [letter(str(number), f"{number}@x.example") for number in range(5)]
    post.to_recipient = {f"{number}@x.example": ["554 refused"] for number in range(1, 4)}
    recorded: dict[str, str] = {}
    done = SmtpOutbox(settings(post), WHO).deliver(
        letters, record=lambda item: recorded.update({item.key: item.answer.value})
    )
    assert answers(done) == [("0", "sent"), ("1", "later"), ("2", "later"), ("3", "later")]
    assert recorded == dict(answers(done))
    assert "554 refused" in done.failure
    post.to_recipient = {f"{number}@x.example": ["550 5.1.1 unknown user"] for number in range(1, 4)}
    assert answers(send(post, *letters)) == [
        ("0", "sent"), ("1", "refused"), ("2", "refused"), ("3", "refused"), ("4", "sent"),
    ]  # fmt: skip


def test_a_pause_lies_between_two_letters(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("pipeline.mail.smtp.time.sleep", slept.append)
    SmtpOutbox(settings(post), WHO).deliver(
        [letter("1"), letter("2"), letter("3")], record=lambda _: None, pause=2.5
    )
    assert slept == [2.5, 2.5]


def test_a_letter_that_reaches_some_of_its_recipients_names_the_others(post: Post) -> None:
    post.to_recipient["yi@x.example"] = ["550 5.1.1 No such user"]
    done = send(post, letter("1", "jia@x.example, yi@x.example"))
    assert answers(done) == [("1", "sent")]
    assert "yi@x.example" in done.attempts[0].words


def test_one_recipient_who_may_come_round_keeps_the_letter_waiting(post: Post) -> None:
    post.to_recipient = {"jia@x.example": ["550 no"], "yi@x.example": ["450 later"]}
    assert answers(send(post, letter("1", "jia@x.example, yi@x.example"))) == [("1", "later")]


def test_a_cut_after_data_is_tried_again_under_the_same_message_id(post: Post) -> None:
    post.to_data = [CUT]
    letters = [letter("1"), letter("2")]
    first = send(post, *letters)
    assert answers(first) == [("1", "later"), ("2", "sent")]
    assert post.sessions == 2
    assert answers(send(post, letters[0])) == [("1", "sent")]
    names = [content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for _, content in post.taken]
    assert names == [b"<1@nianbao>", b"<2@nianbao>", b"<1@nianbao>"]


@pytest.mark.parametrize("to", ["", "张三", "张三@x.example"])
def test_a_letter_that_nobody_can_get_is_refused_and_the_rest_goes_on(post: Post, to: str) -> None:
    done = send(post, letter("1", to), letter("2"))
    assert answers(done) == [("1", "refused"), ("2", "sent")]
    assert done.attempts[0].words


def test_a_wrong_password_is_said_and_nothing_is_tried(post: Post) -> None:
    done = send(post, letter("1"), who=Credentials("zwgk", "falsch"))
    assert done.attempts == ()
    assert "用户名或密码不对" in done.failure
    assert "falsch" not in done.failure


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ca_file": ""}, "证书不可信"),
        ({"smtp_port": 1}, "服务器拒绝连接"),
        ({"smtp_host": "mail.invalid"}, "找不到这台服务器"),
    ],
)
def test_a_server_that_cannot_be_reached_ends_the_round(
    post: Post, facts: dict[str, object], said: str
) -> None:
    done = send(post, letter("1"), **facts)  # type: ignore[arg-type]
    assert done.attempts == ()
    assert said in done.failure
    assert post.taken == []


def test_starttls_that_is_not_offered_is_said(tmp_path: Path) -> None:
    with post_office(tmp_path, security="plain") as post:
        assert "加密方式" in send(post, letter("1"), smtp_security="starttls").failure
        assert post.taken == []


def test_a_disk_that_fails_does_not_pass_for_the_server(post: Post) -> None:
    def full(_attempt: Attempt) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        SmtpOutbox(settings(post), WHO).deliver([letter("1")], record=full)
