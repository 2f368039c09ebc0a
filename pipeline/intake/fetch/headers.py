"""A mail as it was written goes in; its headers, decoded, bounded and never an exception, come out.

Everything of a parsed mail is asked here: the standard library raises a dozen kinds of error on headers that no program
writes, and takes minutes over long ones. What cannot be read is an empty answer, never the end of a run.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from codecs import lookup
from collections.abc import Callable, Iterator, Sequence
from email.errors import MessageError
from email.feedparser import BytesFeedParser
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from typing import TypeVar

from pipeline.intake.fetch.names import plain_name, unescaped
from pipeline.machine.codec import storable

T = TypeVar("T")

_FED = 8192
"""Bytes that the parser is given at a time: of a whole mail it would make a copy with four bytes for each."""
MOST = 8_000
"""Characters of one header that are looked at; what programs need of one fits well within."""
MAX_HEAD = 1_000_000
"""Bytes of all headers of a mail together; whoever relays a mail adds some hundreds of each."""
MAX_LINES = 1_500_000
"""Lines of a mail: those of 60 MB in base64 are half as many, and each costs memory."""
MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError, MessageError)  # fmt: skip
"""What the standard library raises on mails that no program writes."""
_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_CHARSETS = re.compile(
    r"utf-?(7|8|16|32)|ascii|gb(k|2312|18030)|big5|big5hkscs|hz|cp\d+|iso(8859-\d+|2022_\w+)|euc_\w+|shift_jis\w*|koi8-\w|latin.?1"
)
"""Python's names of the encodings of texts; its other codecs compress, escape or take for ever."""
_BACKSLASH = "\\u005c"
"""How a backslash is handed to the standard library, which else takes those that somebody typed for escapes of its own."""
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}


def parsed(content: bytes) -> Message | None:
    """Parse a mail; None where it is none, or beyond what a mail may be."""
    mail = _straightened(content)
    if mail is None:
        return None
    message = safely(lambda: _parsed(mail), None)
    return message if message is not None and message.keys() else None


def _parsed(mail: bytes) -> Message:
    """Do what ``email.message_from_bytes`` does, in a third of the memory."""
    parser: BytesFeedParser[Message] = BytesFeedParser(policy=POLICY)
    for start in range(0, len(mail), _FED):
        parser.feed(mail[start : start + _FED])
    return parser.close()


def parsed_head(content: bytes) -> Message:
    """Parse the headers of a mail alone; without any where it has none."""
    found = _BLANK_LINE.search(content, 0, MAX_HEAD)
    return parsed(content[: found.end()] if found else content[:MAX_HEAD]) or Message(POLICY)


def safely(read: Callable[[], T], otherwise: T) -> T:
    """Ask the standard library something of a mail; ``otherwise`` where the mail is beyond it."""
    try:
        return read()
    except MALFORMED:
        return otherwise


def header(message: Message, name: str) -> str:
    """Return a header as one line of text, empty where it is absent."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """Return every header of that name as one line of text, topmost first."""
    return [" ".join(storable(decoded(value)).split()) for value in written(message, name)]


def written(message: Message, name: str) -> list[str]:
    """Return every header of that name as it was written, on one line."""
    values: list[str] = safely(lambda: message.get_all(name, []), [])
    return [" ".join(str(value).split()) for value in values]


def raw(message: Message, name: str) -> list[str]:
    """Return every header of that name with its bytes unread: what is beyond ASCII stays an escape."""
    return [str(value) for found, value in message.raw_items() if found.lower() == name.lower()]


def parameter(message: Message, name: str) -> str:
    """Return a parameter of Content-Type in lower case, empty where it is absent."""
    return safely(lambda: str(message.get_param(name) or "").lower(), "")


def filename(part: Message) -> str:
    """Return the name of the file in a part, without folders; empty where it has none."""
    name = safely(part.get_filename, None)
    if not name:
        return ""
    return plain_name(unescaped(decoded(name)).replace("\\", "/").rpartition("/")[2]).strip()


def content_of(part: Message) -> bytes:
    """Return what a part holds, decoded; empty for one that holds other parts."""
    if part.is_multipart():
        return b""
    plain = safely(lambda: _from_base64(part), None)
    data = safely(lambda: part.get_payload(decode=True), None) if plain is None else plain
    return data if isinstance(data, bytes) else b""


def _from_base64(part: Message) -> bytes | None:
    """Do what ``get_payload`` does with base64, without an object for each line; None of what is coded otherwise, ValueError of what is cut off."""
    is_coded = str(part.get("Content-Transfer-Encoding", "")).lower() == "base64"
    return a2b_base64(str(part.get_payload())) if is_coded else None


def charset_text(part: Message, content: bytes) -> str:
    """Return as text what a part holds, in the encoding that it names or the first that fits."""
    return storable(_text(content, parameter(part, "charset") or "utf-8"))


def parts_in(part: Message) -> list[Message]:
    """Return the parts that a part holds, none where it holds text."""
    inner = part.get_payload() if part.is_multipart() else []
    return [item for item in inner if isinstance(item, Message)]


def text_in(part: Message) -> str:
    """Return the text of a part as it was written, empty where it holds parts."""
    return "" if part.is_multipart() else storable(safely(lambda: str(part.get_payload()), ""))


def parts_of(message: Message, *, with_mails: bool = True) -> Iterator[Message]:
    """Yield every part, as ``walk`` does, however deep they are nested; those of mails within only ``with_mails``."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        if with_mails or part.get_content_type() != "message/rfc822":
            waiting += reversed(parts_in(part))


def decoded(value: str) -> str:
    """Decode RFC 2047 words; what is none stays as it is written."""
    if "=?" not in value:
        return value
    words: Sequence[tuple[bytes | str, str | None]] = safely(
        lambda: decode_header(value.replace("\\", _BACKSLASH)[:MOST]), [(value, None)]
    )
    return "".join(_as_sent(part, charset) for part, charset in words)


def _as_sent(part: bytes | str, charset: str | None) -> str:
    """Return a piece of a header; what stood outside the encoded words comes as text, or in Python's escapes beside them."""
    if isinstance(part, bytes) and charset is None:
        return part.decode("raw-unicode-escape", "replace")
    if isinstance(part, str):
        return part.replace(_BACKSLASH, "\\")
    return _text(part.replace(_BACKSLASH.encode(), b"\\"), charset or "")


def _text(part: bytes, charset: str) -> str:
    for encoding in (_encoding(charset), "utf-8", "gb18030"):
        try:
            return part.decode(encoding)
        except UnicodeError:
            continue
    return part.decode("latin-1")


def _encoding(charset: str) -> str:
    name = safely(lambda: lookup(charset).name, "")
    return _WIDER.get(name, name) if _CHARSETS.fullmatch(name) else "utf-8"


def _straightened(content: bytes) -> bytes | None:
    """Mend what makes the parser lose the headers: marks and lines before and between them; None beyond the limits."""
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if plain.count(b"\n") > MAX_LINES:
        return None
    end = _BLANK_LINE.search(plain, 0, MAX_HEAD)
    if end is None:
        return plain if len(plain) <= MAX_HEAD else None
    lines = plain[: end.start()].splitlines(keepends=True)
    if not any(map(_FIELD.match, lines)):
        return plain
    kept: list[bytes] = []
    follows = False
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            follows = bool(_FIELD.match(line))
        if follows:
            kept.append(_FIELD.sub(rb"\1:", line, count=1) if line[:1] not in (b" ", b"\t") else line)
    return plain if kept == lines else b"".join([*kept, memoryview(plain)[end.start() :]])


class BareNames(Compat32):
    """The plain policy, but bounded, and bytes beyond ASCII in headers are text, as many programs mean them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Take a header's name and as much of its value as is looked at."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the signature of the base class
        """Return the value of a header as text."""
        if value.isascii():
            return value
        raw_value = value.encode("utf-8", "surrogateescape")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw_value.decode(encoding)
            except UnicodeDecodeError:
                continue
        return raw_value.decode("latin-1")


POLICY = BareNames()
