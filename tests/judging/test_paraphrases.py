"""Correct reports, however they are worded, are not accused: figures of other things, and the same account told in a thousand ways."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cn2an import an2cn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.judging.texts.check import narrative_findings
from pipeline.judging.texts.filed import ReportTexts, TextContext, called
from pipeline.judging.texts.tidy import tidy
from pipeline.model import Agency, Number
from tests.support.fills import zeros
from tests.support.sentences import FOLDER

FORM = load_form()
AGENCY = Agency("1", "云溪市临江区水务局", "部门", "县区")
HOME = "overview.on_request"
FIGURE_RULES = ("N04", "N05", "N06")
OTHER_MATTERS = (FOLDER / "other_matters.txt").read_text("utf-8").splitlines()
LEAD = "全年收到政府信息公开申请77件，上年结转4件，答复75件，结转6件。"
ROWS = {
    "granted_in_full": 31, "granted_in_part": 7, "refused_process": 2, "refused_third_party": 1, "unable_not_held": 29,
    "not_processed_complaint": 3, "other_other": 2, "new_received": 77, "carried_over": 4, "carried_forward": 6,
}  # fmt: skip
OTHER_CELLS = {
    "disputes.reconsideration.upheld": 2, "disputes.reconsideration.corrected": 1, "disputes.litigation_direct.upheld": 2,
    "proactive.normative_documents.issued": 1, "proactive.normative_documents.repealed": 1,
    "proactive.normative_documents.in_force": 13, "proactive.licences.decisions": 505,
    "proactive.penalties.decisions": 77, "proactive.coercive_measures.decisions": 3,
}  # fmt: skip


def _numbers(rows: Mapping[str, int], others: Mapping[str, int]) -> Mapping[str, Number | None]:
    typed: dict[str, Number | None] = dict(zeros(FORM))
    typed |= {f"requests.{row}.natural_person": value for row, value in rows.items()} | dict(others)
    return with_totals(
        FORM, {key: None if FORM.by_key[key].defined_by else value for key, value in typed.items()}
    )


def _accused(
    text: str, numbers: Mapping[str, Number | None], key: str = HOME
) -> list[tuple[str, Mapping[str, object]]]:
    item = ReportTexts(0, {key: tidy(text)}, numbers, FORM.places, AGENCY, 2024, names=tuple(called(AGENCY)))
    found = narrative_findings(TextContext(FORM, [item], [AGENCY]))
    return [(own.code, own.facts) for _, own in found if own.code in FIGURE_RULES]


@pytest.mark.parametrize("topic", [HOME, "overview.proactive"])
def test_figures_of_other_matters_are_nobodys(topic: str) -> None:
    """What is counted of the procedure, of other people's cases, of other years and places is no figure of the tables."""
    numbers = _numbers(ROWS, OTHER_CELLS)
    assert len(OTHER_MATTERS) > 150
    accused = [(line, found) for line in OTHER_MATTERS if (found := _accused(line, numbers, topic))]
    assert not accused
    together = [
        (line, found) for line in OTHER_MATTERS if (found := _accused(f"{LEAD}此外，{line}", numbers, topic))
    ]
    assert not together


@pytest.mark.parametrize("joint", ["，其中", "，", "，办理结果为：", "（其中"])
def test_outcomes_may_hold_what_was_carried_over_and_not_told(joint: str) -> None:
    rows = {
        "granted_in_full": 13,
        "granted_in_part": 2,
        "unable_not_held": 8,
        "carried_over": 3,
        "new_received": 20,
    }
    told = f"收到申请20件{joint}予以公开13件，部分公开2件，无法提供8件" + ("）。" if "（" in joint else "。")
    assert not _accused(told, _numbers(rows, {}))
    assert _accused(told.replace("无法提供8", "无法提供9"), _numbers(rows, {}))


COUNTS = st.integers(0, 40)
UNITS = st.sampled_from("件件件宗份")
OUTCOMES = {
    "granted_in_full": ("予以公开", "同意公开", "依法公开"),
    "granted_in_part": ("部分公开", "同意部分公开", "区分处理"),
    "refused_process": ("不予公开",),
    "unable_not_held": ("无法提供", "告知无法提供"),
    "not_processed_complaint": ("不予处理",),
    "other_other": ("其他处理", "作其他处理"),
}
NOTHING = ("没有收到政府信息公开申请", "未收到依申请公开申请", "无政府信息公开申请", "全年依申请公开为零")


@st.composite
def accounts(draw: st.DrawFn) -> tuple[str, Mapping[str, Number | None]]:
    """Draw figures that balance, and an account of them: some or all of it, in any order, written in any way."""
    rows = {row: draw(COUNTS) for row in OUTCOMES}
    rows |= {"carried_over": draw(st.integers(0, 5)), "carried_forward": draw(st.integers(0, 6))}
    done = sum(rows[row] for row in OUTCOMES)
    rows["new_received"] = done + rows["carried_forward"] - rows["carried_over"]
    if rows["new_received"] < 0:
        rows["carried_forward"] -= rows["new_received"]
        rows["new_received"] = 0
    reviews, suits = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    unit = draw(UNITS)

    def told(value: int) -> str:
        style = draw(st.sampled_from(("digits", "digits", "digits", "wide", "chinese")))
        wide = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        written = {"digits": str(value), "wide": wide, "chinese": an2cn(value)}[style]
        return f"{written}{unit}"

    def one_of(*ways: str) -> str:
        return draw(st.sampled_from(ways))

    new, over, forward = rows["new_received"], rows["carried_over"], rows["carried_forward"]
    received = one_of(
        f"收到政府信息公开申请{told(new)}", f"政府信息公开申请共{told(new)}", f"新收{told(new)}政府信息公开申请",
        f"共受理依申请公开{told(new)}", f"收到申请{told(new + over)}（含上年结转{told(over)}）",
    )  # fmt: skip
    if not new and draw(st.booleans()):
        received = one_of(*NOTHING)
    carried = one_of(
        f"上年结转{told(over)}", f"另有上年度结转申请{told(over)}", f"2023年结转本年办理{told(over)}"
    )
    parts = draw(
        st.permutations([f"{one_of(*OUTCOMES[row])}{told(rows[row])}" for row in OUTCOMES if rows[row]])
    )
    answered = one_of(f"办结{told(done)}", f"已答复{told(done)}", f"共作出答复{told(done)}")
    listed = one_of("，其中", "，其中：", "，办理结果为：") + one_of("、", "，").join(parts) if parts else ""
    left = one_of(
        f"结转下年度继续办理{told(forward)}",
        f"{told(forward)}结转至2025年办理",
        f"其余{told(forward)}转入下年度办理",
    )
    disputed = one_of(
        f"因政府信息公开引发行政复议{told(reviews)}、行政诉讼{told(suits)}。",
        f"涉及政府信息公开的行政复议、行政诉讼分别为{told(reviews)}和{told(suits)}。",
        f"被申请政府信息公开行政复议{told(reviews)}，被提起行政诉讼{told(suits)}。",
        "",
    )
    who = one_of("我局", "区水务局", "本机关", "", "今年以来，我局", "2024年，", "全年")
    sentences = draw(
        st.permutations(
            [
                f"{who}{received}，{carried}。",
                f"{who}{answered}{listed}。",
                f"{one_of('截至年底，', '')}{left}。",
                disputed,
            ]
        )
    )
    kept = sentences[: draw(st.integers(1, 4))]
    noise = draw(st.sampled_from(["", "健全依申请公开机制，规范答复文书。", "做好依申请公开工作。"]))
    figures = {"disputes.reconsideration.upheld": reviews, "disputes.litigation_direct.upheld": suits}
    return noise + "".join(kept), _numbers(rows, figures)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(accounts())
def test_a_true_account_is_not_accused_however_it_is_told(
    account: tuple[str, Mapping[str, Number | None]],
) -> None:
    text, numbers = account
    assert not _accused(text, numbers), text
