"""Servers that answer oddly, or never come to an end: a sentence, nothing passed over, and the run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.district.mail_settings import MailSettings
from pipeline.ledger import mailboxes, open_ledger
from pipeline.mail import imap, patience, smtp
from pipeline.mail.imap import FetchReport, Position
from pipeline.mail.network import Credentials
from pipeline.mail.outbox import Outgoing, SendOutcome
from tests.support.mails import mail
from tests.support.odd_servers import DONE, IMAP, SMTP, Answer, Say, odd_server
from tests.support.ports import HOST

TODAY = date(2024, 1, 20)
WHO = Credentials("a", "b")
MAIL = mail([], Subject="年报").as_bytes()


def handed(content: bytes | None, uid: int = 1) -> bytes:
    """A mail as IMAP hands it over."""
    body = b"NIL" if content is None else b"{%d}\r\n%b" % (len(content), content)
    return b"* %d FETCH (UID %d BODY[] %b)\r\n" % (uid, uid, body) + DONE


def fetched(
    folder: Path,
    answers: Mapping[str, Answer],
    position: Position | None = None,
    today: date = TODAY,
) -> tuple[FetchReport, list[bytes], Position | None]:
    """Fetch once; return what is said, what was stored, and the place."""
    stored: list[bytes] = []
    places = [position]
    with odd_server(folder, {**IMAP, "UID FETCH": handed(MAIL), **answers}) as server:
        settings = MailSettings(imap_host=HOST, imap_port=server.port, ca_file=server.ca_file)
        done = imap.fetch(
            settings,
            WHO,
            position,
            since=date(2023, 12, 1),
            today=today,
            store=lambda _, content: stored.append(content),
            remember=places.append,
        )
    return done, stored, places[-1]


@pytest.mark.parametrize("nothing", [handed(None), handed(b""), b"{tag} NO try again\r\n"])
def test_a_mail_that_is_not_handed_over_is_owed_and_stops_no_other(tmp_path: Path, nothing: bytes) -> None:
    broken = {"UID FETCH 2 ": nothing}
    done, stored, place = fetched(tmp_path, broken)
    assert (done.stored, len(stored), place) == (2, 2, Position(7, 3, {2: TODAY}))
    assert (
        "有 1 封邮件服务器列出了、却没有交出内容（服务器上的编号 2），没有收到，下次运行时再取"
        in done.failure
    )
    later = TODAY + timedelta(days=13)
    done, stored, place = fetched(tmp_path, broken, place, later)
    assert (done.stored, place) == (0, Position(7, 3, {2: TODAY}))
    assert fetched(tmp_path, {}, place, later) == (FetchReport(1), [MAIL], Position(7, 3))
    done, _, place = fetched(tmp_path, broken, place, TODAY + timedelta(days=14))
    assert (done.stored, place) == (0, Position(7, 3))
    assert "以后不再取" in done.failure


def test_a_server_that_hands_nothing_over_is_asked_for_some_at_a_time(tmp_path: Path) -> None:
    listed = b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(1, 51)) + b"\r\n" + DONE
    done, _, place = fetched(tmp_path, {"UID SEARCH": listed, "UID FETCH": handed(None)})
    assert place
    assert (place.uid, len(place.owed)) == (20, 20)
    assert "20 封" in done.failure


def test_what_is_owed_stands_in_the_ledger(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        mailboxes.remember(ledger, "m", 7, 3, {2: TODAY, 3: TODAY})
        mailboxes.remember(ledger, "other", 7, 3, {1: TODAY})
        mailboxes.remember(ledger, "m", 7, 4, {3: TODAY})
        assert mailboxes.owed(ledger, "m") == {3: TODAY}
        assert mailboxes.position(ledger, "m") == (7, 4)


@pytest.mark.parametrize(
    "odd",
    [
        *({"EXAMINE": b"* OK [UIDVALIDITY %b] x\r\n" % number + DONE} for number in (b"abc", b"9" * 30, b"-1")),
        *({"UID SEARCH": b"* SEARCH %b\r\n" % found + DONE} for found in (b"1 abc", b"9" * 30, b"-4", b"\xff")),
        {"UID FETCH": b"* 1 FETCH (UID 1 BODY[] {%b}\r\nx" % (b"9" * 30) + DONE},
        {"UID FETCH": b"\xff\xfe garbage\r\n" + DONE},
    ],
)  # fmt: skip
def test_whatever_a_server_answers_ends_fetching_with_a_sentence(
    tmp_path: Path, odd: dict[str, Answer]
) -> None:
    done, stored, place = fetched(tmp_path, odd)
    assert "收取邮件失败" in done.failure
    assert stored == []
    assert place == (Position(7, 1, {1: TODAY}) if "UID FETCH" in odd else None)


def endless(signs: Iterable[bytes]) -> Answer:
    """Say signs of life, for as long as anybody listens."""

    def answer(say: Say, _: bytes) -> None:
        for sign in signs:
            say(sign)
        while True:
            say(b"* OK still here\r\n")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("command", ["LOGIN", "UID SEARCH", "UID FETCH", ""])
def test_signs_of_life_are_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(imap, "_REQUEST", 0.5)
    begun = time.monotonic()
    signs = [b"* 1 FETCH (UID 1 BODY[] {999999}\r\n"] if command == "UID FETCH" else []
    done, stored, place = fetched(tmp_path, {command: endless(signs)})
    assert "长时间没有" in done.failure
    assert stored == []
    assert place == (Position(7, 1, {1: TODAY}) if command == "UID FETCH" else None)
    assert time.monotonic() - begun < 40


def hangs_up(_say: Say, _: bytes) -> None:
    raise OSError


@pytest.mark.parametrize("odd", [endless([]), hangs_up, b"\xff\xfe garbage\r\n" + DONE])
def test_a_mail_at_which_the_line_ends_is_owed_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: Answer
) -> None:
    monkeypatch.setattr(imap, "_REQUEST", 0.5)
    monkeypatch.setattr(imap, "_FAREWELL", 0.5)
    broken = {"UID FETCH 2 ": odd}
    done, stored, place = fetched(tmp_path, broken)
    assert (len(stored), place) == (2, Position(7, 3, {2: TODAY}))
    assert "服务器上的编号 2" in done.failure
    assert "收取邮件失败" not in done.failure
    later = TODAY + timedelta(days=1)
    assert fetched(tmp_path, broken, place, later)[2] == place
    assert fetched(tmp_path, {}, place, later) == (FetchReport(1), [MAIL], Position(7, 3))


def test_a_mailbox_that_is_numbered_otherwise_after_a_cut_is_begun_anew_the_next_time(tmp_path: Path) -> None:
    numbers = iter((7, 8))

    def numbered(say: Say, _: bytes) -> None:
        say(b"* OK [UIDVALIDITY %d] x\r\n" % next(numbers) + DONE)

    done, stored, place = fetched(tmp_path, {"EXAMINE": numbered, "UID FETCH 2 ": hangs_up})
    assert "收取邮件失败" in done.failure
    assert (len(stored), place) == (1, Position(7, 1))


def test_a_slow_line_has_the_time_that_its_bytes_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_REQUEST", 0.5)
    content = MAIL + b"x" * 120_000

    def slowly(say: Say, _: bytes) -> None:
        whole = handed(content)
        for at in range(0, len(whole), 10_000):
            say(whole[at : at + 10_000])
            time.sleep(0.2)

    done, stored, _ = fetched(tmp_path, {"UID SEARCH": b"* SEARCH 1\r\n" + DONE, "UID FETCH": slowly})
    assert (done, stored) == (FetchReport(1), [content])


def test_more_than_was_asked_for_is_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MAX_MAIL", 1_000_000)

    def flood(say: Say, _: bytes) -> None:
        say(b"* 1 FETCH (UID 1 BODY[] {400000000}\r\n")
        while True:
            say(b"x" * 1_000_000)

    done, stored, _ = fetched(tmp_path, {"UID FETCH": flood})
    assert done.failure
    assert stored == []


def test_pauses_of_our_own_cost_no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(patience, "monotonic", lambda: now[0])
    with patience.within(10):
        now[0] = 1000
        kept = patience.Patience(10, 100)
        assert kept.left() == 10
        kept.spend(9, 50)
        assert 1 < kept.left() < 1.01
        kept.spend(0, 51)
        with pytest.raises(TimeoutError):
            kept.left()


def test_a_server_that_never_comes_to_the_end_of_a_letter_ends_the_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(say: Say, _: bytes) -> None:
        while True:
            say(b"250-wait\r\n")
            time.sleep(0.05)

    monkeypatch.setattr(smtp, "_REQUEST", 0.5)
    monkeypatch.setattr(smtp, "_WHOLE", 1.2)
    letters = [
        Outgoing(str(number), mail([], From="a@x.example", To="b@x.example").as_bytes())
        for number in range(9)
    ]
    with odd_server(tmp_path, {**SMTP, "MAIL": drip}) as server:
        settings = MailSettings(smtp_host=HOST, smtp_port=server.port, ca_file=server.ca_file)
        done = smtp.SmtpOutbox(settings, WHO).deliver(letters, record=lambda _: None)
    assert 1 <= len(done.attempts) < len(letters)
    assert {attempt.answer for attempt in done.attempts} == {SendOutcome.LATER}
    assert "发送邮件失败" in done.failure
