"""
One device at any point of the map: where it falls, what refuses it there, and what it is in the way of.

A device falls to the nearest street, crossing place, gate, water or campus that its treatment asks for. Asked at the
place of a candidate, the answer is that candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Floats, Ints
from gislib.domain.errors import InputError
from gislib.risk.family import CROSSING
from gislib.risk.score import NOT_A_SCHOOL
from gislib.rules import RuleSet
from gislib.siting.candidates import CROSSING_KINDS, judged, with_neighbours
from gislib.siting.conflicts import conflicts, series_gaps
from gislib.siting.places import Elevation, Surroundings
from gislib.siting.positions import is_marked
from gislib.siting.sites import Situation, hazard_places, site_terms, zone_campus
from gislib.siting.spots import (
    STREET_COLUMNS,
    bank_rows,
    campus_rows,
    first_gates,
    gate_feet,
    street_classes,
    street_rows,
    typed,
    zone_rows,
)
from gislib.siting.treatments import catalogue

SAME_DISTANCE_M: Final = 1e-3
"""Things nearer to each other's distance than this are equally near; the one with load, then the first id, is taken."""
SURROUNDINGS_M: Final = 300.0
"""Roads and devices looked at around one place: farther than any distance that a siting rule asks for."""


@dataclass(frozen=True)
class _Ask:
    """What is put where: the point, and how far it may snap."""

    now: Situation
    point: shapely.Point
    reach_m: float
    rules: tuple[RuleSet, date]
    elevation: Elevation | None

    def number(self, rule_id: str) -> float:
        return self.rules[0].number(rule_id, self.rules[1])


_Rows: TypeAlias = pd.DataFrame | None


def place(
    now: Situation, treatment_id: str, xy: tuple[float, float], rules: tuple[RuleSet, date],
    elevation: Elevation | None = None,
) -> gpd.GeoDataFrame:  # fmt: skip
    """
    One device at a point of the map, snapped to what its treatment stands on.

    Parameters
    ----------
    now
        Today: the same that the candidates were found in.
    treatment_id
        Treatment of the catalogue.
    xy
        Point in the working CRS, metres.
    rules
        Rules and the day they are in force; ``siting.snap_reach_m`` says how far a device may snap.
    elevation
        See `places.Elevation`.

    Returns
    -------
    GeoDataFrame
        One row as of `candidates.find_candidates`, with its index ``candidate_id``. A street without load belongs to
        the campus with the nearest gate. Banks are placed at the nearest point of the water's outline.

    Raises
    ------
    InputError
        ``treatment_unknown``; ``place_nothing_near`` with the reach if there is nothing to stand on.
    """
    rs, on = rules
    treatment = catalogue(rs, on).get(treatment_id)
    if treatment is None:
        raise InputError("treatment_unknown", id=treatment_id)
    reach_m = float(rs.table("siting.snap_reach_m", on)[treatment.place])
    found = _PLACERS[treatment.place](_Ask(now, shapely.Point(xy), reach_m, rules, elevation))
    if found is None:
        raise InputError("place_nothing_near", treatment=treatment_id, reach_m=f"{reach_m:.0f}")
    tables = now.ground.tables
    spots = gpd.GeoDataFrame(typed(found, rules), geometry="geometry", crs=tables["schools"].crs)
    return judged(treatment, with_neighbours(spots, tables["devices"]), now, rules)


def turned(devices: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """
    Devices turned to the other side: they face the traffic that comes from the other way.

    Beside a street a device stands on the right of its traffic, so that turning moves it across; on a one-way street
    (known only with ``roads``) it changes sides instead. A device across the street is approached from the other end.
    What has no bearing stays.
    """
    single = np.zeros(len(devices), bool)
    if roads is not None:
        oneway = roads["oneway"].reindex(devices["segment_id"]).astype("str").to_numpy(dtype=object)
        single = np.isin(oneway.astype(str), ["yes", "-1"])
    side = devices["side"].to_numpy(dtype=object)
    crosses = single & (side != "both")
    bearing = devices["approach_bearing_deg"].to_numpy(float)
    left_again = np.where(side == "left", "right", np.where(crosses, "left", side))
    stays = crosses | (side == "left")
    return devices.assign(side=left_again, approach_bearing_deg=np.where(stays, bearing, (bearing + 180.0) % 360.0))


def _nearest(distance_m: Floats, loaded: np.ndarray, ids: np.ndarray, reach_m: float) -> int | None:
    """Row of the nearest thing in reach; of equally near ones the one with load, then the first by id."""
    near = np.flatnonzero(distance_m <= reach_m)
    if not len(near):
        return None
    near = near[distance_m[near] <= distance_m[near].min() + SAME_DISTANCE_M]
    return int(near[np.lexsort((ids[near].astype(str), ~loaded[near]))[0]])


def _table(ask: _Ask) -> pd.DataFrame:
    return site_terms(ask.now, *ask.rules)


def _street_foot(ask: _Ask, table: pd.DataFrame) -> tuple[str, float] | None:
    """Nearest road that is driven on, and the chainage of the foot on it."""
    roads = ask.now.ground.tables["roads"]
    rows: Ints = roads.sindex.query(ask.point, predicate="dwithin", distance=ask.reach_m)
    rows = rows[roads["road_class"].iloc[rows].isin(street_classes(ask.rules[0])).to_numpy(bool)]
    lines, ids = roads.geometry.to_numpy()[rows], roads.index.to_numpy(dtype=object)[rows]
    loaded = np.isin(ids.astype(str), table["road_id"].dropna().to_numpy(dtype=str))
    row = _nearest(shapely.distance(lines, ask.point), loaded, ids, ask.reach_m)
    return None if row is None else (str(ids[row]), float(lines[row].project(ask.point)))


def _street(ask: _Ask, sort: str) -> _Rows:
    """Any point of a street."""
    table = _table(ask)
    foot = _street_foot(ask, table)
    if foot is None:
        return None
    return _on_street(ask, table, {"place": sort, "road_id": foot[0], "chainage_m": foot[1], "marked": False})


def _on_street(ask: _Ask, table: pd.DataFrame, spot: Mapping[str, object]) -> pd.DataFrame:
    """Row of one spot (`spots.STREET_COLUMNS`), with facts from what lies around."""
    tables = ask.now.ground.tables
    around = _around(ask, str(spot["road_id"]), float(str(spot["chainage_m"])))
    near = Surroundings(
        tables["roads"].iloc[tables["roads"].sindex.query(around, predicate="intersects", sort=True)],
        tables["devices"], tables["gates"], ask.elevation,
    )  # fmt: skip
    spots = pd.DataFrame([spot]).reindex(columns=list(STREET_COLUMNS)).astype("object")
    rows = pd.DataFrame(street_rows(ask.now, spots, near, ask.rules))
    if rows["school_id"].isna().all():
        own = table[(table["site_id"] == rows["site_id"].iloc[0]).to_numpy(bool)]
        campus = zone_campus(own)
        rows["school_id"] = campus.iloc[0] if len(campus) else _nearest_campus(ask)
    return rows


def _around(ask: _Ask, road_id: str, chainage_m: float) -> shapely.Geometry:
    """Disc around the spot and not around the point: the same facts whichever way the spot was found."""
    roads = ask.now.ground.tables["roads"]
    disc: shapely.Geometry = roads.geometry[road_id].interpolate(chainage_m).buffer(SURROUNDINGS_M)
    return disc


def _nearest_campus(ask: _Ask) -> str | None:
    """Campus whose gate is nearest, however far."""
    tables = ask.now.ground.tables
    real = tables["schools"].index[(tables["schools"]["kind"] != NOT_A_SCHOOL).to_numpy(bool)]
    gates = tables["gates"][tables["gates"]["school_id"].isin(real).to_numpy(bool)]
    if gates.empty:
        return None
    metres = shapely.distance(gates.geometry.to_numpy(), ask.point)
    return str(gates["school_id"].iloc[int(np.argmin(metres))])


def _crossing(ask: _Ask) -> _Rows:
    """Place where pupils cross, if there is one right here; else any point of a street."""
    table = _table(ask)
    lines = ask.now.hazards.traffic_lines
    reach_m = ask.reach_m + ask.number("network.snap_limit_m")
    near = lines.index[lines.sindex.query(ask.point, predicate="dwithin", distance=reach_m)]
    crossed = table.loc[(table["part"] == CROSSING).to_numpy(bool), "hazard_id"]
    ids = pd.Series(sorted(set(near) & set(crossed)), dtype="object")
    if len(ids):
        places = hazard_places(ask.now, ids)
        roads = ask.now.ground.tables["roads"]
        ways = roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(places["road_id"]))]
        feet = shapely.line_interpolate_point(ways, places["chainage_m"].to_numpy(float))
        yes = np.ones(len(ids), bool)
        row = _nearest(shapely.distance(feet, ask.point), yes, ids.to_numpy(), ask.number("siting.crossing_join_m"))
        if row is not None:
            marked = bool(is_marked(ask.now, ids.iloc[[row]])[0])
            spot = dict(places.iloc[row]) | {"place": "crossing", "hazard_id": ids.iloc[row], "marked": marked}
            return _on_street(ask, table, spot)
    foot = _street_foot(ask, table)
    if foot is None:
        return None
    spot = {"place": "crossing", "road_id": foot[0], "chainage_m": foot[1], "marked": _marked_here(ask)}
    return _on_street(ask, table, spot)


def _marked_here(ask: _Ask) -> bool:
    """Whether a crossing that nobody is known to use is marked right here."""
    devices = ask.now.ground.tables["devices"]
    here = devices.iloc[
        devices.sindex.query(ask.point, predicate="dwithin", distance=ask.number("siting.crossing_join_m"))
    ]
    sure = here["marked"].astype("boolean").fillna(value=True).to_numpy(bool)
    return bool((here["kind"].isin(CROSSING_KINDS).to_numpy(bool) & sure).any())


def _gate(ask: _Ask) -> _Rows:
    """Foot on the street of the gate that is nearest itself, or whose foot is."""
    gates = ask.now.ground.tables["gates"]
    own = gates[(gates["role"] != "fire").to_numpy(bool)]
    reach_m = ask.reach_m + ask.number("network.snap_limit_m")
    own = own.iloc[own.sindex.query(ask.point, predicate="dwithin", distance=reach_m, sort=True)]
    feet = gate_feet(ask.now, own, ask.rules)
    if feet.empty:
        return None
    roads = ask.now.ground.tables["roads"]
    ways = roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(feet["road_id"]))]
    points = shapely.line_interpolate_point(ways, feet["chainage_m"].to_numpy(float))
    at_gate = shapely.distance(own.geometry.to_numpy()[feet.index], ask.point)
    metres = np.minimum(shapely.distance(points, ask.point), at_gate)
    table = _table(ask)
    loaded = feet["school_id"].isin(table.loc[table["family"] == "traffic", "school_id"]).to_numpy(bool)
    row = _nearest(metres, loaded, own.index.to_numpy(dtype=object)[feet.index], ask.reach_m)
    return None if row is None else _on_street(ask, table, dict(feet.iloc[row]))


def _campus(ask: _Ask) -> str | None:
    """Campus whose first gate is nearest, or whose area is."""
    schools = ask.now.ground.tables["schools"]
    own = schools[(schools["kind"] != NOT_A_SCHOOL).to_numpy(bool)]
    spots = np.array(list(first_gates(ask.now).reindex(own.index)), dtype=object)
    gates = shapely.distance(spots, ask.point)
    # A gate that is clicked wins over an area that it happens to lie in.
    area = np.maximum(shapely.distance(own.geometry.to_numpy(), ask.point), 2 * SAME_DISTANCE_M)
    metres = np.fmin(gates, area)
    row = _nearest(metres, np.ones(len(own), bool), own.index.to_numpy(dtype=object), ask.reach_m)
    return None if row is None else str(own.index[row])


def _zone(ask: _Ask) -> _Rows:
    school_id = _campus(ask)
    return None if school_id is None else zone_rows(ask.now, [school_id], ask.rules)


def _at_campus(ask: _Ask) -> _Rows:
    school_id = _campus(ask)
    return None if school_id is None else campus_rows(ask.now, [school_id])


def _bank(ask: _Ask) -> _Rows:
    """Nearest point of the outline of the nearest water that can be walked to."""
    ground = ask.now.ground
    water = ground.tables["water"]
    shapes = water.geometry.to_numpy()
    outline = np.where(shapely.get_dimensions(shapes) > 1, shapely.boundary(shapes), shapes)
    ids = water.index.to_numpy(dtype=object)
    row = _nearest(shapely.distance(outline, ask.point), np.ones(len(ids), bool), ids, ask.reach_m)
    if row is None:
        return None
    table = _table(ask)
    mine = table[((table["family"] == "water") & (table["hazard_id"] == ids[row])).to_numpy(bool)]
    ranked = mine.sort_values(["load", "school_id"], ascending=[False, True])["school_id"]
    campus = str(ranked.iloc[0]) if len(ranked) else _nearest_campus(ask)
    one = replace(ground, tables={**ground.tables, "water": water.iloc[[row]]})
    xy = shapely.get_coordinates(shapely.shortest_line(outline[row], ask.point))[:1]
    rows = bank_rows(one, pd.Series([campus], index=water.index[[row]]), xy, ask.rules)
    return None if rows["quantity_bank_length"].isna().all() else rows


_PLACERS: Final[Mapping[str, Callable[[_Ask], _Rows]]] = {
    "street": lambda ask: _street(ask, "street"),
    "stretch": lambda ask: _street(ask, "stretch"),
    "crossing": _crossing,
    "gate": _gate,
    "zone": _zone,
    "bank": _bank,
    "campus": _at_campus,
}
"""How each sort of place (`treatments.PLACES`) is found around a point."""

__all__ = ["conflicts", "place", "series_gaps", "turned"]
