"""The coordinator's page and the letters of the campaign go in; the page that says who has been told comes out.

Letters are written and sent after the page, and also in nights in which nothing else changed. So the page keeps a place
for them with every agency, and filling those places again needs nothing but the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape, unescape

from pipeline.publishing.html.templating import link

WAITING, SENT, FAILED = "waiting", "sent", "failed"
_PLACE = re.compile(r'(<span class="told[^"]*" data-agency="([^"]*)">).*?(</span>)', re.DOTALL)
_WHOLE = ""
"""Names the place that speaks of all letters."""


@dataclass(frozen=True, slots=True)
class Told:
    """A letter: what it is in a word, its ``state``, the day it was written, sent or refused, and what a server said.

    ``path`` leads to a letter that still waits, relative to the page.
    """

    agency: str | None
    word: str
    state: str
    day: date
    path: str = ""
    reason: str = ""


def fill(page: str, letters: Sequence[Told]) -> str:
    """Return ``page`` saying of every agency its last letter, and how many letters left; ``letters`` oldest first."""
    last = {item.agency: item for item in letters if item.agency}
    said = {code: _said(item) for code, item in last.items()} | {_WHOLE: _counted(letters)}
    return _PLACE.sub(lambda place: f"{place[1]}{_of(said, place[2])}{place[3]}", page)


def _of(said: Mapping[str, str], code: str) -> str:
    return said.get(unescape(code), "还没有去信")


def _said(item: Told) -> str:
    day = f"{item.day.month}月{item.day.day}日"
    if item.state == WAITING:
        return f'待发的信：<a href="{link(item.path)}">{escape(item.word)}</a>（{day}）'
    if item.state == SENT:
        return f"已去信：{escape(item.word)}（{day}）"
    reason = f"：{escape(item.reason)}" if item.reason else ""
    return f'<b class="late">信没有送达</b>：{escape(item.word)}（{day}）{reason}'


def _counted(letters: Sequence[Told]) -> str:
    states = [item.state for item in letters]
    if not states:
        return "还没有写过信。"
    failed = states.count(FAILED)
    parts = [f"已发 {states.count(SENT)} 封", f"待发 {states.count(WAITING)} 封"]
    parts += [f'<b class="late">没有送达 {failed} 封</b>，请打电话'] if failed else []
    where = "；待发的在 letters 文件夹" if WAITING in states else ""
    return f"信件：{'，'.join(parts)}{where}。"
