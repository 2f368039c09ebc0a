"""The inbox, the ledger and the district's settings go in; everything that this run's outputs depend on comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.district.adjusting import form_of
from pipeline.district.folder import LAYOUT_NAME, STYLE_NAME, District
from pipeline.forms.form import Form
from pipeline.intake.guard import isolation as intake
from pipeline.ledger import Ledger, codes, decisions, imports
from pipeline.machine import cache
from pipeline.machine.digest import digest_of, program
from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError
from pipeline.periods import period_before
from pipeline.publishing.word.untouched import is_untouched
from pipeline.run import mailing, published_folder
from pipeline.run.fingerprint import fingerprint
from pipeline.run.inbox import Inbox, look
from pipeline.run.journal import Journal
from pipeline.run.judging_context import JudgingContext
from pipeline.run.opening import Barrier
from pipeline.run.sharing import ALONE, CommonInputs


@dataclass(frozen=True, slots=True)
class RunInputs:
    """Everything that the outputs of a run depend on, gathered before any work; ``digest`` sums it up.

    ``years`` are those before last year that something is known of; ``barrier`` is what the inbox was opened behind.
    """

    campaign: JudgingContext
    inbox: Inbox
    years: Sequence[int]
    layout: bytes
    style: bytes
    digest: str
    barrier: Barrier
    published: Sequence[tuple[str, str]] = ()
    """Path and digest of what lies in the folder of published reports."""


def gather(
    ledger: Ledger, district: District, journal: Journal, barrier: Barrier, shared: CommonInputs = ALONE
) -> RunInputs:
    """Look into the inbox, record what is new there, and gather what this run's outputs depend on."""
    form, last_year, now = form_of(district), period_before(district.year), barrier.now
    barrier.pool.prepare(intake.getting_ready(form.reference))
    inbox = look(ledger, district, now=now, barrier=barrier, division=shared.division)
    journal.line(f"  收件　新文件 {len(inbox.new)} 个，至今共 {len(inbox.envelopes)} 个")
    mailing.note_bounces(inbox.messages, ledger, district.year, now=now)
    pasts = imports.reports_of(ledger, last_year)
    memory = codes.memory(ledger)
    bodies = codes.bodies_of(district, memory)
    years = imports.years_before(ledger, last_year)
    campaign = JudgingContext(
        form,
        district,
        bodies.pasts(pasts, last_year),
        pasts,
        bodies,
        memory,
        decisions.in_force(ledger, district.year, now.date()),
        shared.counted,
    )
    layout, style = _word_layout(district, form), _web_style(district)
    lying = published_folder.lying(district)
    others = (
        *lying,
        *inbox.leftovers,
        *inbox.back,
        *campaign.decisions,
        *pasts.values(),
        *years.items(),
        *shared.beside,
        *shared.counted.items(),
    )
    digest = fingerprint(district, inbox.envelopes, others, [layout, style], now)
    return RunInputs(campaign, inbox, tuple(years), layout, style, digest, barrier, lying)


def _word_layout(district: District, form: Form) -> bytes:
    """Return the Word layout that the district has changed, else the one made from the form as it is now."""
    own = district.layouts / LAYOUT_NAME
    content = read_whole(own) if own.is_file() else None
    if content is not None and not is_untouched(content):
        return content
    name = f"{digest_of((program(), form.id, form.mark, repr(district.rules)))}.layout"
    known = cache.recall(name)
    if known is None:
        from pipeline.publishing.word.word_layout import build_layout  # noqa: PLC0415 - python-docx, only where it is used

        known = build_layout(form)
        cache.keep(name, known)
    return known


def refuse_unusable_layout(district: District, form: Form, layout: bytes) -> None:
    """Refuse a Word layout of the district's own that acts when it is opened, or does not print ``form``. Raises ConfigError.

    Asked by a run that prints: one with nothing new has the layout that was printed with before.
    """
    own = district.layouts / LAYOUT_NAME
    if is_untouched(layout):
        return
    from pipeline.publishing.word.layout_guard import refuse_active  # noqa: PLC0415 - only for a layout of one's own
    from pipeline.publishing.word.report import compile_layout  # noqa: PLC0415

    refuse_active(layout, own)
    try:
        compile_layout(layout, form)
    except ConfigError as error:
        raise ConfigError(
            f"{error}表样改过以后，自己改过样式的版式也要照着改。不用自己的版式的，请把这个文件移走，报告就按表样自带的版式印。",
            file=own,
        ) from None


def _web_style(district: District) -> bytes:
    """Return what the district adds to the style of the web reports; nothing if it adds nothing."""
    own = district.layouts / STYLE_NAME
    return read_whole(own) if own.is_file() else b""
