"""Every file of the campaign, its reading and what is known of it go in; which are to be judged, and as whose, comes out.

Whose a file is was decided when it came, by the roster of that day, and stays so (``bindings``); what is held may be
released by the roster of today or by a person. What only repeats another file is set aside, and so is what was cleared
up too late: its agency has reported anew since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import TypeAlias

from pipeline.district.folder import District
from pipeline.district.mergers import Pasts
from pipeline.intake.identify import binding, identity
from pipeline.intake.identify.identity import Identity
from pipeline.intake.identify.other_body import spelled
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.ledger.bindings import Binding
from pipeline.ledger.codes import Memory, addresses_at
from pipeline.model import CHINA, Agency, Decision, Envelope, Fact, Finding, Message, Reading, Verdict
from pipeline.run.of_last_period import is_of_last_period, periods_of
from pipeline.run.returns import Returned, returned

Identified: TypeAlias = tuple[Arrival, Identity]
"""A file and whose it is."""
_CODE = "F09"


@dataclass(frozen=True, slots=True)
class KnownArrivals:
    """What is known of arrivals besides what they say: ``bindings`` and ``accepted`` are by their numbers.

    ``earlier`` leaves out what counted only by a decision that was revoked since. ``own`` are the digests of what nianbao itself has sent out, ``accepted`` what a person accepts although it is held.
    ``chosen`` is the number of the arrival after which a person said last which version of an agency counts, by its code.
    """

    earlier: Mapping[int, Judgement] = field(default_factory=dict)
    bindings: Mapping[int, Binding] = field(default_factory=dict)
    memory: Memory = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    accepted: Mapping[int, Decision] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    pasts: Pasts = field(default_factory=dict)
    """Last period's reports by the codes of their agencies, as they were made."""


@dataclass(frozen=True, slots=True)
class SortedArrivals:
    """Files in order of arrival: those to be judged, those that only repeat one, those that came to light too late.

    ``words`` maps the number of a file to that of the last arrival, or return, by which its agency sent the same file again.
    ``bindings`` are those that were not kept yet.
    """

    kept: list[Identified]
    copies: list[Arrival]
    overtaken: list[Arrival]
    unread: frozenset[int] = frozenset()
    """Of what is ``overtaken``, the numbers of files that could not be read and lie beside a report of their agency."""
    words: Mapping[int, int] = field(default_factory=dict)
    before: Mapping[int, int] = field(default_factory=dict)
    """By the number of a file that was judged already, that of the one beside it which a person prefers: it counts as sent just before that."""
    bindings: Mapping[int, Binding] = field(default_factory=dict)


@dataclass(slots=True)
class _Preferred:
    """What a person's choice among several files of an agency does to the others, by their numbers.

    A file that waited is ``passed_over``. One that was judged stays a version, sent ``before`` the one that is preferred: should that
    not be accepted after all, it counts as it did.
    """

    passed_over: set[int] = field(default_factory=set)
    before: dict[int, int] = field(default_factory=dict)

    def choose(self, wanted: Sequence[Arrival], others: Iterable[Arrival], memory: KnownArrivals) -> None:
        """Let those that are ``wanted`` count rather than the ``others``."""
        oldest = min(item.id for item in wanted)
        for item in others:
            own = memory.earlier.get(item.id)
            if own is None or own.verdict is Verdict.HELD:
                self.passed_over.add(item.id)
            else:
                self.before[item.id] = oldest


def sort_out(
    district: District,
    known: Sequence[Arrival],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
) -> SortedArrivals:
    """Sort the files ``known`` out. ``readings`` are by SHA-256."""
    bound = _identified(district, known, readings, memory)
    chosen = _Preferred()
    identified = _one_of_each_mail(bound, readings, messages, memory, chosen)
    identified = _in_a_certain_order(identified, readings, messages, memory, chosen)
    passed_over = chosen.passed_over
    identified = _of_one_body(identified, readings, memory)
    unread = _unread_beside(identified, readings, messages)
    passed_over |= unread
    kept, copies = _without_copies(identified)
    in_their_place = {item.id for item, who in kept if not who.held}.difference(passed_over, chosen.before)
    judged = {number: own for number, own in memory.earlier.items() if number in in_their_place}
    late = {item.id for item, who in kept if _is_overtaken(item, who, memory, judged)} | passed_over
    staying = [(item, who) for item, who in kept if item.id not in late]
    repeating = {item.id for item in copies}
    words = _words(
        staying, [(item, who) for item, who in identified if item.id in repeating], messages, passed_over
    )
    staying, returns = _come_back(staying, identified, words, memory)
    return SortedArrivals(
        staying,
        copies,
        [item for item, _ in kept if item.id in late],
        frozenset(unread),
        words | returns,
        chosen.before,
        {
            item.id: Binding(who.agency.code, tuple(one for one in who.findings if one.code == binding.CODE))
            for item, who in bound
            if who.agency
            and not who.held
            and item.id not in memory.bindings
            and item.id not in memory.accepted  # a decision holds as long as nobody revokes it, and no longer
        },
    )


# ---------------------------------------------------------------- whose it is


def _identified(
    district: District, known: Iterable[Arrival], readings: Mapping[str, Reading], memory: KnownArrivals
) -> list[Identified]:
    roster = identity.Roster.of(district.agencies, district.name, district.merged)
    codes = {agency.code: agency for agency in roster.agencies}
    found: list[Identified] = []
    for item in known:
        reading = readings[item.envelope.sha256]
        who = _whose(district, item, reading, roster, codes, memory)
        found.append((item, _of_its_period(district, item, who, reading, memory)))
    return found


def _of_its_period(
    district: District, item: Arrival, who: Identity, reading: Reading, memory: KnownArrivals
) -> Identity:
    """Hold what may be a correction of last period's report; whether it is, or a report of this one, a person says."""
    past = memory.pasts.get(who.agency.code) if who.agency else None
    is_settled = who.held or item.repeats or item.id in memory.accepted or item.id in memory.bindings
    if is_settled or not is_of_last_period(who, reading, past, district.year):
        return who
    about = identity.about_year(who)
    rest = tuple(finding for finding in who.findings if finding not in about)
    return _doubtful(replace(who, findings=rest), "last_period", **periods_of(who, district.year))


def _whose(
    district: District,
    item: Arrival,
    reading: Reading,
    roster: identity.Roster,
    codes: Mapping[str, Agency],
    memory: KnownArrivals,
) -> Identity:
    """Say whose a file is: what a person said, what was decided when it came, else what the roster of today says."""
    sent = item.envelope
    found = identity.identify(reading, path=sent.path, sender=sent.sender, roster=roster, year=district.year)
    decided, kept = memory.accepted.get(item.id), memory.bindings.get(item.id)
    code = decided.agency if decided else kept.agency if kept else ""
    if code in codes:
        said = (*identity.about_name(found), *kept.findings) if kept and not decided else ()
        return Identity(
            codes[code], held=False, findings=(*identity.about_year(found), *said), year=found.year
        )
    then = addresses_at(memory.memory, found.agency.code, sent.received_at) if found.agency else ()
    bound = _merged(binding.bind(found, sent, roster, district.trusted_senders, then), item, district)
    return replace(bound, agency=None) if bound.held and binding.is_of_two(bound, sent) else bound


def _merged(found: Identity, item: Arrival, district: District) -> Identity:
    """Hold what comes from a body after it became part of another: which of the two it speaks for, nobody knows."""
    agency = found.agency
    if agency is None or agency not in district.merged or agency.merged_on is None:
        return found
    if item.came_at is not None and item.came_at.astimezone(CHINA).date() < agency.merged_on:
        return found
    names = {other.code: other.name for other in district.roster_agencies}
    facts = {"agency": agency.name, "into": names[agency.merged_into], "day": str(agency.merged_on)}
    doubt = Finding.found("F02", None, (), "merged", facts)
    return replace(found, held=True, findings=(*found.findings, doubt))


# ---------------------------------------------------------------- one claim of several


def _one_of_each_mail(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
    preferred: _Preferred,
) -> list[Identified]:
    """Hold the reports of one agency that came in one mail and differ: which of them it means, nobody knows.

    What nianbao itself sent, or knew already, is no claim beside something new: it is passed over. Where a coordinator has
    put one of them into the inbox, or accepted one, that is ``preferred`` to the others.
    """
    chosen = {
        item.envelope.sha256 for item, who in identified if not who.held and item.envelope.source != "mail"
    } | {item.envelope.sha256 for item, _ in identified if item.id in memory.accepted}
    first = _firsts(identified)
    by_path = {item.envelope.path: number for number, (item, _) in enumerate(identified)}
    held: dict[int, Identity] = {}
    for message in messages:
        several = [by_path[path] for path in message.files if path in by_path]
        for numbers in _differing(identified, readings, several):
            new = [
                number
                for number in numbers
                if identified[number][0].envelope.sha256 not in memory.own
                and first[identified[number][0].envelope.sha256] in several
            ]
            preferred.passed_over |= {
                identified[number][0].id for number in numbers if new and number not in new
            }
            unsure = new or numbers
            if len(unsure) == 1 or not any(_differing(identified, readings, unsure)):
                continue
            wanted = [number for number in unsure if identified[number][0].envelope.sha256 in chosen]
            if wanted:
                _prefer(preferred, identified, wanted, unsure, memory)
            else:
                names = [identified[number][0].envelope.name for number in unsure]
                held |= {number: binding.one_of_several(identified[number][1], names) for number in unsure}
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _prefer(
    preferred: _Preferred,
    identified: Sequence[Identified],
    wanted: Sequence[int],
    unsure: Iterable[int],
    memory: KnownArrivals,
) -> None:
    """Let the files at the places ``wanted`` count rather than the others of ``unsure``."""
    others = [identified[number][0] for number in unsure if number not in wanted]
    preferred.choose([identified[number][0] for number in wanted], others, memory)


def _firsts(identified: Sequence[Identified]) -> dict[str, int]:
    """Return where the first file of each content stands, by its digest."""
    first: dict[str, int] = {}
    for number, (item, _) in enumerate(identified):
        first.setdefault(item.envelope.sha256, number)
    return first


def _differing(
    identified: Sequence[Identified], readings: Mapping[str, Reading], numbers: Sequence[int]
) -> Iterator[list[int]]:
    """Yield the files of each agency whose figures or texts are not the same, where there are several."""
    by_owner: dict[str, list[int]] = {}
    for number in numbers:
        item, who = identified[number]
        if who.agency and not who.held and _is_filled(readings[item.envelope.sha256]):
            by_owner.setdefault(f"{who.agency.code}/{who.year}", []).append(number)
    for own in by_owner.values():
        first, *others = (readings[identified[number][0].envelope.sha256] for number in own)
        if any(first.content != other.content for other in others):
            yield own


def _is_filled(reading: Reading) -> bool:
    """Whether it is a report that somebody filled in: templates come along in answers."""
    return any(value is not None for value in reading.numbers.values()) or any(
        rows.cells for rows in reading.registers.values()
    )


# ---------------------------------------------------------------- what cannot be read


def _unread_beside(
    identified: Sequence[Identified], readings: Mapping[str, Reading], messages: Sequence[Message]
) -> set[int]:
    """Return the numbers of files that could not be read and came with a report of their agency, in one mail or one archive.

    They are no sending of their own: what the agency has to say is in the report.
    """
    mails = {path: message.path for message in messages for path in message.files}
    together: dict[tuple[str, str], list[int]] = {}
    for number, (item, who) in enumerate(identified):
        path = item.envelope.path
        whole = mails.get(path) or _archive_of([path.rpartition("/")[0]])
        if whole and who.agency and not item.repeats:
            together.setdefault((whole, who.agency.code), []).append(number)
    found: set[int] = set()
    for numbers in together.values():
        read = [readings[identified[number][0].envelope.sha256] for number in numbers]
        if any(map(_is_filled, read)):
            found |= {
                identified[number][0].id
                for number, one in zip(numbers, read, strict=True)
                if _is_nothing(one) and not identified[number][1].held
            }
    return found


def _is_nothing(reading: Reading) -> bool:
    """Whether there is nothing in a file to be judged, to be carried over or to be looked at by a person."""
    is_unread = any(item.is_unread for item in reading.findings)
    return is_unread and not (
        reading.opened or reading.salvaged or any(item.is_barrier for item in reading.findings)
    )


# ---------------------------------------------------------------- in which order


def _in_a_certain_order(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
    preferred: _Preferred,
) -> list[Identified]:
    """Hold the reports of one agency that differ and were found in one look, where nothing but file times or names orders them.

    What a person accepts of them is ``preferred`` to the others.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, (item, who) in enumerate(identified):
        if who.agency and not who.held and not item.repeats and _is_filled(readings[item.envelope.sha256]):
            groups.setdefault((who.agency.code, who.year, item.seen_at), []).append(number)
    mail_of = {path: message.sha256 for message in messages for path in message.files}
    held: dict[int, Identity] = {}
    for numbers in groups.values():
        unsure = _in_doubt(identified, readings, mail_of, numbers)
        wanted = [number for number in unsure if identified[number][0].id in memory.accepted]
        settled = any(_was_accepted(identified[number][0], memory) for number in unsure)
        if wanted:
            _prefer(preferred, identified, wanted, unsure, memory)
        elif not settled:
            names = "、".join(
                f"《{name}》" for name in _distinct_names(identified[number][0].envelope for number in unsure)
            )
            held |= {
                number: _doubtful(identified[number][1], "order_guessed", files=names) for number in unsure
            }
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _distinct_names(files: Iterable[Envelope]) -> list[str]:
    """Return the names of ``files``; their paths where two have one name."""
    several = list(files)
    names = [item.name for item in several]
    return names if len(set(names)) == len(names) else [item.path for item in several]


def _in_doubt(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    mail_of: Mapping[str, str],
    numbers: Sequence[int],
) -> list[int]:
    """Return those of ``numbers`` whose order to another that says something else is only guessed.

    Between two files of one mail (``mail_of`` has its digest) there is none: which of them is meant is asked apart.
    """
    found: set[int] = set()
    for one, other in combinations(numbers, 2):
        first, second = identified[one][0].envelope, identified[other][0].envelope
        if readings[first.sha256].content == readings[second.sha256].content:
            continue
        mail = mail_of.get(first.path)
        if (mail is None or mail != mail_of.get(second.path)) and not _is_ordered(first, second):
            found |= {one, other}
    return sorted(found)


def _is_ordered(first: Envelope, second: Envelope) -> bool:
    """Whether it is known which of two files is the older: by the times they came, or that their archive gives them."""
    if first.received_at and second.received_at and first.received_at != second.received_at:
        return True
    outer = [path.rpartition("/")[0] for path in (first.path, second.path)]
    return bool(first.made and second.made and first.made != second.made and _archive_of(outer))


def _archive_of(outer: Sequence[str]) -> str:
    """Return the outermost archive in which files lie together, at whatever depth; empty where they lie in none."""
    parts = [path.split("/") for path in outer]
    shared = [names[0] for names in zip(*parts, strict=False) if len(set(names)) == 1]
    ends = [at for at, part in enumerate(shared, 1) if part.lower().endswith(".zip")]
    return "/".join(shared[: ends[0]]) if ends else ""


def _was_accepted(item: Arrival, memory: KnownArrivals) -> bool:
    own = memory.earlier.get(item.id)
    return own is not None and own.verdict.is_acceptance


def _doubtful(found: Identity, variant: str, **facts: Fact) -> Identity:
    agency = found.agency
    named: dict[str, Fact] = {"agency": agency.name if agency else "", **facts}
    doubt = Finding.found(_CODE, None, (), variant, named)
    return replace(found, held=True, findings=(*found.findings, doubt))


# ---------------------------------------------------------------- of one body


def _of_one_body(
    identified: Sequence[Identified], readings: Mapping[str, Reading], memory: KnownArrivals
) -> list[Identified]:
    """Hold files of one agency that state the names or codes of different bodies: they are no versions of one report.

    What was accepted before, or is accepted by a person, stays.
    """
    by_owner: dict[str, list[int]] = {}
    for number, (item, who) in enumerate(identified):
        if who.agency and not who.held and not item.repeats:
            by_owner.setdefault(who.agency.code, []).append(number)
    held: dict[int, Identity] = {}
    for numbers in by_owner.values():
        bodies = {
            number: _body(readings[identified[number][0].envelope.sha256], identified[number][1])
            for number in numbers
        }
        names = sorted({name for name in bodies.values() if name})
        if len(names) > 1:
            said = "、".join(f"“{name}”" for name in names)
            held |= {
                number: _doubtful(identified[number][1], "other_body", names=said)
                for number in numbers
                if bodies[number]
                and identified[number][0].id not in memory.accepted
                and identified[number][0].id not in memory.bindings
            }
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _body(reading: Reading, who: Identity) -> str:
    """Return the name under which a file speaks; empty where it says none, or its agency's own, a former or a shorter one."""
    agency, stated = who.agency, reading.claims.agency
    if agency is None or not stated:
        return ""
    name = spelled(stated)
    own = [spelled(one) for one in (agency.name, *agency.former_names)]
    return "" if any(_is_short_for(name, one) or _is_short_for(one, name) for one in own) else stated


def _is_short_for(short: str, name: str) -> bool:
    """Whether all letters of ``short`` stand in ``name``, in their order: 发改局 is short for 发展和改革局."""
    letters = iter(name)
    return all(letter in letters for letter in short)


# ---------------------------------------------------------------- copies


def _without_copies(found: Sequence[Identified]) -> tuple[list[Identified], list[Arrival]]:
    """Part the files that are to be judged from those that only repeat one, of this campaign or an earlier one."""
    same: dict[str, list[int]] = {}
    for number, (item, _) in enumerate(found):
        if not item.repeats:
            same.setdefault(item.envelope.sha256, []).append(number)
    stay: dict[int, Identity] = {}
    for numbers in same.values():
        staying = [numbers[index] for index in binding.copies_that_stay([found[at][1] for at in numbers])]
        twice = len(staying) > 1
        stay |= {at: binding.claimed_twice(found[at][1]) if twice else found[at][1] for at in staying}
    kept = [(item, stay[number]) for number, (item, _) in enumerate(found) if number in stay]
    return kept, [item for number, (item, _) in enumerate(found) if number not in stay]


def _words(
    kept: Sequence[Identified],
    copies: Sequence[Identified],
    messages: Sequence[Message],
    passed_over: set[int],
) -> dict[int, int]:
    """Return, for each file that its own agency sent again, by its number the last arrival that repeats it.

    Beside something new of the agency in the same mail an old file says nothing; nor does one of a sender who may not
    replace figures that count.
    """
    senders: dict[str, set[str | None]] = {}
    for item, who in kept:
        if who.agency and not who.held:
            senders.setdefault(who.agency.code, set()).add(item.envelope.sender)
    originals = {item.envelope.sha256: (item, who.agency) for item, who in kept if who.agency}
    mail_of = {path: number for number, message in enumerate(messages) for path in message.files}
    brings_new = {
        (mail_of[item.envelope.path], who.agency.code)
        for item, who in kept
        if who.agency and item.envelope.path in mail_of
    }
    words: dict[int, int] = {}
    for item, who in copies:
        original, agency = originals.get(item.envelope.sha256, (None, None))
        if original is None or who.held or who.agency != agency or item.repeats or item.id in passed_over:
            continue
        if who.agency and (mail_of.get(item.envelope.path), who.agency.code) in brings_new:
            continue
        known = senders.get(who.agency.code, ()) if who.agency else ()
        if who.agency and binding.may_not_replace(item.envelope, who.findings, who.agency, known):
            continue
        words[original.id] = max(words.get(original.id, 0), item.id)
    return words


# ---------------------------------------------------------------- what came back


def _come_back(
    kept: Sequence[Identified],
    identified: Sequence[Identified],
    words: Mapping[int, int],
    memory: KnownArrivals,
) -> tuple[list[Identified], dict[int, int]]:
    """Hold what came back where only a person knows what that means; return the words that are spoken by coming back."""
    files = [(item, who.agency.code) for item, who in kept if who.agency and not who.held]
    found = returned(
        files,
        [(item, who.agency.code) for item, who in identified if who.agency and not who.held],
        words,
        counted={item.id for item, _ in files if _was_accepted(item, memory)},
        accepted=memory.accepted,
        chosen=memory.chosen,
    )
    asked = {one.file: one for one in found if one.is_asked}
    return (
        [(item, _asked(who, asked[item.id], memory) if item.id in asked else who) for item, who in kept],
        {one.file: one.word for one in found},
    )


def _asked(who: Identity, one: Returned, memory: KnownArrivals) -> Identity:
    own = memory.earlier.get(one.file)
    return _doubtful(
        who,
        "came_back",
        file=one.copy.envelope.path,
        version=own.version if own else 0,
        day=_day(one.back.seen_at),
    )


def _day(moment: datetime) -> str:
    return str(moment.astimezone(CHINA).date())


def _is_overtaken(
    item: Arrival, who: Identity, memory: KnownArrivals, judged: Mapping[int, Judgement]
) -> bool:
    """Whether a file waited for a person until after its agency had reported anew, and that was accepted.

    ``judged`` are the judgements of what is in its place: what is set aside itself overtakes nothing, else neither would count. One that has a version number among the agency's is in its place already: the later one counts anyhow.
    """
    own = memory.earlier.get(item.id)
    if own is None or own.verdict is not Verdict.HELD or who.agency is None:
        return False
    if who.held and not _is_one_of_several(who):
        return False
    if item.id not in memory.accepted and is_settled_by_a_newer_one(own, judged):
        return True
    is_new_to_agency = not own.version or who.held
    return is_new_to_agency and _has_newer(own.envelope, who.agency.code, judged)


def is_settled_by_a_newer_one(own: Judgement, others: Mapping[int, Judgement]) -> bool:
    """Whether a file of a known agency waits for what a person says of its figures, and the agency's newer report was accepted."""
    return (
        own.verdict is Verdict.HELD
        and any(finding.is_open for finding in own.findings)
        and own.agency is not None
        and _has_newer(own.envelope, own.agency, others)
    )


def _has_newer(number: int, agency: str, judged: Mapping[int, Judgement]) -> bool:
    """Whether a report of ``agency`` that came after the file with this number was accepted."""
    return any(
        other.envelope > number and other.agency == agency and other.verdict.is_acceptance
        for other in judged.values()
    )


def _is_one_of_several(who: Identity) -> bool:
    is_guessed = any((item.code, item.variant) == (_CODE, "order_guessed") for item in who.findings)
    return is_guessed or binding.is_one_of_several(who)
