"""Who is believed: every way that a header of the own server was talked into saying more than it says, and a second reading."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake.fetch import authentication
from pipeline.intake.fetch.mail import open_mail
from pipeline.model import SenderProof
from tests.fuzz import rfc8601

OURS, OWN = "mx.district.example", "jx.district.example"
SENDER = f"czj@{OWN}"
EVIL = "evil.example"


def proof(*values: str, sender: str = SENDER) -> SenderProof:
    head = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    mail = open_mail(f"{head}From: <{sender}>\r\n\r\nx".encode(), authserv_id=OURS)
    assert mail
    return mail.proof


@pytest.mark.parametrize(
    "value",
    [
        f"{OURS}; dmarc=pass header.from={OWN}",
        f"{OURS} 1; dmarc=pass header.from={OWN}",
        f'"{OURS}"; dmarc=pass (p=none; "x") header.from={OWN}',
        f"{OURS.upper()}; spf=fail smtp.mailfrom={EVIL}; dmarc=pass header.from={OWN.upper()}",
        f"(by) {OURS} (x) ; dmarc (y) = (z) pass header . from = {OWN}",
        f"{OURS}; dkim=fail header.d={EVIL}; dkim=pass (2048-bit) header.i=@{OWN} header.d={OWN}",
        f"{OURS}; dkim=pass header.d=district.example",
        f"{OURS}; spf=pass smtp.mailfrom=bounce@mail.{OWN}",
        f'{OURS}; spf=pass smtp.mailfrom="a;b"@{OWN}',
        f"{OURS}; spf=pass (sender IP is 1.2.3.4) smtp.mailfrom={OWN}; dkim=none header.d=none;dmarc=none action=none;compauth=pass reason=100",
    ],
)
def test_the_own_servers_word_for_the_domain_is_believed(value: str) -> None:
    assert proof(value) is SenderProof.VERIFIED


INJECTIONS = [
    f"=?us-ascii?q?x=3Bdmarc=3Dpass_header.from=3D{OWN}=3B?=@{EVIL}",
    f'"x; dmarc=pass header.from={OWN};"@{EVIL}',
    f'"\\"; dmarc=pass header.from={OWN};"@{EVIL}',
    f"(; dmarc=pass header.from={OWN};) a@{EVIL}",
    f"((a) \\) ; dmarc=pass header.from={OWN}) a@{EVIL}",
    f'"@{OWN}"@{EVIL}',
    f'"{SENDER}"@{EVIL}',
    f"{OWN}@{EVIL}",
    f'"a smtp.mailfrom={SENDER} "@{EVIL}',
    f'"unended; dmarc=pass header.from={OWN}',
    f"(unended; dmarc=pass header.from={OWN}",
]


@pytest.mark.parametrize("address", INJECTIONS)
@pytest.mark.parametrize("result", ["pass", "fail", "none"])
def test_what_the_sender_wrote_is_never_the_servers_word(address: str, result: str) -> None:
    for value in (
        f"{OURS}; spf={result} smtp.mailfrom={address}; dmarc=fail header.from={OWN}",
        f"{OURS}; spf={result} smtp.mailfrom={address}",
        f"{OURS}; dmarc=none header.from={OWN}; spf={result} smtp.mailfrom={address}",
    ):
        assert proof(value) is not SenderProof.VERIFIED


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), SenderProof.UNVERIFIED),
        ((f"{OURS}; none",), SenderProof.UNVERIFIED),
        ((f"{OURS}; spf=softfail smtp.mailfrom={OWN}; dmarc=temperror header.from={OWN}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; dmarc=pass",), SenderProof.UNVERIFIED),
        ((f"{OURS}; dmarc=pass header.from={EVIL}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; spf=pass smtp.mailfrom={EVIL}; dkim=pass header.d={EVIL}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; spf=pass smtp.mailfrom={EVIL} smtp.mailfrom={OWN}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; spf=pass smtp.helo={OWN}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; dkim=pass header.d=example",), SenderProof.UNVERIFIED),
        ((f"{OURS} 2; dmarc=pass header.from={OWN}",), SenderProof.UNVERIFIED),
        ((f"elsewhere.example; dmarc=pass header.from={OWN}",), SenderProof.UNVERIFIED),
        ((f"{OURS}; spf=fail", f"{OURS}; dmarc=pass header.from={OWN}"), SenderProof.FAILED),
        ((f"{OURS}; dmarc=fail header.from={OWN}; dmarc=pass header.from={OWN}",), SenderProof.FAILED),
        ((f"{OURS}; dmarc=fail header.from={OWN}; spf=pass smtp.mailfrom={OWN}",), SenderProof.FAILED),
        (("elsewhere.example; dmarc=fail", f"{OURS}; dmarc=pass header.from={OWN}"), SenderProof.VERIFIED),
        ((f"{OURS}; dmarc=pass header.from={OWN}", f"{OURS}; dmarc=fail"), SenderProof.VERIFIED),
        ((f"{OURS}; {'x' * 9000}; dmarc=pass header.from={OWN}",), SenderProof.UNVERIFIED),
    ],
)  # fmt: skip
def test_only_the_topmost_word_of_the_own_server_counts(
    values: tuple[str, ...], expected: SenderProof
) -> None:
    assert proof(*values) is expected


@pytest.mark.parametrize("domain", ["com.cn", "gov.cn", "zj.cn", "cn", "com"])
def test_a_domain_under_which_anybody_registers_vouches_for_nobody(domain: str) -> None:
    value = f"{OURS}; dkim=pass header.d={domain}; spf=pass smtp.mailfrom=a@{domain}"
    assert proof(value, sender=f"a@linping.{domain}") is SenderProof.UNVERIFIED


def test_without_the_servers_name_nothing_is_known() -> None:
    mail = open_mail(f"Authentication-Results: {OURS}; dmarc=fail\r\nFrom: {SENDER}\r\n\r\nx".encode())
    assert mail
    assert (mail.proof, mail.failed_checks) == (SenderProof.UNCHECKED, ())


WORDS = st.sampled_from(
    [
        OURS, OWN, EVIL, SENDER, "spf", "dkim", "dmarc", "=", "=pass", "=fail", "=none", ";", ";", " ", " ", "(", ")", '"', "\\", "@", ".", "/", "1",
        "pass", "fail", "header.from", "header.d", "smtp.mailfrom", f"header.from={OWN}", f"header.d={OWN}", f"smtp.mailfrom={OWN}", "reason=x",
        "dmarc=pass ", f"dmarc=pass header.from={OWN}", f"; spf=pass smtp.mailfrom={SENDER}", f"; dkim=pass header.d={EVIL}", "none", "=?us-ascii?q?x=3B?=",
        *INJECTIONS,
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=3000)
@given(st.lists(WORDS, max_size=14).map("".join), st.sampled_from([f"{OURS}; ", ""]))
def test_nothing_is_believed_that_a_second_reading_does_not_believe(text: str, start: str) -> None:
    """Where the two differ the product may only be the more careful, but for spellings that servers use beside the grammar."""
    value = start + text
    found, _ = authentication.proof([value], OURS, SENDER)
    if found is SenderProof.VERIFIED:
        assert _may_be_verified(value)
    elif rfc8601.is_verified(value, OURS, OWN):
        pytest.fail(f"a second reading believes {value!r}, which is {found}")


def _may_be_verified(value: str) -> bool:
    """Whether the server said so outside of comments and quotation marks, whatever else stands there."""
    bare = _outside(value)
    parts = [part.split() for part in "".join(bare).split(";")]
    joined = ["".join(part) for part in parts]
    return any(
        ("dmarc" in part and "=pass" in part and OWN in part)
        or ("spf" in part and "=pass" in part and f"{OWN}" in part)
        or ("dkim" in part and "=pass" in part and OWN in part)
        for part in joined
    )


def _outside(value: str) -> list[str]:
    """Return the letters that stand outside of comments and quotation marks; quoted plain words count as outside."""
    kept: list[str] = []
    depth, quoted, at = 0, False, 0
    while at < len(value):
        letter = value[at]
        if letter == "\\" and (depth or quoted):
            at += 2
            continue
        if quoted:
            quoted = letter != '"'
            if letter not in '";= ':
                kept.append(letter)
        elif depth:
            depth += (letter == "(") - (letter == ")")
        elif letter == "(":
            depth = 1
        elif letter == '"':
            quoted = True
        else:
            kept.append(letter)
        at += 1
    return kept
