"""
Styles of the Word papers by GB/T 9704: 22 lines of 28 characters on A4, and the font names with their stand-ins.

Word files hold only names of fonts. The official names (仿宋_GB2312, 楷体_GB2312, 方正小标宋简体) are missing on many
machines, so the font table names stand-ins; the common set uses only what Windows brings along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from gislib.reports.briefing.word_xml import make, points

LATIN: Final = "Times New Roman"
LINE_PT: Final = 28.95
"""22 lines in 225 mm: at 29 pt the 22nd does not fit."""
TITLE_PT, TEXT_PT, PAGE_PT, CAPTION_PT, TABLE_PT, MARKING_PT = 22.0, 16.0, 14.0, 12.0, 10.5, 9.0
TITLE_LINE_PT, CAPTION_LINE_PT, TABLE_LINE_PT, AFTER_TABLE_PT = 36.0, 22.0, 15.0, 8.0
CHARACTER_TIGHTER_PT: Final = 0.25
"""28 characters of 16 pt are 448 pt, the text area has 442 pt."""
RED: Final = "E60012"

FontSet: TypeAlias = Literal["official", "common"]


@dataclass(frozen=True)
class FontNames:
    """Chinese font of each role."""

    text: str
    head: str
    subhead: str
    title: str
    page: str


FONTS: Final[dict[FontSet, FontNames]] = {
    "official": FontNames("仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"),
    "common": FontNames("仿宋", "黑体", "楷体", "宋体", "宋体"),
}
STAND_INS: Final = {
    "仿宋_GB2312": "仿宋;FangSong;STFangsong;华文仿宋",
    "楷体_GB2312": "楷体;KaiTi;STKaiti;华文楷体",
    "方正小标宋简体": "华文中宋;STZhongsong;宋体;SimSun",
    "仿宋": "FangSong;STFangsong",
    "楷体": "KaiTi;STKaiti",
    "黑体": "SimHei;STHeiti",
    "宋体": "SimSun;STSong",
}
"""Fonts that may replace each of ours, best first, as the font table names them."""


@dataclass(frozen=True)
class _Style:
    """
    One paragraph style; sizes and spaces in points, indents in characters.

    ``line_pt``: exact height of a line on the grid; None: as high as its content (pictures).
    """

    style_id: str
    font: str
    size_pt: float
    line_pt: float | None = LINE_PT
    align: str = "both"
    first_chars: int = 0
    left_chars: int = 0
    right_chars: int = 0
    before_pt: float = 0.0
    after_pt: float = 0.0
    with_next: bool = False
    bold: bool = False
    colour: str = ""
    outline: int | None = None
    tighter_pt: float = 0.0


def set_styles(document: Document, fonts: FontSet) -> None:
    """Replace the styles that the papers use, and the defaults of the document."""
    names = FONTS[fonts]
    _set_defaults(document, names)
    for style in _styles(names, title_bold=fonts == "common"):
        _replace(document, style)
    _set_label(document, names)


def _styles(names: FontNames, *, title_bold: bool) -> tuple[_Style, ...]:
    text = _Style("TextFlush", names.text, TEXT_PT, tighter_pt=CHARACTER_TIGHTER_PT)
    head = replace(text, style_id="Heading1", font=names.head, first_chars=2, with_next=True, outline=0)
    table = _Style("TableLeft", names.text, TABLE_PT, TABLE_LINE_PT, "left")
    title = _Style("Title", names.title, TITLE_PT, TITLE_LINE_PT, "center", with_next=True, bold=title_bold)
    caption = _Style("Caption", names.head, CAPTION_PT, CAPTION_LINE_PT, "center", with_next=True)
    page = _Style("PageOdd", names.page, PAGE_PT, CAPTION_LINE_PT, "right", right_chars=1)
    return (
        text,
        replace(text, style_id="Text", first_chars=2),
        replace(text, style_id="SignOff", align="right", right_chars=4),
        replace(text, style_id="AnnexLabel", font=names.head, with_next=True),
        replace(text, style_id="TitleMark", font=names.subhead, align="center", with_next=True),
        head,
        replace(head, style_id="Heading2", font=names.subhead, outline=1),
        title,
        replace(title, style_id="AnnexTitle", after_pt=CAPTION_PT),
        replace(title, style_id="Organ", line_pt=None, colour=RED),
        caption,
        replace(caption, style_id="PictureCaption", with_next=False, after_pt=CAPTION_PT / 2),
        _Style("Picture", names.text, TABLE_PT, None, "center", before_pt=CAPTION_PT / 2, with_next=True),
        table,
        replace(table, style_id="TableCenter", align="center"),
        replace(table, style_id="TableRight", align="right"),
        replace(table, style_id="TableHead", font=names.head, align="center", with_next=True),
        _Style("AfterTable", names.text, AFTER_TABLE_PT, AFTER_TABLE_PT, "left"),
        _Style("Marking", names.head, MARKING_PT, CAPTION_PT, "left"),
        page,
        replace(page, style_id="PageEven", align="left", right_chars=0, left_chars=1),
    )


def _set_defaults(document: Document, names: FontNames) -> None:
    """Set fonts, size, language and paragraph of everything without a style of its own."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for child in list(defaults):
        defaults.remove(child)
    looks = _looks(_Style("", names.text, TEXT_PT))
    looks.append(make("lang", {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"}))
    defaults.append(make("rPrDefault", None, looks))
    defaults.append(make("pPrDefault", None, make("pPr", None, make("widowControl", {"val": 0}))))
    normal = document.styles["Normal"].element
    for child in list(normal):
        if child.tag in {qn("w:pPr"), qn("w:rPr")}:
            normal.remove(child)


def _replace(document: Document, style: _Style) -> None:
    styles = document.styles.element
    for old in [one for one in styles if one.get(qn("w:styleId")) == style.style_id]:
        styles.remove(old)
    name = {"Heading1": "heading 1", "Heading2": "heading 2", "Caption": "caption"}.get(style.style_id, style.style_id)
    styles.append(
        make(
            "style",
            {"type": "paragraph", "styleId": style.style_id},
            make("name", {"val": name}),
            make("basedOn", {"val": "Normal"}),
            make("qFormat"),
            _layout(style),
            _looks(style),
        )
    )


def _set_label(document: Document, names: FontNames) -> None:
    """Character style of the words that begin a paragraph in the heading font."""
    looks = make("rPr", None, _font(names.head))
    style = make("style", {"type": "character", "styleId": "Label", "customStyle": 1}, make("name", {"val": "Label"}))
    style.append(looks)
    document.styles.element.append(style)


def _layout(style: _Style) -> BaseOxmlElement:
    """Paragraph properties in the order of the schema."""
    line = {} if style.line_pt is None else {"line": points(style.line_pt), "lineRule": "exact"}
    spacing = {"before": points(style.before_pt), "after": points(style.after_pt), **line}
    size = points(style.size_pt)
    indent: dict[str, int] = {}
    for side, chars in (("left", style.left_chars), ("right", style.right_chars), ("firstLine", style.first_chars)):
        if chars:
            indent |= {f"{side}Chars": 100 * chars, side: chars * size}
    on_grid = style.line_pt == LINE_PT
    return make(
        "pPr",
        None,
        *([make("keepNext"), make("keepLines")] if style.with_next else []),
        make("widowControl", {"val": 0}),
        *([] if on_grid else [make("snapToGrid", {"val": 0})]),
        make("spacing", spacing),
        *([make("ind", indent)] if indent else []),
        make("jc", {"val": style.align}),
        *([] if style.outline is None else [make("outlineLvl", {"val": style.outline})]),
    )


def _looks(style: _Style) -> BaseOxmlElement:
    """Character properties in the order of the schema."""
    half_points = round(style.size_pt * 2)
    return make(
        "rPr",
        None,
        _font(style.font),
        *([make("b")] if style.bold else []),
        *([make("color", {"val": style.colour})] if style.colour else []),
        *([make("spacing", {"val": -points(style.tighter_pt)})] if style.tighter_pt else []),
        make("sz", {"val": half_points}),
        make("szCs", {"val": half_points}),
    )


def _font(name: str) -> BaseOxmlElement:
    return make("rFonts", {"ascii": LATIN, "hAnsi": LATIN, "eastAsia": name, "cs": LATIN})
