"""A report in Word or as a page whose title names no period: the form's own labels above the tables say whose it is, and which."""

from __future__ import annotations

import pytest

from pipeline.forms.form import Form
from pipeline.forms.grid import cell_key
from pipeline.forms.loader import load_form
from pipeline.intake.documents.naming import name_of
from pipeline.intake.identify.identity import about_year
from pipeline.intake.identify.identity import stated as identity_of
from pipeline.intake.read.reading import read
from pipeline.model import Reading
from pipeline.periods import named


@pytest.fixture(scope="module")
def quarterly() -> Form:
    return load_form("disclosure_statistics_quarter")


def page(form: Form, *head: str) -> Reading:
    parts = [f"<p>{line}</p>" for line in head]
    for table in form.tables:
        parts.append(f"<p>{table.name}</p>")
        for block in table.blocks:
            titles = "".join(f"<td>{column.label[-1]}</td>" for column in block.columns)
            rows = [f"<tr><td>{block.stub}</td>{titles}</tr>"]
            for row in block.rows:
                cells = "".join(
                    "<td>1</td>" if cell_key(table.key, row, column) else "" for column in block.columns
                )
                rows.append(f"<tr><td>{row.label[-1]}</td>{cells}</tr>")
            parts.append(f"<table>{''.join(rows)}</table>")
    content = f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>"
    return read(form, content.encode())


@pytest.mark.parametrize(
    "head",
    [
        ["填报单位：样例区民政局　　2023年第四季度"],
        ["填报单位:样例区民政局 2023年四季度 单位：件"],
        ["填报单位：样例区民政局2023年第4季度"],
        ["填报单位：样例区民政局　　填报日期：2024年1月8日", "报告季度：2023年第四季度"],
    ],
)
def test_the_labels_of_the_form_name_agency_and_period(quarterly: Form, head: list[str]) -> None:
    found = page(quarterly, "政府信息公开情况统计表", *head)
    assert (found.claims.agency, found.claims.year) == ("样例区民政局", named("2023Q4"))


def test_a_title_counts_before_what_is_labelled(quarterly: Form) -> None:
    found = page(
        quarterly,
        "样例区财政局2023年第三季度政府信息公开情况统计表",
        "填报单位：样例区民政局　2023年第四季度",
    )
    assert (found.claims.agency, found.claims.year) == ("样例区财政局", named("2023Q3"))


def test_without_a_period_what_is_asked_for_is_one(quarterly: Form) -> None:
    found = page(quarterly, "政府信息公开情况统计表")
    assert found.claims.period == "quarter"
    assert [item.variant for item in about_year(identity_of(found))] == ["period_missing"]


def test_two_agencies_and_days_are_no_names() -> None:
    form = load_form()
    assert name_of(form, ["填报单位：甲局", "填报单位：乙局"], (), ()).agency == ""
    dated = name_of(form, ["填报单位：甲局　填报日期：2024年1月8日"], (), ())
    assert (dated.agency, dated.year) == ("甲局", None)
