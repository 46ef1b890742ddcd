"""A paper as a Word file by GB/T 9704, to be edited."""

from __future__ import annotations

import io
from typing import Final

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm

from gislib.reports.briefing.paper import (
    TEXT_WIDTH_MM,
    Annex,
    Block,
    Form,
    Heading,
    Paper,
    Picture,
    Prose,
    SignOff,
    Table,
)
from gislib.reports.briefing.pictures import picture_png
from gislib.reports.briefing.word_file import document_bytes, new_document
from gislib.reports.briefing.word_styles import LINE_PT, RED, FontSet
from gislib.reports.briefing.word_tables import form_element, table_element
from gislib.reports.briefing.word_xml import clean, make, mm, paragraph, points, run

ORGAN_TOP_MM: Final = 35.0
"""From the top of the text area to the red head."""
ORGAN_MOST_PT: Final = 42.0
RED_LINE_BELOW_PT: Final = 11.0
"""4 mm between number and red line."""
_POINTS_PER_MM: Final = 72 / 25.4


def render_word(paper: Paper, fonts: FontSet = "official") -> bytes:
    """
    Docx of a paper; equal papers give equal bytes.

    Parameters
    ----------
    paper
        What to write. Characters that no font of ours has stay as they are: the reader's machine may have them.
    fonts
        ``official``: the names that GB/T 9704 asks for, with stand-ins; ``common``: 仿宋, 楷体, 黑体, 宋体.

    Raises
    ------
    InputError
        ``fonts_missing`` if ``data/fonts`` is incomplete.
    """
    document = new_document(paper, fonts)
    body = document.element.body
    end = body.find(qn("w:sectPr"))
    for element in _head(paper):
        end.addprevious(element)
    for block, following in zip(paper.blocks, (*paper.blocks, None)[1:], strict=True):
        for element in _elements(document, block, following):
            end.addprevious(element)
    return document_bytes(document, paper.stamp.as_of)


def _head(paper: Paper) -> list[BaseOxmlElement]:
    """Red head if there is one, title, what stands under it, and addressee."""
    lines = _red_head(paper) if paper.organ else []
    titles = [paragraph("Title", run(line)) for line in paper.title]
    spacing = {"before": points(2 * LINE_PT if paper.organ else 0.5 * LINE_PT)}
    _space(titles[0], spacing)
    under = [text for text in (paper.mark, "" if paper.organ else paper.number) if text]
    titles += [paragraph("TitleMark", run(text)) for text in under]
    _space(titles[-1], (spacing if len(titles) == 1 else {}) | {"after": points(LINE_PT)})
    addressee = [paragraph("TextFlush", run(f"{paper.addressee}："))] if paper.addressee else []
    return [*lines, *titles, *addressee]


def _red_head(paper: Paper) -> list[BaseOxmlElement]:
    name = clean(paper.organ)
    size_pt = min(ORGAN_MOST_PT, TEXT_WIDTH_MM * _POINTS_PER_MM / max(len(name), 1))
    organ = paragraph("Organ", run(name))
    _space(organ, {"before": points(ORGAN_TOP_MM * _POINTS_PER_MM)})
    half_points = make("sz", {"val": int(size_pt * 2)})
    organ[-1].insert(0, make("rPr", None, half_points))
    tab = make("r", None, make("tab"))
    number = paragraph("TextFlush", run(paper.number), tab, run(paper.head_date))
    line = make("bottom", {"val": "single", "sz": 12, "space": round(RED_LINE_BELOW_PT), "color": RED})
    looks = number[0]
    looks.append(make("pBdr", None, line))
    looks.append(make("tabs", None, make("tab", {"val": "right", "pos": mm(TEXT_WIDTH_MM)})))
    _space(number, {"before": points(2 * LINE_PT)})
    return [organ, number]


def _space(element: BaseOxmlElement, spacing: dict[str, int]) -> None:
    """Space before and after one paragraph, over that of its style."""
    element[0].append(make("spacing", spacing))


def _elements(document: Document, block: Block, following: Block | None) -> list[BaseOxmlElement]:  # noqa: PLR0911 - one case per kind of block
    match block:
        case Heading():
            return [paragraph(f"Heading{block.level}", run(block.text))]
        case Prose():
            return [_prose(block, with_next=block.with_next or isinstance(following, SignOff))]
        case Table():
            caption = [paragraph("Caption", run(block.caption))] if block.caption else []
            return [*caption, table_element(block), paragraph("AfterTable")]
        case Form():
            return [paragraph("AfterTable"), form_element(block), paragraph("AfterTable")]
        case Picture():
            return [_picture(document, block), paragraph("PictureCaption", run(block.caption))]
        case Annex():
            return _annex(block)
        case SignOff():
            return _sign_off(block)


def _prose(block: Prose, *, with_next: bool) -> BaseOxmlElement:
    label = [run(block.label, "Label")] if block.label else []
    return paragraph("Text" if block.indent else "TextFlush", *label, run(block.text), with_next=with_next)


def _annex(block: Annex) -> list[BaseOxmlElement]:
    lines = [paragraph("AnnexLabel", run(block.label))] if block.label else []
    lines.append(paragraph("AnnexTitle", run(block.title)))
    lines[0][0].append(make("pageBreakBefore"))
    return lines


def _sign_off(block: SignOff) -> list[BaseOxmlElement]:
    """Name and day, one line under the text, held together."""
    lines = [paragraph("SignOff", run(text), with_next=text == block.by) for text in (block.by, block.day) if text]
    if lines:
        _space(lines[0], {"before": points(LINE_PT)})
    return lines


def _picture(document: Document, block: Picture) -> BaseOxmlElement:
    """Picture as pixels: older word processors cannot show SVG."""
    inline = document.part.new_pic_inline(io.BytesIO(picture_png(block)), width=Mm(block.width_mm))
    inline.docPr.set("descr", clean(block.description))
    inline.docPr.set("title", clean(block.caption))
    return paragraph("Picture", make("r", None, make("drawing", None, inline)))
