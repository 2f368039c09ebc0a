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

from pipeline.post import LetterState
from pipeline.publishing.html.templating import link

_PLACE = re.compile(r'(<span class="told[^"]*" data-agency="([^"]*)">).*?(</span>)', re.DOTALL)
NOT_ARRIVED = "信没有送达"
_MOST_REASON = 80
_WHOLE = ""
"""Names the place that speaks of all letters."""


@dataclass(frozen=True, slots=True)
class Told:
    """A letter: what it is in a word, its ``state``, the day it was written, sent or refused, and what a server said.

    ``path`` leads to a letter that still waits, relative to the page.
    """

    agency: str | None
    word: str
    state: LetterState
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
    if item.state is LetterState.WAITING:
        return f'待发的信：<a href="{link(item.path)}">{escape(item.word)}</a>（{day}）'
    if item.state is not LetterState.FAILED:
        done = "已转交" if item.state is LetterState.HANDED else "已去信"
        return f"{done}：{escape(item.word)}（{day}）"
    reason = item.reason if len(item.reason) <= _MOST_REASON else f"{item.reason[:_MOST_REASON]}…"
    why = f"，对方服务器说：{escape(reason)}" if reason else ""
    return f'<b class="late">{NOT_ARRIVED}</b>：{escape(item.word)}（{day}）{why}'


def _counted(letters: Sequence[Told]) -> str:
    states = [item.state for item in letters]
    if not states:
        return "还没有写过信。"
    failed, waiting = states.count(LetterState.FAILED), states.count(LetterState.WAITING)
    parts = [f"已发 {len(states) - failed - waiting} 封", f"待发 {waiting} 封"]
    there = (
        f'<a class="late" href="#all-agencies" data-find="{NOT_ARRIVED}">没有送达 {failed} 封</a>，请打电话'
    )
    parts += [there] if failed else []
    where = "；待发的在 letters 文件夹" if waiting else ""
    return f"信件：{'，'.join(parts)}{where}。"
