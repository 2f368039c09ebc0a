"""Registers whose headings, rows or columns a clerk moved, renamed, hid or wrote beside: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from io import BytesIO

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Reading, Severity
from pipeline.publishing.returning import ReturnedContent, returned_of
from pipeline.publishing.template import Stamp, build_workbook, marked_workbook
from tests.support import arrivals
from tests.support.submissions import AGENCY, submission_of

SHEET, WIDTH = "申请台账", 13
STAMP = Stamp("001", AGENCY.name, 2023, AGENCY.level)
Cells = Sequence[object]


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("request_register")


def request(number: int, *, answered: bool = True) -> list[object]:
    row: list[object] = [
        f"2023-{number:03d}", date(2023, 3, number), "自然人", f"申请人{number}", "网络平台", f"第{number}号事项", None,
        "予以公开" if answered else None, date(2023, 4, number) if answered else None,
    ]  # fmt: skip
    return [*row, *[None] * (WIDTH - len(row))]


REQUESTS = [*(request(number) for number in range(1, 10)), request(10, answered=False)]


@cache
def template() -> bytes:
    return build_workbook(load_form("request_register"), STAMP)


def workbook(_: Form, rows: Sequence[Cells] = REQUESTS) -> tuple[Workbook, Worksheet, list[object]]:
    """A filled template, its register and the headings of it."""
    book = openpyxl.load_workbook(BytesIO(template()))
    sheet = book[SHEET]
    for name in list(sheet.tables):
        del sheet.tables[name]
    laid(sheet, rows)
    return book, sheet, [cell.value for cell in sheet[5]]


def laid(sheet: Worksheet, rows: Sequence[Cells], top: int = 6) -> None:
    for line, row in enumerate(rows, top):
        for column in range(1, WIDTH + 1):
            sheet.cell(line, column).value = None
        for column, value in enumerate(row, 1):
            sheet.cell(line, column).value = value  # type: ignore[assignment] # what a test lays


def judged(form: Form, book: Workbook | bytes) -> tuple[Reading, Assessment]:
    if isinstance(book, Workbook):
        stream = BytesIO()
        book.save(stream)
        book = stream.getvalue()
    found = read(form, book)
    [assessment] = judge(form, [submission_of(found)])
    return found, assessment


def told(item: Assessment, *severities: Severity) -> list[tuple[str, str]]:
    """What the agency is told, but for what follows from the blank page of 基本信息."""
    wanted = severities or (Severity.ERROR, Severity.WARNING)
    return [
        (found.code, found.variant)
        for found in item.findings
        if found.severity in wanted and found.code != "F10"
    ]


def sent_back(form: Form, item: Assessment) -> tuple[ReturnedContent, bytes]:
    """What goes back, and the workbook."""
    back = returned_of(form, [item], item)
    return back, marked_workbook(form, arrivals.district([AGENCY]), item, back, None)


def counts(found: Reading) -> tuple[object, object, object]:
    numbers = found.numbers
    return tuple(  # type: ignore[return-value] # three of them
        numbers[f"requests.{row}.total"] for row in ("new_received", "outcomes_total", "carried_forward")
    )


ALL = (10, 9, 1)


def test_rows_as_they_are_asked_for_say_nothing(form: Form) -> None:
    book, _, _ = workbook(form)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


@pytest.mark.parametrize("hint", ["答复日期（年月日）", "答复日期 *（如2023-3-5）", "答复日期【必填】"])
def test_a_hint_in_brackets_costs_no_column(form: Form, hint: str) -> None:
    book, sheet, _ = workbook(form)
    sheet["I5"] = hint
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F03", "near_label")])


def test_amounts_in_another_unit_are_not_taken_for_those_of_the_form(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet["J5"], sheet["J6"] = "信息处理费（万元）", 1
    found, item = judged(form, book)
    assert {row[9] for row in found.registers["applications"].cells} == {""}
    assert ("V02", "extra_column") in told(item)


def test_columns_under_unknown_headings_are_laid_by_their_values(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet["H5"], sheet["I5"] = "怎么答的", "哪天答的"
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F03", "unknown_heading")] * 2)
    back, content = sent_back(form, item)
    assert not back.open_columns
    again, item = judged(form, content)
    assert (counts(again), told(item)) == (ALL, [])


def without_a_column(form: Form) -> Assessment:
    """The results stand under a heading that nobody knows, in words that nobody can choose."""
    book, sheet, _ = workbook(form)
    sheet["H5"] = "怎么答的"
    for row in range(6, 15):
        sheet.cell(row, 8).value = "已按规定答复申请人"
    _, item = judged(form, book)
    assert ("F03", "missing_column") in told(item)
    return item


def test_a_column_that_was_lost_stays_asked_for_until_it_is_filled(form: Form) -> None:
    back, content = sent_back(form, without_a_column(form))
    assert back.open_columns == ("applications.outcome",)
    for _ in range(2):
        found, item = judged(form, content)
        assert told(item, Severity.ERROR)[:1] == [("F03", "open_column")]
        assert not [code for code, _ in told(item) if code.startswith("R")]
        assert len(found.registers["applications"].cells) == len(REQUESTS)
        back, content = sent_back(form, item)
        assert back.open_columns == ("applications.outcome",)
    book = openpyxl.load_workbook(BytesIO(content))
    for row in range(6, 15):
        book[SHEET].cell(row, 8).value = "予以公开"
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


def test_that_a_column_holds_nothing_can_be_confirmed(form: Form) -> None:
    _, content = sent_back(form, without_a_column(form))
    book = openpyxl.load_workbook(BytesIO(content))
    for row in range(6, 16):
        book[SHEET].cell(row, 9).value = None
    book[SHEET]["H6"] = "无"
    found, item = judged(form, book)
    assert (counts(found), told(item, Severity.ERROR)) == ((10, 0, 10), [])


def with_headings_at(form: Form, above: int) -> tuple[Workbook, Worksheet]:
    """The headings stand below ``above`` of the rows, as after sorting them along."""
    book, sheet, head = workbook(form, [])
    laid(sheet, [*REQUESTS[:above], head, *REQUESTS[above:]], 5)
    return book, sheet


@pytest.mark.parametrize("above", [1, 4, len(REQUESTS)])
def test_rows_above_the_headings_are_rows(form: Form, above: int) -> None:
    book, _ = with_headings_at(form, above)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("V02", "rows_above")])
    said = next(one for one in item.findings if one.variant == "rows_above")
    assert (said.facts["rows"], said.facts["first"], said.facts["last"]) == (above, 5, 4 + above)


@pytest.mark.parametrize(
    "example",
    [[["例：2023-001", *request(1)[1:]]], [["填写示例："], request(11)], [["示例", *request(1)[1:]]]],
)
def test_an_example_above_the_headings_is_no_row(form: Form, example: Sequence[Cells]) -> None:
    book, sheet, head = workbook(form, [])
    laid(sheet, [*example, head, *REQUESTS], 5)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


def test_rows_without_headings_are_read_and_sent_back_under_them(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet.delete_rows(5)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F03", "no_headings")])
    _, content = sent_back(form, item)
    again, item = judged(form, content)
    assert (counts(again), told(item)) == (ALL, [])


def test_a_sheet_without_headings_and_rows_is_missing_still(form: Form) -> None:
    book, sheet, _ = workbook(form, [])
    sheet.delete_rows(5)
    sheet["A8"] = "没有收到申请"
    _, item = judged(form, book)
    assert ("F03", "missing_table") in told(item)


@pytest.mark.parametrize(("one", "other"), [(3, 5), (1, 8), (0, 1)])
def test_headings_again_in_another_order_hold_for_the_rows_below_them(
    form: Form, one: int, other: int
) -> None:
    book, sheet, head = workbook(form, [])

    def turned(row: Cells) -> list[object]:
        cells = list(row)
        cells[one], cells[other] = cells[other], cells[one]
        return cells

    laid(sheet, [*REQUESTS[:5], turned(head), *map(turned, REQUESTS[5:])])
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F05", "turned")])
    assert [row[5] for row in found.registers["applications"].cells] == [row[5] for row in REQUESTS]
    _, content = sent_back(form, item)
    again, item = judged(form, content)
    assert (counts(again), told(item)) == (ALL, [])


def test_headings_again_without_a_column_take_no_other_for_it(form: Form) -> None:
    book, sheet, head = workbook(form, [])
    short = [[*row[:3], *row[4:], None] for row in (head, *REQUESTS[5:])]
    laid(sheet, [*REQUESTS[:5], *short])
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("F05", "turned")])
    assert [bool(row[3]) for row in found.registers["applications"].cells] == [True] * 5 + [False] * 5


def test_headings_again_in_the_same_order_are_nothing(form: Form) -> None:
    book, sheet, head = workbook(form, [])
    laid(sheet, [*REQUESTS[:5], head, *REQUESTS[5:]])
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])


def hidden_rows(sheet: Worksheet) -> None:
    for row in (7, 8, 12):
        sheet.row_dimensions[row].hidden = True


def filtered(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A5:M15"
    sheet.auto_filter.add_filter_column(2, ["商业企业"])
    hidden_rows(sheet)


def hidden_columns(sheet: Worksheet) -> None:
    sheet.column_dimensions["H"].hidden = True


@pytest.mark.parametrize(
    ("hide", "variant", "said"),
    [(hidden_rows, "hidden_rows", "7—8、12"), (filtered, "hidden_rows", "7—8、12"), (hidden_columns, "hidden_columns", "“办理结果”")],
)  # fmt: skip
def test_what_is_hidden_in_a_register_is_said(
    form: Form, hide: Callable[[Worksheet], None], variant: str, said: str
) -> None:
    book, sheet, _ = workbook(form)
    hide(sheet)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("V02", variant)])
    [one] = [one for one in item.findings if one.variant == variant]
    assert said in one.facts.values()


@pytest.mark.parametrize("hidden", ["D", "J"])
def test_hidden_names_and_hidden_blanks_are_nothing(form: Form, hidden: str) -> None:
    book, sheet, _ = workbook(form)
    sheet.column_dimensions[hidden].hidden = True
    sheet.row_dimensions[40].hidden = True
    assert told(judged(form, book)[1]) == []


def test_a_hidden_register_is_said_as_a_hidden_table_is(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet.sheet_state = "hidden"
    assert told(judged(form, book)[1]) == [("F05", "hidden_sheet")]


@pytest.mark.parametrize(
    ("rows", "said"), [([request(20)], [("V02", "rows_hidden")]), (REQUESTS[:3], []), ([], [])]
)
def test_other_rows_on_a_hidden_sheet_are_told_to_the_office(
    form: Form, rows: Sequence[Cells], said: list[tuple[str, str]]
) -> None:
    book, _, head = workbook(form)
    other = book.create_sheet("草稿")
    laid(other, [head, *rows], 1)
    other.sheet_state = "hidden"
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])
    assert [one for one in told(item, Severity.INFO) if one[0] == "V02"] == said


@pytest.mark.parametrize(
    ("beside", "said"),
    [("此件已撤回，不计入", [("V02", "beside")]), ("√", []), (7, []), ("无", []), (" ", [])],
)
def test_a_remark_beside_a_request_is_not_lost(
    form: Form, beside: object, said: list[tuple[str, str]]
) -> None:
    book, sheet, _ = workbook(form)
    sheet["N10"] = beside  # type: ignore[assignment] # what a test lays
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, said)


@pytest.mark.parametrize(
    ("total", "wrong"),
    [(["合计", None, "11件"], True), (["合计：11 件"], True), (["共11件"], True), (["总计", None, None, None, None, "共 12 条"], True),
     (["合计", None, "10件"], False), (["合计：10 件"], False), (["共计10件"], False), (["共10件"], False), (["合计", None, "9件"], False),
     (["小计", None, "3件"], False), (["合计", None, 11], False)],
)  # fmt: skip
def test_a_stated_number_of_rows_is_compared(form: Form, total: Cells, *, wrong: bool) -> None:
    """Nine are answered, and a total may count those alone."""
    book, _, _ = workbook(form, [*REQUESTS, total])
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("V02", "stated_rows")] * wrong)


@pytest.mark.parametrize("word", ["无", "/", "—"])
def test_a_nil_return_with_a_word_for_nothing_in_the_first_row_is_one(form: Form, word: str) -> None:
    book, sheet, _ = workbook(form, [])
    sheet["B3"], sheet["A6"] = "是", word
    found, item = judged(form, book)
    assert (counts(found), told(item)) == ((0, 0, 0), [])


def test_a_word_for_nothing_alone_is_no_nil_return(form: Form) -> None:
    book, sheet, _ = workbook(form, [])
    sheet["A6"] = "无"
    assert told(judged(form, book)[1]) == [("V02", "empty")]


@pytest.mark.parametrize("merged", [True, False])
def test_headings_over_the_rows_of_a_month_are_one_remark_each(form: Form, *, merged: bool) -> None:
    book, sheet, _ = workbook(
        form, [["三月"], *REQUESTS[:5], ["2023年4月份"], *REQUESTS[5:8], ["第二季度"], *REQUESTS[8:]]
    )
    for row in (6, 12, 16) if merged else ():
        sheet.merge_cells(f"A{row}:M{row}")
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("V02", "no_row")] * 3)


def test_a_sentence_across_the_register_is_no_row(form: Form) -> None:
    book, sheet, _ = workbook(form, [["本年度未收到政府信息公开申请"]])
    sheet.merge_cells("A6:M6")
    assert told(judged(form, book)[1]) == [("V02", "empty")]
    sheet["B3"] = "是"
    assert told(judged(form, book)[1]) == []


def test_a_row_of_which_nothing_but_the_number_is_there_is_one_still(form: Form) -> None:
    book, _, _ = workbook(form, [*REQUESTS, ["2023-011"]])
    assert ("C01", "lone") in told(judged(form, book)[1])


def test_an_optional_column_that_nothing_asks_about_may_be_deleted(form: Form) -> None:
    book, sheet, _ = workbook(form)
    sheet.delete_cols(10)
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [])
    assert ("F03", "spare_column") in told(item, Severity.INFO)


@pytest.mark.parametrize("cell", ["A8", "B8", "H8"])
def test_a_formula_without_a_result_is_no_blank(form: Form, cell: str) -> None:
    book, sheet, _ = workbook(form)
    sheet[cell] = "=TRIM(P8)"
    _, item = judged(form, book)
    assert ("C08", "formula_without_result") in told(item)
    assert not [one for one in told(item) if one[0] in {"C01", "R3"}]


@pytest.mark.parametrize(("received", "answered"), [(3, 2203), (2203, 3)])
def test_of_a_day_that_cannot_be_only_that_is_said(form: Form, received: int, answered: int) -> None:
    row = request(11)
    row[1], row[8] = (date(2203 if year == 2203 else 2023, 3, 5) for year in (received, answered))
    book, _, _ = workbook(form, [*REQUESTS, row])
    rows = [one for one in told(judged(form, book)[1]) if one[0] == "V01" or one[0].startswith("R")]
    assert rows == [("V01", "date_range")]


def subtotal(column: int, text: str, count: int, at: int = 0) -> list[object]:
    """A line as the data menu of a spreadsheet puts below a group."""
    return [count if number == at else text if number == column else None for number in range(WIDTH)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([subtotal(2, "自然人 计数", 10), subtotal(2, "总计数", 10)], "subtotal"),
        ([subtotal(2, "自然人 汇总", 10)], "subtotal"),
        ([subtotal(2, "自然人 Count", 10), subtotal(2, "Grand Count", 10)], "subtotal"),
        ([["四季度小计", "10件"]], ""),
        ([["共10件申请"]], ""),
        ([["共计12件（其中结转3件）"]], "stated_rows"),
        ([[0]], ""),
        ([[None, None, None, None, None, None, None, None, None, 0]], ""),
    ],
)
def test_totals_of_whatever_shape_are_no_requests(form: Form, lines: Sequence[Cells], said: str) -> None:
    book, _, _ = workbook(form, [*REQUESTS, *lines])
    found, item = judged(form, book)
    assert (counts(found), told(item)) == (ALL, [("V02", said)] * bool(said))


@pytest.mark.parametrize(
    "row",
    [
        ["2023-011", None, None, None, None, "年度预算汇总"],
        [None, None, None, None, None, "年度预算汇总"],
        [None, None, "法律服务机构 计数"],
        [None, date(2023, 3, 1), None, None, None, "总计"],
    ],
)
def test_what_may_be_a_request_is_never_taken_for_a_total(form: Form, row: Cells) -> None:
    book, _, _ = workbook(form, [*REQUESTS, row])
    assert ("C01", "value") in told(judged(form, book)[1]) or ("C01", "lone") in told(judged(form, book)[1])


@pytest.mark.parametrize(
    ("cell", "text"),
    [("A6", "本年度未收到政府信息公开申请"), ("A6", "无申请"), ("A6", "本年无申请。"), ("A6", 0), ("F6", "2023年未收到申请")],
)  # fmt: skip
def test_a_nil_return_in_words_of_ones_own_is_one(form: Form, cell: str, text: str | int) -> None:
    for answer in ("是", None):
        book, sheet, _ = workbook(form, [])
        sheet["B3"], sheet[cell] = answer, text
        assert told(judged(form, book)[1]) == ([] if answer else [("V02", "empty")])


def test_a_request_beside_a_nil_return_is_one(form: Form) -> None:
    book, sheet, _ = workbook(form, [])
    sheet["B3"], sheet["F6"] = "是", "无障碍设施改造申请情况"
    assert ("C09", "nil_rows") in told(judged(form, book)[1])
