"""The letters that wait go in; what hands them out without a mail server comes out: text to paste into a chat.

Only where no server is set: then a person sends the letters from a mail program, or tells a group in 钉钉 or 微信.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email import message_from_bytes
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.workdays import spoken_date
from pipeline.ledger import Ledger, letters
from pipeline.letter import KIND_WORDS, LetterKind
from pipeline.machine.durable import remove
from pipeline.model import Agency
from pipeline.periods import scope_of
from pipeline.publishing.files import write_if_changed

CHAT_NAME = "群发文本.txt"
_BOUNDARY = b"\n--=_"
UNSENT = b"X-Unsent: 1\r\n"
"""Outlook and Foxmail open a saved mail with this header ready to be sent, not as one received."""
_TO_THE_GROUP: Mapping[LetterKind, str] = {
    LetterKind.REMINDER: "还没有报送的，请按各自的截止日期报送：",
    LetterKind.RETURNED: "报送的表格要修改的，请看退回的表格，改好后重新报送：",
    LetterKind.TEMPLATE: "填报模板已做好，请填写后报送：",
    LetterKind.HELD: "收到的文件还要核实的，请来电确认：",
}
"""What concerns many at once; the rest is told one by one."""
_WORTH_TELLING = frozenset(KIND_WORDS) - {LetterKind.DIGEST, LetterKind.DELIVERY}


def as_laid_out(district: District, content: bytes) -> bytes:
    """Return a letter as its file holds it: to be opened and sent by hand where no server sends it."""
    is_ready = district.mail.sends or content.startswith(UNSENT)
    return content if is_ready else UNSENT + content


def lay_out_chat(
    folder: Path,
    ledger: Ledger,
    district: District,
    waiting: Sequence[letters.StoredLetter],
    *,
    is_news: bool,
) -> None:
    """Write the text to paste beside the letters; take it away where nothing waits or a server sends. Raises OSError.

    Where the same letters wait as before (no ``is_news``) it stays.
    """
    listed = [item for item in waiting if LetterKind(item.kind) in _WORTH_TELLING]
    kinds, places = list(KIND_WORDS), {agency.code: number for number, agency in enumerate(district.agencies)}
    listed.sort(
        key=lambda item: (
            kinds.index(LetterKind(item.kind)),
            places.get(item.agency or "", -1),
            item.message_id,
        )
    )
    path = folder / CHAT_NAME
    if not listed or district.mail.sends:
        remove(path)
        return
    if not is_news and path.is_file():
        return
    by_code = {agency.code: agency for agency in district.agencies}
    said = letters.words(ledger, district.year)
    parts = [_to_the_group(district, listed, by_code), _one_by_one(ledger, listed, said, by_code)]
    if unwritten := [agency for agency in district.agencies if not agency.emails]:
        parts.append(_unwritten(unwritten))
    text = "\n\n".join(parts) + "\n"
    write_if_changed(path, text.replace("\n", "\r\n").encode("utf-8-sig"))


def _to_the_group(
    district: District, listed: Sequence[letters.StoredLetter], by_code: Mapping[str, Agency]
) -> str:
    lines = [
        "一、发到工作群（复制下面一段）",
        "",
        f"【{district.name}{scope_of(district.year)}{form_of(district).words.document}】",
    ]
    for kind, words in _TO_THE_GROUP.items():
        names = [
            by_code[item.agency].name
            for item in listed
            if item.kind == kind and item.agency and item.agency in by_code
        ]
        if names:
            lines.append(f"{words}{'、'.join(dict.fromkeys(names))}。")
    lines.append(f"截止日期：{spoken_date(district.deadline)}。{_signed(district)}")
    return "\n".join(lines)


def _signed(district: District) -> str:
    people = district.people
    whom = " ".join(part for part in (people.coordinator, people.phone) if part)
    return f"{district.office}{f'，联系人 {whom}' if whom else ''}。"


def _one_by_one(
    ledger: Ledger,
    listed: Sequence[letters.StoredLetter],
    said: Mapping[str, str],
    by_code: Mapping[str, Agency],
) -> str:
    """``said`` is what letters say whose words are at hand, by their digests."""
    parts = ["二、逐个发给联系人（每段复制给一个人，附件在同名的信里）"]
    for item in listed:
        agency = by_code.get(item.agency or "")
        whom = (
            " ".join(part for part in (agency.name, agency.contact, agency.phone) if part)
            if agency
            else item.recipient
        )
        words = said.get(item.sha256) or _words(item, letters.content(ledger, item))
        parts.append(
            f"———— {KIND_WORDS[LetterKind(item.kind)]}　{whom} ————\n" + "\n".join(words.splitlines()).strip()
        )
    return "\n\n".join(parts)


def _unwritten(agencies: Sequence[Agency]) -> str:
    """Name those that no letter was written to: who hands the others out has to think of these by himself."""
    names = [
        " ".join(part for part in (agency.name, agency.contact, agency.phone) if part) for agency in agencies
    ]
    return "\n".join(["三、名单中没有邮箱的单位，没有写信，请另行联系", "", *names])


def _words(item: letters.StoredLetter, content: bytes) -> str:
    """Cut the words out of a letter of ours."""
    from pipeline.letters.text.mime import words_of  # noqa: PLC0415 - with Jinja2, only where letters are written

    words = None if item.edited else words_of(content)
    return _read(content) if words is None else words


def _read(content: bytes) -> str:
    """Return the words of a letter that a person edited: they stand before what is attached, which is not looked at."""
    first = content.find(_BOUNDARY)
    second = content.find(_BOUNDARY, first + 1) if first >= 0 else -1
    content = content[:second] if second >= 0 else content
    mail = message_from_bytes(content)
    body = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), None)
    words = body.get_payload(decode=True) if body else None
    if body is None or not isinstance(words, bytes):
        return ""
    return words.decode(body.get_content_charset("utf-8"), "replace")
