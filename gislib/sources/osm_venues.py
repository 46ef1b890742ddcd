"""Venues of the distance rules, with the doors that are mapped on their outlines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from gislib.sources import osm_tags
from gislib.sources.kind_words import KindWords
from gislib.sources.osm_features import POINT, Feature, Wish, area_features, node_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_kinds import TagKinds
from gislib.sources.osm_parts import Origin, Part, build_table, harvest_counts, origin_columns
from gislib.sources.osm_scan import Scan
from gislib.sources.provenance import Message

DOOR_GAP_DEG: Final = 1e-6
"""A door is a vertex of the outline; 0.1 m of slack for rounding."""

_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
"""Latin words such as Bar stand in names of all sorts of places."""
_NO_DOOR: Final = frozenset({"no", "garage", "emergency", "exit", "emergency_exit"})


def venues(found: Scan, outlines: Outlines, kinds: TagKinds, origin: Origin, words: KindWords) -> Part:
    """
    Table ``venues``; one whose outline is broken is kept as a point.

    ``doors`` are ``entrance=*`` nodes on the outline of a venue drawn as an area, missing where none is mapped.
    The kind is that of the tag; where a Chinese name says a kind of another group, that of the name, with a warning.
    """
    wish = Wish(kinds.keys, lambda tags: kinds.first(tags) is not None)
    harvest = area_features(found, outlines, wish, POINT)
    harvest.add(node_features(found, wish.nodes(found)))
    features = harvest.features
    tags = [feature.tags for feature in features]
    tagged = [kinds.first(each) or "" for each in tags]
    named = [_kind_by_name(osm_tags.display_name(each), kind, kinds, words)
             for each, kind in zip(tags, tagged, strict=True)]  # fmt: skip
    columns: dict[str, Sequence[object]] = {
        "name": [osm_tags.display_name(each) for each in tags],
        "alt_names": [osm_tags.alt_names(each) for each in tags],
        "kind": [own or kind for own, kind in zip(named, tagged, strict=True)],
        "hours": [each.get("opening_hours") for each in tags],
        "doors": _doors(found, features),
        **origin_columns(features, origin),
    }
    warnings = [
        Message(
            "osm_venue_kind_by_name",
            {"id": feature.id, "name": osm_tags.display_name(feature.tags) or "", "tag": kind, "kind": own},
        )
        for feature, kind, own in zip(features, tagged, named, strict=True)
        if own is not None
    ]
    return Part(build_table(features, columns), harvest.lost, harvest_counts(harvest), warnings)


def _kind_by_name(name: str | None, tagged: str, kinds: TagKinds, words: KindWords) -> str | None:
    """Kind that a name says against its tag; None where it agrees, is of the same group, or says nothing."""
    own = words.of_name(name) if name is not None and _CHINESE.search(name) else None
    return None if own is None or kinds.group[own] == kinds.group[tagged] else own


def _doors(found: Scan, features: Sequence[Feature]) -> list[object]:
    """MultiPoint of the entrances on each outline, None without any."""
    doors: list[object] = [None] * len(features)
    entrances = Wish(("entrance",), lambda tags: tags["entrance"] not in _NO_DOOR)
    spots = [found.nodes[number][:2] for number in entrances.nodes(found)]
    areas = [place for place, feature in enumerate(features) if feature.shape.geom_type != "Point"]
    if not spots or not areas:
        return doors
    rims = shapely.boundary(np.array([features[place].shape for place in areas], dtype=object))
    rim, spot = shapely.STRtree(shapely.points(spots)).query(rims, predicate="dwithin", distance=DOOR_GAP_DEG)
    for each in np.unique(rim):
        doors[areas[each]] = shapely.MultiPoint([spots[place] for place in sorted(spot[rim == each])])
    return doors
