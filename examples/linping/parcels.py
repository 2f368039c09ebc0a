"""Workbooks go in; what they arrive in comes out: a password, a mail, a file that is no workbook."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from io import BytesIO
from unittest import mock

from examples.linping.copies import CREATED, repacked
from examples.linping.roster import BY_CODE, DISTRICT, YEAR, Body

_LINE = 76


@contextmanager
def _repeatable() -> Iterator[None]:
    """Let the encryption draw its salts from a seed and stop its clock; nothing secret is in this file."""
    draw = random.Random("linping-2023-salts")
    clock = mock.Mock(wraps=datetime, now=lambda: CREATED)
    with (
        mock.patch("msoffcrypto.method.ecma376_agile._random_buffer", draw.randbytes),
        mock.patch("msoffcrypto.method.container.ecma376_encrypted.datetime", clock),
    ):
        yield


def locked(content: bytes, password: str) -> bytes:
    """Encrypt a workbook as Excel does when one sets a password to open it."""
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415 - only one file needs it

    stream = BytesIO()
    with _repeatable():
        OOXMLFile(BytesIO(content)).encrypt(password, stream)
    return stream.getvalue()


def word_document(body: Body, paragraphs: list[str]) -> bytes:
    """Write a Word document, for the clerk who only changes the suffix."""
    from docx import Document  # noqa: PLC0415 - only one file needs it

    document = Document()
    document.core_properties.author = body.contact
    document.core_properties.created = document.core_properties.modified = CREATED
    document.add_heading(f"{body.name}{YEAR}年政府信息公开工作年度报告", level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


@dataclass(frozen=True, slots=True)
class Mail:
    """What a clerk writes around an attachment; ``charset`` is what the mail program encodes names in."""

    sent: datetime
    subject: str
    text: str
    attachment: str = ""
    charset: str = "GBK"


def letter(body: Body, mail: Mail, content: bytes = b"") -> bytes:
    """Write a mail as office mail programs do: names as RFC 2047 words, everything in base64."""
    office = BY_CODE["LP001"]
    domain = body.email.partition("@")[2]
    mark = f"----=_001_NextPart_{mail.sent:%Y%m%d%H%M%S}_{body.code}"
    head = [
        f"From: {_word(body.contact, mail.charset)} <{body.email}>",
        f"To: {_word(DISTRICT + '政务公开办', mail.charset)} <{office.email}>",
        f"Subject: {_word(mail.subject, mail.charset)}",
        f"Date: {format_datetime(mail.sent)}",
        f"Message-ID: <{mail.sent:%Y%m%d%H%M%S}.{body.code.lower()}@{domain}>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
        "",
        f"--{mark}",
        f'Content-Type: text/plain; charset="{mail.charset}"',
        "Content-Transfer-Encoding: base64",
        "",
        *_base64(mail.text.encode(mail.charset)),
    ]
    if mail.attachment:
        name = _word(mail.attachment, mail.charset)
        head += [
            f"--{mark}",
            f'Content-Type: application/octet-stream; name="{name}"',
            "Content-Transfer-Encoding: base64",
            f'Content-Disposition: attachment; filename="{name}"',
            "",
            *_base64(content),
        ]
    return "\r\n".join([*head, f"--{mark}--", ""]).encode("ascii")


def _word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode('ascii')}?="


def _base64(content: bytes) -> list[str]:
    encoded = base64.b64encode(content).decode("ascii")
    return [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
