"""Figures that do not follow from last year's, and texts taken over from it."""

from __future__ import annotations

from tests.support.faults.figures import DOCUMENTS, live
from tests.support.faults.planting import Planted, Sent, kind


@kind("documents in force do not follow from last year")
def _in_force(sent: Sent) -> Planted:
    key = f"{DOCUMENTS}.in_force"
    return Planted("T2-02", (key,), (), past={key: (sent.past.numbers[key] or 0) + 4})


@kind("more documents repealed than there were")
def _repealed(sent: Sent) -> Planted:
    key = f"{DOCUMENTS}.repealed"
    bound = (sent.past.numbers[f"{DOCUMENTS}.in_force"] or 0) + sent.numbers[f"{DOCUMENTS}.issued"]
    return Planted("T2-04", (key,), ("T2-02",), {key: bound + sent.rng.randint(1, 5)})


@kind("five times last year")
def _more(_sent: Sent) -> Planted:
    key = "proactive.licences.decisions"
    return Planted("T2-06", (key,), (), {key: 30 * 5 + 1}, past={key: 30})


@kind("less than a fifth of last year")
def _less(_sent: Sent) -> Planted:
    key = "proactive.penalties.decisions"
    return Planted("T2-06", (key,), (), {key: 9}, past={key: 50})


@kind("carried over is not last year's carried forward")
def _carried(sent: Sent) -> Planted:
    past = {
        f"requests.carried_forward.{name}": 2 + sent.numbers[f"requests.carried_over.{name}"]
        for name in ("enterprise", "total")
    }
    return Planted("T3-04", ("requests.carried_over.total",), ("T3-05",), past=past)


@kind("carried over in another column than last year")
def _column(sent: Sent) -> Planted | None:
    for key in sent.filled("carried_over"):
        one, other = key.split(".")[2], "research"
        if one != other:
            past = {
                f"requests.carried_forward.{one}": sent.numbers[key] - 1,
                f"requests.carried_forward.{other}": sent.numbers[f"requests.carried_over.{other}"] + 1,
            }
            return Planted("T3-05", (key,), (), past=past)
    return None


@kind("carried over typed wrong, last year known")
def _typed(sent: Sent) -> Planted:
    key = "requests.carried_over.natural_person"
    return live(sent, {key: sent.numbers[key] + sent.rng.randint(1, 9)}, "T3-04", ("T3-05", "T3-01", "N04"))


@kind("cases of last year have vanished")
def _vanished(sent: Sent) -> Planted:
    groups = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    now = sum(sent.numbers[f"disputes.{group}.total"] for group in groups)
    return Planted("T4-04", (), (), past={"disputes.reconsideration.pending": now + 2})


@kind("texts taken over from last year")
def _texts(sent: Sent) -> Planted:
    key = "overview.platform"
    return Planted("N08", (key,), (), past_texts={key: sent.texts[key]})
