from __future__ import annotations

import io
import pickle
import re
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from lxml import etree

from pipeline.forms.form import titled
from pipeline.forms.loader import load_form
from pipeline.model import ConfigError, Number, Report
from pipeline.publishing import zip_package
from pipeline.publishing.word import report as word
from pipeline.publishing.word.layout_marks import mark
from pipeline.publishing.word.printed_figures import compile_reader, read_figures
from pipeline.publishing.word.word_layout import build_layout
from tests.support.libreoffice import to_docx, to_pdf
from tests.support.real_report import DATA, load_city_figures, load_real_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docx.document import Document as DocumentObject
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table
    from docx.text.paragraph import Paragraph

FORM = load_form()
LAYOUT = build_layout(FORM)
COMPILED = word.compile_layout(LAYOUT, FORM)
REAL = load_real_report().as_report(FORM, code="LP003")
TEXT_KEYS = [text.key for text in FORM.texts]
OPTIONAL = next(text.key for text in FORM.texts if not text.required)
BODY, HEADING_1, HEADING_2 = "报告正文", "一级标题", "二级标题"


def opened(content: bytes) -> DocumentObject:
    return Document(io.BytesIO(content))


def rendered(report: Report = REAL, layout: word.Layout = COMPILED) -> DocumentObject:
    return opened(word.render(layout, report))


def restyled(change: Callable[[DocumentObject], None]) -> bytes:
    document = opened(LAYOUT)
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraph_of(document: DocumentObject, text: str) -> Paragraph:
    return next(paragraph for paragraph in document.paragraphs if paragraph.text == text)


def cell_texts(document: DocumentObject) -> list[str]:
    """Read every cell that shows something, row by row."""
    cells = document.element.body.iter(qn("w:tc"))
    texts = ["".join(leaf.text or "" for leaf in cell.iter(qn("w:t"))) for cell in cells]
    return [text for text in texts if text]


def count_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def with_text(key: str, text: str) -> Report:
    return replace(REAL, texts={**REAL.texts, key: text})


def expected_paragraphs(report: Report) -> list[tuple[str, str]]:
    """Spell out the report as the form orders it, without the tables: (style, text)."""
    texts = {text.key: text for text in FORM.texts}
    placed = {key for section in FORM.sections for key in section.contents}

    def text_lines(key: str) -> list[tuple[str, str]]:
        lines = [(BODY, line.strip()) for line in report.texts[key].split("\n") if line.strip()]
        return [(HEADING_2, texts[key].label), *lines] if texts[key].heading else lines

    found = [("Title", FORM.title_for(report.agency, report.year))]
    for key in texts:
        found += [] if key in placed else text_lines(key)
    for section in FORM.sections:
        found.append((HEADING_1, section.title))
        for key in section.contents:
            found += text_lines(key) if key in texts else []
    return found


def printed_paragraphs(document: DocumentObject) -> list[tuple[str, str]]:
    """Return (style, text); the lines of the title are joined."""
    return [
        (name, paragraph.text.replace("\n", "") if name == "Title" else paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style and (name := paragraph.style.name or "")
    ]


def printed_table(table: Table) -> list[tuple[int, int, int, int, str]]:
    """Read a table as (row, column, height, width, text), merged cells once."""
    cells: dict[tuple[int, int], list[int | str]] = {}
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row._tr.tc_lst:  # noqa: SLF001 - python-docx shows merged cells only by repeating them
            width = cell.grid_span
            if cell.vMerge == "continue":
                owner = max((key for key in cells if key[1] == column), key=lambda key: key[0])
                cells[owner][0] = number - owner[0] + 1
            else:
                text = "".join(leaf.text or "" for leaf in cell.iter(qn("w:t")))
                cells[number, column] = [1, width, text]
            column += width
    return [(row, column, *shape) for (row, column), shape in sorted(cells.items())]  # type: ignore[misc]


def numbers_of(document: DocumentObject) -> list[str]:
    """Read every number cell of the three tables in the form's order."""
    tables = [key for section in FORM.sections for key in section.contents if key in FORM.grids]
    found: dict[str, str] = {}
    for key, table in zip(tables, document.tables, strict=True):
        texts = {(row, column): text for row, column, _, _, text in printed_table(table)}
        found |= {cell.key: texts[cell.row, cell.column] for cell in FORM.grids[key].cells if cell.key}
    return [found[cell.key] for cell in FORM.cells]


# ------------------------------------------------------------------ rendering


def test_real_report_is_printed_whole_and_in_order() -> None:
    printed = printed_paragraphs(rendered())
    assert printed == expected_paragraphs(REAL)
    assert len(printed) == 23


@pytest.mark.parametrize(
    ("agency", "lines"),
    [(REAL.agency, 2), ("区财政局", 1), ("样例市" * 21 + "局", 2)],
)
def test_a_title_breaks_after_the_agency_and_not_inside_a_word(agency: str, lines: int) -> None:
    title = rendered(replace(REAL, agency=agency)).paragraphs[0].text
    assert title.split("\n")[0].startswith(agency)
    assert title.count("\n") == lines - 1
    assert title.replace("\n", "") == FORM.title_for(agency, REAL.year)


def test_no_sentence_of_the_published_report_is_lost() -> None:
    published = [line.strip() for line in (DATA / "real_report_2023.txt").read_text("utf-8").splitlines()]
    printed = [text for _, text in printed_paragraphs(rendered())]
    assert [line for line in published if line in printed] == printed
    assert not [line for line in published if line not in printed and "。" in line]


def test_tables_stand_after_their_headings() -> None:
    body = rendered().element.body
    for child in body.iter(qn("w:tbl")):
        heading = child.getprevious()
        section = next(
            part
            for part in FORM.sections
            if part.title == "".join(leaf.text for leaf in heading.iter(qn("w:t")))
        )
        assert set(section.contents) & set(FORM.grids)


def test_numbers_of_the_real_report_are_printed_in_their_cells() -> None:
    assert numbers_of(rendered()) == [str(number) for number in REAL.numbers]


def test_every_number_stands_in_its_own_cell() -> None:
    numbers = tuple(
        Decimal(f"{index}.5") if cell.kind == "money" else 100_000 + index
        for index, cell in enumerate(FORM.cells)
    )
    assert numbers_of(rendered(replace(REAL, numbers=numbers))) == [str(number) for number in numbers]


def test_city_figures_are_printed_as_plain_digits() -> None:
    figures = load_city_figures()
    printed = numbers_of(rendered(replace(REAL, numbers=tuple(figures.values()))))
    assert printed == [str(figure) for figure in figures.values()]
    assert "2822652" in printed
    assert "59237.2449" in printed


def test_tables_have_the_merged_headings_of_the_form() -> None:
    tables = [key for section in FORM.sections for key in section.contents if key in FORM.grids]
    figures = dict(zip((cell.key for cell in FORM.cells), map(str, REAL.numbers), strict=True))
    for key, table in zip(tables, rendered().tables, strict=True):
        wanted = [
            (cell.row, cell.column, cell.height, cell.width, figures[cell.key] if cell.key else cell.text)
            for cell in FORM.grids[key].cells
        ]
        assert printed_table(table) == sorted(wanted)


def test_money_is_printed_without_trailing_zeros() -> None:
    values: dict[str, Number] = {"count": 7, "money": Decimal("25.100000")}
    report = replace(REAL, numbers=tuple(values[cell.kind] for cell in FORM.cells))
    assert numbers_of(rendered(report)) == [{"count": "7", "money": "25.1"}[cell.kind] for cell in FORM.cells]


@pytest.mark.parametrize(
    "text",
    ["<b>&amp;</b> \"引号\" '单'", "=1+1", "+86", "-5", "@甲", "{{不是标记}}", "]]>", "𠮷 🀄", "</w:t>"],
)
def test_any_text_arrives_as_it_is(text: str) -> None:
    assert text in [line for _, line in printed_paragraphs(rendered(with_text(OPTIONAL, text)))]


def test_text_is_not_read_for_marks() -> None:
    text = mark(FORM.cells[0].key)
    assert text in [line for _, line in printed_paragraphs(rendered(with_text(OPTIONAL, text)))]


def test_characters_that_xml_forbids_are_left_out() -> None:
    text = "前\x00\x01\x08\x1f\ufffe\uffff\ud800后"
    assert (BODY, "前后") in printed_paragraphs(rendered(with_text(OPTIONAL, text)))


@pytest.mark.parametrize(
    "text", ["甲\n乙", "甲\r\n\r\n乙", "\n　　甲  \n \u3000\n\t乙\n", "甲\x0b乙", "甲\u2028乙"]
)
def test_lines_become_paragraphs_without_blanks_and_outer_spaces(text: str) -> None:
    report = with_text(OPTIONAL, text)
    assert printed_paragraphs(rendered(report)) == expected_paragraphs(with_text(OPTIONAL, "甲\n乙"))


@pytest.mark.parametrize("text", ["", "  \n\u3000"])
def test_an_empty_optional_text_leaves_no_paragraph(text: str) -> None:
    printed = printed_paragraphs(rendered(with_text(OPTIONAL, text)))
    assert printed == expected_paragraphs(with_text(OPTIONAL, ""))
    assert len(printed) == 22


def test_required_headings_are_printed_even_without_text() -> None:
    printed = rendered(replace(REAL, texts={}))
    shown = [text for style, text in printed_paragraphs(printed) if style in {HEADING_1, HEADING_2}]
    fixed = [text for style, text in expected_paragraphs(REAL) if style in {HEADING_1, HEADING_2}]
    assert shown == fixed


def test_a_long_text_is_printed_whole() -> None:
    text = "\n".join("政府信息公开工作稳步推进。" * 100 for _ in range(23))
    assert len(text) > 29_000
    assert printed_paragraphs(rendered(with_text(OPTIONAL, text))) == expected_paragraphs(
        with_text(OPTIONAL, text)
    )


def test_the_same_report_gives_the_same_bytes() -> None:
    first = word.render(COMPILED, REAL)
    again = word.render(word.compile_layout(LAYOUT, FORM), REAL)
    assert first == again
    assert first != word.render(COMPILED, with_text(OPTIONAL, "另"))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_properties_of_the_file_say_whose_report_of_which_year_it_is() -> None:
    properties = rendered().core_properties
    assert properties.title == titled(FORM.report_title, REAL.agency, REAL.year)
    assert (properties.created, properties.modified) == (None, None), (
        "when the layout was made is no date of the report"
    )


def test_a_pickled_layout_prints_the_same() -> None:
    assert word.render(pickle.loads(pickle.dumps(COMPILED)), REAL) == word.render(COMPILED, REAL)  # noqa: S301


# ------------------------------------------------------------------ layouts that people changed


def remove(element: BaseOxmlElement) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def scatter(paragraph: Paragraph, pieces: Sequence[str]) -> None:
    """Put ``pieces`` into runs of their own with what Word leaves between them."""
    for run in list(paragraph.runs):
        remove(run.element)
    for number, piece in enumerate(pieces):
        run = paragraph.add_run(piece)
        run.bold = number % 2 == 1
        run.element.set(qn("w:rsidR"), f"00A1000{number}")
        for name in ("proofErr", "bookmarkStart", "bookmarkEnd"):
            left = etree.SubElement(paragraph._p, qn(f"w:{name}"))  # noqa: SLF001
            left.set(qn("w:id"), str(number))


def test_marks_that_word_split_into_runs_are_joined() -> None:
    def change(document: DocumentObject) -> None:
        for key in TEXT_KEYS:
            paragraph = paragraph_of(document, mark(key))
            scatter(paragraph, ["{", "{", key[:3], key[3:] + "}", "}"])
        scatter(paragraph_of(document, mark("title")), list(mark("title")))

    layout = word.compile_layout(restyled(change), FORM)
    assert printed_paragraphs(rendered(layout=layout)) == expected_paragraphs(REAL)


def test_repeated_paragraphs_repeat_no_bookmarks() -> None:
    def change(document: DocumentObject) -> None:
        scatter(paragraph_of(document, mark(OPTIONAL)), [mark(OPTIONAL)])

    document = rendered(with_text(OPTIONAL, "甲\n乙"), word.compile_layout(restyled(change), FORM))
    assert not list(document.element.body.iter(qn("w:bookmarkStart")))


def test_a_mark_may_be_spaced_and_typed_full_width() -> None:
    def change(document: DocumentObject) -> None:
        paragraph_of(document, mark(OPTIONAL)).runs[0].text = f"｛｛ {OPTIONAL} ｝｝"

    layout = word.compile_layout(restyled(change), FORM)
    assert printed_paragraphs(rendered(layout=layout)) == expected_paragraphs(REAL)


def test_each_mark_in_a_line_keeps_the_look_of_its_run() -> None:
    agency, year = FORM.entry_with_role("agency").key, FORM.entry_with_role("year").key

    def change(document: DocumentObject) -> None:
        scatter(
            document.add_paragraph(), ["单位：{{", agency, "}}，", f"{mark(year)}年", "{", "{title}", "}。"]
        )

    last = rendered(layout=word.compile_layout(restyled(change), FORM)).paragraphs[-1]
    title = FORM.title_for(REAL.agency, REAL.year)
    assert last.text == f"单位：{REAL.agency}，{REAL.year}年{title}。"
    assert [(run.text, run.bold) for run in last.runs] == [
        (f"单位：{REAL.agency}", False),
        ("", True),
        ("，", False),
        (f"{REAL.year}年", True),
        (title, False),
        ("", True),
        ("。", False),
    ]


def test_a_text_inside_a_line_breaks_the_line() -> None:
    def change(document: DocumentObject) -> None:
        paragraph_of(document, mark(OPTIONAL)).runs[0].text = f"总述：{mark(OPTIONAL)}（完）"

    layout = word.compile_layout(restyled(change), FORM)
    assert (BODY, "总述：甲\n乙（完）") in printed_paragraphs(rendered(with_text(OPTIONAL, "甲\n乙"), layout))


def test_restyled_paragraphs_keep_their_look_in_every_repetition() -> None:
    def change(document: DocumentObject) -> None:
        paragraph = paragraph_of(document, mark(OPTIONAL))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.runs[0].italic = True

    document = rendered(with_text(OPTIONAL, "甲\n乙"), word.compile_layout(restyled(change), FORM))
    for text in ("甲", "乙"):
        paragraph = paragraph_of(document, text)
        assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert paragraph.runs[0].italic


def test_headers_and_footers_may_hold_marks() -> None:
    def change(document: DocumentObject) -> None:
        document.sections[0].header.paragraphs[0].text = mark("title")
        document.sections[0].footer.paragraphs[0].add_run(f"　{mark(OPTIONAL)}")

    document = rendered(with_text(OPTIONAL, "甲"), word.compile_layout(restyled(change), FORM))
    assert document.sections[0].header.paragraphs[0].text == FORM.title_for(REAL.agency, REAL.year)
    assert document.sections[0].footer.paragraphs[0].text.endswith("　甲")


def test_an_empty_text_leaves_a_cell_its_paragraph() -> None:
    def change(document: DocumentObject) -> None:
        document.add_table(1, 1).cell(0, 0).text = mark(OPTIONAL)

    layout = word.compile_layout(restyled(change), FORM)
    assert [p.text for p in rendered(with_text(OPTIONAL, ""), layout).tables[-1].cell(0, 0).paragraphs] == [
        ""
    ]
    filled = rendered(with_text(OPTIONAL, "甲\n乙"), layout).tables[-1].cell(0, 0)
    assert [paragraph.text for paragraph in filled.paragraphs] == ["甲", "乙"]


def test_a_heading_mark_vanishes_with_its_optional_text() -> None:
    label = next(text.label for text in FORM.texts if text.key == OPTIONAL)

    def change(document: DocumentObject) -> None:
        paragraph_of(document, mark(OPTIONAL)).insert_paragraph_before(mark(f"{OPTIONAL}:heading"))

    layout = word.compile_layout(restyled(change), FORM)
    assert label in [text for _, text in printed_paragraphs(rendered(layout=layout))]
    empty = rendered(with_text(OPTIONAL, ""), layout)
    assert printed_paragraphs(empty) == expected_paragraphs(with_text(OPTIONAL, ""))


def test_an_unknown_mark_is_named_with_the_nearest_known_one() -> None:
    def change(document: DocumentObject) -> None:
        document.add_paragraph("{{" + FORM.cells[0].key + "x}}")

    with pytest.raises(ConfigError) as caught:
        word.compile_layout(restyled(change), FORM)
    assert "{{" + FORM.cells[0].key + "x}}" in str(caught.value)
    assert mark(FORM.cells[0].key) in str(caught.value)


@pytest.mark.parametrize("text", ["{{title", "title}}", "{{title}", "{{{{title}}"])
def test_a_broken_mark_is_refused(text: str) -> None:
    def change(document: DocumentObject) -> None:
        document.add_paragraph(text)

    with pytest.raises(ConfigError) as caught:
        word.compile_layout(restyled(change), FORM)
    assert text in str(caught.value)


@pytest.mark.parametrize("key", ["title", FORM.texts[-1].key])
def test_a_layout_that_leaves_something_out_is_refused(key: str) -> None:
    def change(document: DocumentObject) -> None:
        paragraph_of(document, mark(key)).runs[0].text = ""

    with pytest.raises(ConfigError) as caught:
        word.compile_layout(restyled(change), FORM)
    assert mark(key) in str(caught.value)


def test_a_layout_without_a_table_is_refused() -> None:
    def change(document: DocumentObject) -> None:
        remove(document.tables[-1]._tbl)  # noqa: SLF001

    with pytest.raises(ConfigError) as caught:
        word.compile_layout(restyled(change), FORM)
    last = [key for section in FORM.sections for key in section.contents if key in FORM.grids][-1]
    assert mark(FORM.cells_of(last)[0].key) in str(caught.value)
    assert str(len(FORM.cells_of(last))) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 not a zip", LAYOUT[:2000]])
def test_a_file_that_is_no_layout_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigError):
        word.compile_layout(content, FORM)


def test_a_damaged_part_is_refused() -> None:
    files = dict(zip_package.unpack(LAYOUT))
    files["word/document.xml"] = files["word/document.xml"][:-20]
    broken = zip_package.join(zip_package.deflate(name, content) for name, content in files.items())
    with pytest.raises(ConfigError):
        word.compile_layout(broken, FORM)


@pytest.mark.libreoffice
def test_a_layout_saved_by_another_program_prints_the_same(tmp_path: Path) -> None:
    ours = tmp_path / "report.docx"
    ours.write_bytes(LAYOUT)
    (theirs,) = to_docx([ours], tmp_path / "saved")
    document = rendered(layout=word.compile_layout(theirs.read_bytes(), FORM))
    assert [text for _, text in printed_paragraphs(document)] == [
        text for _, text in expected_paragraphs(REAL)
    ]
    assert cell_texts(document) == cell_texts(rendered())


@pytest.mark.libreoffice
def test_six_digit_figures_do_not_change_the_pages(tmp_path: Path) -> None:
    wide = replace(REAL, numbers=tuple(100_000 + cell.index for cell in FORM.cells))
    files = {name: tmp_path / f"{name}.docx" for name in ("narrow", "wide")}
    files["narrow"].write_bytes(word.render(COMPILED, REAL))
    files["wide"].write_bytes(word.render(COMPILED, wide))
    narrow, broad = (
        count_pages(file.read_bytes()) for file in to_pdf(list(files.values()), tmp_path / "pdf")
    )
    assert narrow == broad > 1


# ---------------------------------------------------------------- laid beside the original


def test_the_real_report_reads_character_for_character_as_it_was_published() -> None:
    """Same order, same tables, same words: only line breaks and spaces, which the web page set as it liked, may differ."""
    body = rendered().element.body
    ours = "".join("".join(piece.text or "" for piece in body.iter(qn("w:t"))).split())
    published = "".join((DATA / "real_report_2023.txt").read_text("utf-8").split())
    assert ours == published


# ---------------------------------------------------------------- figures of any size


def condensed_runs(document: DocumentObject) -> dict[str, int]:
    """Map the figures set in a run of their own to the per cent of their width."""
    found = {}
    for scale in document.element.body.iter(qn("w:w")):
        run = scale.getparent().getparent()
        found["".join(piece.text or "" for piece in run.iter(qn("w:t")))] = int(scale.get(qn("w:val")))
    return found


def test_figures_too_long_for_a_narrow_column_are_condensed_and_others_are_not() -> None:
    wide = {cell.key for cell in FORM.cells if cell.table == FORM.tables[0].key}
    numbers: dict[str, Number] = {
        cell.key: 7_000_000 + cell.index if cell.index % 2 else 600_000 + cell.index for cell in FORM.cells
    }
    report = replace(REAL, numbers=tuple(numbers[cell.key] for cell in FORM.cells))
    document = rendered(report)
    long = {str(numbers[cell.key]) for cell in FORM.cells if cell.index % 2 and cell.key not in wide}
    assert set(condensed_runs(document)) == long
    assert max(condensed_runs(document).values()) * 7 <= 90 * 6
    assert read_figures(compile_reader(FORM), word.render(COMPILED, report)) == report.numbers


@pytest.mark.libreoffice
def test_seven_digits_and_long_names_print_without_breaking_a_figure(tmp_path: Path) -> None:
    numbers = tuple(1_234_567 for _ in FORM.cells)
    name = "样例区" + "历史文化名城保护利用与大运河国家文化公园建设管理委员会" * 2 + "办公室及其直属单位"
    file = tmp_path / "long.docx"
    file.write_bytes(word.render(COMPILED, replace(REAL, agency=name, numbers=numbers)))
    [pdf] = to_pdf([file], tmp_path / "out")
    words = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    assert words.stdout.count("1234567") == len(FORM.cells)
