"""Elements of WordprocessingML, and the cleaning of every text that goes into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from gislib.reports.fonts import one_line
from gislib.reports.works.archive import xml_text

TWIPS_PER_MM: Final = 1440 / 25.4
TWIPS_PER_PT: Final = 20
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def make(tag: str, attributes: Mapping[str, object] | None = None, *children: BaseOxmlElement) -> BaseOxmlElement:
    """Element ``w:tag`` with its ``w:`` attributes and children, in the order given (the schema fixes it)."""
    made = OxmlElement(f"w:{tag}")
    for name, value in (attributes or {}).items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def mm(length: float) -> int:
    """Millimetres as twips."""
    return round(length * TWIPS_PER_MM)


def points(length: float) -> int:
    """Points as twips."""
    return round(length * TWIPS_PER_PT)


def clean(text: str) -> str:
    """One line that XML can hold; rare characters stay, because the reader's machine may have them."""
    return one_line(xml_text(text))


def run(text: str, style: str = "") -> BaseOxmlElement:
    """Cleaned text in a character style."""
    return literal(clean(text), style)


def literal(text: str, style: str = "") -> BaseOxmlElement:
    """Text of our own with its spaces."""
    written = make("t")
    written.text = text
    written.set(_SPACE, "preserve")
    looks = [make("rPr", None, make("rStyle", {"val": style}))] if style else []
    return make("r", None, *looks, written)


def field(code: str) -> list[BaseOxmlElement]:
    """Runs of a field that the word processor fills in, such as the page number."""
    instruction = make("instrText")
    instruction.text = f" {code} "
    instruction.set(_SPACE, "preserve")
    parts = [make("fldChar", {"fldCharType": "begin"}), instruction, make("fldChar", {"fldCharType": "end"})]
    return [make("r", None, part) for part in parts]


def paragraph(style: str, *runs: BaseOxmlElement, with_next: bool = False) -> BaseOxmlElement:
    """Paragraph in a paragraph style; ``with_next``: never parted from what follows."""
    held = [make("keepNext")] if with_next else []
    return make("p", None, make("pPr", None, make("pStyle", {"val": style}), *held), *runs)
