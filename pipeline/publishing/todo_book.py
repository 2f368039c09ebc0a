"""What a person has to do and to decide goes in; 待办.xlsx comes out, to be filled in.

Sheet 今天: whom to telephone. Sheet 待决定: one row for everything that only a person can decide, with a drop-down of
exactly the decisions that apply. Sheet 其他决定: what may be decided of any agency. Sheet 已决定: what holds, and may be
revoked. The number at the end of a row says what it is about.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.machine.digest import digest_of
from pipeline.publishing.todo_filled import (
    CHOICE,
    DONE,
    KEY,
    MORE,
    OPEN,
    OTHER,
    PERSON,
    REASON,
    REVOKE,
    REVOKE_PERSON,
    REVOKE_REASON,
    FilledDecision,
    read_filled,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.publishing.workbook.office import OfficeBook, OfficePage
    from pipeline.publishing.workbook.page import Property

TODO_NAME = "待办.xlsx"
TODAY = "今天"
REFUSED = "上次没有办成的原因"
OPEN_HEADS = ("单位", "联系人", "电话", "事项", "详情", CHOICE, MORE, REASON, PERSON, REFUSED, KEY)
DONE_HEADS = (
    "日期", "关于", CHOICE, REASON, PERSON, REVOKE, REVOKE_REASON, REVOKE_PERSON, REFUSED, KEY,
)  # fmt: skip
_HEAD_ROW = 2
_FILL = "#FFFBE6"
_MARK = re.compile(rb"<cp:keywords>([0-9a-f]+)</cp:keywords>")


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

    @property
    def mark(self) -> str:
        """Digest what the workbook shows: one that shows the same need not be built again."""
        kept, refused = sorted(self.kept.items()), sorted(self.refused.items())
        return digest_of(
            (self.title, self.day, *self.calls, *self.questions, *self.others, *self.decided, *kept, *refused)
        )


def shows(path: Path, todo: Todo) -> bool:
    """Whether the workbook at ``path`` was built from ``todo`` and nobody has written into it since."""
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as package:
            found = _MARK.search(package.read("docProps/core.xml"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return found is not None and found[1].decode() == todo.mark and not _is_written(path, todo)


def _is_written(path: Path, todo: Todo) -> bool:
    filled = read_filled(path)
    return bool(filled.lost) or {item.key: item for item in filled.decisions} != dict(todo.kept)


def build_todo_book(todo: Todo) -> bytes:
    """Build the workbook: the same bytes for the same content."""
    from pipeline.publishing.workbook.office import OfficeBook  # noqa: PLC0415 - xlsxwriter, only where one is built

    book = OfficeBook(todo.title, (todo.title, ""), keywords=todo.mark)
    _questions(book, todo, OPEN, todo.title, _ABOUT_OPEN, todo.questions)
    _today(book, todo)
    _questions(book, todo, OTHER, "其他决定", _ABOUT_OTHER, todo.others)
    _done(book, todo)
    return book.to_bytes()


def _page(book: OfficeBook, name: str, title: str, about: str, widths: Sequence[float]) -> OfficePage:
    page = book.page(name, widths, landscape=True, streamed=True)
    page.title(title)
    page.line(1, about, book.style(font_color="#7F7F7F"))
    page.sheet.freeze_panes(_HEAD_ROW + 1, 1)
    page.sheet.repeat_rows(_HEAD_ROW)
    return page


def _today(book: OfficeBook, todo: Todo) -> None:
    widths = (6, 34, 12, 18, 70, 10)
    page = _page(book, TODAY, f"{todo.day}要打的电话", "按缓急排列。", widths)
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
            said.person, todo.refused.get(item.key, ""), item.key,
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
        REFUSED: {"font_color": "#C00000"},
        KEY: {"font_size": 8, "font_color": "#A6A6A6", "shrink": True, "text_wrap": False},
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
            todo.refused.get(item.key, ""), item.key,
        )  # fmt: skip
        open_to = (REVOKE, REVOKE_REASON, REVOKE_PERSON) if item.key else ()
        _row(page, row, texts, _styles(book, DONE_HEADS, open_to))
        if item.key:
            _drop_down(page, (row, row), DONE_HEADS.index(REVOKE), (REVOKE,))
    if not todo.decided:
        page.line(_HEAD_ROW + 1, "没有。", book.boxed())
