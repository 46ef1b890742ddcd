"""Gates: ``barrier=gate`` and its kin, and ``entrance=*``, where they stand on the boundary of a campus."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs, transform
from gislib.sources import osm_tags
from gislib.sources.osm_features import Feature, Wish, line_features, node_features
from gislib.sources.osm_geometry import Outlines, Shapes
from gislib.sources.osm_parts import Origin, Part, build_table
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags

GATE_REACH_M: Final = 5.0
"""Farthest a gate may be drawn from the outline of its campus; outlines are drawn a few metres off."""

DOOR_REACH_M: Final = 0.5
"""Farthest an ``entrance`` may lie *outside* the outline: beyond, it is the door of the neighbour's house."""

GATE_BARRIERS: Final = frozenset({
    "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "turnstile", "full-height_turnstile",
    "entrance", "wicket_gate", "kissing_gate",
})  # fmt: skip
_NO_GATE: Final = frozenset({"no", "shop", "home", "staircase", "elevator"})
_STUDENT, _VEHICLE, _FIRE = "student", "vehicle", "fire"
_FIRE_ENTRANCES: Final = frozenset({"emergency", "exit", "emergency_exit", "fire_exit"})
_VEHICLE_ENTRANCES: Final = frozenset({"garage", "service", "delivery", "parking"})


def is_gate(tags: Tags) -> bool:
    """Whether an object may be the gate of a campus."""
    return tags.get("barrier") in GATE_BARRIERS or tags.get("entrance", "no") not in _NO_GATE


def gate_role(tags: Tags) -> str:
    """``fire`` for emergency exits, ``vehicle`` where people may not walk in or for deliveries, else ``student``."""
    entrance = tags.get("entrance")
    if entrance in _FIRE_ENTRANCES or "emergency" in {tags.get("access"), tags.get("motor_vehicle")}:
        return _FIRE
    return _VEHICLE if entrance in _VEHICLE_ENTRANCES or tags.get("foot") == "no" else _STUDENT


def counts_for_measuring(tags: Tags) -> bool:
    """Whether distances start here: neither emergency exits nor gates kept locked."""
    return gate_role(tags) != _FIRE and tags.get("locked") != "yes"


def gates(found: Scan, outlines: Outlines, schools: gpd.GeoDataFrame, origin: Origin) -> Part:
    """
    Table ``gates``: each gate belongs to the campus whose outline is nearest (the smaller campus on a shared outline).

    Parameters
    ----------
    found, outlines
        The scan and its outlines.
    schools
        Table ``schools``, WGS 84, index = school id; point-only campuses get no gates.
    origin
        Source and uncertainties; a gate is as well located as the outline it stands on.
    """
    wish = Wish(("barrier", "entrance"), is_gate)
    harvest = node_features(found, wish.nodes(found))
    harvest.add(line_features(found, outlines, wish))
    campuses = schools[schools.geometry.geom_type != "Point"]
    if campuses.empty or not harvest.features:
        return Part(
            build_table([], {}), counts={"off_campus": len(harvest.features), "campuses_without": len(campuses)}
        )
    spots = np.array([feature.shape for feature in harvest.features], dtype=object)
    is_line = shapely.get_type_id(spots) == shapely.GeometryType.LINESTRING
    spots[is_line] = shapely.line_interpolate_point(spots[is_line], 0.5, normalized=True)
    owner = _owners(harvest.features, spots, campuses)
    mine = [place for place, name in enumerate(owner) if name is not None]
    kept = [Feature(harvest.features[place].id, harvest.features[place].tags, spots[place]) for place in mine]
    columns: dict[str, list[Any]] = {
        "school_id": [owner[place] for place in mine],
        "name": [osm_tags.display_name(gate.tags) or gate.tags.get("ref") for gate in kept],
        "role": [gate_role(gate.tags) for gate in kept],
        "counts_for_measuring": [counts_for_measuring(gate.tags) for gate in kept],
        "inferred": [False] * len(kept),
        "source_id": [origin.source_id] * len(kept),
        "located_to_m": [origin.located.outline_m] * len(kept),
    }
    without = len(campuses) - len(set(columns["school_id"]))
    counts = {"off_campus": len(owner) - len(mine), "campuses_without": without}
    return Part(build_table(kept, columns), counts=counts)


def _owners(features: list[Feature], spots: Shapes, campuses: gpd.GeoDataFrame) -> list[str | None]:
    """Id of the campus each gate belongs to, None when it stands on no campus outline."""
    middle = float(campuses.geometry.bounds[["minx", "maxx"]].to_numpy().mean())
    crs = metric_crs(middle)
    points = transform(gpd.GeoDataFrame(geometry=spots, crs=WGS84), crs).geometry.to_numpy()
    areas = transform(campuses[[campuses.geometry.name]], crs).geometry.to_numpy()
    rims = shapely.boundary(areas)
    gate, campus = shapely.STRtree(rims).query(points, predicate="dwithin", distance=GATE_REACH_M)
    off_m = shapely.distance(points[gate], rims[campus]).round(2)
    outside_m = shapely.distance(points[gate], areas[campus])
    is_barrier = np.array(["barrier" in features[place].tags for place in gate], dtype=bool)
    owner: list[str | None] = [None] * len(features)
    # Nearest last, so that it stays; on a shared outline the smaller campus.
    for pair in np.lexsort((campus, shapely.area(areas[campus]), off_m))[::-1]:
        if is_barrier[pair] or outside_m[pair] <= DOOR_REACH_M:
            owner[gate[pair]] = str(campuses.index[campus[pair]])
    return owner
