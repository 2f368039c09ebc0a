"""Wrong figures, as a clerk types or pastes them: with typed totals and under the template's own formulas."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from pipeline.forms.arithmetic import with_totals
from pipeline.model import Number
from tests.support.faults.planting import Numbers, Plant, Planted, Sent, kind, totals

COLUMNS = (
    "natural_person",
    "enterprise",
    "research",
    "public_interest",
    "legal_service",
    "other_organisation",
)
_FILLED_SHARE = 0.7
"""Most slips are in figures that are there; the others put one where there is none."""
SUMS = ("T3-01", "T3-02", "T3-03")
DOCUMENTS = "proactive.normative_documents"


def typed(sent: Sent, key: str, value: Number, code: str = "T3", also: tuple[str, ...] = ()) -> Planted:
    """Plant a figure where every total was typed by hand."""
    return Planted(code, (key,), also, {key: value}, slip=(key, sent.numbers[key]))


def live(sent: Sent, changes: Numbers, code: str = "T3-01", also: tuple[str, ...] = ()) -> Planted:
    """Plant figures where the totals are formulas: they follow."""
    form = sent.form
    open_totals = {
        key: None if key in totals(form) else value for key, value in (sent.numbers | changes).items()
    }
    numbers = {key: value for key, value in with_totals(form, open_totals).items() if value is not None}
    single = len(changes) == 1
    [key, *_] = changes
    return Planted(
        code,
        tuple(changes),
        also,
        numbers,
        computed=totals(form),
        slip=(key, sent.numbers[key]) if single else None,
    )


def _register_slips() -> None:
    rows = {
        "new_received": ("new_received",),
        "carried_over": ("carried_over",),
        "carried_forward": ("carried_forward",),
        "outcome": ("granted_in_full", "granted_in_part", "unable_not_held", "other_other"),
    }
    for name, wanted in rows.items():
        kind(f"slip in {name}, totals typed")(_slip(wanted))
        kind(f"slip in {name}, totals live")(_slip(wanted, is_live=True))
    for name, hand in {
        "swapped": _swap,
        "doubled": _double,
        "dropped": _drop,
        "one digit": _wrong_digit,
    }.items():
        kind(f"digits {name}, totals typed")(_slip((), hand))
        kind(f"digits {name}, totals live")(_slip((), hand, is_live=True))


def _slip(
    rows: tuple[str, ...], hand: Callable[[Sent, int], int | None] | None = None, *, is_live: bool = False
) -> Plant:
    def plant(sent: Sent) -> Planted | None:
        keys = sent.filled(*rows, least=10 if hand else 0)
        sent.rng.shuffle(keys)
        if sent.rng.random() < _FILLED_SHARE:
            keys.sort(key=lambda key: sent.numbers[key] == 0)
        for key in keys:
            value = (hand or _off)(sent, int(sent.numbers[key]))
            if value is not None and value != sent.numbers[key] and _keeps_shares(key, value):
                also = ("T3-04", "T3-05", "N04") if "carried_over" in key else ("N04",)
                return live(sent, {key: value}, also=also) if is_live else typed(sent, key, value, also=also)
        return None

    return plant


def _off(sent: Sent, value: int) -> int:
    """Miscount by a few, one way or the other."""
    step = sent.rng.randint(1, 9)
    return value - step if value >= step and sent.rng.random() < 0.5 else value + step


def _keeps_shares(key: str, value: Number) -> bool:
    return "carried_forward" not in key or value <= 5


def _swap(sent: Sent, value: int) -> int | None:
    text = str(value)
    at = sent.rng.randrange(len(text) - 1)
    return int(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


def _double(sent: Sent, value: int) -> int | None:
    text = str(value)
    at = sent.rng.randrange(len(text))
    return int(text[:at] + text[at] + text[at:]) if len(text) < 8 else None


def _drop(sent: Sent, value: int) -> int | None:
    text = str(value)
    at = sent.rng.randrange(len(text))
    return int(text[:at] + text[at + 1 :])


def _wrong_digit(sent: Sent, value: int) -> int | None:
    text = str(value)
    at = sent.rng.randrange(len(text))
    return int(text[:at] + str((int(text[at]) + sent.rng.randint(1, 8)) % 10) + text[at + 1 :])


_register_slips()


@kind("row total typed over its formula")
def _row_total(sent: Sent) -> Planted:
    row = sent.rng.choice(("new_received", "granted_in_full", "unable_not_held"))
    return _over_formula(sent, f"requests.{row}.total", ("T3-03",))


@kind("column total typed over its formula")
def _column_total(sent: Sent) -> Planted:
    return _over_formula(sent, f"requests.outcomes_total.{sent.rng.choice(COLUMNS)}", ("T3-02",))


@kind("group total typed over its formula")
def _group_total(sent: Sent) -> Planted:
    return _over_formula(sent, "disputes.litigation_direct.total", ("T4-01",))


def _over_formula(sent: Sent, key: str, codes: tuple[str, ...]) -> Planted:
    value = sent.numbers[key] + sent.rng.randint(1, 30)
    form = sent.form
    open_totals = {
        own: None if own in totals(form) and own != key else number
        for own, number in (sent.numbers | {key: value}).items()
    }
    numbers = {own: number for own, number in with_totals(form, open_totals).items() if number is not None}
    return Planted(
        codes[0], (key,), ("N04",), numbers, computed=totals(form) - {key}, slip=(key, sent.numbers[key])
    )


@kind("every total typed, one of them wrong")
def _grand_total(sent: Sent) -> Planted:
    key = "requests.outcomes_total.total"
    return typed(sent, key, sent.numbers[key] + sent.rng.randint(1, 99), also=("N04",))


@kind("one figure of a group of cases wrong, totals typed")
def _case(sent: Sent) -> Planted:
    group = sent.rng.choice(("reconsideration", "litigation_after_reconsideration"))
    key = f"disputes.{group}.{sent.rng.choice(('upheld', 'corrected', 'other_result', 'pending', 'total'))}"
    return typed(sent, key, sent.numbers[key] + sent.rng.randint(1, 4), "T4-01", ("N04",))


def _register_exchanges() -> None:
    for name, is_live in {"typed": False, "live": True}.items():
        kind(f"neighbours exchanged, totals {name}")(_exchange(is_live=is_live, empty=False))
        kind(f"figure in the next column, totals {name}")(_exchange(is_live=is_live, empty=True))


def _exchange(*, is_live: bool, empty: bool) -> Plant:
    def plant(sent: Sent) -> Planted | None:
        for one in sent.filled("new_received", "granted_in_full", "granted_in_part"):
            row, column = one.split(".")[1:]
            if column == COLUMNS[-1]:
                continue
            other = f"requests.{row}.{COLUMNS[COLUMNS.index(column) + 1]}"
            left, right = sent.numbers[one], sent.numbers[other]
            if left != right and (right == 0) is empty:
                changes = {one: right, other: left}
                if is_live:
                    return live(sent, changes)
                return Planted("T3", tuple(changes), (), changes)
        return None

    return plant


_register_exchanges()


@kind("two rows exchanged")
def _rows(sent: Sent) -> Planted | None:
    one, other = "carried_over", "granted_in_full"
    changes: Numbers = {}
    for column in COLUMNS:
        left, right = f"requests.{one}.{column}", f"requests.{other}.{column}"
        changes |= {left: sent.numbers[right], right: sent.numbers[left]}
    changes = {key: value for key, value in changes.items() if value != sent.numbers[key]}
    return live(sent, changes, also=("T3-04", "T3-05", "N04")) if changes else None


@kind("outcomes pasted one row too low")
def _low(sent: Sent) -> Planted | None:
    form, changes = sent.form, dict[str, Number]()
    for column in COLUMNS:
        lane = [cell.key for cell in form.cells if cell.table == "requests" and cell.column.key == column]
        start, stop = (
            lane.index(f"requests.granted_in_full.{column}"),
            lane.index(f"requests.outcomes_total.{column}"),
        )
        changes[lane[start]] = 0
        changes |= {
            below: sent.numbers[key] for key, below in zip(lane[start:stop], lane[start + 1 :], strict=False)
        }
    typed_over = {f"requests.outcomes_total.{column}" for column in COLUMNS}
    open_totals = {
        key: None if key in totals(form) - typed_over else value
        for key, value in (sent.numbers | changes).items()
    }
    numbers = {key: value for key, value in with_totals(form, open_totals).items() if value is not None}
    if numbers == sent.numbers:
        return None
    return Planted("T3", tuple(changes), ("N04",), numbers, computed=totals(form) - typed_over)


@kind("a row pasted one column too far right")
def _right(sent: Sent) -> Planted | None:
    for row in ("granted_in_full", "new_received", "granted_in_part"):
        keys = [f"requests.{row}.{column}" for column in COLUMNS]
        values = [sent.numbers[key] for key in keys]
        if values[-1] == 0 and any(values[:-1]):
            moved = dict(zip(keys, [0, *values[:-1]], strict=True))
            return live(sent, {key: value for key, value in moved.items() if value != sent.numbers[key]})
    return None


@kind("two slips in one report")
def _two(sent: Sent) -> Planted:
    keys = ("requests.granted_in_full.enterprise", "requests.carried_forward.research")
    changes = {key: sent.numbers[key] + step for key, step in zip(keys, (3, 1), strict=True)}
    return Planted("T3", keys, ("T3-06", "N04"), changes)


@kind("an outcome entered twice")
def _twice(sent: Sent) -> Planted | None:
    for key in sent.filled("granted_in_full"):
        other = key.replace("granted_in_full", "granted_in_part")
        return live(sent, {other: sent.numbers[other] + sent.numbers[key]})
    return None


@kind("an outcome forgotten")
def _forgotten(sent: Sent) -> Planted | None:
    keys = sent.filled("granted_in_full", "granted_in_part", "unable_not_held")
    return live(sent, {sent.rng.choice(keys): 0}, also=("N04",)) if keys else None


@kind("a subtotal entered as an outcome")
def _subtotal(sent: Sent) -> Planted | None:
    column = sent.rng.choice(COLUMNS)
    total = sent.numbers[f"requests.outcomes_total.{column}"]
    key = f"requests.other_other.{column}"
    return live(sent, {key: sent.numbers[key] + total}, also=("N04",)) if total else None


def _regulations(item: str) -> Plant:
    key = f"proactive.regulations.{item}"
    return lambda sent: Planted("T2-01", (key,), ("T2-02", "T2-03", "T2-04"), {key: sent.rng.randint(1, 5)})


for _item in ("issued", "repealed", "in_force"):
    kind(f"regulations claimed: {_item}")(_regulations(_item))


@kind("more documents issued than are in force or repealed")
def _issued(sent: Sent) -> Planted:
    bound = sent.numbers[f"{DOCUMENTS}.in_force"] + sent.numbers[f"{DOCUMENTS}.repealed"]
    key = f"{DOCUMENTS}.issued"
    return Planted("T2-03", (key,), ("T2-02", "N04"), {key: bound + sent.rng.randint(1, 9)})


@kind("negative count")
def _negative(sent: Sent) -> Planted | None:
    keys = sent.filled("granted_in_full", "granted_in_part")
    if not keys:
        return None
    key = sent.rng.choice(keys)
    return live(sent, {key: -sent.numbers[key]}, "C05", SUMS)


@kind("negative amount")
def _negative_amount(_sent: Sent) -> Planted:
    key = "proactive.charges.amount"
    return Planted("C05", (key,), ("T2-06",), {key: Decimal("-0.5")})


@kind("a count with a fraction")
def _fraction(sent: Sent) -> Planted | None:
    keys = sent.filled("granted_in_full", "unable_not_held")
    if not keys:
        return None
    key = sent.rng.choice(keys)
    return live(sent, {key: sent.numbers[key] + Decimal("0.5")}, "C06", SUMS)


@kind("an amount with seven decimals")
def _decimals(_sent: Sent) -> Planted:
    key = "proactive.charges.amount"
    return Planted("C07", (key,), ("T2-06",), {key: Decimal("12.3456789")}, past={key: Decimal("12.3")})


@kind("yuan for ten thousand yuan")
def _yuan(_sent: Sent) -> Planted:
    key = "proactive.charges.amount"
    return Planted("C07", (key,), ("T2-06",), {key: Decimal(251000)})


@kind("more than half carried forward")
def _share(sent: Sent) -> Planted | None:
    forward = max(6, int(sent.numbers["requests.new_received.total"])) + 3
    row = {f"requests.carried_forward.{column}": 0 for column in COLUMNS} | {
        "requests.carried_forward.natural_person": forward
    }
    outcome = {
        cell.key: 0
        for cell in sent.form.cells
        if cell.is_input
        and cell.table == "requests"
        and cell.row.key not in {"new_received", "carried_over", "carried_forward"}
    }
    new = {f"requests.new_received.{column}": 0 for column in COLUMNS} | {
        "requests.new_received.natural_person": forward
    }
    over = {f"requests.carried_over.{column}": 0 for column in COLUMNS}
    return live(sent, {**outcome, **row, **new, **over}, "T3-06", ("T3-04", "T3-05", "N04"))


@kind("state secrets, for the coordinator only")
def _secret(sent: Sent) -> Planted:
    key, new = "requests.refused_state_secret.enterprise", "requests.new_received.enterprise"
    changes = {key: sent.numbers[key] + 1, new: sent.numbers[new] + 1}
    return live(sent, changes, "T3-08", ("N04",))
