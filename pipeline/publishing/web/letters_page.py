"""The coordinator's page and the letters of the campaign go in; the page that says who has been told comes out.

Letters are written and sent after the page, and also in runs in which nothing else changed. So the page is built in parts,
with a place between two of them wherever it speaks of letters or of what a person has to decide; the ledger keeps the
parts, and the file is written from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape, unescape

from pipeline.letter import LetterState
from pipeline.publishing.web.templating import json_in_page, link

PLACE = "<!--@-->"
"""Stands in the built page before and after the name of every place to be filled; what people write is escaped and cannot hold it."""
AGENCY, ALL_LETTERS, TO_DECIDE, UNREACHED = "agency:", "letters", "decide", "unreached"
"""How places are named: that of an agency by its code, that of all letters, that of what a person is to decide, that of whom no
letter reached, for the script of a page that lists nobody itself."""
NOT_ARRIVED = "信没有送达"
_MOST_REASON = 80


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter: what it is in a word, its ``state``, the day it was written, sent or refused, and what a server said.

    ``path`` leads to a letter that still waits, relative to the page; one that is withheld has none.
    """

    agency: str | None
    word: str
    state: LetterState
    day: date
    path: str = ""
    reason: str = ""


def parts(page: bytes) -> list[str]:
    """Take a built page apart: what stands in it as it is, and in turn the names of the places to be filled."""
    return page.decode().split(PLACE)


def said_of(letters: Sequence[LetterLine], to_decide: Sequence[str] = ()) -> dict[str, str]:
    """Return what goes into which place: of every agency its last letter, how many letters left, and what is to be decided.

    ``letters`` stand oldest first; ``to_decide`` are plain sentences.
    """
    last = {f"{AGENCY}{item.agency}": item for item in letters if item.agency}
    said = {name: _said(item) for name, item in last.items()}
    failed = [item.agency for item in last.values() if item.state is LetterState.FAILED]
    said |= {ALL_LETTERS: _counted(letters), TO_DECIDE: _listed(to_decide), UNREACHED: json_in_page(failed)}
    return said


def fill(page: Sequence[str], said: Mapping[str, str]) -> str:
    """Return the page with what is ``said`` in its places."""
    return "".join(_of(said, part) if at % 2 else part for at, part in enumerate(page))


def _of(said: Mapping[str, str], name: str) -> str:
    return said.get(unescape(name), "还没有去信")


def _listed(sentences: Sequence[str]) -> str:
    return "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)


def _said(item: LetterLine) -> str:
    day = f"{item.day.month}月{item.day.day}日"
    if item.state is LetterState.WAITING and not item.path:
        return f"写好的信：{escape(item.word)}（{day}），暂时不发"
    if item.state is LetterState.WAITING:
        return f'待发的信：<a href="{link(item.path)}">{escape(item.word)}</a>（{day}）'
    if item.state is not LetterState.FAILED:
        done = "已转交" if item.state is LetterState.HANDED else "已去信"
        return f"{done}：{escape(item.word)}（{day}）"
    reason = item.reason if len(item.reason) <= _MOST_REASON else f"{item.reason[:_MOST_REASON]}…"
    why = f"，对方服务器说：{escape(reason)}" if reason else ""
    return f'<b class="late">{NOT_ARRIVED}</b>：{escape(item.word)}（{day}）{why}'


def _counted(letters: Sequence[LetterLine]) -> str:
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
