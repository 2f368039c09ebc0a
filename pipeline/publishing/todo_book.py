"""What a person has to do and to decide goes in; 待办.xlsx comes out, to be filled in.

Sheet 今天: whom to telephone. Sheet 待决定: one row for everything that only a person can decide, with a drop-down of
exactly the decisions that apply. Sheet 其他决定: what may be decided of any agency. Sheet 已决定: what holds, and may be
revoked. The number at the end of a row says what it is about.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.machine.digest import digest_of
from pipeline.publishing.workbook.page import QUIET

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.publishing.workbook.office import OfficeBook, OfficePage
    from pipeline.publishing.workbook.page import Property

TODO_NAME, NEW_TODO_NAME = "待办.xlsx", "待办（新）.xlsx"
"""The workbook, and what it is called beside one that a program has open."""
TODAY, OPEN, OTHER, DONE = "今天", "待决定", "其他决定", "已决定"
KEY = "编号"
CHOICE, MORE, REASON, PERSON = "决定", "补充", "理由", "决定人"
REVOKE, REVOKE_REASON, REVOKE_PERSON = "撤销", "撤销的理由", "撤销人"
REFUSED = "上次没有办成的原因"
OPEN_HEADS = ("单位", "联系人", "电话", "事项", "详情", CHOICE, MORE, REASON, PERSON, REFUSED, KEY)
DONE_HEADS = (
    "日期", "关于", CHOICE, REASON, PERSON, REVOKE, REVOKE_REASON, REVOKE_PERSON, REFUSED, KEY,
)  # fmt: skip
ABOUT: Mapping[str, Sequence[str]] = {
    OPEN: ("单位", "详情"),
    OTHER: ("单位", "详情"),
    DONE: ("关于", CHOICE),
}
"""The columns, by sheet, whose words say what a row is about: its number is signed with them."""
_HEAD_ROW = 2
_FILL, _URGENT = "#FFFBE6", "#C00000"
_MARK = re.compile(rb"<cp:keywords>([0-9a-f]+)</cp:keywords>")
_CORE, _MOST_CORE = "docProps/core.xml", 100_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, OSError, RuntimeError)
_SIGN = re.compile(r"(.*)#([0-9a-f]{6})", re.DOTALL)
_SIGNED = 60
"""Characters of the first line of what a row says that its number is signed with."""


@dataclass(frozen=True, slots=True)
class FilledDecision:
    """What a person wrote into a row: the row's number, and texts that may be empty; ``more`` is a date, or an agency."""

    key: str
    choice: str = ""
    reason: str = ""
    person: str = ""
    more: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.choice or self.reason or self.person or self.more)


def signed(key: str, words: Sequence[str]) -> str:
    """Return the number of a row as it is shown: with a sign of the ``words`` beside it, so that it is known in another row."""
    return f"{key}#{_sign(words)}"


def of_row(number: str, words: Sequence[str]) -> str | None:
    """Return the key in the ``number`` of a row, None where it is another row's; that of a row of an earlier program has no sign."""
    found = _SIGN.fullmatch(number)
    if not found:
        return number
    return found[1] if found[2] == _sign(words) else None


def _sign(words: Sequence[str]) -> str:
    """Digest letters and digits alone, of the first lines: no program that saves a workbook changes those."""
    lines = (word.strip().partition("\n")[0] for word in words)
    return digest_of(["".join(filter(str.isalnum, line))[:_SIGNED] for line in lines])[:6]


@dataclass(frozen=True, slots=True)
class TodoCall:
    """Somebody to be telephoned: who, and what to say."""

    agency: str
    contact: str
    phone: str
    why: str
    reminded: int


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can decide; ``key`` tells it from all others and stays the same."""

    key: str
    agency: str
    contact: str
    phone: str
    what: str
    detail: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that holds: the day, about what, what was decided, why, by whom; ``key`` is empty if it cannot be revoked."""

    day: str
    about: str
    what: str
    reason: str
    person: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """Everything that the workbook shows. ``kept`` are texts that were not carried out, ``refused`` why, both by key."""

    title: str
    day: str
    calls: Sequence[TodoCall] = ()
    questions: Sequence[Question] = ()
    others: Sequence[Question] = ()
    decided: Sequence[Decided] = ()
    kept: Mapping[str, FilledDecision] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    """What is said before whom to call, because that rests on it."""

    @property
    def mark(self) -> str:
        """Digest what the workbook shows: one that shows the same need not be built again."""
        kept, refused = sorted(self.kept.items()), sorted(self.refused.items())
        return digest_of(
            (
                self.title,
                self.day,
                *self.calls,
                *self.questions,
                *self.others,
                *self.decided,
                *kept,
                *refused,
                self.first,
            )
        )


def mark_of_use(path: Path) -> str:
    """Return the name of the mark that Excel, WPS or LibreOffice has left beside a file that it has open; empty where there is none."""
    marks = (f"~${path.name}", f".~lock.{path.name}#", f".~{path.name}")
    return next((name for name in marks if path.with_name(name).exists()), "")


def marked(path: Path) -> str:
    """Return the mark of what a workbook that the guard let pass was built from; empty where there is none."""
    with suppress(*_DAMAGED), zipfile.ZipFile(path) as package, package.open(_CORE) as part:
        found = _MARK.search(part.read(_MOST_CORE))
        return found[1].decode() if found else ""
    return ""


def build_todo_book(todo: Todo) -> bytes:
    """Build the workbook: the same bytes for the same content."""
    from pipeline.publishing.workbook.office import OfficeBook  # noqa: PLC0415 - xlsxwriter, only where one is built

    book = OfficeBook(todo.title, (todo.title, ""), keywords=todo.mark)
    _questions(book, todo, OPEN, todo.title, _ABOUT_OPEN, todo.questions)
    _today(book, todo)
    _questions(book, todo, OTHER, "其他决定", _ABOUT_OTHER, todo.others)
    _done(book, todo)
    return book.to_bytes()


def _page(
    book: OfficeBook, name: str, title: str, about: str, widths: Sequence[float], *, colour: str = QUIET
) -> OfficePage:
    page = book.page(name, widths, landscape=True, streamed=True)
    page.title(title)
    page.line(1, about, book.style(font_color=colour))
    page.sheet.freeze_panes(_HEAD_ROW + 1, 1)
    page.sheet.repeat_rows(_HEAD_ROW)
    return page


def _today(book: OfficeBook, todo: Todo) -> None:
    widths = (6, 34, 12, 18, 70, 10)
    about, colour = (f"{todo.first}。", _URGENT) if todo.first else ("按缓急排列。", QUIET)
    page = _page(book, TODAY, f"{todo.day}要打的电话", about, widths, colour=colour)
    page.heads(_HEAD_ROW, ("序号", "单位", "联系人", "电话", "说什么", "已催几次"))
    for number, call in enumerate(todo.calls, 1):
        row = _HEAD_ROW + number
        page.number(row, 0, number, book.boxed(align="center"))
        for column, text in enumerate((call.agency, call.contact, call.phone, call.why), 1):
            page.text(row, column, text, book.boxed())
        page.number(row, 5, call.reminded, book.boxed(align="center"))
        page.height_for(row, {1: (call.agency, 1), 4: (call.why, 1)}, least=20)
    if not todo.calls:
        page.line(_HEAD_ROW + 1, "没有。", book.boxed())


_ABOUT_OPEN = (
    "在黄色的格子里选“决定”，写“理由”，保存，关闭；下一次运行照办，办成的移到“已决定”。决定人不写则为经办人。"
)
_ABOUT_OTHER = "没有事要决定时不用填。要退回、改计另一次报送或延期的，在那个单位一行选“决定”，写“理由”（延期的在“补充”写日期）。"
_WIDTHS = (24, 9, 15, 13, 50, 16, 13, 24, 9, 24, 7)


def _questions(
    book: OfficeBook, todo: Todo, name: str, title: str, about: str, questions: Sequence[Question]
) -> None:
    page = _page(book, name, title, about, _WIDTHS)
    page.heads(_HEAD_ROW, OPEN_HEADS)
    styles = _styles(book, OPEN_HEADS, (CHOICE, MORE, REASON, PERSON))
    for row, item in enumerate(questions, _HEAD_ROW + 1):
        said = todo.kept.get(item.key, FilledDecision(item.key))
        texts = (
            item.agency, item.contact, item.phone, item.what, item.detail, said.choice, said.more, said.reason,
            said.person, todo.refused.get(item.key, ""), signed(item.key, (item.agency, item.detail)),
        )  # fmt: skip
        _row(page, row, texts, styles)
    last = _HEAD_ROW
    for choices, alike in groupby(item.choices for item in questions):
        first, last = last + 1, last + len(list(alike))
        _drop_down(page, (first, last), OPEN_HEADS.index(CHOICE), choices)
    if not questions:
        page.line(_HEAD_ROW + 1, "没有要决定的事。", book.boxed())


def _styles(book: OfficeBook, heads: Sequence[str], open_to: Sequence[str]) -> list[Format]:
    """Return the styles of one row; the cells of ``open_to`` are for a person to write in."""
    looks: dict[str, dict[str, Property]] = {
        REFUSED: {"font_color": _URGENT},
        KEY: {"font_size": 8, "font_color": QUIET, "shrink": True, "text_wrap": False},
        **{name: {"bg_color": _FILL} for name in open_to},
        **({MORE: {"bg_color": _FILL, "num_format": "@"}} if MORE in open_to else {}),
    }
    return [book.boxed(**looks.get(name, {})) for name in heads]


def _row(page: OfficePage, row: int, texts: Sequence[str], styles: Sequence[Format]) -> None:
    for column, (text, style) in enumerate(zip(texts, styles, strict=True)):
        page.text(row, column, text, style)
    page.height_for(row, {column: (text, 1) for column, text in enumerate(texts[:-1])}, least=20)


def _drop_down(page: OfficePage, rows: tuple[int, int], column: int, choices: Sequence[str]) -> None:
    page.sheet.data_validation(
        rows[0], column, rows[1], column,
        {"validate": "list", "source": list(choices), "error_title": "请从列表中选", "error_message": "这一件事只能这样决定。"},
    )  # fmt: skip


def _done(book: OfficeBook, todo: Todo) -> None:
    about = "现在有效的决定。要撤销的，在黄色的格子里选“撤销”，写“撤销的理由”，保存，关闭；下一次运行照办。"
    page = _page(book, DONE, "已决定", about, (11, 38, 18, 36, 10, 8, 24, 9, 24, 7))
    page.heads(_HEAD_ROW, DONE_HEADS)
    for row, item in enumerate(todo.decided, _HEAD_ROW + 1):
        said = todo.kept.get(item.key, FilledDecision(item.key))
        texts = (
            item.day, item.about, item.what, item.reason, item.person, said.choice, said.reason, said.person,
            todo.refused.get(item.key, ""), item.key and signed(item.key, (item.about, item.what)),
        )  # fmt: skip
        open_to = (REVOKE, REVOKE_REASON, REVOKE_PERSON) if item.key else ()
        _row(page, row, texts, _styles(book, DONE_HEADS, open_to))
        if item.key:
            _drop_down(page, (row, row), DONE_HEADS.index(REVOKE), (REVOKE,))
    if not todo.decided:
        page.line(_HEAD_ROW + 1, "没有。", book.boxed())
