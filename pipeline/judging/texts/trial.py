"""A report whose texts are far longer than reports are goes in; a job comes out that reads them in a child, under a clock.

Whatever its texts do there, they do to a child; what comes to its end there costs no more where the whole batch is judged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from pipeline.machine import codec
from pipeline.machine.pool import PoolJob
from pipeline.model import Agency, Submission

LONG = 30_000
"""Characters of all texts together; the longest reports that districts publish have half of that."""
TOGETHER = 3_000_000
"""Characters of such reports that one run looks at; what comes after these waits for a person."""


def length(item: Submission) -> int:
    """Return the number of characters in all texts of a report."""
    return sum(map(len, item.reading.texts.values()))


def reading_of_texts(reference: str, item: Submission, agencies: Sequence[Agency]) -> PoolJob:
    """Make the job that reads the texts of ``item`` by the rules of the form of that reference."""
    bare = replace(item, reading=replace(item.reading, findings=()))
    arguments = json.dumps([reference, codec.dumps(bare), [codec.dumps(agency) for agency in agencies]])
    return PoolJob(f"{__name__}:read_texts", arguments)


def read_texts(arguments: str, _: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Read the texts of a report, in a child: how many findings that gives."""
    from pipeline.forms.loader import load_reference  # noqa: PLC0415 - the parent only makes the jobs
    from pipeline.judging.texts.check import narrative_findings  # noqa: PLC0415
    from pipeline.judging.texts.filed import TextContext, filed  # noqa: PLC0415
    from pipeline.judging.texts.statements import statements_of  # noqa: PLC0415

    reference, submission, agencies = json.loads(arguments)
    form = load_reference(reference)
    report = filed(0, codec.loads(Submission, submission))
    around = TextContext(form, [report], [codec.loads(Agency, agency) for agency in agencies])
    return str(sum(1 for _ in narrative_findings(around)) + len(statements_of(form, report))), ()
