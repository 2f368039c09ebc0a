"""Forms of a district's own: found before the shipped ones, used the whole way, checked and looked at by command."""

from __future__ import annotations

import csv
import random
import re
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from pipeline.district.adjusting import form_of
from pipeline.district.folder import LAYOUT_NAME, LAYOUTS_NAME, load_district
from pipeline.forms.coherence import ROLES, SHEET_KINDS
from pipeline.forms.extending import NAMES
from pipeline.forms.faults import faults_of
from pipeline.forms.form import Form
from pipeline.forms.library import FORMS_NAME, in_file, own_mark
from pipeline.forms.loader import form_ids, load_file, load_form, load_reference
from pipeline.forms.relations import RELATIONS
from pipeline.forms.rules import BASICS
from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.forms.values.registry import KINDS
from pipeline.model import ConfigError, Number
from pipeline.publishing.files import safe_name
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.word.word_layout import build_layout
from pipeline.wording.catalogue import CATALOGUE
from tests.forms.trial import use
from tests.support.fills import approved, consistent_numbers
from tests.support.folders import filled, inputs_only, make_district, nianbao, run
from tests.support.submissions import plain_texts

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "local-form"
INDICATORS = EXAMPLE.parent / "work-indicators"
HEAD = 'id = "{id}"\nextends = "{base}"\n'


def written(folder: Path, form_id: str, base: str, text: str = "") -> Path:
    path = folder / FORMS_NAME / f"{form_id}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD.format(id=form_id, base=base) + text, "utf-8")
    return path


def test_a_form_of_its_own_is_found_before_a_shipped_one_and_extends_it(tmp_path: Path) -> None:
    written(tmp_path, "annual_report_2021", "annual_report_2021", 'title = "本区的报告"\n')
    written(tmp_path, "second", "annual_report_2021")
    assert load_form("annual_report_2021", tmp_path).title == "本区的报告"
    assert load_form("second", tmp_path).title == "本区的报告"
    assert load_form("annual_report_2021").title != "本区的报告"
    assert {"second", "annual_report_2019"} <= set(form_ids(tmp_path))


def test_forms_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "one", "two")
    written(tmp_path, "two", "one")
    with pytest.raises(ConfigError, match="绕回了自己"):
        load_form("one", tmp_path)


def test_a_form_is_called_like_its_file(tmp_path: Path) -> None:
    written(tmp_path, "one", "annual_report_2021").rename(tmp_path / FORMS_NAME / "two.toml")
    with pytest.raises(ConfigError, match='写成 id = "two"'):
        load_form("two", tmp_path)


def test_a_form_that_changed_is_another_and_one_that_did_not_is_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, "one", "annual_report_2021")
    first, mark = load_form("one", tmp_path), own_mark("one", tmp_path)
    assert load_form("one", tmp_path) is first
    assert load_reference(first.reference).cells == first.cells
    path.write_text(path.read_text("utf-8") + 'title = "改过的报告"\n', "utf-8")
    assert load_form("one", tmp_path).title == "改过的报告"
    assert own_mark("one", tmp_path) != mark
    assert (own_mark("annual_report_2021", tmp_path), len(mark)) == ("", 8)


@pytest.mark.parametrize("example", [EXAMPLE, INDICATORS], ids=lambda path: path.name)
def test_an_example_is_used_whole(example: Path) -> None:
    form = form_of(load_district(example))
    assert form.reference == str((example / FORMS_NAME / f"{form.id}.toml").absolute())
    use(form)


ON_CHANNELS = {"on_website": 120, "on_wechat": 30, "explained": 5, "conferences": 2}
SAID = (
    "全年通过政府网站主动公开信息{0}条，通过微信公众号主动公开信息{1}条。发布政策解读材料{2}篇，召开新闻发布会{3}场。"
    "全年主动公开信息{4}条。"
)


def with_indicators(form: Form, said: tuple[int, ...]) -> dict[str, Number | str]:
    """A nil return but for the indicators, and what its text says of them."""
    numbers: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    numbers |= {f"indicators.{key}.this_year": value for key, value in ON_CHANNELS.items()}
    return {**numbers, **plain_texts(form), **approved(form), "overview.platform": SAID.format(*said)}


def test_indicators_are_summed_for_the_district_and_compared_with_the_sentences(tmp_path: Path) -> None:
    folder = tmp_path / "区"
    shutil.copytree(INDICATORS, folder)
    district = load_district(folder)
    form = form_of(district)
    for agency, said in zip(district.agencies, ((120, 30, 5, 2, 150), (121, 31, 6, 3, 151)), strict=True):
        stamp = Stamp(agency_code=agency.code, agency=agency.name, year=2023, district=district.name)
        content = build_workbook(form, stamp, values=with_indicators(form, said))
        (folder / "inbox" / f"{agency.code}.xlsx").write_bytes(content)
    ran = run(folder)
    told = {
        item["file"]: {one["actual"] for one in item["findings"] if one["code"] == "N04"}
        for item in ran.record["submissions"]
    }
    assert told == {"001.xlsx": set(), "002.xlsx": {"121", "31", "6", "3", "151"}}, ran.err
    report = "".join(
        paragraph.text
        for paragraph in docx.Document(str(ran.folder / ran.record["files"]["district_report"])).paragraphs
    )
    assert "主动公开信息300条，其中政府网站240条，政务公众号60条，政务微博0条" in report
    assert "发布政策解读材料10篇，举办新闻发布会4场" in report


def test_a_run_of_a_form_of_its_own_from_template_to_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "区"
    shutil.copytree(EXAMPLE, folder)
    made = nianbao("template", folder, "--now", "2024-01-05T08:00:00")
    assert made.returncode == 0, made.stderr
    form = form_of(load_district(folder))
    for number, template in enumerate(sorted((folder / "output" / "2023" / "templates").glob("*.xlsx"))):
        book = openpyxl.load_workbook(template)
        numbers = inputs_only(form, consistent_numbers(form, random.Random(number)))
        numbers |= {"service_points.points.here": number, "service_points.visits.here": 7}
        for key, value in (*numbers.items(), *plain_texts(form).items()):
            sheet, row, column = form.positions[key]
            book[sheet].cell(row + 1, column + 1, value)
        book.save(folder / "inbox" / template.name)
    ran = run(folder)
    assert ran.record["form"] == form.id
    found = {item["agency"]: item for item in ran.record["submissions"]}
    assert not [item for one in found.values() for item in one["findings"] if item["severity"] == "error"], (
        ran.err
    )
    assert "L1" in {item["code"] for item in found["001"]["findings"]}
    assert "L1" not in {item["code"] for item in found["002"]["findings"]}
    with (ran.folder / "figures.csv").open(encoding="utf-8-sig") as file:
        rows = {row["agency_code"]: row for row in csv.DictReader(file)}
    assert rows["002"]["service_points.visits.here"] == "7"
    assert any(
        "附、公开专区" in sheet.title
        for path in ran.folder.glob("*汇总表.xlsx")
        for sheet in openpyxl.load_workbook(path)
    )
    again = run(folder)
    assert "没有新的报送" in again.out
    own = folder / FORMS_NAME / "local_report.toml"
    own.write_text(own.read_text("utf-8").replace('severity = "warning"', 'severity = "error"'), "utf-8")
    judged_anew = run(folder)
    assert judged_anew.verdicts()[found["001"]["file"]] == "returned"


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "one",
        "annual_report_2021",
        'edition = 7\n[[sheet]]\nname = "自查/核对"\nkind = "guide"\ntitle = "x"\n'
        '[[rule]]\nid = "T3-01"\nseverity = 7\n[[text]]\nkey = "x"\n[[entry]]\nkey = "info.phone"\nrole = "clerk"\n',
    )
    said = [str(fault) for fault in faults_of(in_file(path))]
    lines = [fault.line for fault in faults_of(in_file(path))]
    assert lines == sorted(lines, key=lambda line: line or 0)
    assert {3, 5, 6, 10, 11, 15} <= set(lines), said
    done = nianbao("form", "check", path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == said


@pytest.mark.parametrize("text", ["", "\n", "# 还没有写\n"])
def test_a_form_in_which_nothing_is_written_is_said_to_be_empty(text: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text(text, "utf-8")
    [fault] = faults_of(in_file(path))
    assert (fault.line, "什么也没有写" in str(fault)) == (1, True)
    with pytest.raises(ConfigError, match="第 1 行"):
        load_file(path)


def test_what_cannot_be_meant_is_told_by_the_check(tmp_path: Path) -> None:
    column = '[[register]]\nkey = "applications"\n[[register.column]]\nkey = "number"\nlabel = "{}"\n'
    row_rule = (
        '[[register]]\nkey = "applications"\n[[register.rule]]\nid = "X1"\nseverity = "error"\ntitle = "日期"\n'
        'relation = "order"\ncolumn = "answered"\nremedy = "核对"\nsource = "无"\n'
    )
    cases = {
        "star": ("request_register", column.format("登记编号 *"), "“*”"),
        "lines": ("request_register", column.format("登记\\n编号"), "换行"),
        "unknown": ("annual_report_2021", '[[basic]]\nid = "F77"\nseverity = "error"\ntitle = "无"\nsource = "无"\n', "F77"),
        "order": ("request_register", row_rule, "用 other 写明"),
        "carried": ("annual_report_2021", '[[carried]]\nid = "applications"\nform = "nope"\n', "nope"),
        "unprinted": ("annual_report_2021", '[[text]]\nkey = "x"\nlabel = "甲"\nsheet = "一、总体情况"\nprompt = ""\nrequired = true\n', "印不出来"),
    }  # fmt: skip
    for name, (base, text, word) in cases.items():
        path = written(tmp_path, name, base, text)
        said = [str(fault) for fault in faults_of(in_file(path))]
        assert len(said) == 1, said
        assert word in said[0]
    shutil.copy(written(tmp_path, "one", "annual_report_2021"), tmp_path / "two.toml")
    [fault] = faults_of(in_file(tmp_path / "two.toml"))
    assert (fault.line, "one.toml" in str(fault)) == (1, True)
    written(tmp_path, "nope", "request_register")
    assert faults_of(in_file(tmp_path / FORMS_NAME / "carried.toml")) == []


def test_a_long_subject_of_a_rule_is_spelled_in_pieces_that_a_spreadsheet_takes(tmp_path: Path) -> None:
    subject = "题" * 250 + '"引"' + "题" * 50
    written(
        tmp_path, "long_subject", "annual_report_2021", f"[[rule]]\nid = 'T3-06'\nsubject = '{subject}'\n"
    )
    book = openpyxl.load_workbook(BytesIO(build_workbook(load_form("long_subject", tmp_path))))
    [formula] = [
        str(cell.value)
        for row in book["自查"].iter_rows()
        for cell in row
        if "题题" in str(cell.value) and str(cell.value).startswith("=HYPERLINK")
    ]
    texts = [text.replace('""', '"') for text in re.findall(r'"((?:[^"]|"")*)"', formula)]
    assert "".join(texts[1:]) == subject
    assert max(map(len, texts)) <= 255


def test_every_basic_rule_that_is_found_out_can_be_asked_for() -> None:
    asked = re.compile(r"[FCVR]\d\d")
    assert {code for code, _ in CATALOGUE if asked.fullmatch(code)} == set(BASICS)


def test_a_form_is_checked_and_looked_at_by_command(tmp_path: Path) -> None:
    path = EXAMPLE / FORMS_NAME / "local_report.toml"
    checked = nianbao("form", "check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "4 张表，202 个数，10 段文字，8 项基本信息" in checked.stdout
    register = written(tmp_path, "own_register", "request_register")
    assert "2 张表，190 个数，1 张登记表，13 列" in nianbao("form", "check", register).stdout
    seen = nianbao("form", "preview", path, "--output", tmp_path / "样张")
    assert seen.returncode == 0, seen.stderr
    assert sorted(file.suffix for file in (tmp_path / "样张").iterdir()) == [
        ".docx",
        ".docx",
        ".html",
        ".xlsx",
    ]
    assert nianbao("form", "look", path).returncode == 2
    assert nianbao("form", "check", tmp_path / "none.toml").returncode == 2


def test_a_district_is_begun_with_another_form_and_its_files_checked(tmp_path: Path) -> None:
    folder = tmp_path / "旧区"
    done = nianbao("init", folder, "--form", "annual_report_2019")
    assert done.returncode == 0, done.stderr
    district = load_district(folder)
    assert district.form == "annual_report_2019"
    form = form_of(district)
    [blank] = (folder / "input_templates").glob("*.xlsx")
    checked = nianbao("check", blank, "--form", "annual_report_2019", "--json")
    assert checked.returncode == 1
    assert "F04" not in checked.stdout
    assert len(form.cells) == 198
    assert nianbao("init", tmp_path / "没有", "--form", "no_such_form").returncode == 2


def test_a_district_is_begun_with_a_form_in_a_file_and_what_it_extends(tmp_path: Path) -> None:
    path = written(tmp_path, "second", "first", 'edition = "2"\n')
    base = written(tmp_path, "first", "annual_report_2021", 'title = "本区的报告"\n')
    written(tmp_path, "third", "first")
    folder = tmp_path / "新区"
    done = nianbao("init", folder, "--form", path)
    assert done.returncode == 0, done.stderr
    district = load_district(folder)
    assert (district.form, form_of(district).title) == ("second", "本区的报告")
    there = {file.name: file.read_bytes() for file in (folder / FORMS_NAME).iterdir()}
    assert there == {file.name: file.read_bytes() for file in (path, base)}

    beside = shutil.copytree(tmp_path / FORMS_NAME, tmp_path / "另一区" / FORMS_NAME)
    assert nianbao("init", beside.parent, "--form", beside / path.name).returncode == 0
    other = path.with_name("renamed.toml")
    path.rename(other)
    done = nianbao("init", tmp_path / "改名", "--form", other)
    assert (done.returncode, "second.toml" in done.stderr) == (2, True)
    assert nianbao("init", tmp_path / "没有", "--form", path).returncode == 2


def test_what_the_page_says_of_rules_is_what_the_example_says() -> None:
    page = (EXAMPLE.parent.parent / "docs" / "forms.zh-CN.md").read_text("utf-8")
    rule = page.split("## 规则")[1].split("```toml\n")[1].split("```")[0]
    plain = "\n".join(line.split("  #")[0].rstrip() for line in rule.splitlines())
    assert plain in (EXAMPLE / FORMS_NAME / "local_report.toml").read_text("utf-8")


def test_the_page_names_every_kind_and_relation() -> None:
    page = (EXAMPLE.parent.parent / "docs" / "forms.zh-CN.md").read_text("utf-8")
    for word in (*NUMBER_KINDS, *RELATIONS, *SHEET_KINDS, *KINDS, *ROLES, *form_ids()):
        assert word in page, word
    for kind in NAMES:
        assert f"[[{kind}]]" in page or f"`{kind}`" in page, kind


def test_the_changes_to_rows_on_the_page_can_be_made(tmp_path: Path) -> None:
    page = (EXAMPLE.parent.parent / "docs" / "forms.zh-CN.md").read_text("utf-8")
    example = page.split("表里的行和列可以单独改")[1].split("```toml\n")[1].split("```")[0]
    silent = '[[narrative]]\nid = "N04"\nclaim = [{ key = "unpaid", equals = [] }]\n'
    assert not faults_of(in_file(written(tmp_path, "one", "annual_report_2021", example + silent)))


def test_files_of_a_form_with_a_long_title_and_odd_characters_have_names_that_tell_the_agency(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "临平区"
    folder.mkdir()
    title = '关于<全区>各单位"统计"情况' + "的" * 60
    path = written(folder, "long_title", "annual_report_2021", f"title = '{title}'\n")
    assert nianbao("form", "preview", path).returncode == 0
    assert nianbao("init", folder, "--form", "long_title").returncode == 0
    assert nianbao("template", folder, "--now", "2024-01-05T08:00:00").returncode == 0
    files = [file.name for file in folder.rglob("*") if file.suffix in {".xlsx", ".docx", ".html"}]
    assert len(files) >= 8
    assert [name for name in files if safe_name(Path(name).stem) != Path(name).stem] == []
    [template] = [name for name in files if name.startswith("002_")]
    assert re.fullmatch("002_临平区财政局_202.年关于_全区_各单位_统计_情况的+填报模板.xlsx", template)


def test_a_layout_that_nobody_changed_follows_the_form_and_one_that_was_changed_is_named(
    tmp_path: Path,
) -> None:
    agency = "临平区某局"
    folder = make_district(tmp_path / "临平区", [agency], {"1.xlsx": filled(load_form(), agency)})
    (folder / LAYOUTS_NAME).mkdir()
    own = folder / LAYOUTS_NAME / LAYOUT_NAME
    own.write_bytes(build_layout(load_form()))
    text = (EXAMPLE / FORMS_NAME / "local_report.toml").read_text("utf-8").split("\n# ---", 1)[1]
    written(folder, "annual_report_2021", "annual_report_2021", f'edition = "1"\n# ---{text}')
    form = load_form("annual_report_2021", folder)
    (folder / "inbox" / "1.xlsx").write_bytes(filled(form, agency))
    ran = run(folder)
    assert (ran.folder / "reports" / f"{agency}.docx").is_file(), ran.err
    printed = docx.Document(str(ran.folder / "reports" / f"{agency}.docx"))
    assert any("全年接待群众" in cell.text for table in printed.tables for cell in table.column_cells(0))

    restyled = docx.Document(str(own))
    restyled.core_properties.modified = datetime(2024, 1, 3, tzinfo=UTC)
    restyled.save(str(own))
    ran = run(folder)
    assert ran.code == 2
    assert all(word in ran.err for word in (str(own), "service_points", "移走"))

    own.unlink()
    assert run(folder).code in {0, 1}
