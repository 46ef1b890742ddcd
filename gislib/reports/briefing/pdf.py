"""A paper as PDF with our own fonts: the same blocks as the Word file, on the same grid."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from gislib import wording
from gislib.reports.briefing.fitting import beginning_pt
from gislib.reports.briefing.paper import Block, Paper, Picture, Table, texts
from gislib.reports.fonts import FAMILY, missing_characters
from gislib.reports.typesetting import printable_data, typeset_images, typeset_pdf

TEMPLATE: Final = "briefing.typ"


@dataclass(frozen=True)
class PrintedPaper:
    """PDF, and the characters that it prints as 〓 because the fonts lack them."""

    pdf: bytes
    missing: tuple[str, ...]


def render_pdf(paper: Paper) -> PrintedPaper:
    """
    PDF of a paper, A4 upright; equal papers give equal bytes.

    Raises
    ------
    InputError
        ``fonts_missing`` if ``data/fonts`` is incomplete.
    """
    data, images = _data(paper)
    return PrintedPaper(typeset_pdf(TEMPLATE, data, images), missing_in_paper(paper))


def render_paper_pages(paper: Paper, ppi: float) -> tuple[bytes, ...]:
    """Pages of `render_pdf` as PNG, for a look before printing."""
    data, images = _data(paper)
    return typeset_images(TEMPLATE, data, images, ppi)


def missing_in_paper(paper: Paper) -> tuple[str, ...]:
    """Characters of a paper and its pictures that our fonts cannot print; the Word file keeps those of its text."""
    return tuple(sorted(missing_characters("".join(texts(paper))) | paper.missing))


def _data(paper: Paper) -> tuple[dict[str, Any], dict[str, str]]:
    images: dict[str, str] = {}
    blocks = []
    for number, block in enumerate(paper.blocks):
        shown: Block = block
        if isinstance(block, Picture):
            images[f"picture-{number}.svg"] = block.svg
            shown = replace(block, svg=f"picture-{number}.svg")
        together = {"together_pt": beginning_pt(block)} if isinstance(block, Table) else {}
        blocks.append({"kind": type(block).__name__, **asdict(shown), **together})
    lacking = missing_in_paper(paper)
    codes = "、".join(f"U+{ord(sign):04X}" for sign in lacking)
    data = {
        "font": FAMILY,
        "heading": "".join(paper.title),
        "title": list(paper.title),
        "mark": paper.mark,
        "organ": paper.organ,
        "number": paper.number,
        "head_date": paper.head_date,
        "addressee": paper.addressee,
        "marking": "｜".join(paper.stamp.marking),
        "missing": wording.text("briefing.glyphs", codes=codes) if lacking else "",
        "blocks": blocks,
    }
    return printable_data(data), images
