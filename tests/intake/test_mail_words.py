"""What a person writes in a mail without a table: the first words, without what is quoted; thanks say nothing."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from pipeline.intake.fetch.mail import open_mail
from pipeline.intake.fetch.mail_words import MOST, says_something

WITHDRAWN = "顾老师：我单位昨天报的数有误，请先撤回，不要汇总，改好再报。"


def mail(body: str, *, subtype: str = "plain", charset: str = "utf-8") -> bytes:
    message = EmailMessage()
    message["From"] = "a@x.cn"
    message.set_content(body, subtype=subtype, charset=charset)
    return message.as_bytes()


def words(content: bytes) -> str:
    found = open_mail(content)
    assert found
    return found.words


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "rest",
    ["", "\n\n> 贵单位的表已收到\n", "\n-----原始邮件-----\n发件人：政务公开办\n请填报", "\n发件人: 某人"],
)
def test_the_first_words_are_told_without_what_is_quoted(rest: str, charset: str) -> None:
    assert words(mail(WITHDRAWN + rest, charset=charset)) == WITHDRAWN


def test_a_page_is_read_without_its_styles_and_quotations() -> None:
    page = f"<style>p {{color: red}}</style><div>{WITHDRAWN}</div><blockquote>旧信</blockquote>"
    assert words(mail(page, subtype="html")) == WITHDRAWN


def test_long_words_are_cut_and_broken_pages_are_read() -> None:
    assert len(words(mail("撤" * 5_000))) == MOST
    assert words(mail("<" * 5_000, subtype="html")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "收到，谢谢！",
        "好的，已收到。\n谢谢老师",
        "老师您好，邮件收到，辛苦了！ 财政局 李芳 0571-89531000",
        "见附件。",
        "OK",
    ],
)
def test_thanks_say_nothing(text: str) -> None:
    assert not says_something(text, ["财政局", "李芳"])


@pytest.mark.parametrize(
    "text", [WITHDRAWN, "收到，请撤回我单位报表", "老师好，我单位今年都是0，不用报了吧？", "数有误，先别汇总"]
)
def test_what_asks_for_something_says_something(text: str) -> None:
    assert says_something(text, ["财政局", "李芳"])
