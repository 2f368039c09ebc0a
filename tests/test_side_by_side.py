"""One district collects several forms at the same time: one folder, one inbox, one roster; nothing of one in the other's place."""

from __future__ import annotations

import csv
import email
import json
import random
import zipfile
from collections import Counter
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.layout import FROM_REGISTER
from pipeline.forms.loader import load_form
from pipeline.forms.weighed import weighed
from pipeline.intake.identify.dividing import Collected, home_of
from pipeline.intake.read.reading import read
from pipeline.judging.rules.carried_tables import CountedRegister, awaited, carried_into
from pipeline.ledger import imports, open_copy
from pipeline.model import ConfigError, Number
from pipeline.publishing.settings_pages import build_settings_book, filled_of
from pipeline.publishing.summary.corrections import CHANGES_SHEET
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import approved, consistent_numbers, report
from tests.support.folders import contents, inputs_only, make_district, nianbao
from tests.support.mails import mail
from tests.support.rows import entries_of, nil_of, row_of

AGENCIES = ("样例区财政局", "样例区民政局", "样例区教育局")
ANNUAL, REGISTER, DOCUMENTS, QUARTER = (
    "annual_report_2021",
    "request_register",
    "normative_documents",
    "disclosure_statistics_quarter",
)
FORMS = f"""
[people]
email = "office@example.gov.cn"
coordinator = "张三"
[[forms]]
form = "{REGISTER}"
year = 2023
deadline = 2024-02-15
[[forms]]
form = "{QUARTER}"
period = "2023Q4"
deadline = 2024-01-20
"""
NOW = "2024-01-25T08:00:00"
PERIODS = {ANNUAL: 2023, REGISTER: 2023, DOCUMENTS: 2023, QUARTER: 202344}


def filled(form_id: str, agency: str, period: int = 0, *, stamped: bool = True, rows: int = 4) -> bytes:
    """The template of a form as the agency fills it in, without a fault; registers with so many ``rows``."""
    form, rng = load_form(form_id), random.Random(f"{form_id}{agency}")
    period = period or PERIODS[form_id]
    code = f"{AGENCIES.index(agency) + 1:03}"
    entries = {
        form.entry_with_role("agency").key: agency,
        form.entry_with_role("code").key: code,
        form.entry_with_role("year").key: "2023" if form.period == "year" else "2023年第四季度",
        **approved(form),
        **entries_of(form, rng),
    }
    lists = {own.key: [row_of(own, rng, number) for number in range(rows)] for own in form.registers}
    numbers: dict[str, Number] = {}
    texts: dict[str, str] = {}
    if form.registers:
        numbers = {cell.key: 0 for cell in form.cells if cell.is_input}
    elif form.texts:
        written = report(form, code, agency, period, rng=rng)
        numbers = inputs_only(
            form, dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
        )
        texts = dict(written.texts)
    else:
        numbers = inputs_only(form, consistent_numbers(form, rng))
    stamp = Stamp(agency_code=code, agency=agency, year=period, district="样例区") if stamped else Stamp()
    values: dict[str, Number | str] = {**numbers, **texts, **nil_of(form, lists), **entries}
    content = build_workbook(form, stamp, values=values, registers=lists)
    return content if stamped else without_stamp(content)


def without_stamp(content: bytes) -> bytes:
    """The same workbook as a program writes it that drops what is very hidden: the stamp names no form any more."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            text = source.read(name)
            for form_id in PERIODS:
                text = text.replace(f">{form_id}<".encode(), b"><")
            package.writestr(name, text)
    return target.getvalue()


def record(folder: Path, period: str = "2023", part: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "output" / period / part / "run.json").read_text("utf-8"))
    return found


def letters_in(folder: Path, period: str = "2023", part: str = "") -> list[tuple[str, str]]:
    """Recipient and subject of every letter that waits."""
    found = []
    for path in sorted((folder / "output" / period / part / "letters").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        found.append((str(message["To"]), str(message["Subject"])))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    both = mail(
        [
            ("年报.xlsx", filled(ANNUAL, AGENCIES[0])),
            ("台账.xlsx", filled(REGISTER, AGENCIES[0])),
        ],
        From="1@example.gov.cn",
        Subject="年报和台账",
    )
    files = {
        "邮件/两份.eml": both.as_bytes(),
        "民政局台账.xlsx": filled(REGISTER, AGENCIES[1], stamped=False),
        "民政局年报.xlsx": filled(ANNUAL, AGENCIES[1], stamped=False),
        "民政局四季度.xlsx": filled(QUARTER, AGENCIES[1], stamped=False),
        "教育局四季度.xlsx": filled(QUARTER, AGENCIES[2]),
        "教育局规范性文件.xlsx": filled(DOCUMENTS, AGENCIES[2]),
        "说明.eml": mail(From="3@example.gov.cn", Subject="请问什么时候截止", Message_ID="<3@x>").as_bytes(),
    }
    made = make_district(tmp_path / "样例区", AGENCIES, files, extra=FORMS)
    rows = [f"{number:03},{name},{number}@example.gov.cn" for number, name in enumerate(AGENCIES, 1)]
    (made / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    return made


def only_what_agencies_publish_is_for_the_portal(folder: Path) -> None:
    """The register and the quarter are listed for the office, and none of their folders is for the portal."""
    parts = {"2023": True, f"2023/{REGISTER}": False, f"2023Q4/{QUARTER}": False}
    for part, is_public in parts.items():
        own = folder / "output" / part
        assert (own / "site").exists() is is_public
        assert ("site/index.html" in (own / "index.html").read_text("utf-8")) is is_public
    assert record(folder, part=REGISTER)["files"]["site"] is None
    assert (folder / "output" / "2023" / REGISTER / "applications.csv").is_file()


def test_each_form_has_its_own_results(folder: Path) -> None:
    assert nianbao("status", folder).returncode == 2, "nothing has been run yet"
    done = nianbao("run", folder, "--now", NOW)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    annual, register, quarter = (
        record(folder),
        record(folder, part=REGISTER),
        record(folder, "2023Q4", QUARTER),
    )
    assert (
        {item["file"]: item["verdict"] for item in annual["submissions"]}
        == {
            "邮件/两份.eml/年报.xlsx": "accepted_with_remarks",  # its figures are others than those of the register
            "民政局年报.xlsx": "accepted_with_remarks",
            "教育局规范性文件.xlsx": "returned",
            "说明.eml": "not_a_submission",
        }
    )
    [stranger] = [item for item in annual["submissions"] if item["verdict"] == "returned"]
    assert [item["code"] for item in stranger["findings"]] == ["F04"]
    said = stranger["findings"][0]["message"]
    assert "这是《行政规范性文件台账》的填报表，这里收的是《政府信息公开工作年度报告》、《" in said
    assert "》、《政府信息公开情况统计表》" in said
    assert {item["file"] for item in register["submissions"]} == {
        "邮件/两份.eml/台账.xlsx",
        "民政局台账.xlsx",
    }
    assert {item["file"] for item in quarter["submissions"]} == {"民政局四季度.xlsx", "教育局四季度.xlsx"}
    for found, missing in ((register, 1), (quarter, 1)):
        assert found["counts"]["missing"] == missing
        assert found["counts"]["accepted"] + found["counts"]["accepted_with_remarks"] == 2, found[
            "submissions"
        ]
    only_what_agencies_publish_is_for_the_portal(folder)

    # deadlines, letters and pages are apart
    told = [letters_in(folder), letters_in(folder, part=REGISTER), letters_in(folder, "2023Q4", QUARTER)]
    assert Counter(to for to, _ in told[0] if to.startswith("1@")) == {"1@example.gov.cn": 1}
    assert [subject for to, subject in told[1] if to.startswith("1@")], (
        "the same mail is answered for the register too"
    )
    assert not any("台账" in subject for _, subject in told[0])
    assert all("台账" in subject for _, subject in told[1])
    assert [to for to, subject in told[2] if "催" in subject or "逾期" in subject], "past its own deadline"
    pages = {
        part: (folder / "output" / part / "index.html").read_text("utf-8")
        for part in ("2023", f"2023/{REGISTER}", f"2023Q4/{QUARTER}")
    }
    assert f'href="{REGISTER}/index.html"' in pages["2023"]
    assert f'href="../2023Q4/{QUARTER}/index.html"' in pages["2023"]
    assert "已报送 2 家" in pages["2023"]
    assert 'href="../index.html"' in pages[f"2023/{REGISTER}"]
    assert 'href="../../2023/index.html"' in pages[f"2023Q4/{QUARTER}"]
    assert all(sum("每日情况" in subject for _, subject in own) == 1 for own in told), (
        "a digest for each form"
    )

    # a second run does nothing, and a decision is about the form that is named
    before = contents(folder / "output" / "2023")
    again = nianbao("run", folder, "--now", "2024-01-25T09:00:00")
    assert again.stdout.count("结果文件保持不变") == 3, again.stdout
    assert contents(folder / "output" / "2023") == before
    by = ("--reason", "数字不符", "--by", "王主任", "--now", NOW)
    decided = nianbao("decide", folder, "return", "002", "--form", REGISTER, *by)
    assert decided.returncode == 0, decided.stderr
    assert nianbao("decide", folder, "return", "002", "--form", DOCUMENTS, *by).returncode == 2
    nianbao("run", folder, "--now", "2024-01-25T10:00:00")
    assert record(folder, part=REGISTER)["counts"]["returned"] == 1
    assert record(folder)["counts"]["returned"] == annual["counts"]["returned"]
    shown = nianbao("status", folder)
    assert (shown.returncode, shown.stdout.count("报送情况")) == (0, 3)
    assert nianbao("template", folder, "--form", QUARTER, "--now", NOW).returncode == 0
    assert len(list((folder / "output" / "2023Q4" / QUARTER / "templates").glob("*.xlsx"))) == len(AGENCIES)
    assert not (folder / "output" / "2023" / "templates").is_dir()

    # letters that a person saw to are those of every form, or of the one that is named
    listed = nianbao("send", folder, "--by-hand", "--now", NOW)
    assert (listed.returncode, listed.stdout.count("\n信 ") + listed.stdout.startswith("信 ")) == (0, 3)
    assert nianbao("send", folder, "--by-hand", "--letter", "abcdef", "--now", NOW).returncode == 2
    handed = nianbao("send", folder, "--by-hand", "--agency", "001", "--now", NOW)
    assert (handed.returncode, handed.stdout.count("封信已由人工转交")) == (0, 3), handed.stdout


def attached_in(folder: Path, to: str) -> dict[str, bytes]:
    """What the letters of all forms carry that wait for ``to``, by name."""
    found: dict[str, bytes] = {}
    for path in sorted((folder / "output").glob("2023*/**/letters/*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for part in message.iter_attachments() if message["To"] == to else ():
            name = str(part.get_filename())
            assert name not in found, "in one folder one would replace the other"
            found[name] = part.get_content()
    return found


def test_the_name_of_what_a_letter_carries_says_of_which_form_and_year_it_is(folder: Path) -> None:
    assert nianbao("run", folder, "--now", NOW).returncode == 1
    own = AGENCIES[0]
    names = attached_in(folder, "1@example.gov.cn")
    assert {
        f"{own}_2023年度政府信息公开年报.docx",
        f"{own}_2023年度政府信息公开申请办理台账.docx",
    } <= names.keys()
    by = ("--reason", "数字不符", "--by", "王主任", "--now", NOW)
    for form in (ANNUAL, REGISTER):
        assert nianbao("decide", folder, "return", "001", "--form", form, *by).returncode == 0
    nianbao("run", folder, "--now", "2024-01-25T10:00:00")
    back = attached_in(folder, "1@example.gov.cn")
    file = f"{own}_2023年度政府信息公开申请办理台账_第1次.xlsx"
    assert {f"{own}_2023年度政府信息公开年报_第1次.xlsx", file} <= back.keys()
    (folder / "inbox" / file).write_bytes(back[file])
    nianbao("run", folder, "--now", "2024-01-26T10:00:00")
    assert file in {item["file"] for item in record(folder, part=REGISTER)["submissions"]}
    assert file not in {item["file"] for item in record(folder)["submissions"]}


def test_tables_are_compared_with_the_register_or_computed_from_it(tmp_path: Path) -> None:
    form, register = load_form(ANNUAL), load_form(REGISTER)
    files = {f"{number}.xlsx": filled(REGISTER, name) for number, name in enumerate(AGENCIES[:2])}
    counted = {name: read(register, filled(REGISTER, name)).numbers for name in AGENCIES[:2]}
    tables = ("requests", "disputes")
    inputs = [cell.key for table in tables for cell in form.cells_of(table) if cell.is_input]
    nil = {form.table(table).nil_key: FROM_REGISTER for table in tables}
    slip = next(key for key in inputs if key.startswith("disputes."))
    same = {key: counted[AGENCIES[0]][key] or 0 for key in inputs}
    files |= {
        "一致.xlsx": annual(AGENCIES[0], {**same, slip: same[slip] + 2}),
        "按台账.xlsx": annual(AGENCIES[1], dict.fromkeys(inputs, ""), nil),
        "没有台账.xlsx": annual(AGENCIES[2], dict.fromkeys(inputs, ""), nil),
    }
    extra = f'[[forms]]\nform = "{REGISTER}"\nyear = 2023\ndeadline = 2024-01-31\n'
    made = make_district(tmp_path / "样例区", AGENCIES, files, extra=extra)
    done = nianbao("run", made, "--now", NOW)
    assert "Traceback" not in done.stderr, done.stderr
    found = {item["file"]: item for item in record(made)["submissions"]}
    about = {
        file: [
            (one["key"], one["actual"], one["expected"]) for one in item["findings"] if one["code"] == "R01"
        ]
        for file, item in found.items()
    }
    assert about["一致.xlsx"] == [(slip, str(same[slip] + 2), str(same[slip]))]
    assert found["按台账.xlsx"]["verdict"] in {"accepted", "accepted_with_remarks"}, found["按台账.xlsx"][
        "findings"
    ]
    assert [key for key, *_ in about["没有台账.xlsx"]] == list(nil)
    assert found["没有台账.xlsx"]["verdict"] == "returned"
    assert not [one for one in found["没有台账.xlsx"]["findings"] if one["code"] == "C01"], "they wait"
    with (made / "output" / "2023" / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["agency"]: row for row in csv.DictReader(file)}
    assert {key: int(rows[AGENCIES[1]][key]) for key in inputs} == {
        key: counted[AGENCIES[1]][key] for key in inputs
    }
    # the register of the third agency comes: its report is judged anew, by itself
    (made / "inbox" / "晚到的台账.xlsx").write_bytes(filled(REGISTER, AGENCIES[2]))
    nianbao("run", made, "--now", "2024-01-26T08:00:00")
    again = {item["file"]: item["verdict"] for item in record(made)["submissions"]}
    assert again["没有台账.xlsx"] in {"accepted", "accepted_with_remarks"}
    # who gets a template here may choose it; a district with one form has the template that it had
    nianbao("template", made, "--form", ANNUAL, "--now", NOW)
    [own] = (made / "output" / "2023" / "templates").glob("001*.xlsx")
    assert FROM_REGISTER in "".join(parts_of(own.read_bytes()))
    assert FROM_REGISTER not in "".join(parts_of(build_workbook(form)))


def by_register(agency: str) -> bytes:
    """An annual report that leaves to the register what that comes to."""
    form = load_form(ANNUAL)
    tables = ("requests", "disputes")
    blank: dict[str, Number | str] = {
        cell.key: "" for table in tables for cell in form.cells_of(table) if cell.is_input
    }
    return annual(agency, blank, {form.table(table).nil_key: FROM_REGISTER for table in tables})


@pytest.mark.usefixtures("unprinted")
def test_a_delivered_report_follows_its_register_only_when_a_person_lets_that_go_up(tmp_path: Path) -> None:
    files = {"台账.xlsx": filled(REGISTER, AGENCIES[0]), "年报.xlsx": by_register(AGENCIES[0])}
    extra = f"""[people]
district_office_email = "up@example.gov.cn"
[[forms]]
form = "{REGISTER}"
year = 2023
deadline = 2024-01-31
"""
    made = make_district(tmp_path / "样例区", AGENCIES[:1], files, extra=extra)
    by = ("--form", ANNUAL, "--by", "王主任", "--now")
    nianbao("run", made, "--now", NOW)
    letter = min((made / "output" / "2023" / REGISTER / "letters").glob("*.eml")).stem.rpartition("_")[2]
    assert letter in nianbao("letters", made, "--now", NOW).stdout
    for command in (("letters", "--open"), ("letters", "--stop"), ("send", "--by-hand", "--letter")):
        done = nianbao(command[0], made, *command[1:], letter, "--now", NOW)
        assert done.returncode == (2 if command[0] == "send" else 0), "found without naming its form"
        assert ("没有代号" in done.stderr) == (command[0] == "send"), "what was stopped does not wait"
    assert nianbao("deliver", made, *by, NOW).returncode == 0
    assert nianbao("send", made, "--form", ANNUAL, "--by-hand", "--all", "--now", NOW).returncode == 0
    later = made / "inbox" / "2024-01-26" / "台账更正.xlsx"
    later.parent.mkdir()
    later.write_bytes(filled(REGISTER, AGENCIES[0], rows=3))
    nianbao("run", made, "--now", "2024-01-26T08:00:00")
    at = ("2024-01-26T09:00:00",)
    packed = nianbao("papers", made, "--form", ANNUAL, "--now", *at)
    assert (packed.returncode, "同意更正" in packed.stderr) == (1, True), packed.stderr
    asked = openpyxl.load_workbook(made / "output" / "2023" / "待办.xlsx")["待决定"]
    assert [row for row in asked.iter_rows(values_only=True) if "更正已经报送的数据" in row]
    refused = nianbao("deliver", made, *by, *at)
    assert (refused.returncode, "改为" in refused.stderr) == (2, True), refused.stderr
    assert nianbao("deliver", made, "--reason", "台账更正", *by, *at).returncode == 0
    [subject] = [subject for to, subject in letters_in(made) if to == "up@example.gov.cn"]
    assert subject.startswith("【更正】")
    again = nianbao("deliver", made, "--reason", "台账更正", *by, *at)
    assert "已经签发过" in again.stdout, "it is that one"


def written_to(folder: Path, to: str, part: str = "") -> list[EmailMessage]:
    """The letters to ``to`` that wait."""
    paths = sorted((folder / "output" / "2023" / part / "letters").glob("*.eml"))
    found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    return [item for item in found if item["To"] == to]


def hand_over(folder: Path, at: str) -> None:
    for form in (ANNUAL, REGISTER):
        done = nianbao("send", folder, "--form", form, "--by-hand", "--all", "--now", at)
        assert done.returncode == 0, done.stderr


def test_who_had_a_receipt_hears_what_a_register_has_changed_or_contradicts_since(tmp_path: Path) -> None:
    follows, typed = AGENCIES[:2]
    files = {
        "2024-01-10/台账.xlsx": filled(REGISTER, follows),
        "2024-01-10/按台账.xlsx": by_register(follows),
        "2024-01-10/自己填的.xlsx": annual(typed, {}),
    }
    extra = f"""[people]
email = "office@example.gov.cn"
[[forms]]
form = "{REGISTER}"
year = 2023
deadline = 2024-01-31
"""
    made = make_district(tmp_path / "样例区", AGENCIES[:2], files, extra=extra)
    rows = [f"{number:03},{name},{number}@example.gov.cn" for number, name in enumerate(AGENCIES[:2], 1)]
    (made / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    nianbao("run", made, "--now", "2024-01-10T20:00:00")
    first = {to: written_to(made, to) for to in ("1@example.gov.cn", "2@example.gov.cn")}
    assert all(len(letters) == 1 for letters in first.values())
    before = totals(made)
    nianbao("run", made, "--now", "2024-01-11T08:00:00")
    hand_over(made, "2024-01-11T09:00:00")
    nianbao("run", made, "--now", "2024-01-11T10:00:00")
    assert not [letter for to in first for letter in written_to(made, to)], "nothing is new"
    assert list((made / "output" / "2023" / "site" / "reports").glob(f"*{typed}*"))
    later = made / "inbox" / "2024-01-11"
    later.mkdir()
    (later / "台账更正.xlsx").write_bytes(filled(REGISTER, follows, rows=3))
    (later / "台账晚到.xlsx").write_bytes(filled(REGISTER, typed))
    nianbao("run", made, "--now", "2024-01-11T20:00:00")
    # the figures followed the register: the report is published anew, and the correction stands in the workbook
    now = totals(made)
    assert (before[follows], now[follows], now[typed]) == (4, 3, before[typed])
    [again] = written_to(made, "1@example.gov.cn")
    assert f"{load_form(ANNUAL).by_key['requests.new_received.total'].short_label}：4 改为 3" in body_of(
        again
    )
    assert "1月10日" in body_of(again)
    assert attachment_of(again) != attachment_of(first["1@example.gov.cn"][0])
    summary = made / "output" / "2023" / record(made)["files"]["summary"]
    changes = openpyxl.load_workbook(summary, read_only=True)[CHANGES_SHEET]
    listed = [row for row in changes.iter_rows(values_only=True) if row[1] == follows]
    assert (4, 3) in [row[3:5] for row in listed]
    # what the other one typed is contradicted: it hears of that, and the office confirms it before it is published
    [told] = written_to(made, "2@example.gov.cn")
    assert "数出来是" in body_of(told)
    assert not list((made / "output" / "2023" / "site" / "reports").glob(f"*{typed}*"))
    asked = openpyxl.load_workbook(made / "output" / "2023" / "待办.xlsx")["待决定"]
    assert [row for row in asked.iter_rows(values_only=True) if "公布前请核对" in row and typed in row]
    [digest] = written_to(made, "office@example.gov.cn")
    assert [line for line in body_of(digest).splitlines() if follows in line and "台账更正" in line]
    assert [line for line in body_of(digest).splitlines() if typed in line and "与台账不一致" in line]
    with open_copy(made / "output") as ledger:
        kept = imports.reports_of(ledger, 2023)["001"]
    assert kept.numbers["requests.new_received.total"] == 3, "next year is compared with it"
    hand_over(made, "2024-01-12T09:00:00")
    nianbao("run", made, "--now", "2024-01-12T10:00:00")
    assert not [letter for to in first for letter in written_to(made, to)], "once"


def body_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def attachment_of(letter: EmailMessage) -> bytes:
    [content] = [part.get_content() for part in letter.iter_attachments()]
    assert isinstance(content, bytes)
    return content


def totals(folder: Path, part: str = "") -> dict[str, int]:
    """How many requests each body reported, as the figures of a form show it."""
    file = folder / "output" / "2023" / part / "figures.csv"
    rows = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    return {row["agency"]: int(row["requests.new_received.total"]) for row in rows}


def test_a_merged_agency_has_the_registers_of_its_parts_until_it_reports_one_for_all(tmp_path: Path) -> None:
    whole, part = AGENCIES[:2]
    first = {name: filled(REGISTER, name) for name in (whole, part)}
    files = {f"2024-01-10/{name}台账.xlsx": content for name, content in first.items()}
    extra = f'[[forms]]\nform = "{REGISTER}"\nyear = 2023\ndeadline = 2024-01-31\n'
    made = make_district(tmp_path / "样例区", AGENCIES[:2], files, extra=extra)
    nianbao("run", made, "--now", "2024-01-10T20:00:00")
    counted = totals(made, REGISTER)
    (made / "agencies.csv").write_text(
        f"code,name,merged_into\n001,{whole},\n002,{part},001 2024-01-12\n", "utf-8"
    )
    later = made / "inbox" / "2024-01-15" / "年报.xlsx"
    later.parent.mkdir()
    later.write_bytes(by_register(whole))
    nianbao("run", made, "--now", "2024-01-15T20:00:00")
    assert totals(made, REGISTER) == counted, "both are in the sums of the register"
    assert totals(made) == {whole: sum(counted.values())}
    # it reports a register for all: its part's counts no more, in either workbook
    anew = made / "inbox" / "2024-01-16" / "台账.xlsx"
    anew.parent.mkdir()
    anew.write_bytes(filled(REGISTER, whole, rows=7))
    nianbao("run", made, "--now", "2024-01-16T20:00:00")
    assert totals(made, REGISTER).keys() == {whole}
    assert totals(made) == totals(made, REGISTER)


def test_a_register_of_other_bodies_is_neither_taken_nor_compared() -> None:
    form = load_form(ANNUAL)
    figures = dict.fromkeys((cell.key for cell in load_form(REGISTER).cells), 5)
    of_others = {REGISTER: CountedRegister(figures, (AGENCIES[1],))}
    asks = carried_into(form, read(form, by_register(AGENCIES[0])), of_others)
    found = [item for item in asks.findings if item.code == "R01"]
    assert [(item.variant, item.facts["bodies"]) for item in found] == [("other_bodies", AGENCIES[1])] * 2
    assert awaited(form, replace(asks, findings=tuple(weighed(form, asks.findings))))
    typed = read(form, annual(AGENCIES[0], {}))
    assert carried_into(replace(form, beside=frozenset({REGISTER})), typed, of_others) == typed


def parts_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return [package.read(name).decode("utf-8", "replace") for name in package.namelist()]


def annual(agency: str, figures: dict[str, Number | str], more: dict[str, str] | None = None) -> bytes:
    """An annual report, consistent but for the figures that are given."""
    form = load_form(ANNUAL)
    code = f"{AGENCIES.index(agency) + 1:03}"
    written = report(form, code, agency, 2023, rng=random.Random(agency))
    numbers = inputs_only(form, dict(zip((cell.key for cell in form.cells), written.numbers, strict=True)))
    values: dict[str, Number | str] = {
        **numbers,
        **written.texts,
        **approved(form),
        **figures,
        **(more or {}),
    }
    stamp = Stamp(agency_code=code, agency=agency, year=2023, district="样例区")
    return build_workbook(form, stamp, values=values)


def test_what_was_collected_once_is_nobodys_new_file(folder: Path) -> None:
    nianbao("run", folder, "--now", NOW)
    settings = folder / "district.toml"
    settings.write_text(settings.read_text("utf-8").partition("[[forms]]")[0], "utf-8")
    nianbao("run", folder, "--now", "2024-01-26T08:00:00")
    alone = record(folder)
    assert not [
        item for item in alone["submissions"] if "台账.xlsx" in item["file"] or "四季度" in item["file"]
    ]
    # and the first form cannot be exchanged for one of the others: their memories are apart
    settings.write_text(settings.read_text("utf-8").replace(ANNUAL, REGISTER), "utf-8")
    done = nianbao("run", folder, "--now", "2024-01-26T09:00:00")
    assert (done.returncode, "以前是另收的表" in done.stderr) == (2, True)


def test_two_periods_of_one_form_at_the_same_time(tmp_path: Path) -> None:
    extra = f'[[forms]]\nform = "{ANNUAL}"\nyear = 2022\ndeadline = 2024-01-31\n'
    files = {
        "今年.xlsx": filled(ANNUAL, AGENCIES[0]),
        "补报.xlsx": year_before(AGENCIES[0]),
    }
    made = make_district(tmp_path / "样例区", AGENCIES, files, extra=extra)
    done = nianbao("run", made, "--now", NOW)
    assert "Traceback" not in done.stderr, done.stderr
    assert [item["file"] for item in record(made)["submissions"]] == ["今年.xlsx"]
    assert [item["file"] for item in record(made, "2022")["submissions"]] == ["补报.xlsx"]
    with open_copy(made / "output") as ledger:
        assert len(ledger.rows("SELECT DISTINCT year FROM envelopes")) == 2


def year_before(agency: str) -> bytes:
    form = load_form(ANNUAL)
    written = report(form, "001", agency, 2022, rng=random.Random(2022))
    numbers = dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: agency, form.entry_with_role("year").key: "2022"}
    return build_workbook(
        form, values={**inputs_only(form, numbers), **written.texts, **entries, **approved(form)}
    )


@pytest.mark.parametrize("form_id", [ANNUAL, REGISTER, DOCUMENTS, QUARTER])
@pytest.mark.parametrize("stamped", [True, False])
def test_a_file_finds_its_form(form_id: str, *, stamped: bool) -> None:
    forms: list[Form] = [load_form(name) for name in PERIODS]
    for shift in range(len(forms)):
        order = [*forms[shift:], *forms[:shift]]
        number = home_of(
            [Collected(form, PERIODS[form.id]) for form in order],
            filled(form_id, AGENCIES[1], stamped=stamped),
        )
        assert order[number].id == form_id


def test_the_workbook_means_the_same_as_the_text(folder: Path) -> None:
    own = load_district(folder)
    (folder / "经办.xlsx").write_bytes(build_settings_book(filled_of(own)))
    again = load_district(folder)
    assert again.book
    assert again.others == own.others
    assert [item.id for item in again.others] == [f"{REGISTER}:2023", f"{QUARTER}:2023Q4"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (REGISTER, "none_such", "没有名为"),
        ('period = "2023Q4"', "year = 2023", "不是一年一报"),
        ("2024-02-15", "2023-02-15", "结束以后"),
        (f'form = "{REGISTER}"', f'form = "{ANNUAL}"', "写了两次"),
    ],
)
def test_what_cannot_be_collected_is_refused_with_its_line(
    folder: Path, old: str, new: str, problem: str
) -> None:
    settings = folder / "district.toml"
    settings.write_text(settings.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ConfigError, match=problem) as fault:
        load_district(folder)
    assert fault.value.line
    assert fault.value.line > settings.read_text("utf-8").count(
        "\n", 0, settings.read_text("utf-8").index("[[forms]]")
    )
