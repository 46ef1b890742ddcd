"""What a printed map shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import shapely

from gislib.reports.looks import TagShape


@dataclass(frozen=True)
class Mark:
    """
    One thing to be found on the map.

    Attributes
    ----------
    x_m, y_m
        Exact place in the CRS of the map.
    label
        Number printed beside the symbol.
    symbol
        File of ``data/symbols``, drawn beside the place with a leader; None: the label in a disc on the place itself.
    toward_deg
        Bearing (from north, clockwise) in which the symbol should lie from the place; None: anywhere.
    refused
        Ringed and struck through: it must not stand there.
    shape
        Of the black tag that carries the label in white, without ``symbol``; "": a white disc.
    """

    x_m: float
    y_m: float
    label: str
    symbol: str | None = None
    toward_deg: float | None = None
    refused: bool = False
    shape: TagShape = ""


@dataclass(frozen=True)
class Way:
    """
    Line that somebody walks, with arrows in its direction.

    ``served``: patrolled, drawn strongly; else only passed, thin and dashed. ``fitted``: the frame shows all of it.
    ``beyond``: where the rest of it comes from or goes to, printed where it crosses the edge; "": nothing. ``team``:
    drawn in the dash of this one of `looks.TEAMS`, on a map of several.
    """

    line: shapely.LineString
    served: bool
    fitted: bool = True
    beyond: str = ""
    team: str = ""


@dataclass(frozen=True)
class LegendEntry:
    """
    What a sign means.

    ``symbol``: file of ``data/symbols`` (``mono``: as existing devices are drawn); None: the sign of ``kind``, the
    outline of the campus in question, the dot of an exact place, a patrolled or only passed way, or what is built along
    a line.
    """

    text: str
    symbol: str | None = None
    kind: Literal["campus", "place", "served", "passed", "laid"] = "campus"
    mono: bool = False


@dataclass(frozen=True)
class MapContent:
    """
    Everything on one map, in one metric CRS.

    Attributes
    ----------
    marks
        What the map is for; the frame is fitted to them and to ``focus``.
    focus, focus_name
        Outline of the campus in question (None: none) and the name printed in it.
    layers
        Ground by name, each may be absent: ``roads``, ``water``, ``buildings``, ``campuses`` (others), ``gates`` (all
        of the layers of `gislib.domain.tables`, with their columns), ``devices`` (existing).
    ways
        Routes, drawn over the roads; the frame is fitted to them too.
    laid
        Lines along which something is to be built (rails, markings, fences); the frame is fitted to them too.
    legend
        Printed under the map beside the scale bar.
    existing_text
        How the legend calls an existing device, with ``{kind}`` for its kind; the kinds in the frame are added to the
        legend. Empty: they are not.
    first_names
        Names of roads and campuses that matter most: set before all others, a campus too small for its name beside it.
    mono
        Symbols and fills for a black-and-white printer.
    """

    marks: tuple[Mark, ...]
    focus: shapely.Geometry | None
    focus_name: str
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    laid: tuple[shapely.Geometry, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    existing_text: str = ""
    first_names: frozenset[str] = frozenset()
    mono: bool = False
