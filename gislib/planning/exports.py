"""Exports of the last assessment: files for works departments, other software, and a browser without network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.geo.bands import metric_parts
from gislib.geo.crs import exact_crs, to_wgs84
from gislib.planning import results
from gislib.planning.authors import author_of, store_of
from gislib.planning.campus_map import campus_html
from gislib.planning.loaded import tables_of
from gislib.planning.overview import Overview, overview
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.reports.files import write_bytes
from gislib.reports.finding_lines import finding_lines
from gislib.reports.geojson import geojson, write_geojson
from gislib.reports.gpkg import write_gpkg
from gislib.reports.metadata import Stamp
from gislib.reports.rentals import rental_cells
from gislib.reports.tables import csv_text, write_csv, write_parquet
from gislib.reports.works import shifted
from gislib.store import audit

FORMATS: Final = ("geojson", "csv", "gpkg", "html", "parquet")
RANKING_FORMATS: Final = ("geojson", "csv")
_UNSAFE: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|\0', "_"))


@dataclass(frozen=True)
class ExportOptions:
    """
    How files are written.

    ``crs``: CRS of the GeoPackage (``EPSG:4544``), None = WGS 84. ``datum``: ``gcj02`` or ``bd09`` adds GeoJSON files
    for phone maps, named and marked as approximate.
    """

    crs: str | None = None
    datum: str = "wgs84"


def export(
    session: Session, out_dir: Path, formats: Sequence[str], progress: Progress = silent,
    options: ExportOptions | None = None,
) -> list[Path]:  # fmt: skip
    """
    Write the last assessment to a folder, and note it in the audit.

    Parameters
    ----------
    session, out_dir, progress
        From where, to where, and whom to tell.
    formats
        Of `FORMATS`. Rentals leave as counts per cell; incidents and persons never leave.
    options
        CRS and datum of the files; None: WGS 84.

    Returns
    -------
    paths
        Files written.

    Raises
    ------
    InputError
        ``format_unknown`` naming the known ones.
    CrsError
        ``crs_unknown`` for a CRS that no registry holds.
    DatumError
        ``datum_unknown``.
    WorkspaceError
        ``not_assessed`` before the first assess run.
    RefusedError
        ``role_too_low``, ``areas_not_all``.
    """
    require_whole(session)
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))
    how = options or ExportOptions()
    shifted.is_shifted(how.datum)  # refuses an unknown datum before anything is written
    stamp = results.stamp(session, results.request_of(session, "school_risk"))
    job = _Job(session, out_dir, export_tables(session), stamp, how)
    paths: list[Path] = []
    for k, name in enumerate(formats):
        progress(f"export.{name}", k / len(formats))
        paths += _WRITERS[name](job)
    _note(session, "export", "results", {"formats": list(formats), "datum": how.datum, "files": len(paths)})
    progress("export.done", 1.0)
    return paths


def campus_file(session: Session, school_id: str, lang: str = "zh") -> bytes:
    """`gislib.planning.campus_map.campus_html` as a file, noted in the audit."""
    content = campus_html(session, school_id, lang).encode()
    _note(session, "export.campus", school_id, {"format": "html"})
    return content


def ranking_file(session: Session, found: Overview, stamp: Stamp, form: str) -> bytes:
    """
    Ranking as the overview shows it, as one file of `RANKING_FORMATS`, noted in the audit.

    Raises
    ------
    InputError
        ``format_unknown``.
    """
    if form not in RANKING_FORMATS:
        raise InputError("format_unknown", format=form, known=", ".join(RANKING_FORMATS))
    if form == "geojson":
        content = geojson(found.schools, stamp, "school_risk").encode()
    else:
        content = csv_text(_marked(pd.DataFrame(found.schools.drop(columns="geometry")), stamp)).encode("utf-8-sig")
    slices = dict(stamp.parameters)
    _note(session, "export.ranking", "results", {"format": form, "slice": slices["slice"]})
    return content


def _note(session: Session, action: str, subject: str, detail: Mapping[str, object]) -> None:
    audit.record(store_of(session), author_of(session), action, subject, detail)


@dataclass(frozen=True)
class _Job:
    """What every writer is given."""

    session: Session
    folder: Path
    tables: Mapping[str, pd.DataFrame]
    stamp: Stamp
    options: ExportOptions


def export_tables(session: Session) -> dict[str, pd.DataFrame]:
    """Tables that may leave the program, by file name: geometries in WGS 84, the index is the stable id."""
    found = overview(session)
    shown = gpd.GeoDataFrame(pd.concat([found.schools, found.not_schools]), crs=WGS84)
    tables = tables_of(session.workspace)
    risk = results.read(session, "segment_risk")
    segments = results.read(session, "segments")
    out: dict[str, pd.DataFrame] = {
        "schools": shown.set_geometry(tables["schools"].geometry.reindex(shown.index)),
        "gates": tables["gates"],
        "venues": tables["venues"],
        "water": tables["water"],
        "segments": segments.join(risk.drop(columns=["part", "road_id"])),
        "rental_cells": _rental_cells(tables),
    }
    if "findings" in results.read_run(session):
        out["findings"] = finding_lines(results.read(session, "findings"))
        out["audit"] = results.read(session, "audit")
        out["distances"] = results.read(session, "distances")
    return out


def _rental_cells(tables: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Counts of rentals per cell of the planes that the area is measured in, WGS 84."""
    cells = [to_wgs84(rental_cells(part)) for part in metric_parts(tables["rentals"], tables["schools"])]
    if not cells:
        return gpd.GeoDataFrame(
            {"rentals": []}, geometry=[], crs=WGS84, index=pd.Index([], name="cell_id", dtype="str")
        )
    return gpd.GeoDataFrame(pd.concat(cells), geometry="geometry", crs=WGS84)


def _geojson(job: _Job) -> list[Path]:
    """One GeoJSON file per table with geometry, and its twin in a shifted datum where one is asked for."""
    located = {name: table for name, table in job.tables.items() if isinstance(table, gpd.GeoDataFrame)}
    paths = [write_geojson(job.folder / f"{name}.geojson", table, job.stamp) for name, table in located.items()]
    datum = job.options.datum
    if shifted.is_shifted(datum):
        stamp, end = shifted.stamp_in(job.stamp, datum), shifted.file_suffix(datum)
        paths += [
            write_geojson(job.folder / f"{name}{end}.geojson", shifted.in_datum(to_wgs84(table), datum), stamp)
            for name, table in located.items()
        ]
    return paths


def _csv(job: _Job) -> list[Path]:
    """One CSV file per table, marked in its last columns; sources and versions in full lie beside it."""
    beside = write_bytes(job.folder / "metadata.json", (job.stamp.as_json() + "\n").encode())
    tables = {name: _marked(table, job.stamp) for name, table in job.tables.items()}
    return [beside, *(write_csv(job.folder / f"{name}.csv", table) for name, table in tables.items())]


def _marked(table: pd.DataFrame, stamp: Stamp) -> pd.DataFrame:
    """Table with the marking and the data version in every row, after its own columns: a row goes nowhere unmarked."""
    return table.assign(marking=" ".join(stamp.marking), data_version=stamp.data_version)


def _parquet(job: _Job) -> list[Path]:
    """One Parquet file per table."""
    return [write_parquet(job.folder / f"{name}.parquet", table, job.stamp) for name, table in job.tables.items()]


def _gpkg(job: _Job) -> list[Path]:
    """One GeoPackage with all tables."""
    crs = exact_crs(job.options.crs) if job.options.crs else WGS84
    return [write_gpkg(job.folder / "huxuetu.gpkg", job.tables, job.stamp, crs=crs)]


def _html(job: _Job) -> list[Path]:
    """One standalone map per campus, named by id and name."""
    paths = []
    for school_id, name in job.tables["schools"]["name"].items():
        title = f"{school_id}-{name}".translate(_UNSAFE)[:120]
        content = campus_html(job.session, str(school_id)).encode()
        paths.append(write_bytes(job.folder / "campuses" / f"{title}.html", content))
    return paths


_WRITERS: Final[dict[str, Callable[[_Job], list[Path]]]] = {
    "geojson": _geojson, "csv": _csv, "gpkg": _gpkg, "html": _html, "parquet": _parquet,
}  # fmt: skip
