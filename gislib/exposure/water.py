"""
Accessible banks: how far pupils walk to the nearest place where they can reach the water.

A bank is accessible from an edge if the straight gap between edge and outline is at most ``bank_gap_max_m`` and no
wall or fence stands between. Where water is fenced, the fence is a fact of the water (protection), not of the distance.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.exposure.ground import Ground
from gislib.network.catchment import node_distances
from gislib.network.graph import ALONG
from gislib.network.walks import Reach

CLOSED: Final = frozenset({"wall", "fence"})
BANK_STEP_M: Final = 5.0
"""Spacing of the places along a street from which the bank is looked for."""


def bank_accesses(ground: Ground, gap_max_m: float) -> pd.DataFrame:
    """
    Every place on an edge, at most `BANK_STEP_M` apart, from which a bank is accessible.

    Returns
    -------
    accesses
        ``water`` (row of the water table), ``edge``, ``along_m`` (place on the edge), ``gap_m``, and the bank at
        ``x``, ``y``.
    """
    water, graph = ground.tables["water"], ground.graph
    ways = np.flatnonzero(graph.kind == ALONG)
    columns = ["water", "edge", "along_m", "gap_m", "x", "y"]
    if water.empty or not len(ways):
        return pd.DataFrame({name: np.zeros(0) for name in columns}).astype({"water": int, "edge": int})
    shapes = shapely.boundary(water.geometry.to_numpy())
    shapes = np.where(shapely.get_dimensions(water.geometry.to_numpy()) == 2, shapes, water.geometry.to_numpy())  # noqa: PLR2004
    row, near = shapely.STRtree(list(graph.lines[ways])).query(shapes, predicate="dwithin", distance=gap_max_m)
    steps = np.maximum(np.ceil(graph.length[ways[near]] / BANK_STEP_M).astype(int), 1) + 1
    row, edge = np.repeat(row, steps), np.repeat(ways[near], steps)
    share = np.concatenate([np.linspace(0, 1, n) for n in steps]) if len(steps) else np.zeros(0)
    along = share * graph.length[edge]
    gap = shapely.shortest_line(shapely.line_interpolate_point(graph.lines[edge], along), shapes[row])
    reachable = np.flatnonzero(shapely.length(gap) <= gap_max_m)
    reachable = reachable[~_fenced_off(ground, gap[reachable])]
    bank = shapely.get_coordinates(gap[reachable]).reshape(-1, 2, 2)[:, 1]
    found = (row[reachable], edge[reachable], along[reachable], shapely.length(gap[reachable]), bank[:, 0], bank[:, 1])
    return pd.DataFrame(dict(zip(columns, found, strict=True)))


def _fenced_off(ground: Ground, gaps: np.ndarray) -> np.ndarray:
    """Whether a wall or fence crosses each gap."""
    devices = ground.tables["devices"]
    barriers = devices.geometry.to_numpy()[devices["kind"].isin(CLOSED).to_numpy()]
    closed = np.zeros(len(gaps), bool)
    if len(barriers):
        closed[shapely.STRtree(list(barriers)).query(gaps, predicate="intersects")[0]] = True
    return closed


def water_walks(
    ground: Ground, accesses: pd.DataFrame, reached: Reach, school_ids: pd.Index, reach_m: float
) -> pd.DataFrame:
    """
    Walk from each campus to the nearest accessible bank of every water in reach.

    Parameters
    ----------
    ground, accesses
        Ground and its bank accesses.
    reached
        Passable walks from all gates of each campus, grown at least to ``reach_m``.
    school_ids
        Campus of every source of ``reached``.
    reach_m
        Longest walk, gap included.

    Returns
    -------
    hazards
        ``school_id, hazard_id, kind, fenced, kit, distance_m, x, y`` (bank), sorted by both ids.
    """
    water, graph, snaps = ground.tables["water"], ground.graph, ground.gate_snaps
    edge = accesses["edge"].to_numpy(int)
    along, gap = accesses["along_m"].to_numpy(float), accesses["gap_m"].to_numpy(float)
    frames = []
    for k, school_id in enumerate(school_ids):
        dist = node_distances(graph, reached, k)
        metres = np.minimum(dist[graph.u[edge]] + along, dist[graph.v[edge]] + graph.length[edge] - along)
        for s in reached.starts(k).tolist():
            same = edge == snaps.edge[s]
            direct = snaps.walked_m[s] + np.abs(along - snaps.along_m[s])
            metres = np.where(same, np.minimum(metres, direct), metres)
        near = accesses.assign(distance_m=metres + gap)
        near = near[near["distance_m"] <= reach_m].sort_values(["water", "distance_m", "edge"]).drop_duplicates("water")
        frames.append(near.assign(school_id=school_id))
    return _as_hazards(
        pd.concat(frames, ignore_index=True) if frames else accesses.assign(distance_m=0.0, school_id=""), water
    )


def _as_hazards(found: pd.DataFrame, water: gpd.GeoDataFrame) -> pd.DataFrame:
    """Nearest accesses with the facts of their water."""
    facts = pd.DataFrame(water[["kind", "fenced", "kit"]]).iloc[found["water"].to_numpy(int)].reset_index(drop=True)
    out = facts.assign(
        school_id=found["school_id"].to_numpy(dtype=object),
        hazard_id=water.index.to_numpy(dtype=object)[found["water"].to_numpy(int)],
        distance_m=found["distance_m"].to_numpy(float),
        x=found["x"].to_numpy(float),
        y=found["y"].to_numpy(float),
    )
    return out.sort_values(["school_id", "hazard_id"], ignore_index=True)
