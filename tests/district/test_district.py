"""District folders: what is accepted, and on which line the rest is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.district.folder import load_district
from pipeline.district.roster import normalised
from pipeline.model import ConfigError

CONFIG = """\
name = "杭州市临平区"
level = "县区"
year = 2023
form = "annual_report_2021"
deadline = 2024-01-31
"""
ROSTER = """\
code,name,aliases,kind,level,contact,phone,email
001,杭州市临平区财政局,区财政局;财政局,部门,,张三,0571-1,a@x.cn;@cz.linping.example
002,塘栖镇人民政府,,镇,设区的市,李四,,
"""


def district(folder: Path, config: str = CONFIG, roster: bytes = ROSTER.encode()) -> Path:
    (folder / "district.toml").write_text(config, "utf-8")
    (folder / "agencies.csv").write_bytes(roster)
    return folder


def test_a_district_is_loaded(tmp_path: Path) -> None:
    loaded = load_district(district(tmp_path))
    assert (loaded.name, loaded.year, loaded.deadline) == ("杭州市临平区", 2023, date(2024, 1, 31))
    first, second = loaded.agencies
    assert first.aliases == ("区财政局", "财政局")
    assert first.emails == ("a@x.cn", "@cz.linping.example")
    assert (first.level, second.level) == ("县区", "设区的市")
    assert loaded.rules.blank_is_zero is False


def test_addresses_are_taken_as_people_list_them(tmp_path: Path) -> None:
    written = "a@x.cn、b＠x.cn， c@x.cn；@jx.x.cn"
    loaded = load_district(district(tmp_path, roster=ROSTER.replace("李四,,", f'李四,,"{written}"').encode()))
    assert loaded.agencies[1].emails == ("a@x.cn", "b@x.cn", "c@x.cn", "@jx.x.cn")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_the_roster_may_come_from_excel(tmp_path: Path, encoding: str) -> None:
    loaded = load_district(district(tmp_path, roster=ROSTER.encode(encoding)))
    assert [agency.name for agency in loaded.agencies] == ["杭州市临平区财政局", "塘栖镇人民政府"]


def test_columns_that_are_empty_all_the_way_down_are_a_spreadsheets_own(tmp_path: Path) -> None:
    roster = "\n".join(f"{line}, ,," for line in ROSTER.splitlines())
    assert load_district(district(tmp_path, roster=roster.encode())).agencies[1].name == "塘栖镇人民政府"


def test_a_value_without_a_heading_is_refused_with_its_column(tmp_path: Path) -> None:
    first, *rows = ROSTER.splitlines()
    roster = "\n".join([f"{first},,", *(f"{row},,备注" for row in rows)])
    with pytest.raises(ConfigError, match=r"agencies\.csv 第 2 行：第 10 列没有表头，但写着“备注”"):
        load_district(district(tmp_path, roster=roster.encode()))


def test_rules_can_be_chosen(tmp_path: Path) -> None:
    loaded = load_district(district(tmp_path, CONFIG + "[rules]\nblank_is_zero = true\n"))
    assert loaded.rules.blank_is_zero is True


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("year = 2023", "year = 23", 3),
        ("year = 2023", "year = 0", 3),
        ("year = 2023", 'year = "2023"', 3),
        ('level = "县区"', 'level = "区"', 2),
        ("deadline = 2024-01-31", 'deadline = "月底"', 5),
        ("deadline = 2024-01-31", "deadline = 2024-01-31T00:00:00", 5),
        ("deadline", "dead_line", 5),
        ("deadline = 2024-01-31", "deadline = 2024-01-31\n[rules]\nblank = true", 7),
        ("deadline = 2024-01-31", "deadline = 2024-01-31\n[rules]\nblank_is_zero = 1", 7),
        ('form = "annual_report_2021"\n', "", 1),
        ('form = "annual_report_2021"', 'form = "annual_report"', 4),
        ("year = 2023", "year = ", 3),
        ("deadline = 2024-01-31", "deadline = 2023-01-31", 5),
        ("deadline = 2024-01-31", "deadline = 9999-12-31", 5),
        ("year = 2023", "year = 2022", 3),
        ("deadline = 2024-01-31", 'deadline = 2024-01-31\n\n# [people]\noffice = "公开科"', 8),
    ],
)
def test_a_wrong_configuration_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    with pytest.raises(ConfigError, match=rf"district\.toml 第 {line} 行"):
        load_district(district(tmp_path, CONFIG.replace(old, new)))


def test_what_is_missing_before_any_header_is_named_without_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"district\.toml 第 1 行：缺少：name。请补上。"):
        load_district(district(tmp_path, CONFIG.replace('name = "', 'nom = "').replace("nom", "# nom")))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("phone,email", "phone,mail", " 第 1 行"),
        ("code,name", "code,title", " 第 1 行"),
        ("001,", ",", " 第 2 行"),
        ("镇,设区的市", "镇,市", " 第 3 行"),
        ("002,", "001,", "："),
        ("塘栖镇人民政府,", "塘栖镇人民政府,财政局", "："),
        ("李四,,", "李四,,,,多一列", " 第 3 行"),
        ("李四,,", "李四,,无", " 第 3 行"),
        ("李四,,", "李四,,li@localhost", " 第 3 行"),
        ("002,", "1.13301E+17,", " 第 3 行"),
    ],
)
def test_a_wrong_roster_is_refused_with_its_line(tmp_path: Path, old: str, new: str, where: str) -> None:
    with pytest.raises(ConfigError, match=rf"agencies\.csv{where}"):
        load_district(district(tmp_path, roster=ROSTER.replace(old, new).encode()))


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nianbao init"):
        load_district(tmp_path / "none")


def test_a_missing_or_empty_roster_is_refused(tmp_path: Path) -> None:
    folder = district(tmp_path, roster=ROSTER.splitlines()[0].encode())
    with pytest.raises(ConfigError, match=r"agencies\.csv"):
        load_district(folder)
    (folder / "agencies.csv").unlink()
    with pytest.raises(ConfigError, match=r"agencies\.csv"):
        load_district(folder)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"agencies\.csv"):
        load_district(district(tmp_path, roster=b"\xff\xff\x00"))


def test_names_are_compared_without_spaces_and_widths() -> None:
    assert normalised(" 临平 区\n财政局（本级） ") == normalised("临平区财政局(本级)")
