"""The sample district: it never drifts from the form, it is true to itself, and it holds the faults it claims."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from difflib import SequenceMatcher
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import msoffcrypto
import pytest
from python_calamine import CalamineWorkbook

from examples.linping import build as sample
from examples.linping.build import REAL, build, delivered, report_of, sample_files
from examples.linping.build import workbook as workbook_of
from examples.linping.plan import DELIVERIES, FAULTS, MISTAKEN, RETURNED, SILENT, Delivery
from examples.linping.roster import BODIES, BY_CODE, YEAR
from pipeline.district.folder import load_district
from pipeline.forms.arithmetic import holds, with_totals
from pipeline.forms.loader import load_form, parse_form
from pipeline.model import Number
from tests.forms.mutation import shipped
from tests.support.folders import nianbao
from tests.support.real_report import load_real_report, real_report_on

FORM = load_form()
COMMITTED = Path(__file__).parent.parent / "examples" / "linping-2023"
LEVEL = "县区"
MOST_SIMILAR = 0.85
MOST_BYTES = 3_000_000
PASSWORD = "linping2023"  # noqa: S105 - of a sample
CODES = [body.code for body in BODIES]
BY_PATH = {item.path: item for item in DELIVERIES}


_DECLARED = re.compile(rb' xmlns:\w+="[^"]*"')


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return sample_files()


def _essence(path: str, content: bytes) -> object:
    """Unpack what another zlib would pack differently: everything else is compared byte for byte."""
    if path.endswith(".eml"):
        parts = list(_mail(content).walk())
        return [
            (part.get_content_type(), _essence(part.get_filename() or "", _payload(part))) for part in parts
        ]
    if content.startswith(b"\xd0\xcf\x11\xe0") and path.endswith(".xlsx"):
        return _essence("", _unlocked(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as package:
            members = [(item.filename, item.date_time, package.read(item)) for item in package.infolist()]
        if path.endswith(
            ".ods"
        ):  # odfpy declares every namespace that anybody in this process has used so far
            return [(name, at, _DECLARED.sub(b"", data)) for name, at, data in members]
        return members
    return content


def _mail(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _unlocked(content: bytes) -> bytes:
    book = msoffcrypto.OfficeFile(BytesIO(content))
    book.load_key(password=PASSWORD)
    stream = BytesIO()
    book.decrypt(stream)
    return stream.getvalue()


def _one(code: str) -> Delivery:
    return next(item for item in DELIVERIES if item.code == code)


def _read_at_addresses(content: bytes, keys: list[str]) -> dict[str, object]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    found: dict[str, object] = {}
    for key in keys:
        sheet, row, column = FORM.positions[key]
        found[key] = rows[sheet][row][column] if row < len(rows[sheet]) else ""
    return found


def test_the_committed_folder_is_what_the_script_builds(tmp_path: Path) -> None:
    build(tmp_path)
    built = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(COMMITTED).as_posix() for path in COMMITTED.rglob("*") if path.is_file()}
    assert committed == built
    differing = [
        path
        for path in sorted(built)
        if _essence(path, (COMMITTED / path).read_bytes()) != _essence(path, (tmp_path / path).read_bytes())
    ]
    assert differing == [], "run: python examples/build_linping_2023.py"


@pytest.mark.parametrize(
    "page", sorted(COMMITTED.parent.glob("*/README.md")), ids=lambda page: page.parent.name
)
def test_what_a_readme_says_to_type_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(COMMITTED.parent.parent)
    typed = re.findall(r"^nianbao (.+)$", page.read_text("utf-8"), re.MULTILINE)
    assert typed
    for line in typed:
        words = [
            str(tmp_path) if before == "--output" else word for before, word in pairwise(["", *line.split()])
        ]
        done = nianbao(*words)
        assert done.returncode in {0, 1}, f"{line}\n{done.stderr}"


def test_building_twice_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    """But for the .ods: odfpy declares every namespace that it has met in this process."""
    again = sample_files()
    assert list(again) == list(files)
    assert [
        path
        for path, content in files.items()
        if content != again[path]
        and not (path.endswith(".ods") and _essence(path, content) == _essence(path, again[path]))
    ] == []


def test_the_folder_stays_small(files: dict[str, bytes]) -> None:
    assert sum(map(len, files.values())) < MOST_BYTES


def test_the_district_loads_with_42_bodies() -> None:
    district = load_district(COMMITTED)
    assert len(district.agencies) == len({agency.code for agency in district.agencies}) == 42
    assert (district.year, district.form, district.level) == (YEAR, FORM.id, LEVEL)
    assert Counter(agency.kind for agency in district.agencies) == {"部门": 31, "平台": 3, "街道": 7, "镇": 1}
    assert all(
        mailbox.endswith(".linping.example") for agency in district.agencies for mailbox in agency.emails
    )


def test_every_body_sends_something_or_is_silent() -> None:
    senders = {item.code for item in DELIVERIES if not item.foreign}
    shown = {item.put_down_to for item in DELIVERIES} - {None}
    assert senders.isdisjoint(SILENT)
    assert senders | set(SILENT) == set(CODES)
    assert len(senders) == 39
    assert senders - shown == set(MISTAKEN)


def test_most_senders_are_accepted() -> None:
    accepted = {item.code for item in DELIVERIES if item.verdict.startswith("accepted")}
    assert len(accepted) == 26


def test_no_two_faults_are_the_same() -> None:
    assert len(BY_PATH) == len(DELIVERIES)
    assert len({item.wrong for item in FAULTS}) == len(FAULTS)
    returned = [(item.codes, item.wrong) for item in DELIVERIES if item.verdict == RETURNED]
    assert len(returned) >= 12
    assert all(codes for codes, _ in returned)


@pytest.mark.parametrize("code", CODES)
def test_the_true_figures_of_every_body_balance(code: str) -> None:
    numbers, _ = report_of(code)
    assert list(numbers) == [cell.key for cell in FORM.cells]
    assert [balance.id for balance in FORM.balances_for(LEVEL) if holds(balance, numbers) is False] == []


def test_the_district_has_the_magnitudes_of_2023() -> None:
    sums: Counter[str] = Counter()
    for code in CODES:
        sums.update({key: int(value) for key, value in report_of(code)[0].items()})
    assert sums["requests.new_received.total"] == 1137
    assert sums["requests.carried_over.total"] == 32
    assert sums["requests.carried_forward.total"] == 33
    assert 12 <= sums["disputes.reconsideration.total"] <= 37
    suits = sums["disputes.litigation_direct.total"] + sums["disputes.litigation_after_reconsideration.total"]
    assert 5 <= suits <= 15
    assert sums["proactive.normative_documents.issued"] == 45
    assert sums["proactive.normative_documents.repealed"] == 31
    assert report_of("LP026")[0]["requests.new_received.total"] == 581


@pytest.mark.parametrize("item", [item for item in DELIVERIES if item.edit], ids=lambda item: item.path)
def test_planted_slips_break_exactly_the_rules_they_claim(item: Delivery) -> None:
    """Totals that were not typed over are what the template computes; text in a cell counts as unreadable."""
    read = _read_at_addresses(workbook_of(item), [cell.key for cell in FORM.cells])
    typed: dict[str, Number | None] = {
        key: (int(value) if float(value).is_integer() else None) if isinstance(value, int | float) else None
        for key, value in read.items()
    }
    numbers = with_totals(FORM, typed)
    broken = {balance.rule.id for balance in FORM.balances_for(LEVEL) if holds(balance, numbers) is False}
    assert broken == {code for code in item.codes if code.startswith("T")}


@pytest.mark.parametrize("code", CODES)
def test_the_texts_say_what_a_report_must_say(code: str) -> None:
    _, texts = report_of(code)
    assert [text.key for text in FORM.texts if text.required and not texts[text.key].strip()] == []
    whole = "\n".join(texts.values())
    assert re.search(r"统计期限[^。]*2023年1月1日起?，?至2023年12月31日", whole)
    assert "信息处理费" in texts["other_matters"]
    assert set(re.findall(r"\d{4}(?=年)", whole)) == {str(YEAR)}
    assert not re.search(r"××|【|\{|XX|None", whole)
    assert all(paragraph == paragraph.strip() for text in texts.values() for paragraph in text.split("\n"))
    if BY_CODE[code].is_government:
        assert all(word in texts["overview.supervision"] for word in ("考核", "评议", "追究"))


@pytest.mark.parametrize("code", [code for code in CODES if code != REAL])
def test_the_counts_in_the_texts_are_those_of_the_tables(code: str) -> None:
    numbers, texts = report_of(code)
    told = texts["overview.on_request"]

    def said(pattern: str) -> int:
        found = re.search(pattern, told)
        return int(found[1]) if found else 0

    def figure(*keys: str) -> int:
        return sum(int(numbers[key]) for key in keys)

    answered = figure("requests.outcomes_total.total")
    assert said(r"(?:收到|新收)(?:政府信息公开)?申请(\d+)件") == figure("requests.new_received.total")
    assert said(r"上年结转(\d+)件") == figure("requests.carried_over.total")
    assert said(r"结转下年度继续办理(\d+)件") == figure("requests.carried_forward.total")
    assert said(r"(?:办结|已答复)(\d+)件") == answered
    assert said(r"行政复议(\d+)件") == figure("disputes.reconsideration.total")
    assert said(r"行政诉讼(\d+)件") == figure(
        "disputes.litigation_direct.total", "disputes.litigation_after_reconsideration.total"
    )
    groups = re.search(r"其中((?:[一-鿿]+\d+件[，。])+)", told)
    assert sum(map(int, re.findall(r"\d+", groups[1] if groups else ""))) == answered


def test_no_two_reports_are_nearly_the_same() -> None:
    """Compared by shared runs of three characters; the likest pairs in order of their characters as well."""
    runs = {}
    for code in CODES:
        whole = "\n".join(report_of(code)[1].values())
        runs[code] = Counter(whole[at : at + 3] for at in range(len(whole) - 2))
    alike = sorted(
        (2 * (runs[one] & runs[other]).total() / (runs[one] + runs[other]).total(), one, other)
        for one, other in combinations(CODES, 2)
    )
    assert alike[-1][0] < MOST_SIMILAR
    for _, one, other in alike[-10:]:
        first, second = ("\n".join(report_of(code)[1].values()) for code in (one, other))
        assert SequenceMatcher(None, first, second, autojunk=False).ratio() < MOST_SIMILAR


def test_a_sample_that_cannot_be_made_leaves_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    kept = tmp_path / "inbox" / "a.xlsx"
    kept.parent.mkdir()
    kept.write_bytes(b"a")
    monkeypatch.setattr(sample, "sample_files", fail)
    with pytest.raises(ZeroDivisionError):
        build(tmp_path)
    assert kept.read_bytes() == b"a"


def test_what_was_published_is_known_of_a_form_with_a_row_more() -> None:
    text = shipped("annual_report_2021")
    row = '  { key = "coercive_measures", label = ["行政强制"] },\n'
    longer = parse_form(
        text.replace(row, f'{row}  {{ key = "confirmations", label = ["行政确认"] }},\n'), "a.toml"
    )
    told, before = real_report_on(longer), load_real_report()
    [key] = told.numbers.keys() - before.numbers.keys()
    assert (key, told.numbers[key]) == ("proactive.confirmations.decisions", 0)
    assert {name: told.numbers[name] for name in before.numbers} == before.numbers
    assert list(told.numbers) == [cell.key for cell in longer.cells]


def test_the_real_report_is_sent_as_published(files: dict[str, bytes]) -> None:
    real = load_real_report()
    content = files[f"inbox/{_one(REAL).path}"]
    assert _read_at_addresses(content, list(real.numbers)) == dict(real.numbers)
    assert _read_at_addresses(content, list(real.texts)) == dict(real.texts)
    assert BY_CODE[REAL].name == real.agency


@pytest.mark.parametrize("shape", ["xls", "ods"])
def test_other_formats_hold_the_same_values_at_the_same_addresses(shape: str) -> None:
    item = next(item for item in DELIVERIES if item.shape == shape)
    numbers, texts = report_of(item.code)
    read = _read_at_addresses(delivered(item), [*numbers, *texts])
    assert read == {**{key: float(value) for key, value in numbers.items()}, **texts}


def test_labels_of_reshaped_sheets_are_where_the_fault_says(files: dict[str, bytes]) -> None:
    inserted = files[f"inbox/{_one('LP013').path}"]
    sheet = FORM.table("requests").sheet
    key = "requests.carried_forward.natural_person"
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(inserted))
        .get_sheet_by_name(sheet)
        .to_python(skip_empty_area=False)
    )
    assert rows[FORM.positions[key][1] + 1][0] == FORM.by_key[key].row.label[0]
    damaged = CalamineWorkbook.from_filelike(BytesIO(files[f"inbox/{_one('LP037').path}"]))
    labels = [row[0] for row in damaged.get_sheet_by_name(FORM.table("proactive").sheet).to_python()]
    assert "规范性文件" in labels
    assert "行政规范性文件" not in labels


def test_the_old_form_is_recognisable(files: dict[str, bytes]) -> None:
    item = next(item for item in DELIVERIES if item.shape == "old_form")
    book = CalamineWorkbook.from_filelike(BytesIO(files[f"inbox/{item.path}"]))
    words = {
        value
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for value in row
    }
    assert set(FORM.superseded.markers) <= words


def test_the_mails_carry_what_they_say(files: dict[str, bytes]) -> None:
    mails = {item.path: _mail(files[f"inbox/{item.path}"]) for item in DELIVERIES if item.mail}
    assert len(mails) == 4
    for path, mail in mails.items():
        item = BY_PATH[path]
        assert item.mail
        assert mail["Date"].datetime == item.mail.sent
        assert (item.mail.sent.year, item.mail.sent.month) == (2024, 1)
        assert mail["From"].addresses[0].addr_spec == BY_CODE[item.code].email
        names = [part.get_filename() for part in mail.iter_attachments()]
        assert names == ([item.mail.attachment] if item.mail.attachment else [])
        assert mail.get_body() is not None


def test_the_locked_file_is_a_workbook_behind_a_password(files: dict[str, bytes]) -> None:
    item = next(item for item in DELIVERIES if item.shape == "locked")
    content = files[f"inbox/{item.path}"]
    assert msoffcrypto.OfficeFile(BytesIO(content)).is_encrypted()
    assert _unlocked(content) == workbook_of(item)


def test_the_duplicate_is_the_same_file(files: dict[str, bytes]) -> None:
    first, second = (item for item in DELIVERIES if item.code == "LP004")
    assert files[f"inbox/{first.path}"] == files[f"inbox/{second.path}"]
