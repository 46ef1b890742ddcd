"""Metres along streets from a campus' gate to a device: what a crew can measure with a wheel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from gislib.domain.arrays import Floats, Ints, Shapes

_VERTEX_DECIMALS: Final = 2
"""Vertices that agree to a centimetre are one: stored coordinates have 1e-7 degree."""


@dataclass(frozen=True)
class _Streets:
    """Vertices of all streets: ``ptr`` to the first of each line, ``node`` and ``chain_m`` of each, edges as matrix."""

    ids: pd.Index
    lines: Shapes
    ptr: Ints
    node: Ints
    chain_m: Floats
    lengths: csr_matrix


def from_gate(
    devices: gpd.GeoDataFrame, gates: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, snap_m: float, search_m: float
) -> pd.DataFrame:
    """
    Distance along streets from the foot of a gate of the device's own campus, the nearest one.

    Parameters
    ----------
    devices
        ``segment_id``, ``chainage_m`` and ``school_id``; same metric CRS as the others.
    gates, streets
        Gates with ``school_id``; lines that are streets.
    snap_m, search_m
        A gate farther than the first from any street has no foot; distances over the second are not looked for.

    Returns
    -------
    DataFrame
        Index of ``devices``: ``chainage_from_gate_m`` (NaN: not on a street, or no gate in reach) and ``gate_id``
        (missing then). Turn bans and one-way streets do not matter: it is measured on foot.
    """
    out = pd.DataFrame({"chainage_from_gate_m": np.nan, "gate_id": None}, index=devices.index)
    out["gate_id"] = out["gate_id"].astype(object)
    placed = devices[devices["segment_id"].isin(streets.index) & devices["chainage_m"].notna()]
    own = gates[gates["school_id"].isin(placed["school_id"])].sort_index()
    if placed.empty or own.empty:
        return out
    net = _network(streets)
    line = net.ids.get_indexer(pd.Index(placed["segment_id"]))
    chain = placed["chainage_m"].to_numpy(float)
    campus = placed["school_id"].to_numpy(dtype=object)
    best, gate_id = np.full(len(placed), np.inf), np.full(len(placed), None, dtype=object)
    for gate, school, spot in zip(own.index, own["school_id"], own.geometry, strict=True):
        mine = np.flatnonzero(campus == school)
        found = _from_foot(net, spot, (line[mine], chain[mine]), (snap_m, search_m))
        closer = found < best[mine]
        best[mine[closer]] = found[closer]
        gate_id[mine[closer]] = gate
    out.loc[placed.index, "chainage_from_gate_m"] = np.where(np.isfinite(best), best, np.nan)
    out.loc[placed.index, "gate_id"] = gate_id
    return out


def _network(streets: gpd.GeoDataFrame) -> _Streets:
    lines = streets.geometry.to_numpy()
    xy, line = shapely.get_coordinates(lines, return_index=True)
    _, node = np.unique(np.round(xy, _VERTEX_DECIMALS), axis=0, return_inverse=True)
    node = node.reshape(-1)
    same = line[1:] == line[:-1]
    step = np.where(same, np.hypot(*np.diff(xy, axis=0).T), 0.0)
    along = np.concatenate([[0.0], np.cumsum(step)])
    ptr = np.searchsorted(line, np.arange(len(lines) + 1))
    chain = along - along[ptr[:-1]][line]
    ends = np.sort(np.column_stack([node[:-1][same], node[1:][same]]), axis=1)
    pieces = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "m": step[same]})
    shortest = pieces[ends[:, 0] != ends[:, 1]].groupby(["a", "b"])["m"].min().reset_index()
    count = int(node.max()) + 1
    a, b = shortest["a"].to_numpy(np.int64), shortest["b"].to_numpy(np.int64)
    lengths = coo_matrix((shortest["m"].to_numpy(float), (a, b)), shape=(count, count)).tocsr()
    return _Streets(streets.index, lines, ptr, node, chain, lengths)


def _from_foot(
    net: _Streets, spot: shapely.Geometry, places: tuple[Ints, Floats], reach_m: tuple[float, float]
) -> Floats:
    """Metres to each place (line, chainage) from the foot of a gate on the nearest street; infinite out of reach."""
    snap_m, search_m = reach_m
    away = shapely.distance(net.lines, spot)
    home = int(np.argmin(away))
    line, chain = places
    if away[home] > snap_m:
        return np.full(len(line), np.inf)
    foot = float(shapely.line_locate_point(net.lines[home], spot))
    before, behind, to_before, to_behind = _around(net, np.array([home]), np.array([foot]))
    ends = dijkstra(net.lengths, directed=False, indices=[before[0], behind[0]], limit=search_m)
    nodes = np.minimum(ends[0] + to_before[0], ends[1] + to_behind[0])
    first, second, to_first, to_second = _around(net, line, chain)
    through = np.minimum(nodes[first] + to_first, nodes[second] + to_second)
    direct = np.where(line == home, np.abs(chain - foot), np.inf)
    found = np.minimum(through, direct)
    return np.where(found <= search_m, found, np.inf)


def _around(net: _Streets, line: Ints, chain: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Nodes before and behind places, and the metres to each."""
    first = np.array(
        [
            np.clip(np.searchsorted(net.chain_m[a:b], c, side="right") - 1, 0, b - a - 2) + a
            for a, b, c in zip(net.ptr[line], net.ptr[line + 1], chain, strict=True)
        ],
        dtype=np.int64,
    )
    to_first = np.maximum(chain - net.chain_m[first], 0.0)
    to_second = np.maximum(net.chain_m[first + 1] - chain, 0.0)
    return net.node[first], net.node[first + 1], to_first, to_second
