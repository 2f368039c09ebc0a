"""Templates are handed out once; those that still wait follow what becomes known of last year."""

from __future__ import annotations

from pathlib import Path

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.ledger import letters, open_copy
from pipeline.letter import LetterState
from pipeline.run.letters import by_hand, handing_out
from pipeline.run.letters.by_other_means import CHAT_NAME
from tests.run.test_earlier_years import NAMES, imported
from tests.support.folders import YEAR, make_district, nianbao
from tests.support.post_office import moment
from tests.support.towns import Town, box


def test_last_years_figures_reach_the_templates_that_still_wait(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path / "样例区", NAMES, {})
    roster = "code,name,email\n001,样例区财政局,cz@gov.example\n002,样例区教育局,jy@gov.example\n"
    (folder / "agencies.csv").write_text(roster, "utf-8")
    district, output = load_district(folder), folder / "output"
    first = handing_out.send_templates(district, output, code=None, now=moment(1, 8))
    assert (first.new, first.renewed, first.older) == (2, 0, 0)
    by_hand.mark_delivered(district, output, by_hand.Chosen("002"), now=moment(1, 9))
    before = contents(output)
    imported(form, folder, YEAR - 1, NAMES)
    assert handing_out.handed_out(district, output, {"001", "002"}) == (1, 1)
    again = handing_out.send_templates(district, output, code=None, now=moment(1, 10))
    assert (again.new, again.renewed, again.older) == (0, 1, 1)
    after = contents(output)
    assert [before[code] == after[code] for code in ("001", "002")] == [False, True]
    third = handing_out.send_templates(district, output, code=None, now=moment(1, 11))
    assert (third.new, third.renewed, third.older) == (0, 0, 1)


def test_import_and_template_say_what_was_written_before(form: Form, tmp_path: Path) -> None:
    folder = make_district(tmp_path / "样例区", NAMES, {})
    (folder / "agencies.csv").write_text("code,name,email\n001,样例区财政局,cz@gov.example\n", "utf-8")
    nianbao("template", folder)
    imported(form, folder, YEAR - 1, NAMES[:1])
    done = nianbao("import", folder, folder / str(YEAR - 1) / "figures.csv")
    assert "待发 1 封" in done.stdout
    assert "已换成新的" in nianbao("template", folder).stdout
    assert "没有新写信" in nianbao("template", folder).stdout


def test_who_has_reported_is_not_asked_to_fill_in(form: Form, tmp_path: Path) -> None:
    """An agency joins late; of the others one is accepted, one has nothing in yet and had its letter."""
    town = Town.of(form, tmp_path / "区", "甲局", "乙局")
    assert "2 封" in town.say("template", now="2024-01-08T09:00:00").text
    town.put("2024-01-09/甲局.xlsx", town.book("甲局"))
    town.run("2024-01-09")
    town.change("003", name="丙局", email=box("003"))
    said = town.say("template", now="2024-01-10T09:00:00").text
    assert "1 家单位已经报送，没有给它们写发模板的信" in said
    assert [len(town.told("template", code)) for code in ("001", "002", "003")] == [0, 1, 1]
    chat = (town.ran.folder / CHAT_NAME).read_text("utf-8-sig")
    assert "填报模板已做好，请填写后报送：乙局、丙局。" in chat
    only = town.say("template", "--agency", "甲局", now="2024-01-10T09:00:00").text
    assert "没有给它们写" in only
    assert "以前已经写过" not in only


def test_one_letter_carries_the_template_and_asks_for_no_day_that_is_past(form: Form, tmp_path: Path) -> None:
    """Who has a reminder waiting gets no second letter with the same workbook; a template after the deadline says so."""
    town = Town.of(form, tmp_path / "区", "甲局", "乙局")
    town.run("2024-02-01")
    town.change("003", name="丙局", email=box("003"))
    said = town.say("template", now="2024-02-01T09:00:00").text
    assert "2 家单位有待发的催报，附件就是这份模板" in said
    assert [len(town.told("template", code)) for code in ("001", "002", "003")] == [0, 0, 1]
    [letter] = town.told("template", "003")
    assert "已过，请尽快填好报送" in letter
    assert "前填好报送" not in letter


def contents(output: Path) -> dict[str | None, bytes]:
    """The letters of the campaign that are not withdrawn, by agency."""
    with open_copy(output) as ledger:
        return {
            item.agency: letters.content(ledger, item)
            for item in letters.of_year(ledger, YEAR)
            if item.state is not LetterState.WITHDRAWN
        }
