"""Headers and attachments go in; mails as clerks, servers and robots write them come out."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from email.message import EmailMessage

PLAIN = {
    "From": "张三 <Zhang@JX.example.com>",
    "Message_ID": "<1@x>",
    "Date": "Mon, 15 Jan 2024 09:30:00 +0800",
}


def mail(attachments: Iterable[tuple[str, bytes]] = (), **headers: str) -> EmailMessage:
    """A mail with attachments; an empty header is left out, underlines in names are hyphens."""
    message = EmailMessage()
    for name, value in {**PLAIN, **headers}.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content("附件请查收")
    for name, data in attachments:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return message


def winmail(*attributes: tuple[int, bytes]) -> bytes:
    """A winmail.dat of the given attributes (id, data), as Outlook writes them."""
    packed = (
        b"\x01" + struct.pack("<II", kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for kind, data in attributes
    )
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(packed)


TNEF_SUBJECT = (0x00018004, "年报\0".encode("gbk"))
TNEF_TITLE = (0x00018010, "年报.xlsx\0".encode("gbk"))
TNEF_DATA = (0x0006800F, b"PK\x03\x04")
