"""待办.xlsx: filled in, saved by LibreOffice, carried out by the next run; what cannot be comes back with the reason."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.coordinating.deciding import Wanted, decide
from pipeline.coordinating.todo import (
    ACCEPT,
    DISMISS,
    EXTEND,
    FILE,
    PLEA,
    REFUSE,
    RETURN,
    SIGN,
    WAIVE,
    carry_out,
    key_of,
)
from pipeline.coordinating.todo_filled import read_filled
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.intake.guard import ole
from pipeline.ledger import decisions, events, judged_files, open_copy
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, ConfigError, DecisionKind
from pipeline.publishing.todo_book import (
    CHOICE,
    DONE,
    OPEN,
    OPEN_HEADS,
    OTHER,
    REVOKE,
    REVOKE_REASON,
    TODAY,
    TODO_NAME,
    Question,
    Todo,
    build_todo_book,
)
from pipeline.run import batch
from tests.support.folders import filled, make_district, nianbao
from tests.support.killing import kill_at, steps_of
from tests.support.libreoffice import convert, recalculate
from tests.support.mails import mail

PEOPLE = '[people]\ncoordinator = "王主任"\n'
HELD = "丁局.xlsx"
_FIRST = 4


def arrived(folder: Path, day: int = 24) -> Path:
    run_on(folder, day)
    return folder / "output" / "2023" / TODO_NAME


def run_on(folder: Path, day: int) -> batch.Outcome:
    now = datetime(2024, 1, day, 20, tzinfo=CHINA)
    return batch.run(
        load_district(folder), folder / "output", now=now, work=Workforce(), progress=lambda *_: None
    )


def column(name: str) -> int:
    return OPEN_HEADS.index(name) + 1


def fill(path: Path, texts: Mapping[str, str], row: int = _FIRST) -> None:
    book = load_workbook(path)
    for name, text in texts.items():
        book[OPEN].cell(row, column(name)).value = text
    book.save(path)


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value)


@pytest.fixture
def folder(tmp_path: Path, form: Form) -> Path:
    files = {HELD: filled(form, "丁局")}
    return make_district(tmp_path / "区", ["甲局", "乙局"], files, extra=PEOPLE)


def test_it_says_whom_to_call_and_offers_only_what_applies(folder: Path) -> None:
    path = arrived(folder)
    book = load_workbook(path)
    assert book.sheetnames == [OPEN, TODAY, OTHER, DONE]
    assert "甲局" in texts(book[TODAY])
    [rule] = book[OPEN].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == (f'"{ACCEPT},{DISMISS}"', "F4")
    before = path.stat().st_mtime_ns
    arrived(folder)
    assert path.stat().st_mtime_ns == before, "nothing new, nothing written"


def test_a_file_without_a_report_can_only_be_no_submission(tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", ["甲局"], {"说明.txt": "请查收附件。".encode()}, extra=PEOPLE)
    path = arrived(folder)
    book = load_workbook(path)
    assert "说明.txt" in texts(book[OPEN])
    [rule] = book[OPEN].data_validations.dataValidation
    assert rule.formula1 == f'"{DISMISS}"'
    wanted = Wanted(
        DecisionKind.ACCEPT, ("说明.txt", "甲局"), "电话核实过", "王主任", datetime(2024, 1, 25, tzinfo=CHINA)
    )
    with pytest.raises(ConfigError, match="没有读出填报的内容"):
        decide(load_district(folder), folder / "output", wanted)


@pytest.mark.parametrize(
    "name",
    ["待办-DESKTOP-7A2B.xlsx", "待办 (张三的冲突副本 2024-01-25).xlsx", "待办（新）-PC.xlsx", "我的.xlsx"],
)
def test_what_is_decided_in_a_copy_is_told_and_not_carried_out(folder: Path, name: str) -> None:
    """A synchronisation keeps one where two computers changed the file; so does whoever saves it under another name."""
    path = arrived(folder)
    copy = path.with_name(name)
    shutil.copy(path, copy)
    quiet = run_on(folder, 25)
    assert not [said for said in quiet.to_decide if name in said], "nothing is written in it"
    fill(copy, {"决定": DISMISS, "理由": "别的区的表"})
    before = copy.read_bytes()
    outcome = run_on(folder, 26)
    [said] = [said for said in outcome.to_decide if name in said]
    assert "1 项决定" in said
    assert name in (path.parent / "index.html").read_text("utf-8")
    with open_copy(folder / "output") as ledger:
        assert decisions.in_force(ledger, 2023) == []
    assert copy.read_bytes() == before
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    outcome = run_on(folder, 27)
    assert not [said for said in outcome.to_decide if name in said], "it is decided now, as the copy says"


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_what_is_decided_in_another_kind_of_workbook_is_told_and_not_carried_out(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    """Whoever saves it in the kind that the office's programs prefer has decided, and the program reads one kind."""
    path = arrived(folder)
    untouched = path.read_bytes()
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    [saved] = convert([path], tmp_path / "saved", kind)
    path.write_bytes(untouched)
    copy = path.with_suffix(f".{kind}")
    shutil.copy(saved, copy)
    path.unlink()
    outcome = run_on(folder, 25)
    [said] = [said for said in outcome.to_decide if copy.name in said]
    assert "1 项决定" in said
    with open_copy(folder / "output") as ledger:
        assert decisions.in_force(ledger, 2023) == []
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    outcome = run_on(folder, 26)
    assert not [said for said in outcome.to_decide if copy.name in said], (
        "it is decided now, as the copy says"
    )


@pytest.mark.parametrize("name", ["待办.ods", "待办.et", "待办（新）.xls", "待办.XLSX"])
def test_another_kind_of_workbook_that_cannot_be_read_is_told(folder: Path, name: str) -> None:
    arrived(folder).with_name(name).write_bytes(b"no workbook")
    [said] = [said for said in run_on(folder, 25).to_decide if name in said]
    assert "没有办" in said


def test_a_workbook_of_the_coordinators_own_is_no_copy(folder: Path) -> None:
    path = arrived(folder)
    book = Workbook()
    book.active.append(["1月30日", "给甲局打电话"])  # type: ignore[union-attr]
    book.save(path.with_name("待办事项.xlsx"))
    for name in ("待办的图.xlsx", "待办事项.ods", ".~lock.待办.ods#", "待办.txt"):
        path.with_name(name).write_bytes(b"no workbook")
    assert not [said for said in run_on(folder, 25).to_decide if "副本" in said]


@pytest.mark.libreoffice
def test_a_choice_saved_by_libreoffice_is_carried_out(folder: Path, tmp_path: Path) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    [saved] = recalculate([path], tmp_path / "saved")
    path.write_bytes(saved.read_bytes())
    arrived(folder, 25)
    with open_copy(folder / "output") as ledger:
        [item] = decisions.in_force(ledger, 2023)
    assert (item.file, item.reason, item.person) == (HELD, "别的区的表", "王主任")
    book = load_workbook(path)
    assert HELD not in texts(book[OPEN])
    assert "别的区的表" in texts(book[DONE])


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"决定": DISMISS}, "还没有写“理由”"),
        ({"理由": "别的区的表"}, "还没有选“决定”"),
        ({"决定": WAIVE, "理由": "同意"}, f"不能“{WAIVE}”"),
    ],
)
def test_what_is_half_filled_is_kept_with_the_reason(folder: Path, written: dict[str, str], why: str) -> None:
    path = arrived(folder)
    fill(path, written)
    for day in (24, 25):
        arrived(folder, day)
        sheet = load_workbook(path)[OPEN]
        assert why in str(sheet.cell(_FIRST, column("上次没有办成的原因")).value)
        for name, text in written.items():
            assert sheet.cell(_FIRST, column(name)).value == text


def test_a_workbook_that_is_open_is_left_alone_and_nothing_is_done_twice(folder: Path) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    mark = path.with_name(f".~lock.{path.name}#")
    mark.write_text("", "utf-8")
    before = path.read_bytes()
    arrived(folder, 25)
    arrived(folder, 26)
    assert path.read_bytes() == before
    with open_copy(folder / "output") as ledger:
        assert len(decisions.in_force(ledger, 2023)) == 1
    mark.unlink()
    arrived(folder, 29)
    assert "别的区的表" in texts(load_workbook(path)[DONE])


def test_beside_a_workbook_that_was_left_open_lies_a_new_one_and_both_are_carried_out(
    folder: Path, form: Form
) -> None:
    path = arrived(folder)
    beside, mark = path.with_name("待办（新）.xlsx"), path.with_name(f".~lock.{path.name}#")
    mark.write_text("", "utf-8")
    choose(path, {"决定": EXTEND, "理由": "机构合并"})
    (folder / "inbox" / "戊局.xlsx").write_bytes(filled(form, "戊局"))
    said = [item for item in run_on(folder, 25).to_decide if beside.name in item]
    assert [mark.name in item for item in said] == [True]
    assert beside.name in (path.parent / "index.html").read_text("utf-8")
    assert (path.parent / "每日情况.txt").read_text("utf-8-sig").count(beside.name) == 1
    assert "戊局.xlsx" in texts(load_workbook(beside)[OPEN])
    assert chosen(beside)[0] == EXTEND, "what was left in the one stands in the other"
    choose(beside, {"补充": "2024-02-06"})
    choose(path, {"决定": "", "理由": ""})
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    run_on(folder, 26)
    mark.unlink()
    assert not any(beside.name in item for item in run_on(folder, 29).to_decide)
    assert not beside.exists()
    done = texts(load_workbook(path)[DONE])
    assert all(word in done for word in ("别的区的表", "延期至 2024-02-06"))


def test_of_a_file_of_nobody_its_sender_is_named_and_every_place_gives_the_same_reason(
    tmp_path: Path, form: Form
) -> None:
    sent = mail([("甲局.xlsx", filled(form, "乙局"))], From="jia@x.example").as_bytes()
    folder = make_district(tmp_path / "区", [], {"1.eml": sent}, extra=PEOPLE)
    (folder / "agencies.csv").write_text(
        "code,name,contact,phone,email\n001,甲局,李芳,0571-1,jia@x.example\n002,乙局,王明,0571-2,yi@x.example\n",
        "utf-8",
    )
    path = arrived(folder)
    row = [str(cell.value) for cell in load_workbook(path)[OPEN][_FIRST]]
    assert row[:3] == ["（无法确认单位，甲局的邮箱发来）", "李芳", "0571-1"]
    said = nianbao("run", folder, "--now", "2024-01-25T20:00:00").stdout
    digest = (path.parent / "每日情况.txt").read_text("utf-8-sig")
    reason = row[column("详情") - 1].splitlines()[1]
    assert all(reason.rstrip("。")[:40] in text for text in (said, digest))
    assert "重新放进来" not in said + digest + str(row)


def test_an_explanation_is_accepted_or_not(folder: Path) -> None:
    path = arrived(folder)
    rows = [
        Question(key_of(PLEA, "001", "T3-04"), "甲局", "", "", "单位作了说明", "T3-04", (WAIVE, REFUSE)),
        Question(key_of(PLEA, "002", "T3-01"), "乙局", "", "", "单位作了说明", "T3-01", (WAIVE, REFUSE)),
        Question(key_of(PLEA, "002", "T3-04"), "乙局", "", "", "单位作了说明", "T3-04", (WAIVE, REFUSE)),
    ]
    path.write_bytes(build_todo_book(Todo("待办", "今天", questions=rows)))
    fill(path, {"决定": WAIVE, "理由": "机构合并", "决定人": "李主任"})
    fill(path, {"决定": WAIVE, "理由": "机构合并"}, _FIRST + 1)
    fill(path, {"决定": REFUSE, "理由": "上年公布的是 0"}, _FIRST + 2)
    now = datetime(2024, 1, 25, tzinfo=CHINA)
    carried = carry_out(load_district(folder), folder / "output", now=now)
    with open_copy(folder / "output") as ledger:
        item, refusal = decisions.in_force(ledger, 2023, now.date())
    assert (item.agency, item.rule, item.reason, item.person) == ("001", "T3-04", "机构合并", "李主任")
    assert (refusal.kind, refusal.agency, refusal.reason) == (DecisionKind.REFUSE, "002", "上年公布的是 0")
    assert carried.done == 2
    assert list(carried.refused) == [key_of(PLEA, "002", "T3-01")]
    assert set(carried.kept) == {key_of(PLEA, "002", "T3-01")}


def test_an_old_workbook_that_is_only_called_so_is_no_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / TODO_NAME
    path.write_bytes(ole.MAGIC)
    with patch.object(ole, "kind_of", return_value="xls"):
        [said] = read_filled(path).lost
    assert said.startswith(
        "内容是 .xls 格式，只把名称改成了 .xlsx，没有读；请用 Excel 或 WPS 打开，另存为 .xlsx"
    )


def test_a_file_that_is_no_workbook_any_more_is_written_anew(folder: Path) -> None:
    path = arrived(folder)
    path.write_bytes(b"PK nothing")
    assert not read_filled(path).decisions
    said, kept = [line for line in run_on(folder, 25).to_decide if line.startswith(TODO_NAME)]
    assert said.startswith("待办.xlsx：已经损坏，或者不是 Excel 工作簿，里面写的决定都没有办"), said
    assert key_of(FILE, HELD) in texts(load_workbook(path)[OPEN])
    assert kept == "待办.xlsx：改过的已另存为“待办（手工修改 01-25）.xlsx”"
    assert path.with_name("待办（手工修改 01-25）.xlsx").read_bytes() == b"PK nothing"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: _write(book[OPEN], _FIRST + 5, ("乙局", "", "", "", "", DISMISS)), "“待决定”第 9 行（乙局，不是报送）没有“编号”"),
        (lambda book: _write(book[OPEN], _FIRST - 1, ("单位", "联系人", "电话", "事项", "详情", "怎么定")), "“待决定”的标题行被改过"),
        (lambda book: setattr(book[OPEN], "title", "Sheet1"), "没有“待决定”这个表"),
        (lambda book: _write(book[OPEN], _FIRST, ("丁局",), 16_384), "右边或下面很远的地方写有内容"),
    ],
    ids=["no number", "heading", "sheet", "far"],
)  # fmt: skip
def test_what_was_written_and_is_not_understood_is_told_and_kept(
    folder: Path, change: Callable[[Workbook], object], said: str
) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    book = load_workbook(path)
    change(book)
    book.save(path)
    before = path.read_bytes()
    outcome = run_on(folder, 25)
    [told] = [line for line in outcome.to_decide if line.startswith(TODO_NAME) and "另存为" not in line]
    assert said in told
    assert path.with_name("待办（手工修改 01-25）.xlsx").read_bytes() == before
    assert not [line for line in run_on(folder, 26).to_decide if line.startswith(TODO_NAME)], "told once"


def _write(sheet: Worksheet, row: int, values: Sequence[str], first: int = 1) -> None:
    for number, value in enumerate(values, first):
        sheet.cell(row, number).value = value


@pytest.mark.parametrize(
    "number",
    ["单位", "单位|001", "单位|001|1|abc", "文件", "报送", "更正", "信", "转交", "转交|x", "决定|x", "说明|001", "？", "单位|001|1|" + "9" * 30],
)  # fmt: skip
def test_a_number_that_was_changed_costs_its_row_alone(folder: Path, number: str) -> None:
    """Whatever stands in it, the run goes on, and says so."""
    path = arrived(folder)
    fill(path, {"决定": RETURN, "理由": "测试", "决定人": "王", "补充": "2024-02-05", "编号": number})
    outcome = run_on(folder, 25)
    assert any(line.startswith(TODO_NAME) for line in outcome.to_decide), outcome.to_decide
    with open_copy(folder / "output") as ledger:
        assert not decisions.in_force(ledger, 2023)


@pytest.mark.parametrize("sheet", [OTHER, DONE])
def test_a_number_that_stands_in_another_row_decides_nothing(tmp_path: Path, form: Form, sheet: str) -> None:
    """The column of the numbers was sorted alone."""
    files = {f"{name}.xlsx": filled(form, name) for name in ("甲局", "乙局")}
    folder = make_district(tmp_path / "区", ["甲局", "乙局"], files, extra=PEOPLE)
    path = arrived(folder)
    book = load_workbook(path)
    for row in (_FIRST, _FIRST + 1):
        _write(book[OTHER], row, (EXTEND, "2024-03-01", "人手不足"), column("决定"))
    book.save(path)
    path = arrived(folder, 25)
    book = load_workbook(path)
    last = book[sheet].max_column
    first, second = (book[sheet].cell(row, last) for row in (_FIRST, _FIRST + 1))
    first.value, second.value = second.value, first.value
    heads = [cell.value for cell in book[sheet][_FIRST - 1]]
    for names, text in (
        ((CHOICE, REVOKE), RETURN if sheet == OTHER else REVOKE),
        (("理由", REVOKE_REASON), "错"),
    ):
        place = heads.index(names[sheet == DONE]) + 1
        book[sheet].cell(_FIRST, place).value = text
    book.save(path)
    told = [line for line in run_on(folder, 26).to_decide if line.startswith(TODO_NAME)]
    assert "的“编号”不是这一行的，没有办" in told[0]
    assert "另存为" in told[1]
    with open_copy(folder / "output") as ledger:
        assert [item.kind for item in decisions.in_force(ledger, 2023)] == [DecisionKind.EXTEND] * 2
    assert not [line for line in run_on(folder, 27).to_decide if line.startswith(TODO_NAME)], "told once"


def test_the_number_of_one_file_with_the_path_of_another_decides_nothing(folder: Path, form: Form) -> None:
    (folder / "inbox" / "戊局.xlsx").write_bytes(filled(form, "戊局"))
    path = arrived(folder)
    with open_copy(folder / "output") as ledger:
        waits = decisions.waiting(ledger, 2023)
    [other] = [number for number, file in waits.items() if file != HELD]
    key = key_of(FILE, HELD, str(other))  # typed: no sign of ours stands behind it
    fill(path, {"决定": ACCEPT, "理由": "电话核实", "补充": "甲局", "编号": key})
    run_on(folder, 25)
    with open_copy(folder / "output") as ledger:
        assert not decisions.in_force(ledger, 2023)
        assert decisions.waiting(ledger, 2023) == waits


def test_what_is_written_beside_the_first_line_of_a_row_is_a_remark(folder: Path) -> None:
    path = arrived(folder)
    book = load_workbook(path)
    place = book[OPEN].cell(_FIRST, column("详情"))
    place.value = f"{place.value}\n已打过电话"
    book.save(path)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    arrived(folder, 25)
    assert "别的区的表" in texts(load_workbook(path)[DONE])


_FAR_ROW = '<row r="1048576">{}</row></sheetData>'


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("sheet1", "</sheetData>", _FAR_ROW.format("<c r='XFD1048576'><v>1</v></c>")),
        ("sheet1", "</sheetData>", _FAR_ROW.format('<c s="1" r="XFD1048576"><v>1</v></c>')),
        ("sheet1", "</sheetData>", _FAR_ROW.format('<c t="n" r="ZZ1048576"><v>1</v></c>')),
        ("sheet1", "</sheetData>", _FAR_ROW.format("<c><v>1</v></c>" * 3000)),
        ("sheet1", "</sheetData>", " " * 40_000_000 + "</sheetData>"),
        ("core", "</cp:coreProperties>", " " * 40_000_000 + "</cp:coreProperties>"),
    ],
    ids=[
        "single quotes",
        "style first",
        "kind first",
        "no references",
        "sheet of blanks",
        "properties of blanks",
    ],
)
def test_what_would_end_the_process_or_fill_its_memory_is_told_and_put_aside(
    folder: Path, part: str, old: str, new: str
) -> None:
    path = arrived(folder)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            is_meant = name.endswith(f"{part}.xml")
            package.writestr(name, content.replace(old.encode(), new.encode()) if is_meant else content)
    told = [line for line in run_on(folder, 25).to_decide if line.startswith(TODO_NAME)]
    assert "没有读" in told[0]
    assert "另存为" in told[1]
    assert load_workbook(path)[OPEN].cell(_FIRST, column("单位")).value


@pytest.mark.parametrize("damaged", ["docProps/core.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml"])
def test_a_damaged_part_is_told_and_put_aside(folder: Path, damaged: str) -> None:
    path = arrived(folder)
    with zipfile.ZipFile(path) as package:
        item = package.getinfo(damaged)
    content = bytearray(path.read_bytes())
    middle = item.header_offset + 30 + len(item.filename) + item.compress_size // 2
    for place in range(middle, middle + 6):
        content[place] ^= 0x5A
    path.write_bytes(content)
    told = [line for line in run_on(folder, 25).to_decide if line.startswith(TODO_NAME)]
    assert "已经损坏" in told[0], told
    assert not [line for line in run_on(folder, 26).to_decide if line.startswith(TODO_NAME)]


def test_of_very_many_rows_that_cannot_be_carried_out_the_first_are_told(folder: Path) -> None:
    path = arrived(folder)
    book = load_workbook(path)
    for number in range(300):
        row = (
            "甲局",
            "",
            "",
            "",
            "",
            ACCEPT,
            "",
            "电话核实",
            "王主任",
            "",
            key_of(FILE, f"{number}.xlsx", str(number + 9)),
        )
        _write(book[OPEN], _FIRST + 5 + number, row)
    book.save(path)
    told = [line for line in run_on(folder, 25).to_decide if line.startswith(TODO_NAME)]
    assert len(told) == 21
    assert told[19] == "待办.xlsx：另有 280 行也没有办"


def test_two_rows_that_contradict_each_other_are_both_left(folder: Path) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    row = [str(cell.value or "") for cell in load_workbook(path)[OPEN][_FIRST]]
    fill(path, dict(zip(OPEN_HEADS, row, strict=True)), _FIRST + 9)
    fill(path, {"决定": ACCEPT, "理由": "电话核实", "补充": "甲局"}, _FIRST + 9)
    run_on(folder, 25)
    assert "同一件事写了两行" in texts(load_workbook(path)[OPEN])
    with open_copy(folder / "output") as ledger:
        assert not decisions.in_force(ledger, 2023)


def test_a_workbook_of_an_earlier_program_is_read_as_well(folder: Path) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    book = load_workbook(path)
    book[OPEN].delete_cols(column("补充"))
    book.save(path)
    arrived(folder, 25)
    assert "别的区的表" in texts(load_workbook(path)[DONE])


def test_a_decision_is_about_what_the_person_saw(folder: Path, form: Form) -> None:
    """The workbook lay open for a night in which another file came to the same place."""
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    arrived(folder, 25)
    (folder / "inbox" / HELD).write_bytes(filled(form, "丁局", 5))
    arrived(folder, 26)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    arrived(folder, 27)
    assert HELD not in texts(load_workbook(path)[OPEN]), (
        "the same reason for another file is another decision"
    )
    with open_copy(folder / "output") as ledger:
        assert len(decisions.in_force(ledger, 2023)) == 2


@pytest.mark.parametrize(
    ("more", "why"), [("", "请在“补充”写明延到哪一天"), ("2024-01-05", "要晚于截止日期")]
)
def test_an_extension_needs_a_day(folder: Path, more: str, why: str) -> None:
    path = arrived(folder)
    book = load_workbook(path)
    for name, text in {"决定": "延期", "理由": "机构改革", "补充": more}.items():
        book[OTHER].cell(_FIRST, column(name)).value = text
    book.save(path)
    arrived(folder, 25)
    said = str(load_workbook(path)[OTHER].cell(_FIRST, column("上次没有办成的原因")).value)
    assert why in said
    assert "nianbao" not in said


@pytest.mark.parametrize(
    ("choice", "reason"), [("延期", "机构改革"), ("延期", ""), ("", "机构改革"), ("退回重报", "请核对")]
)
def test_what_was_not_carried_out_is_kept_when_more_has_come(
    folder: Path, form: Form, choice: str, reason: str
) -> None:
    path = arrived(folder)
    book = load_workbook(path)
    for name, text in {"决定": choice, "理由": reason, "决定人": "李主任"}.items():
        book[OTHER].cell(_FIRST, column(name)).value = text
    book.save(path)
    (folder / "inbox" / "甲局.xlsx").write_bytes(filled(form, "甲局"))
    arrived(folder, 25)
    row = [cell.value for cell in load_workbook(path)[OTHER][_FIRST]]
    why = str(row[column("上次没有办成的原因") - 1])
    assert f"“{choice}”" in why if choice else "还没有选“决定”" in why
    assert (row[column("理由") - 1] or "", row[column("决定人") - 1]) == (reason, "李主任")
    assert not row[column("决定") - 1], "what was chosen of an earlier state is chosen anew"


def choose(path: Path, written: Mapping[str, str], row: int = _FIRST) -> None:
    """Fill in the row of an agency on the sheet of other decisions."""
    book = load_workbook(path)
    for name, text in written.items():
        book[OTHER].cell(row, column(name)).value = text
    book.save(path)


def chosen(path: Path, row: int = _FIRST) -> tuple[str, str]:
    """What stands in the row of an agency: the choice, and why it could not be carried out."""
    found = [str(cell.value or "") for cell in load_workbook(path)[OTHER][row]]
    return found[column("决定") - 1], found[column("上次没有办成的原因") - 1]


def test_what_was_chosen_of_an_agency_stays_while_others_report(folder: Path, form: Form) -> None:
    path = arrived(folder)
    choose(path, {"决定": EXTEND, "补充": "2024-02-05"})
    for day, seed in ((25, 1), (26, 2)):
        (folder / "inbox" / "乙局.xlsx").write_bytes(filled(form, "乙局", seed))
        outcome = run_on(folder, day)
        assert chosen(path) == (EXTEND, "还没有写“理由”。")
        assert any("没有办成（甲局）" in said for said in outcome.to_decide)


def test_a_choice_whose_row_is_gone_is_told_with_the_agency(folder: Path) -> None:
    choose(arrived(folder), {"决定": EXTEND, "补充": "2024-02-05"})
    (folder / "agencies.csv").write_text("code,name\n002,乙局\n", "utf-8")
    assert "待办.xlsx 里选的“延期”（甲局）没有办成：还没有写“理由”" in run_on(folder, 25).to_decide


@pytest.mark.parametrize("choice", [RETURN, "以第1次计入"])
def test_what_the_mail_of_the_same_run_overtakes_is_told_and_holds_no_more(
    tmp_path: Path, form: Form, choice: str
) -> None:
    folder = make_district(tmp_path / "区", ["甲局"], {}, extra=PEOPLE)
    for day in (22, 23)[: 1 if choice == RETURN else 2]:
        (folder / "inbox" / f"甲局{day}.xlsx").write_bytes(filled(form, "甲局", day))
        arrived(folder, day)
    path = folder / "output" / "2023" / TODO_NAME
    choose(path, {"决定": choice, "理由": "请核对收费"})
    (folder / "inbox" / "甲局24.xlsx").write_bytes(filled(form, "甲局", 24))
    outcome = run_on(folder, 24)
    counting = 2 if choice == RETURN else 3
    assert chosen(path)[0] == ""
    assert f"已有第 {counting} 次报送计入，第 1 次没有" in chosen(path)[1]
    assert any("没有办成（甲局）" in said for said in outcome.to_decide)
    assert "第 1 次" not in texts(load_workbook(path)[DONE])
    with open_copy(folder / "output") as ledger:
        assert not decisions.in_force(ledger, 2023)
        assert not any(item.is_sent_back for item in judged_files.filed(ledger, 2023))
    now = datetime(2024, 1, 24, 21, tzinfo=CHINA)
    wanted = Wanted(DecisionKind.RETURN, ("甲局", "1"), "请核对", "王主任", now)
    with pytest.raises(ConfigError, match=f"已有第 {counting} 次报送计入，第 1 次没有退回"):
        decide(load_district(folder), folder / "output", wanted)


def test_what_was_decided_by_command_and_is_overtaken_is_told(tmp_path: Path, form: Form) -> None:
    folder = make_district(tmp_path / "区", ["甲局"], {"甲局.xlsx": filled(form, "甲局")}, extra=PEOPLE)
    arrived(folder, 23)
    now = datetime(2024, 1, 24, 19, tzinfo=CHINA)
    wanted = Wanted(DecisionKind.RETURN, ("甲局",), "请核对", "王主任", now)
    decide(load_district(folder), folder / "output", wanted)
    (folder / "inbox" / "甲局2.xlsx").write_bytes(filled(form, "甲局", 2))
    said = "甲局的决定“退回第 1 次报送”没有办成：已有第 2 次报送计入，第 1 次没有退回"
    assert said in run_on(folder, 24).to_decide
    assert run_on(folder, 25).to_decide == ()


def test_a_run_says_that_something_was_not_carried_out(folder: Path) -> None:
    fill(arrived(folder), {"决定": DISMISS})
    said = [item for item in run_on(folder, 25).to_decide if TODO_NAME in item]
    assert said == [f"待办.xlsx 里有 1 项没有办成（{HELD}），原因写在“上次没有办成的原因”一栏"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a run needs fork")
def test_a_run_killed_while_it_carries_out_decisions_decides_nothing_twice(
    folder: Path, tmp_path: Path
) -> None:
    path = arrived(folder)
    fill(path, {"决定": DISMISS, "理由": "别的区的表"})
    calm = shutil.copytree(folder, tmp_path / "calm")
    steps = steps_of(lambda: arrived(calm, 25), tmp_path / "steps")
    points = [at for at, step in enumerate(steps, 1) if "decision" in step or TODO_NAME in step]
    assert len(points) >= 2
    for number in points:
        place = shutil.copytree(folder, tmp_path / f"killed{number}")
        assert kill_at(number, lambda place=place: arrived(place, 25)), steps[number - 1]  # type: ignore[misc]
        again = arrived(place, 25)
        with open_copy(place / "output") as ledger:
            [item] = decisions.in_force(ledger, 2023)
            acts = [one for one in events.story(ledger, 2023) if one.kind is events.EventKind.DECIDED]
        assert (item.reason, len(acts)) == ("别的区的表", 1), steps[number - 1]
        assert "别的区的表" in texts(load_workbook(again)[DONE])


@pytest.fixture
def complete(tmp_path: Path, form: Form) -> Path:
    """A district all of whose agencies are in, and whose workbook waits to be signed."""
    people = f'{PEOPLE}district_office_email = "sxq@city.example"\n'
    files = {"甲局.xlsx": filled(form, "甲局"), "乙局.xlsx": filled(form, "乙局")}
    return make_district(tmp_path / "区", ["甲局", "乙局"], files, extra=people)


def test_a_sign_off_that_new_figures_undo_in_the_same_run_is_told(complete: Path, form: Form) -> None:
    path = arrived(complete)
    fill(path, {"决定": SIGN, "决定人": "王主任"})
    (complete / "inbox" / "甲局2.xlsx").write_bytes(filled(form, "甲局", 5))
    said = run_on(complete, 25).to_decide
    assert "待办.xlsx 里有 1 项没有办成（报送），原因写在“上次没有办成的原因”一栏" in said
    row = [cell.value for cell in load_workbook(path)[OPEN][_FIRST]]
    assert "“签发”" in str(row[column("上次没有办成的原因") - 1])
    assert not row[column("决定") - 1], "what was chosen of other figures is chosen anew"
    fill(path, {"决定": SIGN, "决定人": "王主任"})
    assert not [item for item in run_on(complete, 26).to_decide if "没有办成" in item]
    assert [
        item for item in (path.parent / "letters").iterdir() if "sxq@city.example" in item.read_text("utf-8")
    ]


def test_a_sign_off_without_a_row_to_tell_it_is_told_on_the_screen(complete: Path) -> None:
    path = arrived(complete)
    fill(path, {"决定": SIGN, "决定人": "王主任"})
    roster = complete / "agencies.csv"
    new = roster.read_text("utf-8").splitlines()[-1].replace("乙局", "丙局").replace("002", "003")
    roster.write_text(f"{roster.read_text('utf-8').rstrip()}\n{new}\n", "utf-8")
    assert [item for item in run_on(complete, 25).to_decide if "“签发”" in item and "没有办成" in item]
