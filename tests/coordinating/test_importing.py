"""Last year's figures: brought in from files, taken from the ledger, and what they are then used for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.coordinating.import_report import ImportAnswers, Taken
from pipeline.coordinating.importing import import_files
from pipeline.district.folder import load_district
from pipeline.forms.form import Form, last_year
from pipeline.ledger import imports, open_copy, open_ledger
from pipeline.model import Number, PastReport
from pipeline.publishing.data.datafiles import figures_csv
from pipeline.publishing.template import Stamp, build_workbook
from tests.support import windows
from tests.support.districts import NOON, agency, assessment, merged
from tests.support.fills import zeros
from tests.support.folders import YEAR, filled, inputs_only, make_district, nianbao, run

NAMES = ("样例区财政局", "样例区教育局")
CARRIED = "requests.carried_forward.research"
CAME: dict[str, Number] = {
    "requests.new_received.research": 9,
    "requests.granted_in_full.research": 2,
    CARRIED: 7,
}


def figures(form: Form) -> bytes:
    """A figures.csv of two agencies with the codes 001 and 002, the first of which carried 7 requests forward."""
    roster = [agency(number, name) for number, name in enumerate(NAMES, 1)]
    numbers: dict[str, Number] = zeros(form) | CAME
    numbers |= {key.replace("research", "total"): value for key, value in CAME.items()}
    numbers |= {"requests.outcomes_total.research": 2, "requests.outcomes_total.total": 2}
    found = [assessment(form, roster[0], numbers=numbers), assessment(form, roster[1], numbers=zeros(form))]
    return figures_csv(form, merged(form, roster, found))


def template(form: Form, name: str, year: int, values: Mapping[str, Number]) -> bytes:
    texts = {text.key: "本单位按规定做好各项工作，没有其他情况。" for text in form.texts}
    filled = {**inputs_only(form, zeros(form) | dict(values)), **texts}
    return build_workbook(form, Stamp(agency=name, year=year), values=filled)


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return make_district(tmp_path / "区", NAMES, {})


def taken(district: Path, files: dict[str, bytes]) -> list[Taken]:
    folder = district.parent / "上年"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    paths = [folder / name for name in files if name != "run.json"]
    return import_files(load_district(district), district / "output", paths, now=NOON)


def test_a_figures_file_is_taken_for_every_agency_of_the_roster(form: Form, district: Path) -> None:
    [item] = taken(district, {"figures.csv": figures(form)})
    assert (item.refusal, item.remarks) == ("", ())
    assert [(report.agency, report.year) for report in item.reports] == [("001", 2022), ("002", 2022)]
    with open_copy(district / "output") as ledger:
        kept = imports.reports_of(ledger, 2022)
    assert kept["001"].numbers[CARRIED] == 7
    assert kept["002"].numbers[CARRIED] == 0
    assert list(kept["001"].numbers) == [cell.key for cell in form.cells]


def test_the_run_beside_a_figures_file_tells_its_year(form: Form, district: Path) -> None:
    [item] = taken(district, {"figures.csv": figures(form), "run.json": b'{"year": 2021}'})
    assert {report.year for report in item.reports} == {2021}
    [item] = taken(district, {"figures.csv": figures(form), "run.json": b'{"year": 2023}'})
    assert not item.reports
    assert "本年度" in item.refusal


def test_this_years_own_figures_are_never_last_years(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", NAMES, {"a.xlsx": template(form, NAMES[0], YEAR, CAME)})
    run(folder)
    again = (folder / "output" / str(YEAR) / "figures.csv").read_bytes()
    [item] = taken(folder, {"上年.csv": again})
    assert "本年度" in item.refusal
    [item] = taken(folder, {"figures.csv": figures(form).replace(b",7,", b",8,")})
    assert item.reports


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"agency_code", b"code", "缺少“单位代码”列"),
        (b",7,", b",-7,", "第 2 行"),
        (b",7,", b",7.5,", "不是合理的数"),
        (b",7,", b",seven,", "seven"),
        (b"002", b"001", "出现了两次"),
        (b"\r\n001", b"\r\n\xff\xfe", "UTF-8"),
    ],
)
def test_nonsense_is_refused_whole_with_a_sentence(
    form: Form, district: Path, old: bytes, new: bytes, said: str
) -> None:
    content = figures(form).replace(old, new, 1)
    if old == b"002":
        content = content.replace(NAMES[1].encode(), NAMES[0].encode())
    [item] = taken(district, {"figures.csv": content})
    assert not item.reports
    assert said in item.refusal
    with open_copy(district / "output") as ledger:
        assert imports.reports_of(ledger, 2022) == {}


def without(content: bytes, key: str, called: str = "") -> bytes:
    """A figures.csv of a form that had no column ``key``, or in which somebody has called it otherwise."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    place = lines[0].index(key)
    for line in lines:
        line[place : place + 1] = [called if line is lines[0] else line[place]] if called else []
    written = io.StringIO(newline="")
    csv.writer(written).writerows(lines)
    return written.getvalue().encode()


def test_figures_of_another_form_are_refused_as_such(form: Form, district: Path) -> None:
    content = "agency_code,agency,other.figure\n001,样例区财政局,7\n".encode()
    [item] = taken(district, {"figures.csv": content})
    assert f"没有“{form.title}”的列" in item.refusal


def test_what_a_figures_file_of_an_earlier_edition_has_not_is_unknown_and_named(
    form: Form, district: Path
) -> None:
    label = form.by_key[CARRIED].short_label
    for called in ("", "结转"):
        [item] = taken(district, {"figures.csv": without(figures(form), CARRIED, called)})
        assert not item.refusal
        assert f"没有现行表样的 1 列（{label}）" in item.remarks[0]
        assert ("“结转”" in item.remarks[0]) == bool(called)
        report = item.reports[0]
        assert report.numbers[CARRIED] is None
        assert list(report.numbers) == [cell.key for cell in form.cells]
        assert {key: value for key, value in report.numbers.items() if key in CAME and key != CARRIED} == {
            key: value for key, value in CAME.items() if key != CARRIED
        }


def test_this_years_own_figures_of_an_earlier_edition_are_never_last_years(
    form: Form, tmp_path: Path
) -> None:
    folder = make_district(tmp_path / "区", NAMES, {"a.xlsx": template(form, NAMES[0], YEAR, CAME)})
    run(folder)
    again = (folder / "output" / str(YEAR) / "figures.csv").read_bytes()
    [item] = taken(folder, {"上年.csv": without(again, CARRIED)})
    assert "本年度" in item.refusal


def test_what_a_run_laid_out_for_the_portal_is_taken_or_told_what_to_give_instead(
    form: Form, tmp_path: Path
) -> None:
    """The figures of one agency are known by the file's name; nobody is shown a name for programs."""
    folder = make_district(tmp_path / "区", NAMES, {"a.xlsx": filled(form, NAMES[0])})
    assert run(folder).record["counts"]["accepted"] == 1
    site = folder / "output" / str(YEAR) / "site"
    [book], [lines] = (list(site.rglob(f"{NAMES[0]}.{suffix}")) for suffix in ("xlsx", "csv"))
    paths = [book, lines, site / "index.html"]
    next_year = make_district(tmp_path / "次年", NAMES, {})
    settings = next_year / "district.toml"
    settings.write_text(
        settings.read_text("utf-8").replace(str(YEAR), str(YEAR + 1)).replace("2024-01", "2025-01"), "utf-8"
    )
    said = ImportAnswers(year=YEAR)
    items = import_files(load_district(next_year), next_year / "output", paths, now=NOON, said=said)
    [report] = items[0].reports
    assert (report.agency, report.year) == ("001", YEAR)
    with open_copy(folder / "output") as ledger:
        assert report.numbers == imports.reports_of(ledger, YEAR)["001"].numbers
    assert "按文件名认定" in items[0].remarks[0]
    for item in items[1:]:
        assert not item.reports
        assert "请用" in item.refusal
        assert "agency" not in item.refusal
    assert "不是电子表格" not in items[2].refusal


def test_agencies_of_another_district_are_named_and_left_out(form: Form, district: Path) -> None:
    content = figures(form).replace(b"002", b"077").replace(NAMES[1].encode(), "邻区教育局".encode())
    [item] = taken(district, {"figures.csv": content})
    assert [report.agency for report in item.reports] == ["001"]
    assert "邻区教育局" in item.remarks[0]


def test_a_filled_template_is_taken_for_the_year_it_states(form: Form, district: Path) -> None:
    good, current = (template(form, NAMES[0], year, CAME) for year in (2022, 2023))
    stranger = template(form, "邻区教育局", 2022, CAME)
    items = taken(
        district, {"上年.xlsx": good, "今年.xlsx": current, "邻区.xlsx": stranger, "坏.xlsx": b"PK"}
    )
    assert [(item.file, len(item.reports)) for item in items] == [
        *(("上年.xlsx", 1), ("今年.xlsx", 0), ("邻区.xlsx", 0), ("坏.xlsx", 0))
    ]
    assert "inbox" in items[1].refusal
    assert "邻区教育局" in items[2].refusal
    assert items[3].refusal
    [report] = items[0].reports
    assert (report.agency, report.numbers[CARRIED.replace("research", "total")]) == ("001", 7)
    assert report.texts["problems"]


def test_figures_that_do_not_add_up_are_taken_as_published_and_said(form: Form, district: Path) -> None:
    [item] = taken(district, {"a.xlsx": template(form, NAMES[0], 2022, {CARRIED: 7})})
    assert item.reports
    assert "仍按原数采用" in item.remarks[0]


def test_the_last_import_counts(form: Form, district: Path) -> None:
    taken(district, {"figures.csv": figures(form)})
    taken(district, {"a.xlsx": template(form, NAMES[0], 2022, CAME | {CARRIED: 6})})
    with open_copy(district / "output") as ledger:
        kept = imports.reports_of(ledger, 2022)
    assert (kept["001"].numbers[CARRIED], kept["002"].numbers[CARRIED]) == (6, 0)


def test_imported_figures_are_compared_with_and_stand_in_the_templates(form: Form, tmp_path: Path) -> None:
    """The whole way: import, template, a report that forgets what was carried over, and its return."""
    report = template(form, NAMES[0], YEAR, {})
    folder = make_district(tmp_path / "区", NAMES, {"a.xlsx": report})
    (tmp_path / "figures.csv").write_bytes(figures(form))
    assert run(folder).codes("a.xlsx").count("T3-04") == 0
    done = nianbao("import", folder, tmp_path / "figures.csv", "--now", "2024-01-10T08:00:00")
    assert (done.returncode, "2 家单位 2022 年度" in done.stdout) == (0, True)
    ran = run(folder)
    assert ran.codes("a.xlsx").count("T3-04") == 1
    assert ran.verdicts()["a.xlsx"] == "returned"
    returned = ran.folder / "returned" / f"{NAMES[0]}_第1次.xlsx"
    assert past_figure(form, returned.read_bytes()) == 7
    assert nianbao("template", folder, "--agency", "001").returncode == 0
    [made] = (ran.folder / "templates").glob("001_*.xlsx")
    assert past_figure(form, made.read_bytes()) == 7
    refused = nianbao("import", folder, folder / "agencies.csv")
    assert (refused.returncode, "没有采用" in refused.stdout) == (1, True)
    assert "能够导入的是" in refused.stdout


def past_figure(form: Form, content: bytes) -> object:
    sheet, row, column = form.position(last_year(CARRIED))
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(content))
        .get_sheet_by_name(sheet)
        .to_python(skip_empty_area=False)
    )
    return rows[row][column]


def test_what_was_accepted_last_year_is_this_years_past(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", NAMES, {"a.xlsx": template(form, NAMES[0], YEAR, CAME)})
    assert run(folder).verdicts()["a.xlsx"].startswith("accepted")
    config = folder / "district.toml"
    said = config.read_text("utf-8").replace(f"year = {YEAR}", f"year = {YEAR + 1}")
    config.write_text(said.replace("2024-01-31", "2025-01-31"), "utf-8")
    carried: dict[str, Number] = {"requests.carried_over.research": 6, "requests.granted_in_full.research": 6}
    (folder / "inbox" / "b.xlsx").write_bytes(template(form, NAMES[0], YEAR + 1, carried))
    assert nianbao("run", folder, "--now", "2025-01-20T08:00:00").returncode == 1
    with open_copy(folder / "output") as ledger:
        [past] = imports.reports_of(ledger, YEAR).values()
    assert (past.agency, past.numbers[CARRIED]) == ("001", 7)
    findings = (folder / "output" / str(YEAR + 1) / "findings.csv").read_text("utf-8-sig")
    assert "T3-04" in findings


def test_a_file_that_windows_lists_and_does_not_find_is_not_passed_over(
    tmp_path: Path, district: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / "以前" / ("深" * 80) / ("深" * 80) / f"{'长' * 80}.csv"
    long.parent.mkdir(parents=True)
    long.write_bytes(figures(form))
    windows.short_paths(monkeypatch)
    done = nianbao("import", district, tmp_path / "以前", "--year", str(YEAR - 1))
    assert done.returncode == 4, done.stderr
    assert "路径太长" in done.stderr


@pytest.mark.parametrize(("there", "told"), [(0, True), (7, False), (None, False)])
def test_what_last_years_register_says_otherwise_is_told(
    form: Form, tmp_path: Path, *, there: int | None, told: bool
) -> None:
    """This year's register is compared with last year's, which a correction of the annual report has not reached."""
    extra = '[[forms]]\nform = "request_register"\nyear = 2023\ndeadline = 2024-02-15\n'
    folder = make_district(tmp_path / "区", NAMES, {}, extra=extra)
    with open_ledger(folder / "output", "request_register") as ledger:
        imports.keep(ledger, [PastReport("001", 2022, {CARRIED: there}, source="上年的台账")], at=NOON)
    [item] = taken(folder, {"更正.xlsx": template(form, NAMES[0], 2022, CAME)})
    said = [remark for remark in item.remarks if "依申请公开台账不一致" in remark]
    assert bool(said) is told
    if told:
        assert "这里 7、台账 0" in said[0]
        assert f"nianbao import {folder} --form request_register:2023" in said[0]
