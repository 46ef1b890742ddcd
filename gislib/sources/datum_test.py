"""
Which datum a table's coordinates are in, tested against what is known.

Campuses of the table are matched by name with known campuses; under the right datum they lie together, under a wrong
one they are shifted by 400 m to 1,500 m. Without enough matches the distances to known streets and buildings are shown
as evidence, but decide nothing: in a dense town every point is near some street.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.errors import DatumError
from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs
from gislib.geo.datum import in_shifted_area, shapes_to_wgs84
from gislib.sources.names import name_key
from gislib.sources.provenance import Message

HYPOTHESES: Final = ("wgs84", "gcj02", "bd09")
MATCHES_MIN: Final = 3
"""Fewer campuses matched by name decide nothing."""
CLEAR_M: Final = 300.0
"""Under the right datum the median campus lies this near (measured: 70 m to 206 m between services)."""
CLEAR_FACTOR: Final = 2.0
CLEAR_LEAD_M: Final = 150.0
"""The next best hypothesis must be this many times and metres worse."""
_SAMPLE: Final = 2_000
_KEY_SIGNS_MIN: Final = 4
_UNSHIFTED: Final = frozenset({"wgs84", "cgcs2000"})
AUTO: Final = "auto"


@dataclass(frozen=True)
class Evidence:
    """
    How well one hypothesis fits.

    ``matched`` campuses by name; median distances in metres to the known campus, the nearest street and building
    (None = nothing to compare with).
    """

    datum: str
    matched: int
    schools_m: float | None = None
    roads_m: float | None = None
    buildings_m: float | None = None


@dataclass(frozen=True)
class Stated:
    """Datum that the planner stated (None or ``auto`` = did not) and the one the file states (CRS, header)."""

    by_planner: str | None
    by_file: str | None


def _partners(names: Sequence[object], known: gpd.GeoDataFrame) -> dict[int, int]:
    """Row position to position in ``known`` of campuses whose name, or its unique ending, is the same."""
    keys = [name_key(name) for name in known["name"]]
    seen = Counter(keys)
    by_key = {key: at for at, key in enumerate(keys) if key and seen[key] == 1}
    out = {}
    for at, key in enumerate(name_key(name) for name in names):
        if key in by_key:
            out[at] = by_key[key]
        elif len(key) >= _KEY_SIGNS_MIN:
            ends = [other for full, other in by_key.items() if full.endswith(key) or _ends_with(key, full)]
            if len(ends) == 1:
                out[at] = ends[0]
    return out


def _ends_with(key: str, full: str) -> bool:
    return len(full) >= _KEY_SIGNS_MIN and key.endswith(full)


def _metric(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Shapes in the metric CRS of their middle."""
    return shapes.to_crs(metric_crs(float(np.median(shapes.representative_point().x))))


def _median_to(points: gpd.GeoSeries, known: gpd.GeoDataFrame | None) -> float | None:
    """Median distance in metres from metric points to the nearest known shape."""
    if known is None or known.empty or points.empty or points.crs is None:
        return None
    shapes = known.geometry.to_crs(points.crs)
    _, metres = shapes.sindex.nearest(points.to_numpy(), return_all=False, return_distance=True)
    return round(float(np.median(metres)), 1)


def evidence(
    shapes: gpd.GeoSeries, names: Sequence[object] | None, known: Mapping[str, gpd.GeoDataFrame]
) -> tuple[Evidence, ...]:
    """
    Test every hypothesis against the known campuses.

    Parameters
    ----------
    shapes
        Shapes as the table gives them, longitude and latitude of an unknown datum.
    names
        Campus names in the same order, None when the table is not one of campuses.
    known
        Layers of the workspace in WGS 84.
    """
    schools = known.get("schools")
    if names is None or schools is None or schools.empty:
        return tuple(Evidence(datum, 0) for datum in HYPOTHESES)
    partners = _partners(names, schools)
    if not partners:
        return tuple(Evidence(datum, 0) for datum in HYPOTHESES)
    ours = gpd.GeoSeries(shapes.to_numpy()[list(partners)], crs=WGS84)
    theirs = _metric(gpd.GeoSeries(schools.geometry.to_numpy()[list(partners.values())], crs=WGS84))
    return tuple(_fit(datum, ours, theirs) for datum in HYPOTHESES)


def _fit(datum: str, ours: gpd.GeoSeries, theirs: gpd.GeoSeries) -> Evidence:
    read_so = shapes_to_wgs84(datum, ours).to_crs(theirs.crs or WGS84)
    metres = shapely.distance(read_so.to_numpy(), theirs.to_numpy())
    return Evidence(datum, len(ours), schools_m=round(float(np.median(metres)), 1))


def _with_surroundings(
    found: Sequence[Evidence], shapes: gpd.GeoSeries, known: Mapping[str, gpd.GeoDataFrame]
) -> tuple[Evidence, ...]:
    """Evidence completed by the distances of a sample to streets and buildings."""
    sample = gpd.GeoSeries(shapes.to_numpy()[:: max(len(shapes) // _SAMPLE, 1)], crs=WGS84).representative_point()
    out = []
    for item in found:
        points = _metric(shapes_to_wgs84(item.datum, sample))
        out.append(
            replace(
                item,
                roads_m=_median_to(points, known.get("roads")),
                buildings_m=_median_to(points, known.get("buildings")),
            )
        )
    return tuple(out)


def winner(found: Sequence[Evidence]) -> str | None:
    """Datum that the matched campuses clearly confirm, None if they leave it open."""
    ranked = sorted((item.schools_m, item.datum) for item in found if item.schools_m is not None)
    if not ranked or found[0].matched < MATCHES_MIN:
        return None
    (best_m, best), (next_m, _) = ranked[:2]
    clear = best_m <= CLEAR_M and next_m >= CLEAR_FACTOR * best_m and next_m - best_m >= CLEAR_LEAD_M
    return best if clear else None


def as_values(found: Sequence[Evidence]) -> dict[str, object]:
    """Evidence as plain values for a message: one number per hypothesis and yardstick, "–" where there is none."""
    out: dict[str, object] = {"matched": found[0].matched}
    for item in found:
        for name in ("schools_m", "roads_m", "buildings_m"):
            value = getattr(item, name)
            out[f"{item.datum}_{name}"] = "–" if value is None else value
    return out


def _same(first: str, second: str) -> bool:
    return first == second or {first, second} <= _UNSHIFTED


def decide(
    file: str,
    shapes: gpd.GeoSeries,
    names: Sequence[object] | None,
    stated: Stated,
    known: Mapping[str, gpd.GeoDataFrame],
) -> tuple[str, tuple[Message, ...]]:
    """
    Datum to read a table in, and what the planner should know about the choice.

    The planner's word counts, with a warning where the campuses contradict it. The file's own statement counts unless
    they contradict it. Without either the campuses decide, or nobody does.

    Raises
    ------
    DatumError
        ``datum_undeclared`` (nobody states it and the evidence is not clear) or ``datum_contradicted`` (the file states
        one and the campuses confirm another), each with the evidence.
    """
    points = shapes.representative_point()
    if not in_shifted_area(np.asarray(points.x, dtype="float64"), np.asarray(points.y, dtype="float64")).any():
        return "wgs84", ()
    found = evidence(shapes, names, known)
    confirmed = winner(found)
    by_planner = None if stated.by_planner == AUTO else stated.by_planner
    if by_planner is not None:
        doubtful = confirmed is not None and not _same(confirmed, by_planner)
        about = {"stated": by_planner, "confirmed": confirmed, **as_values(found)}
        return by_planner, (Message("datum_doubtful", about),) if doubtful else ()
    if stated.by_file is not None:
        if confirmed is not None and not _same(confirmed, stated.by_file):
            raise DatumError(
                "datum_contradicted", file=file, stated=stated.by_file, confirmed=confirmed, **as_values(found)
            )
        return stated.by_file, ()
    if confirmed is None:
        whole = _with_surroundings(found, shapes, known)
        raise DatumError("datum_undeclared", file=file, **as_values(whole))
    return confirmed, (Message("datum_by_schools", {"datum": confirmed, **as_values(found)}),)
