"""GeoJSON, GeoPackage, shapefile (also zipped) and KML through pyogrio."""

from __future__ import annotations

import re
import tempfile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.sources.archive import unpack_shapefile
from gislib.sources.limits import MAX_COLUMNS, MAX_VERTICES, check_rows
from gislib.sources.raw_table import RawTable, as_text

SUFFIXES: Final = frozenset({".geojson", ".json", ".gpkg", ".shp", ".zip", ".kml"})
_SIGNATURES: Final = {".gpkg": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a"}
_TEXT_BEGINNINGS: Final = {".geojson": (b"{", b"["), ".json": (b"{", b"["), ".kml": (b"<",)}
_BEGINNING_BYTES: Final = 4096
_VIRTUAL: Final = re.compile(rb"<(?:OGR|GDAL_|VRT)[A-Z]")
"""Roots of GDAL's virtual formats (``<OGRVRTDataSource>``, ``<OGRWFSDataSource>`` ...)."""
_TEXT_MARK: Final = b"\xef\xbb\xbf"
_KML_OWN: Final = (
    "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon",
)  # fmt: skip
"""Columns that the KML driver makes of marks of the drawing; an id there is a row number, never an official code."""
_FALLBACK_ENCODING: Final = "gb18030"


def read_vector(path: Path, layer: str | None, *, datum_given: bool) -> RawTable:
    """
    Features of a file: attributes as texts, shapes in longitude and latitude.

    Parameters
    ----------
    path
        File by suffix (`SUFFIXES`).
    layer
        Name of the layer inside; needed when there are several (KML folders are read together).
    datum_given
        Whether the planner stated a datum; a file without a CRS is refused otherwise.

    Raises
    ------
    InputError
        ``file_broken``, ``file_xml_entities``, ``layer_ambiguous``, ``crs_undeclared``, ``too_many_rows``,
        ``too_many_vertices``, and those of ``archive``.
    """
    if path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory() as folder:
            return _raw(_frames(unpack_shapefile(path, Path(folder)), layer, path.name), path, datum_given=datum_given)
    return _raw(_frames(path, layer, path.name), path, datum_given=datum_given)


def _check_content(path: Path, file: str) -> None:
    """
    Refuse content that is not what the suffix says.

    GDAL chooses its driver by content, and some (virtual formats) open further files and addresses named inside.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as content, mmap(content.fileno(), 0, access=ACCESS_READ) as whole:
        if suffix in _SIGNATURES:
            fits = whole[: len(_SIGNATURES[suffix])] == _SIGNATURES[suffix]
        else:
            beginning = whole[:_BEGINNING_BYTES].removeprefix(_TEXT_MARK).lstrip()
            fits = beginning.startswith(_TEXT_BEGINNINGS[suffix]) and _VIRTUAL.search(whole) is None
    if not fits:
        raise InputError("file_broken", file=file, row=1, problem=suffix)
    if suffix == ".kml":
        _check_kml(path)


def _check_kml(path: Path) -> None:
    """Refuse XML with a document type or entities, and roots other than kml, before any other parser sees it."""
    root = None
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            root = element.tag if root is None else root
            if event == "end":
                element.clear()
    except DefusedXmlException as problem:
        raise InputError("file_xml_entities", file=path.name) from problem
    except ParseError as problem:
        raise InputError(
            "file_broken", file=path.name, row=problem.position[0], problem=str(problem)[:200]
        ) from problem
    if str(root).rpartition("}")[2] != "kml":
        raise InputError("file_broken", file=path.name, row=1, problem=".kml")


def _layer_names(path: Path, layer: str | None, file: str) -> list[str]:
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if layer is not None:
        if layer not in names:
            raise InputError("sheet_missing", file=file, sheet=layer, known=", ".join(names))
        return [layer]
    if len(names) > 1 and path.suffix.lower() != ".kml":
        raise InputError("layer_ambiguous", file=file, known=", ".join(names))
    return names


def _frames(path: Path, layer: str | None, file: str) -> gpd.GeoDataFrame:
    """Features of the wanted layers in file order."""
    _check_content(path, file)
    try:
        frames = [_read(path, name) for name in _layer_names(path, layer, file)]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.errors.GEOSException) as problem:
        raise InputError("file_broken", file=file, row=0, problem=str(problem)[:200]) from problem
    located = [frame for frame in frames if isinstance(frame, gpd.GeoDataFrame)]
    if not located:
        raise InputError("file_without_shapes", file=file)
    whole = gpd.GeoDataFrame(pd.concat(located, ignore_index=True)) if len(located) > 1 else located[0]
    check_rows(file, len(whole))
    vertices = int(shapely.get_num_coordinates(whole.geometry.to_numpy()).sum())
    if vertices > MAX_VERTICES:
        raise InputError("too_many_vertices", file=file, vertices=vertices, max=MAX_VERTICES)
    return whole


def _read(path: Path, layer: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read one layer; a dBASE table without code page is UTF-8 or else GB 18030. A plain frame has no shapes."""
    if path.suffix.lower() == ".shp" and not path.with_suffix(".cpg").exists():
        try:
            return _features(path, layer, "utf-8")
        except UnicodeDecodeError:
            return _features(path, layer, _FALLBACK_ENCODING)
    return _features(path, layer, None)


def _features(path: Path, layer: str, encoding: str | None) -> gpd.GeoDataFrame | pd.DataFrame:
    frame: gpd.GeoDataFrame | pd.DataFrame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
    return frame


def _raw(frame: gpd.GeoDataFrame, path: Path, *, datum_given: bool) -> RawTable:
    if frame.crs is None and not datum_given:
        raise InputError("crs_undeclared", file=path.name)
    shapes = frame.geometry if frame.crs is None else frame.geometry.to_crs(WGS84)
    flat = gpd.GeoSeries(shapely.force_2d(shapes.to_numpy()), crs=WGS84)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if path.suffix.lower() == ".kml":
        table = table.drop(columns=list(_KML_OWN), errors="ignore")
    table = table.iloc[:, :MAX_COLUMNS]
    columns = [[as_text(value) for value in table.iloc[:, at].astype("object")] for at in range(table.shape[1])]
    return RawTable(
        headers=[str(name) for name in table.columns],
        rows=[list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(len(frame))],
        numbers=np.arange(1, len(frame) + 1).tolist(),
        shapes=flat,
        datum=None if frame.crs is None else "wgs84",
    )
