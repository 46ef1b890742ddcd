"""
Read-only blocks as HTML text: title row, strip of figures, cards, tables of at most some fifty rows, notes, footer.

Every text argument is escaped here, once; `Html` marks what is already markup (a picture, a chip).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gislib.reports.looks import CHIPS
from gislib.ui.picture import Html, Text, picture, safe, symbol_picture


def chip(code: str, text: str) -> Html:
    """Verdict or audit state in its outlined box; an unlisted code looks like ``unknown``."""
    look = CHIPS.get(code, CHIPS["unknown"])
    style = f"background:{look.fill};border-color:{look.line};color:{look.text};border-style:{look.style}"
    return Html(f'<span class="hx-chip" style="{style}">{escape(text)}</span>')


def count_square(code: str, count: int, word: str) -> Html:
    """Count in a small square: filled for what is suspected, outlined for the rest; ``word`` is read aloud."""
    look = CHIPS.get(code, CHIPS["unknown"])
    filled = code == "suspected"
    style = (
        f"background:{look.line if filled else look.fill};border-color:{look.line};border-style:{look.style};"
        f"color:{'#FFFFFF' if filled else look.text}"
    )
    return Html(f'<span class="hx-count" style="{style}" title="{escape(word)}">{count}</span>')


def marked(symbol: str, text: Text, size_px: float = 15) -> Html:
    """Symbol and its word side by side: a symbol never stands alone."""
    return Html(f'<span class="hx-mark">{symbol_picture(symbol, size_px)}<span>{safe(text)}</span></span>')


MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30" viewBox="0 0 24 24">'
    '<path d="M12 1.5 21.5 5V12Q21.5 19 12 22.8 2.5 19 2.5 12V5Z" fill="#1D4F7C"/>'
    '<path d="M6.5 15.5V10.6L12 7.4 17.5 10.6V15.5" fill="none" stroke="#fff" stroke-width="1.7"/>'
    '<path d="M5 18Q9 14.6 12 16.4T19 15" fill="none" stroke="#F3CF4E" stroke-width="1.8"/></svg>'
)


def title_row(title: str, context: str = "") -> Html:
    """Heading of the page with one line of context."""
    return Html(f'<div class="hx hx-title"><h1>{escape(title)}</h1><span>{escape(context)}</span></div>')


def brand(name: str, motto: str) -> Html:
    """Name of the product with its mark."""
    mark = picture(MARK)
    return Html(f'<div class="hx-brand">{mark}<div><b>{escape(name)}</b><span>{escape(motto)}</span></div></div>')


def demo_badge(text: str) -> Html:
    """Badge that tells fictional data apart, on every page of a demo workspace."""
    return Html(f'<span class="hx-demo">{escape(text)}</span>')


@dataclass(frozen=True)
class Figure:
    """One box of the strip: label (with a symbol), value, and a note; ``alert`` marks a note that needs a decision."""

    label: str
    value: str
    note: str = ""
    symbol: str | None = None
    alert: bool = False
    grow: float = 1.0


def figure_strip(figures: Sequence[Figure]) -> Html:
    """Row of key figures, 62 px high."""
    return Html(f'<div class="hx hx-kpis">{"".join(_figure(figure) for figure in figures)}</div>')


def _figure(figure: Figure) -> str:
    symbol = symbol_picture(figure.symbol, 15) if figure.symbol else ""
    kind = ' class="alert"' if figure.alert else ""
    note = f"<small{kind}>{escape(figure.note)}</small>" if figure.note else ""
    return (
        f'<div class="hx-kpi" style="flex-grow:{figure.grow:g}"><div class="l">{symbol}{escape(figure.label)}</div>'
        f'<div class="v">{escape(figure.value)}{note}</div></div>'
    )


@dataclass(frozen=True)
class Heading:
    """Column of a read-only table; ``number`` aligns right."""

    text: Text
    number: bool = False
    keep: bool = False
    """Whether the column's cells stay on one line."""


def table(headings: Sequence[Heading], rows: Sequence[Sequence[Text]], selected: int | None = None) -> Html:
    """Read-only table; ``selected`` is the position of the marked row. Missing texts are the caller's "—" or "?"."""
    head = "".join(f"<th{_cell_class(column)}>{safe(column.text)}</th>" for column in headings)
    lines = []
    for position, row in enumerate(rows):
        cells = "".join(
            f"<td{_cell_class(column)}>{safe(cell)}</td>" for column, cell in zip(headings, row, strict=True)
        )
        lines.append(f"<tr{' class=on' if position == selected else ''}>{cells}</tr>")
    header = f"<thead><tr>{head}</tr></thead>" if any(column.text for column in headings) else ""
    return Html(f'<table class="hx-table">{header}<tbody>{"".join(lines)}</tbody></table>')


def _cell_class(column: Heading) -> str:
    if column.number:
        return " class=num"
    return " class=keep" if column.keep else ""


def card(title: Text, body: Text, note: Text = "") -> Html:
    """Bordered group with a heading; ``note`` stands small at the right of the heading."""
    side = f'<span class="n">{safe(note)}</span>' if note else ""
    head = f'<div class="hx-head">{safe(title)}{side}</div>' if title or note else ""
    return Html(f'<div class="hx hx-card">{head}{safe(body)}</div>')


def body(*parts: Text) -> Html:
    """Contents of a card with the inner margin that tables do without."""
    return Html(f'<div class="hx-body">{"".join(safe(part) for part in parts)}</div>')


def note(text: Text, *, warn: bool = False) -> Html:
    """Sentence with a bar at its left; ``warn`` where something is missing or must be decided."""
    return Html(f'<div class="hx hx-note{" warn" if warn else ""}">{safe(text)}</div>')


def facts(pairs: Mapping[str, Text]) -> Html:
    """Names and values in two columns."""
    items = "".join(f"<dt>{escape(name)}</dt><dd>{safe(value)}</dd>" for name, value in pairs.items())
    return Html(f'<dl class="hx hx-facts" style="margin:0">{items}</dl>')


def footer(parts: Sequence[str]) -> Html:
    """Line of provenance at the foot of every page."""
    return Html(f'<div class="hx hx-footer">{"<i>|</i>".join(escape(part) for part in parts if part)}</div>')
