"""The end of a run: letters are planned, written, recorded as intended, and laid into ``letters/``.

A letter is in the ledger before its file is in the folder and before it is sent. The folder shows what waits, and is
shared with people: a letter that somebody deletes or edits there does not leave before somebody says what is meant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.coordinating.todo import NOTHING_CARRIED, Carried
from pipeline.coordinating.todo_copies import sentences_of_copies
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger import Ledger, assessments, campaign, events, imports, letters, output_record
from pipeline.ledger.campaign import DeliveryRecord, RunResult
from pipeline.ledger.secret import secret_of
from pipeline.letter import KIND_WORDS, Intention, LetterKey, LetterKind, LetterState, Lying
from pipeline.letters.plan import CampaignState, foreseen, plan, untrue
from pipeline.machine.durable import clear_unfinished
from pipeline.model import CHINA, Made
from pipeline.publishing.document_paths import PAGE
from pipeline.publishing.files import safe_name
from pipeline.publishing.todo_book import TODO_NAME, mark_of_use
from pipeline.publishing.web.letters_page import LetterLine, fill, said_of
from pipeline.publishing.year_folder import Aside, YearFolder, is_as_written, stage
from pipeline.run import pending as waiting
from pipeline.run.letters import former_campaigns
from pipeline.run.letters.answerable import RunArrivals, arrivals_of, earlier_of
from pipeline.run.letters.by_other_means import as_laid_out, lay_out_chat
from pipeline.run.letters.campaign_state import state_of
from pipeline.run.letters.digest_file import lay_out_morning
from pipeline.run.letters.earlier import EarlierLetters
from pipeline.run.letters.writing import LetterContext, LetterWriter, workbook_of
from pipeline.run.todo_laying import lay_out_todo

LETTERS = output_record.LETTERS


@dataclass(frozen=True, slots=True)
class OfficeNews:
    """What 待办.xlsx and the morning's text were made from, before anything of the run was sent."""

    context: LetterContext
    found: RunResult
    state: CampaignState
    waiting: Lying
    carried: Carried


@dataclass(frozen=True, slots=True)
class LetterChanges:
    """What a run did to the letters: new ones, those that are true no longer, those that go to a corrected address.

    ``carried`` is what became of the decisions in 待办.xlsx, as it stands after the run; ``said`` is what the office reads of it.
    """

    new: int = 0
    withdrawn: int = 0
    readdressed: int = 0
    carried: Carried = NOTHING_CARRIED
    said: OfficeNews | None = None

    @property
    def words(self) -> str:
        """Say it in Chinese; empty where nothing was done."""
        parts = (("新写信", self.new), ("改寄新地址", self.readdressed), ("撤回过时的信", self.withdrawn))
        return "，".join(f"{word} {count} 封" for word, count in parts if count)


def context_of(ledger: Ledger, district: District, output: Path, now: datetime) -> LetterContext:
    """Return where letters are written between two runs."""
    history = imports.last_year_of(ledger, district)
    return LetterContext(ledger, district, form_of(district), district.results_in(output), now, history)


def check(district: District) -> None:
    """Raise ConfigError with file and line if one of the district's own letter texts cannot be used."""
    from pipeline.letters.text import Texts  # noqa: PLC0415 - Jinja2, only where letters are written

    Texts(district.layouts).check()


def write_letters(
    context: LetterContext,
    found: RunResult,
    arrived: RunArrivals | None = None,
    *,
    carried: Carried = NOTHING_CARRIED,
    dry_run: bool = False,
) -> LetterChanges:
    """Plan and record the letters of a run. Without ``arrived`` nothing new has come.

    ``found`` is what the finished run found, whose outputs the attachments are taken from. Raises ConfigError with file
    and line for a letter text that cannot be filled in.
    """
    stands = assessments.stands(context.ledger, context.district.year) if arrived else {}
    came = arrivals_of(context.form, arrived, stands) if arrived else []
    state = state_of(context.ledger, context.form, context.district, found, came, now=context.now)
    if mark_of_use(context.target / TODO_NAME):
        state = replace(state, to_decide=(*state.to_decide, waiting.open_todo(context.target)))
    output = waiting.output_of(context.district, context.target)
    left = former_campaigns.sentences(context.ledger, context.district, output, now=context.now)
    copies = sentences_of_copies(context.ledger, context.district.year, context.target)
    state = replace(state, to_decide=(*state.to_decide, *left, *copies))
    planned = plan(state, earlier_of(came), _untouched(context) if came else frozenset())
    if not dry_run:
        state, lies = foreseen(state, planned)
        before_sending = OfficeNews(context, found, state, lies, carried)
        lay_out_morning(context, state, before_sending.waiting, is_news=arrived is not None)
    gone, new = planned.withdrawn, () if context.district.has_sample_roster else planned.letters
    if not dry_run:
        changed = stale(context, planned.waiting, found)
        gone, new = (*gone, *(item.key for item in changed)), (*changed, *informed(context, new, found))
        withdraw(context, gone)
        _readdress(context, planned.readdressed)
        intend(context, new, found)
        carried = lay_out_todo(context, found, state, carried)
        former = former_campaigns.tidy(context.ledger, context.district, output, now=context.now)
        readdressed = len(planned.readdressed)
        return LetterChanges(len(new), len(gone) + former, readdressed, carried, before_sending)
    return LetterChanges(len(new), len(gone), len(planned.readdressed), carried)


def tell_of_sending(said: OfficeNews) -> None:
    """Say in 待办.xlsx and in the morning's text what sending has shown since they were written. Raises OSError."""
    context = said.context
    unable = waiting.unable_to_send(context.ledger, context.district)
    if unable != said.state.unable:
        state = replace(said.state, unable=unable)
        lay_out_todo(context, said.found, state, said.carried)
        lay_out_morning(context, state, said.waiting, is_news=True)


def take_back(ledger: Ledger, district: District, output: Path, *, now: datetime) -> int:
    """Withdraw what has become untrue while it waited, so that nobody sends it; return how many letters that were."""
    found = campaign.last_result(ledger, district.year)
    if found is None:
        return 0
    context = context_of(ledger, district, output, now)
    keys = untrue(state_of(ledger, context.form, district, found, (), now=now))
    withdraw(context, keys)
    return len(keys)


# ---------------------------------------------------------------- the folder


@dataclass(frozen=True, slots=True)
class Laid:
    """What laying letters and the page out met: what persons had done to them, and what could not be replaced."""

    kept: Sequence[Aside] = ()
    blocked: Sequence[Aside] = ()


def look_after(ledger: Ledger, district: District, target: Path, *, now: datetime) -> None:
    """Record what persons did to the letters that wait: one that was deleted or edited is asked about.

    Where the folder itself is gone, outputs were deleted, which says nothing of any letter.
    """
    folder = target / LETTERS
    waiting = letters.waiting(ledger, district.year)
    if not folder.is_dir():
        letters.laid_out(ledger, {item.key: "" for item in waiting if item.laid})
        output_record.forget(ledger, district.year, [_path(item.laid) for item in waiting if item.laid])
        return
    known = _lying(ledger, district.year)
    found = {
        item.key: _doubt(folder, item.laid, known.get(_path(item.laid))) for item in waiting if item.laid
    }
    doubts = {item.key: found[item.key] for item in waiting if item.laid and found[item.key] != item.doubt}
    letters.doubted(ledger, doubts, now)


def _lying(ledger: Ledger, year: int) -> dict[str, Made]:
    """Return the letters that were laid into the folder, by their paths."""
    return output_record.of_year(ledger, year, with_figures=False, under=f"{LETTERS}/*")


def _doubt(folder: Path, name: str, made: Made | None) -> str:
    if made and made.digest and is_as_written(folder, name, made):
        return ""
    if not (folder / name).is_file():
        return "deleted"
    return "edited" if made and made.digest else ""


def lay_out(ledger: Ledger, district: District, target: Path, *, now: datetime) -> Laid:
    """Make ``letters/`` show exactly the letters that wait, and the page who was told. Raises OSError; running again is safe."""
    year = district.year
    clear_unfinished(target / LETTERS)
    names = {agency.code: agency.name for agency in district.agencies}
    pages, known = campaign.pages_of(ledger, year), _lying(ledger, year)
    known |= {path: made for path in {PAGE, *pages} if (made := output_record.at(ledger, year, path))}
    today = now.astimezone(CHINA).date()
    shared = YearFolder(
        target, known, partial(output_record.note, ledger, year), today, adopts=PAGE not in known
    )
    back = {item.key for item in letters.withheld(ledger, year)}
    waiting = [item for item in letters.waiting(ledger, year) if item.key not in back]
    wanted = {_file(item, names): item for item in waiting if not item.doubt}
    staying = {*wanted, *(item.laid for item in waiting if item.doubt)}
    gone = [path for path in known if path.startswith(f"{LETTERS}/") and Path(path).name not in staying]
    for path in gone:
        shared.remove(path)
    output_record.forget(ledger, year, gone)
    shared.place(
        stage(target, _path(name), as_laid_out(district, letters.content(ledger, item)))
        for name, item in wanted.items()
        if item.laid != name or not (target / LETTERS / name).is_file()
    )
    is_news = bool(gone) or any(item.laid != name for name, item in wanted.items())
    lay_out_chat(target, ledger, district, list(wanted.values()), is_news=is_news)
    laid = dict.fromkeys(back, "") | {item.key: name for name, item in wanted.items() if item.laid != name}
    letters.laid_out(ledger, laid)
    _write_pages(ledger, district, shared, pages, now)
    _remember(ledger, year, shared)
    asides = [(events.EventKind.OUTPUT_KEPT, item) for item in shared.kept]
    tell_outputs(ledger, year, asides, now=now)
    return Laid(tuple(shared.kept), tuple(shared.blocked))


def tell_outputs(
    ledger: Ledger, year: int, asides: Sequence[tuple[events.EventKind, Aside]], *, now: datetime
) -> None:
    """Record what became of files that persons had edited or had open."""
    if asides:
        with ledger.transaction("what a person did is told until it has been read"):
            events.record(
                ledger,
                [
                    events.Event(now, year, kind, detail=f"{item.path}\t{item.beside}")
                    for kind, item in asides
                ],
            )


def _write_pages(
    ledger: Ledger,
    district: District,
    shared: YearFolder,
    pages: campaign.Pages,
    now: datetime,
) -> None:
    written = letters.of_year(ledger, district.year)
    lines = [_line(item) for item in written if item.state not in _SILENT]
    said = said_of(lines, list(waiting.all_sentences(ledger, district, shared.path, now=now)))
    shared.place(
        stage(shared.path, path, fill(parts, said).encode(errors="replace")) for path, parts in pages.items()
    )


_SILENT = (LetterState.WITHDRAWN, LetterState.STOPPED)


def _remember(ledger: Ledger, year: int, shared: YearFolder) -> None:
    news = {path: made for path, made in shared.made.items() if shared.known.get(path) != made}
    if news:
        with ledger.transaction("what lies in the folder is known as it was laid there"):
            output_record.keep_some(ledger, year, news)


def _path(name: str) -> str:
    return f"{LETTERS}/{name}"


def _line(item: letters.StoredLetter) -> LetterLine:
    return LetterLine(
        agency=item.agency,
        word=KIND_WORDS[LetterKind(item.kind)],
        state=item.state,
        day=(item.settled_at or item.intended_at).astimezone(CHINA).date(),
        path=_path(item.laid) if item.state is LetterState.WAITING and item.laid else "",
        reason=item.reason if item.state is LetterState.FAILED else "",
    )


def _file(item: letters.StoredLetter, names: dict[str, str]) -> str:
    """Name the file so that a folder sorts by day and a person finds the agency; the end keeps names apart."""
    day = item.intended_at.astimezone(CHINA).strftime("%Y%m%d")
    whom = names.get(item.agency or "", item.recipient)
    return safe_name(f"{day}_{KIND_WORDS[LetterKind(item.kind)]}_{whom}", f"_{item.handle}") + ".eml"


# ---------------------------------------------------------------- writing


def withdraw(context: LetterContext, keys: Iterable[LetterKey]) -> None:
    """Record that the letters with these keys of the campaign are not to be sent any more."""
    letters.withdraw(
        context.ledger, [letters.stored_key(context.district.year, key) for key in keys], context.now
    )


def _readdress(context: LetterContext, wanted: Mapping[LetterKey, tuple[str, ...]]) -> None:
    """Send to a corrected address what was refused at, or waits for, the former one."""
    if not wanted:
        return
    from pipeline.letters.text import readdressed  # noqa: PLC0415 - Jinja2, only where letters are written

    by_key = {item.key: item for item in letters.of_year(context.ledger, context.district.year)}
    for key, to in wanted.items():
        item = by_key[letters.stored_key(context.district.year, key)]
        content, message_id = readdressed(
            letters.content(context.ledger, item), to, secret_of(context.ledger)
        )
        changed = letters.LedgerLetter(
            item.key, item.year, item.kind, ", ".join(to), item.subject, message_id, content, item.agency
        )
        letters.readdress(context.ledger, changed, at=context.now)


def informed(context: LetterContext, planned: Iterable[Intention], found: RunResult) -> list[Intention]:
    """Return what is planned with what only the ledger knows of earlier letters."""
    past = EarlierLetters(context.ledger, context.form, context.district, found)
    return [past.informed(item) for item in planned]


def intend(context: LetterContext, planned: Sequence[Intention], found: RunResult | None) -> int:
    """Write letters and record them as intended; return how many are new. ``found`` is what attachments are taken from."""
    if not planned:
        return 0
    written = _written(context, planned, found)
    return len(letters.intend(context.ledger, written, at=context.now, basis=context.basis))


def _written(
    context: LetterContext, planned: Sequence[Intention], found: RunResult | None
) -> Iterator[letters.LedgerLetter]:
    writer = LetterWriter.of(context, found)
    for intention in planned:
        item = writer.write(intention, context.now)
        if found and item.kind == LetterKind.DELIVERY:
            _carry_figures(context, item, found)
        yield item


def _carry_figures(context: LetterContext, item: letters.LedgerLetter, found: RunResult) -> None:
    """Keep with a delivery the figures of the workbook that it carries."""
    workbook = hashlib.sha256(workbook_of(context, found).content).hexdigest()
    kept = DeliveryRecord(item.key, context.now, workbook, found.figures, found.names)
    campaign.intend_delivery(context.ledger, context.district.year, kept)


def _untouched(context: LetterContext) -> frozenset[LetterKey]:
    """Return the keys of letters that wait and were written by the settings of today, and nothing has happened since."""
    year = context.district.year
    return frozenset(
        letters.purpose_of(year, key) for key in letters.untouched(context.ledger, year, context.basis)
    )


def stale(context: LetterContext, planned: Sequence[Intention], found: RunResult | None) -> list[Intention]:
    """Return those of ``planned`` that wait and would be written otherwise now.

    A letter is looked at anew only where something has happened to its agency since, or the settings are others.
    """
    year, same = context.district.year, _untouched(context) if planned else frozenset()
    doubtful = [item for item in planned if item.key not in same]
    if not doubtful:
        return []
    doubtful = informed(context, doubtful, found) if found else doubtful
    writer = LetterWriter.of(context, found)
    kept = {item.key: item for item in letters.waiting(context.ledger, year)}
    changed, confirmed = [], []
    for item in doubtful:
        old = kept.get(letters.stored_key(year, item.key))
        if old and writer.would_repeat(item, old):
            confirmed.append(old.key)
        elif old:
            changed.append(item)
    letters.confirm(context.ledger, confirmed, context.basis)
    return changed
