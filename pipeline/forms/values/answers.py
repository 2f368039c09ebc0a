"""Kinds of which the answers are known beforehand: 是 or 否, and one of several."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from pipeline.forms.values.kind import Together, ValueCheck, ValueKind
from pipeline.forms.values.plain import Raw, answered, answers, bare, normalise, quoted_word, unnumbered
from pipeline.forms.values.typed import Typed, shown

YES, NO = "是", "否"
_DENYING = "不非无未否"
_BEGINS, _ENDS, _ENDS_AT = "123456789一二三四五六七八九十(", ".,:)\uff64", (2, 3, 4)
"""With what the number before a choice begins, with what it ends, and where that stands; 、 as ASC makes it narrow."""
_MARKS = dict.fromkeys(map(ord, ':()-—–―－·.,/_"|'), "")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_LONGEST_LIST = 255
"""Characters that Excel takes for a list of choices."""


class _OneOf(ValueKind):
    """One of some words."""

    @property
    def words(self) -> tuple[str, ...]:
        """What can be answered."""
        return tuple(self.asked.choices.values())

    @property
    def usual_prompt(self) -> str:
        return f"从下拉列表中选：{'、'.join(self.words)}。"

    @property
    def mending(self) -> str:
        return (
            self.prompt
            if self._is_long
            else "；".join(dict.fromkeys((self.usual_prompt.rstrip("。"), self.prompt.rstrip("。"))))
        )

    @property
    def long_list(self) -> tuple[str, ...]:
        return (
            self.words if self._is_long or any(sign in word for word in self.words for sign in ',"') else ()
        )

    @property
    def _is_long(self) -> bool:
        return len(",".join(self.words)) > _LONGEST_LIST

    def excel(self) -> dict[str, object]:
        return {"validate": "any"} if self.long_list else {"validate": "list", "source": list(self.words)}

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        certain = _certain(self.words)
        are_words = all(isinstance(value, str) and value in certain for value in set(values))
        return list(map(str, values)) if are_words else None

    def faults_array(self, cells: str) -> str:
        said = [own for word in self.words for own in self.alike(word)]
        return f"(LEN(TRIM({cells}))>0)*(1-{self.says(cells, said)})"

    @staticmethod
    def says(cells: str, words: Sequence[str]) -> str:
        """Return the Excel array that is TRUE where a cell says one of ``words``, which ``alike`` spelled."""
        return f"ISNUMBER(MATCH({bare(cells, words)},{{{','.join(map(quoted_word, words))}}},0))"

    @property
    def live_title(self) -> str:
        return "填的都是下拉列表中的选项"

    def checks(self) -> tuple[ValueCheck, ...]:
        return (ValueCheck("isin", ("", *self.words), variant="choice"),)


@lru_cache(maxsize=256)
def _certain(words: tuple[str, ...]) -> frozenset[str]:
    """Return the blank and those of ``words`` that mean themselves: spelled otherwise, one may be another."""
    meant = {normalise(word): word for word in words}
    return frozenset({"", *(word for word in words if meant[normalise(word)] == word == word.strip())})


@dataclass(frozen=True, slots=True)
class YesNo(_OneOf):
    """Yes or no: 是 or 否, however it was ticked."""

    id: ClassVar[str] = "yes_no"
    ways: ClassVar[tuple[Together, ...]] = ("yes", "list", "none")
    width: ClassVar[float] = 9.0

    @property
    def words(self) -> tuple[str, ...]:
        return YES, NO

    def alike(self, word: str) -> tuple[str, ...]:
        return answers(yes=word == YES)

    def _read(self, value: Raw) -> Typed:
        said = answered(shown(value).strip())
        return (
            self._wrong(value, "choice") if said is None else self._noted(YES if said else NO, shown(value))
        )


@dataclass(frozen=True, slots=True)
class Choice(_OneOf):
    """One of the form's own choices, however it is spaced, and also with the number that it has in a list of the form."""

    id: ClassVar[str] = "choice"

    @property
    def width(self) -> float:  # type: ignore[override]  # as wide as the words are
        """Of a column: as wide as its longest word."""
        return min(30.0, 4.0 + 2 * max(map(len, self.words), default=5))

    def _read(self, value: Raw) -> Typed:
        said, plain = shown(value), self._plain
        found = plain.get(normalise(said)) or plain.get(unnumbered(said))
        if found is not None:
            return self._noted(found, value)
        meant = meant_by(normalise(said), self.words)
        wrong = self._wrong(value, "choice_meant" if meant else "choice")
        return replace(wrong, facts={**wrong.facts, "meant": meant}) if meant else wrong

    def alike(self, word: str) -> tuple[str, ...]:
        return tuple(own for own, meant in self._plain.items() if meant == word)

    def faults_array(self, cells: str) -> str:
        """A choice with a number before it may be one: formulas do not take numbers off."""
        return f"{_OneOf.faults_array(self, cells)}*(1-{may_be_numbered(cells)})"

    def is_faulty(self, text: str) -> bool:
        return bool(self.fault(text)) and not _is_numbered(text)

    def uncertain(self, cells: str) -> str:
        """Return the array that is 1 where a cell may hold a choice with a number before it."""
        return f"{may_be_numbered(cells)}*{_OneOf.faults_array(self, cells)}"

    def is_uncertain(self, text: str) -> bool:
        """Say whether ``text`` is such a one."""
        return _is_numbered(text) and bool(text.strip()) and normalise(text) not in self._plain

    @property
    def _plain(self) -> Mapping[str, str]:
        return {**self.asked.official, **{normalise(word): word for word in self.words}}


def may_be_numbered(cells: str) -> str:
    """Return the array that is 1 where a text begins like a numbered one: with a digit or a bracket, and a sign not far behind it; of a blank it says nothing."""
    text = f"TRIM(ASC({cells}))"
    ends = "+".join(f'ISNUMBER(FIND(MID({text}&"###",{at},1),"{_ENDS}"))' for at in _ENDS_AT)
    first = f"LEFT({text},1)"
    return f'((ISNUMBER(FIND({first},"{_BEGINS}"))*({ends})+ISNUMBER(FIND({first},"{_CIRCLED}")))>0)'


def _is_numbered(text: str) -> bool:
    """Say of a text whether it begins like a numbered one, as ``may_be_numbered`` does."""
    plain = "".join(
        sign if sign in _CIRCLED else unicodedata.normalize("NFKC", sign) for sign in text.strip()
    )
    ends = any(plain[at - 1 : at] in (*_ENDS, "、") for at in _ENDS_AT if len(plain) >= at)
    return plain[:1] in tuple(_CIRCLED) or (plain[:1] in tuple(_BEGINS) and ends)


def _without_marks(text: str) -> str:
    """Return ``text`` as ``normalise`` reduces it without the marks that divide it."""
    return normalise(text).translate(_MARKS)


def meant_by(said: str, words: Sequence[str]) -> str:
    """Return the only one of ``words`` that who wrote ``said`` may have meant; empty: there is none, or there are several.

    One that holds what was said comes before one that has two signs of it: 予以公开（部分） has some of several. What stands
    between a choice and what it is a kind of makes no difference: 不予公开（属于国家秘密）, 不予公开—属于国家秘密. What is denied
    (非自然人) is not meant.
    """
    said = _without_marks(said)
    held = [word for word in words if said and said in _without_marks(word)]
    whole = [word for word in held if said == _without_marks(word)] or held
    pairs = {said[at : at + 2] for at in range(len(said) - 1)}
    found = whole or [word for word in words if any(pair in word for pair in pairs)]
    is_denied = any(sign in said and sign not in word for sign in _DENYING for word in found)
    return found[0] if len(found) == 1 and not is_denied else ""
