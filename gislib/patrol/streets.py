"""Streets of a patrol: what is walked of each street piece, side by side on wide streets, with its risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.network.drive import END_M
from gislib.network.streets import LEFT, RIGHT
from gislib.patrol.parameters import PatrolParameters

BESIDE_M: Final = 1.0
"""How much farther than the nearest piece of its own road a hazard may lie from another piece of it."""
COLUMNS: Final = (
    "piece", "side", "from_m", "to_m", "length_m", "risk", "road_id", "road_name", "school_id",
    "opens_min", "closes_min",
)  # fmt: skip


def patrol_streets(
    ground: Ground, hazards: Hazards, segments: pd.DataFrame, parameters: PatrolParameters
) -> gpd.GeoDataFrame:
    """
    Streets to patrol, in the form of ``Demand.streets``.

    A street is one stretch of a street piece between its first and its last hazard; farther apart than
    ``street_merge_m`` they are two streets. Wide streets are two, one a side.

    Parameters
    ----------
    ground, hazards
        Street pieces, and the lines of the hazards.
    segments
        Index ``hazard_id``: ``risk, school_id`` of street hazards.
    parameters
        Rules.
    """
    lines = hazards.traffic_lines.loc[segments.index]
    piece = _pieces(ground, lines)
    spans = _spans(ground, lines.geometry.to_numpy(), piece)
    table = pd.DataFrame(
        {
            "piece": piece, "side": _sides(ground, lines.geometry.to_numpy(), piece), "from_m": spans[:, 0],
            "to_m": spans[:, 1], "risk": segments["risk"].to_numpy(float),
            "school_id": segments["school_id"].to_numpy(),
        }
    ).sort_values(["piece", "side", "from_m", "to_m"], ignore_index=True)  # fmt: skip
    table["group"] = _runs(table, parameters.street_merge_m)
    main = table.sort_values(["group", "risk", "school_id"], ascending=[True, False, True]).drop_duplicates("group")
    merged = table.groupby("group").agg(
        piece=("piece", "first"), side=("side", "first"), from_m=("from_m", "min"), to_m=("to_m", "max"),
        risk=("risk", "sum"),
    )  # fmt: skip
    merged["school_id"] = main.set_index("group")["school_id"]
    return _shaped(ground, merged)


def _shaped(ground: Ground, merged: pd.DataFrame) -> gpd.GeoDataFrame:
    """Table with ids, roads, lengths and centre lines."""
    streets, roads = ground.graph.streets, ground.tables["roads"]
    pieces = streets.lines() if len(streets) else np.zeros(0, object)
    own = merged["piece"].to_numpy(np.int64)
    whole = np.asarray(shapely.length(pieces[own]), float)
    low, high = merged["from_m"].to_numpy(float), merged["to_m"].to_numpy(float)
    low = np.where(low <= END_M, 0.0, low)
    high = np.where(high >= whole - END_M, whole, high)
    # a hazard shorter than an end tolerance still is a street to walk
    short = high - low <= END_M
    low, high = np.where(short, 0.0, low), np.where(short, whole, high)
    road = streets.road[own]
    cuts = [substring(pieces[p], a, b) for p, a, b in zip(own.tolist(), low.tolist(), high.tolist(), strict=True)]
    ids = _ids(roads.index.to_numpy(dtype=object)[road], cuts, merged["side"].to_numpy(np.int64))
    table = gpd.GeoDataFrame(
        {
            "piece": own, "side": merged["side"].to_numpy(np.int64), "from_m": low, "to_m": high,
            "length_m": high - low,
            "risk": merged["risk"].to_numpy(float), "road_id": roads.index.to_numpy(dtype=object)[road],
            "road_name": roads["name"].to_numpy(dtype=object)[road],
            "school_id": merged["school_id"].to_numpy(dtype=object),
            "opens_min": -np.inf, "closes_min": np.inf,
        },
        geometry=cuts, index=pd.Index(ids, name="street_id", dtype=object), crs=roads.crs,
    )  # fmt: skip
    return table[~table.index.duplicated()].sort_index()


def _ids(road: Shapes, lines: Sequence[BaseGeometry], side: Ints) -> list[str]:
    """Ids independent of the order of the data: the road, the middle of the street in decimetres, the side."""
    letters = {LEFT: ":L", RIGHT: ":R", 0: ""}
    middle = [line.interpolate(0.5, normalized=True) for line in lines]
    return [
        f"st:{r}:{round(m.x * 10)}:{round(m.y * 10)}{letters[s]}"
        for r, m, s in zip(road, middle, side.tolist(), strict=True)
    ]


def _pieces(ground: Ground, lines: gpd.GeoDataFrame) -> Ints:
    """Street piece of every hazard: the nearest of its own road."""
    streets = ground.graph.streets
    road_row = ground.tables["roads"].index.get_indexer(pd.Index(lines["road_id"]))
    by_road: dict[int, list[int]] = {}
    for piece, row in enumerate(streets.road.tolist()):
        by_road.setdefault(row, []).append(piece)
    pieces = streets.lines() if len(streets) else np.zeros(0, object)
    shapes = lines.geometry.to_numpy()
    lineal = shapely.get_dimensions(shapes) == 1
    middle = shapes.copy()
    middle[lineal] = shapely.line_interpolate_point(shapes[lineal], 0.5, normalized=True)
    found = np.zeros(len(lines), np.int64)
    for k, (row, spot) in enumerate(zip(road_row.tolist(), middle, strict=True)):
        own = np.array(by_road[row])
        found[k] = own[int(np.argmin(shapely.distance(pieces[own], spot)))]
    return found


def _spans(ground: Ground, shapes: Shapes, piece: Ints) -> Floats:
    """Chainages between which each hazard lies on its piece."""
    if not len(piece):
        return np.zeros((0, 2))
    lines = ground.graph.streets.lines()[piece]
    ends = [np.asarray(shapely.line_locate_point(lines, shapely.get_point(shapes, k)), float) for k in (0, -1)]
    return np.sort(np.stack(ends, axis=1), axis=1)


def _sides(ground: Ground, shapes: Shapes, piece: Ints) -> Ints:
    """Side of the centre line on which each hazard of a wide street lies; 0 on streets without two kerb lines."""
    streets = ground.graph.streets
    side = np.zeros(len(piece), np.int64)
    two = np.flatnonzero(streets.wide[piece] & (streets.partner[piece] < 0)) if len(piece) else np.zeros(0, np.int64)
    if not len(two):
        return side
    lines = streets.lines()[piece[two]]
    spot = shapely.line_interpolate_point(shapes[two], 0.5, normalized=True)
    chain, whole = shapely.line_locate_point(lines, spot), shapely.length(lines)
    a = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(chain - BESIDE_M, 0.0)))
    b = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(chain + BESIDE_M, whole)))
    p = shapely.get_coordinates(spot)
    turn = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (p[:, 0] - a[:, 0])
    side[two] = np.where(turn >= 0, LEFT, RIGHT)
    return side


def _runs(table: pd.DataFrame, merge_m: float) -> Ints:
    """Number of the stretch of every row; rows sorted by piece, side and chainage."""
    if table.empty:
        return np.zeros(0, np.int64)
    same = (table["piece"].diff() == 0) & (table["side"].diff() == 0)
    reached = table.groupby([table["piece"], table["side"]])["to_m"].cummax().shift()
    return np.asarray((~(same & (table["from_m"] - reached <= merge_m))).cumsum(), dtype=np.int64)


def with_crossings(
    streets: gpd.GeoDataFrame, hazards: Hazards, crossings: pd.DataFrame, parameters: PatrolParameters
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Streets with the risk of the crossing places on them added, and the crossings that no street passes.

    Parameters
    ----------
    streets
        From `patrol_streets`.
    hazards
        Points of the crossings.
    crossings
        Index ``hazard_id``: ``risk, school_id``.
    parameters
        ``reach_m["crossing_to_street"]``: how far from a crossing the street may lie.
    """
    if crossings.empty or streets.empty:
        return streets, crossings
    spots = hazards.traffic_lines.loc[crossings.index].geometry.to_numpy()
    tree = shapely.STRtree(streets.geometry.to_numpy())
    spot, near = tree.query_nearest(spots, max_distance=parameters.reach_m["crossing_to_street"], all_matches=False)
    added = np.zeros(len(streets))
    np.add.at(added, near, crossings["risk"].to_numpy(float)[spot])
    out = streets.copy()
    out["risk"] = streets["risk"].to_numpy(float) + added
    return out, crossings.drop(index=crossings.index[spot])
