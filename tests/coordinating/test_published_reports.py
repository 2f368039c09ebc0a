"""Published reports as last year's data: Word, page, PDF, folder, archive, saved page; what contradicts is said."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from pipeline.coordinating.import_report import NOTHING_SAID, ImportAnswers, Taken
from pipeline.coordinating.importing import import_files
from pipeline.district.folder import load_district
from pipeline.forms.loader import load_form
from pipeline.ledger import imports, open_copy
from pipeline.model import PastReport, Report
from pipeline.publishing.template import build_workbook
from tests.support.districts import NOON
from tests.support.documents import Style, as_docx, as_html, portal
from tests.support.fills import report
from tests.support.folders import filled, inputs_only, make_district, nianbao, run

FORM = load_form()
NAMES = ("样例区财政局", "样例区教育局")


def sent(number: int = 1, year: int = 2022) -> Report:
    return report(FORM, f"{number:03}", NAMES[number - 1], year)


def page(what: Report, style: Style | None = None, kind: str = "modern") -> bytes:
    text = as_html(FORM, what, style or Style(signed=True), portal(kind))
    return text.encode("gb18030" if "gb2312" in text else "utf-8")


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return make_district(tmp_path / "区", NAMES, {})


def taken(district: Path, files: dict[str, bytes], said: ImportAnswers = NOTHING_SAID) -> list[Taken]:
    folder = district.parent / "往年"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return import_files(load_district(district), district / "output", [folder], now=NOON, said=said)


def kept(district: Path, year: int) -> dict[str, PastReport]:
    with open_copy(district / "output") as ledger:
        return imports.reports_of(ledger, year)


def test_a_folder_of_published_reports_of_several_years(district: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("财政局2020.html", page(sent(1, 2020), kind="tables"))
        archive.writestr("表.xlsx", filled(FORM, NAMES[0]))
    items = taken(
        district,
        {
            "2021/a.docx": as_docx(FORM, sent(1, 2021), Style()),
            "2022/a.html": page(sent(1, 2022)),
            "2022/a_files/b.html": page(sent(2, 2022)),
            "2022/b.html": page(sent(2, 2022), kind="tables"),
            "打包.zip": packed.getvalue(),
            "通知.docx": as_docx(FORM, sent(), Style())[:100],
        },
    )
    assert [(item.file, [(own.agency, own.year) for own in item.reports]) for item in items] == [
        ("a.docx", [("001", 2021)]),
        ("a.html", [("001", 2022)]),
        ("b.html", [("002", 2022)]),
        ("表.xlsx", []),
        ("财政局2020.html", [("001", 2020)]),
        ("通知.docx", []),
    ]
    past = kept(district, 2022)["002"]
    assert list(past.numbers.values()) == list(sent(2).numbers)
    assert past.texts.keys() == sent(2).texts.keys()
    assert items[1].remarks[0].startswith("读出 200 个数（共 200 个）")


def test_what_the_document_does_not_say_is_said_by_the_coordinator_or_its_name(district: Path) -> None:
    nameless = as_html(FORM, sent(), Style(), portal("plain")).replace(
        FORM.title_for(NAMES[0], 2022), "年度报告"
    )
    [item] = taken(district, {"x.html": nameless.encode()})
    assert not item.reports
    assert "--agency" in item.refusal
    [item] = taken(district, {"x.html": nameless.encode()}, ImportAnswers(agency="002", year=2021))
    assert [(own.agency, own.year) for own in item.reports] == [("002", 2021)]
    (district.parent / "往年" / "x.html").unlink()
    [item] = taken(district, {"样例区教育局2022年.html": nameless.encode()})
    assert [(own.agency, own.year) for own in item.reports] == [("002", 2022)]
    assert "按文件名" in item.remarks[0]


@pytest.mark.parametrize(
    ("said", "word"), [(ImportAnswers(year=2021), "--year"), (ImportAnswers(agency="002"), "--agency")]
)
def test_a_file_is_not_made_to_say_what_it_does_not(district: Path, said: ImportAnswers, word: str) -> None:
    [item] = taken(district, {"a.html": page(sent())}, said)
    assert not item.reports
    assert word in item.refusal


def test_blanks_are_zero_only_where_the_coordinator_says_so(district: Path) -> None:
    blank = page(sent(), Style(blank_zeros=True))
    [item] = taken(district, {"a.html": blank})
    [own] = item.reports
    assert any(value is None for value in own.numbers.values())
    assert any("--blank-is-zero" in remark for remark in item.remarks)
    [item] = taken(district, {"a.html": blank}, ImportAnswers(blank_is_zero=True))
    assert list(item.reports[0].numbers.values()) == list(sent().numbers)


def test_what_contradicts_is_said_and_what_is_not_told_is_not_forgotten(district: Path) -> None:
    before = sent()
    numbers = list(before.numbers)
    numbers[-1] += 1
    title = FORM.tables[0].blocks[0].columns[0].label[-1]
    cut = page(replace(before, numbers=tuple(numbers))).replace(title.encode(), "甲乙丙丁".encode())
    taken(district, {"a.html": page(before)})
    [item] = taken(district, {"a.html": cut})
    assert any("与已有的同年数据" in remark and "有 1 处" not in remark for remark in item.remarks)
    assert any("仍按原数采用" in remark for remark in item.remarks)
    assert any(title in remark for remark in item.remarks)
    own = kept(district, 2022)["001"]
    assert list(own.numbers.values()) == numbers


def test_this_year_and_strangers_are_refused(district: Path) -> None:
    stranger = report(FORM, "009", "邻区水利局", 2022)
    items = taken(district, {"a.html": page(sent(1, 2023)), "b.html": page(stranger)})
    assert "inbox" in items[0].refusal
    assert "邻区水利局" in items[1].refusal


AGENCIES = 7


def test_the_first_january_of_a_district_is_the_same_with_published_reports_as_with_the_ledger(
    tmp_path: Path,
) -> None:
    """Last year once accepted here, once imported from what was published, by agency another way: the same findings."""
    names = [f"样例区第{number}局" for number in range(1, AGENCIES + 1)]
    found = []
    for way in ("ledger", "published"):
        folder = make_district(tmp_path / way, names, {})
        config = (folder / "district.toml").read_text("utf-8")
        past = {
            name: report(FORM, f"{at:03}", name, 2022, rng=Random(f"{name} 2022"))
            for at, name in enumerate(names, 1)
        }
        if way == "ledger":
            earlier = config.replace("2023", "2022").replace("2024-01-31", "2023-01-31")
            (folder / "district.toml").write_text(earlier, "utf-8")
            for name, own in past.items():
                (folder / "inbox" / f"去年{name}.xlsx").write_bytes(as_filled(own))
            assert nianbao("run", folder, "--now", "2023-01-20T08:00:00").returncode in {0, 1}
            (folder / "district.toml").write_text(config, "utf-8")
        else:
            papers = tmp_path / "papers"
            papers.mkdir()
            for at, own in enumerate(past.values()):
                is_word = at % 2 == 1
                content = as_docx(FORM, own, Style()) if is_word else page(own)
                (papers / f"{at}.{'docx' if is_word else 'html'}").write_bytes(content)
            assert nianbao("import", folder, papers).returncode == 0
        for at, name in enumerate(names, 1):
            own = report(FORM, f"{at:03}", name, 2023, rng=Random(f"{name} 2023"))
            (folder / "inbox" / f"今年{name}.xlsx").write_bytes(as_filled(own))
        items = [own for own in run(folder).record["submissions"] if own["file"].startswith("今年")]
        found.append(
            {
                item["file"]: [
                    (one["code"], one["key"], one["actual"], one["expected"]) for one in item["findings"]
                ]
                for item in items
            }
        )
    assert len(found[0]) == AGENCIES
    assert found[0] == found[1]
    assert {"T3-04", "T2-02"} <= {code for own in found[0].values() for code, *_ in own}


def as_filled(own: Report) -> bytes:
    values = dict(zip((cell.key for cell in FORM.cells), own.numbers, strict=True))
    entries = {
        FORM.entry_with_role("agency").key: own.agency,
        FORM.entry_with_role("year").key: str(own.year),
    }
    return build_workbook(FORM, values={**inputs_only(FORM, values), **own.texts, **entries})


def test_names_with_numbers_in_them_are_names(district: Path) -> None:
    """A school or a numbered office: digits in a name are no year."""
    config = district / "agencies.csv"
    config.write_text(config.read_text("utf-8") + '\n003,"样例区第12中学"', "utf-8")
    [item] = taken(district, {"a.html": page(report(FORM, "003", "样例区第12中学", 2022))})
    assert [(own.agency, own.year) for own in item.reports] == [("003", 2022)]
