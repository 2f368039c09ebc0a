"""Every file of the campaign, its reading and what is known of it go in; which are to be judged, and as whose, comes out.

Whose a file is was decided when it came, by the roster of that day, and stays so (``bindings``); what is held may be
released by the roster of today or by a person. What only repeats another file is set aside, and so is what was cleared
up too late: its agency has reported anew since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.district.folder import District
from pipeline.intake.identify import binding
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.bindings import Binding
from pipeline.model import Agency, Message, Reading
from pipeline.run.sorting.coming_back import come_back
from pipeline.run.sorting.copies import instead_of_a_report, without_copies, words_of_copies
from pipeline.run.sorting.in_order import in_a_certain_order
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals
from pipeline.run.sorting.of_one_mail import one_of_each_mail
from pipeline.run.sorting.one_body import of_one_body
from pipeline.run.sorting.overtaken import is_overtaken
from pipeline.run.sorting.owners import identified_of
from pipeline.run.sorting.preferring import Preferred
from pipeline.run.sorting.unread import unread_beside


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
    former: Mapping[int, Agency] = field(default_factory=dict)
    """Of the ``copies``, by their numbers, whose they are that were sent again, as they were, where this period's report was due."""


def sort_out(
    district: District,
    known: Sequence[Arrival],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
) -> SortedArrivals:
    """Sort the files ``known`` out. ``readings`` are by SHA-256."""
    bound = identified_of(district, known, readings, memory)
    chosen = Preferred()
    identified = one_of_each_mail(bound, readings, messages, memory, chosen)
    identified = in_a_certain_order(identified, readings, messages, memory, chosen)
    passed_over = chosen.passed_over
    identified = of_one_body(identified, readings, memory)
    unread = unread_beside(identified, readings, messages)
    passed_over |= unread
    kept, copies = without_copies(identified)
    in_their_place = {item.id for item, who in kept if not who.held}.difference(passed_over, chosen.before)
    judged = {number: own for number, own in memory.earlier.items() if number in in_their_place}
    late = {item.id for item, who in kept if is_overtaken(item, who, memory, judged)} | passed_over
    staying = [(item, who) for item, who in kept if item.id not in late]
    repeating = {item.id for item in copies}
    words = words_of_copies(
        staying, [(item, who) for item, who in identified if item.id in repeating], messages, passed_over
    )
    staying, returns = come_back(staying, identified, words, memory)
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
        instead_of_a_report(identified, district.year),
    )
