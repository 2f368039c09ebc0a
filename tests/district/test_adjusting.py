"""A district's choices about rules: what they change, and where a wrong one is complained of."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.district.adjusting import adjusted, at_level, form_of
from pipeline.district.folder import load_district
from pipeline.district.rule_settings import Rules
from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, ConfigError, Decision, Number, Severity, Verdict
from pipeline.publishing.template import Stamp, build_workbook
from tests.forms.mutation import shipped
from tests.support.districts import NOON
from tests.support.folders import YEAR, make_district, nianbao, run
from tests.support.submissions import AGENCY, filled, plain_texts, reading_of, submission_of

FORWARD = {
    "requests.new_received.research": 10,
    "requests.granted_in_full.research": 2,
    "requests.carried_forward.research": 8,
}
HEAD = 6
"""Lines of the district.toml that tests write before their own."""


def judged(form: Form, inputs: dict[str, int], waivers: tuple[Decision, ...] = ()) -> Assessment:
    numbers: dict[str, Number] = {cell.key: 0 for cell in form.cells if cell.is_input}
    numbers |= inputs
    [assessment] = judge(form, [filled(form, with_totals(form, numbers))], waivers=waivers)
    return assessment


def found(assessment: Assessment) -> list[tuple[str, Severity]]:
    return [(finding.code, finding.severity) for finding in assessment.findings]


def test_the_form_as_it_is_warns(form: Form) -> None:
    assessment = judged(form, FORWARD)
    assert found(assessment) == [("T3-06", Severity.WARNING)]
    assert assessment.verdict is Verdict.ACCEPTED_WITH_REMARKS


def test_a_severity_is_chosen(form: Form) -> None:
    assessment = judged(adjusted(form, Rules(severity={"T3-06": "error"})), FORWARD)
    assert found(assessment) == [("T3-06", Severity.ERROR)]
    assert assessment.verdict is Verdict.RETURNED


def test_limits_are_chosen_and_said(form: Form) -> None:
    own = adjusted(form, Rules(limits={"T3-06": {"percent": 90}}))
    assert judged(own, FORWARD).findings == ()
    assert "90%" in own.balance("T3-06").rule.condition
    assert "达到 6 件" in own.balance("T3-06").rule.condition
    assert own.live_checks("县区")


def test_a_rule_is_switched_off(form: Form) -> None:
    own = adjusted(form, Rules(off={"T3-06": "本区另行统计"}))
    assert judged(own, FORWARD).findings == ()
    assert own.off == {"T3-06": "本区另行统计"}
    assert "T3-06" not in {check.rule.id for check in own.live_checks("县区")}


def test_a_rule_on_trial_tells_the_coordinator_only_and_changes_no_verdict(form: Form) -> None:
    own = adjusted(form, Rules(trial=("T3-06", "T2-01"), severity={"T3-06": "error"}))
    slipped = FORWARD | {"proactive.regulations.in_force": 1}
    assessment = judged(own, slipped)
    assert found(assessment) == [("T2-01", Severity.INFO), ("T3-06", Severity.INFO)]
    assert all(finding.on_trial for finding in assessment.findings)
    assert assessment.verdict is Verdict.ACCEPTED
    assert not {"T3-06", "T2-01"} & {check.rule.id for check in own.live_checks("县区")}


def test_a_rule_on_trial_or_off_hides_nothing_that_follows_from_it(form: Form) -> None:
    for choice in (Rules(trial=("T3-04",)), Rules(off={"T3-04": "试运行"})):
        assert adjusted(form, choice).balance("T3-05.research").after == ()


def test_basic_requirements_can_be_weighed_only_where_the_form_allows(form: Form) -> None:
    key = "proactive.charges.amount"
    large = {key: 25_000}
    assert found(judged(form, large)) == [("C07", Severity.WARNING)]
    assert judged(adjusted(form, Rules(limits={"C07": {"largest": 30_000}})), large).findings == ()
    assert judged(adjusted(form, Rules(off={"C07": "收费大户"})), large).findings == ()
    assert found(judged(adjusted(form, Rules(trial=("C07",))), large)) == [("C07", Severity.INFO)]


@pytest.mark.parametrize(
    ("lines", "line", "remedy"),
    [
        ('[rules]\ntrial = ["T3-40"]', 2, "是不是想写“T"),
        ('[rules.severity]\n"T3-06" = "info"\n"X9" = "info"', 3, "规则手册"),
        ('[rules.severity]\n"T3-06" = "fatal"', 2, "error、warning 或 info"),
        ('[rules]\nblank_is_zero = true\n[rules.off]\n"T3-06" = ""', 4, "原因"),
        ('[rules.off]\n"T3-03" = "不需要"', 2, "总计"),
        ('[rules.off]\n"C05" = "不需要"', 2, "删去"),
        ('[rules.limits]\n"T2-06" = { factor = 3 }\n"T3-06" = { half = 3 }', 3, "percent、minimum"),
        ('[rules.limits]\n"T3-06" = { percent = 0.5 }', 2, "整数"),
        ('[rules.limits]\n"T3-06" = 5', 2, "名称 = 整数"),
        ("[rules]\nblank = true", 2, "拼写"),
        ('[rules]\nseverity = "info"', 2, "[rules.severity]"),
    ],
)
def test_a_wrong_choice_is_refused_with_its_line_and_a_remedy(
    tmp_path: Path, lines: str, line: int, remedy: str
) -> None:
    folder = make_district(tmp_path / "区", ["甲局"], {}, extra=f"\n{lines}\n")
    with pytest.raises(ConfigError) as caught:
        form_of(load_district(folder))
    assert f"district.toml 第 {HEAD + line} 行" in str(caught.value)
    assert remedy in str(caught.value)


def waiver(rule: str) -> Decision:
    return Decision.waive(AGENCY.code, rule, "机构合并", "王某", NOON)


def test_a_waived_warning_is_kept_with_its_reason(form: Form) -> None:
    assessment = judged(form, FORWARD, (waiver("T3-06"),))
    [finding] = assessment.findings
    assert (finding.waived, finding.severity, finding.is_answered) == ("机构合并", Severity.WARNING, True)
    assert assessment.verdict is Verdict.ACCEPTED_WITH_REMARKS


def test_an_error_is_waived_only_if_its_rule_can_be(form: Form) -> None:
    slipped = {"proactive.regulations.in_force": 1}
    assessment = judged(form, slipped, (waiver("T2-01"),))
    assert [(finding.waived, finding.severity) for finding in assessment.findings] == [("", Severity.ERROR)]
    assert [form.may_waive(rule) for rule in ("T3-04", "T2-01", "T3-06", "C05", "F07", "T3-08", "none")] == [
        *(True, False, True, False, True, False, False)
    ]


def test_another_agencys_waiver_is_not_this_ones(form: Form) -> None:
    other = Decision.waive("009", "T3-06", "机构合并", "王某", NOON)
    [finding] = judged(form, FORWARD, (other,)).findings
    assert not finding.waived


def test_a_night_applies_the_districts_rules(form: Form, tmp_path: Path) -> None:
    """The whole way: a rule on trial and a wrong one, through the command line."""
    values: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    values |= {text.key: "本单位按规定做好各项工作，没有其他情况。" for text in form.texts}
    values |= {"proactive.regulations.in_force": 1, "proactive.charges.amount": 25_000}
    files = {"a.xlsx": build_workbook(form, Stamp(agency="甲局", year=YEAR), values=values)}
    extra = '\n[rules]\ntrial = ["T2-01"]\n[rules.severity]\n"C07" = "error"\n'
    ran = run(make_district(tmp_path / "甲", ["甲局"], files, extra=extra))
    [submission] = ran.record["submissions"]
    severities = {item["code"]: item["severity"] for item in submission["findings"]}
    assert (severities["T2-01"], severities["C07"]) == ("info", "error")
    assert submission["verdict"] == "returned"
    wrong = make_district(tmp_path / "乙", ["甲局"], files, extra='\n[rules]\ntrial = ["T9"]\n')
    done = nianbao("run", wrong)
    assert (done.returncode, "district.toml 第 8 行" in done.stderr) == (2, True)


def texts_found(form: Form, texts: dict[str, str]) -> list[tuple[str, Severity]]:
    numbers = with_totals(form, {cell.key: 0 for cell in form.cells if cell.is_input})
    reading = reading_of(form, numbers, plain_texts(form) | texts)
    [assessment] = judge(form, [submission_of(reading)])
    return found(assessment)


def test_rules_over_texts_are_chosen_like_all_others(form: Form) -> None:
    """A chosen severity is that of everything the rule finds; off and on trial mean the same as for numbers."""
    mobile = {"problems": "联系人手机13857101234。"}
    assert texts_found(form, mobile) == [("N12", Severity.WARNING)]
    assert texts_found(adjusted(form, Rules(severity={"N12": "error"})), mobile) == [("N12", Severity.ERROR)]
    assert texts_found(adjusted(form, Rules(off={"N12": "另有规定"})), mobile) == []
    assert texts_found(adjusted(form, Rules(trial=("N12",))), mobile) == [("N12", Severity.INFO)]
    empty = {"problems": ""}
    assert texts_found(form, empty) == [("N02", Severity.ERROR)]
    assert texts_found(adjusted(form, Rules(severity={"N02": "info"})), empty) == [("N02", Severity.INFO)]


@pytest.mark.parametrize(
    ("level", "amount", "asked"),
    [("县区", "30000", True), ("设区的市", "30000", False), ("设区的市", "3000000", True)],
)
def test_what_a_city_collects_are_whole_districts(
    form: Form, level: str, amount: str, *, asked: bool
) -> None:
    """A district's charges pass what one agency could take in; only figures that no district has are asked about."""
    own = at_level(form, level)
    key = next(cell.key for cell in form.cells if cell.kind == "money" and cell.is_input)
    values = {cell.key: Decimal(0) for cell in form.cells if cell.is_input} | {key: Decimal(amount)}
    content = build_workbook(own, Stamp(agency="样例区", year=2023), values={**values, **plain_texts(own)})
    [done] = judge(own, [submission_of(read(own, content))])
    assert (("C07", "size") in {(item.code, item.variant) for item in done.findings}) == asked


@pytest.mark.parametrize("limits", ["{ smallest = 1 }", "{ largest = 0 }", "7"])
def test_limits_of_a_level_are_those_of_the_rule(limits: str) -> None:
    text = shipped("annual_report_2021").replace("{ largest = 1000000 }", limits)
    with pytest.raises(ConfigError, match=r"第 \d+ 行"):
        parse_form(text, "x.toml")


def test_limits_of_levels_are_a_table() -> None:
    text = shipped("annual_report_2021")
    start = text.index("limits_at = ")
    with pytest.raises(ConfigError, match=r"第 \d+ 行"):
        parse_form(text[:start] + 'limits_at = ""\n' + text[text.index("\n", start) + 1 :], "x.toml")
