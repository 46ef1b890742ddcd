"""Maps of the briefing: the worst campuses of the area with their ranks, and once more closer where they crowd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj

from gislib import wording
from gislib.geo.crs import metric_crs, transform
from gislib.reports.briefing.content import BriefingMap, Ranked
from gislib.reports.briefing.paper import TEXT_WIDTH_MM
from gislib.reports.sheet_map.content import MapContent, Mark
from gislib.reports.sheet_map.drawing import draw_map

HEIGHT_MM: Final = 110.0
CROWD_LEAST: Final = 4
"""Campuses in a crowd that get a map of their own."""
CROWD_SHARE: Final = 0.4
"""Widest crowd, as a share of the extent of all campuses: at more than twice the scale its discs come apart."""


def ranked_maps(
    ranking: tuple[Ranked, ...],
    schools: gpd.GeoDataFrame,
    layers: Mapping[str, gpd.GeoDataFrame],
    shown: int,
    close: Mapping[str, gpd.GeoDataFrame] | None = None,
    *,
    mono: bool = False,
) -> tuple[BriefingMap, ...]:
    """
    Maps of the first ``shown`` campuses: of all, and of the densest part where many lie close together.

    Parameters
    ----------
    ranking
        Campuses with their ranks.
    schools
        Index ``school_id``, WGS 84, any geometry; a campus that is not there is left out.
    layers
        Ground as in `MapContent.layers`, WGS 84; small roads are best left out at the scale of a county.
    close
        Ground of the closer map; None: the same.
    mono
        For a black-and-white printer.

    Returns
    -------
    tuple of BriefingMap
        Empty if no campus has a place.
    """
    first = [one for one in sorted(ranking, key=lambda one: (one.rank, one.name))[:shown] if _placed(one, schools)]
    if not first:
        return ()
    places = schools.reindex([one.school_id for one in first]).geometry.representative_point()
    target = pyproj.CRS.from_user_input(metric_crs(float(places.x.mean())))
    metric = transform(gpd.GeoDataFrame(geometry=places), target).geometry
    spots = np.column_stack((metric.x, metric.y))
    caption = wording.text("briefing.map_caption", count=len(first))
    maps = [_map((first, spots), _moved(layers, target), caption, mono=mono)]
    crowd = _crowd(spots)
    if len(crowd):
        near = [first[k] for k in crowd]
        caption = wording.text("briefing.map_crowd", count=len(near))
        maps.append(_map((near, spots[crowd]), _moved(close or layers, target), caption, mono=mono))
    return tuple(maps)


def _moved(layers: Mapping[str, gpd.GeoDataFrame], target: pyproj.CRS) -> dict[str, gpd.GeoDataFrame]:
    return {name: transform(table, target) for name, table in layers.items()}


def _map(
    shown: tuple[list[Ranked], np.ndarray], ground: Mapping[str, gpd.GeoDataFrame], caption: str, *, mono: bool
) -> BriefingMap:
    """One map of campuses at their places."""
    campuses, spots = shown
    marks = tuple(Mark(x, y, str(one.rank)) for one, (x, y) in zip(campuses, spots.tolist(), strict=True))
    content = MapContent(marks, None, "", ground, mono=mono)
    drawn = draw_map(content, TEXT_WIDTH_MM, HEIGHT_MM, wording.text("sheet.north"))
    names = "、".join(wording.text("briefing.map_campus", rank=one.rank, name=one.name) for one in campuses)
    return BriefingMap(drawn.svg, TEXT_WIDTH_MM, HEIGHT_MM, caption, names, drawn.missing)


def _crowd(spots: np.ndarray) -> np.ndarray:
    """Positions of the largest crowd, in order; none where there is none, or where it is everybody."""
    reach = CROWD_SHARE / 2 * float(np.ptp(spots, axis=0).max())
    near = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) <= reach
    best = np.flatnonzero(near[int(near.sum(axis=1).argmax())])
    return best if CROWD_LEAST <= len(best) < len(spots) else np.empty(0, dtype=int)


def _placed(one: Ranked, schools: gpd.GeoDataFrame) -> bool:
    if one.school_id not in schools.index:
        return False
    shape = schools.geometry[one.school_id]
    return shape is not None and not shape.is_empty
