"""A run's arrivals and the ledger go in; what planning letters looks at comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import PurePosixPath

from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, arrivals, assessments, campaign, decisions, judged_files, letters
from pipeline.ledger.campaign import Figures, RunResult
from pipeline.letter import AnsweredFile, CountedVersion, LetterKind
from pipeline.letters.plan import CampaignState, WrittenLetter
from pipeline.machine.digest import digest_of
from pipeline.model import Decision, DecisionKind, Number, Verdict
from pipeline.publishing.data.record import Record, is_strange
from pipeline.run import pending as waiting
from pipeline.run.letters.earlier import changes_since_delivery
from pipeline.run.letters.standings import held_files, standings
from pipeline.wording.messages import AWAITING, VERDICT_WORDS

_PUT_AGAIN = "报送文件夹里又放进了与第 {} 次报送相同的文件，以最后放进的为准"


def state_of(
    ledger: Ledger,
    form: Form,
    district: District,
    result: RunResult,
    came: Sequence[AnsweredFile],
    *,
    now: datetime,
) -> CampaignState:
    """Put together what planning looks at. ``result`` is what the last finished run found."""
    found = dict(result.record)
    written = tuple(_written(item) for item in letters.of_year(ledger, district.year))
    waits = tuple(held_files(ledger, district, found, arrivals.senders(ledger, district.year)))
    last_digest = _last_digest(written, has_server=district.mail.sends)
    deliveries = campaign.deliveries(ledger, district.year)
    purpose_of = partial(letters.purpose_of, district.year)
    state = CampaignState(
        district=district,
        now=now,
        standings=standings(
            (*district.agencies, *result.on_their_own(district.merged)),
            found,
            arrivals.moments(ledger, district.year),
            waits,
        ),
        arrivals=tuple(came),
        held=waits,
        written=written,
        came=_came(arrivals.came_since(ledger, district.year, last_digest), found),
        verdicts=_verdicts(found),
        counts=found["counts"],
        strange=tuple(_strange(found)),
        departed=tuple(
            judged_files.departed(ledger, district.year, {agency.code for agency in district.roster_agencies})
        ),
        changes=tuple(changes_since_delivery(ledger, form, district, result)),
        figures=_mark_of(result.figures) if waiting.is_complete(district, result) else "",
        carrying={purpose_of(item.letter) for item in deliveries if item.figures == result.figures},
        released={
            purpose_of(item.letter): item.reason
            for item in decisions.of_kind(decisions.in_force(ledger, district.year), DecisionKind.RELEASE)
        },
        signed={purpose_of(item.letter) for item in deliveries if item.signed_by},
        followed=tuple(_followed(ledger, form, district, found, last_digest)),
        counted=_counted(ledger, district, found, written),
        unread=waiting.unread_mailbox(ledger, district),
        unable=waiting.unable_to_send(ledger, district),
    )
    asked = waiting.sentences(ledger, district, now=now, result=result, state=state)
    return replace(state, to_decide=tuple(asked))


def _last_digest(written: Sequence[WrittenLetter], *, has_server: bool) -> datetime | None:
    """Return when the last letter of a morning was written that has been read, as far as anybody can know."""
    digests = (item for item in written if item.kind is LetterKind.DIGEST)
    return max((item.created_at for item in digests if item.is_gone or not has_server), default=None)


def _mark_of(figures: Figures) -> str:
    """Digest figures; equal ones have one digest, however they are written (5, 5.0)."""
    return digest_of((code, *map(_plain, numbers)) for code, numbers in sorted(figures.items()))


def _plain(number: Number) -> Number:
    if isinstance(number, int):
        return number
    return int(number) if number == int(number) else number.normalize()


def _strange(found: Record) -> Iterator[tuple[str, str]]:
    """Yield what the coordinator is to look at that is no submission; of mails those of the last days."""
    for row in found["submissions"]:
        if is_strange(row):
            yield row["file"], row["findings"][0]["message"]


def _followed(
    ledger: Ledger, form: Form, district: District, found: Record, since: datetime | None
) -> Iterator[str]:
    """Say whose report that counts became another after ``since``, the last letter of a morning, without a new version."""
    courses = assessments.accepted_again(ledger, district.year)
    names = {row["sha256"]: row["agency_name"] for row in found["submissions"] if row["counts"]}
    for digest, name in names.items():
        news = [
            (before, now)
            for before, now in pairwise(courses.get(digest, ()))
            if now.says_more_than(before) and (since is None or now.at > since)
        ]
        if news:
            (first, _), (_, last) = news[0], news[-1]
            figures = sum(first.numbers.get(key, value) != value for key, value in last.numbers.items())
            said = [f"按台账计算的数随台账更正 {figures} 个，见汇总表的“版本与更正”"] if figures else []
            said += [f"与台账不一致 {len(last.differing)} 处"] if last.differing - first.differing else []
            if not said:  # it is as it was
                continue
            published = "；已经公布的，请提醒核对、重新公布" if form.is_public else ""
            yield f"{name}报送的{form.words.short}在接收以后有变化：{'；'.join(said)}。另写了回执告知{published}"


def _came(files: Sequence[tuple[str, Verdict]], found: Record) -> dict[str, int]:
    """Count the files by what people call what became of them, in the order of the verdicts."""
    awaiting = {row["sha256"] for row in found["submissions"] if row["awaits_approval"]}
    words = [
        AWAITING if verdict is Verdict.RETURNED and digest in awaiting else VERDICT_WORDS[verdict]
        for digest, verdict in sorted(files, key=lambda item: list(Verdict).index(item[1]))
    ]
    return dict(Counter(words))


def _counted(
    ledger: Ledger, district: District, found: Record, written: Sequence[WrittenLetter]
) -> dict[str, CountedVersion]:
    """Say which version counts of each agency of which a person has decided that, or put its file again, or a letter told so."""
    decided = decisions.of_kind(decisions.in_force(ledger, district.year), DecisionKind.COUNT)
    by_agency = {item.agency: item for item in decided}
    informed = {item.agency for item in written if item.kind is LetterKind.COUNTED}
    again = arrivals.put_again(ledger, district.year)
    asked = {*by_agency, *informed, *(agency for agency, _ in again)}
    if not asked:
        return {}
    own = [row for row in found["submissions"] if row["agency"] in asked and row["version"]]
    return {
        row["agency"]: _counted_version(
            row, own, by_agency.get(row["agency"]), again.get((row["agency"], row["version"]))
        )
        for row in own
        if row["counts"]
    }


def _counted_version(
    row: Record, own: Sequence[Record], decision: Decision | None, again: datetime | None
) -> CountedVersion:
    """Describe the version that counts; ``decision`` is the one of its agency that holds, which may have been overtaken.

    ``again`` is when it was put into the inbox once more, which nobody has answered.
    """
    given = decision if decision and decision.version == row["version"] else None
    why = given.reason if given else _PUT_AGAIN.format(row["version"]) if again else ""
    return CountedVersion(
        row["version"],
        PurePosixPath(row["file"]).name,
        row["sha256"],
        {item["sha256"]: item["version"] for item in own if item["agency"] == row["agency"]},
        given.given_at if given else again,
        why,
        is_put_again=bool(again and not given),
    )


def _verdicts(found: Record) -> dict[str, set[Verdict]]:
    verdicts: dict[str, set[Verdict]] = {}
    for row in found["submissions"]:
        verdicts.setdefault(row["sha256"], set()).add(Verdict(row["verdict"]))
    return verdicts


def _written(item: letters.StoredLetter) -> WrittenLetter:
    to = tuple(item.recipient.split(", "))
    key = item.purpose
    kind = LetterKind(item.kind)
    return WrittenLetter(
        key,
        kind,
        item.agency,
        to,
        item.subject,
        item.intended_at,
        item.state,
        item.reason,
        item.attempts,
        is_in_doubt=bool(item.doubt),
    )
