"""The same places in the shifted datum of a phone map: approximate, said so, and never with a CRS tag."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd

from gislib import wording
from gislib.domain.errors import DatumError
from gislib.geo.datum import SHIFTED, UNSHIFTED, shapes_from_wgs84
from gislib.reports.metadata import Stamp

_NAMES: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}


def is_shifted(datum: str) -> bool:
    """
    Whether coordinates of a datum differ from WGS 84.

    Raises
    ------
    DatumError
        ``datum_unknown`` for a datum we do not know.
    """
    if datum not in UNSHIFTED | SHIFTED:
        raise DatumError("datum_unknown", datum=datum, known=", ".join(sorted(UNSHIFTED | SHIFTED)))
    return datum in SHIFTED


def file_suffix(datum: str) -> str:
    """End of the names of files in a datum: ``_GCJ02``; empty for WGS 84."""
    return f"_{datum.upper()}" if is_shifted(datum) else ""


def approximate_line(datum: str, lang: str = "zh") -> str:
    """What must be said of shifted coordinates; empty for WGS 84."""
    return wording.text("works.note.approximate", lang, datum=_NAMES[datum]) if is_shifted(datum) else ""


def in_datum(table: gpd.GeoDataFrame, datum: str) -> gpd.GeoDataFrame:
    """
    Copy of a WGS 84 table with its coordinates in ``datum``.

    The copy still calls itself WGS 84, which no shifted datum is: a writer must not write that tag.
    """
    return table.set_geometry(shapes_from_wgs84(datum, table.geometry))


def stamp_in(stamp: Stamp, datum: str) -> Stamp:
    """Stamp that also says the datum, and that it is approximate."""
    if not is_shifted(datum):
        return stamp
    return replace(
        stamp,
        parameters=(*stamp.parameters, ("datum", datum)),
        marking=(*stamp.marking, approximate_line(datum)),
    )
