"""Files go in; those that could not be read and lie beside a report of their agency come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model import Message, Reading
from pipeline.run.sorting.archives import archive_of
from pipeline.run.sorting.known_arrivals import Identified, is_filled


def unread_beside(
    identified: Sequence[Identified], readings: Mapping[str, Reading], messages: Sequence[Message]
) -> set[int]:
    """Return the numbers of files that could not be read and came with a report of their agency, in one mail or one archive.

    They are no sending of their own: what the agency has to say is in the report.
    """
    mails = {path: message.path for message in messages for path in message.files}
    together: dict[tuple[str, str], list[int]] = {}
    for number, (item, who) in enumerate(identified):
        path = item.envelope.path
        whole = mails.get(path) or archive_of([path.rpartition("/")[0]])
        if whole and who.agency and not item.repeats:
            together.setdefault((whole, who.agency.code), []).append(number)
    found: set[int] = set()
    for numbers in together.values():
        read = [readings[identified[number][0].envelope.sha256] for number in numbers]
        if any(map(is_filled, read)):
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
