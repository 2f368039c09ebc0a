"""How far a campaign is goes in, and whether it corrects what went up before; the covering letter (函) to be sealed comes out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.publishing.papers.plain_word import CENTRE, JUSTIFY, LEFT, RIGHT, line, new_page, to_bytes
from pipeline.publishing.word.styles import FANG, TITLE

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.letter import Upward

_SIDES, _ENDS = 28, 36
_BODY = 16


def build_cover(
    form: Form, district: District, today: date, accepted: int, expected: int, upward: Upward
) -> bytes:
    """Build the letter that goes up with the district workbook."""
    people, named = district.people, form.document_of(district.year)
    document = new_page(sides=_SIDES, ends=_ENDS)
    line(document, f"关于{'更正' if upward.corrects else '报送'}{named}", TITLE, 22, CENTRE)
    line(document, "汇总表的函", TITLE, 22, CENTRE)
    line(document, f"{people.district_office or f'{district.name}人民政府办公室'}：", FANG, _BODY, LEFT)
    left = expected - accepted
    rest = f"尚有 {left} 家未汇总，收齐后另行报送。" if left else "各单位已全部汇总。"
    sent = _sent(f"{district.name}{named}汇总表", upward)
    said = f"{sent}应报送 {expected} 家，已汇总 {accepted} 家。{rest}"
    line(document, said, FANG, _BODY, JUSTIFY, indent=True)
    if upward.why:
        line(document, f"更正理由：{upward.why.rstrip('。')}。", FANG, _BODY, JUSTIFY, indent=True)
    line(document, f"附件：1. {form.words.short}汇总表", FANG, _BODY, LEFT, indent=True)
    line(document, f"　　　2. 本级{form.words.document}", FANG, _BODY, LEFT, indent=True)
    line(document, "", FANG, _BODY, LEFT)
    line(document, f"{district.office}（盖章）", FANG, _BODY, RIGHT)
    line(document, f"{today.year}年{today.month}月{today.day}日", FANG, _BODY, RIGHT)
    contact = "　".join(part for part in (people.coordinator, people.phone) if part)
    if contact:
        line(document, f"（联系人：{contact}）", FANG, _BODY, LEFT, indent=True)
    return to_bytes(document)


def _sent(what: str, upward: Upward) -> str:
    """Say what is sent up; a correction says that it is one, as the letter does."""
    if upward.corrects:
        return f"前次报送的{what}有单位更正了数据，现将更正后的汇总表报送你们，请以本次为准。"
    return f"现将{what}报送你们。"
