"""Numbers that are not understood, beside figures that agree: a slip among them is found, whatever else they may mean is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judging.texts.aligned import is_slip
from tests.judging.test_paraphrases import _accused, _numbers

ROWS = {
    "granted_in_full": 48, "granted_in_part": 15, "refused_process": 12, "unable_not_held": 27, "unable_unclear": 9,
    "not_processed_complaint": 8, "other_other": 6, "new_received": 123, "carried_over": 11, "carried_forward": 9,
}  # fmt: skip
CELLS = {
    "disputes.reconsideration.upheld": 7, "disputes.reconsideration.pending": 4, "disputes.litigation_direct.upheld": 5,
    "proactive.licences.decisions": 2968, "proactive.penalties.decisions": 174, "proactive.coercive_measures.decisions": 23,
    "proactive.normative_documents.issued": 3, "proactive.normative_documents.repealed": 14,
    "proactive.normative_documents.in_force": 52,
}  # fmt: skip
NUMBERS = _numbers(ROWS, CELLS)


@pytest.mark.parametrize(
    ("told", "right", "slip"),
    [
        ("区内各家单位一年间总共接到老百姓寄来的政府信息公开申请{}件，答复125件，结转下年9件，另有上年结转11件。", 123, 124),
        ("收到政府信息公开申请123件，去年尚未办结的{}件一道办理，答复125件。", 11, 12),
        ("收到政府信息公开申请123件，答复125件，挪到2025年再行办理的{}件。", 9, 8),
        ("政务大厅办理行政许可{}件，查处后作出行政处罚174件，实施行政强制23件。", 2968, 2986),
        ("新出台规范性文件3件，清理后废止{}件，还管用的有效文件52件。", 14, 15),
        ("申请人因对答复怀有不同看法，一共提起{}件政府信息公开行政复议和5件行政诉讼。", 11, 12),
        ("办结申请125件：予以公开48件，部分公开15件，不予公开12件，婉言回绝{}件，仍不明确9件，信访投诉类8件，其他处理6件。", 27, 28),
        ("予以公开48件，部分公开15件，两项合计{}件，占全部政府信息公开申请的一半。", 63, 64),
        ("办结的政府信息公开申请中，本机关不掌握27件，补正后仍不明确9件，两类共{}件，其他都是公开的。", 36, 37),
    ],
)  # fmt: skip
def test_a_slip_beside_figures_that_agree_is_found(told: str, right: int, slip: int) -> None:
    assert not _accused(told.format(right), NUMBERS)
    found = [facts for code, facts in _accused(told.format(slip), NUMBERS) if code == "N04"]
    assert [(facts["claimed"], facts["expected"]) for facts in found] == [(slip, right)]


@pytest.mark.parametrize(
    "told",
    [
        "政务大厅办理行政许可2969件。",  # nothing beside it
        "政务大厅办理行政许可3100件，作出行政处罚174件，实施行政强制23件。",  # no slip
        "收到政府信息公开申请123件，其中邮箱收到124件次，答复125件。",  # told already
        "收到政府信息公开申请123件，答复125件，下属单位转下年10件。",  # somebody else's
        "收到政府信息公开申请123件，答复125件。群众来访咨询后办理行政许可2969件。",  # only the sentence before agrees
        "收到政府信息公开申请123件，答复125件，前年的结余是10件。",  # another year's
        "收到政府信息公开申请123件，予以公开48件、部分公开15件、婉言回绝6件。",  # the rest is not told
        "予以公开48件，部分公开15件，告知补正后重新申请46件。",  # no cell
    ],
)
def test_what_may_mean_something_else_is_left_alone(told: str) -> None:
    assert not _accused(told, NUMBERS)


@pytest.mark.parametrize(
    ("written", "meant", "slips"),
    [
        (12, 11, True), (342, 341, True), (314, 341, True), (3141, 341, True), (34, 341, True), (241, 341, True), (22, 12, True),
        (22, 27, False), (5, 8, False), (1, 11, False), (431, 314, False), (341, 143, False),
    ],
)  # fmt: skip
def test_what_a_slip_is(written: int, meant: int, slips: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_slip(written, meant) is slips


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_slips_go_both_ways(one: int, other: int) -> None:
    assert is_slip(one, other) == is_slip(other, one)


@pytest.mark.parametrize(
    "piece",
    ["政务大厅办理行政许可2969件，", "予以公开48件、婉言回绝28件、补正后仍不明确9件，", "另有12件未办结。"],
)
def test_a_long_account_is_read_in_seconds(piece: str) -> None:
    told = f"收到政府信息公开申请123件，{piece * (100_000 // len(piece))}"
    start = time.process_time()
    _accused(told, NUMBERS)
    assert time.process_time() - start < 6


FOREIGN = st.sampled_from(
    [
        "",
        "热情",
        "通过新设窗口",
        "在各股室配合下",
        "经反复沟通",
        "用心用情地",
        "克服人手不足",
        "由专班",
        "会同律师",
        "逐件上门",
    ]
)


@given(st.lists(FOREIGN, min_size=6, max_size=6))
def test_a_true_account_is_never_accused_whatever_words_are_in_it(words: list[str]) -> None:
    a, b, c, d, e, f = words
    told = (
        f"{a}收到政府信息公开申请123件，{b}办理上年结转11件，{c}答复125件，{d}予以公开48件、{e}部分公开15件、"
        f"{f}不予公开12件，结转下年9件。"
    )
    assert not _accused(told, NUMBERS)
