"""The symbols as PNG, for programs that take no SVG: drawn by typst from the same files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import typst

from gislib.reports.symbols import symbol_svg

SIDE_PX: Final = 64
"""Phones draw them at about half of that."""
_POINTS_PER_INCH: Final = 72.0
_SIDE_PT: Final = 24
_SOURCE: Final = f"""
#set page(width: {_SIDE_PT}pt, height: {_SIDE_PT}pt, margin: 0pt, fill: none)
#image(bytes(sys.inputs.symbol), format: "svg", width: 100%)
"""


def symbol_pngs(names: Iterable[str]) -> dict[str, bytes]:
    """
    PNG with transparent ground of each symbol by name, the same bytes for the same symbols.

    Raises
    ------
    KeyError
        A name without a file in ``data/symbols``.
    """
    return {name: _png(symbol_svg(name)) for name in sorted(set(names))}


@lru_cache(maxsize=64)
def _png(svg: str) -> bytes:
    ppi = SIDE_PX * _POINTS_PER_INCH / _SIDE_PT
    return typst.compile(_SOURCE.encode(), format="png", ppi=ppi, sys_inputs={"symbol": svg})
