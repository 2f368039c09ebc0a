"""New submissions go in; their assessments come out. One that cannot be judged is held, and keeps nothing from the others.

They are judged together; where that fails, each is tried alone, and what fails alone is set aside and remembered so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pipeline.intake.guard.isolation import ItemWork, set_aside
from pipeline.ledger import readings
from pipeline.machine.ahead import wait_for_the_rest
from pipeline.machine.pool import JobFailure
from pipeline.model import ABOUT_RULES, Assessment, Submission
from pipeline.run.judging_context import JudgingContext
from pipeline.run.opening import Barrier, reader_of


def judged(
    barrier: Barrier, campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge what is new; a file that cannot be judged is held and keeps nothing from the others."""
    if not stale:
        return []
    late = _too_late(barrier, campaign, stale)
    stale = [
        _aside(barrier, campaign, item, late[item.sha256]) if item.sha256 in late else item for item in stale
    ]
    paths = {item.sha256: item.file for item in stale}
    done = barrier.together(paths, lambda: _judge(campaign, stale, kept))
    if done is not None:
        return done
    passing = [_passing(barrier, campaign, item) for item in stale]
    done = barrier.together(paths, lambda: _judge(campaign, passing, kept))
    return _one_by_one(campaign, passing, kept) if done is None else done


def _too_late(
    barrier: Barrier, campaign: JudgingContext, stale: Sequence[Submission]
) -> dict[str, JobFailure]:
    """Return the files with texts of extraordinary length that do not come to an end in time."""
    from pipeline.judging.texts import trial  # noqa: PLC0415 - seldom

    long = {item.sha256: item for item in stale if trial.length(item) > trial.LONG}
    left: dict[str, JobFailure] = {}
    works: list[ItemWork[str]] = []
    room = trial.TOGETHER
    for key, item in long.items():
        room -= trial.length(item)
        if room < 0:
            left[key] = barrier.note_left(key, item.file)
        else:
            job = partial(
                trial.reading_of_texts, campaign.form.reference, item, campaign.district.roster_agencies
            )
            works.append(ItemWork(key, "", job))
    return left | barrier.in_time(works, {key: item.file for key, item in long.items()})


def _one_by_one(
    campaign: JudgingContext, passing: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge each file alone, after those before it: each is known to come to its end."""
    done: list[Assessment] = []
    for item in passing:
        done += _judge(campaign, [item], [*kept, *done])
    return done


def _passing(barrier: Barrier, campaign: JudgingContext, item: Submission) -> Submission:
    """Return a file as it is if it can be judged alone, else as one that was set aside."""
    tried = barrier.tried(item.sha256, item.file, lambda: _judge(campaign, [item], ()))
    return _aside(barrier, campaign, item, tried) if isinstance(tried, JobFailure) else item


def _aside(barrier: Barrier, campaign: JudgingContext, item: Submission, failure: JobFailure) -> Submission:
    """Return a file as one that was set aside, and remember it so."""
    aside = set_aside(failure.kind)
    readings.keep(barrier.ledger, reader_of(campaign.district), {item.sha256: aside}, campaign.form.places)
    return replace(item, reading=aside, held=True)


def _judge(
    campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge what is new as one batch; ``kept`` are the assessments that stand."""
    from pipeline.judging.rules.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    wait_for_the_rest()
    return judge(
        campaign.form,
        stale,
        rules=campaign.district.rules,
        history=campaign.pasts_of(stale),
        agencies=campaign.district.roster_agencies,
        deadlines={
            agency.code: campaign.district.deadline_of(agency.code)
            for agency in campaign.district.roster_agencies
        },
        waivers=campaign.decided(*ABOUT_RULES),
        calendar=campaign.district.calendar,
        others=[item.report for item in kept if item.report],
    )
