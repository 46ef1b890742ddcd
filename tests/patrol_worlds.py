"""Drawn street grids for patrols: ground, demand and teams without any assessment."""

from __future__ import annotations

from datetime import date
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from worlds import CRS, PARAMETERS, road, table

from gislib import rules
from gislib.exposure.ground import Ground
from gislib.network.graph import build_walk_graph
from gislib.network.snap import build_obstacles, snap
from gislib.patrol.demand import STOP_COLUMNS, Demand
from gislib.patrol.parameters import read_shift
from gislib.patrol.teams import Team

ON = date(2026, 11, 23)
LAYERS = (
    "areas", "devices", "water", "buildings", "rentals", "population", "venues", "incidents", "schools", "gates",
    "depots",
)  # fmt: skip


@cache
def the_rules():
    return rules.load(), ON


def ground(roads: list[dict[str, object]]) -> Ground:
    tables = {name: table(name, []) for name in LAYERS} | {"roads": table("roads", roads)}
    graph = build_walk_graph(tables["roads"], tables["devices"], PARAMETERS)
    obstacles = build_obstacles(graph, tables["devices"], tables["water"], tables["buildings"])
    return Ground(tables, graph, obstacles, PARAMETERS, snap(graph, obstacles, np.zeros((0, 2)), 60.0))


def grid(size: int, step_m: float = 100.0, **facts: object) -> list[dict[str, object]]:
    """Streets of a square grid, one road a block."""
    roads = []
    for i in range(size):
        for j in range(size):
            a = (i * step_m, j * step_m)
            if i + 1 < size:
                roads.append(road("residential", [a, (a[0] + step_m, a[1])], **facts))
            if j + 1 < size:
                roads.append(road("residential", [a, (a[0], a[1] + step_m)], **facts))
    return roads


def demand_on(
    now: Ground, pieces: list[int], *, risk: list[float] | None = None, sides: list[int] | None = None,
    stops: list[dict[str, object]] | None = None, shift: str = "arrival",
) -> Demand:  # fmt: skip
    """Whole street pieces to be walked, with risk 1 each."""
    lines = now.graph.streets.lines()[pieces]
    length = shapely.length(lines)
    road_ids = now.tables["roads"].index.to_numpy(dtype=object)[now.graph.streets.road[pieces]]
    streets = gpd.GeoDataFrame(
        {
            "piece": np.array(pieces, np.int64), "side": np.array(sides or [0] * len(pieces), np.int64), "from_m": 0.0,
            "to_m": length, "length_m": length, "risk": np.array(risk or [1.0] * len(pieces)), "road_id": road_ids,
            "road_name": None, "school_id": "s1", "opens_min": -np.inf, "closes_min": np.inf,
        },
        geometry=lines, index=pd.Index([f"st{k}" for k in range(len(pieces))], name="street_id"), crs=CRS,
    )  # fmt: skip
    hours = read_shift(*the_rules(), shift)
    rows = [
        {
            "kind": "venue", "hazard_id": "v", "name": None, "school_id": "s1", "risk": 1.0, "dwell_min": 10.0,
            "opens_min": hours.hours.begin, "closes_min": hours.hours.end, "skill": "", "visit": 1, "needed": False,
        } | stop
        for stop in stops or []
    ]  # fmt: skip
    facts = pd.DataFrame(rows, columns=[*STOP_COLUMNS, "at"])
    numbers = dict.fromkeys(("risk", "dwell_min", "opens_min", "closes_min"), "float64")
    facts.index = pd.Index([f"p{k}" for k in range(len(rows))], name="stop_id")
    points = [shapely.Point(at) for at in facts.pop("at")]
    table_ = gpd.GeoDataFrame(facts.astype(numbers | {"needed": bool}), geometry=points, crs=CRS)
    return Demand(hours, streets, table_, pd.DataFrame({"kind": [], "name": [], "risk": []}))


def team(number: int = 0, at: tuple[float, float] = (0.0, 0.0), **facts: object) -> Team:
    given = {"mode": "foot", "begins_min": 410.0, "ends_min": 510.0} | facts
    return Team(f"t{number}", f"第{number}组", shapely.Point(at), **given)
