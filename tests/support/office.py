"""The bytes of an .xlsx or .docx go in; what Word or Excel would complain of comes out, as far as the standard says it.

Element orders are those of ECMA-376 (part 1, sections 17 and 18); LibreOffice, openpyxl and calamine do not mind a wrong
one, Excel and Word call the file damaged. Limits are Excel's published ones.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ORDERS: dict[str, str] = {
    f"{{{SHEET}}}workbook": "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups"
    " externalReferences definedNames calcPr",
    f"{{{SHEET}}}worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection"
    " protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr"
    " conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks"
    " customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture tableParts extLst",
    f"{{{SHEET}}}sheetPr": "tabColor outlinePr pageSetUpPr",
    f"{{{SHEET}}}headerFooter": "oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter",
    f"{{{SHEET}}}c": "f v is",
    f"{{{SHEET}}}styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors",
    f"{{{WORD}}}tbl": "tblPr tblGrid tr",
    f"{{{WORD}}}tr": "tblPrEx trPr tc",
    f"{{{WORD}}}tc": "tcPr p",
    f"{{{WORD}}}p": "pPr *",
    f"{{{WORD}}}r": "rPr *",
    f"{{{WORD}}}body": "* sectPr",
    f"{{{WORD}}}pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid"
    " spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl"
    " divId cnfStyle rPr sectPr",
    f"{{{WORD}}}rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof"
    " snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs"
    " em lang eastAsianLayout specVanish oMath",
    f"{{{WORD}}}tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc"
    " tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    f"{{{WORD}}}tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
    f"{{{WORD}}}tblBorders": "top left start bottom right end insideH insideV",
    f"{{{WORD}}}tblCellMar": "top left start bottom right end",
    f"{{{WORD}}}sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType"
    " pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    f"{{{WORD}}}style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat"
    " locked pPr rPr tblPr trPr tcPr tblStylePr",
    f"{{{WORD}}}docDefaults": "rPrDefault pPrDefault",
    f"{{{WORD}}}styles": "docDefaults latentStyles style",
    f"{{{WORD}}}settings": "writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries"
    " displayBackgroundShape printPostScriptOverText mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader"
    " bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors hideGrammaticalErrors proofState formsDesign attachedTemplate"
    " linkStyles stylePaneFormatFilter trackRevisions documentProtection defaultTabStop autoHyphenation"
    " consecutiveHyphenLimit hyphenationZone doNotHyphenateCaps evenAndOddHeaders bookFoldPrinting"
    " drawingGridHorizontalSpacing drawingGridVerticalSpacing displayHorizontalDrawingGridEvery"
    " displayVerticalDrawingGridEvery characterSpacingControl noLineBreaksAfter noLineBreaksBefore savePreviewPicture"
    " updateFields hdrShapeDefaults footnotePr endnotePr compat docVars rsids mathPr themeFontLang clrSchemeMapping"
    " decimalSymbol listSeparator",
}
_HEADINGS = {"headerReference": 0, "footerReference": 0}
"""These two may stand in any order."""
_MOST_FORMULA, _MOST_LITERAL, _MOST_TEXT, _MOST_HEADER, _MOST_PROMPT, _MOST_LINK = (
    8192,
    255,
    32_767,
    255,
    255,
    2079,
)
_MOST_TITLE = 32
_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!#]+))!\$?[A-Z]+\$?\d+")


def complaints(content: bytes) -> list[str]:
    """Return everything that is against the standard or beyond a limit, with the part it stands in."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    trees = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".rels"))}
    found = list(_packaging(trees, set(parts)))
    sheets = [
        sheet.get("name") or ""
        for sheet in trees.get("xl/workbook.xml", etree.Element("none")).iter(f"{{{SHEET}}}sheet")
    ]
    for name, tree in trees.items():
        found += [
            f"{name}: {what}"
            for what in (*_orders(tree), *_tables(tree), *_cells(tree), *_limits(tree, sheets))
        ]
    return found


def _packaging(trees: dict[str, etree._Element], parts: set[str]) -> Iterator[str]:
    """Every part has a type, every relationship a target and every used id a relationship, each id once."""
    types = trees["[Content_Types].xml"]
    defaults = {item.get("Extension") for item in types if item.tag.endswith("Default")}
    overrides = [(item.get("PartName") or "")[1:] for item in types if item.tag.endswith("Override")]
    yield from (f"no part {name}" for name in overrides if name not in parts)
    yield from (f"two types for {name}" for name, count in Counter(overrides).items() if count > 1)
    yield from (
        f"no type for {name}"
        for name in parts - {"[Content_Types].xml"}
        if name not in overrides and name.rpartition(".")[2] not in defaults
    )
    for name, tree in trees.items():
        if name.endswith(".rels"):
            folder, _, file = name.partition("_rels/")
            ids = [item.get("Id") for item in tree]
            yield from (f"{name}: {count} times {one!r}" for one, count in Counter(ids).items() if count > 1)
            for item in tree:
                target = posixpath.normpath(posixpath.join("/", folder, item.get("Target") or ""))[1:]
                if item.get("TargetMode") != "External" and target not in parts:
                    yield f"{name}: leads to {target}, which is not there"
            source = trees.get(f"{folder}{file.removesuffix('.rels')}")
            if source is not None:
                used = {
                    value
                    for item in source.iter()
                    for key, value in item.attrib.items()
                    if f"{{{_RELATIONS}}}" in str(key)
                }
                yield from (f"{name}: no {one!r}" for one in used - set(ids))


def _orders(tree: etree._Element) -> Iterator[str]:
    for parent in tree.iter(*_ORDERS):
        order = {child: place for place, child in enumerate(_ORDERS[str(parent.tag)].split())} | _HEADINGS
        names = [etree.QName(child).localname for child in parent if isinstance(child.tag, str)]
        places = [order.get(name, order.get("*", -1)) for name in names]
        if -1 in places or places != sorted(places):
            yield f"{etree.QName(parent).localname} holds {' '.join(dict.fromkeys(names))}"


def _tables(tree: etree._Element) -> Iterator[str]:
    """Every row of a Word table is as wide as its grid, and every cell ends with a paragraph."""
    word = {"w": WORD}
    for table in tree.iter(f"{{{WORD}}}tbl"):
        columns = len(table.findall("w:tblGrid/w:gridCol", word))
        for number, row in enumerate(table.findall("w:tr", word)):
            spans = [cell.find("w:tcPr/w:gridSpan", word) for cell in row.findall("w:tc", word)]
            width = sum(1 if span is None else int(span.get(f"{{{WORD}}}val") or 0) for span in spans)
            if width != columns:
                yield f"row {number} has {width} of {columns} columns"
        for cell in table.iter(f"{{{WORD}}}tc"):
            if len(cell) == 0 or cell[-1].tag != f"{{{WORD}}}p":
                yield "a cell does not end with a paragraph"


def _cells(tree: etree._Element) -> Iterator[str]:
    """Rows and cells of a sheet stand in order, each once; merged areas do not overlap."""
    rows = [int(row.get("r") or 0) for row in tree.iter(f"{{{SHEET}}}row")]
    if rows != sorted(set(rows)):
        yield "rows out of order"
    for row in tree.iter(f"{{{SHEET}}}row"):
        columns = [_column(cell.get("r") or "") for cell in row]
        if columns != sorted(set(columns)):
            yield f"cells of row {row.get('r')} out of order"
    taken: set[tuple[int, int]] = set()
    for area in tree.iter(f"{{{SHEET}}}mergeCell"):
        (left, top), (right, bottom) = (_corner(part) for part in (area.get("ref") or "").split(":"))
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if cells & taken:
            yield f"{area.get('ref')} overlaps another merged area"
        taken |= cells


def _limits(tree: etree._Element, sheets: list[str]) -> Iterator[str]:
    yield from _formulas(tree, sheets)
    yield from _links(tree, sheets)
    for item in tree.iter(f"{{{SHEET}}}dataValidation"):
        yield from (
            f"{name} too long" for name in ("prompt", "error") if len(item.get(name) or "") > _MOST_PROMPT
        )
        yield from (
            f"{name} too long"
            for name in ("promptTitle", "errorTitle")
            if len(item.get(name) or "") > _MOST_TITLE
        )
    for item in tree.iter(f"{{{SHEET}}}oddHeader", f"{{{SHEET}}}oddFooter"):
        if len(item.text or "") > _MOST_HEADER:
            yield "header too long"
    for item in tree.iter(f"{{{SHEET}}}t"):
        if len((item.text or "").encode("utf-16-le")) > 2 * _MOST_TEXT:
            yield "text too long"


def _formulas(tree: etree._Element, sheets: list[str]) -> Iterator[str]:
    for formula in tree.iter(f"{{{SHEET}}}f", f"{{{SHEET}}}definedName"):
        text = formula.text or ""
        if len(text) > _MOST_FORMULA:
            yield f"formula of {len(text)} characters"
        yield from (
            f"literal of {len(one)} characters" for one in _LITERAL.findall(text) if len(one) > _MOST_LITERAL
        )
        yield from _strangers(_LITERAL.sub("", text), sheets)


def _links(tree: etree._Element, sheets: list[str]) -> Iterator[str]:
    for link in tree.iter(f"{{{SHEET}}}hyperlink"):
        place = link.get("location") or ""
        if place and not _REFERENCE.fullmatch(place):
            yield f"link to {place}"
        yield from _strangers(place, sheets)
        if len(place) > _MOST_LINK or len(link.get("tooltip") or "") > _MOST_PROMPT:
            yield "a link is too long"


def _strangers(text: str, sheets: list[str]) -> Iterator[str]:
    for quoted, plain in _REFERENCE.findall(text):
        name = quoted.replace("''", "'") or re.split(r"[=(,+\-*/&<>:]", plain)[-1]
        if sheets and name not in sheets:
            yield f"speaks of a sheet {name}"
        if plain and not re.fullmatch(r"\w+", name):
            yield f"sheet {name} without quotes"


def _corner(cell: str) -> tuple[int, int]:
    return _column(cell), int(re.sub(r"\D", "", cell))


def _column(cell: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", cell):
        number = number * 26 + ord(letter) - 64
    return number
