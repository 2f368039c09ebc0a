"""Fetching from a real server (Dovecot): nothing is lost, nothing is changed, failures are sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.district.mail_settings import MailSettings
from pipeline.mail.imap import FetchReport, Position, fetch, path_of
from pipeline.mail.network import Credentials, credentials, tls
from pipeline.model import ConfigError
from tests.support.dovecot import EXPIRED_HOST, Server, cut_after, dovecot
from tests.support.mails import mail
from tests.support.ports import HOST

pytestmark = pytest.mark.dovecot

SINCE, TODAY = date(2023, 12, 1), date(2024, 1, 20)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return f"u{abs(hash(request.node.nodeid))}"


@pytest.fixture
def settings(server: Server) -> MailSettings:
    return MailSettings(imap_host=HOST, imap_port=server.port, ca_file=server.ca_file)


@dataclass(slots=True)
class Store:
    """What was stored, and up to where: the ledger's part in a test."""

    mails: dict[str, bytes] = field(default_factory=dict)
    position: Position | None = None

    def fetch(self, settings: MailSettings, who: Credentials, since: date = SINCE) -> FetchReport:
        return fetch(
            settings, who, self.position, since=since, today=TODAY, store=self.put, remember=self.remember
        )

    def put(self, path: str, content: bytes) -> None:
        self.mails[path] = content

    def remember(self, position: Position) -> None:
        self.position = position


def numbered(number: int, size: int = 0) -> bytes:
    """A mail with a large attachment that does not compress."""
    content = mail([("年报.xlsx", os.urandom(size))], Message_ID=f"<{number}@x>", Subject=f"年报{number}")
    return content.as_bytes().replace(b"\n", b"\r\n")


def test_mails_come_as_they_are_and_only_once(server: Server, settings: MailSettings, user: str) -> None:
    mails = [numbered(number) for number in range(3)]
    server.deliver(user, *mails)
    store = Store()
    assert store.fetch(settings, server.who(user)) == FetchReport(stored=3)
    assert list(store.mails.values()) == mails
    assert store.fetch(settings, server.who(user)) == FetchReport(stored=0)
    server.deliver(user, numbered(3))
    assert store.fetch(settings, server.who(user)) == FetchReport(stored=1)
    assert len(store.mails) == 4


def test_nothing_changes_on_the_server(server: Server, settings: MailSettings, user: str) -> None:
    server.deliver(user, numbered(1), numbered(2))

    def state() -> list[tuple[str | None, tuple[str, ...]]]:
        with server.mailbox(user) as box:
            return [(item.uid, item.flags) for item in box.fetch(mark_seen=False)]

    before = state()
    Store().fetch(settings, server.who(user))
    assert [(uid, set(flags) - {"\\Recent"}) for uid, flags in state()] == [(uid, set()) for uid, _ in before]


@pytest.mark.parametrize("folder", ["年报报送", "政务公开 & 年报/二〇二三"])
def test_folders_have_chinese_names(server: Server, settings: MailSettings, user: str, folder: str) -> None:
    with server.mailbox(user) as box:
        delimiter = box.folder.list()[0].delim
    name = folder.replace("/", delimiter)
    server.deliver(user, numbered(1), folder=name)
    store = Store()
    done = store.fetch(replace(settings, imap_folder=name), server.who(user))
    assert done == FetchReport(stored=1)


def test_a_mail_that_vanishes_meanwhile_is_passed_over(
    server: Server, settings: MailSettings, user: str
) -> None:
    server.deliver(user, *(numbered(number) for number in range(3)))
    store = Store()

    def put(path: str, content: bytes) -> None:
        store.put(path, content)
        if len(store.mails) == 1:
            with server.mailbox(user) as box:
                box.delete("2")

    done = fetch(
        settings, server.who(user), None, since=SINCE, today=TODAY, store=put, remember=store.remember
    )
    assert done == FetchReport(stored=2)
    assert store.position
    assert store.position.uid == 3


def test_a_mail_whose_file_vanishes_under_the_server_is_passed_over(
    server: Server, settings: MailSettings, user: str
) -> None:
    server.deliver(user, *(numbered(number) for number in range(3)))
    store = Store()

    def put(path: str, content: bytes) -> None:
        store.put(path, content)
        for file in (server.folder / "mail" / user).glob("*/*,*"):
            if b"Subject: =?utf-8?b?5bm05oqlMQ==?=" in file.read_bytes():
                file.unlink()

    done = fetch(
        settings, server.who(user), None, since=SINCE, today=TODAY, store=put, remember=store.remember
    )
    assert done == FetchReport(stored=2)


def test_a_renumbered_mailbox_is_fetched_again(server: Server, settings: MailSettings, user: str) -> None:
    mails = [numbered(number) for number in range(3)]
    server.deliver(user, *mails, folder="报送")
    store, chosen = Store(), replace(settings, imap_folder="报送")
    store.fetch(chosen, server.who(user))
    first, names = store.position, list(store.mails)
    with server.mailbox(user) as box:
        box.folder.delete("报送")
    server.deliver(user, *mails, numbered(9), folder="报送")
    assert store.fetch(chosen, server.who(user)) == FetchReport(stored=4)
    assert list(store.mails)[:3] == names
    assert len(store.mails) == 4
    assert first
    assert store.position
    assert store.position.uidvalidity != first.uidvalidity


@pytest.mark.parametrize("size", [2_000, 150_000, 700_000])
def test_a_cut_connection_loses_nothing(server: Server, settings: MailSettings, user: str, size: int) -> None:
    mails = [numbered(number, 200_000) for number in range(4)]
    server.deliver(user, *mails)
    store = Store()
    with cut_after(server.port, size) as port:
        done = store.fetch(replace(settings, imap_port=port), server.who(user))
    assert done.failure
    assert done.stored == len(store.mails) < 4
    assert all(content in mails for content in store.mails.values())
    rest = store.fetch(settings, server.who(user))
    assert rest == FetchReport(stored=4 - done.stored)
    assert sorted(store.mails.values()) == sorted(mails)


def test_old_mail_stays_where_it_is(server: Server, settings: MailSettings, user: str) -> None:
    server.deliver(user, numbered(1))
    assert Store().fetch(settings, server.who(user), date(2999, 1, 1)) == FetchReport(stored=0)


def test_a_disk_that_fails_does_not_pass_for_the_server(
    server: Server, settings: MailSettings, user: str
) -> None:
    server.deliver(user, numbered(1))
    store = Store()

    def full(_path: str, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fetch(settings, server.who(user), None, since=SINCE, today=TODAY, store=full, remember=store.remember)
    assert store.position is None


def test_starttls(server: Server, settings: MailSettings, user: str) -> None:
    server.deliver(user, numbered(1))
    chosen = replace(settings, imap_security="starttls", imap_port=server.plain_port)
    assert Store().fetch(chosen, server.who(user)) == FetchReport(stored=1)


# ---- failures are sentences


def test_a_wrong_password_is_said(settings: MailSettings, user: str) -> None:
    done = Store().fetch(settings, Credentials(user, "falsch"))
    assert "用户名或密码不对" in done.failure
    assert "falsch" not in done.failure


def test_a_folder_that_is_not_there_is_said(server: Server, settings: MailSettings, user: str) -> None:
    done = Store().fetch(replace(settings, imap_folder="没有"), server.who(user))
    assert "“没有”文件夹" in done.failure


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"imap_host": EXPIRED_HOST}, "expired"),
        ({"ca_file": ""}, "unable to get local issuer certificate"),
    ],
)
def test_no_password_is_sent_to_a_server_that_cannot_be_trusted(
    server: Server, settings: MailSettings, user: str, change: dict[str, str], said: str
) -> None:
    done = Store().fetch(replace(settings, **change), server.who(user))  # type: ignore[arg-type]
    assert "证书不可信" in done.failure
    assert said in done.failure


def test_starttls_too_trusts_only_whom_it_knows(server: Server, settings: MailSettings, user: str) -> None:
    chosen = replace(settings, imap_security="starttls", imap_port=server.plain_port, ca_file="")
    assert "证书不可信" in Store().fetch(chosen, server.who(user)).failure


def test_the_wrong_security_is_said(server: Server, settings: MailSettings, user: str) -> None:
    done = Store().fetch(replace(settings, imap_port=server.plain_port), server.who(user))
    assert "加密连接没有建立起来" in done.failure


def test_no_server_is_said(settings: MailSettings) -> None:
    done = Store().fetch(replace(settings, imap_port=1), Credentials("a", "b"))
    assert "服务器拒绝连接" in done.failure


# ---- without a server


@pytest.mark.parametrize(
    ("content", "folder"),
    [(numbered(1), "邮件/2024-01-15/0930_"), (mail(Date="").as_bytes(), "邮件/日期不明/")],
)
def test_a_mail_is_named_by_its_day_and_its_content(content: bytes, folder: str) -> None:
    assert path_of(content).startswith(folder)
    assert path_of(content) == path_of(bytes(content))
    assert path_of(content) != path_of(content + b" ")


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_IMAP_USER", raising=False)
    monkeypatch.setenv("NIANBAO_IMAP_PASSWORD", "p")
    with pytest.raises(ConfigError, match="NIANBAO_IMAP_USER。"):
        credentials("IMAP")
    monkeypatch.setenv("NIANBAO_IMAP_USER", "u")
    found = credentials("IMAP")
    assert found == Credentials("u", "p")
    assert "'p'" not in repr(found)
    monkeypatch.setenv("NIANBAO_IMAP_PASSWORD", "ｐ")
    with pytest.raises(ConfigError, match="全角"):
        credentials("IMAP")


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("x")
    with pytest.raises(ConfigError, match="PEM"):
        tls(str(path))
