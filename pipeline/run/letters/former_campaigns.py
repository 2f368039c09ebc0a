"""What former campaigns left undone goes in; letters of a day are withdrawn, the rest is told until a person has seen to it.

A campaign ends when its period is changed in the settings. From then on nobody looks into its folder: what waits there,
and what was decided in its 待办.xlsx since its last run, would be dropped without a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pipeline.coordinating.todo_filled import read_filled
from pipeline.district.folder import District
from pipeline.forms.library import is_known
from pipeline.forms.loader import load_form
from pipeline.ledger import Ledger, imports, letters, output_record, runs
from pipeline.ledger.access import left_forms, view_left_form
from pipeline.ledger.letters import StoredLetter
from pipeline.letter import KIND_WORDS, LetterKind
from pipeline.model import CHINA
from pipeline.periods import name_of, scope_of
from pipeline.publishing.todo_book import NEW_TODO_NAME, TODO_NAME
from pipeline.publishing.year_folder import YearFolder
from pipeline.run.letters.unreported import is_recent_enough, unreported, waits

_OF_A_DAY = (LetterKind.REMINDER, LetterKind.DIGEST, LetterKind.TEMPLATE)
"""Kinds that say what is to be done by a day: past with their campaign."""
_MOST = 10
_A_WHILE = timedelta(days=14)


def former_years(ledger: Ledger, district: District) -> list[int]:
    """Return the periods of former campaigns, the newest first; what is collected beside this one has its own runs."""
    years = imports.years_before(ledger, district.year)
    return [year for year in years if (district.form, year) not in district.collected]


def tidy(ledger: Ledger, district: District, output: Path, *, now: datetime) -> int:
    """Withdraw letters of a day, and take what waits no longer out of the folders of letters; return how many were withdrawn."""
    count = 0
    for year in former_years(ledger, district):
        past = [item.key for item in letters.waiting(ledger, year) if item.kind in _OF_A_DAY]
        letters.withdraw(ledger, past, now)
        if past:
            clear(ledger, replace(district, year=year), output, now=now)
        count += len(past)
    return count


def clear(ledger: Ledger, former: District, output: Path, *, now: datetime) -> None:
    """Take the letters that wait no longer out of the folder of a ``former`` campaign; its other files stay as they are. Raises OSError."""
    year, under = former.year, f"{output_record.LETTERS}/"
    known = output_record.of_year(ledger, year, with_figures=False, under=f"{under}*")
    staying = {f"{under}{item.laid}" for item in letters.waiting(ledger, year)}
    gone = [path for path in known if path not in staying]
    note = partial(output_record.note, ledger, year)
    folder = YearFolder(former.results_in(output), known, note, now.astimezone(CHINA).date())
    for path in gone:
        folder.remove(path)
    output_record.forget(ledger, year, gone)


def sentences(ledger: Ledger, district: District, output: Path, *, now: datetime) -> Iterator[str]:
    """Say what former campaigns left undone, and what to do: of letters to agencies for a while, of what goes up until it is done.

    Without a mail server hardly anybody records of every receipt that it was handed over.
    """
    begun = runs.first_of(ledger, district.year)
    is_new = begun is None or now - begun < _A_WHILE
    years = former_years(ledger, district)
    for year in years:
        waiting = [
            item
            for item in letters.waiting(ledger, year)
            if item.kind == LetterKind.DELIVERY or (is_new and item.kind not in _OF_A_DAY)
        ]
        yield from _letters(ledger, district, year, output, waiting)
    for year in years[:1]:
        yield from _decisions(replace(district, year=year), output)
        is_recent = is_recent_enough(ledger, year, now=now, is_new=is_new)
        form = load_form(district.form, district.folder)
        if is_recent and (said := unreported(ledger, form, year)):
            yield f"{said}。要上报的，把报告期改回 {name_of(year)}，同意更正、签发并发出以后再改回来"
    if not district.is_second:
        yield from _left_forms(district, output, now, is_new=is_new)


def _left_forms(district: District, output: Path, now: datetime, *, is_new: bool) -> Iterator[str]:
    """Say what the last campaigns of forms left undone that are collected no longer: nobody opens their ledgers."""
    for part in left_forms(output, {item.part for item in district.campaigns}):
        if not is_known(part, district.folder):
            continue
        form = load_form(part, district.folder)
        with view_left_form(output, part) as ledger:
            year = runs.last_period(ledger)
            if year is None or not is_recent_enough(ledger, year, now=now, is_new=is_new):
                continue
            said = unreported(ledger, form, year)
            if waits(ledger, year):
                said = f"{scope_of(year)}的报送汇总表写好了还没有报出"
        if said:
            yield (
                f"不再收的{form.words.document}，{said}。"
                "要上报的，先把这份表写回另收的表，办完（同意更正、签发、发出）以后再删去"
            )


def _letters(
    ledger: Ledger, district: District, year: int, output: Path, waiting: Sequence[StoredLetter]
) -> Iterator[str]:
    unsigned = {item.key for item in letters.unsigned(ledger, year)}
    ready = [item for item in waiting if item.key not in unsigned]
    if ready:
        place = _spoken(replace(district, year=year).results_in(output) / output_record.LETTERS, output)
        kinds = Counter(KIND_WORDS[LetterKind(item.kind)] for item in ready)
        said = "、".join(f"{word} {count} 封" for word, count in kinds.items())
        handles = " ".join(f"--letter {item.handle}" for item in ready[:_MOST])
        more = "（先办这几封）" if len(ready) > _MOST else ""
        yield (
            f"{scope_of(year)}有 {len(ready)} 封信写好了没有发出（{said}），在 {place}，换了报告期不会自动发。"
            f"已经用别的办法发给对方的，运行 nianbao send {district.typed} --by-hand {handles} 记下{more}；"
            f"不发了的，运行 nianbao letters {district.typed} --stop 代号"
        )
    if unsigned:
        yield (
            f"{scope_of(year)}的报送汇总表写好了还没有签发，没有报送。要报的，把报告期改回 {name_of(year)}，签发并发出以后再改回来；"
            f"不报了的，运行 nianbao letters {district.typed} --stop {next(item.handle for item in waiting if item.key in unsigned)}"
        )


def _decisions(former: District, output: Path) -> Iterator[str]:
    """Say what was decided in the workbook of a former campaign and is not done: its rows are cleared where it is."""
    for name in (TODO_NAME, NEW_TODO_NAME):
        path = former.results_in(output) / name
        filled = read_filled(path).decisions if path.is_file() else ()
        chosen = [item.choice for item in filled if item.choice]
        if chosen:
            said = "、".join(dict.fromkeys(chosen))
            yield (
                f"{_spoken(path, output)} 里选了的 {len(chosen)} 项（{said}）没有办：选好以后没有运行就换了报告期。"
                f"要办的，把报告期改回 {name_of(former.year)} 运行一次再改回来；不办的，在那份表里清空这几行的“决定”"
            )


def _spoken(path: Path, output: Path) -> str:
    """Say where something lies in the folder of results."""
    return f"output/{path.relative_to(output).as_posix()}"
