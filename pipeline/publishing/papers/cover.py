"""How far a campaign is goes in; the covering letter (函) with the page to be sealed comes out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.publishing.papers.plain_word import CENTRE, JUSTIFY, LEFT, RIGHT, line, new_page, to_bytes
from pipeline.publishing.word.styles import FANG, TITLE

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form

_SIDES, _ENDS = 28, 36
_BODY = 16


def build_cover(form: Form, district: District, today: date, accepted: int, expected: int) -> bytes:
    """Build the letter that goes up with the district workbook."""
    people, named = district.people, form.document_of(district.year)
    document = new_page(sides=_SIDES, ends=_ENDS)
    line(document, f"关于报送{named}", TITLE, 22, CENTRE)
    line(document, "汇总表的函", TITLE, 22, CENTRE)
    line(document, f"{people.district_office or f'{district.name}人民政府办公室'}：", FANG, _BODY, LEFT)
    left = expected - accepted
    rest = f"尚有 {left} 家未汇总，收齐后另行报送。" if left else "各单位已全部汇总。"
    said = f"现将{district.name}{named}汇总表报送你们。应报送 {expected} 家，已汇总 {accepted} 家。{rest}"
    line(document, said, FANG, _BODY, JUSTIFY, indent=True)
    line(document, f"附件：1. {form.words.short}汇总表", FANG, _BODY, LEFT, indent=True)
    line(document, f"　　　2. 本级{form.words.document}", FANG, _BODY, LEFT, indent=True)
    line(document, "", FANG, _BODY, LEFT)
    line(document, f"{district.office}（盖章）", FANG, _BODY, RIGHT)
    line(document, f"{today.year}年{today.month}月{today.day}日", FANG, _BODY, RIGHT)
    contact = "　".join(part for part in (people.coordinator, people.phone) if part)
    if contact:
        line(document, f"（联系人：{contact}）", FANG, _BODY, LEFT, indent=True)
    return to_bytes(document)
