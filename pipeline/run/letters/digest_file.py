"""Where everything stands goes in; the coordinator's morning text comes out as a file, where no mailbox takes the letter."""

from __future__ import annotations

from datetime import timedelta

from pipeline.district.workdays import spoken_date
from pipeline.letter import Intention, LetterKey, LetterKind, Lying, Occasion
from pipeline.letters.plan import morning
from pipeline.letters.plan.planning_state import CampaignState
from pipeline.machine.durable import read_whole, remove
from pipeline.publishing.files import write_if_changed
from pipeline.run.letters.writing import LetterContext

MORNING_NAME = "每日情况.txt"


def lay_out_morning(context: LetterContext, state: CampaignState, waiting: Lying, *, is_news: bool) -> None:
    """Write the text for the next workday on which the office reads; a mailbox that takes it makes the file needless.

    Raises OSError, ConfigError for a text of the district's own that cannot be filled in.
    """
    path = context.target / MORNING_NAME
    if context.district.people.email:
        remove(path)
        return
    day = state.reading_day
    while not context.district.calendar.is_workday(day):
        day += timedelta(days=1)
    is_there = path.is_file() and spoken_date(day).encode() in read_whole(path)
    if is_there and not is_news:  # as bytes: somebody may have saved it in another encoding
        return
    from pipeline.letters.text import Sources, Texts, values_of  # noqa: PLC0415 - Jinja2, only where a text is written

    intention = Intention(
        LetterKey(Occasion.DIGEST, (str(day),)), LetterKind.DIGEST, (), morning(state, day, waiting)
    )
    values = values_of(intention, Sources(context.form, context.district, context.now), ())
    text = Texts(context.district.layouts).render(LetterKind.DIGEST, values)
    whole = f"{text.subject}\n\n{text.body}"
    write_if_changed(path, whole.replace("\n", "\r\n").encode("utf-8-sig"))
