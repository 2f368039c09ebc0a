"""Whole nights with real servers: mail in over IMAP, letters out over SMTP, and servers that fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.ledger import letters, open_ledger
from pipeline.model import CHINA
from tests.support.dovecot import PASSWORD, Server, dovecot
from tests.support.folders import Ran, contents, filled, make_district, nianbao, run
from tests.support.mails import mail
from tests.support.ports import HOST, free_port
from tests.support.smtp import CUT, WHO, Post, post_office

NOW = datetime(2024, 1, 20, 20, tzinfo=CHINA)
ROSTER = "code,name,email\n001,甲局,jia@x.example\n002,乙局,yi@x.example\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with dovecot() as running:
        yield running


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with post_office(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setenv("NIANBAO_IMAP_USER", user(request))
    monkeypatch.setenv("NIANBAO_IMAP_PASSWORD", PASSWORD)
    monkeypatch.setenv("NIANBAO_SMTP_USER", WHO.user)
    monkeypatch.setenv("NIANBAO_SMTP_PASSWORD", WHO.password)


def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return f"u{abs(hash(request.node.nodeid))}"


def district(folder: Path, settings: str) -> Path:
    made = make_district(
        folder / "区", ["甲局"], {}, extra=f'[people]\nemail = "zwgk@office.example"\n[mail]\n{settings}'
    )
    (made / "agencies.csv").write_text(ROSTER, "utf-8")
    return made


def fetching(server: Server, port: int | None = None) -> str:
    return f'imap_host = "{HOST}"\nimap_port = {port or server.port}\nca_file = "{server.ca_file}"\n'


def sending(post: Post, *, send: bool = False) -> str:
    return f'smtp_host = "{HOST}"\nsmtp_port = {post.port}\nca_file = "{post.ca_file}"\nsend = {str(send).lower()}\n'


def fetched_verdicts(ran: Ran) -> list[str]:
    return sorted(ran.verdicts().values())


# ---- fetching


@pytest.mark.dovecot
def test_a_night_fetches_judges_and_remembers(
    form: Form, server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = district(tmp_path, fetching(server))
    mails = [
        mail([("甲局.xlsx", filled(form, "甲局"))], From="jia@x.example", Message_ID="<1@x>"),
        mail([("甲局.xlsx", filled(form, "甲局", 1))], From="jia@evil.example", Message_ID="<2@x>"),
        mail(From="yi@x.example", Subject="收到", Message_ID="<3@x>"),
    ]
    server.deliver(user(request), *(item.as_bytes() for item in mails))
    first = run(folder)
    assert first.code == 1, first.err
    assert "收到邮件 3 封" in first.out
    assert fetched_verdicts(first) == ["accepted", "held", "not_a_submission"]
    assert len(list((folder / "inbox" / "邮件" / "2024-01-15").glob("*.eml"))) == 3
    before = contents(first.folder)
    again = run(folder)
    assert "收到邮件 0 封" in again.out
    assert contents(first.folder) == before


@pytest.mark.dovecot
def test_a_renumbered_mailbox_changes_nothing(
    form: Form, server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = district(tmp_path, fetching(server) + 'imap_folder = "年报报送"\n')
    content = mail([("甲局.xlsx", filled(form, "甲局"))], From="jia@x.example").as_bytes()
    server.deliver(user(request), content, folder="年报报送")
    before = contents(run(folder).folder)
    with server.mailbox(user(request)) as box:
        box.folder.delete("年报报送")
    server.deliver(user(request), content, folder="年报报送")
    again = run(folder)
    assert "收到邮件 1 封" in again.out
    assert contents(again.folder) == before


def test_without_a_mail_server_the_night_is_done_and_ends_with_4(form: Form, tmp_path: Path) -> None:
    folder = district(tmp_path, f'imap_host = "{HOST}"\nimap_port = {free_port()}\n')
    (folder / "inbox" / "甲局.xlsx").write_bytes(filled(form, "甲局"))
    done = run(folder)
    assert done.code == 4
    assert "服务器拒绝连接" in done.err
    assert fetched_verdicts(done) == ["accepted"]


def test_without_credentials_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_IMAP_PASSWORD")
    folder = district(tmp_path, f'imap_host = "{HOST}"\n')
    done = run(folder)
    assert done.code == 2
    assert "NIANBAO_IMAP_PASSWORD" in done.err
    assert not done.folder.exists()


def test_a_dry_run_opens_no_mailbox(tmp_path: Path) -> None:
    folder = district(tmp_path, f'imap_host = "{HOST}"\nimap_port = {free_port()}\n')
    done = run(folder, "--dry-run")
    assert done.code == 1, done.err
    assert list((folder / "inbox").iterdir()) == []


# ---- sending


def waiting_letters(folder: Path, **to: str) -> None:
    """Let the ledger hold a waiting letter for each key."""
    made = [
        letters.LedgerLetter(
            key=f"2023:answer:{key}:2024-01-20:not_a_submission",
            year=2023,
            kind="not_a_submission",
            recipient=address,
            subject="退回",
            message_id=f"<{key}@nianbao>",
            content=mail((), From="zwgk@x.example", To=address, Message_ID=f"<{key}@nianbao>").as_bytes(),
            agency="001",
        )
        for key, address in to.items()
    ]
    with open_ledger(folder / "output") as ledger:
        letters.intend(ledger, made, at=NOW)


def states(folder: Path) -> dict[str, tuple[str, int, str]]:
    with open_ledger(folder / "output") as ledger:
        return {
            item.key.split(":")[2]: (item.state, item.attempts, item.reason)
            for item in letters.of_year(ledger, 2023)
        }


def test_send_delivers_what_waits_and_says_what_was_refused(post: Post, tmp_path: Path) -> None:
    folder = district(tmp_path, sending(post))
    waiting_letters(folder, a="jia@x.example", b="gone@x.example", c="grey@x.example")
    post.to_recipient = {"gone@x.example": ["550 5.1.1 查无此人"], "grey@x.example": ["451 later"]}
    done = nianbao("send", folder, "--now", NOW.isoformat())
    assert done.returncode == 1, done.stderr
    assert "发出 1 封，以后再发 1 封，被拒收 1 封" in done.stdout
    assert "gone@x.example　gone@x.example：550 5.1.1" in done.stdout
    assert {key: state for key, (state, _, _) in states(folder).items()} == {
        "a": "sent",
        "b": "failed",
        "c": "waiting",
    }
    assert nianbao("send", folder, "--now", NOW.isoformat()).returncode == 0
    assert states(folder)["c"][:2] == ("sent", 2)
    assert [address for address, _ in post.taken] == ["jia@x.example", "grey@x.example"]
    assert "没有待发的信" in nianbao("send", folder, "--now", NOW.isoformat()).stdout


def test_a_run_sends_at_its_end_where_the_district_wants_it(post: Post, tmp_path: Path) -> None:
    folder = district(tmp_path, sending(post, send=True))
    waiting_letters(folder, a="jia@x.example")
    post.to_data = [CUT]
    first = run(folder)
    assert "以后再发 1 封" in first.out
    [log] = (folder / "output" / "ledger" / "log").iterdir()
    assert "以后再发 1 封" in log.read_text("utf-8")
    assert run(folder).code == 1
    assert sum(b"Message-ID: <a@nianbao>" in content for _, content in post.taken) == 2
    assert states(folder)["a"][0] == "sent"


def test_a_run_does_not_send_by_surprise(post: Post, tmp_path: Path) -> None:
    folder = district(tmp_path, sending(post))
    waiting_letters(folder, a="jia@x.example")
    run(folder)
    assert post.sessions == 0
    assert states(folder)["a"][0] == "waiting"


def test_a_server_that_refuses_the_login_ends_with_4_and_keeps_the_letters(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_SMTP_PASSWORD", "falsch")
    folder = district(tmp_path, sending(post))
    waiting_letters(folder, a="jia@x.example")
    done = nianbao("send", folder, "--now", NOW.isoformat())
    assert done.returncode == 4
    assert "用户名或密码不对" in done.stderr
    assert states(folder)["a"] == ("waiting", 0, "")


def test_sending_without_a_server_is_a_matter_of_configuration(tmp_path: Path) -> None:
    done = nianbao("send", district(tmp_path, ""), "--now", NOW.isoformat())
    assert done.returncode == 2
    assert "smtp_host" in done.stderr


def test_a_bounce_that_comes_later_counts_as_a_refusal(post: Post, tmp_path: Path) -> None:
    folder = district(tmp_path, sending(post))
    waiting_letters(folder, a="jia@x.example")
    nianbao("send", folder, "--now", NOW.isoformat())
    (folder / "inbox" / "退信.eml").write_text(
        "From: MAILER-DAEMON@x.example\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; jia@x.example\nAction: failed\nDiagnostic-Code: smtp; 550 full\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <a@nianbao>\n\n--b--\n",
        "utf-8",
    )
    run(folder)
    assert states(folder)["a"][0] == "failed"
    assert states(folder)["a"][2] == "jia@x.example：没有送到，来信中说“550 full”"
