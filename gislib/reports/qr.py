"""QR codes of a place: a link for AMap in its own datum, and a ``geo:`` address that needs no network."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote

import numpy as np
import segno

from gislib.geo.datum import from_wgs84

AMAP_MARKER: Final = "https://uri.amap.com/marker"
COORDINATE_DECIMALS: Final = 7
NAME_CHARACTERS: Final = 20
"""A percent-encoded Chinese character takes nine signs: a longer name makes the modules too small to be read."""
QUIET_MODULES: Final = 4
"""White border that ISO/IEC 18004 asks for."""


def amap_link(lon: float, lat: float, name: str = "") -> str:
    """
    Link that marks a WGS 84 place (degrees) in AMap; its coordinates are GCJ-02, longitude first, approximate.

    Without a ``name`` its code has half the modules, so that it can be read from a poor copy.
    """
    moved_lon, moved_lat = from_wgs84("gcj02", np.array([lon]), np.array([lat]))
    position = f"{_degrees(moved_lon[0])},{_degrees(moved_lat[0])}"
    named = f"&name={quote(name[:NAME_CHARACTERS], safe='')}" if name else ""
    return f"{AMAP_MARKER}?position={position}{named}&coordinate=gaode"


def geo_address(lon: float, lat: float) -> str:
    """
    Address of a WGS 84 place in degrees, latitude first.

    References
    ----------
    IETF RFC 5870 (2010), section 3.3.
    """
    return f"geo:{_degrees(lat)},{_degrees(lon)}"


def qr_svg(content: str) -> str:
    """SVG of a QR code at error level M with its quiet zone, one unit per module, black on white."""
    rows = [list(row) for row in _code(content).matrix_iter(border=QUIET_MODULES)]
    side = len(rows)
    runs = "".join(f"M{left} {top}h{right - left}v1h{left - right}z" for top, left, right in _runs(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{runs}" fill="#000"/></svg>'
    )


def qr_side(content: str) -> int:
    """Modules along a side of the code of `qr_svg`, quiet zone included."""
    return int(_code(content).symbol_size(border=QUIET_MODULES)[0])


@lru_cache(maxsize=4)
def _code(content: str) -> segno.QRCode:
    return segno.make(content, error="m", micro=False, boost_error=False)


def _runs(rows: list[list[int]]) -> list[tuple[int, int, int]]:
    """Dark modules as (row, first, one past the last): one path a run, without hairlines between modules."""
    found = []
    for top, row in enumerate(rows):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(row, dtype=int), [0]))))
        found += [(top, int(left), int(right)) for left, right in edges.reshape(-1, 2)]
    return found


def _degrees(value: float) -> str:
    return f"{float(value):.{COORDINATE_DECIMALS}f}"
