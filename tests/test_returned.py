"""A clerk who does literally what is told, in the file that is attached: the report is right, and it is accepted."""

from __future__ import annotations

import csv
import email
import io
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from pipeline.forms import layout
from pipeline.forms.form import Form, Table
from pipeline.model import Number
from pipeline.publishing.template import Stamp, build_workbook
from tests.intake.support import draft
from tests.support.fills import consistent_numbers, report, zeros
from tests.support.folders import YEAR, Ran, inputs_only, make_district, nianbao, run
from tests.support.libreoffice import recalculate

RED = "FFFF9C9C"
ASKED = {RED: "红色格子要改", "FFFFD27F": "橙色格子", "FFFDE6EA": "浅红色格子"}
"""What is said of cells of each colour."""
FIRST, SECOND = "2024-01-10", "2024-01-20"


@dataclass(frozen=True, slots=True)
class Agency:
    """What an agency meant to report, what it sent, and what is asked of it."""

    truth: dict[str, Number]
    sent: tuple[bytes, ...]
    red: tuple[str, ...] | None = ()
    """Keys of the cells to be changed; None: another file is wanted."""


def wide(form: Form) -> Table:
    return max(form.tables, key=lambda table: len(form.cells_of(table.key)))


def inputs_of(form: Form, table: Table) -> tuple[str, ...]:
    return tuple(cell.key for cell in form.cells_of(table.key) if cell.is_input)


def figures(form: Form, name: str) -> dict[str, Number]:
    """Consistent, with figures in every column; the texts say nothing of them."""
    return dict(consistent_numbers(form, random.Random(name), 40))


def words(form: Form, name: str) -> dict[str, Any]:
    texts = dict(report(form, "", name, YEAR).texts)
    return {**texts, form.entry_with_role("agency").key: name, form.entry_with_role("year").key: YEAR}


def book(form: Form, name: str, changes: Mapping[str, Any] | None = None) -> bytes:
    values = {**inputs_only(form, figures(form, name)), **words(form, name), **(changes or {})}
    return build_workbook(form, Stamp("", name, YEAR), values=values)


def raw(form: Form, name: str, change: Callable[[Any], None]) -> bytes:
    """Make a workbook without the template's formulas and locks, changed by hand."""
    made = draft(form, figures(form, name), answers=words(form, name))
    change(made)
    return bytes(made.xlsx())


def slipped(form: Form, name: str) -> Agency:
    """A figure stands one cell too far right: what shows are two sums of cells that are right."""
    table = wide(form).key
    typed = {f"{table}.new_received": 5, f"{table}.granted_in_full": 2, f"{table}.granted_in_part": 3}
    truth = dict(zeros(form)) | {f"{row}.natural_person": value for row, value in typed.items()}
    truth |= {f"{row}.total": value for row, value in typed.items()}
    truth |= {f"{table}.outcomes_total.{column}": 5 for column in ("natural_person", "total")}
    left, right = (f"{table}.granted_in_part.{column}" for column in ("natural_person", "enterprise"))
    sent = book(form, name, {**inputs_only(form, truth), left: 0, right: 3})
    return Agency(truth, (sent,), (left, right))


def lowered(form: Form, name: str, *, spoil: bool = False) -> Agency:
    table = wide(form)

    def change(made: Any) -> None:  # noqa: ANN401
        cells = made.sheets[table.sheet]
        spots = [form.positions[cell.key][1:] for cell in form.cells_of(table.key)]
        values = {spot: cells.pop(spot) for spot in spots}
        cells |= {(row + 1, column): value for (row, column), value in values.items()}
        if spoil:
            row, column = max(spots)
            cells[row, column] += 5

    return Agency(figures(form, name), (raw(form, name, change),), inputs_of(form, table) if spoil else ())


def without(form: Form, name: str) -> Agency:
    table = form.tables[-1]
    sent = raw(form, name, lambda made: made.sheets.pop(table.sheet))
    return Agency(figures(form, name), (sent,), inputs_of(form, table))


def doubled(form: Form, name: str) -> Agency:
    table = wide(form)
    key = inputs_of(form, table)[0]

    def change(made: Any) -> None:  # noqa: ANN401
        copy = dict(made.sheets[table.sheet])
        copy[form.positions[key][1:]] += 1
        made.sheets["副本"] = copy

    return Agency(figures(form, name), (raw(form, name, change),))


def old(form: Form, name: str) -> Agency:
    """The 2019 form: its section 二 is another one; what stands in the other tables goes over."""
    table = next(table for table in form.tables if len(table.blocks) > 1)

    def change(made: Any) -> None:  # noqa: ANN401
        heads = ("信息内容", "本年新制作数量", "上一年项目数量", "本年增/减", "采购总金额")
        made.sheets[table.sheet] = {(0, column): text for column, text in enumerate(heads)}

    return Agency(figures(form, name), (raw(form, name, change),), inputs_of(form, table))


def inserted(form: Form, name: str) -> Agency:
    """A row of its own with a figure, and a placeholder below it: addresses differ from the template's."""
    table = wide(form)
    cells = inputs_of(form, table)
    top, below = form.positions[cells[0]][1], cells[-1]

    def change(made: Any) -> None:  # noqa: ANN401
        made.put(form.positions[below], "/")
        made.shift(table.sheet, lambda row, column: (row + (row > top), column))
        made.sheets[table.sheet][top + 1, form.positions[cells[0]][2]] = 7.0

    return Agency(figures(form, name), (raw(form, name, change),), (below,))


@pytest.fixture(scope="module")
def agencies(form: Form) -> dict[str, Agency]:
    total = f"{wide(form).key}.new_received.total"
    typed = {total: figures(form, "手总局")[total] + 4}
    good = book(form, "有前局", {inputs_of(form, wide(form))[-1]: "/"})
    return {
        "错格局": slipped(form, "错格局"),
        "手总局": Agency(figures(form, "手总局"), (book(form, "手总局", typed),)),
        "低粘局": lowered(form, "低粘局"),
        "低乱局": lowered(form, "低乱局", spoil=True),
        "删表局": without(form, "删表局"),
        "双表局": doubled(form, "双表局"),
        "旧表局": old(form, "旧表局"),
        "加行局": inserted(form, "加行局"),
        "压缩局": Agency(figures(form, "压缩局"), (b"Rar!\x1a\x07\x01\x00 first",), None),
        "有前局": Agency(figures(form, "有前局"), (good, b"Rar!\x1a\x07\x01\x00 second"), None),
    }


def district(
    folder: Path, agencies: Mapping[str, Agency], answers: Mapping[str, bytes] | None = None
) -> Path:
    files = {
        f"2024-01-{10 + number}/{name}.{'rar' if content.startswith(b'Rar') else 'xlsx'}": content
        for name, agency in agencies.items()
        for number, content in enumerate(agency.sent)
    }
    files |= {f"{SECOND}/{name}.xlsx": content for name, content in (answers or {}).items()}
    made = make_district(folder, agencies, files)
    rows = [f"{number:03},{name},jg{number}@sample.example" for number, name in enumerate(agencies, 1)]
    (made / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    return made


@pytest.fixture(scope="module")
def returned(agencies: dict[str, Agency], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(district(tmp_path_factory.mktemp("returned"), agencies))


@pytest.fixture(scope="module")
def status(returned: Ran) -> str:
    return nianbao("status", returned.folder.parents[1]).stdout


def rows_of(ran: Ran, name: str) -> dict[str, Any]:
    """The record of an agency's last file."""
    found = [item for item in ran.record["submissions"] if item["agency_name"] == name]
    return dict(max(found, key=lambda item: item["version"]))


def marked(ran: Ran, name: str) -> Workbook:
    return openpyxl.load_workbook(ran.folder / rows_of(ran, name)["returned"])


def letter(ran: Ran, name: str) -> str:
    """The body of the newest return letter of an agency."""
    [path] = [
        path
        for path in sorted((ran.folder / "letters").glob(f"*退回修改_{name}*.eml"))
        if f"第 {rows_of(ran, name)['version']} 次" in str(subject(path))
    ]
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return str(message.get_body().get_content())  # type: ignore[union-attr]


def subject(path: Path) -> str:
    return str(email.message_from_bytes(path.read_bytes(), policy=policy.default)["subject"])


def red_cells(form: Form, opened: Workbook) -> set[str]:
    return {
        key for key, place in form.places.items() if opened[place.sheet][place.cell].fill.fgColor.rgb == RED
    }


NAMES = ["错格局", "手总局", "低粘局", "低乱局", "删表局", "双表局", "旧表局", "加行局"]


@pytest.mark.parametrize("name", NAMES)
def test_the_red_cells_are_those_to_be_changed(
    form: Form, agencies: dict[str, Agency], returned: Ran, name: str
) -> None:
    assert red_cells(form, marked(returned, name)) == set(agencies[name].red or ())


@pytest.mark.parametrize("name", NAMES)
def test_letter_and_list_name_the_colours_that_there_are_and_no_other(
    form: Form, returned: Ran, name: str
) -> None:
    opened = marked(returned, name)
    fills = {opened[place.sheet][place.cell].fill.fgColor.rgb for place in form.places.values()}
    for said in (letter(returned, name), str(opened[layout.NOTICES_SHEET]["A2"].value)):
        assert {colour for colour, words in ASKED.items() if words in said} == fills & set(ASKED)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_red_cell_if_there_is_one(form: Form, returned: Ran, name: str) -> None:
    opened = marked(returned, name)
    red = {f"'{form.places[key].sheet}'!{form.places[key].cell}" for key in red_cells(form, opened)}
    links = [
        row[2].hyperlink
        for row in opened[layout.NOTICES_SHEET].iter_rows(min_row=4)
        if row[1].value == "错误"
    ]
    assert not red or all(link and link.location in red for link in links)


def test_who_changes_the_red_cells_and_nothing_else_is_accepted_with_the_right_figures(
    form: Form, agencies: dict[str, Agency], returned: Ran, tmp_path: Path
) -> None:
    answers = {name: obeyed(form, agencies[name].truth, marked(returned, name)) for name in NAMES}
    assert_right(run(district(tmp_path, agencies, answers)), agencies)


SAVED = ["错格局", "手总局", "低乱局", "删表局"]
"""Some figures to change, none, a whole table that is there, and one that was missing."""


@pytest.mark.libreoffice
def test_so_it_is_in_libreoffice(
    form: Form, agencies: dict[str, Agency], returned: Ran, tmp_path: Path
) -> None:
    """Opened and saved there, changed, opened and saved again; the first sheet says that it may be sent."""
    sent = [tmp_path / f"{name}.xlsx" for name in SAVED]
    for path in sent:
        path.write_bytes((returned.folder / rows_of(returned, path.stem)["returned"]).read_bytes())
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in recalculate(sent, tmp_path / "opened"):
        content = obeyed(form, agencies[path.stem].truth, openpyxl.load_workbook(path))
        (changed / path.name).write_bytes(content)
    saved = recalculate([changed / path.name for path in sent], tmp_path / "saved")
    guide = form.sheet_of_kind("guide").name
    for path in saved:
        sheet = openpyxl.load_workbook(path, data_only=True)[guide]
        assert any("自查已通过" in str(row[0].value) for row in sheet.iter_rows()), path.stem
    answers = {path.stem: path.read_bytes() for path in saved}
    assert_right(run(district(tmp_path / "again", agencies, answers)), agencies, SAVED)


def assert_right(ran: Ran, agencies: Mapping[str, Agency], names: Sequence[str] = tuple(NAMES)) -> None:
    assert {name: rows_of(ran, name)["verdict"] for name in names} == dict.fromkeys(names, "accepted")
    text = (ran.folder / "figures.csv").read_text("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        truth = agencies[row["agency"]].truth
        assert {key: float(row[key]) for key in truth} == {key: float(value) for key, value in truth.items()}


def obeyed(form: Form, truth: Mapping[str, Number], opened: Workbook) -> bytes:
    """Put the right figure into every red cell; everything else stays as it came."""
    for key in red_cells(form, opened):
        place = form.places[key]
        opened[place.sheet][place.cell] = truth[key]
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", [*NAMES, "压缩局", "有前局"])
def test_there_is_one_count_of_problems(form: Form, returned: Ran, status: str, name: str) -> None:
    """On screen and in the record, in the letter, on the first sheet and in the list."""
    counts = rows_of(returned, name)["problem_counts"]
    opened, told = marked(returned, name), letter(returned, name)
    listed = [row[1].value for row in opened[layout.NOTICES_SHEET].iter_rows(min_row=4)]
    assert (listed.count("错误"), listed.count("提醒")) == (counts["error"], counts["warning"])
    assert f"有 {counts['error']} 项错误" in told
    assert len(re.findall(r"^\d+\. ", re.split("【必须.*?】", told, maxsplit=1)[-1], re.MULTILINE)) == sum(
        counts.values()
    )
    panel = [str(row[0].value) for row in opened[form.sheet_of_kind("guide").name].iter_rows(max_row=7)]
    said = [re.findall(r"(\d+) 项错误", text) for text in panel if "项错误" in text]
    assert said
    assert all(found == [str(counts["error"])] for found in said)
    line = next(line for line in returned.out.splitlines() if f"退回　{name}" in line)
    assert line.endswith(f"{counts['error']} 项错误")
    standing = next(line for line in status.splitlines() if line.startswith(name))
    assert [part for part in standing.split() if part.isdigit()][1:] == [
        str(count) for count in counts.values() if count
    ], "第 n 次, then the counts"


def test_a_file_that_cannot_be_read_is_answered_with_what_can(
    form: Form, agencies: dict[str, Agency], returned: Ran
) -> None:
    key = inputs_of(form, wide(form))[0]
    place = form.places[key]
    blank, earlier = (marked(returned, name) for name in ("压缩局", "有前局"))
    assert blank[place.sheet][place.cell].value is None
    assert earlier[place.sheet][place.cell].value == agencies["有前局"].truth[key]
    assert not red_cells(form, blank)
    assert "空白的填报模板" in letter(returned, "压缩局")
    assert "第 1 次报送的内容" in letter(returned, "有前局")
    assert ".zip" in letter(returned, "有前局")


def test_letter_and_workbook_name_only_cells_that_the_attached_file_has(
    form: Form, agencies: dict[str, Agency], returned: Ran
) -> None:
    """In the file that came the placeholder stands a row lower; that row is another item's in the file that goes back."""
    [key] = agencies["加行局"].red or ()
    place = form.places[key]
    wrong = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), place.cell)
    told = letter(returned, "加行局")
    assert str(place) in told
    assert f"{place.sheet} {wrong}" not in told
    [warning] = [line for line in told.splitlines() if "没有计入" in line]
    assert warning.startswith(f"1. {place.sheet}："), "no cell of the attached file is meant"
    assert rows_of(returned, "加行局")["findings"][0]["cell"] == wrong, (
        "the record speaks of the file that came"
    )


def test_the_nil_return_is_offered_only_where_no_figures_came(returned: Ran) -> None:
    """One choice would report zeros for figures that were sent but could not be placed."""
    assert "本表全为零" in letter(returned, "删表局")
    assert "本表全为零" not in letter(returned, "低乱局")


def test_where_two_copies_differ_both_figures_are_said(
    form: Form, agencies: dict[str, Agency], returned: Ran
) -> None:
    key = inputs_of(form, wide(form))[0]
    assert f"{form.places[key].cell} 是 {agencies['双表局'].truth[key] + 1}" in letter(returned, "双表局")
