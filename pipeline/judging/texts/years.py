"""Rules about years: the period of the figures, and other years in which the work is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.tidy import SENTENCE, sentence_around

if TYPE_CHECKING:
    from pipeline.forms.narrative import OtherYear, StatedPeriod
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding

_DATE = r"(?:(?P<year{0}>(?:19|20)\d\d)[年.\-/]?)?0?(?P<month{0}>1[0-2]|[1-9])[月.\-/]0?(?P<day{0}>3[01]|[12]\d|[1-9])日?"
_SPAN = compiled(
    _DATE.format(1)
    + r"(?:零时|0时)?(?:起始?|开始|始)?，?截?(?:至|到|—+|-+|–|~|～)(?:当年|本年|同年)?"
    + _DATE.format(2)
)
"""Two dates; a year that lost its 年 (20221月1日) is read as well."""
_WHOLE_YEAR = r"(?P<year>(?:19|20)\d\d)年?(?:度|全年)"
_UNTIL = r"截[至止](?:日期|时间)?[到为是]?(?P<year>(?:19|20)\d\d)年(?:年底|底|末|12月31日)"
_MONTHS = r"(?P<year>(?:19|20)\d\d)年0?1月?份?(?:至|到|—+|-+|–|~|～)(?:(?:19|20)\d\d年)?12月"
_ONLY_YEAR = r"(?:为|是|：)(?P<year>(?:19|20)\d\d)年(?=[，。；）]|$)"
_SPELLED = r"年一月一日(?:起始?|开始|始)?，?(?:至|到)[^，。]{0,5}十二月三十一日"
_OTHERWISE = compiled(
    "|".join(
        pattern.replace("?P<year>", "?:") for pattern in (_WHOLE_YEAR, _UNTIL, _MONTHS, _ONLY_YEAR, _SPELLED)
    )
)
"""Other ways to state a period; they are taken as stated and not looked into."""


def period(rule: StatedPeriod, _around: TextContext) -> Check:
    """Look for the period of the figures near the words that announce it."""

    def check(item: ReportTexts) -> Iterable[Finding]:
        said = item.said(rule.texts)
        if item.year is None or not said:
            return
        is_whole = any(
            _is_whole(rule, span, item.year) for text in said.values() for span in _SPAN.finditer(text)
        )
        stated = is_whole
        for key, text in said.items():
            for start, sentence in _announced(rule, text):
                stated = stated or bool(_SPAN.search(sentence) or _OTHERWISE.search(sentence))
                for variant, at, facts in _faults(rule, sentence, item.year):
                    is_certain = any(word in sentence for word in rule.certain)
                    if is_whole and variant == "wrong_dates" and not is_certain:
                        continue
                    place = quoted(text, start + at[0], start + at[1])
                    yield item.finding(
                        rule, variant, key, {"sentence": place, "expected": item.year, **facts}
                    )
        if not stated:
            yield item.finding(rule, "missing", rule.home, {"expected": item.year}, severity=rule.missing)

    return check


def _announced(rule: StatedPeriod, text: str) -> Iterator[tuple[int, str]]:
    if any(word in text for word in rule.words):
        for found in SENTENCE.finditer(text):
            if any(word in found[0] for word in rule.words):
                yield found.start(), found[0]


def _faults(
    rule: StatedPeriod, sentence: str, year: int
) -> Iterator[tuple[str, tuple[int, int], dict[str, Fact]]]:
    """Yield (variant, where, facts) of a period that is not that of the year. A sentence with several periods is left alone."""
    spans = list(_SPAN.finditer(sentence))
    if len(spans) != 1 or any(word in sentence for word in rule.excuses):
        return
    [span] = spans
    years = {int(span[name]) for name in ("year1", "year2") if span[name]}
    if years - {year}:
        yield "wrong_year", span.span(), {"stated": "、".join(map(str, sorted(years - {year})))}
    elif _ends(span) != (rule.first, rule.last):
        yield "wrong_dates", span.span(), {"stated": span[0]}


def _ends(span: re.Match[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (int(span["month1"]), int(span["day1"])), (int(span["month2"]), int(span["day2"]))


def _is_whole(rule: StatedPeriod, span: re.Match[str], year: int) -> bool:
    years = {int(span[name]) for name in ("year1", "year2") if span[name]}
    return years <= {year} and _ends(span) == (rule.first, rule.last)


def other_year(rule: OtherYear, _around: TextContext) -> Check:
    """Look for statements set in another year; one finding for each text."""
    frames: dict[tuple[int, bool], re.Pattern[str]] = {}
    hide = compiled(any_of(rule.quoted))

    def framed(year: int, *, opens: bool) -> re.Pattern[str]:
        if (year, opens) not in frames:
            chosen = (*rule.frames, *(rule.opening_frames if opens else ()))
            spelled = (f"(?:{frame.replace('{year}', str(year))})" for frame in chosen)
            frames[year, opens] = compiled("|".join(spelled))
        return frames[year, opens]

    def check(item: ReportTexts) -> Iterable[Finding]:
        if item.year is None:
            return
        around = [
            *range(item.year - rule.years_back, item.year),
            *range(item.year + 1, item.year + 1 + rule.years_ahead),
        ]
        for key, text in item.said(rule.texts).items():
            years = [
                year for year in around if f"{year}年" in text and (year < item.year or key not in rule.plans)
            ]
            open_text = hide.sub(lambda match: "\0" * len(match[0]), text) if years else ""
            for year in years:
                hits = framed(year, opens=key in rule.opening).finditer(open_text)
                excuses = (*rule.past_excuses, f"{item.year}年") if year < item.year else rule.future_excuses
                found = next((hit for hit in hits if not _excused(excuses, open_text, hit)), None)
                if found:
                    at = open_text.index(str(year), found.start())
                    facts: dict[str, Fact] = {
                        "sentence": quoted(text, at, at + 5),
                        "stated": year,
                        "expected": item.year,
                    }
                    yield item.finding(rule, "found", key, facts)
                    break

    return check


def _excused(excuses: Iterable[str], text: str, found: re.Match[str]) -> bool:
    """Say whether a word of the sentence explains the other year."""
    first, last = sentence_around(text, *found.span())
    sentence = text[first:last]
    return any(word in sentence for word in excuses)
