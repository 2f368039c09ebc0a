"""Who was told: the page is filled in again and again from its parts, and what servers say stays text."""

from __future__ import annotations

from datetime import date

from pipeline.letter import LetterState
from pipeline.publishing.web.letters_page import PLACE, LetterLine, fill, parts, said_of

DAY = date(2024, 2, 1)
PAGE = parts(
    f'<p><span class="told">{PLACE}letters{PLACE}</span></p><ul>{PLACE}decide{PLACE}</ul>'
    f'<span class="told small">{PLACE}agency:A&amp;B{PLACE}</span><span>甲</span><span>{PLACE}agency:002{PLACE}</span>'.encode()
)


def test_the_last_letter_to_each_agency_counts() -> None:
    letters = [
        LetterLine("A&B", "退回修改", LetterState.SENT, date(2024, 1, 20)),
        LetterLine(None, "每日情况", LetterState.SENT, DAY),
        LetterLine("A&B", "催报", LetterState.WAITING, DAY, path="letters/a b.eml"),
    ]
    filled = fill(PAGE, said_of(letters))
    assert '待发的信：<a href="letters/a%20b.eml">催报</a>（2月1日）' in filled
    assert "还没有去信" in filled
    assert "已发 2 封，待发 1 封" in filled
    assert "退回修改" not in filled
    assert PLACE not in filled


def test_what_people_and_servers_say_stays_text() -> None:
    refused = [LetterLine("002", "退回修改", LetterState.FAILED, DAY, reason=f"<b>550</b>{PLACE}")]
    filled = fill(PAGE, said_of(refused, [f"“<i>.docx”{PLACE}被手工修改过"]))
    assert "&lt;b&gt;550&lt;/b&gt;" in filled
    assert "<li>“&lt;i&gt;.docx”" in filled
    assert "<ul></ul>" in fill(PAGE, said_of([]))
