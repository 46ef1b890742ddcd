"""Buildings: where pupils may live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gislib.sources import osm_tags
from gislib.sources.osm_features import NOTHING, Wish, area_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_parts import Part, build_table, harvest_counts
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags

BUILDING_KEYS: Final = ("building", "building:levels", "building:use")
RESIDENTIAL: Final = "residential"
_DWELLINGS: Final = frozenset({
    "residential", "apartments", "house", "detached", "semidetached_house", "terrace", "bungalow", "farm", "dormitory",
    "cabin", "hut", "static_caravan", "houseboat", "ger", "tulou", "siheyuan",
})  # fmt: skip
_NO_BUILDING: Final = frozenset({"no", "demolished", "collapsed", "proposed", "entrance"})


def _is_building(tags: Tags) -> bool:
    return tags["building"] not in _NO_BUILDING


def building_kind(tags: Tags) -> str | None:
    """``residential`` or ``other``; missing for ``building=yes``, which does not say what the building is for."""
    value = tags["building"]
    use = tags.get("building:use")
    if value in _DWELLINGS or use in _DWELLINGS:
        return RESIDENTIAL
    return None if value == "yes" and use is None else "other"


def buildings(found: Scan, outlines: Outlines, source_id: str) -> Part:
    """Table ``buildings``; a building with absent nodes has no outline left and is counted as lost."""
    harvest = area_features(found, outlines, Wish(("building",), _is_building), NOTHING)
    tags = [feature.tags for feature in harvest.features]
    columns: dict[str, Sequence[object]] = {
        "kind": [building_kind(each) for each in tags],
        "levels": [osm_tags.levels(each.get("building:levels")) for each in tags],
        "source_id": [source_id] * len(tags),
    }
    return Part(build_table(harvest.features, columns), harvest.lost, harvest_counts(harvest))
