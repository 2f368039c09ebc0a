"""A person's name goes in; the letter that sends the district workbook up is signed, or a correction may go up.

Only what a person signed leaves, and what corrects delivered figures is released first, with the reason: a decision of the
family of ``coordinating.deciding``, made here because what there is to correct is known where letters are planned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger import campaign, decisions, letters
from pipeline.ledger.access import open_campaign, view_campaign
from pipeline.ledger.campaign import RunResult
from pipeline.letter import Intention, LetterKey, LetterState, Occasion, Upward
from pipeline.letters.plan import CampaignState, asked_delivery, corrects, delivery_of_all, renewed, upward
from pipeline.machine.environment import command
from pipeline.model import ConfigError, Decision, DecisionKind, Verdict
from pipeline.run.letters.campaign_state import state_of
from pipeline.run.letters.outgoing import context_of, informed, intend, lay_out, look_after, withdraw
from pipeline.run.letters.writing import LetterContext, workbook_of

_MOST_CHANGES = 5
OTHERWISE = "数据又有变化，请重新运行，看过新的内容再决定。"


def _signed(context: LetterContext) -> list[campaign.DeliveryRecord]:
    return [item for item in campaign.deliveries(context.ledger, context.district.year) if item.signed_by]


def release(
    district: District,
    output: Path,
    *,
    by: str,
    reason: str,
    now: datetime,
    whose: Sequence[str] = (),
    key: str | None = None,
) -> Decision:
    """Let what corrects the delivered figures go up; ``whose`` are agencies that it is thought to be about, by name.

    ``key`` is the letter that whoever decides has seen. Raises ConfigError where nothing is to be corrected, where an
    agency has corrected nothing, or where it is another letter by now.
    """
    if not by.strip() or not reason.strip():
        raise ConfigError("请写明理由（--reason）和决定的人（--by），然后重新运行。")
    with open_campaign(district, output) as (ledger, district):
        context, found = (
            context_of(ledger, district, output, now),
            _last(campaign.last_result(ledger, district.year), district),
        )
        state = state_of(ledger, context.form, district, found, (), now=now)
        wanted = delivery_of_all(state)
        if wanted is None or not corrects(state, wanted.key):
            raise ConfigError("没有等待同意的更正：汇总表还没有报送过，没有收齐，或者数据没有变化。")
        if key not in (None, str(wanted.key)):
            raise ConfigError(OTHERWISE)
        names = {agency for agency, _ in state.changes}
        strange = [name for name in whose if name not in names]
        if strange:
            raise ConfigError(
                f"{'、'.join(strange)}没有更正已报送的数据；有更正的是：{'、'.join(sorted(names))}。"
            )
        return _released(context, wanted.key, by=by, reason=reason)


def goes_up(district: District, output: Path, *, now: datetime) -> Upward:
    """Return what the papers that go up are to say of the figures of the last run; nothing is changed."""
    with view_campaign(district, output) as (ledger, district):
        found = campaign.last_result(ledger, district.year)
        if found is None:
            return Upward()
        return upward(state_of(ledger, form_of(district), district, found, (), now=now))


def _released(context: LetterContext, key: LetterKey, *, by: str, reason: str) -> Decision:
    year = context.district.year
    made = Decision(
        DecisionKind.RELEASE, reason.strip(), by.strip(), context.now, letter=letters.stored_key(year, key)
    )
    decisions.give(context.ledger, year, made)
    return made


def sign(
    district: District, output: Path, *, by: str, reason: str = "", now: datetime, key: str | None = None
) -> int:
    """Write the letter with the district workbook of the last run, signed ``by``; return 0 if that is done already.

    With ``key`` only if it is that letter still: what somebody saw before signing. Raises ConfigError.
    """
    with open_campaign(district, output) as (ledger, district):
        found = _last(campaign.last_result(ledger, district.year), district)
        target = district.results_in(output)
        look_after(ledger, district, target, now=now)
        written = deliver(context_of(ledger, district, output, now), found, by=by, reason=reason, key=key)
        lay_out(ledger, district, target, now=now)
    return written


def deliver(
    context: LetterContext, found: RunResult, *, by: str, reason: str = "", key: str | None = None
) -> int:
    """Write the letter that sends the district workbook up as it is, signed ``by``; 0 if the very same one is signed already.

    Raises ConfigError where there is nothing to send, and where figures that went up would be corrected without a ``reason``.
    """
    _refuse_what_cannot_go(context, found)
    digest = hashlib.sha256(workbook_of(context, found).content).hexdigest()
    asked, state = _asked(context, found, digest)
    if key not in (None, str(asked.key)):
        raise ConfigError(OTHERWISE)
    if _must_be_released(state, asked):
        if not reason:
            listed = "；".join(words for _, words in state.changes[:_MOST_CHANGES])
            raise ConfigError(
                f"这是更正已经报送的数据（{listed}）。请核实后用 --reason 写明更正理由，再运行这个命令。"
            )
        _released(context, asked.key, by=by, reason=reason)
        asked, state = _asked(context, found, digest)
    there = _standing(context, asked.key)
    if there and there is not LetterState.STOPPED and (there.is_gone or _carries(context, asked.key, digest)):
        return 0  # of one that was stopped, who signs anew has thought better of it
    withdraw(context, [*([asked.key] if there else []), *renewed(state.written, [asked])])
    written = intend(context, informed(context, [asked], found), found)
    why = reason or state.released.get(asked.key, "")
    letter = letters.stored_key(context.district.year, asked.key)
    campaign.sign(context.ledger, context.district.year, letter, by=by, reason=why, at=context.now)
    return written


def _refuse_what_cannot_go(context: LetterContext, found: RunResult) -> None:
    folder = context.district.folder
    if not context.district.people.district_office_email:
        raise ConfigError(
            f"没有写汇总表报给谁的邮箱。请填写 {context.district.where('people', 'district_office_email')}。",
            file=folder,
        )
    if not any(found.record["counts"][verdict] for verdict in Verdict if verdict.is_acceptance):
        raise ConfigError(
            f"还没有一家单位的报送合格，没有可以报送的汇总数据。有单位合格以后，先运行 {command('run', folder)}，再运行这个命令。",
            file=folder,
        )


def _asked(context: LetterContext, found: RunResult, workbook: str) -> tuple[Intention, CampaignState]:
    state = state_of(context.ledger, context.form, context.district, found, (), now=context.now)
    return asked_delivery(state, workbook), state


def _must_be_released(state: CampaignState, asked: Intention) -> bool:
    is_of_all = asked.key.occasion is not Occasion.ASKED
    return is_of_all and corrects(state, asked.key) and asked.key not in state.released


def _standing(context: LetterContext, key: LetterKey) -> LetterState | None:
    """Return what became of the letter, None where there is none that stands."""
    written = {item.key: item.state for item in letters.of_year(context.ledger, context.district.year)}
    found = written.get(letters.stored_key(context.district.year, key))
    return None if found is LetterState.WITHDRAWN else found


def _carries(context: LetterContext, key: LetterKey, workbook: str) -> bool:
    """Whether the letter is signed, with the very same workbook."""
    letter = letters.stored_key(context.district.year, key)
    return any((item.letter, item.workbook) == (letter, workbook) for item in _signed(context))


def _last(found: RunResult | None, district: District) -> RunResult:
    if found is None:
        raise ConfigError(f"还没有运行过。请先运行 {command('run', district.folder)}", file=district.folder)
    return found
