"""待办.xlsx as a person left it goes in; what was decided there is carried out, and what cannot be comes back with the reason.

A row's number says what it is about, and what had come when the person saw it; the word chosen says the kind of decision.
Both become the words that the command line takes, so a decision from the workbook is the same as one that was typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.coordinating import deciding
from pipeline.coordinating.deciding import already_counts
from pipeline.coordinating.todo_filled import FilledBook, read_filled
from pipeline.district.folder import District
from pipeline.district.settings_values import day_of
from pipeline.forms.form import Form
from pipeline.ledger import decisions
from pipeline.ledger.access import view_campaign
from pipeline.ledger.judged_files import JudgedFile
from pipeline.model import CHINA, ConfigError, Decision, DecisionKind
from pipeline.publishing.todo_book import NEW_TODO_NAME, REVOKE, TODO_NAME, FilledDecision
from pipeline.publishing.year_folder import keep_copy
from pipeline.wording.messages import decision_words

WAIVE, ACCEPT, DISMISS, REFUSE = "准予例外", "准予接收", "不是报送", "不同意，请对方改"
CHECKED, RETURN, EXTEND, COUNT = "核对无误，可以公布", "退回重报", "延期", "以第{}次计入"
RELEASE, SIGN = "同意更正", "签发"
STOP, RESTORE, AS_EDITED, HANDED = "不发了", "照原样发", "照改过的发", "已转交"
PLEA, FILE, WARNING, AGENCY, CORRECTION, DELIVERY, LETTER, POST, DECISION = (
    "说明", "文件", "提醒", "单位", "更正", "报送", "信", "转交", "决定",
)  # fmt: skip
"""What a row is about; begins its number."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    PLEA: (WAIVE, REFUSE),
    FILE: (ACCEPT, DISMISS),
    WARNING: (CHECKED,),
    AGENCY: (RETURN, COUNT, EXTEND),
    CORRECTION: (RELEASE,),
    DELIVERY: (SIGN,),
    LETTER: (STOP, RESTORE, AS_EDITED),
    POST: (HANDED,),
    DECISION: (REVOKE,),
}
_WITHOUT_REASON = (SIGN, STOP, RESTORE, AS_EDITED, HANDED)
_SEPARATOR = "|"
_COUNTED = re.compile(r"以第 ?(\d{1,4}) ?次计入")
Carrier: TypeAlias = Callable[[Sequence[str], FilledDecision], None]
"""Carries one decision out: what it is about, and what was written. Raises ConfigError where it cannot be."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the rows that were filled in: how many were carried out; of the others the texts, and why not, by key.

    ``provisional`` are those that what the run finds may undo: they hold for what was seen. ``lost`` says, in
    sentences, what could not be carried out and has no row any more that could tell it; ``unread`` what was written and
    could not be understood.
    """

    done: int = 0
    kept: Mapping[str, FilledDecision] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    provisional: tuple[FilledDecision, ...] = ()
    lost: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    whose: tuple[str, ...] = ()
    """What the rows are about that could not be carried out, in words."""
    undone: tuple[str, ...] = ()
    """What was decided elsewhere and what the run found has undone, in sentences."""


NOTHING_CARRIED = Carried()
_NOT_THIS_ROW = "这一行的“编号”被改动过，认不出是哪件事；请不要改“编号”一栏，写在程序列出的那一行。"
_TWICE = "同一件事写了两行，写的不一样，都没有办；请只留一行。"
_ABOUT: Mapping[str, re.Pattern[str]] = {
    PLEA: re.compile(r"[^|]+\|[^|]+(?:\|[0-9a-f]+){0,2}"),
    FILE: re.compile(r"[^|]+(?:\|\d{1,15})?"),
    WARNING: re.compile(r"[^|]+\|[^|]+(?:\|[0-9a-f]+)?"),
    AGENCY: re.compile(r"[^|]+\|\d{1,9}\|\d{1,15}"),
    POST: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.:+]*"),
    DECISION: re.compile(r"\d{1,15}"),
}
"""How the number of a row is spelled behind its kind; that of a letter, and of what goes up, is one part."""
_PLAIN = re.compile(r"[^|]+")
_CHANGED = "同一次运行收到的报送改变了数据，没有报出；请看过新的内容再决定。"


def key_of(kind: str, *about: str) -> str:
    """Spell the number of a row."""
    return _SEPARATOR.join((kind, *(part.replace(_SEPARATOR, "_") for part in about)))


def choices_for(form: Form, district: District, item: JudgedFile) -> tuple[str, ...]:
    """Return what may be chosen of a file that waits: one that would not count all the same is not accepted."""
    return (DISMISS,) if deciding.why_not_accepted(form, district, item) else CHOICES[FILE]


def still_carried(carried: Carried, wanted: str) -> Carried:
    """Return what stays carried out after the figures of the run: what goes up now is the letter ``wanted``, empty if none does."""
    upward = [item for item in carried.provisional if item.choice in (SIGN, RELEASE)]
    gone = [item for item in upward if item.key.split(_SEPARATOR)[1] != wanted]
    return _without(carried, dict.fromkeys(gone, _CHANGED))


def overtaken(carried: Carried, district: District, undone: Mapping[Decision, int]) -> Carried:
    """Return what stays carried out after decisions were ``undone`` because the version counts that stands beside each.

    What was not chosen in the workbook is told in a sentence.
    """
    names = {agency.code: agency.name for agency in district.agencies}
    gone: dict[FilledDecision, str] = {}
    sentences: list[str] = []
    for decision, counting in undone.items():
        why = already_counts(decision.kind, decision.version, counting)
        rows = [item for item in carried.provisional if _is_of(item, decision)]
        gone |= dict.fromkeys(rows, f"{why}。")
        whose = names.get(decision.agency, decision.agency)
        sentences += [] if rows else [f"{whose}的决定“{decision_words(decision)}”没有办成：{why}"]
    return replace(_without(carried, gone), undone=tuple(sentences))


def _is_of(item: FilledDecision, decision: Decision) -> bool:
    kind, *about = item.key.split(_SEPARATOR)
    return kind == AGENCY and about[0] == decision.agency and _says_of_agency(about, item, decision)


def _without(carried: Carried, gone: Mapping[FilledDecision, str]) -> Carried:
    """Return what was carried out without what is ``gone``, each with the reason."""
    return replace(
        carried,
        done=carried.done - len(gone),
        kept={**carried.kept, **{item.key: item for item in gone}},
        refused={**carried.refused, **{item.key: why for item, why in gone.items()}},
        provisional=tuple(item for item in carried.provisional if item not in gone),
    )


def brought_over(
    carried: Carried, keys: Iterable[str], names: Mapping[str, str], newest: Mapping[str, int]
) -> Carried:
    """Return what could not be carried out under the keys that the rows have now.

    ``keys`` are those of all rows, ``names`` agencies' by code, ``newest`` the numbers of what came last of each. The number
    of an agency's row also says what had come when it was read, that of a rule's what it had found, that of a
    delivery what was to go up: where more has come of it, or that is another now, the texts go on to the row of today. The
    choice does not, for it was made of something else; the reason names it.
    """
    now = {_whose(key): key for key in keys}
    places = {key: place for key in carried.kept if (place := now.get(_whose(key)))}
    kept = {
        place: replace(item, key=place, choice=item.choice if _is_of_the_same(key, place, newest) else "")
        for key, place in places.items()
        if (item := carried.kept[key])
    }
    refused = {
        place: why if _is_of_the_same(key, place, newest) else f"{_chosen(carried.kept[key])}{why}"
        for key, place in places.items()
        if (why := carried.refused.get(key))
    }
    gone = [(carried.kept[key], why) for key, why in carried.refused.items() if key not in places]
    lost = [
        f"“{item.choice}”（{_spoken(item.key, names)}）没有办成：{why.rstrip('。')}"
        for item, why in gone
        if item.choice
    ]
    whose = dict.fromkeys(_spoken(key, names) for key in refused)
    return replace(carried, kept=kept, refused=refused, lost=tuple(lost), whose=tuple(whose))


def _is_of_the_same(key: str, place: str, newest: Mapping[str, int]) -> bool:
    """Whether a row's number of an earlier run means what ``place`` does: nothing of its agency had come since."""
    if key == place:
        return True
    (kind, *about), (_, *now) = key.split(_SEPARATOR), place.split(_SEPARATOR)
    if kind != AGENCY or about[:2] != now[:2]:
        return False
    return int(about[2]) >= newest.get(about[0], 0)


def _whose(key: str) -> str:
    """Return a row's number without what had come, or was found, when it was written; there is one row about what goes up."""
    kind, *about = key.split(_SEPARATOR)
    if kind in (DELIVERY, CORRECTION):
        return DELIVERY
    if kind in (PLEA, WARNING):
        return key_of(kind, *about[:2])
    return key_of(kind, *about[:1]) if kind == AGENCY else key


def _spoken(key: str, names: Mapping[str, str]) -> str:
    """Say what a row is about, also where it is gone."""
    kind, *about = key.split(_SEPARATOR)
    if kind == FILE and about:
        return about[0]
    if kind not in (AGENCY, PLEA, WARNING) or not about:
        return kind
    name = names.get(about[0], f"代码 {about[0]}")
    return name if kind == AGENCY else f"{name}的{kind}"


def _chosen(item: FilledDecision) -> str:
    return f"上次选的是“{item.choice}”：" if item.choice else ""


def carry_out(
    district: District, output: Path, *, now: datetime, also: Mapping[str, Carrier] | None = None
) -> Carried:
    """Carry out what was filled in since the last run; ``also`` carries out what this module does not know, by its word.

    Raises EnvironmentFailedError, never for what a person wrote.
    """
    target, day = district.results_in(output), now.astimezone(CHINA).date()
    filled = _together(_filled(target / TODO_NAME, day), _filled(target / NEW_TODO_NAME, day))
    carriers = {**_carriers(district, output, now), **(also or {})}
    written = [*dict.fromkeys(filled.decisions)]
    times = Counter(item.key for item in written)
    held = _held(district, output) if written else ()
    done, kept, refused, provisional = 0, {}, {}, []
    for item in written:
        if why := _unusable(item.key, times[item.key]):
            kept[item.key], refused[item.key] = item, why
            continue
        if is_settled(held, item):
            continue  # the workbook was open when it should have been written anew
        try:
            _carry(carriers, item)
        except ConfigError as error:
            kept[item.key], refused[item.key] = item, str(error)
        else:
            done += 1
            provisional += [item] if _word(item.choice) in (SIGN, RELEASE, RETURN, COUNT) else []
    return Carried(done, kept, refused, tuple(provisional), unread=tuple(filled.lost))


def _filled(path: Path, day: date) -> FilledBook:
    """Return what was written into a workbook, nothing where there is none; one that is not understood is kept beside."""
    filled = read_filled(path) if path.is_file() else FilledBook()
    if filled.lost:
        filled = replace(filled, lost=[*filled.lost, f"改过的已另存为“{keep_copy(path, day)}”"])
    return filled


def _together(old: FilledBook, new: FilledBook) -> FilledBook:
    """Return what was written into a workbook that was open, and into the ``new`` one beside it, which holds what was left of the old one.

    Of a row in which something was chosen in one of them, what was left without a choice says nothing.
    """
    if not new.decisions:
        return replace(old, lost=[*old.lost, *new.lost])
    both = [*old.decisions, *new.decisions]
    chosen = {_whose(item.key) for item in both if item.choice}
    return FilledBook(
        [item for item in both if item.choice or _whose(item.key) not in chosen], [*old.lost, *new.lost]
    )


def _held(district: District, output: Path) -> Sequence[Decision]:
    """Return the decisions that held before any of the workbook was carried out."""
    with view_campaign(district, output) as (ledger, district):
        return decisions.in_force(ledger, district.year)


def _unusable(key: str, times: int) -> str:
    """Say why nobody can tell what a row decides whose number stands so many ``times`` with other texts; empty where it is plain."""
    if times > 1:
        return _TWICE
    kind, _, about = key.partition(_SEPARATOR)
    is_one_of_ours = kind in CHOICES and _ABOUT.get(kind, _PLAIN).fullmatch(about)
    return "" if is_one_of_ours else _NOT_THIS_ROW


def _carry(carriers: Mapping[str, Carrier], item: FilledDecision) -> None:
    kind, *about = item.key.split(_SEPARATOR)
    if not item.choice:
        raise ConfigError("还没有选“决定”。")
    if _word(item.choice) not in CHOICES.get(kind, ()):
        raise ConfigError(f"这一件事不能“{item.choice}”，请从列表中选。")
    if not item.reason and item.choice not in _WITHOUT_REASON:
        raise ConfigError("还没有写“理由”。")
    carriers[_word(item.choice)](about, item)


def _word(choice: str) -> str:
    """Return the choice without the number that stands in it."""
    return COUNT if _COUNTED.fullmatch(choice) else choice


def _carriers(district: District, output: Path, now: datetime) -> dict[str, Carrier]:
    """Pair each word with what carries it out."""

    def wanted(kind: DecisionKind, about: Sequence[str], item: FilledDecision) -> deciding.Wanted:
        person = deciding.person(district, item.person or None)
        return deciding.Wanted(kind, tuple(about), item.reason, person, now)

    def plain(kind: DecisionKind) -> Carrier:
        def decide(about: Sequence[str], item: FilledDecision) -> None:
            parts = 1 if kind in deciding.ABOUT_FILES else 2
            whose = (item.more,) if kind is DecisionKind.ACCEPT and item.more else ()
            decision = wanted(kind, (*about[:parts], *whose), item)
            deciding.decide(district, output, _of_what_was_seen(decision, about[parts:]))

        return decide

    def send_back(about: Sequence[str], item: FilledDecision) -> None:
        code, version, after = about
        decision = wanted(DecisionKind.RETURN, (code, version), item)
        deciding.decide(district, output, replace(decision, after=int(after)))

    def count(about: Sequence[str], item: FilledDecision) -> None:
        code, _, after = about
        decision = wanted(DecisionKind.COUNT, (code, _counted(item)), item)
        deciding.decide(district, output, replace(decision, after=int(after)))

    def extend(about: Sequence[str], item: FilledDecision) -> None:
        until = day_of(item.more)
        if until is None:
            raise ConfigError("延期的，请在“补充”写明延到哪一天，例如 2024-02-05。")
        decision = wanted(DecisionKind.EXTEND, (about[0], until.isoformat()), item)
        deciding.decide(district, output, decision)

    def revoke(about: Sequence[str], item: FilledDecision) -> None:
        by = deciding.person(district, item.person or None)
        deciding.revoke_one(district, output, int(about[0]), by=by, reason=item.reason, at=now)

    return {
        WAIVE: plain(DecisionKind.WAIVE),
        CHECKED: plain(DecisionKind.WAIVE),
        REFUSE: plain(DecisionKind.REFUSE),
        DISMISS: plain(DecisionKind.DISMISS),
        ACCEPT: plain(DecisionKind.ACCEPT),
        RETURN: send_back,
        COUNT: count,
        EXTEND: extend,
        REVOKE: revoke,
    }


def _of_what_was_seen(decision: deciding.Wanted, rest: Sequence[str]) -> deciding.Wanted:
    """Return a decision about the arrival, or about what a rule had found, that the ``rest`` of a row's number names."""
    if decision.kind in deciding.ABOUT_FILES:
        return replace(decision, envelope=int("".join(rest) or 0))  # a row of an earlier program names none
    return replace(decision, seen=_seen(decision.kind, rest))


def _seen(kind: DecisionKind, signs: Sequence[str]) -> str:
    """Return the sign of what was seen: of the explanation too where that was refused; a row of an earlier program has none."""
    return "" if not signs else signs[-1] if kind is DecisionKind.REFUSE else signs[0]


def _counted(item: FilledDecision) -> str:
    found = _COUNTED.fullmatch(item.choice)
    return found[1] if found else ""


# ---------------------------------------------------------------- what holds already


def is_settled(held: Sequence[Decision], item: FilledDecision) -> bool:
    """Whether a row was carried out by an earlier run: what it asks for holds, for what the person saw then."""
    kind, *about = item.key.split(_SEPARATOR)
    if kind == DECISION:
        return item.choice == REVOKE and about[0] not in {str(decision.number) for decision in held}
    return any(_says(kind, about, item, decision) for decision in held if decision.reason == item.reason)


def _says(kind: str, about: Sequence[str], item: FilledDecision, decision: Decision) -> bool:
    match decision.kind:
        case DecisionKind.WAIVE | DecisionKind.REFUSE:
            is_asked = kind in (PLEA, WARNING) and [decision.agency, decision.rule] == list(about[:2])
            is_chosen = (item.choice == REFUSE) == (decision.kind is DecisionKind.REFUSE)
            return is_asked and is_chosen and decision.seen == _seen(decision.kind, about[2:])
        case DecisionKind.ACCEPT | DecisionKind.DISMISS:
            return kind == FILE and [decision.file, str(decision.envelope)][: len(about)] == list(about)
        case DecisionKind.RELEASE:
            return kind == CORRECTION and decision.letter.endswith(about[0])
        case _:
            return kind == AGENCY and decision.agency == about[0] and _says_of_agency(about, item, decision)


def _says_of_agency(about: Sequence[str], item: FilledDecision, decision: Decision) -> bool:
    _, version, after = about
    has_seen = str(decision.after) == after
    match decision.kind:
        case DecisionKind.RETURN:
            return item.choice == RETURN and has_seen and str(decision.version) == version
        case DecisionKind.COUNT:
            return has_seen and str(decision.version) == _counted(item)
        case _:
            return item.choice == EXTEND and decision.until == day_of(item.more)
