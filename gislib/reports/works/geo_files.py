"""All GIS and CAD files of the works package by format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gislib import wording
from gislib.domain.errors import InputError
from gislib.reports.files import write_bytes
from gislib.reports.geojson import write_geojson
from gislib.reports.works.attributes import device_table
from gislib.reports.works.content import Works
from gislib.reports.works.dxf import write_dxf
from gislib.reports.works.kml import write_kml
from gislib.reports.works.laid import LAID, laid_table
from gislib.reports.works.notes import note_lines
from gislib.reports.works.qgis_project import write_geopackage
from gislib.reports.works.shapefile import write_shapefiles
from gislib.reports.works.shifted import approximate_line, file_suffix, in_datum, is_shifted, stamp_in

FORMATS: Final = ("geojson", "gpkg", "shp", "kml", "dxf")
SHIFTED_FORMATS: Final = ("geojson", "shp", "kml")
"""What phone maps read; a GeoPackage, a project and a drawing are for survey and stay in their own CRS."""


def write_geo_files(works: Works, folder: Path, formats: Sequence[str], datum: str = "wgs84") -> list[Path]:
    """
    Write the files of a plan, a folder per format, and a note about them.

    Parameters
    ----------
    works, folder
        The plan, and where to; existing files of the same name are replaced.
    formats
        Of `FORMATS`: ``geojson`` (RFC 7946; what is laid in a second file), ``gpkg``
        (GeoPackage with styles and a QGIS project), ``shp`` (UTF-8 and
        GB 18030, with field dictionary), ``kml`` (KML and KMZ), ``dxf`` (R2010, CGCS2000 Gauss-Krueger).
    datum
        ``gcj02`` or ``bd09`` adds approximate variants of `SHIFTED_FORMATS` for phone maps beside the files in WGS 84:
        they are never the only copy.

    Returns
    -------
    list of Path
        All files, in the order of `FORMATS`.

    Raises
    ------
    InputError
        ``format_unknown``; ``datum_unknown`` (a `DatumError`).
    """
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))
    datums = ("wgs84", datum) if is_shifted(datum) else ("wgs84",)
    found: list[Path] = []
    for name in (name for name in FORMATS if name in formats):
        for used in datums if name in SHIFTED_FORMATS else datums[:1]:
            found += _write(works, folder / name, name, used)
    unique = list(dict.fromkeys(found))
    return [*unique, _write_notes(works, folder, datums)]


def _write(works: Works, folder: Path, name: str, datum: str) -> list[Path]:
    if name == "geojson":
        return _write_geojson(works, folder, datum)
    if name == "shp":
        return write_shapefiles(works, folder, datum)
    if name == "kml":
        return write_kml(works, folder, datum)
    return write_geopackage(works, folder) if name == "gpkg" else write_dxf(works, folder)


def _write_geojson(works: Works, folder: Path, datum: str) -> list[Path]:
    devices = in_datum(device_table(works, approximate_line(datum)), datum)
    suffix, stamp = file_suffix(datum), stamp_in(works.stamp, datum)
    found = [write_geojson(folder / f"devices{suffix}.geojson", devices, stamp)]
    laid = laid_table(works)
    if len(laid):
        found.append(write_geojson(folder / f"{LAID}{suffix}.geojson", in_datum(laid, datum), stamp))
    return found


def _write_notes(works: Works, folder: Path, datums: Sequence[str]) -> Path:
    """Plan, CRS, marking and credits as text, for whoever gets the folder without the drawing."""
    shifted = [f"*{file_suffix(datum)}: {approximate_line(datum)}" for datum in datums if is_shifted(datum)]
    lines = [*note_lines(works), *shifted, works.stamp.as_json()]
    path = folder / f"{wording.text('works.file.notes')}.txt"
    return write_bytes(path, "\r\n".join([*lines, ""]).encode("utf-8-sig"))
