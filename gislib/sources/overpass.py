"""
OpenStreetMap of a named place or box, fetched from an Overpass service: the one reader that leaves the machine.

osmnx finds the boundary of a place name; the objects come as an .osm document and are read by the same reader as files.
Both services are asked for a sign of life first, so that a silent one is reported within seconds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlineError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Final, TypeVar

import geopandas as gpd
import numpy as np
import requests
import shapely

from gislib.domain.errors import InputError, ServiceError
from gislib.geo.crs import MAX_BAND_DEG
from gislib.rules import RuleSet
from gislib.sources.osm import read_osm, wanted_tags
from gislib.sources.provenance import Loaded

T = TypeVar("T")
Box = tuple[float, float, float, float]

USER_AGENT: Final = "HuXueTu (gislib)"
PATIENCE_S: Final = 4.0
"""How long each of the two services may take to give any answer at all."""

OUTLINE_VERTICES_MAX: Final = 300
"""A boundary is thinned to this many vertices; longer queries are refused by the service."""

_BOX_NUMBERS: Final = 4
_THINNING_DEG: Final = (0.0, 0.0002, 0.001, 0.005, 0.02, 0.1)
_BUSY: Final = frozenset({429, 503, 504})
_TAIL_BYTES: Final = 4096


@dataclass(frozen=True)
class OverpassSettings:
    """
    Where and how to ask.

    Parameters
    ----------
    endpoint
        Base address of the Overpass service (``/interpreter`` is added).
    geocoder
        Base address of the Nominatim service that knows place names.
    timeout_s
        Longest wait for the data once the service has answered at all.
    patience_s
        Longest wait for a sign of life, per service.
    cache
        Folder that keeps answers; None asks anew each time.
    """

    endpoint: str = "https://overpass-api.de/api"
    geocoder: str = "https://nominatim.openstreetmap.org"
    timeout_s: float = 180.0
    patience_s: float = PATIENCE_S
    cache: Path | None = None

    @classmethod
    def from_environment(cls) -> OverpassSettings:
        """
        Take settings from the environment.

        ``HUXUETU_OVERPASS_URL``, ``HUXUETU_NOMINATIM_URL``, ``HUXUETU_OVERPASS_TIMEOUT_S``, ``HUXUETU_OVERPASS_CACHE``.
        """
        timeout = os.environ.get("HUXUETU_OVERPASS_TIMEOUT_S", "")
        if timeout and not timeout.replace(".", "", 1).isdigit():
            raise InputError("overpass_timeout", value=timeout)
        cache = os.environ.get("HUXUETU_OVERPASS_CACHE")
        return cls(
            endpoint=os.environ.get("HUXUETU_OVERPASS_URL", cls.endpoint),
            geocoder=os.environ.get("HUXUETU_NOMINATIM_URL", cls.geocoder),
            timeout_s=float(timeout or cls.timeout_s),
            cache=Path(cache) if cache else None,
        )


def read_place(place: str | Box, settings: OverpassSettings, rs: RuleSet, source_id: str = "osm") -> Loaded:
    """
    Layers of a place, as `gislib.sources.osm.read_osm` gives them.

    Parameters
    ----------
    place
        Place name, or west, south, east, north in degrees (also as text ``104.8,25.0,105.0,25.2``).
    settings
        Services, waits and cache.
    rs
        Rules.
    source_id
        Name of the source in the workspace.

    Raises
    ------
    ServiceError
        ``service_unreachable`` (no answer within ``patience_s``, or broken off), ``service_busy``, ``service_refused``.
    InputError
        ``place_unknown``, ``place_too_large``, ``place_box``.
    """
    box = _box(place)
    outlines = [shapely.box(*box)] if box else _boundary(str(place), settings)
    _require_small(outlines)
    query = overpass_query(outlines, rs, settings.timeout_s)
    with _answer(query, settings) as path:
        loaded = read_osm(path, rs, source_id)
    named = ",".join(map(str, place)) if isinstance(place, tuple) else place
    origin = f"Overpass · {named}"
    return replace(loaded, provenance=replace(loaded.provenance, origin=origin))


def _box(place: str | Box) -> Box | None:
    """Box of four numbers; None for a name."""
    if isinstance(place, str):
        parts = place.replace("，", ",").split(",")
        try:
            numbers = tuple(float(part) for part in parts)
        except ValueError:
            return None
    else:
        numbers = tuple(place)
    if len(numbers) != _BOX_NUMBERS:
        raise InputError("place_box", value=str(place))
    west, south, east, north = numbers
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 (degrees on a globe)
        raise InputError("place_box", value=str(place))
    return west, south, east, north


def _require_small(outlines: list[shapely.Polygon]) -> None:
    west, south, east, north = shapely.total_bounds(np.array(outlines, dtype=object))
    if max(east - west, north - south) > MAX_BAND_DEG:
        raise InputError("place_too_large", max_deg=MAX_BAND_DEG)


def _boundary(place: str, settings: OverpassSettings) -> list[shapely.Polygon]:
    """Boundary of a named place by osmnx, thinned."""
    _require_answer(settings.geocoder + "/status", settings)
    found = _within(settings.timeout_s, settings.geocoder, lambda: _geocoded(place, settings))
    parts = [part for part in shapely.get_parts(found.geometry.to_numpy()) if part.geom_type == "Polygon"]
    if not parts:
        raise InputError("place_unknown", place=place)
    for step in _THINNING_DEG:
        # Growing by the step keeps what lies inside the boundary inside the thinned one.
        thin = shapely.union_all(shapely.buffer(shapely.simplify(parts, step), step, quad_segs=1))
        if shapely.get_num_coordinates(thin) <= OUTLINE_VERTICES_MAX:
            break
    return [shapely.Polygon(part.exterior) for part in shapely.get_parts(thin)]


def _geocoded(place: str, settings: OverpassSettings) -> gpd.GeoDataFrame:
    import osmnx  # noqa: PLC0415 (a second to load, needed by this import only)

    osmnx.settings.nominatim_url = settings.geocoder
    osmnx.settings.requests_timeout = settings.timeout_s
    osmnx.settings.overpass_rate_limit = False
    osmnx.settings.use_cache = settings.cache is not None
    osmnx.settings.cache_folder = str(settings.cache or "")
    try:
        found: gpd.GeoDataFrame = osmnx.geocode_to_gdf(place)
    except (TypeError, ValueError) as problem:
        # osmnx: nothing found, or found without an area.
        raise InputError("place_unknown", place=place) from problem
    return found


def overpass_query(outlines: list[shapely.Polygon], rs: RuleSet, timeout_s: float) -> str:
    """Overpass QL for everything the layers need inside some outlines, with the nodes of ways and areas."""
    lines = []
    for outline in outlines:
        inside = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in shapely.get_coordinates(outline)[:-1])
        for key, values in wanted_tags(rs).items():
            test = f'["{key}"]' if values is None else f'["{key}"~"^({"|".join(sorted(values))})$"]'
            lines.append(f'nwr{test}(poly:"{inside}");')
    ways = 'rel(bw)["type"="route"]["route"~"^(bus|trolleybus)$"]'
    return (
        f"[out:xml][timeout:{timeout_s:.0f}];({''.join(lines)})->.all;"
        f"way.all[highway];{ways}->.routes;(.all;.all >;.routes;);out meta;"
    )


@contextmanager
def _answer(query: str, settings: OverpassSettings) -> Iterator[Path]:
    """File with the answer: in the cache, or a temporary one."""
    name = hashlib.sha256(f"{settings.endpoint}\0{query}".encode()).hexdigest()[:16] + ".osm"
    if settings.cache is not None and (kept := settings.cache / name).is_file():
        yield kept
        return
    content = _fetched(query, settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if settings.cache is not None:
            settings.cache.mkdir(parents=True, exist_ok=True)
            path = settings.cache / name
        path.write_bytes(content)
        yield path


def _fetched(query: str, settings: OverpassSettings) -> bytes:
    _require_answer(settings.endpoint + "/status", settings)

    def ask() -> requests.Response:
        return requests.post(
            settings.endpoint.rstrip("/") + "/interpreter",
            data={"data": query},
            headers={"User-Agent": USER_AGENT},
            timeout=settings.timeout_s,
        )

    reply = _within(settings.timeout_s, settings.endpoint, ask)
    if reply.status_code in _BUSY:
        raise ServiceError("service_busy", service=settings.endpoint, status=reply.status_code)
    if not reply.ok:
        raise ServiceError("service_refused", service=settings.endpoint, status=reply.status_code)
    if b"<remark>" in reply.content[-_TAIL_BYTES:]:
        # Overpass reports running out of time or memory inside a normal answer.
        raise ServiceError("service_busy", service=settings.endpoint, status=reply.status_code)
    return reply.content


def _require_answer(address: str, settings: OverpassSettings) -> None:
    """Refuse a service that gives no sign of life; any HTTP answer is one."""
    _within(
        settings.patience_s,
        address,
        lambda: requests.get(address, timeout=settings.patience_s, headers={"User-Agent": USER_AGENT}),
    )


def _within(seconds: float, service: str, call: Callable[[], T]) -> T:
    """
    Return the result of a call that talks to a service; ServiceError when it fails or takes longer.

    The wait is on a thread: name resolution and multi-address connects ignore the timeouts of the HTTP library.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as problem:  # noqa: BLE001 (handed over to the caller's thread)
            result.set_exception(problem)

    Thread(target=run, daemon=True).start()
    try:
        return result.result(timeout=seconds)
    except (requests.RequestException, OSError, DeadlineError) as problem:
        raise ServiceError("service_unreachable", service=service) from problem
