"""However long and strange a text is, the time that it takes grows with its length alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache

import pytest

from pipeline.forms.loader import load_form
from pipeline.forms.narrative import FigureClaims, Ratios
from pipeline.judging.texts.check import narrative_findings
from pipeline.judging.texts.filed import ReportTexts, TextContext, called, filed
from pipeline.judging.texts.pieces import Lexicon
from pipeline.model import Agency
from tests.support.fills import zeros
from tests.support.submissions import plain_texts, reading_of, submission_of

FORM = load_form()
[RULE] = [rule for rule in FORM.narratives if isinstance(rule, FigureClaims)]
LONG = 50_000
AGENCY = Agency("1", "望海市临溪区园林和林业局", "部门", "县区")
_SLOW = 3.0
"""Seconds of processor time that only more than linear growth takes."""
_PATTERN_SLOW = 0.75
_LITERAL = re.compile(r"[\u4e00-\u9fff，。；：（）、%0-9A-Za-z<>&【】〔〕_×]+")
_NAMES = (
    "texts",
    "agency_kinds",
    "words",
    "units",
    "parts",
    "whole",
    "topics",
    "acts",
    "disputed",
    "lists",
    "wholes",
    "shared",
    "grows",
    "id",
    "severity",
    "title",
    "remedy",
    "source",
    "home",
    "home_topic",
    "missing",
    "besides",
    "besides_cell",
    "came_cell",
    "forward_cell",
    "lighter_severity",
)
PIECES = (
    "收到政府信息公开申请12件",
    "收到政府信息公开申请12件，",
    "收到政府信息公开申请40件，其中网上申请30件，占85%，",
    "12件，其中1件、2件、3件、",
    "（其中（含（",
    "（",
    "收到一件、登记一件、",
    "未收到、未发生、无",
    "其中自然人10件、法人3件，",
    "答复12件，撤回3件，另有4件属信访，",
    "12件因需征求意见，",
    "不予公开5件，属于行政执法案卷9件，",
    "较上年增长",
    "去年上年结转同比",
    "按照根据落实",
    "全区各部门、各镇街",
    "通过政府门户网站公开信息46条，",
    "分为三类：",
    "2023年1月1日起至",
    "统计期限自",
    "在《“（〔",
    "由望海市临溪区教育局",
    "市园林局全年",
    "一二三四五六七八九十百千",
    "1,111,111,",
    "1.1.1.1.",
    " 1 2 3",
    "占",
    "&nbsp;<p ",
    "。其中",
    "行政复议、行政诉讼和",
    "①（一）一、\n",
    "结转",
    "11010519491231002X",
)  # fmt: skip


def _seconds(item: ReportTexts) -> float:
    start = time.process_time()
    list(narrative_findings(TextContext(FORM, [item], [AGENCY], ())))
    return time.process_time() - start


def _filed(text: str) -> ReportTexts:
    texts = plain_texts(FORM) | {"overview.on_request": text, "preface": text[: LONG // 10]}
    found = submission_of(reading_of(FORM, zeros(FORM), texts))
    return filed(1, replace(found, agency=AGENCY))


@pytest.mark.parametrize("piece", PIECES)
def test_a_text_of_fifty_thousand_characters_is_read_in_seconds(piece: str) -> None:
    """By every rule, preparation included."""
    start = time.process_time()
    item = _filed((piece * (LONG // len(piece)))[:LONG])
    assert time.process_time() - start + _seconds(item) < _SLOW


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of the form's rules over texts, and the one in which the words of N04 are joined."""
    found: dict[str, re.Pattern[str]] = {"all the words": Lexicon(RULE).pattern}
    for rule in FORM.narratives:
        for item in fields(rule):
            value = getattr(rule, item.name)
            if item.name in _NAMES:
                continue
            written = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
            for pattern in written if item.name not in {"claims", "partitions"} else ():
                if isinstance(pattern, str):
                    spelled = pattern.replace("{year}", "2023").replace("{name}", "某局")
                    found[f"{rule.id} {item.name} {pattern}"] = re.compile(spelled)
    named = (
        f"{own.said}{rule.rated}"
        for rule in FORM.narratives
        if isinstance(rule, Ratios)
        for own in RULE.rates
    )
    words = (pattern for word in RULE.words for pattern in word.patterns)
    return found | {pattern: re.compile(pattern) for pattern in (*words, *named)}


def _adversaries(pattern: str) -> Iterator[str]:
    """Yield texts that begin a pattern over and over and never finish it."""
    literals = [run for run in _LITERAL.findall(pattern) if not run.isascii()] or ["申请"]
    longest = max(literals, key=len)
    for unit in ("".join(literals), longest, f"{longest}，", f"{longest}1", longest[0], f"{literals[-1]}（"):
        yield (unit * (LONG // len(unit) + 1))[:LONG]


def test_every_pattern_is_spelled_out() -> None:
    """What stands for a year or a name (<last>) is replaced in every pattern, whatever field holds it."""
    assert not [
        name for name, pattern in _patterns().items() if re.search(r"(?<!\?P)(?<!\?)<\w+>", pattern.pattern)
    ]


@pytest.mark.parametrize("name", _patterns(), ids=range(len(_patterns())))
def test_every_pattern_takes_linear_time(name: str) -> None:
    pattern = _patterns()[name]
    for text in _adversaries(pattern.pattern[:2000]):
        start = time.process_time()
        for _ in pattern.finditer(text):
            pass
        assert time.process_time() - start < _PATTERN_SLOW, text[:40]


def test_twice_the_length_takes_about_twice_the_time() -> None:
    """Measured anew before it is said that it does not: other programs take the processor meanwhile."""
    unit = "2023年收到政府信息公开申请12件，其中自然人10件、法人2件，答复11件，结转下年度1件。群众满意。"

    def fastest(size: int, mark: str) -> float:
        item = _filed(mark + unit * (size // len(unit)))
        return min(_seconds(item) for _ in range(2))

    assert any(fastest(LONG, mark) < 8 * fastest(LONG // 4, mark) for mark in "甲乙丙")


def test_names_are_still_found_in_what_is_long() -> None:
    """The limits that keep the time linear cut off nothing of an ordinary report."""
    assert "市园林局" not in called(AGENCY)
    assert "区园林局" in _filed("区园林局全年收到政府信息公开申请12件。").names
