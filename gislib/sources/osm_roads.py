"""Streets and paths: ways with ``highway=*`` that exist and are lines, never building outlines or squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gislib.sources import osm_tags
from gislib.sources.osm_features import Wish, line_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_parts import Part, build_table, harvest_counts
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags

# Not a way one can use today, or not a line of movement.
_NO_ROAD: Final = frozenset({
    "proposed", "construction", "planned", "abandoned", "disused", "razed", "dismantled", "no", "platform", "elevator",
    "rest_area", "services", "bus_stop", "street_lamp", "traffic_island", "emergency_bay", "raceway", "crossing",
})  # fmt: skip

ROAD_KEYS: Final = (
    "highway", "area", "name", "name:zh", "maxspeed", "lanes", "oneway", "junction", "sidewalk", "sidewalk:both",
    "sidewalk:left", "sidewalk:right", "footway", "crossing", "median", "divider", "dual_carriageway", "lit", "bridge",
    "tunnel", "foot", "access", "motorroad", "width",
)  # fmt: skip


def is_road(tags: Tags) -> bool:
    """Whether a way with ``highway`` is a street or path in use."""
    return tags["highway"] not in _NO_ROAD and tags.get("area") != "yes"


def _is_square(tags: Tags) -> bool:
    return tags["highway"] not in _NO_ROAD and tags.get("area") == "yes"


def roads(found: Scan, outlines: Outlines, zones_kmh: Mapping[str, float], source_id: str) -> Part:
    """
    Table ``roads``, one row per way; a way with absent nodes gives one row per stretch (``osm:w5``, ``osm:w5#2``).

    Parameters
    ----------
    found, outlines
        The scan and its outlines.
    zones_kmh
        Speed limit of words and traffic zones (``CN:urban``).
    source_id
        Name of the source.
    """
    harvest = line_features(found, outlines, Wish(("highway",), is_road))
    features = harvest.features
    tags = [feature.tags for feature in features]
    speeds = [osm_tags.maxspeed_kmh(each.get("maxspeed"), zones_kmh) for each in tags]
    columns: dict[str, Sequence[object]] = {
        "name": [osm_tags.display_name(each) for each in tags],
        "road_class": [each["highway"] for each in tags],
        "maxspeed_kmh": speeds,
        "lanes": [osm_tags.lanes(each.get("lanes")) for each in tags],
        "oneway": [osm_tags.oneway(each) for each in tags],
        "sidewalk": [osm_tags.sidewalk(each) for each in tags],
        "footway": [each.get("footway") for each in tags],
        "crossing": [each.get("crossing") for each in tags],
        "median": [osm_tags.median(each) for each in tags],
        "lit": [osm_tags.flag(each.get("lit")) for each in tags],
        "bridge": [osm_tags.present(each.get("bridge")) for each in tags],
        "tunnel": [osm_tags.present(each.get("tunnel")) for each in tags],
        "bus_route": _bus_routes([feature.id for feature in features], found.bus_ways),
        "walkable": [osm_tags.walkable(each) for each in tags],
        "width_m": [osm_tags.width_m(each.get("width")) for each in tags],
        "source_id": [source_id] * len(tags),
    }
    unread = sum("maxspeed" in each and speed is None for each, speed in zip(tags, speeds, strict=True))
    counts = {
        **harvest_counts(harvest),
        "not_in_use": len(Wish(("highway",), lambda tags: tags["highway"] in _NO_ROAD).ways(found)),
        "squares": len(Wish(("highway",), _is_square).ways(found)),
        "maxspeed_unread": unread,
    }
    return Part(build_table(features, columns), harvest.lost, counts)


def _bus_routes(ids: list[str], bus_ways: set[int] | None) -> list[bool | None]:
    """Whether a bus route runs on each way; missing everywhere when the file holds no bus route at all."""
    if bus_ways is None:
        return [None] * len(ids)
    return [int(name.partition("#")[0].removeprefix("osm:w")) in bus_ways for name in ids]
