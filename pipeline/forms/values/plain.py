"""What somebody typed goes in; the same without what makes no difference comes out, and whether it means yes or no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from functools import lru_cache
from typing import TypeAlias

from pipeline.model import Value

Raw: TypeAlias = "Value | date | time | timedelta"
"""A value as a spreadsheet holds it; a blank is an empty text or None."""

UNSEEN = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], ""
)
"""Marks without width, which pasting from other programs brings along; by code point, for ``str.translate``."""
TURNED = "\u202e"
"""Of these the one that turns digits round: what is stored as 123 behind it is shown as 321."""
OPENING, CLOSING = "[{<〔【〈《", "]}>〕】〉》"
"""Brackets that are written for one another, once they have one width."""
_UNIFIED = UNSEEN | str.maketrans(
    {
        **dict.fromkeys(OPENING, "("),
        **dict.fromkeys(CLOSING, ")"),
        **dict.fromkeys("“”„‟'‘’「」『』`", '"'),
        **dict.fromkeys("、;；，", ","),
        "它": "他",
    }
)
_WRITTEN_FOR = {'"': "“”", ",": "、\uff64;", "他": "它"}
"""Of what ``normalise`` makes one sign: what is usual in the cells of a spreadsheet, with 、 as ASC makes it narrow."""
_YES = frozenset({
    "是", "是的", "对", "对的", "是√", "√是", "√", "✓", "✔", "☑", "✅", "☑是", "☑是□否", "■是□否", "y", "yes", "true",
    "全为零", "全零", "均为零", "全部为零", "本表全为零",
})  # fmt: skip
_NO = frozenset({
    "否", "否的", "不是", "不", "×", "✗", "✘", "x", "☒", "n", "no", "false", "□是☑否", "□是■否", "√否", "否√", "☑否",
})  # fmt: skip
_CIRCLED = {sign: f"({sign - 0x245F})" for sign in range(0x2460, 0x2474)}
"""① to ⑳, which NFKC makes bare digits of: a number in brackets is one still."""
_COUNTED = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_NUMBERED = re.compile(rf"(^|:)(?:\({_COUNTED}\)|{_COUNTED}[,.:)])")
"""The number of a heading, and of what stands below it: (三)不予公开:1.属于国家秘密."""
_ENUMERATOR = re.compile(r"^(\d{1,2})[,.:]")


def seen(text: str) -> str:
    """Return ``text`` without what nobody can see and nobody types: marks without width, controls but tabs and line ends."""
    if text.isprintable():
        return text
    return "".join(
        letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf") or letter in "\t\n\r"
    )


def without(expression: str, parts: Iterable[str]) -> str:
    """Return the Excel expression of the text of ``expression`` without ``parts``."""
    for part in parts:
        expression = f'SUBSTITUTE({expression},"{part}","")'
    return expression


def quoted_word(word: str) -> str:
    """Quote a word for a formula."""
    return '"' + word.replace('"', '""') + '"'


def bare(expression: str, words: Iterable[str]) -> str:
    """Return the Excel expression of the text of ``expression`` as ``normalise`` reduces it, as far as ``words``, so reduced, have its signs."""
    text = without(f"ASC({expression})", (" ", "\u00a0", "\u3000"))
    text, said = f'SUBSTITUTE({text},CHAR(10),"")', "".join(words)
    for plain, signs in _WRITTEN_FOR.items():
        for sign in signs if plain in said else "":
            text = f'SUBSTITUTE({text},"{sign}",{quoted_word(plain)})'
    return text


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Reduce ``text`` to what makes a label: NFKC, no white space, one kind of bracket, quote and comma."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_UNIFIED).split())
    return _ENUMERATOR.sub(r"\1.", plain)


def folded(text: str) -> str:
    """Reduce ``text`` to what tells it from others of a list: width, spaces, kinds of brackets and capitals do not (青教〔2026〕1号, 青教[2026] 1号)."""
    return normalise(text).casefold()


def bracketings(text: str) -> Iterator[str]:
    """Yield ``text`` as ``normalise`` reduces it, with each kind of brackets in turn."""
    plain = normalise(text)
    for opening, closing in zip(f"({OPENING}", f"){CLOSING}", strict=True):
        yield plain.replace("(", opening).replace(")", closing)


@lru_cache(maxsize=4096)
def unnumbered(text: str) -> str:
    """Reduce ``text`` to a label without its numbering: （一）、1. and ① say where it stands in a list, not what it is."""
    return _NUMBERED.sub(r"\1", normalise(text.translate(_CIRCLED)))


@lru_cache(maxsize=256)
def answered(text: str) -> bool | None:
    """Say whether a short answer means yes or no, in whatever way people tick; None where it is neither."""
    plain = normalise(text).casefold().strip("。.!！,()")
    if plain in _YES:
        return True
    return False if plain in _NO else None


def answers(*, yes: bool) -> tuple[str, ...]:
    """Return every word that is such an answer."""
    return tuple(sorted(_YES if yes else _NO))
