"""A district written as text files, or a list of agencies from anywhere, goes in; 经办.xlsx comes out with all of it.

The text files are moved aside, not deleted: a district is written in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from pipeline.coordinating.starters import lay_starters
from pipeline.district.folder import CONFIG_NAME, ROSTER_NAME, District, load_district
from pipeline.district.roster import adopted_roster
from pipeline.district.settings_book import find_book, read_book
from pipeline.district.settings_fields import BOOK_NAME
from pipeline.district.starting import is_untouched
from pipeline.machine.environment import command
from pipeline.model import ConfigError
from pipeline.publishing.files import write_if_changed
from pipeline.publishing.settings_pages import build_settings_book, filled_of

ASIDE = "旧设置"
"""The folder that the text files are moved into."""


def adopt(folder: Path, roster: Path | None = None) -> tuple[Path, District, list[str]]:
    """Write 经办.xlsx of the district in ``folder``, with the agencies of ``roster`` if given; return it, what it means, and the columns left out.

    Raises ConfigError where the workbook already has agencies of its own, and for whatever cannot be read; OSError where the
    workbook cannot be written, before anything is moved.
    """
    book = find_book(folder)
    written = read_book(book) if book else None
    if book and written and not written.is_blank:
        raise ConfigError(
            f"{book.name} 已经填写，没有改动。要用另一份名单的，请在“名单”中直接粘贴，或者先把 {book.name} 移走。",
            file=folder,
        )
    district = load_district(folder)
    left_out: list[str] = []
    if roster:
        agencies, left_out = adopted_roster(roster, district.level)
        district = replace(district, agencies=agencies, merged=(), extensions=())
    elif district.has_sample_roster:
        raise ConfigError(
            f"{ROSTER_NAME} 还是样例，没有可以收进 {BOOK_NAME} 的名单。请写明名单文件，例如 {command('adopt', folder)} 名单.xlsx。",
            file=folder,
        )
    filled = filled_of(district)
    is_typed = is_untouched(folder / CONFIG_NAME, folder / ROSTER_NAME)
    if written and is_typed:  # what is in the workbook was typed by a person, the text files were not
        typed_in = {name: cell.text for name, cell in written.settings.items() if cell.text}
        filled = replace(filled, settings={**filled.settings, **typed_in})
    target = folder / BOOK_NAME
    write_if_changed(target, build_settings_book(filled))
    others = [path for path in (book, folder / CONFIG_NAME, folder / ROSTER_NAME) if path and path.is_file()]
    _set_aside(folder, [path for path in others if path.name != BOOK_NAME])
    lay_starters(folder)
    return target, load_district(folder), left_out


def _set_aside(folder: Path, paths: Sequence[Path]) -> None:
    """Move files into the folder of former settings, beside those that were moved there before."""
    for path in paths:
        (folder / ASIDE).mkdir(exist_ok=True)
        numbered = (f"{path.stem}（{number}）{path.suffix}" for number in count(2))
        names = ((folder / ASIDE / name) for name in chain([path.name], numbered))
        path.rename(next(place for place in names if not place.exists()))
