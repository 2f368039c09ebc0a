"""The roster, and how each agency reported, go in; 通讯录, 考核明细 and 公布情况 come out as workbooks that print on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from pipeline.forms.form import Form
from pipeline.forms.values.answers import NO, YES
from pipeline.model import Agency
from pipeline.periods import Period, name_of, title_of
from pipeline.publishing.papers.conduct import Conduct
from pipeline.publishing.workbook.office import NOTE_FILL, OfficeBook, OfficePage
from pipeline.publishing.workbook.page import QUIET

Cell: TypeAlias = str | int
PUBLISHED_HEADS = ("代码", "单位名称", "是否已公布", "公布日期", "网址", "备注")
PUBLISHED_SUM = "已公布"
_OFF_ROSTER = "以下不在现在的名单上，原来填写的照样保留，也计入“已公布”；不再需要的，请删去。"
_INPUT_FILL = "#FFFBE6"
_NAMES = 38.0
"""Wide enough for 杭州市临平区人民政府星桥街道办事处 in one line, as in 报送情况."""


def contacts(form: Form, district: str, agencies: Sequence[Agency]) -> bytes:
    """Build the 通讯录."""
    heads = ("序号", "代码", "单位名称", "类别", "联系人", "电话", "邮箱", "备注")
    rows = [
        (number, item.code, item.name, item.kind, item.contact, item.phone, "；".join(item.emails), "")
        for number, item in enumerate(agencies, 1)
    ]
    return _paper(
        f"{district}{form.words.titled}工作通讯录",
        heads,
        rows,
        (6, 10, _NAMES, 10, 12, 18, 34, 14),
    )


@dataclass(frozen=True, slots=True)
class YearOfConduct:
    """How agencies reported in one year, measured by its common ``deadline`` where they had none of their own.

    ``is_known``: that was the deadline then; else it is this year's day and month, since nothing was recorded.
    """

    year: int
    deadline: date
    rows: Sequence[Conduct]
    is_known: bool = True

    @property
    def note(self) -> str:
        """Say by what lateness is measured."""
        if self.is_known:
            return f"截止日期 {self.deadline}；同意延期的单位按延期后的日期算。"
        return (
            f"当时的截止日期没有记录，是否按时、迟报天数按现在的月日（{self.deadline}）推算，"
            "可能与当时的通报、考核明细不同，以当时的为准。"
        )


def assessment_sheet(form: Form, district: str, years: Sequence[YearOfConduct]) -> bytes:
    """Build the 考核明细: a sheet for each year, newest first, one row an agency."""
    book = OfficeBook(
        f"{district}{form.words.short}报送考核明细", (district, f"{form.words.short}报送考核明细")
    )
    heads = (
        "序号",
        "代码",
        "单位名称",
        "类别",
        "首次报送",
        "是否按时",
        "迟报天数",
        "首次即合格",
        "报送次数",
        "退回次数",
        "改好用天数",
        "目前情况",
    )
    widths = (6, 10, _NAMES, 10, 13, 12, 8, 8, 8, 8, 9, 11)
    for own in sorted(years, key=lambda item: item.year, reverse=True):
        rows = [_conduct_row(number, item) for number, item in enumerate(own.rows, 1)]
        page = book.page(name_of(own.year), widths, landscape=True)
        _fill(page, f"{district}{form.about(own.year)}报送考核明细", heads, rows)
        note = "首次即合格：第一次报送没有退回。报送次数不算经核实不是报送的文件。改好用天数：从首次报送到第一次合格的那次报送；合格以后又退回的不影响。只知道登记日期的，登记在截止日期以前的算按时；此外日期不详的不计迟报。"
        page.line(len(rows) + 3, note, book.style(font_color=QUIET))
        page.line(len(rows) + 4, own.note, book.style(font_color=QUIET))
    return book.to_bytes()


def _conduct_row(number: int, item: Conduct) -> tuple[Cell, ...]:
    mend = item.days_to_mend
    return (
        number, item.agency.code, item.agency.name, item.agency.kind,
        item.first_day.isoformat() if item.first_day else "", item.punctuality,
        item.days_late if item.versions else "", YES if item.is_right_at_once else NO if item.versions else "",
        len(item.versions), item.returns, "" if mend is None else mend, item.state,
    )  # fmt: skip


def published(
    form: Form, district: str, year: Period, agencies: Sequence[Agency], written: Sequence[Sequence[str]]
) -> bytes:
    """Build 公布情况, to be ticked by hand.

    ``written`` are the rows into which somebody has written before: those of bodies that are not on the roster, or that
    stand there twice, are kept below the others.
    """
    book = OfficeBook(
        f"{district}{title_of(year)}{form.words.short}公布情况", (district, f"{form.words.short}公布情况")
    )
    page = book.page("公布情况", (10, _NAMES, 12, 14, 50, 24), landscape=True)
    ticked = {code: rest for code, _, *rest in reversed(written)}
    rows = [(item.code, item.name, *(ticked.get(item.code) or ("",) * 4)) for item in agencies]
    placed = {code: rest for code, _, *rest in rows}
    left = [row for row in written if list(row[2:]) != placed.get(row[0])]
    _fill(page, f"{district}{form.about(year)}公布情况", PUBLISHED_HEADS, rows, input_from=2)
    total, last = len(rows) + 3, len(rows) + 1
    if left:
        page.line(total + 2, _OFF_ROSTER, book.style(font_color=QUIET))
        _rows(page, total + 3, left, input_from=2)
        last = total + 2 + len(left)
    done = [(2, len(rows) + 1)] + ([(total + 3, last)] if left else [])
    for first, end in done:
        page.sheet.data_validation(first, 2, end, 2, {"validate": "list", "source": [YES, NO]})
    counted = "+".join(f'COUNTIF(C{first + 1}:C{end + 1},"{YES}")' for first, end in done)
    ticks = sum(row[2] == YES for row in (*rows, *left))
    page.text(total, 0, PUBLISHED_SUM, book.boxed(align="center", bg_color=NOTE_FILL), across=2)
    page.formula(total, 2, f"={counted}", book.boxed(align="center", bg_color=NOTE_FILL), ticks)
    return book.to_bytes()


def _paper(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float]
) -> bytes:
    book = OfficeBook(title, (title, ""))
    _fill(book.page(title[-3:], widths, landscape=True), title, heads, rows)
    return book.to_bytes()


def _fill(
    page: OfficePage,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    input_from: int = 99,
) -> None:
    page.title(title)
    page.heads(1, heads)
    _rows(page, 2, rows, input_from=input_from)
    page.sheet.freeze_panes(2, 3 if input_from > len(heads) else 2)
    page.sheet.repeat_rows(1)
    page.sheet.autofilter(1, 0, max(2, len(rows) + 1), len(heads) - 1)


def _rows(page: OfficePage, first: int, rows: Sequence[Sequence[Cell]], *, input_from: int) -> None:
    book = page.book
    for number, row in enumerate(rows, first):
        for column, value in enumerate(row):
            fill = {"bg_color": _INPUT_FILL} if column >= input_from else {}
            if isinstance(value, int):
                page.number(number, column, value, book.boxed(align="center"))
            else:
                page.text(number, column, value, book.boxed(num_format="@", **fill))
        page.height_for(number, {column: (str(value), 1) for column, value in enumerate(row)}, least=18)
