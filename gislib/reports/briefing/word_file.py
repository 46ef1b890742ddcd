"""The Word package around the text: page, header and footer, font table, properties; equal papers give equal bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Final

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _BaseHeaderFooter
from docx.shared import Mm

from gislib.reports.briefing.paper import Paper
from gislib.reports.briefing.word_styles import STAND_INS, FontSet, set_styles
from gislib.reports.briefing.word_xml import clean, field, literal, make, paragraph, run
from gislib.reports.works.archive import zip_bytes

LINE_PITCH_TWIPS: Final = 579
"""Line grid of 28.95 pt; a grid of lines and characters doubles the pitch in LibreOffice."""
PAGE_MM: Final = {
    "page_width": 210, "page_height": 297, "top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26,
    "header_distance": 18, "footer_distance": 21,
}  # fmt: skip
_THUMBNAIL: Final = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
_SIMPLIFIED: Final = "86"
"""Character set of a font in hexadecimal: GB 2312."""


def new_document(paper: Paper, fonts: FontSet) -> Document:
    """Empty document with page, styles, marking and page numbers."""
    document = docx.Document()
    package = document.part.package
    for key in [key for key, part in package.rels.items() if part.reltype == _THUMBNAIL]:
        del package.rels[key]
    set_styles(document, fonts)
    _set_page(document)
    _set_margins_text(document, paper)
    _set_font_table(document)
    _set_properties(document, paper)
    return document


def document_bytes(document: Document, day: date) -> bytes:
    """Package as bytes, every file in it dated on one day."""
    memory = io.BytesIO()
    document.save(memory)
    with zipfile.ZipFile(memory) as packed:
        return zip_bytes({name: packed.read(name) for name in packed.namelist()}, day)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    for name, length_mm in PAGE_MM.items():
        setattr(section, name, Mm(length_mm))
    for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001 - the library offers no grid
        section._sectPr.remove(old)  # noqa: SLF001
    section._sectPr.append(make("docGrid", {"type": "lines", "linePitch": LINE_PITCH_TWIPS}))  # noqa: SLF001


def _set_margins_text(document: Document, paper: Paper) -> None:
    """Marking over every page, page number ``— 1 —`` under it: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    marking = "｜".join(paper.stamp.marking)
    for header in (section.header, section.even_page_header):
        _fill(header, paragraph("Marking", run(marking)))
    for footer, style in ((section.footer, "PageOdd"), (section.even_page_footer, "PageEven")):
        _fill(footer, paragraph(style, literal("— "), *field("PAGE"), literal(" —")))


def _fill(part: _BaseHeaderFooter, content: BaseOxmlElement) -> None:
    part.is_linked_to_previous = False
    element = part._element  # noqa: SLF001 - the library has no way to put an element in
    for child in list(element):
        element.remove(child)
    element.append(content)


def _set_font_table(document: Document) -> None:
    """Name the stand-ins of our fonts; python-docx keeps this part as bytes."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = parse_xml(part.blob)
    for old in [one for one in table if one.get(qn("w:name")) in STAND_INS]:
        table.remove(old)
    for name, stand_ins in STAND_INS.items():
        table.append(
            make(
                "font",
                {"name": name},
                make("altName", {"val": stand_ins}),
                make("charset", {"val": _SIMPLIFIED}),
                make("family", {"val": "auto"}),
                make("pitch", {"val": "default"}),
            )
        )
    part._blob = serialize_part_xml(table)  # noqa: SLF001


def _set_properties(document: Document, paper: Paper) -> None:
    """Title and day; no author, no clock."""
    facts, day = document.core_properties, paper.stamp.as_of
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the library writes naive times as UTC
    facts.title, facts.author, facts.last_modified_by, facts.comments = clean("".join(paper.title)), "", "", ""
    facts.subject = clean("｜".join(paper.stamp.marking))
    facts.created = facts.modified = midnight
    facts.revision, facts.language = 1, "zh-CN"
