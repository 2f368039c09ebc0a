"""The whole way, through the command line."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from typer.main import get_command

from examples.linping.plan import expected
from pipeline.cli.console import CHECK_ALONE
from pipeline.coordinating.starters import STARTERS
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.forms.values.typed import plain_number
from pipeline.letter import LetterKind
from pipeline.machine.environment import lock
from pipeline.model import Number
from pipeline.publishing.document_paths import paths_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import consistent_numbers, report
from tests.support.folders import (
    NOW,
    Ran,
    contents,
    inputs_only,
    make_district,
    nianbao,
    run,
    with_known_secret,
)
from tests.support.real_report import load_city_figures, load_real_report

SAMPLE = Path(__file__).parent.parent / "examples" / "linping-2023"


def template(form: Form, name: str, values: Mapping[str, Number | str] | None = None) -> bytes:
    """A filled template without stamp, as an agency called ``name`` sends it."""
    filled = report(form, "", name, 2023, rng=random.Random(0))
    numbers = dict(zip((cell.key for cell in form.cells), filled.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: "2023"}
    return build_workbook(
        form, values={**inputs_only(form, numbers), **filled.texts, **entries, **(values or {})}
    )


def figures(ran: Ran) -> dict[str, dict[str, str]]:
    text = (ran.folder / "figures.csv").read_text("utf-8-sig")
    return {row["agency"]: row for row in csv.DictReader(io.StringIO(text))}


# ---------------------------------------------------------------- the real report survives


@pytest.fixture(scope="module")
def real_night(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    real = load_real_report()
    entries = {
        form.entry_with_role("agency").key: real.agency,
        form.entry_with_role("year").key: str(real.year),
    }
    content = build_workbook(form, values={**inputs_only(form, real.numbers), **real.texts, **entries})
    folder = make_district(tmp_path_factory.mktemp("real"), [real.agency], {"年报.xlsx": content})
    return run(folder)


def test_the_real_report_is_accepted_without_an_error(real_night: Ran) -> None:
    assert real_night.code == 0, real_night.err
    [submission] = real_night.record["submissions"]
    assert submission["verdict"] in {"accepted", "accepted_with_remarks"}
    assert not [item for item in submission["findings"] if item["severity"] == "error"]


def test_its_200_figures_come_out_in_figures_csv(real_night: Ran) -> None:
    real = load_real_report()
    row = figures(real_night)[real.agency]
    assert list(row)[:2] == ["agency_code", "agency"]
    assert {key: value for key, value in row.items() if key in real.numbers} == {
        key: plain_number(value) for key, value in real.numbers.items()
    }
    assert list(row)[2:] == list(real.numbers)


def test_every_sentence_and_figure_comes_out_in_the_word_report_in_order(real_night: Ran, form: Form) -> None:
    real = load_real_report()
    [submission] = real_night.record["submissions"]
    document = docx.Document(str(real_night.folder / submission["report"]))
    paragraphs = [text for text in (paragraph.text for paragraph in document.paragraphs) if text]
    paragraphs[0] = paragraphs[0].replace("\n", "")  # the title breaks after the agency's name
    wanted = [form.title_for(real.agency, real.year), *_lines(real.texts["preface"])]
    for section in form.sections:
        wanted.append(section.title)
        for key in section.contents:
            text = next((item for item in form.texts if item.key == key), None)
            if text:
                wanted += [text.label] if text.heading else []
                wanted += _lines(real.texts[key])
    assert paragraphs == wanted
    printed = [
        cell.text
        for table in document.tables
        for row in table.rows
        for cell in _distinct(row.cells)
        if cell.text
    ]
    numbers = [text for text in printed if text.replace(".", "").isdigit()]
    assert numbers == [plain_number(value) for value in real.numbers.values()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _distinct(cells: tuple[docx.table._Cell, ...]) -> list[docx.table._Cell]:
    """A merged cell once."""
    return list({id(cell._tc): cell for cell in cells}.values())  # noqa: SLF001 - python-docx has no public identity


# ---------------------------------------------------------------- levels


@pytest.mark.parametrize(("level", "expected"), [("设区的市", []), ("县区", ["T2-01", "T2-01"])])
def test_city_figures_fail_exactly_one_rule_below_a_city(
    form: Form, tmp_path: Path, level: str, expected: list[str]
) -> None:
    content = template(form, "宿迁市", inputs_only(form, load_city_figures()))
    ran = run(make_district(tmp_path, ["宿迁市"], {"a.xlsx": content}, level=level))
    [submission] = ran.record["submissions"]
    errors = [item for item in submission["findings"] if item["severity"] == "error"]
    assert [item["code"] for item in errors] == expected
    if expected:
        assert [item["key"] for item in errors] == [
            "proactive.regulations.issued",
            "proactive.regulations.in_force",
        ]
    assert submission["verdict"] == ("returned" if expected else "accepted")


# ---------------------------------------------------------------- the sample district


def test_the_sample_runs_and_ends_with_where_to_look(sample: Ran) -> None:
    assert sample.code == 1, sample.err
    assert "汇总表" in sample.out
    counts = sample.record["counts"]
    assert counts["expected"] == 42
    assert counts["received"] + counts["missing"] == 42
    assert "Traceback" not in sample.err


def test_every_file_of_the_sample_gets_the_answer_its_readme_says(sample: Ran) -> None:
    answers = {
        item["file"].partition(".eml/")[0] + ".eml" * (".eml/" in item["file"]): {
            "verdict": item["verdict"],
            "codes": sorted({finding["code"] for finding in item["findings"]}),
        }
        for item in sample.record["submissions"]
    }
    assert answers == {
        file: {"verdict": answer["verdict"], "codes": answer["codes"]} for file, answer in expected().items()
    }


def test_every_path_of_the_record_is_there_and_nothing_else(sample: Ran) -> None:
    record = sample.record
    named = {path for path in record["files"].values() if path}
    for item in record["submissions"]:
        named |= {path for path in (item["report"], item["html"], item["pdf"], item["returned"]) if path}
        if item["report"]:
            named |= set(paths_of(Path(item["report"]).stem, is_offered=bool(item["site"])))
    found = {path for path in contents(sample.folder) if not path.startswith("letters/")}
    for_a_person = {"待办.xlsx", "群发文本.txt"}
    assert found == named | {"run.json"} | for_a_person


def test_figures_hold_exactly_the_accepted_agencies(sample: Ran) -> None:
    accepted = {item["agency_name"] for item in sample.record["submissions"] if item["report"]}
    assert set(figures(sample)) == accepted
    counts = sample.record["counts"]
    assert len(accepted) == counts["accepted"] + counts["accepted_with_remarks"]


def test_every_finding_has_place_words_and_remedy(sample: Ran) -> None:
    for item in sample.record["submissions"]:
        for finding in item["findings"]:
            assert set(finding) == {
                "code", "severity", "sheet", "cell", "key", "actual", "expected", "message", "hint",
            }  # fmt: skip
            assert finding["message"].endswith("。")
            if finding["severity"] == "error":
                assert finding["hint"]
            if finding["cell"]:
                assert finding["sheet"]


def test_a_second_night_with_nothing_new_rewrites_nothing_and_says_so(tmp_path: Path, sample: Ran) -> None:
    output = shutil.copytree(sample.folder.parent, tmp_path / "output")
    times = {path: path.stat().st_mtime_ns for path in (output / "2023").rglob("*")}
    second = run(SAMPLE, output=output)
    assert {path: path.stat().st_mtime_ns for path in (output / "2023").rglob("*")} == times
    assert second.code == sample.code
    assert "没有新的报送" in second.out


def test_same_inputs_and_clock_give_the_same_bytes(tmp_path: Path, sample: Ran) -> None:
    """In another place, written in another order, in another part of the world, by several workers."""
    for path in sorted(SAMPLE.rglob("*"), reverse=True):
        if path.is_file():
            there = tmp_path / "elsewhere" / path.relative_to(SAMPLE)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    abroad = {"TZ": "America/New_York", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"}
    other = run(
        tmp_path / "elsewhere",
        "--workers",
        "4",
        output=with_known_secret(tmp_path / "out"),
        environment=abroad,
    )
    here, there_written = contents(sample.folder), contents(other.folder)
    assert sorted(there_written) == sorted(here)
    assert [path for path, content in here.items() if there_written[path] != content] == []


def test_what_is_deleted_is_made_again(tmp_path: Path, sample: Ran) -> None:
    output = tmp_path / "output"
    shutil.copytree(sample.folder.parent, output)
    (output / "2023" / "figures.csv").unlink()
    assert contents(run(SAMPLE, output=output).folder) == contents(sample.folder)


def test_a_report_that_no_longer_counts_is_removed(form: Form, tmp_path: Path) -> None:
    folder = make_district(
        tmp_path, ["甲局", "乙局"], {"a.xlsx": template(form, "甲局"), "b.xlsx": template(form, "乙局")}
    )
    assert run(folder).code == 0
    roster = folder / "agencies.csv"
    roster.write_text(roster.read_text("utf-8").replace('002,"乙局"', '003,"丙局"'), "utf-8")
    second = run(folder)
    assert second.code == 1
    assert {path.name for path in (second.folder / "reports").iterdir()} == {"甲局.docx", "甲局.html"}


def test_a_file_that_leaves_the_inbox_is_still_known(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path, ["甲局"], {"a.xlsx": template(form, "甲局")})
    first = contents(run(folder).folder)
    (folder / "inbox" / "a.xlsx").unlink()
    shutil.rmtree(folder / "output" / "2023")
    assert contents(run(folder).folder) == first


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    ran = nianbao("run", SAMPLE, "--output", tmp_path / "out", "--dry-run", "--json")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["counts"]["expected"] == 42
    assert not (tmp_path / "out").exists()


def test_a_dry_run_shows_what_would_happen_and_leaves_ledger_and_outputs_as_they_are(
    form: Form, tmp_path: Path
) -> None:
    folder = make_district(tmp_path, ["甲局", "乙局"], {"a.xlsx": template(form, "甲局")})
    run(folder)
    (folder / "inbox" / "b.xlsx").write_bytes(template(form, "乙局"))
    before = contents(folder)
    shown = nianbao("run", folder, "--now", NOW, "--dry-run", "--json")
    assert json.loads(shown.stdout)["counts"]["accepted"] == 2
    assert contents(folder) == before
    assert run(folder).record["counts"]["accepted"] == 2


def test_a_run_while_another_one_works_ends_with_3_and_says_who_it_is(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path, ["甲局"], {"a.xlsx": template(form, "甲局")})
    with lock(folder / "output"):
        second = nianbao("run", folder, "--now", NOW)
        assert second.returncode == 3
        assert f"进程 {os.getpid()}" in second.stderr
        assert second.stderr.count("\n") == 1
        assert nianbao("waive", folder, "001", "T3-06", "--reason", "合并", "--by", "王主任").returncode == 3
    assert not (folder / "output" / "ledger").exists()
    assert run(folder).code == 0


def test_status_says_who_has_sent_what(tmp_path: Path, sample: Ran) -> None:
    before = nianbao("status", SAMPLE, "--output", tmp_path)
    assert before.returncode == 2
    after = nianbao("status", SAMPLE, "--output", sample.folder.parent)
    assert after.returncode == 0
    for line in (SAMPLE / "agencies.csv").read_text("utf-8-sig").splitlines()[1:]:
        assert line.split(",")[1] in after.stdout


def test_output_is_utf8_unless_an_encoding_is_asked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "status", str(make_district(tmp_path / "区", ["甲局"], {}))]
    for asked, encoding in (("", "utf-8"), ("gbk", "gbk"), (":strict", "utf-8")):
        environment = os.environ | {"PYTHONIOENCODING": asked, "PYTHONUTF8": "0", "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
        assert "还没有运行过" in done.stderr.decode(encoding)


@pytest.mark.parametrize("columns", [80, 120])
def test_status_on_a_terminal_tells_the_agencies_apart(sample: Ran, columns: int) -> None:
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(columns)}
    done = nianbao("status", SAMPLE, "--output", sample.folder.parent, environment=terminal)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines()
    district = load_district(SAMPLE)
    for agency in district.agencies:
        [row] = [line for line in lines if line.split()[0] == agency.name.removeprefix(district.name)]
        assert "…" not in row[:60], "the file gives way, nothing before it"
    assert ("文件" in lines[1].split()) == (columns > 100)


def test_status_shows_a_later_returned_version_beside_the_one_that_counts(form: Form, tmp_path: Path) -> None:
    worse = {"proactive.licences.decisions": "三"}
    files = {"2024-01-10/a.xlsx": template(form, "甲局"), "2024-01-12/a.xlsx": template(form, "甲局", worse)}
    folder = make_district(tmp_path, ["甲局", "乙局"], {**files, "c.xlsx": template(form, "丙局")})
    [later] = [line for line in run(folder).out.splitlines() if "2024-01-12/a.xlsx" in line]
    assert later.endswith("（此前第 1 次已合格，仍计入）")
    shown = nianbao("status", folder).stdout.splitlines()
    [own] = [line for line in shown if line.startswith("甲局")]
    assert own.split() == [
        "甲局",
        "合格",
        "计入第",
        "1",
        "次，第",
        "2",
        "次退回",
        "2024-01-10",
        "2024-01-10/a.xlsx",
    ]
    assert [line.split() for line in shown if line.startswith("乙局")] == [["乙局", "未报送"]]
    assert any("c.xlsx" in line and "待核实" in line for line in shown)
    assert shown[-1] == (
        "应报送 2 家，已报送 1 家：合格 1 家，合格（有提醒） 0 家，退回 0 家，待核实 0 家；未报送 1 家。待核实的文件 1 份。"
    )


def test_the_days_log_has_a_line_for_each_new_file_and_says_how_the_night_ended(
    form: Form, tmp_path: Path
) -> None:
    content = template(form, "甲局")
    folder = make_district(tmp_path, ["甲局"], {"2024-01-10/a.xlsx": content, "2024-01-11/b.xlsx": content})
    run(folder)
    run(folder)
    [log] = (folder / "output" / "ledger" / "log").iterdir()
    assert log.name == f"{NOW[:10]}.log"
    lines = log.read_text("utf-8").splitlines()
    assert len([line for line in lines if "2024-01-10/a.xlsx" in line and "合格" in line]) == 1
    assert len([line for line in lines if "2024-01-11/b.xlsx" in line and "重复" in line]) == 1
    assert [line.split("\u3000")[0].strip() for line in lines].count("结束") == 2
    (folder / "agencies.csv").write_text("code,name\n001,甲局\n001,乙局\n", "utf-8")
    assert run(folder).code == 2
    assert len(log.read_text("utf-8").splitlines()) == len(lines)


# ---------------------------------------------------------------- exceptions


def waived(district: Path, *arguments: str) -> tuple[int, str]:
    done = nianbao("waive", district, *arguments, "--by", "王主任")
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def much_carried_forward(form: Form, tmp_path: Path) -> Path:
    """A district where one agency's file has one finding, a warning: T3-06."""
    numbers = dict.fromkeys((cell.key for cell in form.cells), 0)
    numbers |= {"requests.new_received.natural_person": 10, "requests.carried_forward.natural_person": 10}
    return make_district(
        tmp_path, ["甲局", "乙局"], {"a.xlsx": template(form, "甲局", inputs_only(form, numbers))}
    )


def test_a_roster_that_lost_its_leading_zeros_is_refused(much_carried_forward: Path) -> None:
    folder = much_carried_forward
    run(folder)
    roster = folder / "agencies.csv"
    roster.write_text(roster.read_text("utf-8").replace("001,", "1,"), "utf-8")
    for command in (
        ["run"],
        ["template"],
        ["waive", "1", "T3-06", "--reason", "年底集中收到"],
        ["waive", "1", "T3-06", "--revoke"],
        ["status"],
        ["status", "--rules"],
        ["deliver", "--by", "王主任"],
        ["send"],
        ["send", "--by-hand"],
    ):
        done = nianbao(command[0], folder, *command[1:])
        assert done.returncode == 2
        assert "以前是 001" in done.stderr, command
    assert not (folder / "output" / "2023" / "templates").exists()


def test_a_rule_may_be_named_in_small_letters(much_carried_forward: Path) -> None:
    assert waived(much_carried_forward, "甲局", "t3-06", "--reason", "年底集中收到")[0] == 0


def test_a_waiver_names_the_coordinator_where_nobody_is_named(much_carried_forward: Path) -> None:
    folder = much_carried_forward
    assert getpass.getuser() in nianbao("waive", folder, "001", "T3-06", "--reason", "年底集中收到").stdout
    with (folder / "district.toml").open("a", encoding="utf-8") as config:
        config.write('\n[people]\ncoordinator = "李主任"\n')
    assert "李主任" in nianbao("waive", folder, "001", "T3-06", "--reason", "年底集中收到").stdout
    run(folder)
    assert "李主任" in nianbao("status", folder).stdout


def test_a_waiver_carries_its_reason_to_the_finding_the_workbook_and_status(
    much_carried_forward: Path,
) -> None:
    folder = much_carried_forward
    [before] = [item for item in run(folder).record["submissions"][0]["findings"] if item["code"] == "T3-06"]
    assert waived(folder, "甲局", "T3-06", "--reason", "年底集中收到", "--until", "2999-12-31")[0] == 0
    ran = run(folder)
    [after] = [item for item in ran.record["submissions"][0]["findings"] if item["code"] == "T3-06"]
    assert "年底集中收到" in after["message"]
    assert "年底集中收到" not in before["message"]
    book = openpyxl.load_workbook(ran.folder / ran.record["files"]["summary"])
    cells = {str(cell.value) for row in book["问题与说明"].iter_rows() for cell in row}
    assert {"年底集中收到", "王主任", "2999-12-31"} <= cells
    status = nianbao("status", folder).stdout
    assert "例外　甲局　T3-06　年底集中收到（王主任" in status
    assert waived(folder, "001", "T3-06", "--revoke")[0] == 0
    [again] = [item for item in run(folder).record["submissions"][0]["findings"] if item["code"] == "T3-06"]
    assert again == before
    assert waived(folder, "001", "T3-06", "--withdraw")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["甲", "T3-06", "--reason", "合并"], "甲局"),
        (["001", "T3-6", "--reason", "合并"], "T3-06"),
        (["001", "T3-01", "--reason", "合并"], "不能作例外"),
        (["001", "T3-06", "--reason", " "], "--reason"),
        (["001", "T3-06", "--reason", "合并", "--until", "明年"], "2024-03-31"),
        (["001", "T3-06", "--reason", "合并", "--until", "2020-01-01"], "--until"),
    ],
)
def test_an_exception_that_cannot_be_made_says_why(
    much_carried_forward: Path, arguments: list[str], remedy: str
) -> None:
    code, said = waived(much_carried_forward, *arguments)
    assert code == 2
    assert said.count("\n") == 1
    assert remedy in said


# ---------------------------------------------------------------- versions


def test_the_latest_accepted_version_counts_and_a_later_returned_one_does_not_displace_it(
    form: Form, tmp_path: Path
) -> None:
    licences = "proactive.licences.decisions"
    files = {
        "2024-01-10/a.xlsx": template(form, "甲局", {licences: 1}),
        "2024-01-11/a.xlsx": template(form, "甲局", {licences: 2}),
        "2024-01-12/a.xlsx": template(form, "甲局", {licences: "三"}),
        "2024-01-13/复制.xlsx": template(form, "甲局", {licences: 2}),
    }
    ran = run(make_district(tmp_path, ["甲局"], files))
    assert [(item["version"], item["verdict"]) for item in ran.record["submissions"]] == [
        (1, "accepted"),
        (2, "accepted"),
        (3, "returned"),
        (None, "duplicate"),
    ]
    assert [(item["agency"], item["agency_name"]) for item in ran.record["submissions"]] == [
        ("001", "甲局")
    ] * 4
    assert figures(ran)["甲局"][licences] == "2"
    assert ran.record["submissions"][2]["returned"] == "returned/甲局_第3次.xlsx"


# ---------------------------------------------------------------- whatever arrives


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1"])
def test_text_that_looks_like_a_formula_stays_text_everywhere(form: Form, tmp_path: Path, start: str) -> None:
    name, text = f"{start.strip()}局", f"{start}，已完成。"
    texts = {item.key: text for item in form.texts}
    content = template(form, name, texts | {"proactive.licences.decisions": start})
    good = template(form, "乙局", texts)
    ran = run(make_district(tmp_path, [name, "乙局"], {"a.xlsx": content, "b.xlsx": good}))
    assert ran.code in {0, 1}, ran.err
    for path in [*ran.folder.glob("*.xlsx"), *ran.folder.glob("returned/*.xlsx")]:
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert not (cell.data_type == "f" and str(cell.value).startswith(f"={start.strip()[1:]}"))
    for path in ran.folder.glob("*.csv"):
        for values in csv.reader(io.StringIO(path.read_text("utf-8-sig"))):
            assert not [value for value in values if value.startswith(("=", "+", "@", "\t", "-1+"))]
    document = docx.Document(str(ran.folder / "reports" / "乙局.docx"))
    assert text.strip() in [paragraph.text for paragraph in document.paragraphs]


def test_a_marked_workbook_comes_back_accepted_once_its_cells_are_mended(form: Form, tmp_path: Path) -> None:
    numbers = inputs_only(form, consistent_numbers(form, random.Random(5)))
    wrong = {"requests.new_received.enterprise": numbers["requests.new_received.enterprise"] + 4}
    content = template(form, "甲局", {**numbers, **wrong, "proactive.licences.decisions": "2件左右"})
    folder = make_district(tmp_path, ["甲局"], {"2024-01-10/a.xlsx": content})
    first = run(folder)
    [submission] = first.record["submissions"]
    book = openpyxl.load_workbook(first.folder / submission["returned"])
    marked = {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    asked = [item for item in submission["findings"] if item["cell"] and item["severity"] != "info"]
    assert marked == {(item["sheet"], item["cell"]) for item in asked}
    for key, value in {**numbers, "proactive.licences.decisions": 2}.items():
        place = form.places[key]
        book[place.sheet][place.cell] = value
    mended = BytesIO()
    book.save(mended)
    (folder / "inbox" / "2024-01-12").mkdir()
    (folder / "inbox" / "2024-01-12" / "改好了.xlsx").write_bytes(mended.getvalue())
    second = run(folder)
    assert second.code == 0, second.record["submissions"]
    assert second.verdicts()["2024-01-12/改好了.xlsx"] == "accepted"


def test_blank_is_zero_is_the_districts_choice(form: Form, tmp_path: Path) -> None:
    values = {form.entry_with_role("agency").key: "甲局", form.entry_with_role("year").key: "2023"}
    texts = dict(report(form, "", "甲局", 2023).texts)
    files = {"a.xlsx": build_workbook(form, values={**values, **texts, "proactive.licences.decisions": "/"})}
    strict = run(make_district(tmp_path / "a", ["甲局"], files))
    lenient = run(make_district(tmp_path / "b", ["甲局"], files, extra="[rules]\nblank_is_zero = true\n"))
    assert (strict.code, lenient.code) == (1, 0)
    assert strict.verdicts() == {"a.xlsx": "returned"}
    assert lenient.verdicts() == {"a.xlsx": "accepted_with_remarks"}


# ---------------------------------------------------------------- the other commands


def test_a_broken_letter_text_ends_with_2_and_nothing_is_written(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path, ["甲局"], {"a.xlsx": template(form, "甲局")})
    own = folder / "input_templates" / "letters" / "acceptance.txt"
    own.parent.mkdir(parents=True)
    own.write_text("主题：收到\n\n{% if agency %}\n", "utf-8")
    ran = run(folder)
    assert ran.code == 2
    assert f"{own} 第 3 行" in ran.err
    assert not ran.folder.exists()
    own.unlink()
    assert run(folder).code == 0


def test_init_makes_a_district_that_runs(tmp_path: Path) -> None:
    made = nianbao("init", tmp_path / "我的区")
    assert made.returncode == 0, made.stderr
    assert {path.name for path in (tmp_path / "我的区").iterdir()} == {
        "district.toml", "agencies.csv", "inbox", "input_templates", "经办.xlsx",
        *(f"{name}{suffix}" for name in STARTERS for suffix in (".bat", ".sh", ".desktop")),
    }  # fmt: skip
    letters = tmp_path / "我的区" / "input_templates" / "letters"
    assert {path.stem for path in letters.iterdir()} == set(LetterKind)
    ran = nianbao("run", tmp_path / "我的区")
    assert ran.returncode == 1
    assert "未报送" in ran.stdout
    assert nianbao("init", tmp_path / "我的区").returncode == 2


def test_the_sample_list_is_remembered_by_nobody_and_gets_no_letters(form: Form, tmp_path: Path) -> None:
    """Whoever tries the program before writing the list is not bound to the codes of agencies that there are not."""
    folder = tmp_path / "我的区"
    nianbao("init", folder)
    for command in ("run", "template"):
        done = nianbao(command, folder)
        assert done.returncode in {0, 1}
        assert "样例名单" in done.stderr
    assert not list((folder / "output").rglob("*.eml"))
    with_deadline = (folder / "district.toml").read_text("utf-8").replace("-01-31", "-02-20", 1)
    (folder / "district.toml").write_text(with_deadline, "utf-8")
    (folder / "inbox" / "甲局.xlsx").write_bytes(template(form, "甲局"))
    for words in (["run"], ["import", str(folder / "inbox" / "甲局.xlsx")]):
        done = nianbao(words[0], folder, *words[1:])
        assert (done.returncode, "名单还是样例" in done.stderr) == (2, True), (
            "settings that are filled in list nobody"
        )
    (folder / "agencies.csv").write_text("code,name,email\n001,甲局,a@example.gov.cn\n002,乙局,\n", "utf-8")
    done = nianbao("run", folder)
    assert (done.returncode, done.stderr.count("样例")) == (1, 0), done.stderr
    assert nianbao("template", folder).returncode == 0
    assert list((folder / "output").rglob("*.eml"))


def test_a_folder_with_a_space_is_quoted_in_what_is_to_be_typed(tmp_path: Path) -> None:
    folder = tmp_path / "我的 区"
    assert f'nianbao run "{folder}"' in nianbao("init", folder).stdout
    assert f'nianbao run "{folder}"' in nianbao("status", folder).stderr
    assert f'nianbao init "{folder}0"' in nianbao("run", f"{folder}0").stderr


@pytest.mark.parametrize("command", ["run", "init"])
def test_a_file_where_a_folder_is_asked_for_is_said(tmp_path: Path, command: str) -> None:
    folder = make_district(tmp_path, ["甲局"], {})
    done = nianbao(command, folder / "district.toml")
    assert done.returncode == 2
    assert "不是文件夹" in done.stderr
    assert "nianbao init" not in done.stderr


@pytest.mark.parametrize("command", [["check"]])
def test_a_folder_where_a_file_is_asked_for_is_said(tmp_path: Path, command: list[str]) -> None:
    done = nianbao(*command, tmp_path)
    assert done.returncode == 2
    assert "不是文件。" in done.stderr


def test_send_without_a_server_says_what_can_be_done_by_hand(tmp_path: Path) -> None:
    done = nianbao("send", make_district(tmp_path, ["甲局"], {}), "--now", "2024-01-20T09:00:00")
    assert done.returncode == 2
    assert "--by-hand" in done.stderr


def test_nothing_is_delivered_before_anything_was_accepted(form: Form, tmp_path: Path) -> None:
    office = '\n[people]\ndistrict_office_email = "qfb@example.gov.cn"\n'
    folder = make_district(tmp_path, ["甲局", "乙局"], {}, extra=office)
    run(folder)
    early = nianbao("deliver", folder, "--by", "王主任")
    assert early.returncode == 2
    assert "没有可以报送" in early.stderr
    assert not list((folder / "output" / "2023").glob("letters/*"))
    (folder / "inbox" / "a.xlsx").write_bytes(template(form, "甲局"))
    run(folder)
    assert nianbao("deliver", folder, "--by", "王主任").returncode == 0


def test_personal_templates_carry_their_agency(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path, ["甲局", "乙/丙局"], {})
    assert nianbao("template", folder).returncode == 0
    made = sorted((folder / "output" / "2023" / "templates").iterdir())
    assert len(made) == 2
    place = form.places[form.entry_with_role("agency").key]
    names = [openpyxl.load_workbook(path)[place.sheet][place.cell].value for path in made]
    assert names == ["甲局", "乙/丙局"]
    (folder / "agencies.csv").write_text("code,name,former_names\n001,甲局,\n002,丁局,乙/丙局\n", "utf-8")
    one, every = nianbao("template", folder, "--agency", "002"), nianbao("template", folder)
    assert [one.returncode, every.returncode] == [0, 0]
    assert [made[1].name in told.stdout for told in (one, every)] == [False, True]
    assert made[1].is_file()
    assert nianbao("template", folder, "--agency", "999").returncode == 2


def test_template_names_the_agencies_that_it_cannot_write_to(tmp_path: Path) -> None:
    """No mailbox, and a domain, which is none."""
    folder = make_district(tmp_path, [], {})
    rows = ("001,甲局,", "002,乙局,@yi.example", "003,丙局,bing@yi.example")
    (folder / "agencies.csv").write_text("\n".join(("code,name,email", *rows)), "utf-8")
    told = nianbao("template", folder)
    assert told.returncode == 0, told.stderr
    assert "新写了 1 封信" in told.stdout
    assert "2 家单位在名单中没有邮箱，没有写信：甲局、乙局。" in told.stdout
    again = nianbao("template", folder).stdout
    assert "没有新写信：以前已经写过。" in again
    alone = nianbao("template", folder, "--agency", "001").stdout
    assert "1 家单位在名单中没有邮箱" in alone
    assert "新写" not in alone


def test_check_judges_single_files(form: Form, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    contact = form.entry_with_role("contact").key
    good.write_bytes(template(form, "某局", {contact: "张三"}))
    bad.write_bytes(template(form, "某局", {"proactive.licences.decisions": "无"}))
    told = nianbao("check", good)
    assert (told.returncode, CHECK_ALONE in told.stdout) == (0, True)
    both = nianbao("check", good, bad, "--json")
    assert both.returncode == 1
    first, second = json.loads(both.stdout)
    assert (first["verdict"], second["verdict"]) == ("accepted", "returned")
    assert first["clerk"]["contact"] == "张三"
    assert [(item["code"], item["key"]) for item in second["findings"] if item["severity"] != "info"] == [
        ("C02", "proactive.licences.decisions")
    ]
    place = form.places["proactive.licences.decisions"]
    assert (second["findings"][0]["sheet"], second["findings"][0]["cell"]) == (place.sheet, place.cell)
    assert nianbao("check", tmp_path / "none.xlsx").returncode == 2


def test_a_stamp_tells_the_form_where_none_is_named(form: Form, tmp_path: Path) -> None:
    register = load_form("request_register")
    paths = [tmp_path / "台账.xlsx", tmp_path / "年报.xlsx"]
    stamp = Stamp("001", "某局", 2023, "县区")
    paths[0].write_bytes(build_workbook(register, stamp, values={register.registers[0].nil_key: "是"}))
    paths[1].write_bytes(template(form, "某局", {}))
    records = json.loads(nianbao("check", *paths, "--json").stdout)
    codes = [{item["code"] for item in record["findings"]} for record in records]
    assert not {"F03", "F04", "C08"} & (codes[0] | codes[1])
    assert records[1]["verdict"] == "accepted"
    [by_force] = json.loads(nianbao("check", paths[0], "--form", form.id, "--json").stdout)
    assert "F04" in {item["code"] for item in by_force["findings"]}


def test_a_stamp_tells_the_level_where_there_is_no_roster(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "city.xlsx"
    values = {**inputs_only(form, load_city_figures()), **report(form, "", "宿迁市", 2023).texts}
    path.write_bytes(build_workbook(form, Stamp(agency="宿迁市", year=2023, level="设区的市"), values=values))
    assert nianbao("check", path).returncode == 0


def test_the_level_can_be_said_where_the_template_does_not(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "city.xlsx"
    entries = {form.entry_with_role("agency").key: "宿迁市", form.entry_with_role("year").key: "2023"}
    texts = report(form, "", "宿迁市", 2023).texts
    path.write_bytes(
        build_workbook(form, values={**inputs_only(form, load_city_figures()), **texts, **entries})
    )
    assert nianbao("check", path).returncode == 1
    assert nianbao("check", path, "--level", "设区的市").returncode == 0
    assert nianbao("check", path, "--level", "市").returncode == 2


def test_fields_is_the_data_dictionary(form: Form) -> None:
    done = nianbao("fields", "annual_report_2021", "--json")
    rows = json.loads(done.stdout)
    assert {key for row in rows for key in row} == {"key", "label", "kind", "sheet", "address", "input"}
    assert [row["key"] for row in rows if row["kind"] in {"count", "money"}] == [
        cell.key for cell in form.cells
    ]
    assert nianbao("fields", "unknown").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["rum"],
        ["run"],
        ["run", "nowhere"],
        ["run", str(SAMPLE), "--now", "soon"],
        ["run", str(SAMPLE), "--now", "9999-12-31T23:59:59"],
        ["run", str(SAMPLE), "--now", "0001-01-01T00:00:00"],
        ["run", str(SAMPLE), "--fast"],
    ],
)
def test_wrong_use_ends_with_2_and_one_chinese_sentence(arguments: list[str]) -> None:
    done = nianbao(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "。" in done.stderr


def test_an_output_that_cannot_be_written_ends_with_4(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file where the folder should be")
    assert run(SAMPLE, output=tmp_path / "output").code == 4


def test_every_command_and_option_is_in_both_readmes_and_has_an_example() -> None:
    from pipeline.cli.commands import app  # noqa: PLC0415 - only this test looks inside

    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert {"init", "template", "check", "run", "status", "waive", "fields"} <= set(commands)
    for readme in ("README.md", "README.zh-CN.md"):
        rows = [
            line
            for line in (SAMPLE.parent.parent / readme).read_text("utf-8").splitlines()
            if line.startswith("| ")
        ]
        common = "".join(row for row in rows if row.startswith("| …"))
        for name, command in commands.items():
            told = "".join(row for row in rows if row.startswith(f"| `nianbao {name} "))
            assert told, (readme, name)
            options = [
                item for item in command.params if item.param_type_name == "option" and not item.hidden
            ]
            said = {option for item in options for option in item.opts}
            assert {option for option in said if option not in told + common} == set(), (readme, name)
    for command in commands.values():
        assert str(command.epilog).startswith("例：nianbao ")
