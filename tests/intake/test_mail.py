"""Mails as they really come: forwarded, wrapped, automatic, forged."""

from __future__ import annotations

import base64
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.intake.fetch import mail as intake
from pipeline.intake.fetch.archive import MAX_NESTING
from pipeline.intake.fetch.inbox_folder import fetch
from pipeline.intake.fetch.mail import Mail, open_mail
from pipeline.intake.read.reading import read
from pipeline.model import CHINA, LOOP_HEADER, Bounce, Reason
from tests.intake.support import Draft, codes, zip_of
from tests.support.mails import TNEF_DATA, TNEF_SUBJECT, TNEF_TITLE, mail, winmail

OURS = "mx.district.example"


@pytest.fixture(scope="module")
def book() -> bytes:
    return Draft({"甲": {(0, 0): 1}}).xlsx()


def opened(message: EmailMessage | bytes, *, authserv_id: str = "") -> Mail:
    content = message if isinstance(message, bytes) else message.as_bytes()
    found = open_mail(content, authserv_id=authserv_id)
    assert found
    return found


def names(found: Mail) -> list[str]:
    return [name for name, _ in found.spreadsheets]


# ---- forwarding


def test_a_chain_of_forwarding_is_opened_to_its_end(book: bytes) -> None:
    inner = mail([("年报.xlsx", book)])
    for number in range(4):
        outer = mail(From=f"{number}@x.com")
        outer.add_attachment(inner)
        inner = outer
    found = opened(inner)
    assert (names(found), found.sender) == (["年报.xlsx"], "3@x.com")


def test_a_mail_attached_as_a_file_is_opened(book: bytes) -> None:
    inner = mail([("甲.xlsx", book)]).as_bytes()
    chain = mail([("转发.eml", inner), ("乙.xlsx", book + b" ")]).as_bytes()
    found = opened(mail([("再转.eml", chain)]))
    assert names(found) == ["甲.xlsx", "乙.xlsx"]


def test_a_chain_that_never_ends_is_cut(book: bytes) -> None:
    content = mail([("年报.xlsx", book)]).as_bytes()
    for _ in range(intake.MAX_DEPTH + 1):
        content = mail([("转发.eml", content)]).as_bytes()
    found = opened(content)
    assert (names(found), found.sealed) == ([], ("转发.eml",)), "named: a table may be in it"


def test_a_nested_mail_in_base64_is_opened(book: bytes) -> None:
    inner = base64.encodebytes(mail([("年报.xlsx", book)]).as_bytes())
    head = b"From: a@x.com\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert names(opened(head + inner)) == ["年报.xlsx"]


def test_a_file_that_the_chain_carries_twice_is_one(book: bytes) -> None:
    outer = mail([("年报.xlsx", book)])
    outer.add_attachment(mail([("年报.xlsx", book)]))
    assert names(opened(outer)) == ["年报.xlsx"]


def test_an_inline_spreadsheet_without_a_name_is_found(book: bytes) -> None:
    message = mail()
    message.add_attachment(book, "application", "vnd.ms-excel", disposition="inline")
    assert len(opened(message).spreadsheets) == 1


@pytest.mark.parametrize("kind", ["image/png", "message/rfc822", "multipart/mixed", "text/plain"])
def test_what_a_table_is_declared_as_does_not_hide_it(book: bytes, kind: str) -> None:
    message = mail([("年报.xlsx", book)]).as_bytes()
    declared = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert declared in message or b"application/octet-stream" in message
    for old in (declared, b"application/octet-stream"):
        message = message.replace(old, kind.encode())
    assert [content for _, content in opened(message).spreadsheets] == [book]


def test_a_picture_is_no_attachment_whatever_else_is_declared_as_one(book: bytes) -> None:
    message = mail()
    message.add_attachment(b"\x89PNG....", "image", "png", filename="logo.png", disposition="inline")
    message.add_attachment(b"GIF89a", "image", "gif", disposition="inline")
    found = opened(message)
    assert (found.spreadsheets, found.others, found.sealed) == ((), (), ())
    message.add_attachment(book, "image", "png", filename="年报.xlsx.png")
    assert names(opened(message)) == ["年报.xlsx.png"]


HEAD = b"From: a@x.com\r\nSubject: x\r\n"
EXTERNAL = (
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nsee\r\n--B\r\n"
    b'Content-Type: message/external-body; access-type=URL; URL="http://x"\r\n\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n--B--\r\n"
)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\n0", ("smime.p7m",)),
        (b"Content-Type: application/x-pkcs7-mime\r\n\r\n0", ("未命名附件",)),
        (EXTERNAL, ("未命名附件",)),
        (
            b'Content-Type: message/partial; id="1"; number=1; total=2\r\n\r\nFrom: a@x.com\r\n\r\nx',
            ("未命名附件",),
        ),
        (b"Content-Type: multipart/mixed\r\n\r\n--B\r\n\r\nx\r\n--B--", ("内容断开、无法拆分的附件",)),
        (b"Content-Type: multipart/mixed\r\n\r\n", ()),
        (b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nx\r\n--B--", ()),
    ],
)
def test_what_nobody_can_look_into_is_named(rest: bytes, expected: tuple[str, ...]) -> None:
    found = opened(HEAD + rest)
    assert (found.sealed, found.spreadsheets) == (expected, ())
    assert set(expected) <= set(found.others)


def test_several_agencies_in_one_mail_stay_apart(tmp_path: Path, book: bytes) -> None:
    inside = zip_of({"甲局.xlsx": book, "乙局.xlsx": book + b" "})
    message = mail([("丙局.xlsx", book + b"  "), ("打包.zip", inside), ("说明.pdf", b"%PDF")])
    (tmp_path / "1.eml").write_bytes(message.as_bytes())
    fetched = fetch(tmp_path)
    [found] = fetched.messages
    assert found.files == tuple(item.path for item in fetched.envelopes)
    assert found.files == ("1.eml/丙局.xlsx", "1.eml/打包.zip/乙局.xlsx", "1.eml/打包.zip/甲局.xlsx")
    assert found.others == ("说明.pdf",)


# ---- names


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("%E5%B9%B4%E6%8A%A5.xlsx", "年报.xlsx"),
        ("%C4%EA%B1%A8.xlsx", "年报.xlsx"),
        ("100%.xlsx", "100%.xlsx"),
        ("a%20b.xlsx", "a%20b.xlsx"),
        ("年\u202e报\x07.xlsx", "年_报_.xlsx"),
    ],
)
def test_names_are_what_every_output_can_hold(book: bytes, written: str, expected: str) -> None:
    disposition = f'Content-Disposition: attachment; filename="{written}"\r\n'
    head = b"From: a@x.com\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
    assert names(opened(head + disposition.encode() + b"\r\n" + base64.encodebytes(book))) == [expected]


# ---- archives


def test_an_archive_in_an_archive_is_opened(book: bytes) -> None:
    inside = zip_of({"街道/甲.zip": zip_of({"甲.xlsx": book}), "乙.xlsx": book})
    assert names(opened(mail([("打包.zip", inside)]))) == ["打包.zip/乙.xlsx", "打包.zip/街道/甲.zip/甲.xlsx"]


def test_an_archive_nested_too_deep_is_a_file_that_gets_an_answer(form: Form, book: bytes) -> None:
    content = zip_of({"年报.xlsx": book})
    for _ in range(MAX_NESTING + 1):
        content = zip_of({"内.zip": content})
    [(name, data)] = opened(mail([("外.zip", content)])).spreadsheets
    assert name == "外.zip" + "/内.zip" * (MAX_NESTING + 1)
    assert codes(read(form, data).findings) == ["F01.not_a_workbook"]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"../../甲.xlsx": b"x"}, "内部文件路径异常"),
        ({f"{number}.xlsx": b"x" for number in range(300)}, "内部文件过多"),
        ({"甲.xlsx": b" " * 20_000_000}, "压缩比异常"),
    ],
)
def test_an_archive_beyond_the_limits_is_refused_by_name(
    form: Form, entries: dict[str, bytes], reason: str
) -> None:
    [(name, data)] = opened(mail([("打包.zip", zip_of(entries))])).spreadsheets
    assert name == "打包.zip"
    [finding] = read(form, data).findings
    assert (finding.code, finding.variant, finding.facts["reason"]) == ("F01", "hostile", reason)


def test_the_archives_of_one_mail_share_one_limit(monkeypatch: pytest.MonkeyPatch, book: bytes) -> None:
    monkeypatch.setattr(intake, "MAX_INFLATED", 2 * len(book))
    zips = [(f"{number}.zip", zip_of({f"{number}.xlsx": book})) for number in range(3)]
    assert names(opened(mail(zips))) == ["0.zip/0.xlsx", "1.zip/1.xlsx", "2.zip"]


def test_more_files_than_a_district_sends_are_named_and_not_judged(
    monkeypatch: pytest.MonkeyPatch, book: bytes
) -> None:
    monkeypatch.setattr(intake, "MAX_FILES", 2)
    found = opened(mail([(f"{number}.xlsx", book) for number in range(3)]))
    assert (len(found.spreadsheets), found.others) == (2, ("2.xlsx",))


def test_what_is_called_a_spreadsheet_and_is_none_is_kept_only_up_to_a_budget(book: bytes) -> None:
    """A zip of zeros is small on its way and large in the ledger, and each file would be answered."""
    zeros = zip_of({f"{number}.xlsx": bytes(50_000) for number in range(100)})
    found = opened(
        mail([("打包.zip", zeros), ("甲.xlsx", book), *[(f"{n}.xls", b"<html>") for n in range(50)]])
    )
    foreign = [content for _, content in found.spreadsheets if content != book]
    assert len(foreign) <= intake.MAX_FOREIGN
    assert sum(map(len, foreign)) <= intake.MAX_FOREIGN_BYTES
    assert "甲.xlsx" in names(found)
    assert "打包.zip" in found.others, "named, so that somebody looks"


# ---- winmail.dat


def test_files_packed_by_outlook_get_an_answer(form: Form) -> None:
    content = winmail(TNEF_SUBJECT, TNEF_TITLE, TNEF_DATA)
    [(name, data)] = opened(mail([("winmail.dat", content)])).spreadsheets
    assert name == "winmail.dat"
    assert codes(read(form, data).findings) == ["F01.winmail"]


def test_formatting_packed_by_outlook_is_passed_over() -> None:
    found = opened(mail([("winmail.dat", winmail(TNEF_SUBJECT))]))
    assert (found.spreadsheets, found.others) == ((), ())


def test_a_damaged_winmail_is_not_passed_over() -> None:
    assert names(opened(mail([("winmail.dat", winmail(TNEF_SUBJECT)[:-4])]))) == ["winmail.dat"]


# ---- who wrote it, and when


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Auto_Submitted": "no"}, None),
        ({"Return_Path": "<a@x.com>"}, None),
        ({"Auto_Submitted": "auto-replied"}, Reason.AUTO_REPLY),
        ({"Auto_Submitted": "auto-generated; owner=x"}, Reason.AUTO_REPLY),
        ({"X_Autoreply": "yes"}, Reason.AUTO_REPLY),
        ({"Precedence": "auto_reply"}, Reason.AUTO_REPLY),
        ({"Return_Path": "<>"}, Reason.AUTO_REPLY),
        ({"Subject": "自动回复：年报模板"}, Reason.AUTO_REPLY),
        ({"Subject": "【自动回复】已收到"}, Reason.AUTO_REPLY),
        ({"Subject": "[Auto-Reply] Annual report"}, Reason.AUTO_REPLY),
        ({"Subject": "Undeliverable: 退回修改"}, Reason.AUTO_REPLY),
        ({"Subject": "系统退信"}, Reason.AUTO_REPLY),
        ({"Subject": "已读：退回修改"}, Reason.AUTO_REPLY),
        ({"Subject": "回复：自动回复：年报模板"}, None),
        ({"Subject": "转发：系统退信"}, None),
        ({"Subject": "已读完要求，现报送"}, None),
        ({"From": "通知 <No-Reply@x.example>"}, Reason.AUTO_REPLY),
        ({"Precedence": "bulk"}, Reason.MAILING_LIST),
        ({"List_Id": "<all.x.com>"}, Reason.MAILING_LIST),
        ({"From": "MAILER-DAEMON@x.com"}, Reason.BOUNCE),
        ({LOOP_HEADER: "1"}, Reason.OWN_LETTER),
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str], expected: Reason | None) -> None:
    assert opened(mail((), **headers)).automatic == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("delivery-status", Reason.BOUNCE), ("disposition-notification", Reason.AUTO_REPLY)],
)
def test_reports_of_servers_and_receipts_are_told_apart(kind: str, expected: Reason) -> None:
    content = (
        b'From: a@x.com\r\nContent-Type: multipart/report; report-type=%s; boundary="b"\r\n\r\n--b--\r\n'
    )
    assert opened(content % kind.encode()).automatic == expected


RETURNED = """From: MAILER-DAEMON@x.com
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
In-Reply-To: <from-header@x>

--b
Content-Type: text/plain

Undelivered
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.x.com

Final-Recipient: rfc822; jia@x.example
Action: {action}
Status: 5.1.1
{diagnostic}
--b
{original}
--b--
"""
HEADERS_ONLY = "Content-Type: text/rfc822-headers\n\nMessage-ID: <letter@x>\nSubject: x\n"
WHOLE = f"Content-Type: message/rfc822\n\nMessage-ID: <letter@x>\n{LOOP_HEADER}: return\n\ntext\n"


@pytest.mark.parametrize(
    ("original", "letter"),
    [(HEADERS_ONLY, "<letter@x>"), (WHOLE, "<letter@x>"), ("\ntext\n", "<from-header@x>")],
)
@pytest.mark.parametrize(
    ("diagnostic", "words"),
    [("Diagnostic-Code: smtp; 550 5.1.1\n No such user\n", "550 5.1.1 No such user"), ("", "5.1.1")],
)
def test_a_bounce_says_which_letter_did_not_arrive_and_why(
    original: str, letter: str, diagnostic: str, words: str
) -> None:
    content = RETURNED.format(action="failed", original=original, diagnostic=diagnostic)
    found = opened(content.encode())
    assert (found.automatic, found.bounce) == (Reason.BOUNCE, Bounce(letter, "jia@x.example", words))
    assert found.spreadsheets == ()


def test_a_letter_that_is_only_late_did_not_fail() -> None:
    content = RETURNED.format(action="delayed", original=WHOLE, diagnostic="")
    assert opened(content.encode()).bounce is None


@pytest.mark.parametrize("header", [{LOOP_HEADER: "1"}, {"From": "mailer-daemon@x.com"}])
def test_what_says_that_a_machine_sent_it_is_opened_and_never_answered(
    header: dict[str, str], book: bytes
) -> None:
    found = opened(mail([("更正.xlsx", book)], **header))
    assert found.automatic in (Reason.OWN_LETTER, Reason.BOUNCE)
    assert [name for name, _ in found.spreadsheets] == ["更正.xlsx"]


def test_the_letter_inside_a_report_of_failure_is_not_opened(book: bytes) -> None:
    report = mail([("letter.eml", mail([("退回.xlsx", book)]).as_bytes())], From="mailer-daemon@x.com")
    report.add_attachment(mail([("退回.xlsx", book)]))
    assert opened(report).spreadsheets == ()


def test_a_spreadsheet_from_a_machine_is_still_read(book: bytes) -> None:
    found = opened(mail([("年报.xlsx", book)], Precedence="bulk"))
    assert (names(found), found.automatic) == (["年报.xlsx"], Reason.MAILING_LIST)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("=?utf-8?B?5byg5LiJ?= <A@X.com>", "a@x.com"),
        ('"czj@district.example" <evil@x.com>', "evil@x.com"),
        ("=?utf-8?B?PGN6akBkaXN0cmljdC5leGFtcGxlPg==?= <evil@x.com>", "evil@x.com"),
        ("a@x.com, b@x.com", None),
        ("nobody", None),
    ],
)
def test_the_sender_is_the_one_address(written: str, expected: str | None) -> None:
    assert opened(f"From: {written}\r\n\r\nx".encode()).sender == expected


def test_two_senders_are_none() -> None:
    assert opened(b"From: a@x.com\r\nFrom: b@x.com\r\n\r\nx").sender is None


def test_the_own_servers_time_counts_more_than_the_senders() -> None:
    stamps = [
        "by mx.district.example; Tue, 16 Jan 2024 08:00:00 +0800 (CST)",
        "by x; Mon, 1 Jan 2024 00:00:00 +0800",
    ]
    content = "".join(f"Received: from x\r\n {stamp}\r\n" for stamp in stamps).encode() + mail().as_bytes()
    assert opened(content).received_at == datetime(2024, 1, 16, 8, tzinfo=CHINA)


def test_a_time_without_a_zone_of_its_own_is_universal_and_one_without_any_is_chinas() -> None:
    """RFC 5322, 3.3: -0000 says that the time is universal, not where it was written."""
    stamped = "Received: from x by mx.district.example; Wed, 31 Jan 2024 {}\r\n"
    moments = [
        opened(stamped.format(time).encode() + mail().as_bytes()).received_at
        for time in ("16:30:00 -0000", "16:30:00")
    ]
    assert moments == [datetime(2024, 2, 1, 0, 30, tzinfo=CHINA), datetime(2024, 1, 31, 16, 30, tzinfo=CHINA)]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([f"{OURS}; spf=pass; dkim=pass; dmarc=pass"], ()),
        ([f"{OURS}; dmarc=fail (p=reject) header.from=x.com; spf=fail"], ("dmarc", "spf")),
        ([f"{OURS} 1; dkim=fail"], ("dkim",)),
        ([f"{OURS}; spf=softfail; dkim=none; dmarc=none"], ()),
        ([f"{OURS}; spf=fail; dkim=pass; dmarc=pass header.from=jx.example.com"], ()),
        ([f"{OURS}; spf=fail; dkim=pass; dmarc=pass"], ("spf",)),
        (["elsewhere.example; dmarc=fail"], ()),
        ([f"{OURS}; spf=fail", f"{OURS}; dmarc=pass"], ("spf",)),
        ([f"{OURS}; none"], ()),
        ([], ()),
    ],
)
def test_only_the_own_servers_checks_count(results: list[str], expected: tuple[str, ...]) -> None:
    head = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    content = head.encode() + mail().as_bytes()
    assert opened(content, authserv_id=OURS).failed_checks == expected
    assert opened(content).failed_checks == ()
