"""What a person has to do and to decide goes in; 待办.xlsx comes out, to be filled in; and what was filled in is read again.

Sheet 今天: whom to telephone. Sheet 待决定: one row for everything that only a person can decide, with a drop-down of
exactly the decisions that apply. Sheet 已决定: what holds. The number at the end of a row says what it is about.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.machine.digest import digest_of

if TYPE_CHECKING:
    from pipeline.publishing.summary.book import SummaryBook, SummaryPage

TODO_NAME = "待办.xlsx"
TODAY, OPEN, DONE = "今天", "待决定", "已决定"
OPEN_HEADS = (
    "单位",
    "联系人",
    "电话",
    "事项",
    "详情",
    "决定",
    "理由",
    "决定人",
    "上次没有办成的原因",
    "编号",
)
_CHOICE, _REASON, _PERSON, _KEY = 5, 6, 7, 9
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
class FilledDecision:
    """What a person wrote into a row of 待决定: the row's number, and three texts that may be empty."""

    key: str
    choice: str = ""
    reason: str = ""
    person: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.choice or self.reason or self.person)


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
    """A decision that holds: the day, about what, what was decided, why, by whom."""

    day: str
    about: str
    what: str
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Todo:
    """Everything that the workbook shows. ``kept`` are texts that were not carried out, ``refused`` why, both by key."""

    title: str
    day: str
    calls: Sequence[TodoCall] = ()
    questions: Sequence[Question] = ()
    decided: Sequence[Decided] = ()
    kept: Mapping[str, FilledDecision] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Digest what the workbook shows: one that shows the same need not be built again."""
        kept, refused = sorted(self.kept.items()), sorted(self.refused.items())
        return digest_of((self.title, self.day, *self.calls, *self.questions, *self.decided, *kept, *refused))


def read_filled(path: Path) -> list[FilledDecision]:
    """Return what was written into 待决定. Raises OSError; a file that is no workbook any more holds nothing."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where there is one

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        rows = book.get_sheet_by_name(OPEN).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile):
        return []
    texts = [[" ".join(str(value).split()) for value in row] for row in rows]
    head = next((number for number, row in enumerate(texts) if set(OPEN_HEADS) <= set(row)), None)
    if head is None:
        return []
    at = {name: texts[head].index(name) for name in OPEN_HEADS}
    wanted = [OPEN_HEADS[place] for place in (_KEY, _CHOICE, _REASON, _PERSON)]
    found = [FilledDecision(*(row[at[name]] for name in wanted)) for row in texts[head + 1 :]]
    return [item for item in found if item.key and not item.is_blank]


def shows(path: Path, todo: Todo) -> bool:
    """Whether the workbook at ``path`` was built from ``todo`` and nobody has written into it since."""
    try:
        with zipfile.ZipFile(path) as package:
            found = _MARK.search(package.read("docProps/core.xml"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return found is not None and found[1].decode() == todo.mark and not _is_written(path, todo)


def _is_written(path: Path, todo: Todo) -> bool:
    return {item.key: item for item in read_filled(path)} != dict(todo.kept)


def build_todo_book(todo: Todo) -> bytes:
    """Build the workbook: the same bytes for the same content."""
    from pipeline.publishing.summary.book import SummaryBook  # noqa: PLC0415 - xlsxwriter, only where one is built

    book = SummaryBook(todo.title, (todo.title, ""), keywords=todo.mark)
    _open(book, todo)
    _today(book, todo)
    _done(book, todo)
    return book.to_bytes()


def _page(book: SummaryBook, name: str, title: str, about: str, widths: Sequence[float]) -> SummaryPage:
    page = book.page(name, widths, landscape=True)
    page.title(title)
    page.line(1, about, book.style(font_color="#7F7F7F"))
    page.sheet.freeze_panes(_HEAD_ROW + 1, 1)
    page.sheet.repeat_rows(_HEAD_ROW)
    return page


def _today(book: SummaryBook, todo: Todo) -> None:
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


def _open(book: SummaryBook, todo: Todo) -> None:
    about = "在黄色的格子里选“决定”，写“理由”，保存，关闭；下一次运行照办，办成的移到“已决定”。决定人不写则为经办人。"
    page = _page(book, OPEN, todo.title, about, (26, 10, 16, 14, 52, 16, 26, 10, 26, 8))
    page.heads(_HEAD_ROW, OPEN_HEADS)
    for row, item in enumerate(todo.questions, _HEAD_ROW + 1):
        said = todo.kept.get(item.key, FilledDecision(item.key))
        refused = todo.refused.get(item.key, "")
        texts = (
            item.agency, item.contact, item.phone, item.what, item.detail, said.choice, said.reason, said.person,
            refused, item.key,
        )  # fmt: skip
        for column, text in enumerate(texts):
            fill = {"bg_color": _FILL} if column in (_CHOICE, _REASON, _PERSON) else {}
            look = {"font_color": "#C00000"} if column == _PERSON + 1 else {}
            small = {"font_size": 8, "font_color": "#A6A6A6", "shrink": True, "text_wrap": False}
            page.text(row, column, text, book.boxed(**(small if column == _KEY else {**fill, **look})))
        page.sheet.data_validation(
            row, _CHOICE, row, _CHOICE,
            {"validate": "list", "source": list(item.choices), "error_title": "请从列表中选", "error_message": "这一件事只能这样决定。"},
        )  # fmt: skip
        page.height_for(row, {column: (text, 1) for column, text in enumerate(texts[:-1])}, least=20)
    if not todo.questions:
        page.line(_HEAD_ROW + 1, "没有要决定的事。", book.boxed())


def _done(book: SummaryBook, todo: Todo) -> None:
    page = _page(book, DONE, "已决定", "现在有效的决定；要撤销的，见使用手册。", (14, 44, 16, 50, 12))
    page.heads(_HEAD_ROW, ("日期", "关于", "决定", "理由", "决定人"))
    for row, item in enumerate(todo.decided, _HEAD_ROW + 1):
        texts = (item.day, item.about, item.what, item.reason, item.person)
        for column, text in enumerate(texts):
            page.text(row, column, text, book.boxed())
        page.height_for(row, {column: (text, 1) for column, text in enumerate(texts)}, least=20)
    if not todo.decided:
        page.line(_HEAD_ROW + 1, "没有。", book.boxed())
