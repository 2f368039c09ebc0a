"""Two readings of one district go in, of a workbook and of text files; what differs between them comes out, in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.district.settings_fields import BOOK_NAME

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.model import Agency

MOST_SHOWN = 8
"""So many differences fit a sentence."""
_WORDS = {
    "name": "区县全称", "level": "级别", "year": "报告年度", "form": "表样", "deadline": "截止日期", "rules": "规则",
    "mail": "邮件服务器", "people": "署名和联系方式", "calendar": "日历", "extensions": "延期", "others": "另收的表",
}  # fmt: skip


def differences(own: District, other: District) -> list[str]:
    """Say what the text files hold otherwise than the workbook ``own``."""
    found = []
    for name, word in _WORDS.items():
        mine, theirs = getattr(own, name), getattr(other, name)
        if mine != theirs:
            is_plain = isinstance(mine, str | int | date)
            found.append(f"{word}（{BOOK_NAME} 为 {mine}，district.toml 为 {theirs}）" if is_plain else word)
    return found + unlike_agencies(own.roster_agencies, other.roster_agencies)


def unlike_agencies(own: tuple[Agency, ...], other: tuple[Agency, ...]) -> list[str]:
    """Say which agencies the two rosters do not share, or describe otherwise."""
    mine, theirs = {item.code: item for item in own}, {item.code: item for item in other}
    found = [f"单位 {code} 只在 {BOOK_NAME} 中" for code in mine if code not in theirs]
    found += [f"单位 {code} 只在 agencies.csv 中" for code in theirs if code not in mine]
    found += [f"单位 {code} 的内容不同" for code, item in mine.items() if theirs.get(code, item) != item]
    return found or (["单位的顺序不同"] if own != other else [])
