"""Whatever workbook a person saves: every agency is read right, or the file is refused at a cell. Nothing else happens."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.district.folder import load_district
from pipeline.district.roster import load_roster
from pipeline.district.tables import read_tables
from pipeline.model import Agency, ConfigError
from pipeline.publishing.settings_pages import build_settings_book
from tests.support.libreoffice import converted
from tests.support.settings import filled

TITLES = {
    "code": ["代码", "单位代码", "code", " 编 码 "],
    "name": ["单位名称", "名称", "单位\n全称", "NAME"],
    "aliases": ["简称", "别名"],
    "kind": ["类别", "单位类型"],
    "level": ["级别"],
    "phone": ["电话", "联系电话", "手机"],
    "email": ["邮箱", "电子邮箱", "E-mail"],
    "note": ["备注", "说明"],
}
LEVELS = {"": "县区", "县": "县区", "乡镇": "县区", "县区": "县区", "设区的市": "设区的市", "市": None}
PHONES = {"": "", "0571-88000001": "0571-88000001", 13800000001: "13800000001", "1.38E+10": None}
EMAILS = {
    "": (), "mailto:a@x.example": ("a@x.example",), "a@x.example；b@x.example": ("a@x.example", "b@x.example"), "无": None,
}  # fmt: skip

rows = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(["text", "zeros", "plain", "missing"]),
            "level": st.sampled_from(list(LEVELS)),
            "phone": st.sampled_from(list(PHONES)),
            "email": st.sampled_from(list(EMAILS)),
            "gap": st.booleans(),
        }
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip
columns = st.permutations(list(TITLES))
heads = st.fixed_dictionaries({key: st.sampled_from(titles) for key, titles in TITLES.items()})
extras = st.sampled_from(["", "title", "sum", "stray", "sheet", "formula"])


Wanted = list[dict[str, Any]]


def write(sheet: Worksheet, wanted: Wanted, order: list[str], titles: dict[str, str], extra: str) -> None:
    """Write the sheet 名单 as a person might."""
    row = 3 if extra == "title" else 1
    if extra == "title":
        sheet.cell(1, 1).value = "某某区报送单位名单"
    at = {key: column for column, key in enumerate(order, 1)}
    for key, column in at.items():
        sheet.cell(row, column).value = titles[key]
    for number, item in enumerate(wanted, 1):
        row += 2 if item["gap"] else 1
        value, shown = CODES[item["code"]](number)
        sheet.cell(row, at["code"]).value = value
        sheet.cell(row, at["code"]).number_format = shown
        sheet.cell(row, at["name"]).value = f"第{number}局"
        for key in ("level", "phone", "email"):
            sheet.cell(row, at[key]).value = item[key] or None
    beside = {
        "sum": ((row + 2, at["code"], "合计"), (row + 2, at["name"], len(wanted))),
        "stray": ((row, len(order) + 3, "待定"),),
        "formula": ((row, at["kind"], '="部"&"门"'),),
    }
    for line, column, text in beside.get(extra, ()):
        sheet.cell(line, column).value = text


CODES: dict[str, Callable[[int], tuple[Any, str]]] = {
    "text": lambda number: (f"{number:03}", "@"),
    "zeros": lambda number: (number, "000"),
    "plain": lambda number: (number, "General"),
    "missing": lambda _: (None, "General"),
}


def cannot_be_meant(wanted: Wanted, extra: str) -> bool:
    """Whether the sheet has anything that must be refused."""
    return extra in {"stray", "sheet", "formula"} or any(
        item["code"] == "missing"
        or LEVELS[item["level"]] is None
        or PHONES[item["phone"]] is None
        or EMAILS[item["email"]] is None
        for item in wanted
    )


def expected(wanted: Wanted) -> list[Agency]:
    kept = any(item["code"] != "plain" for item in wanted)
    return [
        Agency(
            code=f"{number:03}" if kept else str(number),
            name=f"第{number}局",
            kind="",
            level=LEVELS[item["level"]] or "",
            phone=PHONES[item["phone"]] or "",
            emails=EMAILS[item["email"]] or (),
        )
        for number, item in enumerate(wanted, 1)
    ]


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(wanted=rows, order=columns, titles=heads, extra=extras)
def test_a_roster_is_read_right_or_refused_at_its_cell(
    wanted: Wanted, order: list[str], titles: dict[str, str], extra: str
) -> None:
    book: Workbook = load_workbook(BytesIO(BLANK))
    book.remove(book["名单"])
    write(book.create_sheet("名单"), wanted, order, titles, extra)
    if extra == "sheet":
        book.create_sheet("Sheet9")["C3"] = "自己的笔记"
    with TemporaryDirectory() as folder:
        book.save(Path(folder) / "经办.xlsx")
        if cannot_be_meant(wanted, extra):
            with pytest.raises(ConfigError, match=r"表“[^”]+” [A-Z]+\d+："):
                load_district(Path(folder))
        else:
            assert list(load_district(Path(folder)).agencies) == expected(wanted)


BLANK = build_settings_book(filled(lists={"名单": ()}))


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_libreoffice_saves_means_the_same(tmp_path: Path, suffix: str) -> None:
    original = tmp_path / "经办.xlsx"
    original.write_bytes(build_settings_book(filled({("people", "email"): "a@x.example"})))
    before = load_district(tmp_path)
    saved = converted(original, tmp_path / "out", suffix)
    after = load_district(saved.parent)
    for name in ("name", "year", "deadline", "people", "agencies"):
        assert getattr(after, name) == getattr(before, name)


def test_a_workbook_that_unpacks_to_more_than_any_list_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "agencies.csv"
    Workbook().save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] += b" " * 70_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ConfigError, match="解压以后太大"):
        read_tables(path)


def ods(rows: str) -> bytes:
    """The least that is an .ods with one sheet."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    table = f'<table:table table:name="名单">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f'<office:document-content{names} office:version="1.2">{body}</office:document-content>',
        )
    return packed.getvalue()


def cells(*texts: str, more: str = "") -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )


HEAD = f"<table:table-row>{cells('代码', '单位名称')}</table:table-row>"
FAR = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


def test_an_ods_is_read_however_far_its_empty_rows_go_and_refused_where_they_hold_something(
    tmp_path: Path,
) -> None:
    path = tmp_path / "agencies.csv"
    own = f"<table:table-row>{cells('001', '甲局')}</table:table-row>"
    path.write_bytes(ods(HEAD + own + FAR))
    assert [agency.name for agency in load_roster(path, "县区")] == ["甲局"]
    repeated = ' table:number-columns-repeated="16384"'
    wide = f"<table:table-row>{cells('001', more=repeated)}</table:table-row>"
    tall = f'<table:table-row table:number-rows-repeated="1048000">{cells("001", "甲局")}</table:table-row>'
    for rows in (HEAD + wide, HEAD + tall, HEAD + FAR + own):
        path.write_bytes(ods(rows))
        with pytest.raises(ConfigError, match="太大，远处"):
            read_tables(path)


def test_a_panic_of_the_reader_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As Rust code raises it."""

    def panic(_: object) -> None:
        raise Panic

    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_filelike", panic)
    path = tmp_path / "agencies.csv"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(ConfigError, match="打不开"):
        read_tables(path)


def test_what_cannot_be_seen_makes_no_other_agency(tmp_path: Path) -> None:
    path = csv_roster(tmp_path, "001\u200b,甲\u202e局\x07,,", "002,乙局,,")
    assert [(item.code, item.name) for item in load_roster(path, "县区")] == [
        ("001", "甲局"),
        ("002", "乙局"),
    ]
    path = csv_roster(tmp_path, "001,甲局,,", "002,甲局\u200b,,")
    with pytest.raises(ConfigError, match="出现在两个单位"):
        load_roster(path, "县区")


def csv_roster(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "agencies.csv"
    path.write_text("\n".join(("code,name,aliases,note", *lines)), "utf-8")
    return path


@pytest.mark.parametrize(
    "lines",
    [
        ('001,"甲局,,', "002,乙局,,", "003,丙局,,"),
        ('001,甲局,"甲,', "002,乙局,,", '003,丙局,,丙"'),
        ('001,甲局,"甲,', '002,乙局,"乙,', "003,丙局,,"),
        ('001,甲局,"甲,', "002,乙局,,", '003,"丙局",,'),
        ('001,甲"局,,', "002,乙局,,"),
        ('001, "甲局",,', "002,乙局,,"),
        ('001,"甲"局,,', "002,乙局,,"),
        ('001,甲局,,"', '"002,乙局,,'),
    ],
)
def test_quotation_marks_that_would_swallow_agencies_are_refused_at_their_line(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError, match=r"agencies\.csv 第 3 行：.*双引号"):
        load_roster(csv_roster(tmp_path, "000,零局,,", *lines), "县区")


def test_quotation_marks_around_a_value_are_read(tmp_path: Path) -> None:
    path = csv_roster(
        tmp_path, '001,"甲局","甲\n所",', '"002","乙""特""局",,"一,二"', "003,丙“特”局,,", "004,丁局,,,,多余"
    )
    with pytest.raises(ConfigError, match=r"agencies\.csv 第 6 行"):
        load_roster(path, "县区")
    path.write_text(path.read_text("utf-8").replace(",,多余", ""), "utf-8")
    found = load_roster(path, "县区")
    assert [agency.name for agency in found] == ["甲局", '乙"特"局', "丙“特”局", "丁局"]
    assert [agency.line for agency in found] == [2, 4, 5, 6]
