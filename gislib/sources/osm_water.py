"""Open water: rivers and canals as lines, water surfaces as areas, what is clipped as the stretches of shore left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gislib.sources import osm_tags
from gislib.sources.osm_features import LINES, Wish, area_features, line_features, node_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_kinds import TagKinds
from gislib.sources.osm_parts import Origin, Part, build_table, harvest_counts, origin_columns
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags

_COURSES: Final = frozenset({"river", "stream", "canal", "ditch", "drain"})
_FENCED: Final = frozenset({"fence", "wall", "guard_rail"})


def _is_course(tags: Tags) -> bool:
    """Whether a way is the line of a watercourse or coast, also where it closes on itself."""
    surface = tags.get("area") == "yes" or tags.get("natural") == "water"
    return (tags.get("waterway") in _COURSES or tags.get("natural") == "coastline") and not surface


def _is_underground(tags: Tags) -> bool:
    covered = osm_tags.present(tags.get("covered")) or tags.get("location") == "underground"
    return covered or osm_tags.present(tags.get("tunnel"))


def water(found: Scan, outlines: Outlines, kinds: TagKinds, origin: Origin) -> Part:
    """Table ``water``; culverts and covered basins are counted, not listed: nobody falls into them."""

    def is_open(tags: Tags) -> bool:
        return kinds.first(tags) is not None and not _is_underground(tags)

    courses = Wish(kinds.keys, lambda tags: _is_course(tags) and is_open(tags))
    surfaces = Wish(kinds.keys, lambda tags: not _is_course(tags) and is_open(tags))
    hidden = Wish(kinds.keys, lambda tags: _is_underground(tags) and kinds.first(tags) is not None)
    harvest = line_features(found, outlines, courses)
    harvest.add(area_features(found, outlines, surfaces, LINES))
    harvest.add(node_features(found, Wish(kinds.keys, is_open).nodes(found)))
    features = harvest.features
    tags = [feature.tags for feature in features]
    columns: dict[str, Sequence[object]] = {
        "name": [osm_tags.display_name(each) for each in tags],
        "alt_names": [osm_tags.alt_names(each) for each in tags],
        "kind": [kinds.first(each) for each in tags],
        "fenced": [_fenced(each) for each in tags],
        **origin_columns(features, origin),
    }
    counts = {**harvest_counts(harvest), "underground": len(hidden.ways(found)) + len(hidden.relations(found))}
    return Part(build_table(features, columns), harvest.lost, counts)


def _fenced(tags: Tags) -> bool | None:
    if tags.get("barrier") in _FENCED:
        return True
    return osm_tags.flag(tags.get("fenced"))
