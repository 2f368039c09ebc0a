"""What the run of one form has in common with those of the other forms of its district; nothing where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.district.mergers import Pasts
from pipeline.model import OtherCampaign
from pipeline.run.inbox_dividing import Division

if TYPE_CHECKING:
    from pipeline.mail.imap import FetchReport


@dataclass(frozen=True, slots=True)
class CommonInputs:
    """The division of the inbox, what was fetched into it for all, and where the other campaigns stand."""

    division: Division | None = None
    fetched: FetchReport | None = None
    has_fetched: bool = False
    """Whether the mailbox has been looked into already, for all."""
    beside: Sequence[OtherCampaign] = ()
    counted: Mapping[str, Pasts] = field(default_factory=dict)
    """By form: what the accepted reports of each body come to there."""


ALONE = CommonInputs()
"""A district with one form."""
