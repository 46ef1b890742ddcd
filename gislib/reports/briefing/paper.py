"""
A paper as a list of blocks: the one thing that both the Word file and the PDF are made from.

Texts are final Chinese texts of one line each; both writers clean and escape them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from gislib.reports.metadata import Stamp

TEXT_WIDTH_MM: Final = 156.0
"""Width of the text area (版心) of GB/T 9704."""

ROWS_TOGETHER: Final = 3
"""Rows that a table begins with on one page: fewer at its foot look like a leftover."""

Align: TypeAlias = Literal["left", "center", "right"]

_SIDES: Final[dict[str, Align]] = {"l": "left", "c": "center", "r": "right"}


@dataclass(frozen=True)
class Heading:
    """Heading inside the text: level 1 ``一、``, level 2 ``（一）``; the number belongs to the text."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Prose:
    """
    One paragraph.

    ``label``: first words in the heading font. ``indent``: first line two characters in. ``with_next``: never parted
    from the block that follows.
    """

    text: str
    label: str = ""
    indent: bool = True
    with_next: bool = False


@dataclass(frozen=True)
class Column:
    """Column of a table; the widths of all columns together are at most `TEXT_WIDTH_MM`."""

    head: str
    width_mm: float
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """
    Ruled table with a caption over it ("" = none); its head is repeated on every page, its rows are never cut.

    ``row_mm``: least height of a row, for tables that are filled in by hand; 0 = as the text needs. The head and the
    first `ROWS_TOGETHER` rows stand on one page.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    row_mm: float = 0.0


@dataclass(frozen=True)
class FormRow:
    """Label, value, label, value; a row of two spans the width. ``least_mm``: room to write in by hand."""

    cells: tuple[str, ...]
    least_mm: float = 9.0


@dataclass(frozen=True)
class Form:
    """Ruled table without head, to be filled in."""

    rows: tuple[FormRow, ...]


@dataclass(frozen=True)
class Picture:
    """SVG picture of that size with a caption under it."""

    svg: str
    width_mm: float
    height_mm: float
    caption: str
    description: str


@dataclass(frozen=True)
class Annex:
    """Start of an annex on a new page: ``附件1`` and its title; without a label only a title."""

    label: str
    title: str


@dataclass(frozen=True)
class SignOff:
    """Who and when, on the right; never alone on a page. ``by`` may be empty."""

    by: str
    day: str


Block: TypeAlias = Heading | Prose | Table | Form | Picture | Annex | SignOff


@dataclass(frozen=True)
class Paper:
    """
    A whole paper.

    Attributes
    ----------
    title, mark
        Lines of the title; line in brackets under it, such as 征求意见稿 ("" = none).
    organ
        Red head; "" unless a user typed the organ.
    number
        Number of the paper, under the red head or else under the title; "" = none.
    head_date
        Date beside the number under a red head.
    addressee
        主送单位, flush left before the text; "" = none.
    stamp
        Marking, printed on every page, and the day that dates the file.
    missing
        Characters in pictures that the fonts lack.
    """

    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    stamp: Stamp
    mark: str = ""
    organ: str = ""
    number: str = ""
    head_date: str = ""
    addressee: str = ""
    missing: frozenset[str] = field(default_factory=frozenset)


def columns(heads: Sequence[str], widths_mm: Sequence[float], sides: str) -> tuple[Column, ...]:
    """Columns of a table; ``sides``: one letter each, ``l``, ``c`` or ``r``."""
    return tuple(Column(head, width, _SIDES[side]) for head, width, side in zip(heads, widths_mm, sides, strict=True))


def texts(value: object) -> Iterator[str]:
    """Every text that is set on the pages: not the SVG of pictures, and of the stamp only its marking."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Stamp):
        yield from value.marking
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            if not (isinstance(value, Picture) and one.name == "svg"):
                yield from texts(getattr(value, one.name))


def day_text(day: date) -> str:
    """Date as official papers write it, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
