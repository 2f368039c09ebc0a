"""What the text of a government tells of a part of it alone is compared with no table of the whole."""

from __future__ import annotations

import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.judging.texts.governments import GovernmentWords
from pipeline.judging.texts.stated_figures import figures_rule
from pipeline.model import Agency, Number
from tests.judging.test_narratives import FORM, submission
from tests.support.fills import zeros

GOVERNMENT = Agency("001", "青禾县人民政府", "人民政府", "县区")
OFFICE = Agency("002", "青禾县人民政府办公室", "部门", "县区")
REQUESTS = {
    "requests.new_received.natural_person": 7,
    "requests.granted_in_full.natural_person": 4,
    "requests.unable_not_held.natural_person": 3,
}
DOCUMENTS = {
    "proactive.normative_documents.issued": 33,
    "proactive.normative_documents.repealed": 14,
    "proactive.normative_documents.in_force": 201,
}


def codes(agency: Agency, key: str, text: str, cells: dict[str, Number]) -> list[str]:
    typed = {name: None if FORM.by_key[name].defined_by else value for name, value in zeros(FORM).items()}
    item = submission({key: text}, with_totals(FORM, typed | cells), agency)
    [assessment] = judge(FORM, [item], agencies=(agency,))
    return [finding.code for finding in assessment.findings if finding.key == key]


@pytest.mark.parametrize(
    "text",
    [
        "2023年政府新收政府信息公开申请3件，办理结果为予以公开3件；部门新收政府信息公开申请4件，办理结果为予以公开1件，无法提供3件。",
        "县政府收到申请3件，予以公开3件。部门收到申请4件，其中予以公开1件，无法提供3件。",
        "政府办公室收到申请3件，予以公开3件；乡镇和部门收到申请4件，予以公开1件，无法提供3件。",
    ],
)
def test_accounts_of_a_government_and_of_its_departments_are_apart(text: str) -> None:
    assert not codes(GOVERNMENT, "overview.on_request", text, dict(REQUESTS))


@pytest.mark.parametrize(
    "text",
    [
        "县政府收到政府信息公开申请8件，予以公开4件，无法提供3件。",
        "县政府收到政府信息公开申请8件，其中政府办收到3件，部门收到4件。",
        "全县共收到政府信息公开申请8件，其中县政府收到3件，部门收到4件。",
        "青禾县人民政府收到政府信息公开申请8件。县政府受理政府信息公开申请8件，均已答复。",
    ],
)
def test_what_a_government_tells_of_all_is_compared(text: str) -> None:
    assert "N04" in codes(GOVERNMENT, "overview.on_request", text, dict(REQUESTS))


@pytest.mark.parametrize(
    "text",
    [
        "对以县政府和县政府办公室名义制发的现行有效行政规范性文件进行清理，保留规范性文件52件、废止6件。",
        "以县政府及县政府办公室名义制发行政规范性文件9件。",
        "县政府制发行政规范性文件9件，县政府办制发行政规范性文件5件。",
        "对县政府及县政府办公室印发的行政规范性文件开展清理，废止6件，现行有效52件。",
    ],
)
def test_documents_in_the_name_of_a_government_are_not_those_of_its_departments(text: str) -> None:
    assert not codes(GOVERNMENT, "overview.information_management", text, dict(DOCUMENTS))


def test_documents_of_all_are_compared_and_those_of_the_office_are_its_own() -> None:
    key = "overview.information_management"
    assert codes(GOVERNMENT, key, "全县制发行政规范性文件34件。", dict(DOCUMENTS)) == ["N04"]
    assert codes(GOVERNMENT, key, "县政府制发行政规范性文件34件。", dict(DOCUMENTS)) == ["N04"]
    text = "以县政府及县政府办公室名义制发行政规范性文件34件。"
    assert codes(OFFICE, key, text, dict(DOCUMENTS)) == ["N04"]


def test_a_marked_text_is_as_long_as_before() -> None:
    rule = figures_rule(load_form())
    assert rule
    text = "以县政府名义印发9件。\n县政府收到申请3件；各镇街、各部门收到申请4件。"
    assert len(GovernmentWords(rule).marked(text)) == len(text)
