from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.forms.form import Form
from pipeline.intake.identify.identity import Identity, Roster, identify
from pipeline.model import Agency, Claims, Finding, Number, Reading, Severity
from tests.intake.support import codes

FINANCE = Agency(
    "F01", "杭州市临平区财政局", "部门", "县区", ("区财政局", "财政局"), emails=("cz@example.com",)
)
EDUCATION = Agency("E02", "杭州市临平区教育局", "部门", "县区", ("教育局",), emails=("@edu.example.com",))
OFFICE = Agency(
    "O03", "临平街道办事处", "街道", "县区", ("临平街道",), emails=("a@x.com", "@shared.example.com")
)
TOWNSHIP = Agency("T04", "临平", "平台", "县区", emails=("@shared.example.com",))
TOWN = Agency("B05", "北塘镇", "乡镇", "县区")
ROSTER = Roster.of((FINANCE, EDUCATION, OFFICE, TOWNSHIP))
YEAR = 2023


def reading(
    form: Form,
    *,
    agency: str = "",
    code: str = "",
    year: str = "2023",
    stamp: Mapping[str, str] | None = None,
) -> Reading:
    written = {"agency": agency, "code": code, "year": year}
    entries = {entry.key: written.get(entry.role, "") for entry in form.entries}
    numbers: dict[str, Number | None] = {cell.key: 0 for cell in form.cells}
    return Reading(
        form.id,
        Claims(stamp or {}, agency, code, int(year) if year.isdecimal() else None),
        numbers=numbers,
        entries=entries,
        places=form.places,
    )


def owner(found: Reading, *, path: str = "附件.xlsx", sender: str | None = None) -> Identity:
    return identify(found, path=path, sender=sender, roster=ROSTER, year=YEAR)


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        ("杭州市临平区财政局", FINANCE),
        (" 杭州市\n临平区　财政局 ", FINANCE),
        ("区财政局", FINANCE),
        ("临平区财政局", FINANCE),
        ("浙江省杭州市临平区教育局", EDUCATION),
        ("教育局", EDUCATION),
        ("临平街道", OFFICE),
    ],
)
def test_a_name_or_alias_is_enough(form: Form, agency: str, expected: Agency) -> None:
    found = owner(reading(form, agency=agency))
    assert (found.agency, found.held, found.findings) == (expected, False, ())


def test_a_bureau_of_the_city_is_not_the_district_s(form: Form) -> None:
    found = owner(reading(form, agency="杭州市统计局"))
    assert (found.agency, found.held) == (None, True)


@pytest.mark.parametrize(
    ("name", "is_held"),
    [
        ("区教育局2023年报.xlsx", True),
        ("2023年报教育局（最终）.xlsx", True),
        ("卷/教育局.xlsx", True),
        ("卷/财政局/教育局.xlsx", False),
        ("教育局/年报.xlsx", False),
        ("教育局转财政局年报.xlsx", False),
        ("财政年报_教育局.xlsx", False),
        ("报教育局.xlsx", False),
        ("教育局退回_第2次.xlsx", False),
        ("杭州市教育局模板.xlsx", False),
        ("临平年报.xlsx", False),
        ("年报.xlsx", False),
        ("临平街道、教育局.xlsx", False),
    ],
)
def test_a_file_called_by_another_agency_s_name_is_held(form: Form, name: str, *, is_held: bool) -> None:
    found = owner(reading(form, stamp={"agency": "F01"}, agency="杭州市临平区财政局"), path=name)
    assert (found.agency, found.held) == (FINANCE, is_held)
    assert [item.variant for item in found.findings] == (["file_name"] if is_held else [])


def test_a_file_s_name_says_nothing_against_the_agency_s_own_mailbox(form: Form) -> None:
    found = owner(reading(form, agency="财政局"), path="教育局.xlsx", sender="cz@example.com")
    assert (found.agency, found.held) == (FINANCE, False)


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (replace(TOWN, former_names=("南塘乡",)), EDUCATION),
        (TOWN, replace(EDUCATION, name="北塘镇人民政府", aliases=("南塘乡",))),
        (replace(TOWN, merged_into="E02"), replace(EDUCATION, aliases=("南塘乡",))),
        (TOWN, replace(EDUCATION, aliases=("南塘乡",), merged_into="B05")),
        (replace(TOWN, split_from="E02"), replace(EDUCATION, aliases=("南塘乡",))),
    ],
)
def test_a_former_name_a_town_s_government_and_parts_of_one_body_are_no_other(
    form: Form, own: Agency, other: Agency
) -> None:
    roster = Roster.of((own, other))
    path = "北塘镇人民政府.xlsx" if other.name == "北塘镇人民政府" else "南塘乡年报.xlsx"
    found = identify(
        reading(form, agency="北塘镇", stamp={"agency": "B05"}),
        path=path,
        sender=None,
        roster=roster,
        year=YEAR,
    )
    assert (found.agency, found.held) == (own, False)


def test_a_bureau_without_the_district_in_its_name_is_known_by_its_alias(form: Form) -> None:
    labour = Agency("L07", "云溪区人力资源和社会保障局", "部门", "县区", ("区人社局",))
    found = identify(
        reading(form, agency="北塘镇", stamp={"agency": "B05"}),
        path="区人社局2026年报.xlsx",
        sender=None,
        roster=Roster.of((TOWN, labour)),
        year=YEAR,
    )
    assert (found.agency, found.held) == (TOWN, True)
    [doubt] = [item for item in found.findings if item.code == "F09"]
    assert doubt.facts["named"] == labour.name


def test_a_code_is_enough(form: Form) -> None:
    assert owner(reading(form, code="f01")).agency == FINANCE


@pytest.mark.parametrize("stamped", ["F01", "杭州市临平区财政局"])
def test_a_stamp_is_enough(form: Form, stamped: str) -> None:
    assert owner(reading(form, stamp={"agency": stamped})).agency == FINANCE


@pytest.mark.parametrize(
    ("stamp", "code", "agency"),
    [("F01", "", "教育局"), ("", "F01", "教育局"), ("F01", "E02", ""), ("F01", "", "第一中学")],
)
def test_two_claims_that_differ_are_held(form: Form, stamp: str, code: str, agency: str) -> None:
    found = owner(reading(form, agency=agency, code=code, stamp={"agency": stamp}))
    assert found.held
    assert codes(found.findings) == ["F02.conflict"]
    assert found.findings[0].facts == {"stamp": FINANCE.name, "stated": agency or code}
    assert found.findings[0].place == form.places[form.entry_with_role("agency").key]


@pytest.mark.parametrize("agency", ["临平区财政局", "浙江省杭州市临平区财政局", "财政局办公室"])
def test_a_stamp_lets_the_name_be_spelt_otherwise(form: Form, agency: str) -> None:
    found = owner(reading(form, agency=agency, stamp={"agency": "F01"}))
    assert (found.agency, found.held, found.findings) == (FINANCE, False, ())


@pytest.mark.parametrize(
    ("stated", "is_ours"),
    [
        ("杭州市临平区教育局", True),
        ("浙江省杭州市临平区教育局（本级）", True),
        ("临平教育局", True),
        ("临平区教育局办公室", True),
        ("临平区教育局2023年报", True),
        ("教育局（区委教育工委办公室）", True),
        ("中共杭州市临平区教育局委员会", True),
        ("杭州市余杭区教育局", False),
        ("余杭区教育局", False),
        ("余杭教育局", False),
        ("杭州市教育局", False),
        ("市教育局", False),
        ("宁波市临平区教育局", False),
        ("宁波市临平区教育局办公室", False),
        ("浙江省教育厅", False),
        ("杭州市临平区教育局招生考试中心", False),
        ("临平区教育局（招生考试中心）", False),
        ("教育局第一分局", False),
        ("教育局督查支队", False),
        ("区教育局下属第一小学", False),
    ],
)
def test_a_name_that_only_contains_ours_is_held(form: Form, stated: str, *, is_ours: bool) -> None:
    education = replace(EDUCATION, aliases=("区教育局", "教育局"))
    roster = Roster.of((FINANCE, education), "杭州市临平区")
    found = identify(reading(form, agency=stated, code="E02"), path="", sender=None, roster=roster, year=YEAR)
    assert (found.agency, found.held) == (education, not is_ours)
    assert codes(found.findings) == ([] if is_ours else ["F02.conflict"])


@pytest.mark.parametrize(
    ("own", "stated", "is_ours"),
    [
        (Agency("Q", "杭州市临平区教育局招生考试中心", "", "县区"), "杭州市临平区教育局", False),
        (Agency("Q", "杭州市临平区教育局招生考试中心", "", "县区"), "招生考试中心", True),
        (Agency("Q", "杭州市公安局临平区分局", "", "县区"), "杭州市公安局", False),
        (Agency("Q", "杭州市公安局临平区分局", "", "县区"), "公安局", True),
        (Agency("Q", "区文化市场综合行政执法大队", "", "县区"), "临平区文化市场综合行政执法大队", True),
        (Agency("Q", "区文化市场综合行政执法大队", "", "县区"), "文化市场综合行政执法", True),
        (Agency("Q", "塘栖镇", "", "县区"), "杭州市临平区塘栖镇人民政府", True),
        (Agency("Q", "塘栖镇", "", "县区"), "塘栖镇党政办公室", True),
        (Agency("Q", "塘栖镇", "", "县区"), "浙江省杭州市塘栖镇人民政府", True),
        (Agency("Q", "塘栖镇", "", "县区"), "嘉兴市塘栖镇", False),
        (Agency("Q", "生态环境临平分局", "", "县区"), "杭州市生态环境临平分局", True),
        (Agency("Q", "生态环境临平分局", "", "县区"), "杭州市生态环境余杭分局", False),
        (Agency("Q", "塘栖镇", "", "县区"), "塘栖镇社区卫生服务中心", False),
        (Agency("Q", "区政府", "", "县区"), "临平区政府征收办公室", False),
        (Agency("Q", "临平街道办事处", "", "县区"), "临平街道", True),
    ],
)
def test_what_is_cut_or_added_must_not_make_another_body(
    form: Form, own: Agency, stated: str, *, is_ours: bool
) -> None:
    roster = Roster.of((own,), "杭州市临平区")
    found = identify(reading(form, agency=stated, code="Q"), path="", sender=None, roster=roster, year=YEAR)
    assert (found.agency, found.held) == (own, not is_ours)


def test_without_a_stamp_the_name_must_be_on_the_roster(form: Form) -> None:
    found = owner(reading(form, agency="财政局办公室"), sender="cz@example.com")
    assert (found.agency, found.held) == (None, True)
    assert codes(found.findings) == ["F02.unknown_agency"]
    assert found.findings[0].facts == {"stated": "财政局办公室"}
    assert found.findings[0].severity is Severity.ERROR


def test_nothing_stated_is_returned_to_the_agency_whose_mailbox_sent_it(form: Form) -> None:
    found = owner(reading(form), path="教育局.xlsx", sender="cz@example.com")
    assert (found.agency, found.held) == (FINANCE, False)
    assert codes(found.findings) == ["F02.agency_missing"]
    assert found.findings[0].severity is Severity.ERROR  # so nothing is merged on that evidence


def test_nothing_stated_is_held(form: Form) -> None:
    found = owner(reading(form), path="财政局.xlsx", sender="a@shared.example.com")
    assert (found.agency, found.held) == (None, True)
    assert codes(found.findings) == ["F02.agency_missing"]


def test_a_name_that_two_agencies_bear_is_unknown(form: Form) -> None:
    twins = Roster.of((EDUCATION, Agency("X", "另一局", "部门", "县区", ("教育局",))))
    found = identify(reading(form, agency="教育局"), path="", sender=None, roster=twins, year=YEAR)
    assert codes(found.findings) == ["F02.unknown_agency"]


@pytest.mark.parametrize(
    ("year", "stamped", "variants", "facts"),
    [
        ("2023", "2022", [], {}),
        ("", "2023", [], {}),
        ("", "", ["F02.year_missing"], {"expected": 2023}),
        ("2022", "2023", ["F02.year_wrong"], {"stated": 2022, "expected": 2023}),
        ("", "2022", ["F02.year_wrong"], {"stated": 2022, "expected": 2023}),
        ("去年", "2023", ["F02.year_wrong"], {"stated": "去年", "expected": 2023}),
    ],
)
def test_the_year_is_the_entry_else_the_stamp(
    form: Form, year: str, stamped: str, variants: list[str], facts: dict[str, object]
) -> None:
    found = owner(reading(form, agency="财政局", year=year, stamp={"year": stamped}))
    assert codes(found.findings) == variants
    assert found.agency == FINANCE
    for finding in found.findings:
        assert finding.facts == facts
        assert finding.place == form.places[form.entry_with_role("year").key]


REFUSED = Reading(None, findings=(Finding("F01", Severity.ERROR, variant="encrypted"),))


@pytest.mark.parametrize(
    ("path", "sender", "expected"),
    [
        ("附件.xlsx", "CZ@example.com", FINANCE),
        ("附件.xlsx", "wang@edu.example.com", EDUCATION),
        ("附件.xlsx", "x@shared.example.com", None),
        ("附件.xlsx", "a@x.com", OFFICE),
        ("附件.xlsx", None, None),
        ("2023年报-财政局（终稿）.xlsx", None, FINANCE),
        ("财政局/附件.xlsx", None, FINANCE),
        ("教育局/财政局.xlsx", None, FINANCE),
        ("财政局和教育局.xlsx", None, None),
        ("杭州市临平区财政局.xlsx", None, FINANCE),
        ("临平街道.xlsx", None, OFFICE),
        ("临平.xlsx", None, TOWNSHIP),
    ],
)
def test_a_file_that_did_not_open_is_shown_under_its_sender_or_name(
    path: str, sender: str | None, expected: Agency | None
) -> None:
    found = owner(REFUSED, path=path, sender=sender)
    assert found.agency == expected
    assert found.held == (expected is None)
    assert found.findings == ()


def test_the_old_form_goes_by_what_it_states_first(form: Form) -> None:
    old = Reading(form.id, Claims({}, "教育局", "", 2021), findings=(Finding("F04", Severity.ERROR),))
    found = owner(old, path="财政局.xlsx")
    assert (found.agency, found.findings) == (EDUCATION, ())


@pytest.mark.parametrize("stated", ["测试区财政局", "区财政局", "某市测试区财政局"])
def test_a_name_that_begins_with_the_district_may_be_spelled_with_it(stated: str) -> None:
    own = Agency("F", "区财政局", "部门", "县区")
    roster = Roster.of((own, Agency("G", "区教育局", "部门", "县区")), "测试区")
    assert roster.find("", stated) == own


def test_another_district_is_not_ours() -> None:
    roster = Roster.of((Agency("F", "区财政局", "部门", "县区"),), "测试区")
    assert roster.find("", "别的区财政局") is None
