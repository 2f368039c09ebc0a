"""The lines of a text go in; the text comes out without what a portal or a letter puts around it: dates, sources, buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.intake.read.labels import normalise

_LONGEST = 60
_FURNITURE = re.compile(
    r"(?:上一篇|下一篇|上一条|下一条|打印|关闭|分享|扫一扫|责任编辑|编辑|来源|信息来源|发布时间|发布日期|发布机构|公开日期|成文日期|生成日期"
    r"|索引号|主题分类|文号|浏览|点击|阅读|访问|字号|字体|相关链接|相关附件|附件下载|返回顶部|收藏|目录$|视力保护|保护视力|当前位置|您现在的位置|首页).*"
    r"|\(?[大中小()|]{1,20}\)?|[-—–]{0,20}第?\d{1,3}页?[-—–]{0,20}"
)
_DATE = re.compile(
    r"\(?(?:\d{4}|[〇○零一二三四五六七八九]{4})(?:年|[-/.])[\d一二三四五六七八九十]{1,3}(?:月|[-/.])[\d一二三四五六七八九十]{1,3}日?(?:\d{1,2}:\d{2}(?::\d{2})?)?\)?"
)


def trimmed(lines: Sequence[str], agency: str) -> tuple[list[str], list[str]]:
    """Return ``lines`` without furniture at either end, and what was left out; a signature is the agency and a date."""
    start, end = 0, len(lines)
    name = normalise(agency)
    while end > start and _is_furniture(lines[end - 1], name):
        end -= 1
    while start < end and _is_furniture(lines[start], name):
        start += 1
    return list(lines[start:end]), [*lines[:start], *lines[end:]]


def _is_furniture(line: str, name: str) -> bool:
    plain = normalise(line)
    if len(plain) > _LONGEST or "。" in plain:
        return False
    is_signed = bool(name) and (plain == name or (len(plain) > 1 and name.endswith(plain)))
    return is_signed or bool(_FURNITURE.fullmatch(plain) or _DATE.fullmatch(plain))
