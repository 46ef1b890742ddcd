"""Existing devices: crossings, signals, humps, bollards, rails, fences, railways, lamps, cameras, signs, stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gislib.sources import osm_tags
from gislib.sources.osm_features import Wish, line_features, node_features
from gislib.sources.osm_geometry import Outlines
from gislib.sources.osm_kinds import TagKinds
from gislib.sources.osm_parts import Origin, Part, build_table, harvest_counts, origin_columns
from gislib.sources.osm_scan import Scan
from gislib.sources.osm_tags import Tags

LINE_KEYS: Final = (
    "barrier", "bollard", "railway", "traffic_calming", "bridge", "tunnel", "name", "name:zh", "entrance", "access",
    "foot", "locked", "motor_vehicle", "ref",
)  # fmt: skip
_LINES: Final = ("barrier", "railway", "traffic_calming")


def device_kinds_of(tags: Tags, kinds: TagKinds) -> list[str]:
    """
    Kinds of device that one object is: a signalled crossing is a crossing and a signal.

    ``crossing=no`` (crossing forbidden) is none; every other ``crossing=*`` is a crossing, every ``traffic_sign`` a
    sign.
    """
    if tags.get("crossing") == "no":
        return []
    found = kinds.last_of_groups(tags)
    if "crossing" in tags and "crossing" not in found:
        found.append("crossing")
    if "traffic_sign" in tags and not any(kinds.group[kind] == "sign" for kind in found):
        found.append("sign")
    return found


def _is_line(tags: Tags, kinds: TagKinds) -> bool:
    """Whether a way is a device drawn as a line; a railway under or above the street parts nothing."""
    if "highway" in tags or not kinds.found(tags):
        return False
    off_ground = osm_tags.present(tags.get("tunnel")) or osm_tags.present(tags.get("bridge"))
    return not (off_ground and "railway" in tags)


def devices(found: Scan, outlines: Outlines, kinds: TagKinds, origin: Origin) -> Part:
    """
    Table ``devices``; an object that is two devices gives two rows (``osm:n5`` and ``osm:n5:signal``).

    ``marked`` is set for crossings only. ``name`` holds the sign text of signs, else the name.
    """
    numbers = Wish((*kinds.keys, "crossing", "traffic_sign"), bool).ids(found, "n")
    at_nodes = {number: each for number in numbers if (each := device_kinds_of(found.nodes[number][2], kinds))}
    harvest = node_features(found, at_nodes)
    rows = [
        (feature if place == 0 else feature._replace(id=f"{feature.id}:{kind}"), kind)
        for feature, each in zip(harvest.features, at_nodes.values(), strict=True)
        for place, kind in enumerate(each)
    ]
    lines = line_features(found, outlines, Wish(_LINES, lambda tags: _is_line(tags, kinds)))
    rows += [(line, kinds.found(line.tags)[0]) for line in lines.features]
    harvest.add(lines)
    features = [feature for feature, _ in rows]
    columns: dict[str, Sequence[object]] = {
        "kind": [kind for _, kind in rows],
        "name": [
            feature.tags.get("traffic_sign") if kinds.group[kind] == "sign" else osm_tags.display_name(feature.tags)
            for feature, kind in rows
        ],
        "marked": [osm_tags.crossing_marked(feature.tags) if kind == "crossing" else None for feature, kind in rows],
        **origin_columns(features, origin),
    }
    return Part(build_table(features, columns), harvest.lost, harvest_counts(harvest))
