"""What a clerk writes in other ways than the template wants it: LibreOffice and the pipeline judge it alike, or 自查 leaves it to the office."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook

from pipeline.forms.drawing import drawn_figures
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, NOT_ASSESSED
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP, ROWS_HEAD, ROWS_TOP
from pipeline.forms.loader import form_ids, load_form, parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Severity
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.libreoffice import computed, poisoned, recalculate
from tests.support.rows import YEAR, row_of
from tests.support.submissions import AGENCY, submission_of

POISON = 987654
STAMP = Stamp("001", AGENCY.name, YEAR, AGENCY.level)
FIRST, LAST = ROWS_TOP + 1, ROWS_TOP + 4
"""Of the rows that are there, as a spreadsheet counts them."""
Change = Callable[[Worksheet], object]


def few(name: str) -> Form:
    key = load_form(name).registers[0].key
    return parse_form(f'id = "few"\nextends = "{name}"\n[[register]]\nkey = "{key}"\nrows = 20\n', "few.toml")


def letters(form: Form, key: str) -> str:
    return chr(65 + form.registers[0].index[key])


def filled(form: Form, change: Change) -> bytes:
    [register] = form.registers
    rng = random.Random(7)
    rows = [row_of(register, rng, number) for number in range(LAST - FIRST + 1)]
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, STAMP, registers={register.key: rows})))
    change(book[register.sheet])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def respelled(form: Form, kind: str, ways: Sequence[Callable[[datetime], object]]) -> Change:
    """Write every value of a kind otherwise: the ways in turn, from row to row and from column to column."""
    own = [column.key for column in form.registers[0].columns if column.kind == kind]

    def change(sheet: Worksheet) -> None:
        for at, key in enumerate(own):
            for row in range(FIRST, LAST + 1):
                cell = sheet[f"{letters(form, key)}{row}"]
                if cell.value is not None:
                    cell.value = ways[(at + row) % len(ways)](cell.value)

    return change


def by_turns(form: Form, kind: str, ways: Mapping[str, Callable[[datetime], object]]) -> dict[str, Change]:
    """Write every value of a kind otherwise, in each book as many ways as it has rows."""
    names = list(ways)
    most = LAST - FIRST + 1
    parts = [names[first : first + most] for first in range(0, len(names), most)]
    return {"、".join(part): respelled(form, kind, [ways[name] for name in part]) for part in parts}


def beneath(*lines: Mapping[str, object]) -> Change:
    """Write lines below the rows; a column by its letter."""

    def change(sheet: Worksheet) -> None:
        for number, line in enumerate(lines):
            for column, value in line.items():
                sheet[f"{column}{LAST + 1 + number}"] = value  # type: ignore[assignment]

    return change


def headings_again(sheet: Worksheet) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(LAST + 1, column).value = sheet.cell(ROWS_HEAD + 1, column).value


def days(form: Form) -> dict[str, Change]:
    ways: dict[str, Callable[[datetime], object]] = {
        "dashes": lambda day: f"{day.year}-{day.month}-{day.day}",
        "strokes": lambda day: f"{day.year}/{day.month:02}/{day.day:02}",
        "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
        "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
        "spaced": lambda day: f" {day.year} 年 {day.month} 月 {day.day} 日",
        "hao": lambda day: f"{day.year}年{day.month:02}月{day.day:02}号",
        "digits": lambda day: f"{day:%Y%m%d}",
        "wide": lambda day: f"{day:%Y-%m-%d}".translate({48 + n: 0xFF10 + n for n in range(10)}),
        "number": lambda day: int(f"{day:%Y%m%d}"),
        "with time": lambda day: f"{day:%Y-%m-%d} 14:30",
        "moment": lambda day: day.replace(hour=14, minute=30),
    }
    return by_turns(form, "date", ways)


UNSURE: dict[str, Callable[[datetime], object]] = {
    "weekday": lambda day: f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）",
    "morning": lambda day: f"{day.year}年{day.month}月{day.day}日上午9时",
    "commas": lambda day: f"{day.year}、{day.month}、{day.day}",
    "dash": lambda day: f"{day.year}—{day.month}—{day.day}",
    "official": lambda day: "二〇二三年" + f"{'一二三四五六七八九'[day.month % 9]}月二十日",
}
"""Days that are read and that no formula understands."""


def nothing(form: Form, said: Mapping[str, str]) -> Change:
    """Say by “/” or “无” that there is nothing, in every cell of these columns that is blank."""

    def change(sheet: Worksheet) -> None:
        for key, word in said.items():
            for row in range(FIRST, LAST + 1):
                cell = sheet[f"{letters(form, key)}{row}"]
                cell.value = word if cell.value is None else cell.value

    return change


def later_in_the_day(form: Form) -> Change:
    """Answer every request on the day on which it arrived, some hours before by the clock."""

    def change(sheet: Worksheet) -> None:
        for row in range(FIRST, LAST + 1):
            answered = sheet[f"{letters(form, 'answered')}{row}"]
            if answered.value:
                sheet[f"{letters(form, 'received')}{row}"] = datetime(YEAR, 3, 6, 14, 24)  # noqa: DTZ001 - as a spreadsheet holds it
                answered.value = datetime(YEAR, 3, 6)  # noqa: DTZ001 - as a spreadsheet holds it

    return change


def requests(form: Form) -> dict[str, Change]:
    choices: dict[str, Callable[[datetime], object]] = {
        "choice with a space": lambda word: str(word)[:2] + " " + str(word)[2:],
        "choice in two lines": lambda word: str(word)[:2] + "\n" + str(word)[2:],
        "choice in half width": lambda word: str(word).replace("：", ":"),
    }
    return {
        **days(form),
        **by_turns(form, "choice", choices),
        "total": beneath({"A": "合计", letters(form, "received"): "12件", letters(form, "outcome"): "11件"}),
        "notes": beneath(
            {}, {"A": "注：以上均已办结"}, {"B": "填表人：张三", "F": "审核人：李四"}, {"A": "说明：无"}
        ),
        "headings again": headings_again,
        "only spaces": beneath({"A": " ", "C": "　", "E": "  "}, {"B": " "}),
        "nothing": nothing(form, {"reconsideration": "/", "suit": "无", "suit_result": "—", "fee": "／"}),
        "later in the day": later_in_the_day(form),
    }


def documents(form: Form) -> dict[str, Change]:
    return {
        **days(form),
        "total": beneath({"A": "合计", letters(form, "issued"): "3件", letters(form, "in_force"): "2件"}),
        "notes": beneath({"A": "注：均已公开"}),
        "nothing": nothing(form, {"repealed": "无", "link": "/"}),
    }


def lines(form: Form, path: Path) -> dict[str, list[object]]:
    sheet = load_workbook(str(path)).get_sheet_by_name(form.sheet_of_kind("checks").name)
    rows = sheet.to_python(skip_empty_area=False)[CHECKS_TOP:]
    return {str(row[CHECK_COLUMNS["id"]]): list(row) for row in rows if row[CHECK_COLUMNS["id"]]}


def failing(found: Mapping[str, list[object]]) -> set[str]:
    return {key for key, row in found.items() if row[CHECK_COLUMNS["mark"]] == FAILS}


def figures(form: Form, path: Path) -> dict[str, object]:
    book = load_workbook(str(path))
    return {
        key: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row][column]
        for key in form.drawn
        for sheet, row, column in [form.positions[key]]
    }


def recalculated(form: Form, tmp_path: Path, cases: Mapping[str, Change]) -> dict[str, tuple[bytes, Path]]:
    given = tmp_path / "given"
    given.mkdir()
    sent = {name: filled(form, change) for name, change in cases.items()}
    for name, content in sent.items():
        (given / f"{name}.xlsx").write_bytes(poisoned(content, POISON))
    return {
        path.stem: (sent[path.stem], path) for path in computed(sorted(given.iterdir()), tmp_path / "out")
    }


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("name", "written"), [("request_register", requests), ("normative_documents", documents)]
)
def test_what_is_read_is_no_fault_and_counts(
    name: str, written: Callable[[Form], dict[str, Change]], tmp_path: Path
) -> None:
    form = few(name)
    cases = {"as it should": lambda _: None, **written(form)}
    results = recalculated(form, tmp_path, cases)
    usual = failing(lines(form, results["as it should"][1]))
    for case, (content, path) in results.items():
        found = lines(form, path)
        assert failing(found) == usual, (case, {key: found[key] for key in failing(found) - usual})
        reading = read(form, content)
        assert figures(form, path) == drawn_figures(form, reading.registers, YEAR), case
        [assessed] = judge(form, [submission_of(reading)])
        errors = {item.code for item in assessed.findings if item.severity is Severity.ERROR}
        assert not errors & {"V01", "V02", "C01", *(rule.id for rule in form.registers[0].rules)}, case


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["request_register", "normative_documents"])
def test_what_no_formula_understands_is_left_to_the_office(name: str, tmp_path: Path) -> None:
    form = few(name)
    cases = {"as it should": lambda _: None, **by_turns(form, "date", UNSURE)}
    results = recalculated(form, tmp_path, cases)
    usual = failing(lines(form, results["as it should"][1]))
    key = f"V01.{form.registers[0].key}.unsure"
    for case in list(cases)[1:]:
        content, path = results[case]
        found = lines(form, path)
        assert failing(found) <= usual, case
        assert found[key][CHECK_COLUMNS["mark"]] == NOT_ASSESSED
        assert found[key][CHECK_COLUMNS["left"]] == sum(
            bool(value)
            for row in read(form, content).registers[form.registers[0].key].cells
            for value, column in zip(row, form.registers[0].columns, strict=True)
            if column.kind == "date"
        )
        assert set(figures(form, path).values()) == {""}, "nothing is stated that was not reckoned"
        assert not {item.code for item in read(form, content).findings} & {"V01"}


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["request_register", "normative_documents"])
def test_what_is_wrong_beside_is_still_counted(name: str, tmp_path: Path) -> None:
    form = few(name)
    first = "received" if name == "request_register" else "issued"
    words = "applicant" if name == "request_register" else "in_force"

    def slips(sheet: Worksheet) -> None:
        beneath({"A": "合计"}, {"A": "注：无"})(sheet)
        sheet[f"{letters(form, first)}{FIRST}"] = "2023-2-30"
        sheet[f"{letters(form, first)}{FIRST + 1}"] = "2024年1月6日"
        sheet[f"{letters(form, words)}{FIRST + 2}"] = "不详"

    cases = {"as it should": lambda _: None, "slips": slips}
    results = recalculated(form, tmp_path, cases)
    usual = failing(lines(form, results["as it should"][1]))
    found = failing(lines(form, results["slips"][1])) - usual
    register = form.registers[0]
    until = next(rule.id for rule in register.rules if rule.relation == "until" and rule.column == first)
    expected = {f"V01.{register.key}.{first}", f"V01.{register.key}.{words}", f"{until}.{register.key}"}
    assert expected <= found


@pytest.mark.libreoffice
def test_what_was_answered_before_the_period_is_seen_however_its_day_is_written(tmp_path: Path) -> None:
    form = few("request_register")

    def earlier(way: Callable[[datetime], object], *, dispute: bool) -> Change:
        def change(sheet: Worksheet) -> None:
            finished = {"outcome": "予以公开", "reconsideration": "结果维持" if dispute else None}
            blank = dict.fromkeys(("extended", "fee", "suit", "suit_result"))
            for key, value in (finished | blank).items():
                sheet[f"{letters(form, key)}{FIRST}"] = value
            for key, day in (("received", 1), ("answered", 8)):
                written = way(datetime(YEAR - 1, 11, day))  # noqa: DTZ001 - as a spreadsheet holds it
                sheet[f"{letters(form, key)}{FIRST}"] = written  # type: ignore[assignment]

        return change

    cases: dict[str, Change] = {"as it should": lambda _: None}
    ways: dict[str, Callable[[datetime], object]] = {
        "day": lambda day: day,
        "text": lambda day: f"{day.year}年{day.month}月{day.day}日",
    }
    for name, way in ways.items():
        cases |= {f"{name} {dispute}": earlier(way, dispute=dispute) for dispute in (False, True)}
    results = recalculated(form, tmp_path, cases)
    usual = failing(lines(form, results["as it should"][1]))
    for case in list(cases)[1:]:
        content, path = results[case]
        reading = read(form, content)
        assert figures(form, path) == drawn_figures(form, reading.registers, YEAR), case
        told = {"R10.applications"} if case.endswith("False") else set()
        assert failing(lines(form, path)) - usual == told, case


@pytest.mark.libreoffice
def test_rows_put_into_a_table_are_for_the_office(tmp_path: Path) -> None:
    form = load_form("disclosure_statistics_quarter")
    table = form.tables[0]
    cells = [cell.key for cell in form.cells_of(table.key) if cell.is_input]
    whole = build_workbook(form, values=dict.fromkeys((cell.key for cell in form.cells if cell.is_input), 1))
    given = tmp_path / "given.xlsx"
    given.write_bytes(whole)
    sheet, row, _ = form.positions[cells[-1]]
    [plain] = computed([given], tmp_path / "plain")
    code = f"C01.{table.key}"
    assert lines(form, plain)[code][CHECK_COLUMNS["left"]] == 0
    grown = with_row(whole, sheet, row, tmp_path)
    found = lines(form, grown)[code]
    assert found[CHECK_COLUMNS["mark"]] == NOT_ASSESSED
    assert found[CHECK_COLUMNS["left"]] == f"由{form.words.office}核对"


def with_row(content: bytes, sheet: str, row: int, tmp_path: Path) -> Path:
    """Return the workbook with the ranges of formulas one row longer, as a spreadsheet makes them when a row is put in."""
    book = openpyxl.load_workbook(BytesIO(content))
    checks = book["自查"]
    for line in checks.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.startswith("=IF(ROWS"):
                cell.value = cell.value.replace(f"${row + 1}", f"${row + 2}").replace(
                    f"{row + 1}", f"{row + 2}"
                )
    assert sheet in book.sheetnames
    path = tmp_path / "grown.xlsx"
    book.save(path)
    [result] = computed([path], tmp_path / "grown")
    return result


@pytest.mark.libreoffice
def test_no_formula_of_a_form_is_lost_in_the_older_kind_of_file(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    names = [name for name in form_ids() if load_form(name).registers] + ["annual_report_2021"]
    for name in dict.fromkeys(names):
        (given / f"{name}.xlsx").write_bytes(build_workbook(load_form(name)))
    old = computed(sorted(given.iterdir()), tmp_path / "old")
    for path in recalculate(old, tmp_path / "again"):
        found = lines(load_form(path.stem), path)
        lost = [key for key, row in found.items() if str(row[CHECK_COLUMNS["left"]]).startswith(("#", "Err"))]
        blank = [key for key, row in found.items() if row[CHECK_COLUMNS["left"]] == ""]
        assert not lost
        assert not blank, (path.stem, blank)
