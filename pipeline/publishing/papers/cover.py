"""How far a campaign is goes in, and whether it corrects what went up before; the covering letter (函) to be sealed comes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.publishing.papers.plain_word import (
    LEFT,
    attachments,
    heading,
    line,
    new_page,
    signature,
    to_bytes,
)

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.letter import Upward

_SIDES, _ENDS = 28, 36
_TITLE, _BODY = 22, 16


def build_cover(
    form: Form,
    district: District,
    today: date,
    counted: tuple[int, int],
    attached: Sequence[str],
    upward: Upward,
) -> bytes:
    """Build the letter that goes up with what is ``attached``; ``counted``: agencies in the sums, and to report."""
    people, named = district.people, form.document_of(district.year)
    title = f"关于{'更正' if upward.corrects else '报送'}{named}\n汇总表的函"
    document = new_page(title.replace("\n", ""), district.office, today, sides=_SIDES, ends=_ENDS)
    heading(document, title, _TITLE)
    line(document, f"{people.district_office or f'{district.name}人民政府办公室'}：", _BODY, LEFT)
    accepted, expected = counted
    left = expected - accepted
    rest = f"尚有 {left} 家未汇总，收齐后另行报送。" if left else "各单位已全部汇总。"
    sent = _sent(f"{district.name}{named}汇总表", upward)
    line(document, f"{sent}应报送 {expected} 家，已汇总 {accepted} 家。{rest}", _BODY, begin=2)
    if upward.why:
        line(document, f"更正理由：{upward.why.rstrip('。')}。", _BODY, begin=2)
    line(document, "特此函报。", _BODY, begin=2)
    line(document, "", _BODY)
    attachments(document, attached, _BODY)
    line(document, "", _BODY)
    signature(document, district.office, today, _BODY)
    contact = "，".join(
        f"{what}：{said}" for what, said in (("联系人", people.coordinator), ("电话", people.phone)) if said
    )
    if contact:
        line(document, f"（{contact}）", _BODY, LEFT, begin=2)
    return to_bytes(document)


def _sent(what: str, upward: Upward) -> str:
    """Say what is sent up; a correction says that it is one, as the letter does."""
    if upward.corrects:
        return f"前次报送的{what}有单位更正了数据，现将更正后的汇总表报上，请以本次为准。"
    return f"现将{what}报上。"
