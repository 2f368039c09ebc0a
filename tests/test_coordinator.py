"""A January told from 待办.xlsx alone: every kind of decision is chosen in real LibreOffice, saved, and carried out by the next run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.coordinating.todo import (
    ACCEPT,
    AS_EDITED,
    CHECKED,
    CHOICES,
    COUNT,
    DISMISS,
    EXTEND,
    HANDED,
    REFUSE,
    RELEASE,
    RESTORE,
    RETURN,
    SIGN,
    STOP,
    WAIVE,
)
from pipeline.forms.form import Form
from pipeline.publishing.todo_book import (
    CHOICE,
    DONE,
    KEY,
    MORE,
    OPEN,
    OTHER,
    PERSON,
    REASON,
    REVOKE,
    REVOKE_REASON,
    TODO_NAME,
)
from tests.support.libreoffice import recalculate
from tests.support.towns import Town, box

SUPERIOR = "sxq@city.example"
IN_JANUARY = {ACCEPT, DISMISS, EXTEND, COUNT.format(1), RETURN, SIGN, HANDED, RELEASE, REVOKE}
OF_LETTERS, OF_PLEAS, OF_WARNINGS = {STOP, RESTORE, AS_EDITED}, {WAIVE, REFUSE}, {CHECKED}
Row = dict[str, str]
Rows = list[tuple[str, str, Mapping[str, str]]]
"""(sheet, words that stand in the row, what is filled in)"""


class Office:
    """A coordinator who has the workbook and the files, and types no command but the run itself."""

    def __init__(self, town: Town, aside: Path) -> None:
        self.town, self.aside, self.chosen, self.saved = town, aside, set[str](), set[str]()
        self.day = 8

    @property
    def path(self) -> Path:
        return self.town.ran.folder / TODO_NAME

    def rows(self, sheet: str) -> list[Row]:
        head, *rest = [
            [str(value or "") for value in row]
            for row in load_workbook(self.path)[sheet].iter_rows(min_row=3, values_only=True)
        ]
        return [dict(zip(head, row, strict=True)) for row in rest if row[-1]]

    def decide(self, *filled: tuple[str, str, Mapping[str, str]]) -> None:
        """Fill rows in, and save the workbook, with LibreOffice where it is the first time with that sheet."""
        book = load_workbook(self.path)
        for sheet, words, texts in filled:
            page = book[sheet]
            heads = [cell.value for cell in page[3]]
            [row] = [
                row
                for row in page.iter_rows(min_row=4)
                if words in "\n".join(str(cell.value) for cell in row)
            ]
            offered = [
                rule.formula1
                for rule in page.data_validations.dataValidation
                if row[heads.index(REVOKE if sheet == DONE else CHOICE)].coordinate in rule.sqref
            ]
            choice = texts.get(CHOICE) or texts[REVOKE]
            assert any(choice in str(listed) for listed in offered), (choice, offered)
            self.chosen.add(choice)
            for name, text in texts.items():
                row[heads.index(name)].value = text
        book.save(self.path)
        if not {sheet for sheet, _, _ in filled} <= self.saved:
            [saved] = recalculate([self.path], self.aside / str(self.day))
            self.path.write_bytes(saved.read_bytes())
            self.saved |= {sheet for sheet, _, _ in filled}
        self.night()
        refused = [
            row for name in (OPEN, OTHER, DONE) for row in self.rows(name) if row["上次没有办成的原因"]
        ]
        assert not refused

    def night(self) -> None:
        self.day += 1
        self.town.run(f"2024-01-{self.day:02}")

    def post(self, code: str, seed: int, name: str = "", sender: str = "") -> None:
        at = f"Wed, {self.day + 1:02} Jan 2024 09:30:00 +0800"
        whose = name or self.town.lines[code][0]
        self.town.receive(sender or box(code), at, (f"{whose}{seed}.xlsx", self.town.book(whose, seed)))


@pytest.fixture
def office(form: Form, tmp_path: Path) -> Office:
    town = Town.of(form, tmp_path / "区", "财政局", "教育局", "民政局")
    config = town.folder / "district.toml"
    config.write_text(config.read_text("utf-8") + f'district_office_email = "{SUPERIOR}"\n', "utf-8")
    return Office(town, tmp_path / "saved")


@pytest.mark.libreoffice
def test_a_january_is_decided_from_the_workbook_alone(office: Office) -> None:
    town = office.town
    office.post("001", 1)
    office.post("002", 1, sender="stranger@elsewhere.example")
    town.put("note.xlsx", town.book("别的局"))
    town.put("whose.xlsx", town.book("民政事务局"))
    office.night()

    # what is held is accepted, or is no submission, or belongs to an agency that a person names; one gets more time
    office.decide(
        (OPEN, "教育局1.xlsx", {CHOICE: ACCEPT, REASON: "电话核实过"}),
        (OPEN, "note.xlsx", {CHOICE: DISMISS, REASON: "别的区的", PERSON: "李主任"}),
        (OPEN, "whose.xlsx", {CHOICE: ACCEPT, MORE: "民政局", REASON: "写的是旧名"}),
        (OTHER, "民政局", {CHOICE: EXTEND, MORE: "2024-02-05", REASON: "机构改革"}),
    )
    assert set(town.figures) == {"财政局", "教育局", "民政局"}
    assert "延期至 2024-02-05　民政局" in town.say("status").text

    # a second version; a person lets the first one count, thinks again, and sends the second one back
    office.post("001", 2)
    office.night()
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    office.decide((OTHER, "财政局", {CHOICE: COUNT.format(1), REASON: "第二次报错了"}))
    assert town.figures["财政局"] == town.figures_of("财政局", 1)
    office.decide((DONE, "第二次报错了", {REVOKE: REVOKE, REVOKE_REASON: "弄错了"}))
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    office.decide((OTHER, "财政局", {CHOICE: RETURN, REASON: "与年中统计不符"}))
    assert "财政局" not in town.figures
    assert "与年中统计不符" in town.told("returned", "001")[0]
    office.post("001", 3)
    office.night()

    # all are in: letters are handed over, the workbook is signed, and goes up
    office.decide((OPEN, "报送汇总表", {CHOICE: SIGN, PERSON: "王主任"}))
    assert [item for item in town.letters if item["To"] == SUPERIOR]
    office.decide((OPEN, "待发的信", {CHOICE: HANDED}))
    assert not [item for item in town.letters if item["To"] == SUPERIOR]
    assert not [row for row in office.rows(OPEN) if row["事项"] == "报送汇总表"]

    # a correction after the delivery is released with a reason, and signed
    office.post("001", 4)
    office.night()
    [correction] = [row for row in office.rows(OPEN) if row["事项"] == "更正已经报送的数据"]
    assert correction["详情"].endswith("全部见汇总表的“版本与更正”"), "so many that not all are listed"
    assert not [item for item in town.letters if item["To"] == SUPERIOR]
    office.decide((OPEN, "更正已经报送的数据", {CHOICE: RELEASE, REASON: "漏计一件"}))
    [letter] = [item for item in town.letters if item["To"] == SUPERIOR]
    assert str(letter["Subject"]).startswith("【更正】")
    office.decide((DONE, "漏计一件", {REVOKE: REVOKE, REVOKE_REASON: "再核实"}))
    assert not [item for item in town.letters if item["To"] == SUPERIOR]
    office.decide((OPEN, "更正已经报送的数据", {CHOICE: RELEASE, REASON: "核实无误"}))
    office.decide((OPEN, "报送汇总表", {CHOICE: SIGN, PERSON: "王主任"}))
    office.decide((OPEN, "待发的信", {CHOICE: HANDED}))
    assert not [item for item in town.letters if item["To"] == SUPERIOR]
    assert office.chosen == IN_JANUARY


@pytest.mark.libreoffice
def test_letters_that_somebody_touched_are_settled_from_the_workbook(office: Office) -> None:
    for code in office.town.lines:
        office.post(code, 1)
    office.night()
    first, second, third = sorted((office.town.ran.folder / "letters").glob("*局_*.eml"))
    first.unlink()
    second.unlink()
    third.write_bytes(third.read_bytes().replace(b"Subject:", b"X-Own: 1\nSubject:"))
    office.night()
    handles = [path.stem[-6:] for path in (first, second, third)]
    office.decide(
        *(
            (OPEN, f"信|{handle}", {CHOICE: choice})
            for handle, choice in zip(handles, (STOP, RESTORE, AS_EDITED), strict=True)
        )
    )
    names = {path.name for path in (office.town.ran.folder / "letters").glob("*.eml")}
    assert {path.name in names for path in (second, third)} == {True}
    assert first.name not in names
    assert b"X-Own: 1" in third.read_bytes()
    assert office.chosen == OF_LETTERS


def contradicted(office: Office, **explanations: str) -> str:
    """Let 财政局 and 教育局 contradict last year's report, which is taken in; return the rule."""
    town = office.town
    carried = next(key for key in town.form.by_key if key.endswith("carried_forward.natural_person"))
    for code in ("001", "002"):
        name = town.lines[code][0]
        past = office.aside.parent / f"{name}.xlsx"
        right = town.figures_of(name, 1)[[cell.key for cell in town.form.cells].index(carried)]
        past.write_bytes(town.book(name, 1, year=town.year - 1, wrong={carried: int(right) + 3}))
        town.say("import", past)
        told = {rule.replace("_", "-"): said for rule, said in explanations.items()}
        town.receive(
            box(code), "Wed, 10 Jan 2024 09:30:00 +0800", ("年报.xlsx", town.book(name, 1, explanations=told))
        )
    office.night()
    return "T3-04"


@pytest.mark.libreoffice
def test_what_agencies_explained_is_excepted_or_not_from_the_workbook(office: Office) -> None:
    contradicted(office, T3_04="上年报告已更正")
    assert office.town.figures == {}
    town = office.town
    assert not town.told("returned", "002"), "it waits for the office"
    office.decide(
        (OPEN, "说明|001|", {CHOICE: WAIVE, REASON: "已核实上年报告"}),
        (OPEN, "说明|002|", {CHOICE: REFUSE, REASON: "上年公布的数没有更正"}),
    )
    assert set(town.figures) == {"财政局"}
    assert not [row for row in office.rows(OPEN) if row[KEY].startswith("说明|")]
    [told] = town.told("returned", "002")
    assert "不同意所作的说明（上年公布的数没有更正）" in told
    assert not town.told("awaiting", "002"), "nobody waits any more"
    assert office.chosen == OF_PLEAS

    # the same explanation stays refused, another one is another matter
    office.decide((DONE, "上年公布的数没有更正", {REVOKE: REVOKE, REVOKE_REASON: "再看"}))
    assert [row for row in office.rows(OPEN) if row[KEY].startswith("说明|002|")]


@pytest.mark.libreoffice
def test_a_report_with_a_warning_is_published_once_a_person_has_looked(office: Office) -> None:
    config = office.town.folder / "district.toml"
    config.write_text(config.read_text("utf-8") + '[rules.severity]\n"T3-04" = "warning"\n', "utf-8")
    contradicted(office)
    assert set(office.town.figures) == {"财政局", "教育局"}

    def published() -> set[str]:
        return {row["agency_name"] for row in office.town.ran.record["submissions"] if row["site"]}

    assert published() == set()
    office.decide((OPEN, "提醒|001|", {CHOICE: CHECKED, REASON: "上年报告有误，已另行更正"}))
    assert published() == {"财政局"}
    assert office.chosen == OF_WARNINGS

    # what a person looked at were those figures: others of the same rule are asked about anew
    office.post("001", 5)
    office.night()
    assert published() == set()
    assert [row for row in office.rows(OPEN) if row[KEY].startswith("提醒|001|")]


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("rule", "text", "later"),
    [
        ("N04", "2023年，新收政府信息公开申请9999件。", "2023年，新收政府信息公开申请8888件。"),
        ("N12", "2023年，举报请打13812345678。", "2023年，举报请打13987654321。"),
    ],
)
def test_what_a_text_contradicts_is_not_made_true_by_the_agency_that_says_it_was_checked(
    office: Office, rule: str, text: str, later: str
) -> None:
    """One line of 自查 answers all that the rule finds, in this version and in those that carry it along."""
    town = office.town

    def sent(said: str, seed: int) -> bool:
        town.put(
            f"2024-01-{office.day:02}/教育局{seed}.xlsx",
            town.book("教育局", 1, wrong={"overview.on_request": said}, explanations={rule: "已核对"}),
        )
        office.night()
        [row] = [row for row in town.ran.record["submissions"] if row["counts"]]
        return bool(row["site"])

    assert not sent(text, 1)
    [asked] = [row for row in office.rows(OPEN) if row[KEY].startswith(f"提醒|002|{rule}|")]
    assert "已核对" in "\n".join(asked.values())
    [receipt] = town.told("acceptance", "002")
    assert "不用回复" in receipt
    assert "【等待核对】" in receipt
    [morning] = [item.get_body().get_content() for item in town.letters if item["X-Nianbao"] == "digest"]  # type: ignore[union-attr]
    assert "公布前请核对" in morning
    assert f"教育局（{rule}）" in morning
    assert "单位说明：已核对" in morning
    office.decide((OPEN, f"提醒|002|{rule}|", {CHOICE: CHECKED, REASON: "电话核实过"}))
    assert [decided["决定"] for decided in office.rows(DONE)] == [f"{rule} {CHECKED}"]
    [row] = [row for row in town.ran.record["submissions"] if row["counts"]]
    assert row["site"]
    assert not sent(later, 2), "what was confirmed is what stood there then"


def test_every_kind_of_decision_is_chosen_in_these_tests() -> None:
    offered = {word for several in CHOICES.values() for word in several}
    assert {word.format(1) for word in offered} == IN_JANUARY | OF_LETTERS | OF_PLEAS | OF_WARNINGS
