"""
OpenStreetMap files: schools, gates, roads, devices, water, venues, buildings and police stations.

Read are .osm, .osm.gz, .osm.bz2 and .pbf.

OSM claims to cover streets and open water where it has any; it never claims to know all venues or rentals, so none in
the file means unknown, not none.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import osmium
import pandas as pd

from gislib.domain.errors import InputError
from gislib.domain.tables import conform
from gislib.rules import RuleSet
from gislib.sources.kind_words import KindWords
from gislib.sources.osm_buildings import BUILDING_KEYS, buildings
from gislib.sources.osm_depots import depots
from gislib.sources.osm_devices import LINE_KEYS, devices
from gislib.sources.osm_file import base_date, check_osm_file, file_format, file_hash
from gislib.sources.osm_gates import GATE_BARRIERS, gates
from gislib.sources.osm_geometry import build_outlines
from gislib.sources.osm_kinds import TagKinds, tag_kinds, wanted
from gislib.sources.osm_parts import Located, Origin, Part
from gislib.sources.osm_roads import ROAD_KEYS, roads
from gislib.sources.osm_scan import Pick, Scan, Wanted, scan
from gislib.sources.osm_schools import schools
from gislib.sources.osm_venues import venues
from gislib.sources.osm_water import water
from gislib.sources.provenance import REJECTED_COLUMNS, Loaded, Message, Provenance, no_rejections

LICENCE: Final = "ODbL 1.0, © OpenStreetMap contributors"
_TOPICS: Final = ("school", "venue", "water", "device", "depot")
_CLAIMS: Final = {"traffic": "roads", "water": "water"}
_CUT_OFF: Final = ("eof", "truncat", "gzip", "bzip", "unclosed", "no element", "unexpected end")
"""Words in pyosmium's messages for a file that ends too early."""


def read_osm(path: Path, rs: RuleSet, source_id: str = "osm") -> Loaded:
    """
    Read an OSM file into the layers of the workspace.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf`` or ``.pbf``; clipped extracts are welcome.
    rs
        Rules: kinds by OSM tag, position uncertainties, speed limits of traffic zones.
    source_id
        Name of the source in the workspace.

    Returns
    -------
    Loaded
        Layers in WGS 84 with ids ``osm:n1``, ``osm:w1``, ``osm:r1``. ``rejected`` lists objects of which nothing could
        be kept (``osm_broken``: ``value`` = nodes or members present / all); its ``row`` is the OSM id.

    Raises
    ------
    InputError
        A code of ``check_osm_file``; ``osm_truncated`` or ``osm_unreadable`` (broken inside); ``osm_no_objects``.
    """
    reading = read_raw(path, rs, source_id)
    layers = {layer: conform(layer, part.table) for layer, part in reading.parts.items()}
    rejected = _rejected(reading.parts)
    kept = sum(len(table) for table in layers.values())
    provenance = Provenance(
        source_id=source_id,
        origin=path.name,
        read_at=reading.read_at.isoformat(timespec="seconds"),
        data_date=reading.data_date,
        licence=LICENCE,
        datum="wgs84",
        sha256=file_hash(path),
        rows_read=kept + len(rejected),
        rows_kept=kept,
        covers_area=False,
        counts=_counts(reading.found, reading.parts),
        warnings=_warnings(reading.parts),
        claims=frozenset(family for family, layer in _CLAIMS.items() if len(layers[layer])),
    )
    return Loaded(layers, rejected, provenance)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Pause Python's cycle search: a file makes 10^5 small objects without cycles, looking at them costs a fifth."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@dataclass(frozen=True)
class Reading:
    """
    What a file gives before the tables are cast and checked.

    Parameters
    ----------
    found
        The scan.
    parts
        Layer name to its raw table and what happened on the way.
    data_date
        ISO date the file states, else that of its latest edit; None without either.
    read_at
        Time of reading, UTC; rules in force on its day were used.
    """

    found: Scan
    parts: dict[str, Part]
    data_date: str | None
    read_at: datetime


@_no_search_for_cycles()
def read_raw(path: Path, rs: RuleSet, source_id: str) -> Reading:
    """Raw tables of a file; the same parameters and refusals as `read_osm`."""
    head = check_osm_file(path)
    now = datetime.now(UTC)
    kinds = {topic: tag_kinds(rs.kinds(topic)) for topic in _TOPICS}
    found, stated = _scanned(path, base_date(head), kinds)
    if not found.objects:
        raise InputError("osm_no_objects", file=path.name)
    newest = None if found.newest is None else found.newest.date().isoformat()
    return Reading(found, _parts(found, kinds, rs, source_id, now.date()), stated or newest, now)


def wanted_tags(rs: RuleSet) -> Wanted:
    """Tags (key to values, None for any) of everything the layers are made of, for a service to be asked for."""
    pick = _pick({topic: tag_kinds(rs.kinds(topic)) for topic in _TOPICS})
    return {**pick.nodes, **pick.ways}


def _pick(kinds: Mapping[str, TagKinds], *, times: bool = True) -> Pick:
    """Tags that the layers need of a file."""
    places = wanted(kinds.values(), {})
    barriers = (places.get("barrier") or frozenset()) | GATE_BARRIERS
    return Pick(
        nodes={**places, "entrance": None, "crossing": None, "traffic_sign": None, "barrier": barriers},
        ways={
            **{key: values for key, values in places.items() if key not in {"crossing", "highway"}},
            "highway": None,
            "building": None,
            "barrier": barriers,
            "landuse": (places.get("landuse") or frozenset()) | {"education"},
        },
        keys={"highway": ROAD_KEYS, "building": BUILDING_KEYS, "barrier": LINE_KEYS, "railway": LINE_KEYS},
        times=times,
    )


def _scanned(path: Path, base: str | None, kinds: Mapping[str, TagKinds]) -> tuple[Scan, str | None]:
    """Scan of the file, and the date that it states for itself; pyosmium's errors become ours."""
    try:
        file = osmium.io.File(str(path), file_format(path))
        with osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
            stamp = reader.header().get("osmosis_replication_timestamp") or reader.header().get("timestamp")
        stated = stamp[:10] or base
        return scan(file, _pick(kinds, times=stated is None)), stated
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as problem:
        said = str(problem).replace(str(path), path.name)
        if any(word in said.lower() for word in _CUT_OFF):
            raise InputError("osm_truncated", file=path.name) from problem
        raise InputError("osm_unreadable", file=path.name, problem=said) from problem


def _parts(found: Scan, kinds: Mapping[str, TagKinds], rs: RuleSet, source_id: str, on: date) -> dict[str, Part]:
    outlines = build_outlines(found)
    located = Located(
        outline_m=rs.number("located.osm_outline_m", on),
        point_m=rs.number("located.point_m", on),
        partial_m=rs.number("located.geocoded_m", on),
    )
    origin = Origin(source_id, located)
    campuses = schools(found, outlines, origin)
    return {
        "schools": campuses,
        "gates": gates(found, outlines, campuses.table, origin),
        "roads": roads(found, outlines, rs.table("network.maxspeed_zone_kmh", on), source_id),
        "devices": devices(found, outlines, kinds["device"], origin),
        "water": water(found, outlines, kinds["water"], origin),
        "venues": venues(found, outlines, kinds["venue"], origin, KindWords(rs.kinds("venue"))),
        "buildings": buildings(found, outlines, source_id),
        "depots": depots(found, outlines, kinds["depot"], origin),
    }


def _rejected(parts: Mapping[str, Part]) -> pd.DataFrame:
    rows = [(lost.id, layer, "osm_broken", lost.there) for layer, part in parts.items() for lost in part.lost]
    return pd.DataFrame(rows, columns=list(REJECTED_COLUMNS), dtype="object") if rows else no_rejections()


def _counts(found: Scan, parts: Mapping[str, Part]) -> dict[str, int]:
    """Objects of the file, then per layer its rows and what was saved, lost or left out; zeros are left out."""
    counts = {f"file.{name}": number for name, number in sorted(found.objects.items())}
    counts["file.broken_ways"] = len(found.broken)
    for layer, part in parts.items():
        counts[f"{layer}.rows"] = len(part.table)
        counts |= {f"{layer}.{name}": number for name, number in part.counts.items() if number}
    return counts


def _warnings(parts: Mapping[str, Part]) -> tuple[Message, ...]:
    out = [message for part in parts.values() for message in part.warnings]
    if parts["schools"].table.empty:
        out.append(Message("osm_no_schools"))
    elif without := parts["gates"].counts.get("campuses_without", len(parts["schools"].table)):
        out.append(Message("osm_campuses_without_gates", {"count": without, "schools": len(parts["schools"].table)}))
    for layer, part in parts.items():
        saved, lost = part.counts.get("saved", 0), len(part.lost)
        if saved or lost:
            out.append(Message("osm_layer_broken", {"layer": layer, "saved": saved, "lost": lost}))
    return tuple(out)
