"""Letters between being written and reaching their readers: a mended roster, a person who hands them over, late reports."""

from __future__ import annotations

import email
import email.policy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.ledger import letters, open_ledger
from pipeline.letter import LetterState
from pipeline.letters.text.mime import parsed, spelled
from tests.support.folders import nianbao
from tests.support.post_office import YEAR, PostOffice, kinds, moment, words
from tests.support.smtp import WHO, Post, post_office

WRONG, RIGHT = "typo@gov.example", "right@gov.example"
SETTINGS = f"""\
name = "样例区"
level = "县区"
year = {YEAR}
form = "annual_report_2021"
deadline = 2024-01-31

[people]
email = "zwgk@office.example"

[mail]
smtp_host = "%(host)s"
smtp_port = %(port)s
ca_file = "%(ca_file)s"
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.setenv("NIANBAO_SMTP_USER", WHO.user)
    monkeypatch.setenv("NIANBAO_SMTP_PASSWORD", WHO.password)
    with post_office(tmp_path) as running:
        yield running


@pytest.fixture
def office(form: Form, tmp_path: Path, server: Post) -> PostOffice:
    """A district of two; the file of one is put into the inbox by hand and goes back to a mistyped address."""
    (tmp_path / "inbox").mkdir()
    settings = SETTINGS % {"host": server.host, "port": server.port, "ca_file": server.ca_file}
    (tmp_path / "district.toml").write_text(settings, "utf-8")
    (tmp_path / "agencies.csv").write_text(f"code,name,email\n001,财政局,{WRONG}\n002,教育局,\n", "utf-8")
    made = PostOffice(form, tmp_path)
    (tmp_path / "inbox" / "财政局.xlsx").write_bytes(
        made.filled("001", "财政局", wrong={form.cells[0].key: "两件"})
    )
    made.night(moment(1, 19))
    return made


def states(office: PostOffice) -> list[tuple[str, str, LetterState]]:
    with open_ledger(office.output) as ledger:
        return [(item.kind, item.recipient, item.state) for item in letters.of_year(ledger, YEAR)]


def test_a_letter_that_was_refused_goes_to_the_corrected_address_at_the_next_run(
    office: PostOffice, server: Post
) -> None:
    server.to_recipient[WRONG] = ["550 no such user"]
    assert office.send(moment(1, 20)) == {"refused": 1}
    assert office.night(moment(1, 20, 21)) == [], "nothing is mended yet"
    office.edit("agencies.csv", WRONG, RIGHT)
    [again] = office.night(moment(1, 20, 22))
    assert kinds([again]) == [("returned", RIGHT)]
    assert [part.get_filename() for part in again.iter_attachments()] == ["财政局_第1次.xlsx"]
    assert office.send(moment(1, 20, 23)) == {"sent": 1}
    [(address, content)] = server.taken
    first = email.message_from_bytes(content, policy=email.policy.default)
    assert (address, first["To"], first["Message-ID"]) == (RIGHT, RIGHT, again["Message-ID"])
    assert states(office) == [("returned", RIGHT, LetterState.SENT)]


def test_the_same_letter_to_another_address_is_the_same_but_for_to_and_message_id(office: PostOffice) -> None:
    with open_ledger(office.output) as ledger:
        [item] = letters.waiting(ledger)
        before = letters.content(ledger, item)
    assert spelled(parsed(before)) == before
    office.edit("agencies.csv", WRONG, RIGHT)
    office.night(moment(1, 20))
    with open_ledger(office.output) as ledger:
        [item] = letters.waiting(ledger)
        after = letters.content(ledger, item)
    lines = list(zip(before.split(b"\r\n"), after.split(b"\r\n"), strict=True))
    changed = [one.partition(b":")[0] for one, other in lines if one != other]
    assert changed == [b"To", b"Message-ID"]


def test_what_a_person_handed_over_waits_no_longer_whatever_a_server_reports(
    office: PostOffice, server: Post
) -> None:
    assert office.send(moment(1, 20)) == {"sent": 1}
    sent = email.message_from_bytes(server.taken[0][1])["Message-ID"]
    report = (
        'From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        f"Final-Recipient: rfc822; {WRONG}\nAction: failed\nDiagnostic-Code: smtp; 550 full\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {sent}\n\n--b--\n"
    )
    (office.folder / "inbox" / "退信.eml").write_text(report, "utf-8")
    office.night(moment(1, 20, 21))
    assert states(office) == [("returned", WRONG, LetterState.FAILED)]
    done = nianbao("send", office.folder, "--by-hand", "--agency", "财政局")
    assert (done.returncode, "1 封信已由人工转交" in done.stdout) == (0, True), done.stderr
    office.night(moment(1, 20, 22))
    assert states(office) == [("returned", WRONG, LetterState.HANDED)]
    assert "已转交" in nianbao("status", office.folder).stdout
    assert "没有待发或被拒收的信" in nianbao("send", office.folder, "--by-hand", "--all").stdout


def test_by_hand_needs_no_mail_server_and_empties_the_folder(office: PostOffice) -> None:
    settings = (office.folder / "district.toml").read_text("utf-8").partition("[mail]")[0]
    (office.folder / "district.toml").write_text(settings, "utf-8")
    assert office.waiting() == 1
    wrong = nianbao("send", office.folder, "--agency", "001")
    assert (wrong.returncode, "--by-hand" in wrong.stderr) == (2, True)
    assert nianbao("send", office.folder, "--by-hand", "--agency", "没有局").returncode == 2
    assert nianbao("send", office.folder, "--by-hand", "--agency", "002").returncode == 0
    assert office.waiting() == 1, "none of theirs"
    asked = nianbao("send", office.folder, "--by-hand")
    assert (asked.returncode, office.waiting()) == (0, 1), "nobody said which"
    [handle] = [line.split()[0] for line in asked.stdout.splitlines() if "退回修改" in line]
    assert nianbao("send", office.folder, "--by-hand", "--letter", "ffffff").returncode == 2
    assert nianbao("send", office.folder, "--by-hand", "--letter", handle).returncode == 0
    assert office.waiting() == 0
    assert nianbao("send", office.folder, "--by-hand", "--undo", "--letter", handle).returncode == 0
    assert office.waiting() == 1, "it was said by mistake"
    assert nianbao("send", office.folder, "--by-hand", "--all").returncode == 0
    assert office.waiting() == 0
    assert office.night(moment(1, 20)) == []


def test_a_reminder_or_return_that_is_true_no_longer_does_not_leave(office: PostOffice, server: Post) -> None:
    """What was written before its agency was accepted is withdrawn, in a night that brings it and for good."""
    office.night(moment(1, 24))
    office.edit("agencies.csv", "002,教育局,", "002,教育局,edu@gov.example")
    assert ("reminder", "edu@gov.example") in kinds(office.night(moment(1, 29)))
    for code, name in (("001", "财政局"), ("002", "教育局")):
        (office.folder / "inbox" / f"{name}2.xlsx").write_bytes(office.filled(code, name))
    fresh = office.night(moment(1, 30))
    assert [kind for kind, _ in kinds(fresh)] == ["acceptance", "acceptance", "digest"]
    assert office.waiting() == 3
    office.send(moment(1, 31))
    left = [email.message_from_bytes(content)["X-Nianbao"] for _, content in server.taken]
    assert sorted(left) == ["acceptance", "acceptance", "digest"]
    withdrawn = [kind for kind, _, state in states(office) if state is LetterState.WITHDRAWN]
    assert sorted(withdrawn) == ["digest", "digest", "reminder", "returned"]


def test_letters_are_laid_out_again_where_their_folder_was_deleted(office: PostOffice) -> None:
    [path] = (office.output / str(YEAR) / "letters").glob("*.eml")
    content = path.read_bytes()
    shutil.rmtree(path.parent)
    assert office.night(moment(1, 20)) == []
    assert path.read_bytes() == content


def test_an_answer_that_waits_is_written_anew_when_it_would_say_something_else(office: PostOffice) -> None:
    """Received late, answered; then the deadline is moved. What nothing has changed about stays, byte for byte."""
    office.edit("agencies.csv", "002,教育局,", "002,教育局,edu@gov.example")
    office.receive(
        moment(2, 1), office.write("edu@gov.example", ("年报.xlsx", office.filled("002", "教育局")))
    )
    [receipt] = [item for item in office.night(moment(2, 1)) if item["X-Nianbao"] == "acceptance"]
    assert "截止日期" in words(receipt)
    office.receive(moment(2, 2), office.write("edu@gov.example", Subject="收到"))
    assert ("acceptance", "edu@gov.example") not in kinds(office.night(moment(2, 2)))
    office.edit("district.toml", "deadline = 2024-01-31", "deadline = 2024-02-29")
    fresh = office.night(moment(2, 3))
    [again] = [item for item in fresh if item["X-Nianbao"] == "acceptance"]
    assert "截止日期" not in words(again)
    assert again["Message-ID"] == receipt["Message-ID"], "nobody has had the first"
    [back] = [item for item in fresh if item["X-Nianbao"] == "returned"]
    assert "请在2024年2月29日（星期四）前报送" in words(back)
    assert office.night(moment(2, 3, 21)) == []
