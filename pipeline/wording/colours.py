"""The looks of marked cells go in; what each asks of a clerk comes out, in one phrase.

Letter and 问题清单 say it of the same workbook: no colour is named that it does not have.
"""

from __future__ import annotations

from collections.abc import Collection

from pipeline.model import Severity

RELATED = "related"
"""The look of a cell where a problem shows that may stand in another."""


def colours_in_words(looks: Collection[str]) -> str:
    """Say what the coloured cells ask; empty where none is coloured."""
    is_red = Severity.ERROR in looks
    said = [
        "红色格子要改" if is_red else "",
        "橙色格子请核实" if Severity.WARNING in looks else "",
        ("浅红色格子有关联、请对照核对" if is_red else "浅红色格子请对照核对、改正有误的")
        if RELATED in looks
        else "",
    ]
    return "，".join(filter(None, said))
