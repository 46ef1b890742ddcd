"""What the prints and files of a patrol are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd

from gislib.patrol.record import PatrolRecord
from gislib.reports.metadata import Stamp

CONTEXT: Final = ("roads", "water", "buildings", "schools", "gates")
"""Layers of `gislib.domain.tables` that are drawn around the routes."""


@dataclass(frozen=True)
class PatrolPaper:
    """
    One patrol, ready to be printed and written.

    Attributes
    ----------
    patrol_id, name, version
        Head as stored; ``name`` is untrusted text.
    record
        Routes: every printed time and place comes from here.
    shift_title
        Name of the shift as printed.
    on
        Day of the patrol; None leaves a line to fill in by hand.
    context
        Layers `CONTEXT`, WGS 84; any may be absent.
    stamp
        Sources, versions, marking (that of patrols) and credits.
    """

    patrol_id: str
    name: str
    version: int
    record: PatrolRecord
    shift_title: str
    on: date | None
    context: Mapping[str, gpd.GeoDataFrame]
    stamp: Stamp
