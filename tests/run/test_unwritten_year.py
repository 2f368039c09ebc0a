"""Nobody wrote down the holidays of the new year: the coordinator is told before it matters, until she has."""

from __future__ import annotations

from pathlib import Path

from pipeline.forms.form import Form
from tests.run.test_unread_mailbox import mailbox, office_in  # noqa: F401 - a fixture
from tests.support.post_office import moment, words

SAID = "日历里没有 2024 年的放假、调休安排"


def test_a_year_without_holidays_is_told_until_it_is_written_down(
    form: Form,
    tmp_path: Path,
    mailbox: list[str],  # noqa: F811 - the fixture
) -> None:
    assert mailbox == [""]
    office = office_in(tmp_path, form)
    letters = office.night(moment(1, 24))
    [digest] = [item for item in letters if item["X-Nianbao"] == "digest"]
    assert SAID in words(digest)
    settings = office.folder / "district.toml"
    settings.write_text(settings.read_text("utf-8") + "[calendar]\nholidays = [2024-02-12]\n", "utf-8")
    [digest] = [item for item in office.night(moment(1, 25)) if item["X-Nianbao"] == "digest"]
    assert SAID not in words(digest)
