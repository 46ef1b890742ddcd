"""Exports of the last assessment: files for works departments, other software, and a browser without network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.geo.bands import metric_parts
from gislib.geo.crs import to_wgs84
from gislib.planning import results
from gislib.planning.campus_map import campus_html
from gislib.planning.loaded import tables_of
from gislib.planning.overview import overview
from gislib.planning.session import Progress, Session, require_role, silent
from gislib.reports.files import write_bytes
from gislib.reports.finding_lines import finding_lines
from gislib.reports.geojson import write_geojson
from gislib.reports.gpkg import write_gpkg
from gislib.reports.metadata import Stamp
from gislib.reports.rentals import rental_cells
from gislib.reports.tables import write_csv, write_parquet

FORMATS: Final = ("geojson", "csv", "gpkg", "html", "parquet")
_UNSAFE: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|\0', "_"))


def export(session: Session, out_dir: Path, formats: Sequence[str], progress: Progress = silent) -> list[Path]:
    """
    Write the last assessment to a folder.

    Parameters
    ----------
    session, out_dir, progress
        From where, to where, and whom to tell.
    formats
        Of `FORMATS`. Rentals leave as counts per cell; incidents and persons never leave.

    Returns
    -------
    paths
        Files written.

    Raises
    ------
    InputError
        ``format_unknown`` naming the known ones.
    WorkspaceError
        ``not_assessed`` before the first assess run.
    """
    require_role(session, "planner")
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))
    tables = export_tables(session)
    stamp = results.stamp(session, results.request_of(session, "school_risk"))
    paths: list[Path] = []
    for k, name in enumerate(formats):
        progress(f"export.{name}", k / len(formats))
        paths += _WRITERS[name](session, out_dir, tables, stamp)
    progress("export.done", 1.0)
    return paths


def export_tables(session: Session) -> dict[str, pd.DataFrame]:
    """Tables that may leave the program, by file name: geometries in WGS 84, the index is the stable id."""
    shown = overview(session).schools
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


def _geojson(_session: Session, folder: Path, tables: dict[str, pd.DataFrame], stamp: Stamp) -> list[Path]:
    """One GeoJSON file per table with geometry."""
    located = {name: table for name, table in tables.items() if isinstance(table, gpd.GeoDataFrame)}
    return [write_geojson(folder / f"{name}.geojson", table, stamp) for name, table in located.items()]


def _csv(_session: Session, folder: Path, tables: dict[str, pd.DataFrame], stamp: Stamp) -> list[Path]:
    """One CSV file per table; a CSV has no room for marking, sources and versions: they lie beside it."""
    beside = write_bytes(folder / "metadata.json", (stamp.as_json() + "\n").encode())
    return [beside, *(write_csv(folder / f"{name}.csv", table) for name, table in tables.items())]


def _parquet(_session: Session, folder: Path, tables: dict[str, pd.DataFrame], stamp: Stamp) -> list[Path]:
    """One Parquet file per table."""
    return [write_parquet(folder / f"{name}.parquet", table, stamp) for name, table in tables.items()]


def _gpkg(_session: Session, folder: Path, tables: dict[str, pd.DataFrame], stamp: Stamp) -> list[Path]:
    """One GeoPackage with all tables."""
    return [write_gpkg(folder / "huxuetu.gpkg", tables, stamp)]


def _html(session: Session, folder: Path, tables: dict[str, pd.DataFrame], _stamp: Stamp) -> list[Path]:
    """One standalone map per campus, named by id and name."""
    paths = []
    for school_id, name in tables["schools"]["name"].items():
        title = f"{school_id}-{name}".translate(_UNSAFE)[:120]
        paths.append(write_bytes(folder / "campuses" / f"{title}.html", campus_html(session, str(school_id)).encode()))
    return paths


_WRITERS: Final[dict[str, Callable[[Session, Path, dict[str, pd.DataFrame], Stamp], list[Path]]]] = {
    "geojson": _geojson, "csv": _csv, "gpkg": _gpkg, "html": _html, "parquet": _parquet,
}  # fmt: skip
