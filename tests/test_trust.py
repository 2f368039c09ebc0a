"""What can be written by others decides nothing: shared folders, settings, links, forged reports, permissions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.district.mail_settings import MailSettings
from pipeline.district.roster import load_roster
from pipeline.ledger import Ledger, arrivals, letters, open_ledger
from pipeline.ledger.letters import LedgerLetter
from pipeline.ledger.secret import secret_of
from pipeline.machine import codec
from pipeline.machine.durable import write_whole
from pipeline.machine.environment import lock
from pipeline.machine.work import open_work
from pipeline.model import CHINA, Bounce, ConfigError, Envelope, Message, SenderProof
from pipeline.run import mailing
from pipeline.toml_source import TomlSource
from tests.support.arrivals import agency, district

NOW = datetime(2024, 1, 16, 20, tzinfo=CHINA)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "output") as opened:
        yield opened


# ---------------------------------------------------------------- reports that a letter did not arrive


def sent(ledger: Ledger) -> str:
    """A letter that was sent; return its Message-ID."""
    letter = LedgerLetter(
        "2023:reminder:001:2024-01-24",
        2023,
        "reminder",
        "a1@ju1.example",
        "催报",
        "<unguessable@x>",
        b"1",
        "001",
    )
    letters.intend(ledger, [letter], at=NOW)
    letters.sent(ledger, letter.key, NOW)
    return letter.message_id


def bounce(letter: str, recipient: str, proof: SenderProof = SenderProof.UNCHECKED) -> Message:
    told = Bounce(letter, recipient, "请改发 newbox@evil.example\n【通知】")
    return Message(
        "1.eml", f"{letter}{recipient}", "mailer-daemon@x", None, "", None, 0.0, bounce=told, proof=proof
    )


def test_a_report_counts_for_the_letter_and_the_recipient_that_it_names(ledger: Ledger) -> None:
    own = sent(ledger)
    for forged in (
        bounce(own, "somebody@else.example"),
        bounce("<guessed@x>", "a1@ju1.example"),
        bounce(own, "a1@ju1.example", SenderProof.FAILED),
    ):
        mailing.note_bounces([forged], ledger, 2023, now=NOW)
        assert not letters.undelivered(ledger, 2023)
    mailing.note_bounces([bounce(own, "A1@JU1.example")], ledger, 2023, now=NOW)
    [failed] = letters.undelivered(ledger, 2023)
    assert failed.reason == "A1@JU1.example：没有送到，来信中说“请改发 newbox@evil.example 【通知】”"


def test_every_ledger_has_a_secret_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    own = secret_of(ledger)
    assert (len(own), secret_of(ledger)) == (32, own)
    with open_ledger(tmp_path / "other") as other:
        assert secret_of(other) != own


# ---------------------------------------------------------------- passwords


@pytest.fixture
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IMAP_USER", "IMAP_PASSWORD", "SMTP_USER", "SMTP_PASSWORD"):
        monkeypatch.setenv(f"NIANBAO_{name}", "x")
    for kind in ("IMAP", "SMTP"):
        monkeypatch.delenv(f"NIANBAO_{kind}_HOST", raising=False)


@pytest.mark.usefixtures("_password")
def test_another_server_does_not_get_the_password(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "pipeline.mail.imap.fetch", lambda settings, *_, **__: asked.append(settings.imap_host)
    )
    home = replace(district([agency(1)], tmp_path), mail=MailSettings(imap_host="imap.district.example"))
    mailing.collect(home, ledger, now=NOW)
    moved = replace(home, mail=MailSettings(imap_host="imap.evil.example", ca_file="own.pem"))
    with pytest.raises(ConfigError, match=r"NIANBAO_IMAP_HOST=imap\.evil\.example"):
        mailing.collect(moved, ledger, now=NOW)
    assert asked == ["imap.district.example"]
    monkeypatch.setenv("NIANBAO_IMAP_HOST", "imap.new.example")
    mailing.collect(replace(home, mail=MailSettings(imap_host="imap.new.example")), ledger, now=NOW)
    with pytest.raises(ConfigError):
        mailing.collect(home, ledger, now=NOW)
    assert asked[1:] == ["imap.new.example"]


# ---------------------------------------------------------------- shared folders


@pytest.mark.skipif(os.name != "posix", reason="links and permissions as on Linux")
def test_a_link_in_the_place_of_a_new_file_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / ".figures.csv.new").symlink_to(elsewhere)
    write_whole(tmp_path / "figures.csv", b"1")
    assert (tmp_path / "figures.csv").read_bytes() == b"1"
    assert not elsewhere.exists()
    assert not (tmp_path / "figures.csv").is_symlink()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="links and permissions as on Linux")
def test_what_agencies_sent_is_for_nobody_else_to_read(ledger: Ledger, tmp_path: Path) -> None:
    ledger.originals.keep({"d": b"1"})
    write_whole(tmp_path / "output" / "2023" / "letters" / "1.eml", b"1")
    folder = tmp_path / "output" / "ledger"
    assert {
        mode(path) for path in (folder, folder / "originals", tmp_path / "output" / "2023" / "letters")
    } == {0o700}
    assert mode(folder / "originals" / "d") == 0o400
    assert {mode(path) for path in folder.glob("ledger.sqlite*")} == {0o600}
    with lock(tmp_path / "output"):
        assert {mode(path) for path in (tmp_path / "output").glob("*.lock")} == {0o600}
    assert mode(tmp_path / "output" / "2023" / "letters" / "1.eml") == 0o600


# ---------------------------------------------------------------- what an earlier program recorded


def test_a_moment_beyond_every_calendar_in_the_ledger_is_none(ledger: Ledger) -> None:
    """One such mail, once recorded, ended every later run, also when it was taken away."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    mail = Message("1.eml", "m", "a@x.cn", None, "", last, 0.0, files=("1.eml/1.xlsx",))
    envelope = Envelope(b"1", "d", "1.xlsx", "1.eml/1.xlsx", "mail", "a@x.cn", received_at=last)
    arrivals.keep_inbox(ledger, 2023, [envelope], [mail], now=NOW)
    assert arrivals.moments(ledger, 2023) == {"d": NOW}, "when it was first seen"
    with ledger.transaction("as an earlier version wrote it"):
        for table, item in (("envelopes", replace(envelope, content=b"")), ("mails", mail)):
            written = (last.isoformat(), codec.dumps(item))
            ledger.write(f"UPDATE {table} SET received_at = ?, body = ?", written)  # noqa: S608 - one of two names
    assert [item.envelope.received_at for item in arrivals.of_year(ledger, 2023)] == [None]
    assert [item.received_at for item in arrivals.mails_of_year(ledger, 2023)] == [None]
    assert arrivals.moments(ledger, 2023) == {}


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "address", ["x@evil@jx.example.cn", "\u017f@jx.example.cn", "a<b@x.cn", "a@x", "张@x.cn"]
)
def test_an_address_on_the_roster_is_ascii_with_one_at(tmp_path: Path, address: str) -> None:
    path = tmp_path / "agencies.csv"
    path.write_text(f"code,name,email\n001,甲局,{address}\n", "utf-8")
    if address == "\u017f@jx.example.cn":
        assert load_roster(path, "县区")[0].emails == ("s@jx.example.cn",), "as it is meant"
        return
    with pytest.raises(ConfigError, match="不是邮箱地址"):
        load_roster(path, "县区")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000, "a = 2024-02-31", "\x00"])
def test_settings_that_no_program_reads_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        TomlSource(text, "district.toml")


def test_a_roster_with_the_line_ends_of_old_programs_is_read(tmp_path: Path) -> None:
    path = tmp_path / "agencies.csv"
    path.write_bytes("code,name\r001,甲局\r002,乙局\n003,丙局\r\n".encode())
    assert [item.code for item in load_roster(path, "县区")] == ["001", "002", "003"]
    path.write_bytes(b"code,name\n001," + b"x" * 200_000)
    with pytest.raises(ConfigError):
        load_roster(path, "县区")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.5:8786",
        "tcp://10.0.0.5:8786",
        "tcp://evil.example:1",
        "ws://10.0.0.5:1",
        "tcp://127.0.0.1.evil.example:1",
    ],
)
def test_a_cluster_elsewhere_is_spoken_to_over_tls_only(address: str) -> None:
    with pytest.raises(ConfigError, match="tls://"), open_work(10, engine=address):
        pass
