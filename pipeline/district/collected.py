"""How somebody called a form goes in; which of those that are collected that can be, or what it should be, comes out."""

from __future__ import annotations

from collections.abc import Sequence

Names = tuple[str, str]
"""What a collected form can be called: alone, and with its period."""


def possible_names(written: str, collected: Sequence[Names]) -> list[str]:
    """Return what ``written`` may have meant: the periods of its form, or else every form, with its period where it has several."""
    form = written.partition(":")[0]
    periods = [whole for alone, whole in collected if alone == form]
    every = [alone for alone, _ in collected]
    names = periods or [whole if every.count(alone) > 1 else alone for alone, whole in collected]
    return list(dict.fromkeys(names))


def not_collected(written: str, collected: Sequence[Names]) -> str:
    """Say that a row names no form that is collected, or one that is collected for several periods and not which of them."""
    names = possible_names(written, collected)
    if any(written == alone for alone, _ in collected):
        return f"“{written}”收了 {len(names)} 期，请写明是哪一期：{'、'.join(names)}。"
    return f"没有收“{written}”，应为：{'、'.join(names)}。"
