"""What a clause names for what follows it, and things told in one number: new examples of each kind, drawn."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.loader import load_form
from pipeline.forms.narrative import FigureClaims
from pipeline.judging.texts.filed import ReportTexts, called
from pipeline.judging.texts.stated_figures import said_in
from pipeline.model import Agency

FORM = load_form()
[RULE] = [rule for rule in FORM.narratives if isinstance(rule, FigureClaims)]
HOME = "overview.on_request"
BUREAU = Agency("001", "云麓县财政局", "部门", "县区")
COUNTY = Agency("002", "云麓县人民政府", "政府", "县区")
FILED = ReportTexts(
    number=0, texts={}, numbers={}, places={}, agency=BUREAU, year=2023, names=tuple(called(BUREAU))
)
WHOLE = replace(FILED, agency=COUNTY, names=tuple(called(COUNTY)))

COUNTS = st.integers(2, 900)
RESULTS = {"upheld": "维持", "corrected": "纠正", "other_result": "其他结果", "pending": "尚未审结"}
HEADS = {"rc": ("行政复议方面，", "行政复议情况："), "lit": ("行政诉讼方面，", "行政诉讼情况：")}
JOINABLE = {
    "refused": "不予公开", "not_held": "本机关不掌握", "repeated": "重复申请", "unclear": "补正后仍不明确",
    "overdue": "逾期不补正",
}  # fmt: skip


def _said(text: str, filed: ReportTexts = FILED) -> dict[str, object]:
    return {own.claim.key: own.value for own in said_in(RULE, HOME, text, filed) if own.claim.equals}


@given(st.lists(st.sampled_from(list(RESULTS)), min_size=1, unique=True), st.data())
def test_results_belong_to_what_the_clause_before_names(results: list[str], data: st.DataObject) -> None:
    expected: dict[str, object] = {}
    sides = []
    for side in data.draw(st.permutations(list(HEADS))):
        values = {one: data.draw(COUNTS) for one in results}
        expected |= {f"{side}_{one}": value for one, value in values.items()}
        listed = "、".join(f"{RESULTS[one]}{value}件" for one, value in values.items())
        sides.append(data.draw(st.sampled_from(HEADS[side])) + listed)
    assert _said("；".join(sides) + "。") == expected


@given(
    st.lists(st.sampled_from(list(JOINABLE)), min_size=2, max_size=3, unique=True),
    st.sampled_from("、和或"),
    COUNTS,
)
def test_things_told_in_one_number_are_its_parts_together(keys: list[str], mark: str, value: int) -> None:
    listed = mark.join(JOINABLE[key] for key in keys)
    said = said_in(RULE, HOME, f"收到申请999件，其中{listed}共{value}件。", FILED)
    [own] = [own for own in said if own.value == value]
    cells = {key for claim in RULE.claims if claim.key in keys for key in claim.equals[0].plus}
    assert set(own.claim.equals[0].plus) == cells
    left_open = f"收到申请999件，其中{listed}等共{value}件。"
    assert value not in [own.value for own in said_in(RULE, HOME, left_open, FILED)] or value == 999


@given(COUNTS, COUNTS, COUNTS, st.sampled_from(("全年", "2023年", "全县")))
def test_an_account_goes_on_after_a_part_that_is_not_known(came: int, part: int, went: int, own: str) -> None:
    text = f"全县共收到依申请公开{came}件，其中某镇政府受理{part}件；{own}办结{went}件。"
    assert _said(text, WHOLE) == {"received": came, "answered": went}
    assert _said(text.replace(f"；{own}", "，"), WHOLE) == {"received": came}


@given(COUNTS, st.sampled_from(("全年", "全年共", "2023年共")))
def test_a_bare_number_counts_what_the_clause_before_names_and_nothing_else(value: int, total: str) -> None:
    assert _said(f"依申请公开情况。{total}{value}件。") == {"handled": value}
    assert _said(f"行政复议：{total}{value}件。") == {"reconsideration": value}
    for other in ("信访工作：", "依申请公开培训情况。", "依申请公开工作研讨，", "行政复议工作。"):
        assert _said(f"{other}{total}{value}件。") == {}
