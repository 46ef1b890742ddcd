"""Education objects: listed, classified by name, and freed of doubles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs, transform
from gislib.sources import osm_tags
from gislib.sources.osm_features import POINT, Feature, Wish, area_features, node_features
from gislib.sources.osm_geometry import Outlines, Shapes
from gislib.sources.osm_kinds import is_school
from gislib.sources.osm_parts import Origin, Part, build_table, harvest_counts, origin_columns
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags
from gislib.sources.provenance import Message
from gislib.sources.school_kinds import UNKNOWN_STAGE, kind_of_name, kind_of_school
from gislib.sources.school_names import same_school

DOUBLE_REACH_M: Final = 300.0
"""Near-equal names this near to each other are reported as possibly one school."""

_METRES_PER_DEGREE_MIN: Final = 110_500.0
"""Shortest degree of latitude, at the equator; times the cosine, no degree of longitude is shorter either."""

_COSINE_MIN: Final = 0.01

_WALLED: Final = frozenset({"wall", "fence", "city_wall"})
_UNLISTED: Final = frozenset(
    {"university", "driving_school", "language_school", "music_school", "training", "prep_school"}
)


def schools(found: Scan, outlines: Outlines, origin: Origin) -> Part:
    """
    Table ``schools``.

    Two objects with near-equal names nearby are both kept and reported: whether they are one school is the planner's to
    say. Land tagged ``landuse=education`` counts as a campus when its name says a stage
    and no listed object touches it. Universities, driving and language schools are counted, never listed.
    """
    wish = Wish(("amenity",), is_school)
    harvest = area_features(found, outlines, wish, POINT)
    harvest.add(node_features(found, wish.nodes(found)))
    land = area_features(found, outlines, Wish(("landuse",), _is_named_campus_land), POINT)
    campuses = _untouched(land.features, harvest.features)
    harvest.features += campuses
    features = harvest.features
    kinds = [kind_of_school(_names(feature.tags), feature.tags) for feature in features]
    columns: dict[str, Sequence[object]] = {
        "name": [osm_tags.display_name(feature.tags) for feature in features],
        "alt_names": [osm_tags.alt_names(feature.tags) for feature in features],
        "kind": kinds,
        "wall": [True if feature.tags.get("barrier") in _WALLED else None for feature in features],
        **origin_columns(features, origin),
    }
    unlisted = Wish(("amenity",), lambda tags: tags["amenity"] in _UNLISTED)
    counts = {
        **harvest_counts(harvest),
        "objects": len(features),
        "unlisted": sum(len(ids) for ids in (unlisted.nodes(found), unlisted.ways(found), unlisted.relations(found))),
        "unnamed": sum(osm_tags.display_name(feature.tags) is None for feature in features),
    }
    warnings = [*_conflicts(features, kinds), *_doubles(features, kinds)]
    return Part(build_table(features, columns), harvest.lost, counts, warnings)


def _is_named_campus_land(tags: Tags) -> bool:
    if tags.get("landuse") != "education" or is_school(tags) or "amenity" in tags:
        return False
    return any(kind_of_name(name) is not None for name in _names(tags))


def _names(tags: Tags) -> list[str]:
    """Names in order of trust."""
    shown = osm_tags.display_name(tags)
    return [*([shown] if shown else []), *osm_tags.other_names(tags)]


def _untouched(land: Sequence[Feature], listed: Sequence[Feature]) -> list[Feature]:
    if not listed:
        return list(land)
    tree = shapely.STRtree([feature.shape for feature in listed])
    return [feature for feature in land if not len(tree.query(feature.shape, predicate="intersects"))]


def _conflicts(features: Sequence[Feature], kinds: Sequence[str]) -> list[Message]:
    """Objects whose name says another kind than the tag."""
    says = {"kindergarten": {"kindergarten", "nursery"}, "childcare": {"nursery", "kindergarten", "after_school"}}
    out = []
    for feature, kind in zip(features, kinds, strict=True):
        amenity = feature.tags.get("amenity", "")
        school_tagged = amenity == "school" and kind in {"kindergarten", "nursery", "after_school", "not_a_school"}
        if school_tagged or (amenity in says and kind not in says[amenity]):
            name = osm_tags.display_name(feature.tags) or ""
            out.append(
                Message("osm_school_kind_by_name", {"id": feature.id, "name": name, "tag": amenity, "kind": kind})
            )
    return out


def _doubles(features: Sequence[Feature], kinds: Sequence[str]) -> list[Message]:
    """Pairs of near-equal names within `DOUBLE_REACH_M`, of kinds that may be the same."""
    names = [osm_tags.display_name(feature.tags) or "" for feature in features]
    shapes = np.array([feature.shape for feature in features], dtype=object)
    alike = [
        (one, two)
        for one, two in _neighbours(shapes)
        if (kinds[one] == kinds[two] or UNKNOWN_STAGE in {kinds[one], kinds[two]})
        and names[one]
        and same_school(names[one], names[two])
    ]
    if not alike:
        return []
    crs = metric_crs(float(np.median(shapely.get_x(shapely.centroid(shapes)))))
    in_metres = transform(gpd.GeoDataFrame(geometry=shapes, crs=WGS84), crs).geometry.to_numpy()
    out = []
    for one, two in alike:
        distance_m = float(shapely.distance(in_metres[one], in_metres[two]))
        if distance_m <= DOUBLE_REACH_M:
            values: dict[str, object] = {
                "id": features[one].id,
                "name": names[one],
                "other_id": features[two].id,
                "other_name": names[two],
                "distance_m": round(distance_m),
            }
            out.append(Message("osm_school_twice", values))
    return out


def _neighbours(shapes: Shapes) -> list[tuple[int, int]]:
    """Pairs of places that may lie within `DOUBLE_REACH_M`: all that do, and some farther ones."""
    if not len(shapes):
        return []
    farthest = float(np.abs(shapely.get_y(shapely.centroid(shapes))).max())
    reach_deg = DOUBLE_REACH_M / (_METRES_PER_DEGREE_MIN * max(np.cos(np.radians(farthest)), _COSINE_MIN))
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach_deg)
    return sorted({(int(one), int(two)) for one, two in zip(left, right, strict=True) if one < two})
