"""Map of the briefing: the worst campuses of the area, each with its rank in a disc."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pyproj

from gislib import wording
from gislib.geo.crs import metric_crs, transform
from gislib.reports.briefing.content import BriefingMap, Ranked
from gislib.reports.briefing.paper import TEXT_WIDTH_MM
from gislib.reports.sheet_map.content import MapContent, Mark
from gislib.reports.sheet_map.drawing import draw_map

HEIGHT_MM: Final = 110.0


def ranked_map(
    ranking: tuple[Ranked, ...],
    schools: gpd.GeoDataFrame,
    layers: Mapping[str, gpd.GeoDataFrame],
    shown: int,
    *,
    mono: bool = False,
) -> BriefingMap | None:
    """
    Map of the first ``shown`` campuses.

    Parameters
    ----------
    ranking
        Campuses with their ranks.
    schools
        Index ``school_id``, WGS 84, any geometry; a campus that is not there is left out.
    layers
        Ground as in `MapContent.layers`, WGS 84; small roads are best left out at the scale of a county.
    mono
        For a black-and-white printer.

    Returns
    -------
    BriefingMap or None
        None if no campus has a place.
    """
    first = [one for one in sorted(ranking, key=lambda one: (one.rank, one.name))[:shown] if _placed(one, schools)]
    if not first:
        return None
    places = schools.reindex([one.school_id for one in first]).geometry.representative_point()
    target = pyproj.CRS.from_user_input(metric_crs(float(places.x.mean())))
    metric = transform(gpd.GeoDataFrame(geometry=places), target).geometry
    marks = tuple(Mark(x, y, str(one.rank)) for one, x, y in zip(first, metric.x, metric.y, strict=True))
    ground = {name: transform(table, target) for name, table in layers.items()}
    drawn = draw_map(
        MapContent(marks, None, "", ground, mono=mono), TEXT_WIDTH_MM, HEIGHT_MM, wording.text("sheet.north")
    )
    caption = wording.text("briefing.map_caption", count=len(first))
    names = "、".join(wording.text("briefing.map_campus", rank=one.rank, name=one.name) for one in first)
    return BriefingMap(drawn.svg, TEXT_WIDTH_MM, HEIGHT_MM, caption, names, drawn.missing)


def _placed(one: Ranked, schools: gpd.GeoDataFrame) -> bool:
    if one.school_id not in schools.index:
        return False
    shape = schools.geometry[one.school_id]
    return shape is not None and not shape.is_empty
