"""Police stations, where patrols start."""

from __future__ import annotations

from collections.abc import Sequence

from gislib.sources import osm_tags
from gislib.sources.osm_features import POINT, Wish, area_features, node_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_kinds import TagKinds
from gislib.sources.osm_parts import Origin, Part, build_table, harvest_counts, origin_columns
from gislib.sources.osm_scan import Scan


def depots(found: Scan, outlines: Outlines, kinds: TagKinds, origin: Origin) -> Part:
    """Table ``depots``; one whose outline is broken is kept as a point."""
    wish = Wish(kinds.keys, lambda tags: kinds.first(tags) is not None)
    harvest = area_features(found, outlines, wish, POINT)
    harvest.add(node_features(found, wish.nodes(found)))
    features = harvest.features
    columns: dict[str, Sequence[object]] = {
        "name": [osm_tags.display_name(feature.tags) for feature in features],
        "kind": [kinds.first(feature.tags) for feature in features],
        **origin_columns(features, origin),
    }
    return Part(build_table(features, columns), harvest.lost, harvest_counts(harvest))
