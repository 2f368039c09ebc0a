"""Nothing goes in; the named styles, fonts and settings of the Word layout come out as WordprocessingML.

All measures of GB/T 9704-2012 stand here. Everything in the layout wears a named style, so that a district
changes a look once, in Word or WPS, and not paragraph by paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Literal

TITLE_STYLE = "Title"

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

TWIPS_PER_MM = 1440 / 25.4
CHARACTERS_PER_LINE = 28
LINE_PITCH = 579
"""28.95 pt in twentieths of a point, the unit called twips."""
BODY_SIZE = 16.0
SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
LATIN = "Times New Roman"
_STAND_INS = {FANG: "仿宋", KAI: "楷体", TITLE: "小标宋"}
"""The name by which a newer system may hold the same typeface."""

TABLE_SIZES = {12.0: "小四", 10.5: "五号", 9.0: "小五"}
"""Sizes used in tables, largest first, and how Word calls them."""
SMALLEST_LABEL = 10.5
TABLE_LEADING = 1.25
CELL_MARGIN = 6
"""Twips left and right of what stands in a cell: 0.1 mm, so that six digits fit into narrow columns."""
_CELL_PADDING = 15
"""Twips above and below it."""
DIGITS_THAT_FIT = 6
"""In every column of figures; longer figures are condensed."""
_LABEL_MARGIN = 50
"""Twips that labels ranged left keep from the border besides."""
_NARROW = 90
"""Per cent of their width at which figures smaller than the largest size are set, for the same reason."""
_TIGHTENING = -5
"""Twips between characters: 28 of them, 15.75 pt apart, fill the line in every program. The grid of the section says
the same, but LibreOffice gives two places of it to a character of 16 pt, so paragraphs do not snap to it."""


TableRole = Literal["Figure", "Centre", "Left"]


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style. ``paragraph`` and ``run`` hold further properties in the order the schema wants.

    A ``|`` stands where the alignment or the type size belongs, if anything follows it.
    """

    id: str
    name: str
    east: str
    size: float
    align: str
    paragraph: str
    latin: str = LATIN
    run: str = ""

    def xml(self) -> str:
        """Spell the style."""
        is_default = self.id == "Normal"
        kind = 'w:default="1"' if is_default else 'w:customStyle="1"' if self.id != TITLE_STYLE else ""
        based_on = "" if is_default else '<w:basedOn w:val="Normal"/>'
        before_align, _, after_align = self.paragraph.partition("|")
        before_size, _, after_size = self.run.partition("|")
        return (
            f'<w:style w:type="paragraph" {kind} w:styleId="{self.id}"><w:name w:val="{self.name}"/>{based_on}'
            f'<w:qFormat/><w:pPr>{before_align}<w:jc w:val="{self.align}"/>{after_align}</w:pPr>'
            f"<w:rPr>{fonts(self.east, self.latin)}{before_size}{size(self.size)}{after_size}</w:rPr></w:style>"
        )


def fonts(east: str, latin: str = LATIN) -> str:
    """Spell a choice of fonts: ``east`` for Chinese, ``latin`` for letters and digits."""
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{latin}" w:eastAsia="{east}" w:hAnsi="{latin}" w:cs="{latin}"/>'


def size(points: float) -> str:
    """Spell a type size."""
    half_points = round(points * 2)
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def table_style_id(points: float, role: TableRole) -> str:
    """Name the style of what stands in a table."""
    return f"Table{role}{round(points * 10)}"


def character_pitch(width: int) -> int:
    """Return the grid's extra space per character (1/4096 pt) that puts 28 characters into ``width`` twips."""
    return floor((width / 20 / CHARACTERS_PER_LINE - BODY_SIZE) * 4096)


_CHINESE = '<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
"""Of figures: where Times New Roman is missing, LibreOffice then takes a Chinese serif and not a wide Western one."""
_INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{round(BODY_SIZE * 40)}"/>'
_EXACT = f'<w:spacing w:line="{LINE_PITCH}" w:lineRule="exact"/>'
_FOOTER = '<w:spacing w:line="360" w:lineRule="exact"/>'


def figure_width(points: float, digits: int) -> float:
    """Return the points that ``digits`` take, even in a serif wider than Times New Roman."""
    return 0.56 * points * digits * _figure_scale(points) / 100


def _figure_scale(points: float) -> int:
    return 100 if points == max(TABLE_SIZES) else _NARROW


def _text_styles() -> list[Style]:
    tight = f'<w:spacing w:val="{_TIGHTENING}"/>'
    title_space = _EXACT.replace("<w:spacing", f'<w:spacing w:afterLines="100" w:after="{LINE_PITCH}"')
    return [
        Style("Normal", "Normal", FANG, BODY_SIZE, "both", f'<w:widowControl w:val="0"/><w:snapToGrid w:val="0"/>{_EXACT}'),
        Style(TITLE_STYLE, "Title", TITLE, 22, "center", f"<w:keepNext/><w:keepLines/>{title_space}"),
        Style("Body", "报告正文", FANG, BODY_SIZE, "both", _INDENT, run=tight),
        Style("Heading1", "一级标题", HEI, BODY_SIZE, "both", f'<w:keepNext/>{_INDENT}|<w:outlineLvl w:val="0"/>', run=tight),
        Style("Heading2", "二级标题", KAI, BODY_SIZE, "both", f'<w:keepNext/>{_INDENT}|<w:outlineLvl w:val="1"/>', run=tight),
        Style("PageOdd", "页码（单页）", SONG, 14, "right", f'{_FOOTER}<w:ind w:rightChars="100" w:right="280"/>', SONG),
        Style("PageNote", "页眉说明", SONG, 10.5, "right", _FOOTER, SONG),
        Style("PageEven", "页码（双页）", SONG, 14, "left", f'{_FOOTER}<w:ind w:leftChars="100" w:left="280"/>', SONG),
    ]  # fmt: skip


def _table_styles() -> list[Style]:
    inset = f'<w:ind w:left="{_LABEL_MARGIN}" w:right="{_LABEL_MARGIN}"/>'
    styles = []
    for points, called in TABLE_SIZES.items():
        shape = f'<w:spacing w:line="{round(points * 20 * TABLE_LEADING)}" w:lineRule="exact"/>'
        scale = f'<w:w w:val="{_figure_scale(points)}"/>|{_CHINESE}'
        looks: list[tuple[TableRole, str, str, str, str]] = [("Figure", "数字", "center", shape, scale)]
        if points >= SMALLEST_LABEL:
            looks += [("Centre", "居中", "center", shape, ""), ("Left", "居左", "left", shape + inset, "")]
        styles += [
            Style(table_style_id(points, role), f"表格{word}{called}", FANG, points, align, form, run=run)
            for role, word, align, form, run in looks
        ]
    return styles


def narrow_figures() -> set[str]:
    """Return the ids of the styles of figures in columns that hold ``DIGITS_THAT_FIT`` digits and no more."""
    return {table_style_id(points, "Figure") for points in TABLE_SIZES if points < max(TABLE_SIZES)}


def condensed(figure: str) -> str:
    """Spell a figure that is too long for a narrow column, from within a run, as a run of its own that has room there."""
    scale = _NARROW * DIGITS_THAT_FIT // len(figure)
    return f'</w:t></w:r><w:r><w:rPr><w:w w:val="{scale}"/></w:rPr><w:t>{figure}</w:t></w:r><w:r><w:t>'


def styles_xml() -> str:
    """Spell every style of the layout."""
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{twips}" w:type="dxa"/>'
        for side, twips in (
            ("top", _CELL_PADDING),
            ("left", CELL_MARGIN),
            ("bottom", _CELL_PADDING),
            ("right", CELL_MARGIN),
        )
    )
    grid = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>'
        '<w:style w:type="table" w:customStyle="1" w:styleId="ReportTable"><w:name w:val="表格"/>'
        f'<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>'
        f"{margins}</w:tblCellMar></w:tblPr></w:style>"
    )
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANG)}{size(BODY_SIZE)}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        f"{''.join(style.xml() for style in (*_text_styles(), *_table_styles()))}{grid}</w:styles>"
    )


def settings_xml() -> str:
    """Spell the settings: current Word, different odd and even pages, Chinese punctuation compressed."""
    modern = 'w:uri="http://schemas.microsoft.com/office/word"'
    return (
        f'<w:settings xmlns:w="{W}"><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
        '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/>'
        "<w:balanceSingleByteDoubleByteWidth/><w:doNotExpandShiftReturn/><w:useFELayout/>"
        f'<w:compatSetting w:name="compatibilityMode" {modern} w:val="15"/>'
        f'<w:compatSetting w:name="overrideTableStyleFontSizeAndJustification" {modern} w:val="1"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def font_table_xml() -> str:
    """Spell the fonts used, with the names under which newer systems hold them."""
    described = "".join(
        f'<w:font w:name="{name}">'
        + (f'<w:altName w:val="{_STAND_INS[name]}"/>' if name in _STAND_INS else "")
        + f'<w:charset w:val="{"00" if name == LATIN else "86"}"/></w:font>'
        for name in (LATIN, SONG, HEI, KAI, FANG, TITLE)
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts xmlns:w="{W}">{described}</w:fonts>'
