"""The folder of a year goes in; what was decided in a copy of 待办.xlsx, which nobody carries out, comes out in sentences.

A synchronisation that finds a file changed on two computers keeps one of them under another name, and "save as" makes one as well,
of another kind even: .ods, .xls, .et. Which of two is meant only a person can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.coordinating.todo import is_settled
from pipeline.coordinating.todo_filled import read_filled
from pipeline.district.tables import WORKBOOKS
from pipeline.ledger import Ledger, decisions
from pipeline.publishing.todo_book import NEW_TODO_NAME, TODO_NAME, marked
from pipeline.publishing.year_folder import BEFORE, EDITED

_READ = (TODO_NAME, NEW_TODO_NAME)
_STEM = Path(TODO_NAME).stem
_STEMS = tuple(Path(name).stem for name in _READ)
_OWN = tuple(f"{_STEM}（{mark}" for mark in (EDITED, BEFORE))
"""How copies are called that a run has kept, and told."""
_OF_PROGRAMS = ("~", ".")
"""How files begin that a program lays beside one that it has open."""


def sentences_of_copies(ledger: Ledger, year: int, target: Path) -> Iterator[str]:
    """Say of every copy in which something was decided, and is not, how much that is and what to do. Never raises OSError."""
    copies = [path for path in sorted(target.glob("*.*")) if _is_copy(path)]
    if not copies:
        return
    held = decisions.in_force(ledger, year)
    for path in copies:
        try:
            filled = read_filled(path)
            read = [
                item
                for name in _READ
                if (target / name).is_file()
                for item in read_filled(target / name).decisions
            ]
        except OSError:
            yield f"“{path.name}”像是“{TODO_NAME}”的副本，读不到，里面写的决定没有办；{_REMEDY}"
            continue
        left = [item for item in filled.decisions if item not in read and not is_settled(held, item)]
        if left:
            yield f"“{path.name}”是“{TODO_NAME}”的副本，里面写了 {len(left)} 项决定，没有办（只办“{TODO_NAME}”里写的）；{_REMEDY}"
        elif filled.lost and (marked(path) or path.stem in _STEMS):
            yield f"“{path.name}”是“{TODO_NAME}”的副本，里面写的没有办；{_REMEDY}"


_REMEDY = f"要办的请在“{TODO_NAME}”里写，然后把这个副本删去或移到别的文件夹"


def _is_copy(path: Path) -> bool:
    """Whether a workbook is a copy of the one that is read: by its name, or the mark that a run sets in it."""
    if (
        path.suffix.lower() not in WORKBOOKS
        or path.name in _READ
        or path.name.startswith((*_OWN, *_OF_PROGRAMS))
    ):
        return False
    return _STEM in path.stem or bool(marked(path))
