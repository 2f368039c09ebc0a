"""Reports as documents on their way in: out of mails and archives, and through a night."""

from __future__ import annotations

import html
import io
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.documents.recognising import open_document
from pipeline.intake.documents.understanding import understand
from pipeline.intake.fetch.archive import unpack
from pipeline.intake.fetch.mail import open_mail
from pipeline.model import Number
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.documents import Style, as_docx, as_html, portal
from tests.support.fills import report
from tests.support.folders import filled, make_district, run

FORM = load_form()
AGENCY = "样例区甲局"
SENT = report(FORM, "001", AGENCY, 2023)
WORD = as_docx(FORM, SENT, Style(title_lines=2))
PAGE = as_html(FORM, SENT, Style(), portal("tables")).encode("gb18030")
ACCEPTING = "[rules]\naccept_documents = true\n"


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def mailed(files: dict[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@jia.example.cn", "b@example.cn", "报送"
    mail.set_content("请查收")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.mark.parametrize("name", ["我局.docx", "a.html"])
def test_a_report_is_taken_out_of_mails_and_archives(name: str) -> None:
    content = WORD if name.endswith("x") else PAGE
    notice = as_docx(FORM, replace(SENT, agency="x"), Style())[:200]
    inside = unpack(packed({name: content, "通知.docx": notice}))
    assert [(item.path, item.content) for item in inside.sheets] == [(name, content)]
    assert inside.others == ("通知.docx",)
    opened = open_mail(mailed({name: content, "通知.docx": notice}))
    assert opened
    assert opened.spreadsheets == ((name, content),)
    assert opened.others == ("通知.docx",)


def test_beside_a_template_a_document_is_only_another_attachment() -> None:
    template = filled(FORM, AGENCY)
    inside = unpack(packed({"表.xlsx": template, "报告.docx": WORD}))
    assert [(item.path, item.content) for item in inside.sheets] == [("表.xlsx", template)]
    assert inside.others == ("报告.docx",)
    opened = open_mail(mailed({"表.xlsx": template, "报告.docx": WORD}))
    assert opened
    assert [name for name, _ in opened.spreadsheets] == ["表.xlsx"]
    assert opened.others == ("报告.docx",)


def test_a_document_goes_back_as_the_template_filled(tmp_path: Path) -> None:
    folder = make_district(tmp_path, [AGENCY], {"报告.docx": WORD})
    ran = run(folder)
    assert ran.verdicts() == {"报告.docx": "returned"}
    assert ran.codes("报告.docx") == ["F08"]
    [back] = (ran.folder / "returned").iterdir()
    book = load_workbook(back)
    values = dict(zip((cell.key for cell in FORM.cells), SENT.numbers, strict=True))
    for cell in FORM.cells:
        if cell.is_input:
            place = FORM.places[cell.key]
            assert book[place.sheet][place.cell].value == values[cell.key]
    for text in FORM.texts:
        place = FORM.places[text.key]
        assert "".join(str(book[place.sheet][place.cell].value).split()) == "".join(
            SENT.texts[text.key].split()
        )
    (folder / "inbox" / "改.xlsx").write_bytes(back.read_bytes())
    assert run(folder).verdicts()["改.xlsx"] == "accepted"


@pytest.mark.parametrize(("name", "content"), [("报告.docx", WORD), ("报告.html", PAGE)])
def test_the_district_may_accept_a_whole_document_at_once(tmp_path: Path, name: str, content: bytes) -> None:
    ran = run(make_district(tmp_path, [AGENCY], {name: content}, extra=ACCEPTING))
    assert ran.verdicts() == {name: "accepted"}
    figures = (ran.folder / "figures.csv").read_text("utf-8-sig").splitlines()[1].split(",")[2:]
    assert [float(item) for item in figures] == [float(item) for item in SENT.numbers]


def test_what_is_not_whole_goes_back_all_the_same(tmp_path: Path) -> None:
    blank = as_docx(FORM, SENT, Style(blank_zeros=True))
    topic = next(text for text in FORM.texts if text.heading)
    untitled = PAGE.replace(topic.label.encode("gb18030"), "别的".encode("gb18030"))
    for name, content in {"空.docx": blank, "缺.html": untitled}.items():
        folder = make_district(tmp_path / name, [AGENCY], {name: content}, extra=ACCEPTING)
        assert run(folder).verdicts() == {name: "returned"}


def test_a_document_is_judged_by_the_rules(tmp_path: Path) -> None:
    numbers = list(SENT.numbers)
    numbers[-1] += 1
    wrong = as_docx(FORM, replace(SENT, numbers=tuple(numbers)), Style())
    ran = run(make_district(tmp_path, [AGENCY], {"错.docx": wrong}, extra=ACCEPTING))
    assert "T4-01" in ran.codes("错.docx")
    [item] = ran.record["submissions"]
    [finding] = [one for one in item["findings"] if one["code"] == "T4-01"]
    assert finding["sheet"] == "第3张表"
    assert finding["cell"].startswith("第4行")


def saved_as_page(content: bytes) -> bytes:
    """The page that LibreOffice makes of a workbook: links to the sheets, then each under its name."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
    links = "".join(f'<a href="#table{at}">{sheet.title}</a><br>' for at, sheet in enumerate(sheets))
    page = [f"<!DOCTYPE html><html><body><hr><p><center><h1>Overview</h1>{links}</center></p><hr>"]
    for at, sheet in enumerate(sheets):
        page.append(f'<a name="table{at}"><h1>Sheet {at + 1}: <em>{sheet.title}</em></h1></a><table>')
        spans = {area.coord.split(":")[0]: area for area in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            page.append("<tr>")
            for cell in row:
                area = spans.get(cell.coordinate)
                size = f"colspan={area.size['columns']} rowspan={area.size['rows']}" if area else ""
                shown = (
                    ""
                    if cell.value is None or str(cell.value).startswith("=")
                    else html.escape(str(cell.value))
                )
                if not isinstance(cell, MergedCell):
                    page.append(f"<td {size}>{shown}</td>")
            page.append("</tr>")
        page.append("</table><hr>")
    return "".join((*page, "</body></html>")).encode()


def test_a_template_saved_as_a_page_is_read_beside_its_labels(form: Form) -> None:
    """The names of sheets are no headings: what is written stands beside its label, and what is not is empty."""
    texts = {text.key: f"本单位{text.label}的情况已经写在这里。" for text in form.texts}
    gap = form.texts[2].key
    values: dict[str, Number | str] = {
        **dict.fromkeys((cell.key for cell in form.cells if cell.is_input), 0),
        **texts,
        gap: "",
    }
    stamp = Stamp("001", "临平区财政局", 2023, "区直部门")
    document = open_document(saved_as_page(build_workbook(form, stamp, values=values)))
    assert document is not None
    found = understand(form, document)
    assert found is not None
    assert found.texts == {**texts, gap: ""}
    assert gap in found.places
    assert (found.claims.agency, found.claims.year) == ("临平区财政局", 2023)
    assert all(found.numbers[cell.key] == 0 for cell in form.cells if cell.is_input)
