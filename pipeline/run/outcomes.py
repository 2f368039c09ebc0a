"""A mail and the assessments of its files go in; the one verdict it ends with, and why, comes out.

Every mail has exactly one outcome, so that a coordinator can account for each of them; what presses most decides where
a mail carries several files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model import Assessment, Message, MessageOutcome, Reason, Verdict

_NOTHING: Mapping[str, Reason] = {}
_PRESSING = (Verdict.HELD, Verdict.RETURNED, Verdict.ACCEPTED_WITH_REMARKS, Verdict.ACCEPTED)
_REASONS: Mapping[Verdict, Reason] = {
    Verdict.RETURNED: Reason.FAULTS,
    Verdict.ACCEPTED_WITH_REMARKS: Reason.REMARKS,
    Verdict.ACCEPTED: Reason.COMPLETE,
}
_HELD_BY_SENDER = (
    Reason.FAILED_CHECK,
    Reason.TWO_CLAIMS,
    Reason.SEVERAL_TABLES,
    Reason.UNVERIFIED_SENDER,
    Reason.SECOND_SENDER,
    Reason.FOREIGN_SENDER,
    Reason.UNKNOWN_SENDER,
    Reason.NO_SENDER,
)


def outcomes(
    messages: Sequence[Message], assessments: Sequence[Assessment], aside: Mapping[str, Reason] = _NOTHING
) -> tuple[MessageOutcome, ...]:
    """Settle every mail; a file of a mail that has no assessment is a duplicate, or was set ``aside`` for a reason, by its path."""
    by_file = {item.submission.file: item for item in assessments}
    return tuple(outcome(message, by_file, aside) for message in messages)


def outcome(
    message: Message, by_file: Mapping[str, Assessment], aside: Mapping[str, Reason] = _NOTHING
) -> MessageOutcome:
    """Settle one mail by the assessments of its files, keyed by their paths."""
    if not message.files:
        empty = Reason.OTHER_ATTACHMENTS if message.others else Reason.NO_ATTACHMENT
        return MessageOutcome(message, Verdict.NOT_A_SUBMISSION, message.automatic or empty)
    judged = [by_file[file] for file in message.files if file in by_file]
    if not judged:
        why = [aside.get(file) for file in message.files]
        if set(why) == {Reason.DISMISSED}:
            return MessageOutcome(message, Verdict.NOT_A_SUBMISSION, Reason.DISMISSED)
        late = Reason.OVERTAKEN in why
        return MessageOutcome(message, Verdict.DUPLICATE, Reason.OVERTAKEN if late else Reason.SAME_FILES)
    verdict = min((item.verdict for item in judged), key=_PRESSING.index)
    reason = _REASONS.get(verdict) or _held_because(judged)
    return MessageOutcome(message, verdict, reason)


def _held_because(judged: Sequence[Assessment]) -> Reason:
    variants = {
        finding.variant for item in judged if item.verdict is Verdict.HELD for finding in item.findings
    }
    return next((reason for reason in _HELD_BY_SENDER if reason.value in variants), Reason.UNCLEAR_AGENCY)
