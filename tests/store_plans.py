"""Devices, authors and a replay of the log for tests of stored plans."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
from shapely import Point

from gislib.domain.tables import DECIDED, TREATMENTS, WGS84
from gislib.store import device_rows, edits
from gislib.store.audit import Author

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LI = Author("李工", "planner", AT)
WANG = Author("王工", "planner", AT.replace(hour=9))
LON, LAT = 109.7, 28.3


def device(candidate_id=None, *, lon=LON, lat=LAT, **values):
    """One device as an edit wants it: every required column, and what is given."""
    given = {
        "treatment_id": "hump", "kind": "hump", "candidate_id": candidate_id, "side": "both", "quantity": 1.0,
        "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "",
        "refused_by": "", "verify_on_site": "", "origin": "optimised", "geometry": Point(lon, lat),
    }  # fmt: skip
    return given | values


def devices(*rows):
    """Device table of rows made by `device`, WGS 84, with a meaningless index."""
    columns = [*DECIDED[TREATMENTS].columns, "geometry"]
    return gpd.GeoDataFrame(list(rows), columns=columns, geometry="geometry", crs=WGS84)


def state(plan):
    """What a plan holds: id -> (candidate, note, lon, lat)."""
    table = plan.devices
    columns = (table.index, table["candidate_id"], table["note"], table.geometry.x, table.geometry.y)
    rows = zip(*(list(column) for column in columns), strict=True)
    return {label: tuple(None if value != value else value for value in rest) for label, *rest in rows}  # noqa: PLR0124


def replayed(store, plan_id):
    """Devices of a plan worked out from its log alone: id -> log entry."""
    found = {}
    for line in edits.history(store, plan_id).itertuples():
        if line.device_id is None:
            continue
        assert found.pop(line.device_id, None) == line.before
        if line.after is not None:
            found[line.device_id] = line.after
    return found


def logged(plan):
    """Devices of a plan in the form of the log: id -> log entry."""
    return dict(zip(plan.devices.index, device_rows.records(plan.devices), strict=True))
