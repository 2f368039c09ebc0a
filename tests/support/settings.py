"""经办.xlsx as a person might leave it: built, then changed by hand or saved by another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.publishing.settings_pages import FilledSettings, Value, build_settings_book, starting

AGENCIES: Sequence[Mapping[str, Value]] = (
    {"代码": "001", "单位名称": "样例区政府办公室", "简称": "区府办；区政府办", "类别": "部门", "邮箱": "fb@x.example"},
    {"代码": "002", "单位名称": "样例区财政局", "简称": "财政局", "类别": "部门", "电话": "13800000000"},
    {"代码": "003", "单位名称": "塘栖镇人民政府", "类别": "镇", "级别": "设区的市"},
)  # fmt: skip


def filled(
    settings: Mapping[tuple[str, str], Value] | None = None,
    lists: Mapping[str, Sequence[Mapping[str, Value]]] | None = None,
) -> FilledSettings:
    """A district of three agencies, with these settings and lists besides."""
    basis = starting("样例区", 2023)
    return FilledSettings({**basis.settings, **(settings or {})}, {"名单": AGENCIES, **(lists or {})})


def desk(
    folder: Path, content: FilledSettings | None = None, change: Callable[[Workbook], object] | None = None
) -> Path:
    """Write 经办.xlsx into ``folder``, changed by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inbox").mkdir(exist_ok=True)
    book = load_workbook(BytesIO(build_settings_book(content or filled())))
    if change:
        change(book)
    book.save(folder / "经办.xlsx")
    return folder


def cell_of(sheet: Worksheet, value: object) -> tuple[int, int]:
    """Where a value stands; of several places, the last: examples stand above."""
    return [
        (row, column)
        for row, line in enumerate(sheet.iter_rows(values_only=True), 1)
        for column, found in enumerate(line, 1)
        if found == value
    ][-1]


DEADLINE = date(2024, 1, 31)
