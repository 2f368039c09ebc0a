"""A mail goes in; the first words that its writer wrote come out, without what is quoted of other mails.

They are shown to a person where a mail brings no table, and never acted upon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.message import Message
from html import unescape
from itertools import takewhile

from pipeline.intake.fetch.headers import charset_text, content_of, filename, parts_of

MOST = 200
"""Characters that are kept."""
_LOOKED_AT = 20_000
"""Characters of a part in which they are looked for."""
_QUOTING = ("-----", "______", "发件人：", "发件人:", "From:", "原始邮件", "在 20", "On ")
"""How the lines begin below which other mails are quoted."""
_BREAKS = ("<br", "<p", "</p", "<div", "</div", "<tr")


def words_of(message: Message) -> str:
    """Return the words of a mail's own text on one line, cut; empty where there are none."""
    texts = [
        part for part in parts_of(message) if part.get_content_maintype() == "text" and not filename(part)
    ]
    plain = next((part for part in texts if part.get_content_subtype() == "plain"), None)
    page = next((part for part in texts if part.get_content_subtype() == "html"), None)
    said = _own(charset_text(plain, content_of(plain))) if plain else ""
    if not said and page:
        said = _own(_stripped(charset_text(page, content_of(page))))
    return said[:MOST]


def _own(text: str) -> str:
    """Put the lines before what is quoted on one line."""
    lines = (line.strip() for line in text[:_LOOKED_AT].splitlines())
    own = takewhile(lambda line: not line.startswith(_QUOTING), lines)
    return " ".join(" ".join(line for line in own if not line.startswith(">")).split())


def _stripped(page: str) -> str:
    """Return the text of a page, a line for each paragraph; of what is never shown, and of quoted mails, nothing."""
    return unescape("".join(_texts(page[:_LOOKED_AT])))


def _texts(page: str) -> Iterator[str]:
    hidden = ""
    for piece in page.split("<"):
        tag, _, text = piece.partition(">")
        name = f"<{tag.lower()}"
        if hidden:
            if name.startswith(f"</{hidden}"):
                hidden = ""
                yield text
            continue
        hidden = next(
            (one for one in ("style", "script", "title", "blockquote") if name.startswith(f"<{one}")), ""
        )
        if not hidden:
            yield ("\n" if name.startswith(_BREAKS) else "") + text


_PLEASANTRIES = tuple(
    sorted(
        (
            *("您好", "你好", "老师", "领导", "同志", "各位", "已收到", "收到", "邮件", "回执", "来信", "知道了", "知悉", "已阅"),
            *("好的", "好", "谢谢", "感谢", "多谢", "辛苦了", "辛苦", "请查收", "查收", "见附件", "附件", "请", "详见", "祝", "工作顺利"),
            *("此致", "敬礼", "顺颂", "商祺", "发自我的", "手机", "我们", "单位", "的", "了", "您", "已", "嗯", "OK", "ok", "thanks"),
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
_LEAST = 4
"""Letters that are left of a mail that says something."""


def says_something(words: str, names: Iterable[str] = ()) -> bool:
    """Whether anything is left of a mail's words without thanks, greetings, numbers and the ``names`` of who signs."""
    left = words
    for said in (*sorted(names, key=len, reverse=True), *_PLEASANTRIES):
        left = left.replace(said, " ")
    return sum(letter.isalpha() for letter in left) >= _LEAST
