"""Whether crossing data stay as believable as they are when a plan adds devices."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gislib.exposure.ground import Ground
from gislib.network.crossings import METRES_PER_KM, signalised_ends
from gislib.network.graph import WalkGraph
from gislib.network.streets import Streets


def crossings_believed_alike(ground: Ground, devices: gpd.GeoDataFrame, graph: WalkGraph) -> bool:
    """
    Whether a whole new graph would say of its crossing data what a patched one took over.

    Crossings per kilometre of kerbed street are compared with ``network.crossing_density_min_per_km``, counted as
    `gislib.network.crossings.crossing_rules` counts them: from today's number, by what came and went.

    Parameters
    ----------
    ground
        Today.
    devices, graph
        All devices after a change, and the patched graph.
    """
    today, parameters = ground.tables["devices"], ground.parameters
    before, after = _kerbed_km(ground.graph.streets), _kerbed_km(graph.streets)
    if not before > 0.0 or not after > 0.0:
        return before == after
    count = ground.graph.crossing.per_km * before + _crossings(devices) - _crossings(today)
    if _signals_and_rails(today) != _signals_and_rails(devices):
        reach_m = parameters.signal_reach_m
        count += _signalised(graph.streets, devices, reach_m) - _signalised(ground.graph.streets, today, reach_m)
    # The count is a whole number, made from a quotient.
    missing = round(count) / after < parameters.crossing_density_min_per_km
    return bool(missing == graph.crossing.data_missing)


def _kerbed_km(streets: Streets) -> float:
    """Kilometres of kerbed streets that are walked."""
    if not len(streets):
        return 0.0
    step = np.hypot(*np.diff(streets.xy, axis=0).T)
    piece = np.repeat(np.arange(len(streets)), np.diff(streets.ptr))
    own = (piece[1:] == piece[:-1]) & (streets.kerbed & streets.walkable)[piece[:-1]]
    return float(step[own].sum()) / METRES_PER_KM


def _crossings(devices: gpd.GeoDataFrame) -> int:
    """Crossings that are not known to be unmarked."""
    unmarked = (devices["marked"].astype("boolean") == False).fillna(value=False)  # noqa: E712 - three-valued
    return int(((devices["kind"] == "crossing") & ~unmarked).sum())


def _signals_and_rails(devices: gpd.GeoDataFrame) -> frozenset[bytes]:
    """Shapes of what decides which junctions are signalised: signals, and rails by the kerbs that they make."""
    own = devices["kind"].isin(["signal", "rail"]).to_numpy(bool)
    return frozenset(shapely.to_wkb(np.asarray(devices.geometry.to_numpy()[own], dtype=object)).tolist())


def _signalised(streets: Streets, devices: gpd.GeoDataFrame, reach_m: float) -> int:
    """Junctions at the ends of the kerbed streets that a signal lets cross."""
    shapes = devices.geometry.to_numpy()[(devices["kind"] == "signal").to_numpy(bool)]
    signals = shapes[shapely.get_type_id(shapes) == shapely.GeometryType.POINT]
    junction_xy = np.zeros((int(streets.ends.max()) + 1, 2))
    junction_xy[streets.ends[:, 0]] = streets.xy[streets.ptr[:-1]]
    junction_xy[streets.ends[:, 1]] = streets.xy[streets.ptr[1:] - 1]
    piece, _ = signalised_ends(streets, streets.lines(), signals, junction_xy, reach_m)
    return len(np.unique(streets.ends[piece]))
