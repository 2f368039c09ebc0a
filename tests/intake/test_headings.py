"""Headings inside texts: in every usual numbering they are seen; nothing is printed twice, nothing is lost, nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.loader import load_form
from pipeline.intake.read.headings import headings_of, parts_of
from pipeline.intake.read.reading import read
from pipeline.model import Reading, Severity
from tests.intake.support import Draft, codes, draft, numbers_for

FORM = load_form()
TOPICS = [text.key for text in FORM.texts if text.heading]
LABELS = {text.key: text.label for text in FORM.texts}
LEAD = next(heading.key for heading in headings_of(FORM) if heading.key and heading.key not in TOPICS)
TEXTS = {text.key: f"本部分第{number}段，写明了一年来做的事。" for number, text in enumerate(FORM.texts)}
NUMERALS = "一二三四五"


def name_of(key: str) -> str:
    return next(heading.name for heading in headings_of(FORM) if heading.key == key)


SPELLINGS: dict[str, Callable[[int, str], str]] = {
    "as the form": lambda number, name: f"（{NUMERALS[number]}）{name}",
    "half width": lambda number, name: f"({NUMERALS[number]}) {name}",
    "arabic": lambda number, name: f"{number + 1}.{name}",
    "comma": lambda number, name: f"{NUMERALS[number]}、{name}",
    "情况": lambda number, name: f"（{NUMERALS[number]}）{name}情况",
    "colon": lambda number, name: f"（{NUMERALS[number]}）{name}：",
    "bare": lambda _, name: name,
    "spaces": lambda number, name: f"  （{NUMERALS[number]}） {name} ",
}


def filled(answers: dict[str, str]) -> Reading:
    return read(FORM, draft(FORM, numbers_for(FORM), answers={**dict.fromkeys(TEXTS, ""), **answers}).xlsx())


def said(reading: Reading) -> list[str]:
    return [code for code in codes(reading.findings) if "heading" in code]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("number", range(len(TOPICS)))
def test_the_own_heading_of_a_text_is_cut(number: int, spelling: str) -> None:
    key = TOPICS[number]
    heading = SPELLINGS[spelling](number, name_of(key))
    reading = filled({**TEXTS, key: f"{heading}\n{TEXTS[key]}"})
    assert reading.texts == TEXTS
    assert said(reading) == ["F05.heading_cut"]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(set(SPELLINGS) - {"bare"})),
    st.integers(0, len(TOPICS) - 1),
    st.sampled_from(["：", ":", "。", "： "]),
    st.sampled_from(["", "\n另起一段，说明其他工作。", "\n1.一项工作。\n2.另一项工作。"]),
)
def test_the_own_heading_in_front_of_a_text_is_cut(spelling: str, number: int, mark: str, more: str) -> None:
    key = TOPICS[number]
    heading = SPELLINGS[spelling](number, name_of(key)).strip().rstrip("：")
    reading = filled({**TEXTS, key: f"{heading}{mark}{TEXTS[key]}{more}"})
    assert reading.texts == {**TEXTS, key: TEXTS[key] + more}
    assert said(reading) == ["F05.heading_cut"]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(SPELLINGS)),
    st.sampled_from([*TEXTS]),
    st.sampled_from(["in its own line", "before its text"]),
)
def test_all_topics_in_one_cell_go_to_their_keys(spelling: str, where: str, opening: str) -> None:
    """In whichever cell they stand, and also where a heading opens its line."""
    lines = []
    for number, key in enumerate(TOPICS):
        heading = SPELLINGS[spelling](number, name_of(key)).strip()
        numbered = opening == "before its text" and heading != name_of(key)
        lines += [f"{heading.rstrip('：')}：{TEXTS[key]}"] if numbered else [heading, TEXTS[key]]
    others = {key: text for key, text in TEXTS.items() if key not in TOPICS and key != where}
    reading = filled({**others, where: "\n".join(lines)})
    assert {key: reading.texts[key] for key in TOPICS} == {key: TEXTS[key] for key in TOPICS}
    assert said(reading) == ["F05.headings_placed"]


def test_topics_exchanged_are_put_back_and_said() -> None:
    one, other = TOPICS[0], TOPICS[1]
    reading = filled(
        {**TEXTS, one: f"{LABELS[other]}\n{TEXTS[other]}", other: f"{LABELS[one]}\n{TEXTS[one]}"}
    )
    assert reading.texts == TEXTS
    assert said(reading) == ["F05.headings_placed"]


@pytest.mark.parametrize("first", range(3))
def test_a_report_pasted_line_by_line_goes_to_its_keys(first: int) -> None:
    """From one of the first cells down, over the labels' own cells; the tables' headings and rows among the lines."""
    lines = ["甲局2023年" + FORM.report_title.rpartition("}")[2].removeprefix("年"), TEXTS["preface"]]
    for heading in headings_of(FORM):
        lines += [heading.label, *([TEXTS[heading.key]] if heading.key else ["信息内容", "规章", "0"])]
    made = draft(FORM, numbers_for(FORM), answers=dict.fromkeys(TEXTS, ""))
    sheet, row, column = FORM.positions[[*TEXTS][first]]
    for number, line in enumerate(lines):
        made.put((sheet, row + number, column), line)
    reading = read(FORM, made.xlsx())
    assert reading.texts == TEXTS
    assert said(reading) == ["F05.headings_placed"]


def test_what_two_cells_claim_is_not_moved_but_said() -> None:
    key = TOPICS[2]
    whole = f"{LABELS[key]}\n另写的一段话，与本格不同。"
    reading = filled({**TEXTS, LEAD: whole})
    [found] = [item for item in reading.findings if item.variant == "headings_inside"]
    assert found.severity is Severity.ERROR
    assert reading.texts[LEAD] == whole
    assert LABELS[key] in str(found.facts["labels"])


def test_a_repetition_of_what_stands_there_is_no_second_text() -> None:
    key = TOPICS[2]
    reading = filled({**TEXTS, LEAD: f"{TEXTS[LEAD]}\n{LABELS[key]}\n{TEXTS[key]}"})
    assert reading.texts == TEXTS


@pytest.mark.parametrize(
    "text",
    [
        "（一）主动公开工作取得实效，群众满意。",
        "依申请公开方面，本年办理3件。",
        "一是主动公开。二是监督保障。",
        "做好（一）主动公开工作。",
        "1.公开意识不强。\n2.平台建设需要加强。",
        "1.主动公开：发布信息。\n2.政策解读：解读文件。",
        "监督保障：按季度通报。",
    ],
)
def test_sentences_that_only_mention_a_topic_are_left_alone(text: str) -> None:
    for key in (*TOPICS, "problems"):
        reading = filled({**TEXTS, key: text})
        assert reading.texts == {**TEXTS, key: text}
        assert not said(reading)


@given(
    st.lists(
        st.sampled_from([*(heading.label for heading in headings_of(FORM)), "一段话。", "", "规章"]),
        max_size=20,
    )
)
def test_a_split_loses_nothing(lines: list[str]) -> None:
    parts = parts_of(FORM, lines)
    labels = {heading.label for heading in headings_of(FORM)}
    assert [part.heading.label for part in parts if part.heading] == [
        line for line in lines if line in labels
    ]
    assert [line for part in parts for line in part.lines] == [line for line in lines if line not in labels]


def test_a_plain_draft_says_nothing_of_headings() -> None:
    assert isinstance(draft(FORM), Draft)
    assert not said(filled(TEXTS))


@pytest.mark.parametrize(
    "written",
    [
        "<p>本年度&nbsp;已完成。</p><p>没有欠账。</p>",
        "本年度 已完成。<br/>没有欠账。",
        "本年度&#160;已完成。<BR>没有欠账。",
    ],
)
def test_what_was_copied_from_a_web_page_loses_its_marks(written: str) -> None:
    reading = filled({**TEXTS, TOPICS[0]: written})
    assert reading.texts[TOPICS[0]] == "本年度 已完成。\n没有欠账。"
    assert "F05.markup_cut" in codes(reading.findings)


@pytest.mark.parametrize("written", ["5", "2023-12-31", "2023年12月31日", "12:30", "0.5"])
def test_a_number_or_a_date_is_no_text(written: str) -> None:
    reading = filled({**TEXTS, TOPICS[0]: written})
    [found] = [item for item in reading.findings if item.variant == "no_words"]
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize("written", ["本年办理 5 < 10 件。", "A&B公司申请 1 件。", "无", "0件"])
def test_signs_in_a_sentence_are_no_marks(written: str) -> None:
    reading = filled({**TEXTS, TOPICS[0]: written})
    assert reading.texts[TOPICS[0]] == written
    assert not reading.findings
