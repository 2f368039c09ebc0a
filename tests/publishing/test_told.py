"""Who was told: the page is filled in again and again without anything else, and what servers say stays text."""

from __future__ import annotations

from datetime import date

from pipeline.post import LetterState
from pipeline.publishing.html.told import Told, fill

DAY = date(2024, 2, 1)
PAGE = (
    '<p><span class="told" data-agency=""></span></p>'
    '<span class="told small" data-agency="A&amp;B"></span><span>甲</span><span class="told" data-agency="002"></span>'
)


def test_the_last_letter_to_each_agency_counts() -> None:
    letters = [
        Told("A&B", "退回修改", LetterState.SENT, date(2024, 1, 20)),
        Told(None, "每日情况", LetterState.SENT, DAY),
        Told("A&B", "催报", LetterState.WAITING, DAY, path="letters/a b.eml"),
    ]
    filled = fill(PAGE, letters)
    assert '待发的信：<a href="letters/a%20b.eml">催报</a>（2月1日）' in filled
    assert "还没有去信" in filled
    assert "已发 2 封，待发 1 封" in filled
    assert "退回修改" not in filled


def test_filling_again_leaves_nothing_of_before() -> None:
    refused = [Told("002", "退回修改", LetterState.FAILED, DAY, reason="<b>550</b>")]
    filled = fill(PAGE, refused)
    assert "&lt;b&gt;550&lt;/b&gt;" in filled
    assert fill(filled, refused) == filled
    assert fill(filled, []) == fill(PAGE, [])
