"""
Measured distances between campuses and venues by methods A to E.

Invariants for the same end points, unrounded: B >= A; D >= B; E >= B; D >= E. A missing distance has a reason:
``no_boundary``, ``no_counting_gate``, ``no_student_gate``, ``gate_unsnapped``, ``door_unsnapped``,
``other_component``, ``leaves_extent``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.exposure.ground import Ground, gate_xy
from gislib.exposure.methods import METHODS, Method
from gislib.geo.crs import require_metric
from gislib.geo.measure import GEODESIC_BAND_M, geodesic_length_m
from gislib.network.snap import Snaps
from gislib.network.walks import Reach, reach, walk_lengths, walk_line

OUTLINE_STEP_M: Final = 10.0
"""Spacing of the ends taken on a venue outline that has no known door."""


@dataclass(frozen=True)
class MeasureOptions:
    """
    What to measure with.

    Attributes
    ----------
    reach_m
        Straight distance (method A, else B) up to which pairs are measured.
    search_m
        Longest walk searched; a longer one is known to be at least this.
    tolerance_k, path_per_m
        Tolerance t = k * sqrt(start^2 + end^2 + path^2), with a path sigma of ``path_per_m`` per metre walked.
    limits_m
        Legal limits: distances within a metre of one are recomputed as geodesics.
    """

    reach_m: float
    search_m: float
    tolerance_k: float
    path_per_m: float
    limits_m: tuple[float, ...]


@dataclass(frozen=True)
class Ends:
    """End points of venues: ``shape`` for straight lines, numbered ``points`` (owner = venue row) for walks."""

    shape: Shapes
    points: Shapes
    owner: Ints
    snaps: Snaps


@dataclass(frozen=True)
class Starts:
    """Start geometry per campus and method start (None where it has none), and the gate rows behind it."""

    shape: dict[str, Shapes]
    gates: dict[str, list[Ints]]


def venue_ends(ground: Ground, venues: gpd.GeoDataFrame) -> Ends:
    """Doors of each venue; its outline, sampled for walks, or its point where no door is known."""
    doors = venues["doors"].to_numpy(dtype=object)
    shape = np.where(shapely.is_missing(doors), venues.geometry.to_numpy(), doors)
    walk_ends = [shapely.get_parts(_end_points(s)) for s in shape]
    points = np.concatenate(walk_ends) if walk_ends else np.zeros(0, object)
    owner = np.repeat(np.arange(len(venues)), [len(w) for w in walk_ends]).astype(np.int64)
    return Ends(shape, points, owner, ground.snap(points))


def _end_points(shape: shapely.Geometry) -> shapely.Geometry:
    """Points where a walk to the shape may end."""
    if shapely.get_dimensions(shape) == 0:
        return shape
    return shapely.MultiPoint(shapely.get_coordinates(shapely.segmentize(shapely.boundary(shape), OUTLINE_STEP_M))[:-1])


def campus_starts(ground: Ground) -> Starts:
    """Start geometries of all campuses, in the order of the school table."""
    schools, gates = ground.tables["schools"], ground.tables["gates"]
    spots = gates.geometry.to_numpy()
    flags = {
        "counting": gates["counts_for_measuring"].to_numpy(bool, na_value=False),
        "student": (gates["role"] == "student").to_numpy(bool, na_value=False),
    }
    rows = [ground.gate_rows(s) for s in schools.index]
    own = {name: [r[flag[r]] for r in rows] for name, flag in flags.items()}
    shape = {
        name: np.array([shapely.MultiPoint(spots[r]) if len(r) else None for r in g], object) for name, g in own.items()
    }
    outlines = schools.geometry.to_numpy()
    areal = shapely.get_dimensions(outlines) == 2  # noqa: PLR2004 - dimension of an area
    shape["boundary"] = np.array(
        [
            shapely.GeometryCollection([o, *spots[r]]) if a else None
            for o, r, a in zip(outlines, rows, areal, strict=True)
        ],
        object,
    )
    return Starts(shape, own)


def pairs_in_reach(starts: Starts, ends: Ends, reach_m: float) -> tuple[Ints, Ints]:
    """School and venue rows whose method A (else B) distance is within ``reach_m``, sorted by both."""
    shape = np.where(shapely.is_missing(starts.shape["boundary"]), starts.shape["counting"], starts.shape["boundary"])
    usable = np.flatnonzero(~shapely.is_missing(shape))
    venue, near = shapely.STRtree(list(shape[usable])).query(ends.shape, predicate="dwithin", distance=reach_m)
    school = usable[near]
    order = np.lexsort((venue, school))
    return school[order].astype(np.int64), venue[order].astype(np.int64)


def measure(ground: Ground, venues: gpd.GeoDataFrame, options: MeasureOptions) -> pd.DataFrame:
    """
    Distances of every campus-venue pair in reach by every method.

    Parameters
    ----------
    ground
        Metric tables and walk graph.
    venues
        Venue table in the working CRS.
    options
        Reach, search limit, tolerances, limits.

    Returns
    -------
    measurements
        One row per pair and method, sorted by school, venue and method order: ``school_id, venue_id, method,
        distance_m`` (unrounded, NaN if not measured), ``distance_at_least_m`` (set where the walk is longer than the
        search), ``uncertainty_m`` (tolerance t), ``reason``, ``start_x, start_y, end_x, end_y``, ``geodesic_m`` (only
        near a limit), ``gate_id`` (gate measured from), ``start_inferred``, ``crossing_data_missing``,
        ``slope_excess_m`` (how much longer the walk is on the slope; part of the tolerance; NaN without elevations).
    """
    ends, starts = venue_ends(ground, venues), campus_starts(ground)
    pairs = pairs_in_reach(starts, ends, options.reach_m)
    frames = [
        _straight(ground, starts, ends, pairs, m)
        if m.path == "straight"
        else _walked(ground, starts, ends, (pairs, m, options))
        for m in METHODS
    ]
    table = pd.concat(frames, ignore_index=True)
    school_sigma = ground.tables["schools"]["located_to_m"].to_numpy(float)
    gate_sigma = ground.tables["gates"]["located_to_m"].to_numpy(float)
    gate = table["gate"].to_numpy()
    start_sigma = np.where(gate >= 0, gate_sigma[gate], school_sigma[table["school"].to_numpy()])
    end_sigma = venues["located_to_m"].to_numpy(float)[table["venue"].to_numpy()]
    path_sigma = np.where(table["walked"], table["distance_m"].fillna(options.search_m) * options.path_per_m, 0.0)
    slope = np.nan_to_num(table["slope_excess_m"].to_numpy(float), nan=0.0)
    variance = start_sigma**2 + end_sigma**2 + path_sigma**2 + slope**2
    table["uncertainty_m"] = options.tolerance_k * np.sqrt(variance)
    table["geodesic_m"] = _geodesics(ground, ends, table, options)
    inferred = ground.tables["gates"]["inferred"].to_numpy(bool)
    table["start_inferred"] = inferred[gate] & (gate >= 0)
    table["gate_id"] = pd.Series(np.where(gate >= 0, ground.tables["gates"].index.to_numpy(object)[gate], None)).astype(
        "str"
    )
    table["crossing_data_missing"] = table["method"].eq("gate_walk_legal") & ground.graph.crossing.data_missing
    table["school_id"] = ground.tables["schools"].index.to_numpy(object)[table["school"].to_numpy()]
    table["venue_id"] = venues.index.to_numpy(object)[table["venue"].to_numpy()]
    table["rank"] = table["method"].map({m.code: i for i, m in enumerate(METHODS)})
    table = table.sort_values(["school_id", "venue_id", "rank"], kind="stable", ignore_index=True)
    columns = ["school_id", "venue_id", "method", "distance_m", "distance_at_least_m", "uncertainty_m", "reason",
               "start_x", "start_y", "end_x", "end_y", "geodesic_m", "gate_id", "start_inferred",
               "crossing_data_missing", "slope_excess_m"]  # fmt: skip
    return table[columns].astype({"school_id": "str", "venue_id": "str", "method": "str", "reason": "str"})


def _frame(pairs: tuple[Ints, Ints], method: Method, values: dict[str, object]) -> pd.DataFrame:
    """One method's rows."""
    return pd.DataFrame({"school": pairs[0], "venue": pairs[1], "method": method.code, **values})


def _straight(ground: Ground, starts: Starts, ends: Ends, pairs: tuple[Ints, Ints], method: Method) -> pd.DataFrame:
    """Straight distances of one method."""
    start = starts.shape[method.start][pairs[0]]
    missing = shapely.is_missing(start)
    line = shapely.shortest_line(start, ends.shape[pairs[1]])
    xy = np.full((len(line), 2, 2), np.nan)
    xy[~missing] = shapely.get_coordinates(line[~missing]).reshape(-1, 2, 2)
    gate = np.full(len(line), -1)
    if method.start != "boundary":
        spots = gate_xy(ground)
        for i in np.flatnonzero(~missing):
            own = starts.gates[method.start][pairs[0][i]]
            gate[i] = own[int(np.argmin(np.hypot(*(spots[own] - xy[i, 0]).T)))]
    reason = np.full(len(line), None, dtype=object)
    reason[missing] = "no_boundary" if method.start == "boundary" else f"no_{method.start}_gate"
    return _frame(pairs, method, {
        "distance_m": shapely.length(line), "distance_at_least_m": np.nan, "reason": reason,
        "start_x": xy[:, 0, 0], "start_y": xy[:, 0, 1], "end_x": xy[:, 1, 0], "end_y": xy[:, 1, 1],
        "gate": gate, "end": -1, "walked": False, "slope_excess_m": np.nan,
    })  # fmt: skip


def _walked(
    ground: Ground, starts: Starts, ends: Ends, task: tuple[tuple[Ints, Ints], Method, MeasureOptions]
) -> pd.DataFrame:
    """Walking distances of one method: the nearest of all gate-door combinations."""
    pairs, method, options = task
    gates, gate_reach = _gate_reach(ground, starts, method, options.search_m)
    combos = _combinations(starts.gates[method.start], ends, pairs, gates)
    pair, source, end = combos
    walks = walk_lengths(
        ground.graph, (ground.gate_snaps, gate_reach), ends.snaps, (source, end), ground.edge_slope_excess_m
    )
    metres = walks.metres
    best = _best(pair, metres, len(pairs[0]))
    found = best >= 0
    gate = np.where(found, gates[source[best]] if len(source) else 0, -1)
    spots, doors = gate_xy(ground), shapely.get_coordinates(ends.points)
    start_xy = np.where(found[:, None], spots[np.maximum(gate, 0)], np.nan)
    end_no = np.where(found, end[best] if len(end) else 0, -1)
    end_xy = np.where(found[:, None], doors[np.maximum(end_no, 0)], np.nan)
    reason, at_least = _why_not(
        ground, ends, (pairs, pair, gates[source] if len(source) else source, end), (method, options), found
    )
    return _frame(pairs, method, {
        "distance_m": np.where(found, metres[best] if len(metres) else np.nan, np.nan), "distance_at_least_m": at_least,
        "reason": reason, "start_x": start_xy[:, 0], "start_y": start_xy[:, 1], "end_x": end_xy[:, 0],
        "end_y": end_xy[:, 1], "gate": gate, "end": end_no, "walked": True,
        "slope_excess_m": np.where(found, walks.gathered[best] if len(metres) else np.nan, np.nan)
        if ground.edge_slope_excess_m is not None else np.nan,
    })  # fmt: skip


def _gate_reach(ground: Ground, starts: Starts, method: Method, limit_m: float) -> tuple[Ints, Reach]:
    """All gates of a method's start, and the reach of each."""
    own = starts.gates[method.start]
    gates = np.unique(np.concatenate(own)) if own else np.zeros(0, np.int64)
    grown = reach(ground.graph, ground.gate_snaps, [gates[i : i + 1] for i in range(len(gates))],
                  legal=method.path == "legal", limit_m=limit_m)  # fmt: skip
    return gates, grown


def _combinations(own: Sequence[Ints], ends: Ends, pairs: tuple[Ints, Ints], gates: Ints) -> tuple[Ints, Ints, Ints]:
    """Pair number, source number and end point of every gate-door combination."""
    first = np.searchsorted(ends.owner, np.arange(int(pairs[1].max()) + 2 if len(pairs[1]) else 1))
    pair, source, end = [], [], []
    for i, (s, v) in enumerate(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)):
        doors = np.arange(first[v], first[v + 1])
        pair.append(np.full(len(own[s]) * len(doors), i))
        source.append(np.repeat(np.searchsorted(gates, own[s]), len(doors)))
        end.append(np.tile(doors, len(own[s])))
    if not pair:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    return np.concatenate(pair), np.concatenate(source), np.concatenate(end)


def _best(pair: Ints, metres: Floats, count: int) -> Ints:
    """Position of the shortest finite combination of every pair; -1 without one."""
    best = np.full(count, -1)
    order = np.lexsort((metres, pair))
    first = order[np.flatnonzero(np.r_[True, np.diff(pair[order]) != 0])] if len(order) else order
    finite = first[np.isfinite(metres[first])]
    best[pair[finite]] = finite
    return best


def _why_not(
    ground: Ground, ends: Ends, combos: tuple[tuple[Ints, Ints], Ints, Ints, Ints],
    how: tuple[Method, MeasureOptions], found: Flags,
) -> tuple[Shapes, Floats]:  # fmt: skip
    """Reason of every unmeasured pair, and the distance it is known to exceed instead where one can be given."""
    (pairs, pair, gate, end), (method, options) = combos, how
    legal = method.path == "legal"
    component = ground.graph.component(legal=legal)
    at_gate = _component_of(ground, ground.gate_snaps, len(ground.tables["gates"]), component)
    at_end = _component_of(ground, ends.snaps, len(ends.points), component)
    count = len(pairs[0])

    def any_combo(flags: Flags) -> Flags:
        return np.bincount(pair[flags], minlength=count).astype(bool)

    together = any_combo((at_gate[gate] >= 0) & (at_gate[gate] == at_end[end]))
    reason = np.full(count, "other_component", dtype=object)
    reason[~any_combo(at_end[end] >= 0)] = "door_unsnapped"
    reason[~any_combo(at_gate[gate] >= 0)] = "gate_unsnapped"
    reason[~any_combo(np.ones(len(pair), bool))] = f"no_{method.start}_gate"
    edge_near = _near_extent(ground, options.search_m)[pairs[0]]
    reason[together & edge_near] = "leaves_extent"
    at_least = np.where(~found & together & ~edge_near, options.search_m, np.nan)
    reason[found | np.isfinite(at_least)] = None
    return reason, at_least


def _component_of(ground: Ground, snaps: Snaps, points: int, component: Ints) -> Ints:
    """Component in which each point lies; -1 for an unsnapped one."""
    where = np.full(points, -1)
    where[snaps.point[::-1]] = component[ground.graph.u[snaps.edge[::-1]]]
    return where


def _near_extent(ground: Ground, search_m: float) -> Flags:
    """Campuses so near to the end of the loaded streets that a walk within the search could leave them."""
    xy = ground.graph.streets.xy
    bounds = ground.tables["schools"].geometry.bounds.to_numpy()
    if not len(xy):
        return np.ones(len(bounds), bool)
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = np.minimum(bounds[:, :2] - low, high - bounds[:, 2:]).min(axis=1)
    return np.asarray(room < search_m)


def _geodesics(ground: Ground, ends: Ends, table: pd.DataFrame, options: MeasureOptions) -> Floats:
    """Ellipsoid length of the rows within `GEODESIC_BAND_M` of a limit; NaN elsewhere."""
    out = np.full(len(table), np.nan)
    metres = table["distance_m"].to_numpy()
    near = np.zeros(len(table), bool)
    for limit in options.limits_m:
        near |= np.abs(metres - limit) <= GEODESIC_BAND_M
    crs = require_metric(ground.tables["schools"])
    for i in np.flatnonzero(near).tolist():
        row = table.iloc[i]
        line = np.array([[row["start_x"], row["start_y"]], [row["end_x"], row["end_y"]]])
        if row["walked"]:
            walk = walk_between(ground, ends, (int(row["gate"]), int(row["end"])),
                                legal=row["method"] == "gate_walk_legal", search_m=options.search_m)  # fmt: skip
            line = shapely.get_coordinates(walk) if walk is not None else line
        out[i] = geodesic_length_m(crs, line)
    return out


def walk_between(
    ground: Ground, ends: Ends, ids: tuple[int, int], *, legal: bool, search_m: float
) -> shapely.LineString | None:
    """Line of the shortest walk from a gate row to an end point number; None beyond the search."""
    gate, end = ids
    grown = reach(ground.graph, ground.gate_snaps, [np.array([gate])], legal=legal, limit_m=search_m)
    xy = gate_xy(ground)[gate], shapely.get_coordinates(ends.points[end])[0]
    return walk_line(ground.graph, (ground.gate_snaps, grown), ends.snaps, 0, end, xy)
