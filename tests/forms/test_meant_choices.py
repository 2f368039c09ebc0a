"""What stands where something is to be chosen, and is no choice: which one was meant is asked, and never taken."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import build_workbook
from pipeline.wording.grouping import group_notices
from tests.support.submissions import submission_of

FORM = load_form("request_register")
REGISTER = FORM.registers[0]
REFUSED = "不予公开：属于国家秘密"
OFFICIAL = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"


@pytest.mark.parametrize(
    ("column", "said", "meant"),
    [
        ("channel", "信函", "邮寄信函"),
        ("channel", "网络申请", "网络平台"),
        ("channel", "12345热线", ""),
        ("applicant", "企业法人", "商业企业"),
        ("applicant", "非自然人", ""),
        ("applicant", "其他企业", ""),
        ("outcome", "不予公开", ""),
        ("outcome", "予以公开（部分）", ""),
        ("reconsideration", "维持", "结果维持"),
        ("outcome", "国家秘密", REFUSED),
        ("outcome", "不予公开(属于国家秘密)", REFUSED),
        ("outcome", "不予公开—属于国家秘密", REFUSED),
        ("outcome", "不予公开 属于国家秘密", REFUSED),
        ("outcome", "不予公开，属于商业秘密", ""),
    ],
)
def test_only_a_choice_that_is_meant_and_no_other_is_named(column: str, said: str, meant: str) -> None:
    typed = REGISTER.kinds[REGISTER.index[column]].read(said)
    assert typed.raw == said
    assert typed.facts.get("meant", "") == meant


@pytest.mark.parametrize("said", [OFFICIAL, OFFICIAL.removeprefix("（二）"), "部分 公开"])
def test_the_official_wording_of_the_row_that_counts_it_is_the_choice(said: str) -> None:
    typed = REGISTER.kinds[REGISTER.index["outcome"]].read(said)
    assert (typed.raw, typed.text, typed.variant) == (None, "部分公开", "normalised")


def test_one_wrong_word_in_one_column_is_one_problem_with_what_follows_from_it() -> None:
    """Pasted down a whole register: the first row stands with the others, and all are to be changed."""
    channels = ["信函", "网络", "信函", "网络", "信函"]
    rows = [
        [
            f"2023-{at}",
            "2023-03-01",
            "自然人",
            "",
            said,
            "某件",
            "否",
            "予以公开",
            "2023-03-10",
            "",
            "",
            "",
            "",
        ]
        for at, said in enumerate(channels)
    ]
    values = {FORM.entry_with_role("year").key: 2023}
    sent = build_workbook(FORM, values=values, registers={REGISTER.key: rows})
    [item] = judge(FORM, [submission_of(read(FORM, sent))])
    back = returned_of(FORM, [item], item)
    wrong = [group for group in group_notices(back.notices) if group.notice.code == "V01"]
    assert [(group.notice.actual, group.count) for group in wrong] == [("信函", 3), ("网络", 2)]
    assert "请选“邮寄信函”" in str(wrong[0].notice.hint)
    asked = {key for group in wrong for key in group.notice.change}
    assert asked == {REGISTER.row_key(REGISTER.index["channel"], at) for at in range(len(channels))}
