"""What a pattern can begin with is told right, so an expression that looks at that first finds what the plain one finds."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.texts.beginnings import beginnings, compiled, guarded
from tests.support.sentences import load

TEXTS = "\n".join(item.text for name in ("given", "fresh", "cold") for item in load(name))


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("年度|月", {"年", "月"}),
        ("(?:上一?年|去年)?度", {"上", "去", "度"}),
        (r"(?<!\d)20\d\d年", {"2"}),
        (r"(?=收到)[收接]到", {"收", "接"}),
        (r"\d{1,3}(?:件|宗)", {r"\d"}),
        ("[一-九百]{2,}+件", {"一-九", "百"}),
        ("(?P<what>“[^”]+”)", {"“"}),
        ("[—-]件", {"—", r"\-"}),
        ("[^，。]件", None),
        (".件", None),
        ("件?", None),
        ("(?:年|(?<=日))", None),
        ("(?i:abc)", None),
        (r"\Sx", None),
    ],
)
def test_the_beginnings_of(pattern: str, told: set[str] | None) -> None:
    assert beginnings(pattern) == told


def test_the_first_choice_that_fits_is_taken_as_ever() -> None:
    choices = ["(?:公开申请)(?P<a>)", "(?:.开)(?P<b>)", "(?:公开)(?P<c>)", "(?:申请|公)(?P<d>)"]
    plain, quick = re.compile("|".join(choices)), re.compile(guarded(choices))
    for text in ("公开申请", "公开", "公", "申请", "离开", "无"):
        found, same = plain.search(text), quick.search(text)
        assert (found and (found.span(), found.lastgroup)) == (same and (same.span(), same.lastgroup))


def _patterns(value: object) -> Iterator[str]:
    """Yield whatever a rule holds that is an expression of some length."""
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error:  # a word that is no expression
            return
        yield value
    elif isinstance(value, tuple):
        for own in value:
            yield from _patterns(own)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _patterns(getattr(value, field.name))


def _of(form: Form) -> list[str]:
    return sorted({pattern for rule in form.narratives for pattern in _patterns(rule)})


def test_every_pattern_of_the_form_finds_the_same_with_its_beginnings() -> None:
    patterns = _of(load_form())
    known = 0
    for pattern in patterns:
        begins = beginnings(pattern)
        if begins is None:
            continue
        known += 1
        found = [match.span() for match in re.finditer(pattern, TEXTS)]
        assert found == [match.span() for match in compiled(pattern).finditer(TEXTS)], pattern
        assert all(re.match(f"[{''.join(begins)}]", TEXTS[start:]) for start, _ in found), pattern
    assert known > len(patterns) / 2 > 100
