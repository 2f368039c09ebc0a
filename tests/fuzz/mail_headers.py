"""A number of mails with hostile headers goes in; that every one of them is answered, and soon, is made sure.

    python -m tests.fuzz.mail_headers --mails 60000 --seed 1

Each mail is built of what broke parsers before: broken encoded words, moments beyond every calendar, parameters without
end, addresses within addresses, parts within parts. What comes out must survive all that is done with it later.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline.intake.fetch.mail import Mail, open_mail
from pipeline.ledger import arrivals
from pipeline.machine import codec
from pipeline.mail.imap import path_of
from pipeline.model import CHINA, Message

SLOWEST = 3.0
"""Seconds for one mail, on a machine that does other things besides."""
SERVER = "mx.x.cn"
NOW = datetime(2024, 1, 20, 20, tzinfo=CHINA)
_NAMES = (
    "From", "Subject", "Date", "Message-ID", "Received", "Auto-Submitted", "Authentication-Results", "Return-Path",
    "Precedence", "List-Id", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "In-Reply-To",
    "Action", "Final-Recipient", "Diagnostic-Code", "X-Nianbao", "X-Autoreply", "MIME-Version",
)  # fmt: skip
_PIECES = (
    "=?utf-8?b?a?=", "=?utf-8?B?5byg5LiJ?=", "=?gb2312?B?1cXI/Q==?=", "=?x?q?=FF=FE?=", "=?idna?q?xn--a?=", "=?hex?b?QQ==?=",
    "=?unicode_escape?q?=5Cx4?=", "=?utf-16?b?/w==?=", "=?\x00?q?a?=", "=?utf-8?q?" + "=E4" * 40 + "?=", "=?utf-7?q?+A?=",
    "=?utf-7?q?+2AA-?=", "=?utf-7?q?+2D3cAA-?=", "=?utf-16?b?2AA=?=", "=?utf-32-le?b?ANgAAA==?=", "\\ud800", "\\ud83d\\ude00", "\\u001b", "\\u0000", "\\U00110000",
    "\\u005c", "attachment; filename*=utf-7''%2B2AA-.xlsx", "text/plain; charset=utf-7", "text/html; charset=utf-16", "multipart/x; boundary=\\ud800",
    "Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 15 Jan 2024 09:30:00 +99999999999999999999", "1 Jan " + "9" * 20 + " 1:1:1",
    "Mon, 15 Jan 2024 09:30:00 +0800", "0 Jan 0000 00:00:00 -0000", "1 Jan 1 0:0:0 +2400", "; 32 Foo 20x4 25:61:61 EST",
    "by mx; Fri, 31 Dec 9999 23:59:59 -1200", "Tue, 16 Jan 2024 08:00:00 +0800 (CST)",
    "a@x.cn", "<a@x.cn>", "x@evil@x.cn", '"czj@x.cn" <evil@y.cn>', "a@x.cn, b@x.cn", "\u212aing@x.cn", "(" * 60, "(" * 3000, "<" * 500,
    '"' + "\\" * 99, "@" * 300, "a:b;" * 50, "a@[" + "1." * 90, "张三 <张三@x.cn>", "undisclosed-recipients:;",
    "multipart/mixed; boundary=b", 'multipart/report; report-type=delivery-status; boundary="b"', "message/rfc822",
    "message/delivery-status", "text/rfc822-headers", "multipart/mixed", "image/png; name=x.eml", "application/octet-stream",
    "text/plain; charset=idna", "text/plain; charset*=x''y", "; charset*0*=\x00''a; charset*1=b", "; report-type*=u'v'w",
    'attachment; filename="年报.eml"', "attachment; filename*=utf-8''%E5%B9%B4.xlsx", "attachment; filename*=idna''%ff.xlsx",
    "attachment; filename*" + "9" * 5000 + "*=a", "attachment; filename*0=a; filename*0=b; filename*1*=%", 'x; name="' + ";" * 3000,
    "attachment; filename==?utf-8?b?a?=", "attachment; filename*=''", "attachment; filename*=a'b", "base64", "x-uuencode", "quoted-printable", "8bit",
    f"{SERVER}; dmarc=pass header.from=x.cn", f'{SERVER}; spf=fail smtp.mailfrom="x;dmarc=pass"@y.cn', f"{SERVER} (", "failed", "rfc822; a@x.cn",
    "<1@x>", "\x1b[31m", "\u202e", "\r", "\x00", "\udcff\udc80", "no", "bulk", "?=" * 200, "=?" * 200, "é", "\udcd6\udcd0",
)  # fmt: skip
_BODIES = (
    "please withdraw +2AA- our report now", "<p>&#xD800;+2AA-</p>", "Message-ID: =?utf-7?q?+2AA-?= \\udfff\r\n", "\x00",
    "Final-Recipient: rfc822; =?utf-7?q?+2AA-?=\r\nAction: failed\r\nDiagnostic-Code: smtp; =?utf-7?q?+2AA-?= \\ud800\r\n\r\n",
    "", "x", "begin 644 a.xlsx\r\n#0V%T\r\n`\r\nend", "begin 999999999 \x00\r\nM", "UEsDBA==", "====", "From: b@x.cn\r\nSubject: =?utf-8?b?a?=\r\n\r\ny",
    "Final-Recipient: rfc822; a@x.cn\r\nAction: failed\r\n\r\n", "Message-ID: =?utf-8?b?a?=\r\n", "eJ8+Ig==", "--b\r\n", "--b--\r\n",
)  # fmt: skip


def hostile_mail(dice: random.Random) -> bytes:
    """Build one mail."""
    text = _entity(dice, dice.randrange(4))
    if dice.random() < 0.1:
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(_PIECES) + text[at:]
    return dice.choice(
        ("", "", "", "\ufeff", "\r\n", "From a@x Mon Jan\r\n", ">From x\r\n", "\x00")
    ).encode() + text.encode("utf-8", "surrogateescape")


def _entity(dice: random.Random, depth: int) -> str:
    lines = [f"{dice.choice(_NAMES)}: {_value(dice)}\r\n" for _ in range(dice.randrange(1, 9))]
    if depth:
        lines.append(
            "Content-Type: multipart/mixed; boundary=b\r\n"
            if dice.random() < 0.7
            else "Content-Type: message/rfc822\r\n"
        )
        parts = [_entity(dice, depth - 1) for _ in range(dice.randrange(1, 3))]
        body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    else:
        body = dice.choice(_BODIES)
    dice.shuffle(lines)
    return "".join(lines) + "\r\n" + body


def _value(dice: random.Random) -> str:
    pieces = [dice.choice(_PIECES) for _ in range(dice.randrange(1, 4))]
    joint = dice.choice((" ", "", "; ", "\r\n ", ","))
    return joint.join(pieces)


def assert_answered(content: bytes) -> Mail | None:
    """Open a mail and do with it what a run does."""
    began = time.process_time()
    mail = open_mail(content, authserv_id=SERVER)
    path_of(content).encode()
    assert time.process_time() - began < SLOWEST, content[:2000]
    if mail:
        _assert_usable(mail)
    return mail


def _assert_usable(mail: Mail) -> None:
    if mail.received_at:
        mail.received_at.astimezone(CHINA).timestamp()
        (mail.received_at.astimezone(UTC) + timedelta(days=400)).isoformat()
    if mail.sender:
        assert mail.sender.isascii()
        assert mail.sender.count("@") == 1
    kept = Message(
        "1.eml", "", mail.sender, mail.message_id, mail.subject, mail.received_at, 0.0,
        tuple(name for name, _ in mail.spreadsheets), mail.others, mail.automatic, mail.failed_checks, mail.bounce, mail.proof,
        mail.words, mail.sealed,
    )  # fmt: skip
    text = codec.dumps(kept)
    assert codec.loads(Message, text) == kept
    arrivals.rehearse([kept], NOW)


def mails(number: int, seed: int) -> Iterator[bytes]:
    """Yield hostile mails, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(number):
        yield hostile_mail(dice)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    opened = 0
    for number, content in enumerate(mails(asked.mails, asked.seed)):
        try:
            opened += assert_answered(content) is not None
        except Exception:
            print(f"mail {number}: {content!r}")  # noqa: T201 - a command
            raise
    print(f"{asked.mails} mails answered, {opened} of them opened")  # noqa: T201 - a command


if __name__ == "__main__":
    _main()
