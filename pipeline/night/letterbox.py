"""The end of a night: letters are planned, written, recorded as intended, and laid into ``letters/``.

A letter is in the ledger before its file is in the folder and before it is sent; the folder only shows what waits, so
whatever is missing there after a crash is laid out again, and what has been sent is taken away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.correspondence import asked_delivery, plan, renewed, untrue
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger import Ledger, codes, imports, letters, open_ledger
from pipeline.machine.durable import write_whole
from pipeline.machine.environment import typed
from pipeline.model import CHINA, ConfigError, Verdict
from pipeline.night.informing import Past
from pipeline.night.letterstate import Night, arrivals_of, earlier_of, key_of, state_of
from pipeline.night.writing import Desk, Pen, figures_path, workbook_of
from pipeline.post import KIND_WORDS, Intention, LetterKind, LetterState
from pipeline.publishing.before import read_record
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.publishing.html.told import Told, fill
from pipeline.publishing.plan import PAGE
from pipeline.publishing.record import Record

LETTERS = "letters"
"""In the year's folder: the letters that wait."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a night did to the letters: new ones, those that are true no longer, those that go to a corrected address."""

    new: int = 0
    withdrawn: int = 0
    readdressed: int = 0

    @property
    def words(self) -> str:
        """Say it in Chinese; empty where nothing was done."""
        parts = (("新写信", self.new), ("改寄新地址", self.readdressed), ("撤回过时的信", self.withdrawn))
        return "，".join(f"{word} {count} 封" for word, count in parts if count)


def desk_of(ledger: Ledger, district: District, output: Path, now: datetime) -> Desk:
    """Return where letters are written between two nights."""
    history = imports.last_year_of(ledger, district)
    return Desk(ledger, district, form_of(district), output / str(district.year), now, history)


def check(district: District) -> None:
    """Raise ConfigError with file and line if one of the district's own letter texts cannot be used."""
    from pipeline.publishing.letters import Texts  # noqa: PLC0415 - Jinja2, only where letters are written

    Texts(district.layouts).check()


def write_night(desk: Desk, found: Record, night: Night | None = None, *, dry_run: bool = False) -> Written:
    """Plan and record the letters of a night. Without ``night`` nothing new has come.

    ``found`` is the record of the finished outputs, which the attachments are taken from. Raises ConfigError with file
    and line for a letter text that cannot be filled in.
    """
    came = arrivals_of(desk.form, night) if night else []
    state = state_of(desk.ledger, desk.district, found, came, now=desk.now)
    planned = plan(state, earlier_of(came))
    gone, new = planned.withdrawn, planned.letters
    if not dry_run:
        changed = stale(desk, planned.waiting, found)
        gone, new = (*gone, *(item.key for item in changed)), (*changed, *_informed(desk, new, found))
        withdraw(desk, gone)
        _readdress(desk, planned.readdressed)
        intend(desk, new, found)
    return Written(len(new), len(gone), len(planned.readdressed))


def take_back(ledger: Ledger, district: District, output: Path, *, now: datetime) -> int:
    """Withdraw what has become untrue while it waited, so that nobody sends it; return how many letters that were."""
    target = output / str(district.year)
    found = read_record(target)
    if found is None:
        return 0
    desk = desk_of(ledger, district, output, now)
    keys = untrue(state_of(ledger, district, found, (), now=now))
    withdraw(desk, keys)
    return len(keys)


def deliver(desk: Desk, found: Record) -> int:
    """Record the letter that sends the district workbook up as it is; 0 if the very same one is on its way already."""
    if not desk.district.people.district_office_email:
        raise ConfigError(
            "district.toml 没有写汇总表报给谁。请在 [people] 中写明 district_office_email。",
            file=desk.district.folder,
        )
    if not any(found["counts"][verdict] for verdict in Verdict if verdict.is_acceptance):
        raise ConfigError(
            f"还没有一家单位的报送合格，没有可以报送的汇总数据。有单位合格以后，先运行 nianbao run {typed(desk.district.folder)}，再运行这个命令。",
            file=desk.district.folder,
        )
    state = state_of(desk.ledger, desk.district, found, (), now=desk.now)
    digest = hashlib.sha256(workbook_of(desk, found).content).hexdigest()
    asked = asked_delivery(state, digest)
    withdraw(desk, renewed(state.written, [asked]))
    return intend(desk, _informed(desk, [asked], found), found)


def send_summary(district: District, output: Path, *, now: datetime) -> int:
    """Write the letter with the district workbook of the last run; 0 if it is written already. Raises ConfigError."""
    target = output / str(district.year)
    found = read_record(target)
    if found is None:
        raise ConfigError(
            f"还没有运行过。请先运行 nianbao run {typed(district.folder)}", file=district.folder
        )
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.roster_agencies, district.roster)
        written = deliver(desk_of(ledger, district, output, now), found)
        lay_out(ledger, district, target)
    return written


def hand_over(district: District, output: Path, *, code: str | None, now: datetime) -> list[letters.Kept]:
    """Record that a person has seen to the letters that reached nobody (of the agency with ``code`` only); return them."""
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.roster_agencies, district.roster)
        found = [
            item for item in letters.undelivered(ledger, district.year) if code is None or item.agency == code
        ]
        letters.handed_over(ledger, [item.key for item in found], now)
        lay_out(ledger, district, output / str(district.year))
    return found


def lay_out(ledger: Ledger, district: District, target: Path) -> None:
    """Make ``letters/`` show exactly the letters that wait, and the page who was told. Raises OSError; running again is safe."""
    names = {agency.code: agency.name for agency in district.agencies}
    folder = target / LETTERS
    wanted = {_file(item, names): item for item in letters.waiting(ledger, district.year)}
    there = {path.name for path in folder.glob("*.eml")} if folder.is_dir() else set()
    for name in sorted(there - set(wanted)):
        (folder / name).unlink()
    for name, item in wanted.items():
        if name not in there:
            write_whole(folder / name, letters.content(ledger, item))
    _tell(target / PAGE, letters.of_year(ledger, district.year), names)


def _tell(page: Path, written: Sequence[letters.Kept], names: dict[str, str]) -> None:
    if page.is_file():
        told = [_told(item, names) for item in written if item.state is not LetterState.WITHDRAWN]
        write_if_changed(page, fill(page.read_text("utf-8"), told).encode())


def _told(item: letters.Kept, names: dict[str, str]) -> Told:
    return Told(
        agency=item.agency,
        word=KIND_WORDS[LetterKind(item.kind)],
        state=item.state,
        day=(item.settled_at or item.intended_at).astimezone(CHINA).date(),
        path=f"{LETTERS}/{_file(item, names)}" if item.state is LetterState.WAITING else "",
        reason=item.reason if item.state is LetterState.FAILED else "",
    )


def _file(item: letters.Kept, names: dict[str, str]) -> str:
    """Name the file so that a folder sorts by day and a person finds the agency; the end keeps names apart."""
    day = item.intended_at.astimezone(CHINA).strftime("%Y%m%d")
    whom = names.get(item.agency or "", item.recipient)
    end = item.message_id.strip("<>")[:6]
    return safe_name(f"{day}_{KIND_WORDS[LetterKind(item.kind)]}_{whom}", f"_{end}") + ".eml"


# ---------------------------------------------------------------- writing


def withdraw(desk: Desk, keys: Iterable[str]) -> None:
    """Record that the letters with these keys of the campaign are not to be sent any more."""
    letters.withdraw(desk.ledger, [key_of(desk.district.year, key) for key in keys], desk.now)


def _readdress(desk: Desk, wanted: Mapping[str, tuple[str, ...]]) -> None:
    """Send to a corrected address what was refused at, or waits for, the former one."""
    if not wanted:
        return
    from pipeline.publishing.letters import readdressed  # noqa: PLC0415 - Jinja2, only where letters are written

    by_key = {item.key: item for item in letters.of_year(desk.ledger, desk.district.year)}
    for key, to in wanted.items():
        item = by_key[key_of(desk.district.year, key)]
        content, message_id = readdressed(letters.content(desk.ledger, item), to)
        changed = letters.Letter(
            item.key, item.year, item.kind, ", ".join(to), item.subject, message_id, content, item.agency
        )
        letters.readdress(desk.ledger, changed, at=desk.now)


def _informed(desk: Desk, planned: Iterable[Intention], found: Record) -> list[Intention]:
    past = Past(desk.ledger, desk.form, desk.district, figures_path(desk, found))
    return [past.informed(item) for item in planned]


def intend(desk: Desk, planned: Sequence[Intention], found: Record | None) -> int:
    """Write letters and record them as intended; return how many are new. ``found`` is what attachments are taken from."""
    if not planned:
        return 0
    pen = Pen.of(desk, planned, found)
    written = [pen.write(item, desk.now) for item in planned]
    return len(letters.intend(desk.ledger, written, at=desk.now, basis=desk.basis))


def stale(desk: Desk, planned: Sequence[Intention], found: Record | None) -> list[Intention]:
    """Return those of ``planned`` that wait and would be written otherwise now.

    A letter is looked at anew only where something has happened to its agency since, or the settings are others.
    """
    if not planned:
        return []
    year = desk.district.year
    same = letters.untouched(desk.ledger, year, desk.basis)
    doubtful = [item for item in planned if key_of(year, item.key) not in same]
    if not doubtful:
        return []
    doubtful = _informed(desk, doubtful, found) if found else doubtful
    pen = Pen.of(desk, doubtful, found)
    kept = {item.key: item for item in letters.waiting(desk.ledger, year)}
    changed, confirmed = [], []
    for item in doubtful:
        old = kept.get(key_of(year, item.key))
        if old and pen.would_repeat(item, old):
            confirmed.append(old.key)
        elif old:
            changed.append(item)
    letters.confirm(desk.ledger, confirmed, desk.basis)
    return changed
