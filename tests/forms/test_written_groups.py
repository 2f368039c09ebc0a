"""A row and a column are added by TOML alone: whatever speaks of their groups counts them, and what names cells by hand is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms import library
from pipeline.forms.arithmetic import with_totals
from pipeline.forms.drafts import filled
from pipeline.forms.faults import remarks_of
from pipeline.forms.form import Form
from pipeline.forms.library import WrittenForm, in_file
from pipeline.forms.loader import parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Number
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import approved
from tests.support.folders import nianbao
from tests.support.submissions import plain_texts, submission_of

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
HEAD = 'id = "own"\nextends = "annual_report_2021"\nedition = "2"\n'
COLUMN = '{ key = "media", label = ["申请人情况", "法人或其他组织", "新闻媒体"], kind = "count", groups = ["applicant", "organisation"], before = "other_organisation" }'
ROW = '{ key = "declined_new", label = ["三、本年度办理结果", "（三）不予公开", "9.新情形"], groups = ["outcome", "refused"], before = "unable_not_held" }'
ADDED = f'{HEAD}[[table]]\nkey = "requests"\ncolumns = [{COLUMN}]\nrows = [{ROW}]\n'
NUMBERS: dict[str, Number] = {
    "requests.new_received.natural_person": 3,
    "requests.new_received.media": 4,
    "requests.granted_in_full.natural_person": 2,
    "requests.refused_query.natural_person": 1,
    "requests.declined_new.media": 4,
}
SAID = (
    "2023年新收政府信息公开申请7件，其中自然人申请3件，法人或其他组织申请{legal}件。"
    "办理结果中，予以公开2件，不予公开{refused}件。"
)


@pytest.fixture(scope="module")
def wider() -> Form:
    return parse_form(ADDED, "own.toml")


def told(form: Form, said: str) -> set[tuple[str, object]]:
    """Code and number of all that is found in a report of ``NUMBERS`` that says ``said``."""
    values: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    values |= {**NUMBERS, **plain_texts(form), **approved(form), "overview.on_request": said}
    stamp = Stamp(agency_code="001", agency="甲局", year=2023)
    found = read(form, build_workbook(form, stamp, values=values))
    [assessment] = judge(form, [submission_of(found)])
    return {(finding.code, finding.facts.get("claimed")) for finding in assessment.findings}


def test_a_report_that_fills_in_an_added_row_and_column_is_told_nothing(wider: Form) -> None:
    assert told(wider, SAID.format(legal=4, refused=5)) == set()


@pytest.mark.parametrize(("legal", "refused", "wrong"), [(3, 5, 3), (4, 1, 1)])
def test_a_figure_without_the_added_row_or_column_is_told(
    wider: Form, legal: int, refused: int, wrong: int
) -> None:
    assert told(wider, SAID.format(legal=legal, refused=refused)) == {("N04", wrong)}


def test_what_the_product_drafts_of_an_added_row_and_column_is_told_nothing(wider: Form) -> None:
    """The lines of the table that goes up are claims of the next report."""
    numbers: dict[str, Number | None] = {cell.key: 0 for cell in wider.cells if cell.is_input}
    figures = {key: value or 0 for key, value in with_totals(wider, {**numbers, **NUMBERS}).items()}
    lines = next(draft.lines for draft in wider.drafts if draft.text == "overview.on_request")
    said = "\n".join(filled(lines, {"agency": "甲局", "year": "2023", "period": "2023年"}, figures, str))
    assert "法人或其他组织申请4件" in said
    assert told(wider, said) == set()


def test_charts_show_an_added_row_and_column(wider: Form, form: Form) -> None:
    charts = {chart.title: {part.label: part.cells for part in chart.parts} for chart in wider.charts}
    assert charts["新收申请的申请人"]["新闻媒体"] == ("requests.new_received.media",)
    assert "requests.declined_new.total" in charts["本年度办理结果"]["不予公开"]
    before = next(chart for chart in form.charts if chart.title == "新收申请的申请人")
    assert [part.label for part in before.parts] == [
        "自然人",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
    ]


@pytest.mark.parametrize("form_id", library.shipped_ids())
def test_no_shipped_form_writes_a_group_out(form_id: str) -> None:
    assert not remarks_of(library.shipped(form_id))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/forms/*.toml")), ids=lambda path: path.stem)
def test_no_example_writes_a_group_out(path: Path) -> None:
    assert not remarks_of(in_file(path))


def claim(*equals: str) -> str:
    listed = ", ".join(f'"{one}"' for one in equals)
    return f'[[narrative]]\nid = "N04"\nclaim = [{{ key = "legal_person_new", equals = [{listed}] }}]\n'


ORGANISATIONS = [
    f"requests.new_received.{key}"
    for key in ("enterprise", "research", "public_interest", "legal_service", "other_organisation")
]


def remarks(text: str) -> list[tuple[int | None, str]]:
    return [(one.line, str(one)) for one in remarks_of(WrittenForm(text, "own.toml"))]


@pytest.mark.parametrize(
    ("text", "line", "instead"),
    [
        (HEAD + claim(" + ".join(ORGANISATIONS)), 6, "requests.new_received.@organisation"),
        (ADDED + claim(" + ".join(ORGANISATIONS)), 10, "requests.new_received.media"),
        (
            (
                f'{HEAD}[[chart]]\ntitle = "甲"\nunit = "件"\nover = "parts"\nparts = [{{ label = "公开", '
                'cells = ["requests.granted_in_full.total", "requests.granted_in_part.total"] }]\n'
            ),
            8,
            "requests.@granted.total",
        ),
        (
            (
                f'{HEAD}[[chart]]\ntitle = "甲"\nunit = "件"\nover = "parts"\nparts = [\n'
                '  { label = "一", cells = ["proactive.regulations.issued"] },\n'
                '  { label = "二", cells = ["proactive.normative_documents.issued"] },\n]\n'
            ),
            9,
            'each = "proactive.@document", cells = ["proactive.{each}.issued"]',
        ),
        (
            (
                f'{HEAD}[[rule]]\nid = "T4-04"\nleft = ["disputes.litigation_direct.pending@-1", '
                '"disputes.litigation_after_reconsideration.pending@-1"]\n'
            ),
            6,
            "disputes.@litigation_pending@-1",
        ),
        (
            f'{HEAD}[[draft]]\ntext = "overview.on_request"\nlines = ["公开{{{{requests.granted_in_full.total + requests.granted_in_part.total}}}}件。"]\n',
            6,
            "requests.@granted.total",
        ),
        (ADDED.replace(', "refused"', ""), 7, "“declined_new”"),
    ],
    ids=[
        "a claim",
        "a claim without the new column",
        "a part",
        "parts",
        "a rule",
        "a draft",
        "a row of no group",
    ],
)
def test_a_group_that_is_written_out_is_told_at_its_line(text: str, line: int, instead: str) -> None:
    [(at, said)] = remarks(text)
    assert at == line
    assert instead in said


@pytest.mark.parametrize(
    "equals",
    [
        "requests.unable_not_held.total + requests.unable_not_existing.total",
        "requests.new_received.@organisation - requests.new_received.enterprise",
        "requests.new_received.enterprise + requests.carried_over.enterprise",
    ],
)
def test_a_sum_of_some_of_a_group_is_told_nothing(equals: str) -> None:
    assert not remarks(HEAD + claim(equals))


def test_form_check_tells_remarks_and_passes(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD + claim(" + ".join(ORGANISATIONS)), "utf-8")
    checked = nianbao("form", "check", path)
    assert checked.returncode == 0
    [remark] = checked.stderr.splitlines()
    assert "@organisation" in remark
    assert checked.stdout
