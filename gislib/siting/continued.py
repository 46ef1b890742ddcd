"""Streets continued past their ends: where two ways meet and no third, they are one street to who drives on it."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gislib.domain.arrays import Floats, Shapes

HOPS: Final = 4
"""Ways followed past one end at most."""
_DECIMALS: Final = 2
"""Vertices that agree to a centimetre are one."""

_End = tuple[int, int]
"""Row of a line, and 0 for its first vertex, 1 for its last."""


def continued(streets: gpd.GeoDataFrame, road_id: Shapes, metres: float) -> pd.DataFrame:
    """
    Lines of some roads with what follows past their ends.

    Parameters
    ----------
    streets
        Roads that vehicles drive on; a road that is none of them is not continued.
    road_id
        Roads wanted; each once.
    metres
        How far past an end, at most.

    Returns
    -------
    DataFrame
        Index: road id. ``line``: the road and up to so many metres past both ends, over vertices in which just two ends
        meet; ``shift_m``: metres put before its first vertex. Roads that nothing is put to are left out.
    """
    lines = streets.geometry.to_numpy()
    mates = _mates(lines)
    wanted = np.flatnonzero(streets.index.isin(road_id))
    found: dict[object, tuple[shapely.LineString, float]] = {}
    for row in wanted.tolist():
        before, after = (_beyond(lines, mates, (row, end), metres) for end in (0, 1))
        if before or after:
            line = shapely.LineString([*reversed(before), *lines[row].coords, *after])
            first = shapely.LineString([lines[row].coords[0], *before]).length if before else 0.0
            found[streets.index[row]] = line, first
    return pd.DataFrame.from_dict(found, orient="index", columns=["line", "shift_m"])


def _mates(lines: Shapes) -> dict[_End, _End]:
    """The end that each end of a line meets, where nothing else does."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    if not len(line):
        return {}
    opens = np.r_[True, line[1:] != line[:-1]]
    closes = np.r_[line[1:] != line[:-1], True]
    table = pd.DataFrame(np.round(xy, _DECIMALS), columns=["x", "y"])
    table = table.assign(row=line, end=np.where(opens, 0, np.where(closes, 1, -1)), arms=np.where(opens | closes, 1, 2))
    arms = table.groupby(["x", "y"])["arms"].transform("sum")
    pairs = table[(arms == 2).to_numpy() & (table["end"] >= 0).to_numpy()]  # noqa: PLR2004 - two ends
    mates: dict[_End, _End] = {}
    for _, own in pairs.groupby(["x", "y"]):
        a, b = zip(own["row"].tolist(), own["end"].tolist(), strict=True)
        if a[0] != b[0]:
            mates[a], mates[b] = b, a
    return mates


def _beyond(lines: Shapes, mates: dict[_End, _End], at: _End, metres: float) -> list[tuple[float, ...]]:
    """Vertices past an end of a line, outwards."""
    out: list[tuple[float, ...]] = []
    left = metres
    for _ in range(HOPS):
        if left <= 0 or at not in mates:
            break
        row, end = mates[at]
        whole = lines[row].length
        part = substring(lines[row], 0.0, left) if end == 0 else substring(lines[row], whole, max(whole - left, 0.0))
        out += list(part.coords)[1:]
        left -= part.length
        at = row, 1 - end
    return out


def on_continued(lines: Shapes, chainage_m: Floats, longer: pd.DataFrame, road_id: Shapes) -> tuple[Shapes, Floats]:
    """Lines and chainages of places, on the continued lines where there are any."""
    at = longer.index.get_indexer(pd.Index(road_id))
    out, chain = lines.copy(), chainage_m.copy()
    own = at >= 0
    out[own] = longer["line"].to_numpy(dtype=object)[at[own]]
    chain[own] += longer["shift_m"].to_numpy(float)[at[own]]
    return out, chain
