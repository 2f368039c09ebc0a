"""Numerals are read as cn2an, a library that is only at hand here, reads them and reads them back."""

from __future__ import annotations

import itertools
import random

import cn2an
import pytest

from pipeline.judging.texts.numerals import value_of

SIGNS = "零一二三九十百千万亿"


def by_library(written: str) -> int | None:
    """What the library reads, if it spells that as it was written."""
    try:
        value = int(cn2an.cn2an(written, "strict"))
        return value if cn2an.an2cn(value, "low") == written else None
    except ValueError:
        return None


def test_every_number_is_read_as_it_is_spelled() -> None:
    rng = random.Random(1)
    numbers = [*range(12_000), *(rng.randrange(10**digits) for digits in range(5, 13) for _ in range(500))]
    assert [value_of(cn2an.an2cn(number, "low")) for number in numbers if number] == [n for n in numbers if n]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_whatever_else_is_written_has_no_value(length: int) -> None:
    for signs in itertools.product(SIGNS, repeat=length):
        written = "".join(signs)
        assert value_of(written) == by_library(written), written


def test_spoken_and_odd_ones() -> None:
    assert value_of("两千零二十") == 2020
    assert value_of("一千〇五") == 1005
    for written in ("两三", "三五", "一百二", "一十二", "3万", "负三", "一亿亿", "〇五", "２３"):
        assert value_of(written) is None, written
    assert value_of("1,080") == 1080
