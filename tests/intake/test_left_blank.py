"""“无” or “/” in an entry that nobody has to fill in is a blank, as in a register; where something has to stand it is none."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Reading, Severity
from pipeline.publishing.template import build_workbook

FORM = load_form("website_report")
LABELS = {entry.key: entry.label for entry in FORM.entries}
OPTIONAL = ("site.icp", "site.police_record", "site.answer_days", "site.answered", "site.answered_in_time")


def told(values: dict[str, str]) -> Reading:
    return read(FORM, build_workbook(FORM, values=values))


def of(reading: Reading, key: str) -> list[tuple[str, str]]:
    return [(item.code, item.variant) for item in reading.findings if key in item.keys]


@pytest.mark.parametrize("said", ["无", "/", "—", "不涉及", " 无 "])
@pytest.mark.parametrize("key", OPTIONAL)
def test_what_may_be_left_blank_is_a_blank(key: str, said: str) -> None:
    reading = told({key: said})
    assert reading.entries[key] == ""
    assert key not in reading.unreadable
    [found] = [item for item in reading.findings if key in item.keys]
    assert (found.code, found.variant, found.severity) == ("C04", "left_blank", Severity.INFO)
    assert found.facts == {"label": LABELS[key], "count": 1, "raw": said.strip()}


@pytest.mark.parametrize(("key", "fault"), [("site.identifier", []), ("site.drill", [("V01", "choice")])])
def test_what_has_to_be_filled_is_none(key: str, fault: list[tuple[str, str]]) -> None:
    reading = told({key: "—"})
    assert reading.entries[key] == "—"
    assert of(reading, key) == fault


def test_a_text_of_any_words_may_say_so() -> None:
    reading = told({"site.other_innovation": "无"})
    assert reading.entries["site.other_innovation"] == "无"
    assert of(reading, "site.other_innovation") == []
