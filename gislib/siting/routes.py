"""
Pupils' walks on the streets as a plan leaves them, and which campuses' walks a change touches.

A change far from a campus moves its load only if pupils reach its school road zone by another street, or not at all,
or if they walk to other banks. That is asked of every origin: by which edge does it enter the zone, before and after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.arrays import Flags, Ints, Shapes
from gislib.exposure.flows import Origins, origin_points, school_reach
from gislib.exposure.ground import Ground
from gislib.network.catchment import node_distances
from gislib.network.graph import WalkGraph
from gislib.network.patch import Patch
from gislib.network.snap import Snaps, build_obstacles, snap
from gislib.network.walks import Reach, reach
from gislib.rules import RuleSet

SAME_WALK_M: Final = 1e-6
"""Walks that differ by less are one walk."""
_OUT: Final = (-1, -1, -1)
_AT_GATE: Final = -2
_INSIDE: Final = -3


@dataclass(frozen=True)
class Reaches:
    """Street before a gate that is assessed, longest walks of pupils to school and to a bank, gap to a bank; metres."""

    zone_m: float
    origin_m: float
    water_m: float
    bank_gap_m: float


@dataclass(frozen=True)
class Routes:
    """
    Streets as a plan leaves them, with gates and origins snapped to them.

    ``devices``: all that stand then, working CRS; ``points``: position of every origin.
    """

    graph: WalkGraph
    devices: gpd.GeoDataFrame
    gates: Snaps
    origins: Origins
    points: Shapes


def reaches_of(rs: RuleSet, on: date) -> Reaches:
    """Reaches from the rules in force on a day."""
    return Reaches(
        rs.number("zone.school_road_m", on), rs.number("zone.origin_reach_m", on),
        float(rs.table("risk.reach_m", on)["water"]), rs.number("risk.bank_gap_max_m", on),
    )  # fmt: skip


def routes_on(ground: Ground, rs: RuleSet, on: date) -> Routes:
    """Routes on a ground as it is."""
    points, weight = origin_points(ground.tables, rs.number("zone.floor_area_per_person_m2", on))
    origins = Origins(ground.snap(points), weight)
    return Routes(ground.graph, ground.tables["devices"], ground.gate_snaps, origins, points)


def moved(routes: Routes, patch: Patch, ground: Ground, devices: gpd.GeoDataFrame) -> Routes | None:
    """
    Routes on a patched graph: what lies beside a changed street is snapped again.

    Parameters
    ----------
    routes, patch
        Routes before, and the change of their graph.
    ground
        Today: gates, water and buildings.
    devices
        All devices after the change.

    Returns
    -------
    Routes | None
        None where a point snaps to a street that the patch cannot tell.
    """
    reach_m = ground.parameters.snap_limit_m
    if not len(patch.gone) and not len(patch.fresh):
        return replace(routes, graph=patch.graph, devices=devices, gates=_renumbered(routes.gates, patch),
                       origins=replace(routes.origins, snaps=_renumbered(routes.origins.snaps, patch)))  # fmt: skip
    near = near_change(routes, patch, np.r_[routes.points, _gate_points(ground)], reach_m)
    count = len(routes.points)
    area = shapely.box(*shapely.total_bounds(changed_lines(routes, patch))).buffer(2 * reach_m)
    local = {
        name: table.iloc[table.sindex.query(area, predicate="intersects", sort=True)]
        for name, table in {**ground.tables, "devices": devices}.items()
        if name in {"devices", "water", "buildings"}
    }
    obstacles = build_obstacles(patch.small, local["devices"], local["water"], local["buildings"])

    def again(snaps: Snaps, points: Shapes, own: Flags) -> Snaps | None:
        rows = np.flatnonzero(own)
        fresh = snap(patch.small, obstacles, shapely.get_coordinates(points[rows]), reach_m)
        return _merged(snaps, patch, own, (rows, fresh))

    origins = again(routes.origins.snaps, routes.points, near[:count])
    gates = again(routes.gates, _gate_points(ground), near[count:])
    if origins is None or gates is None:
        return None
    return Routes(patch.graph, devices, gates, Origins(origins, routes.origins.weight), routes.points)


def _gate_points(ground: Ground) -> Shapes:
    return np.asarray(ground.tables["gates"].geometry.to_numpy(), dtype=object)


def changed_lines(routes: Routes, patch: Patch) -> Shapes:
    """Lines of all edges that went or came."""
    return np.concatenate([routes.graph.lines[patch.gone], patch.graph.lines[patch.fresh]])


def near_change(routes: Routes, patch: Patch, shapes: Shapes, reach_m: float) -> Flags:
    """Which shapes lie within reach of an edge that went or came."""
    near = np.zeros(len(shapes), bool)
    lines = changed_lines(routes, patch)
    if len(shapes) and len(lines):
        near[shapely.STRtree(list(shapes)).query(lines, predicate="dwithin", distance=reach_m)[1]] = True
    return near


def _renumbered(snaps: Snaps, patch: Patch) -> Snaps:
    return replace(snaps, edge=patch.edge[snaps.edge])


def _merged(snaps: Snaps, patch: Patch, again: Flags, new: tuple[Ints, Snaps]) -> Snaps | None:
    """Snaps with those of some points replaced, edges in the numbers of the new graph."""
    rows, fresh = new
    kept = np.flatnonzero(~again[snaps.point])
    edge = np.r_[patch.edge[snaps.edge[kept]], patch.small_edge[fresh.edge]]
    if (edge < 0).any():
        return None
    merged = Snaps(
        np.r_[snaps.point[kept], rows[fresh.point]], edge, np.r_[snaps.along_m[kept], fresh.along_m],
        np.r_[snaps.walked_m[kept], fresh.walked_m], np.r_[snaps.own_kerb[kept], fresh.own_kerb],
        np.r_[snaps.legal[kept], fresh.legal],
    )  # fmt: skip
    order = np.lexsort((~merged.own_kerb, merged.point))
    return Snaps(*(getattr(merged, name)[order] for name in Snaps.__dataclass_fields__))


def touched(before: Routes, after: Routes, patch: Patch, ground: Ground, reaches: Reaches) -> list[str]:
    """Campuses whose loads the change may move, sorted; no other campus's load moves."""
    gates = ground.tables["gates"]
    points, campus = _gate_points(ground), gates["school_id"].to_numpy(dtype=object)
    snap_m = ground.parameters.snap_limit_m
    reached = near_change(before, patch, points, max(reaches.origin_m, reaches.water_m) + snap_m)
    found = set(campus[near_change(before, patch, points, snap_m)])
    ids = sorted(set(campus[reached]) - found)
    groups = [np.flatnonzero(campus == school_id) for school_id in ids]
    walks = [_Walks(r, school_reach(ground_of(r, ground), r.gates, groups, reaches.origin_m)) for r in (before, after)]
    by_street = [k for k in range(len(ids)) if _streets_differ((walks[0], walks[1]), patch, k, reaches)]
    rest = [k for k in range(len(ids)) if k not in set(by_street)]
    by_bank = _banks_differ((before, after), patch, [groups[k] for k in rest], (ground, reaches))
    return sorted(found | {ids[k] for k in by_street} | {ids[rest[k]] for k in by_bank})


def ground_of(routes: Routes, ground: Ground) -> Ground:
    """Today's ground with the streets, gates and devices of some routes."""
    tables = {**ground.tables, "devices": routes.devices}
    return replace(ground, tables=tables, graph=routes.graph, gate_snaps=routes.gates, edge_slope_excess_m=None)


@dataclass(frozen=True)
class _Walks:
    """Legal walks to several campuses on some routes."""

    routes: Routes
    reached: Reach

    def near(self, campus: int, edges: Ints, limit_m: float) -> bool:
        """Whether one of the edges is walked within a limit of the campus, or a gate opens on it."""
        dist, graph = node_distances(self.routes.graph, self.reached, campus), self.routes.graph
        begin = self.routes.gates.edge[self.reached.starts(campus)]
        metres = np.minimum(dist[graph.u[edges]], dist[graph.v[edges]])
        return bool((metres <= limit_m).any() or np.isin(edges, begin).any())

    def entries(self, campus: int, zone_m: float) -> Ints:
        """
        How the pupils of every origin enter the zone: three numbers that mean the same on both routes.

        The ends of the street edge by which they come in; or, for an origin that lies in the zone, its first node; or
        the gate on its own edge. (-1, -1, -1) out of reach.
        """
        graph, snaps, gates = self.routes.graph, self.routes.origins.snaps, self.routes.gates
        starts, dist = self.reached.starts(campus), node_distances(graph, self.reached, campus)
        rows = snaps.usable(legal=True)
        edge = snaps.edge[rows]
        from_gate = np.minimum(dist[graph.u[edge]], dist[graph.v[edge]])
        rows = rows[(from_gate <= self.reached.limit_m) | np.isin(edge, gates.edge[starts])]
        edge, along, leg = snaps.edge[rows], snaps.along_m[rows], snaps.walked_m[rows]
        over = np.stack([dist[graph.u[edge]] + along + leg, dist[graph.v[edge]] + graph.length[edge] - along + leg])
        best, gate = over.min(axis=0), np.full(len(rows), -1)
        for start in starts.tolist():
            metres = np.abs(along - gates.along_m[start]) + gates.walked_m[start] + leg
            shorter = (edge == gates.edge[start]) & (metres <= best)
            best[shorter], gate[shorter] = metres[shorter], start
        node = np.where(over[0] <= over[1], graph.u[edge], graph.v[edge])
        inside = np.minimum(dist[graph.u[edge]], dist[graph.v[edge]]) <= zone_m
        inside |= np.isin(edge, gates.edge[starts])
        own = snaps.own_kerb[rows].astype(np.int64)
        code = self._entry(campus, zone_m)[node]
        code[inside] = np.column_stack([np.full(len(rows), _INSIDE), node, own])[inside]
        straight = np.flatnonzero(gate >= 0)
        at = gate[straight]
        code[straight] = np.column_stack(
            [np.full(len(at), _AT_GATE), gates.point[at], 2 * own[straight] + gates.own_kerb[at]]
        )
        code[best > self.reached.limit_m] = _OUT
        out = np.full((len(self.routes.points), 3), _OUT, np.int64)
        order = np.lexsort((best, snaps.point[rows]))
        first = order[np.flatnonzero(np.r_[True, np.diff(snaps.point[rows][order]) != 0])] if len(order) else order
        out[snaps.point[rows[first]]] = code[first]
        return out

    def _entry(self, campus: int, zone_m: float) -> Ints:
        """For every node the ends of the edge by which its walk enters the zone; a node in the zone: itself."""
        trees = self.reached.trees
        own = trees.of(campus)
        node, dist, before = trees.node[own], trees.dist[own], trees.by_node[own]
        slot = np.full(len(self.routes.graph.node_xy), -1)
        slot[node] = np.arange(len(node))
        parent = np.where(before >= 0, slot[before], np.arange(len(node)))
        top = np.where(dist[parent] > zone_m, parent, np.arange(len(node)))
        while not np.array_equal(top[top], top):
            top = top[top]
        entry = np.full((len(slot), 3), -1, np.int64)
        entry[node] = np.column_stack([node[parent[top]], node[top], np.zeros(len(top), np.int64)])
        return entry


def _streets_differ(walks: tuple[_Walks, _Walks], patch: Patch, campus: int, reaches: Reaches) -> bool:
    """Whether the flows in a campus's zone may differ."""
    before, after = walks
    if before.near(campus, patch.gone, reaches.zone_m) or after.near(campus, patch.fresh, reaches.zone_m):
        return True
    entries = before.entries(campus, reaches.zone_m), after.entries(campus, reaches.zone_m)
    if all((own[:, 0] == -1).all() for own in entries):
        # Nobody is known to live in reach: every street counts as an origin.
        return before.near(campus, patch.gone, reaches.origin_m) or after.near(campus, patch.fresh, reaches.origin_m)
    return not np.array_equal(*entries)


def _banks_differ(
    routes: tuple[Routes, Routes], patch: Patch, groups: list[Ints], where: tuple[Ground, Reaches]
) -> list[int]:
    """Campuses (by place in ``groups``) that may walk otherwise to a bank."""
    ground, reaches = where
    water = np.asarray(ground.tables["water"].geometry.to_numpy(), dtype=object)
    if not len(water) or not groups:
        return []
    points, far_m = _gate_points(ground), reaches.water_m + reaches.bank_gap_m
    by_water = np.zeros(len(points), bool)
    by_water[shapely.STRtree(list(points)).query(water, predicate="dwithin", distance=far_m)[1]] = True
    own = [k for k, group in enumerate(groups) if by_water[group].any()]
    chosen = [groups[k] for k in own]
    grown = [reach(r.graph, r.gates, chosen, legal=False, limit_m=reaches.water_m) for r in routes]
    kept = np.flatnonzero(patch.edge >= 0)
    nodes = np.unique(np.r_[routes[0].graph.u[kept], routes[0].graph.v[kept]])
    banks = [
        _near_water(water, r.graph, edges, reaches.bank_gap_m)
        for r, edges in zip(routes, (patch.gone, patch.fresh), strict=True)
    ]
    found = []
    for place, k in enumerate(own):
        dist = [node_distances(r.graph, one, place) for r, one in zip(routes, grown, strict=True)]
        same = np.isclose(dist[0][nodes], dist[1][nodes], rtol=0.0, atol=SAME_WALK_M)
        # A gate on such an edge lies beside the change: its campus was found before.
        at_bank = any((own_m[ends] <= reaches.water_m).any() for own_m, ends in zip(dist, banks, strict=True))
        if at_bank or not same.all():
            found.append(k)
    return found


def _near_water(water: Shapes, graph: WalkGraph, edges: Ints, gap_m: float) -> Ints:
    """Both nodes of every edge, of some, from which one may step to a bank."""
    near = shapely.STRtree(list(water)).query(graph.lines[edges], predicate="dwithin", distance=gap_m)[0]
    rows = edges[np.unique(near)]
    return np.concatenate([graph.u[rows], graph.v[rows]])
