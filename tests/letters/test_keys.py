"""A letter's key is a value; the ledger keeps its text, which reads back as the same key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.letter import LetterKey, LetterKind, Occasion

NAMES = st.text("abc0189@.-~_", min_size=1, max_size=12)
SIMPLE = st.text("abc0189@.-_", min_size=1, max_size=12)


@st.composite
def keys(draw: st.DrawFn) -> LetterKey:
    occasion = draw(st.sampled_from(Occasion))
    number = draw(st.integers(1, 30))
    if occasion is Occasion.ANSWER:
        kind = draw(st.sampled_from(LetterKind))
        return LetterKey(occasion, (draw(NAMES), draw(NAMES)), kind, number)
    if occasion in (Occasion.REMINDER, Occasion.TEMPLATE):
        return LetterKey(occasion, (draw(NAMES), draw(SIMPLE)), None, number)
    return LetterKey(occasion, (draw(SIMPLE),), None, number)


@given(keys())
def test_a_key_is_read_as_it_was_written(key: LetterKey) -> None:
    assert LetterKey.parse(str(key)) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("answer:inbox:ab12:returned", LetterKey(Occasion.ANSWER, ("inbox", "ab12"), LetterKind.RETURNED)),
        ("answer:m1:ab12:held~2", LetterKey(Occasion.ANSWER, ("m1", "ab12"), LetterKind.HELD, 2)),
        ("reminder:001:2024-01-24", LetterKey(Occasion.REMINDER, ("001", "2024-01-24"))),
        ("template:2023:001", LetterKey(Occasion.TEMPLATE, ("2023", "001"))),
        ("digest:2024-01-23", LetterKey(Occasion.DIGEST, ("2024-01-23",))),
        ("delivery:complete:ff~3", LetterKey(Occasion.COMPLETE, ("ff",), None, 3)),
        ("delivery:asked:ff", LetterKey(Occasion.ASKED, ("ff",))),
    ],
)
def test_keys_of_ledgers_from_before_are_read(text: str, key: LetterKey) -> None:
    assert LetterKey.parse(text) == key
    assert str(key) == text


@pytest.mark.parametrize("text", ["", "answer", "answer:a", "other:a", "answer:a:b:nothing"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$"):
        LetterKey.parse(text)


def test_answers_to_one_file_have_one_matter() -> None:
    about = ("inbox", "ab12")
    one = LetterKey(Occasion.ANSWER, about, LetterKind.HELD)
    other = LetterKey(Occasion.ANSWER, about, LetterKind.RETURNED, 2)
    assert one.matter == other.matter != one
