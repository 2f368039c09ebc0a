"""Plain words: the longest that begins at a place, and with what words begin."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.form import Form
from pipeline.forms.narrative import FigureClaims
from pipeline.judging.texts.lexicon import PlainWords
from pipeline.judging.texts.pieces import WORD, Lexicon

CHARACTERS = st.text("年度申请件.[]^-\\", max_size=6)


@given(st.sets(CHARACTERS.filter(bool), max_size=40), CHARACTERS, CHARACTERS)
def test_the_longest_word_is_found_where_one_begins(words: set[str], before: str, after: str) -> None:
    known = PlainWords(words)
    text = before + after
    for start in range(len(text)):
        for end in range(start, len(text) + 1):
            found = [word for word in words if text.startswith(word, start, end)]
            assert known.longest(text, start, end) == (start + max(map(len, found)) if found else -1)
            if found:
                assert re.compile(known.begins).match(text, start, end)


def test_no_word_begins_where_there_are_none() -> None:
    assert not re.search(PlainWords([]).begins, "申请")


def test_what_begins_like_no_word_is_passed_over() -> None:
    assert [found.start() for found in re.finditer(PlainWords(["申请", "年"]).begins, "申报年，申请")] == [
        2,
        4,
    ]


def test_a_word_that_only_seemed_to_begin_hides_none_that_begins_within_it(form: Form) -> None:
    """统一 begins 统一答复, and none here; 一审败诉 and 一年 begin with its second character."""
    rule = form.narrative("N04")
    assert isinstance(rule, FigureClaims)
    lexicon = Lexicon(rule)
    for text in ("统一审败诉", "统一年", "这一共"):
        known = [piece for piece in lexicon.pieces(text, 0, len(text)) if piece.kind == WORD]
        assert [(piece.start, piece.end) for piece in known] == [(1, len(text))], text
