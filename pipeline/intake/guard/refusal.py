"""A file that cannot or must not be opened: the finding that says so, on its way up to ``reading``.

``Refused`` never leaves the intake: ``guard.inspect`` and ``reading.read`` turn it into a value.
"""

from __future__ import annotations

from pipeline.model import Fact, Finding


class Refused(Exception):  # noqa: N818 - not an error of the program: an answer
    """Carries the F01 finding that ends the reading of one file."""

    def __init__(self, variant: str, **facts: Fact) -> None:
        super().__init__(variant)
        self.finding = Finding.found("F01", variant=variant, facts=facts)


def hostile(reason: str) -> Refused:
    """Refuse a file whose structure no spreadsheet program writes; ``reason`` is a short noun phrase."""
    return Refused("hostile", reason=reason)


def not_a_workbook(kind: str) -> Refused:
    """Refuse a file that is something else; of an archive that nobody unpacks here, ``kind`` is the suffix."""
    return Refused("archive" if kind.startswith(".") else "not_a_workbook", kind=kind)
