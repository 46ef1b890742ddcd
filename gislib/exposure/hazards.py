"""All hazards around all campuses, one table per family: what the risk layer scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gislib.domain.arrays import Ints, Shapes
from gislib.exposure.distances import Starts, venue_ends
from gislib.exposure.flows import FlowOptions, known_origins, school_reach, street_origins, zone_flows
from gislib.exposure.ground import Ground
from gislib.exposure.nearby import nearby
from gislib.exposure.water import bank_accesses, water_walks
from gislib.network.graph import MARKED_CROSSING
from gislib.network.streets import RIGHT
from gislib.network.walks import reach

if TYPE_CHECKING:
    from gislib.rules import RuleSet


@dataclass(frozen=True)
class Hazards:
    """
    Hazards of all campuses.

    Attributes
    ----------
    tables
        Family to table: ``school_id, hazard_id, distance_m`` and the family's facts.
    traffic_lines
        Line of every traffic hazard (``hazard_id`` index, working CRS), with ``road_id``.
    flows_assumed
        Campuses without a known origin in reach: their pupils are spread evenly over the streets in reach.
    """

    tables: Mapping[str, pd.DataFrame]
    traffic_lines: gpd.GeoDataFrame
    flows_assumed: frozenset[str]


def find_hazards(ground: Ground, starts: Starts, pupils: pd.Series, rs: RuleSet, on: date) -> Hazards:
    """
    Collect the hazards of every family.

    Parameters
    ----------
    ground, starts
        Metric tables with walk graph, and the start geometry of every campus.
    pupils
        Pupils a day who walk to each campus, indexed by ``school_id``.
    rs, on
        Rules in force on a date: reaches and zones.
    """
    ids = ground.tables["schools"].index
    within = rs.table("risk.reach_m", on)
    groups = [ground.gate_rows(school_id) for school_id in ids]
    traffic, lines, assumed = _traffic(ground, groups, pupils.reindex(ids), (rs, on))
    walks = reach(ground.graph, ground.gate_snaps, groups, legal=False, limit_m=float(within["water"]))
    accesses = bank_accesses(ground, rs.number("risk.bank_gap_max_m", on))
    venues, rentals = ground.tables["venues"], ground.tables["rentals"]
    tables = {
        "traffic": traffic,
        "water": water_walks(ground, accesses, walks, ids, float(within["water"])),
        "venues": nearby(starts, ids, venues, venue_ends(ground, venues).shape, float(within["venues"])),
        "rentals": nearby(starts, ids, rentals, rentals.geometry.to_numpy(), float(within["rentals"])),
    }
    return Hazards(tables, lines, assumed)


def _traffic(
    ground: Ground, groups: list[Ints], pupils: pd.Series, rules: tuple[RuleSet, date]
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, frozenset[str]]:
    """Street pieces and crossings walked near each campus, their lines, and the campuses with assumed origins."""
    rs, on = rules
    options = FlowOptions(rs.number("zone.origin_reach_m", on), rs.number("zone.school_road_m", on))
    homes, streets = known_origins(ground, rs.number("zone.floor_area_per_person_m2", on)), street_origins(ground)
    reached = school_reach(ground, ground.gate_snaps, groups, options.origin_reach_m)
    frames, assumed = [], []
    for k, (school_id, count) in enumerate(pupils.items()):
        flows = zone_flows(ground, homes, reached, k, options)
        if flows.empty:
            assumed.append(str(school_id))
            flows = zone_flows(ground, streets, reached, k, options)
        frames.append(flows.assign(school_id=str(school_id), flow=flows["share"] * float(count)))
    table = pd.concat(frames, ignore_index=True)
    return _with_road_facts(ground, table), _lines(ground, table), frozenset(assumed)


def _with_road_facts(ground: Ground, table: pd.DataFrame) -> pd.DataFrame:
    """Hazard ids, and what is known of the road each hazard lies on."""
    graph, roads = ground.graph, ground.tables["roads"]
    piece = _pieces(ground, table)
    facts = roads[["road_class", "maxspeed_kmh", "lanes", "sidewalk", "lit"]].iloc[graph.streets.road[piece]]
    at_gate = (table["part"] == "gate").to_numpy()
    edge = np.where(at_gate, 0, table["place"].to_numpy(int))
    out = pd.DataFrame(facts.reset_index(drop=True)).assign(
        school_id=table["school_id"].to_numpy(dtype=object),
        hazard_id=_hazard_ids(ground, table),
        part=np.where(table["part"] == "segment", "segment", "crossing"),
        road_id=graph.road_id[piece],
        marked=pd.array(~at_gate & (graph.kind[edge] == MARKED_CROSSING), dtype="boolean"),
        distance_m=table["distance_m"].to_numpy(float),
        length_m=(table["to_m"] - table["from_m"]).where(table["part"] == "segment", 0.0).to_numpy(float),
        flow=table["flow"].to_numpy(float),
    )
    return out.sort_values(["school_id", "hazard_id"], ignore_index=True)


def _pieces(ground: Ground, table: pd.DataFrame) -> Ints:
    """Street piece of every row: of its edge, or of the edge its gate is snapped to."""
    snaps, graph = ground.gate_snaps, ground.graph
    gate_edge = np.zeros(len(ground.tables["gates"]), np.int64)
    gate_edge[snaps.point[::-1]] = snaps.edge[::-1]
    place = table["place"].to_numpy(int)
    at_gate = (table["part"] == "gate").to_numpy()
    edge = np.where(at_gate, gate_edge[np.where(at_gate, place, 0)] if len(gate_edge) else 0, place)
    return np.asarray(graph.piece[edge], dtype=np.int64)


def _hazard_ids(ground: Ground, table: pd.DataFrame) -> list[str]:
    """
    Ids independent of the order of the data: the road (or gate) and the middle of the place, in decimetres.

    Where both sides of a street lie on one line (a rail along a street without kerbs), the right one is told apart.
    """
    graph, gates = ground.graph, ground.tables["gates"].index
    road, streets = graph.road_id, graph.streets
    second = (graph.side == RIGHT) & ~streets.wide[graph.piece]
    ids = []
    for part, place, low, high in zip(
        table["part"], table["place"].astype(int), table["from_m"], table["to_m"], strict=True
    ):
        if part == "gate":
            ids.append(f"x:{gates[place]}")
            continue
        spot = graph.lines[place].interpolate(graph.length[place] / 2 if part == "crossing" else (low + high) / 2)
        kind = "seg" if part == "segment" else "x"
        side = ":right" if second[place] else ""
        ids.append(f"{kind}:{road[graph.piece[place]]}:{round(spot.x * 10)}:{round(spot.y * 10)}{side}")
    return ids


def _lines(ground: Ground, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Line of every distinct traffic hazard."""
    graph, spots = ground.graph, ground.tables["gates"].geometry.to_numpy()
    shapes: list[shapely.Geometry] = []
    for part, place, low, high in zip(
        table["part"], table["place"].astype(int), table["from_m"], table["to_m"], strict=True
    ):
        if part == "gate":
            shapes.append(spots[place])
        else:
            line = graph.lines[place]
            shapes.append(substring(line, low, high) if part == "segment" else line.interpolate(0.5, normalized=True))
    road: Shapes = graph.road_id[_pieces(ground, table)]
    lines = gpd.GeoDataFrame(
        {"road_id": road, "part": table["part"].to_numpy()},
        geometry=shapes, index=pd.Index(_hazard_ids(ground, table), name="hazard_id"), crs=ground.tables["schools"].crs,
    )  # fmt: skip
    return lines[~lines.index.duplicated()].sort_index()
