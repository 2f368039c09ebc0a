"""Mails as large as they may be: opened like any other, in the memory that a child has."""

from __future__ import annotations

import base64
import email
import hashlib
import random
import tracemalloc
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.fetch.headers import POLICY, content_of, parsed, parts_of
from pipeline.intake.fetch.inbox_folder import MAX_MAIL, Item, contents_of
from pipeline.intake.guard import isolation
from pipeline.machine.pool import JobAnswer, Limits, Pool
from pipeline.model import Envelope
from tests.intake.support import Draft

BOOK = Draft({"甲": {(0, 0): 1}}).xlsx()
PATIENT = Limits(seconds=120.0, cpu=60.0)
"""As much memory as ever, and time for a busy machine."""


def part(data: bytes, name: str, line: str) -> bytes:
    head = f'Content-Type: application/octet-stream; name="{name}"{line}Content-Transfer-Encoding: base64{line}{line}'
    return head.encode() + base64.encodebytes(data).replace(b"\n", line.encode())


def mail_of(scan: int, line: str = "\n") -> bytes:
    """A mail with a workbook and, behind it, a scan of so many bytes."""
    head = ["From: a@b.example", "Subject: x", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="limit"', "", ""]  # fmt: skip
    parts = [part(BOOK, "a.xlsx", line), part(random.Random(1).randbytes(scan), "scan.pdf", line)]
    begins = f"--limit{line}".encode()
    return (
        line.join(head).encode()
        + b"".join(begins + one + line.encode() for one in parts)
        + f"--limit--{line}".encode()
    )


@pytest.mark.parametrize("line", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_mail_of_the_largest_size_is_opened_in_a_child(line: str) -> None:
    content = mail_of(int(MAX_MAIL / 1.4), line)
    assert 0.95 * MAX_MAIL < len(content) <= MAX_MAIL
    item = Item("a.eml", hashlib.sha256(content).hexdigest(), 0.0, content)
    with Pool(1) as pool:
        [(_, outcome)] = pool.run([isolation.opening(item, "")], lambda: PATIENT)
    assert isinstance(outcome, JobAnswer)
    files = [found for found in isolation.opened(item, outcome) if isinstance(found, Envelope)]
    assert [(found.path, found.content) for found in files] == [("a.eml/a.xlsx", BOOK)]


def test_of_a_mail_that_is_too_large_nothing_is_opened() -> None:
    """Only its beginning is here: a workbook behind a scan would be missing, and nobody would know."""
    content = mail_of(10_000).ljust(MAX_MAIL + 1, b"\n")
    [found] = contents_of(Item("a.eml", "0", 0.0, content))
    assert isinstance(found, Envelope)
    assert found.path == "a.eml"


def test_a_mail_is_opened_in_three_times_its_size() -> None:
    content = mail_of(4_000_000)
    tracemalloc.start()
    try:
        message = parsed(content)
        assert message
        assert sum(len(content_of(one)) for one in parts_of(message)) > 4_000_000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3 * len(content)


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("scan", range(5_800, 5_806))
def test_it_is_parsed_as_the_standard_library_does(scan: int, line: str) -> None:
    """Wherever what the parser is given at a time ends, between the two characters of a line's end too."""
    content = mail_of(scan, line)
    message = parsed(content)
    known = email.message_from_bytes(content, policy=POLICY)
    assert message
    assert told(message) == told(known)


def told(message: Message) -> list[tuple[list[tuple[str, str]], object]]:
    return [(one.items(), one.get_payload(decode=True)) for one in message.walk()]


@given(
    st.lists(
        st.sampled_from(["QUJD", "QQ==", "QQ", "Q", "=", "\n", "\r\n", " ", "*", "-_", "QUI="]), max_size=12
    )
)
def test_base64_is_read_as_the_standard_library_does(pieces: list[str]) -> None:
    """What is cut off, goes on behind its end, or is no base64 at all, too."""
    content = f"Content-Transfer-Encoding: base64\n\n{''.join(pieces)}".encode()
    message = email.message_from_bytes(content, policy=POLICY)
    assert content_of(message) == message.get_payload(decode=True)
