"""What leaves the program of a patrol: sheets, tracks for phones, roster; each noted in the audit."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import shapely

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.geo.crs import require_metric, to_wgs84, transform
from gislib.planning import results
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import SavedPatrol
from gislib.planning.session import Session
from gislib.reports.patrol.content import CONTEXT, PatrolPaper

AROUND_DEG = 0.01
"""Ground around the routes that a page may show, about a kilometre."""


def paper_of(session: Session, saved: SavedPatrol, number: int = 0, on: date | None = None) -> PatrolPaper:
    """
    Everything that the prints and files of one set of routes say.

    Parameters
    ----------
    number
        Position of the set.
    on
        Day that is printed; None leaves a line to fill in.
    """
    record, request = saved.sets[number], saved.request
    ground = patrol_basis(session, request).ground.tables
    spots = [station.spot for team in record.teams for station in team.stations]
    window = gpd.GeoDataFrame(geometry=[shapely.box(*shapely.total_bounds(spots)).buffer(AROUND_DEG)], crs=WGS84)
    context = {}
    for name in CONTEXT:
        table = ground[name]
        around = transform(window, require_metric(table)).geometry.iloc[0]
        context[name] = to_wgs84(table.iloc[table.sindex.query(around, predicate="intersects", sort=True)])
    return PatrolPaper(
        patrol_id=saved.head.patrol_id,
        name=saved.head.name,
        version=saved.head.version,
        record=record,
        shift_title=wording.term("shift", record.shift_id),
        on=on,
        context=context,
        stamp=results.stamp(session, request, "zh", guarded=True),
    )
