"""A person's word about letters goes in: handed over, taken back, sent again, stopped, sent as edited; the ledger keeps it.

Letters are called by the short name at the end of their files' names, or by their agency; or all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Protocol

from pipeline.district.folder import District
from pipeline.ledger import Ledger, letters, output_record
from pipeline.ledger.access import open_campaign, view_campaign
from pipeline.ledger.letters import StoredLetter
from pipeline.letter import LetterState
from pipeline.machine.durable import read_whole
from pipeline.machine.environment import typed
from pipeline.model import ConfigError
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.run.letters.former_campaigns import clear, former_years
from pipeline.run.letters.outgoing import lay_out, look_after

OPENED = "letters-kept"
"""In the year's folder: letters that were opened again, each in a folder of its own with its attachments."""
_SHORTEST = 4


class Act(Protocol):
    """What a person may do to one letter, by its short name."""

    def __call__(self, district: District, output: Path, handle: str, *, now: datetime) -> list[StoredLetter]:
        """Do it; return the letter."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters are meant: of an agency (its code), by their short names, or ``every`` one."""

    code: str | None = None
    handles: Sequence[str] = ()
    every: bool = False

    @property
    def is_named(self) -> bool:
        """Whether anything is meant at all."""
        return bool(self.code or self.handles or self.every)


def divided(districts: Sequence[District], output: Path, chosen: Chosen) -> list[tuple[District, Chosen]]:
    """Pair the campaigns with which letters of theirs are meant: what is called by its short name is of the one that wrote it."""
    if len(districts) == 1 or not chosen.handles:
        return [(district, chosen) for district in districts]
    own: dict[str, list[str]] = {}
    for handle in chosen.handles:
        own.setdefault(campaign_of(districts, output, handle).id, []).append(handle)
    return [
        (district, replace(chosen, handles=tuple(own[district.id])))
        for district in districts
        if district.id in own
    ]


def campaign_of(districts: Sequence[District], output: Path, handle: str) -> District:
    """Return the one of the campaigns that wrote the letter called so; where none did, the first. Raises ConfigError where several did."""
    found = [own for own in districts if len(districts) == 1 or _wrote(own, output, handle)]
    if len(found) > 1:
        raise ConfigError(
            f"代号“{handle}”在几份表里都有，请写长一些，或者用 --form 写明是哪一份表的："
            f"{'、'.join(district.id for district in found)}。"
        )
    return found[0] if found else districts[0]


def _wrote(district: District, output: Path, handle: str) -> bool:
    with view_campaign(district, output) as (ledger, district):
        years = (district.year, *former_years(ledger, district))
        return any(_is_called(item, handle) for year in years for item in letters.of_year(ledger, year))


def undelivered(district: District, output: Path, chosen: Chosen, *, now: datetime) -> list[StoredLetter]:
    """Return the letters that reached nobody and may be handed over, among those ``chosen`` (of none: all); nothing is changed."""
    with _open(district, output, now) as (ledger, district):
        return _picked(_open_letters(ledger, district.year), chosen)


def mark_delivered(district: District, output: Path, chosen: Chosen, *, now: datetime) -> list[StoredLetter]:
    """Record that a person has seen to letters that reached nobody; return them. Raises ConfigError for a name that is none of them."""
    return _settled(district, output, chosen, now, _open_letters, letters.handed_over)


def mark_delivered_until(
    district: District, output: Path, last: datetime, *, now: datetime
) -> list[StoredLetter]:
    """Record that a person has seen to the letters that were written by ``last``, which nobody edited; return them."""

    def meant(ledger: Ledger, year: int) -> list[StoredLetter]:
        return [item for item in letters.ready(ledger, year) if item.intended_at <= last]

    return _settled(district, output, Chosen(every=True), now, meant, letters.handed_over)


def take_back(district: District, output: Path, chosen: Chosen, *, now: datetime) -> list[StoredLetter]:
    """Record that letters were not handed over after all; return them."""

    def handed(ledger: Ledger, year: int) -> list[StoredLetter]:
        return [item for item in letters.of_year(ledger, year) if item.state is LetterState.HANDED]

    return _settled(district, output, chosen, now, handed, letters.take_back)


def try_again(district: District, output: Path, chosen: Chosen, *, now: datetime) -> list[StoredLetter]:
    """Let letters that were refused wait again; return them."""

    def refused(ledger: Ledger, year: int) -> list[StoredLetter]:
        return [item for item in letters.undelivered(ledger, year) if item.state is LetterState.FAILED]

    return _settled(district, output, chosen, now, refused, letters.try_again)


def stop(district: District, output: Path, handle: str, *, now: datetime) -> list[StoredLetter]:
    """Record that a letter that waits is not to be sent, nor another in its place; return it."""

    def waiting(ledger: Ledger, year: int) -> list[StoredLetter]:
        return letters.undelivered(ledger, year)

    return _settled(district, output, Chosen(handles=(handle,)), now, waiting, letters.stop)


def restore(district: District, output: Path, handle: str, *, now: datetime) -> list[StoredLetter]:
    """Let a letter that a person deleted or edited in the folder leave as it was written; return it."""

    def again(ledger: Ledger, keys: Collection[str], at: datetime) -> None:
        letters.doubted(ledger, dict.fromkeys(keys, ""), at)
        letters.laid_out(ledger, dict.fromkeys(keys, ""))

    return _settled(district, output, Chosen(handles=(handle,)), now, _touched, again)


def send_as_edited(district: District, output: Path, handle: str, *, now: datetime) -> list[StoredLetter]:
    """Let a letter leave as a person edited it in the folder; return it.

    Raises ConfigError where it is no mail any more, or its file was deleted and nothing edited is there.
    """

    def take(ledger: Ledger, keys: Collection[str], at: datetime) -> None:
        folder = district.results_in(output) / output_record.LETTERS
        for item in letters.waiting(ledger, district.year):
            if item.key in keys:
                _refuse_deleted(district, item)
                content, message_id = _as_mail(read_whole(folder / item.laid), item)
                letters.send_as_edited(ledger, item.key, content, message_id, at)
                letters.laid_out(ledger, {item.key: ""})

    return _settled(district, output, Chosen(handles=(handle,)), now, _touched, take)


def ever_written(district: District, output: Path, code: str | None) -> list[StoredLetter]:
    """Return every letter of the campaign (to the agency with ``code`` only), oldest first."""
    with view_campaign(district, output) as (ledger, district):
        return [item for item in letters.of_year(ledger, district.year) if code in (None, item.agency)]


def opened(district: District, output: Path, handle: str) -> tuple[StoredLetter, str, list[Path]]:
    """Lay a letter out once more with its attachments; return it, what it says, and the files."""
    with view_campaign(district, output) as (ledger, district):
        [item] = _picked(letters.of_year(ledger, district.year), Chosen(handles=(handle,)))
        content = letters.content(ledger, item)
    message = message_from_bytes(content, policy=policy.default)
    folder = district.results_in(output) / OPENED / safe_name(item.handle)
    files = {f"{safe_name(item.subject)}.eml": content}
    for part in message.iter_attachments():
        attached = part.get_content()
        if isinstance(attached, bytes):
            files[safe_name(part.get_filename() or "附件")] = attached
    for name, data in files.items():
        write_if_changed(folder / name, data)
    body = message.get_body()
    return item, str(body.get_content()) if body else "", [folder / name for name in files]


def _refuse_deleted(district: District, item: StoredLetter) -> None:
    if item.doubt == "deleted":
        do = f"nianbao letters {district.typed}"
        raise ConfigError(
            f"这封信（{item.subject}）在 letters 文件夹里的文件被删除了，没有改过的内容可以发。"
            f"请选“照原样发”（{do} --restore {item.handle}）或者“不发了”（{do} --stop {item.handle}）。"
        )


def _as_mail(content: bytes, item: StoredLetter) -> tuple[bytes, str]:
    """Return a letter that was edited, and its Message-ID: a mail program may have left that out."""
    from pipeline.letters.text.mime import parsed, spelled  # noqa: PLC0415 - only where a letter was edited

    message = parsed(content)
    if not message["To"] or not message["Subject"]:
        raise ConfigError(f"“{item.laid}”改过以后不再是一封信（没有收件人或主题）。请改好后再运行这个命令。")
    if message["Message-ID"]:
        return content, " ".join(str(message["Message-ID"]).split())
    message["Message-ID"] = item.message_id
    return spelled(message), item.message_id


def _open_letters(ledger: Ledger, year: int) -> list[StoredLetter]:
    """Return what reached nobody; a delivery that nobody signed cannot have been handed over."""
    waits = {item.key for item in letters.unsigned(ledger, year)}
    return [item for item in letters.undelivered(ledger, year) if item.key not in waits]


def _touched(ledger: Ledger, year: int) -> list[StoredLetter]:
    return [item for item in letters.waiting(ledger, year) if item.doubt]


@contextmanager
def _open(district: District, output: Path, now: datetime) -> Iterator[tuple[Ledger, District]]:
    with open_campaign(district, output) as (ledger, decided):
        look_after(ledger, decided, decided.results_in(output), now=now)
        yield ledger, decided


def _settled(
    district: District,
    output: Path,
    chosen: Chosen,
    now: datetime,
    candidates: Callable[[Ledger, int], list[StoredLetter]],
    settle: Callable[[Ledger, list[str], datetime], object],
) -> list[StoredLetter]:
    with _open(district, output, now) as (ledger, district):
        former = [item for year in former_years(ledger, district) for item in candidates(ledger, year)]
        found = _picked(candidates(ledger, district.year), chosen, former)
        settle(ledger, [item.key for item in found], now)
        lay_out(ledger, district, district.results_in(output), now=now)
        for year in {item.year for item in found} - {district.year}:
            clear(ledger, replace(district, year=year), output, now=now)
    return found


def _picked(
    candidates: Sequence[StoredLetter], chosen: Chosen, former: Sequence[StoredLetter] = ()
) -> list[StoredLetter]:
    """Return those of ``candidates`` that are meant, and those of ``former`` campaigns that are named one by one.

    Raises ConfigError for a short name that means none or several.
    """
    found = [item for item in candidates if chosen.code is None or item.agency == chosen.code]
    if not chosen.handles:
        return found
    return [_named([*found, *former], handle) for handle in dict.fromkeys(chosen.handles)]


def _named(candidates: Sequence[StoredLetter], handle: str) -> StoredLetter:
    found = [item for item in candidates if _is_called(item, handle)]
    if len(found) != 1:
        why = "这里没有代号为“{}”的信" if not found else "代号“{}”指的不止一封信，请写长一些"
        raise ConfigError(
            f"{why.format(handle)}。信的代号是文件名末尾的六个字，也见 nianbao letters {typed(Path('区县文件夹'))}。"
        )
    return found[0]


def _is_called(item: StoredLetter, handle: str) -> bool:
    wanted = handle.strip().removesuffix(".eml").rpartition("_")[2]
    return len(wanted) >= _SHORTEST and item.message_id.strip("<>").startswith(wanted)
