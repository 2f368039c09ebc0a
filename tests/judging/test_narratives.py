"""Rules over texts, one by one: where each fires, where it is silent, where it cannot say."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import pipeline.forms
from pipeline.forms.loader import load_form, parse_form
from pipeline.judging.rules.judge import judge
from pipeline.judging.texts.check import narrative_findings
from pipeline.judging.texts.filed import Other, TextContext, called, filed
from pipeline.model import Agency, ConfigError, Finding, Number, PastReport, Submission
from pipeline.wording.messages import notices
from tests.support.fills import consistent_numbers
from tests.support.real_report import load_real_report
from tests.support.submissions import AGENCY, plain_texts, reading_of, submission_of

FORM = load_form()
TOML = (Path(pipeline.forms.__file__).parent / "annual_report_2021.toml").read_text("utf-8")
NUMBERS = consistent_numbers(FORM, random.Random(1))


def submission(
    texts: Mapping[str, str],
    numbers: Mapping[str, Number | None] | None = None,
    agency: Agency = AGENCY,
    number: int = 1,
) -> Submission:
    item = submission_of(reading_of(FORM, numbers or NUMBERS, plain_texts(FORM) | dict(texts)), number=number)
    return replace(item, agency=agency)


def found(*items: Submission, agencies: tuple[Agency, ...] = (AGENCY,)) -> list[list[tuple[str, str]]]:
    """Return (code, variant) of what each submission's texts yield."""
    return [
        [(finding.code, finding.variant) for finding in assessment.findings]
        for assessment in judge(FORM, items, agencies=agencies)
    ]


def findings(
    texts: Mapping[str, str], numbers: Mapping[str, Number | None] | None = None
) -> tuple[Finding, ...]:
    [assessment] = judge(FORM, [submission(texts, numbers)], agencies=(AGENCY,))
    return assessment.findings


def test_the_real_report_is_not_touched() -> None:
    real = load_real_report()
    item = submission_of(reading_of(FORM, real.numbers, real.texts))
    agency = Agency("003", real.agency, "部门", "县区", ("区经科局",))
    office = Agency("001", "杭州市临平区人民政府办公室", "部门", "县区", ("区政府办公室",))
    assert found(replace(item, agency=agency), agencies=(office, agency)) == [[]]


def test_a_number_that_differs_is_cited_marked_at_its_text() -> None:
    text = "2023年，我局共收到政府信息公开申请123456件。"
    [finding] = findings({"overview.on_request": text})
    assert (finding.code, finding.variant, finding.key) == ("N04", "differs", "overview.on_request")
    assert finding.place == FORM.places["overview.on_request"]
    assert finding.keys[1:] == ("requests.new_received.total",)
    assert finding.facts["claimed"] == 123456
    assert finding.facts["expected"] == NUMBERS["requests.new_received.total"]
    assert finding.facts["sentence"] == "2023年，我局共收到政府信息公开申请【123456】件"


@pytest.mark.parametrize(
    ("key", "text", "marked"),
    [
        ("preface", "本报告依据国办公开办函〔2019〕60号编制。", "本报告依据【国办公开办函〔2019〕60号】编制"),
        ("overview.platform", "信息在政府网站（网址：）公开。", "信息在政府网站【（网址：）】公开"),
        ("overview.proactive", "全年发布信息××条。", "全年发布信息【××】条"),
        (
            "overview.supervision",
            "联系人手机13800138000，备用139-1234-5678。",
            "联系人手机【138***…8000】，备用139***…5678",
        ),
        (
            "overview.on_request",
            "收到申请26件，申请人撤回1件，其余29件均按期答复。",
            "收到申请26件，申请人撤回1件，其余【29】件均按期答复",
        ),
    ],
)
def test_what_a_text_should_not_say_is_shown_in_its_sentence(key: str, text: str, marked: str) -> None:
    said = [notice.message for notice in notices(FORM, findings({key: text}))]
    assert [one for one in said if f"：“{marked}”" in one], said


def test_a_rule_of_a_known_kind_needs_no_code() -> None:
    """A form may say N99 tomorrow: it fires, and is worded."""
    added = """
[[narrative]]
id = "N99"
kind = "forbidden"
severity = "warning"
title = "不用口语"
source = "办公室"
patterns = ["搞定"]
remedy = "请改用书面语"

"""
    marker = '[[table]]\nkey = "proactive"'
    form = parse_form(TOML.replace(marker, added + marker, 1), "form.toml")
    texts = plain_texts(form) | {"problems": "公开目录已经搞定。"}
    [assessment] = judge(form, [submission_of(reading_of(form, NUMBERS, texts))])
    [finding] = assessment.findings
    assert (finding.code, finding.key) == ("N99", "problems")
    assert finding.facts["sentence"] == "公开目录已经【搞定】"
    assert "不用口语" in notices(form, assessment.findings)[0].message


@pytest.mark.parametrize(
    ("old", "new", "token"),
    [
        ('kind = "period"', 'kind = "periods"', 'kind = "period"'),
        ('missing = "warning"', 'missing = "warn"', 'missing = "warning"'),
        ('texts = ["preface"]', 'texts = ["prefaces"]', 'texts = ["preface"]'),
        ('id = "N11"', 'id = "N10"', 'id = "N11"'),
        ("[×✕╳]{2,}'", "[×✕╳{2,}'", "[×✕╳]{2,}'"),
        ("no = ['零", "no = ['零(", "no = ['零"),
        ("next_year = ['<next>度?", "next_year = ['<nekst>度?", "next_year = ['<next>度?"),
        ('says = ["carry", "carry request"', 'says = ["carrry", "carry request"', 'says = ["carry", "carry request"'),
        ('issue = ["制发", ', 'issue = ["制定", ', 'draw = ["制定", '),
        ('equals = ["disputes.reconsideration.total"]', 'equals = ["disputes.review.total"]', 'equals = ["disputes.reconsideration.total"]'),
        ("last = [12, 31]", "lats = [12, 31]", "last = [12, 31]"),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_refused_with_its_line(old: str, new: str, token: str) -> None:
    start = TOML.index("[[narrative]]")
    line = TOML[: TOML.index(token, start)].count("\n") + 1
    with pytest.raises(ConfigError, match=rf"form\.toml 第 {line} 行"):
        parse_form(TOML[:start] + TOML[start:].replace(old, new, 1), "form.toml")


@pytest.mark.parametrize(
    ("name", "aliases", "also"),
    [
        ("杭州市临平区财政局", ("区财政局",), {"杭州市临平区财政局", "临平区财政局", "区财政局", "财政局"}),
        ("杭州市临平区人民政府东湖街道办事处", (), {"东湖街道办事处", "东湖街道", "临平区人民政府东湖街道"}),
        ("杭州市临平区塘栖镇人民政府", (), {"塘栖镇人民政府", "塘栖镇"}),
        (
            "杭州市临平区发展和改革局（区粮食和物资储备局）",
            (),
            {"杭州市临平区发展和改革局", "临平区发展和改革局"},
        ),
        ("甲局", (), set()),
    ],
)
def test_what_an_agency_calls_itself(name: str, aliases: tuple[str, ...], also: set[str]) -> None:
    found = called(Agency("1", name, "", "县区", aliases))
    assert also <= set(found)
    assert found == sorted(found, key=len, reverse=True)
    assert not {"局", "人民政府", "办事处"} & set(found)


def test_what_a_report_gives_as_short_for_its_agency_is_its_name() -> None:
    agency = Agency("1", "杭州市临平区行政审批服务管理办公室", "", "县区")
    texts = {
        "preface": "临平区行政审批服务管理办公室（以下简称“区审管办”）根据条例（以下简称《条例》）编制本报告。",
        "overview.on_request": "2023年度，区审管办收到依申请公开政府信息123456件。",
    }
    item = submission(texts, agency=agency)
    assert "区审管办" in filed(1, item).names
    assert "《条例》" not in filed(1, item).names
    assert found(item, agencies=(agency,)) == [[("N04", "differs")]]


CASES = sorted(Path(__file__).with_name("narrative_cases").glob("N*.toml"))


def _cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}-{number}-{case['why'][:30]}")
        for path in CASES
        for number, case in enumerate(tomllib.loads(path.read_text("utf-8"))["case"])
    ]


def _own(case: dict[str, Any]) -> Submission:
    """Make the submission of a case."""
    numbers: dict[str, Number | None] = {**NUMBERS, **case.get("numbers", {})}
    numbers |= dict.fromkeys(case.get("blank", ()))
    texts = {key: text.replace(case.get("without", "\0"), "") for key, text in plain_texts(FORM).items()}
    reading = reading_of(FORM, numbers, texts | case.get("texts", {}))
    places = {key: place for key, place in reading.places.items() if key not in case.get("unplaced", ())}
    item = submission_of(replace(reading, places=places), number=5)
    year = None if case.get("no_year") else item.year
    return replace(item, agency=_agency(case.get("agency", {})), year=year, held=case.get("held", False))


def _agency(given: dict[str, Any]) -> Agency:
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return replace(AGENCY, **named)


def _others(case: dict[str, Any], when: str) -> list[Submission]:
    """Make the submissions of others that came before or after."""
    first = {"before": 1, "after": 6}[when]
    return [
        submission(
            item["texts"], agency=replace(AGENCY, code=f"{when}{number}", name=item["agency"]), number=number
        )
        for number, item in enumerate(case.get(when, ()), first)
    ]


@pytest.mark.parametrize(("code", "case"), _cases())
def test_a_case_of_a_rule(code: str, case: dict[str, Any]) -> None:
    """The rule fires alone, or nothing does."""
    own = _own(case)
    assert own.agency
    roster = (own.agency, *(replace(_agency(other), emails=()) for other in case.get("roster", ())))
    past = (
        PastReport(own.agency.code, 2022, case.get("last_numbers", {}), case.get("last_year", {}))
        if {"last_year", "last_numbers"} & case.keys()
        else None
    )
    others = [Other(item["agency"], item["agency"], item["texts"]) for item in case.get("accepted", ())]
    batch = [*_others(case, "before"), own, *_others(case, "after")]
    reports = [filed(number, item, past if item is own else None) for number, item in enumerate(batch)]
    around = TextContext(FORM, reports, roster, others)
    got = [finding for number, finding in narrative_findings(around) if batch[number] is own]
    expected = [(code, *item) for item in case.get("fires", ())]
    assert [(item.code, item.variant, item.severity.value, item.key) for item in got] == expected
    for item in got:
        assert item.place == FORM.places[str(item.key)]
        assert case.get("facts", {}).items() <= item.facts.items()


def test_every_rule_over_texts_has_cases_of_each_sort() -> None:
    """It fires alone, it is silent, it is not assessed."""
    by_code = {path.stem: tomllib.loads(path.read_text("utf-8"))["case"] for path in CASES}
    assert set(by_code) == {rule.id for rule in FORM.narratives}
    for code, cases in by_code.items():
        assert {case["sort"] for case in cases} == {"fires", "silent", "not_assessed"}, code
        assert all(bool(case.get("fires")) == (case["sort"] == "fires") for case in cases), code


def test_texts_are_held_against_the_year_that_is_asked_for() -> None:
    """A clerk who mistook the year of the report, not that of the texts, is told of the year alone."""
    item = replace(submission({}), year=2022)
    told = {
        asked: {code for code, _ in found(replace(item, asked=asked))[0] if code in {"N01", "N07"}}
        for asked in (None, 2023)
    }
    assert told == {None: {"N01"}, 2023: set()}
