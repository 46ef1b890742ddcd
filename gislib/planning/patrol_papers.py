"""What leaves the program of a patrol: result files, sheets, tracks for phones, roster; each noted in the audit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from gislib import wording
from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.geo.crs import require_metric, to_wgs84, transform
from gislib.planning import results
from gislib.planning.authors import author_of, store_of
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import SavedPatrol
from gislib.planning.plan_files import safe_name
from gislib.planning.session import Session, require_whole
from gislib.reports.files import write_bytes
from gislib.reports.patrol.content import CONTEXT, PatrolPaper
from gislib.reports.patrol.roster_book import roster_workbook
from gislib.reports.patrol.routes import patrol_json, write_routes
from gislib.reports.patrol.sheets import render_patrol
from gislib.reports.patrol.tracks import write_tracks
from gislib.reports.works.archive import zip_bytes
from gislib.sources import workspace
from gislib.store import audit

AROUND_DEG: Final = 0.01
"""Ground around the routes that a page may show, about a kilometre."""
FORMATS: Final = ("pdf", "gpx", "xlsx", "geojson")
SHEETS: Final = "巡逻单.pdf"
SET: Final = "第{number}套"
ROSTER: Final = "排班表.xlsx"


def paper_of(session: Session, saved: SavedPatrol, number: int = 0, on: date | None = None) -> PatrolPaper:
    """
    Everything that the prints and files of one set of routes say.

    Parameters
    ----------
    number
        Position of the set.
    on
        Day that is printed; None leaves a line to fill in.
    """
    record, request = saved.sets[number], saved.request
    ground = patrol_basis(session, request).ground.tables
    spots = [station.spot for team in record.teams for station in team.stations]
    window = gpd.GeoDataFrame(geometry=[shapely.box(*shapely.total_bounds(spots)).buffer(AROUND_DEG)], crs=WGS84)
    context = {}
    for name in CONTEXT:
        table = ground[name]
        around = transform(window, require_metric(table)).geometry.iloc[0]
        context[name] = to_wgs84(table.iloc[table.sindex.query(around, predicate="intersects", sort=True)])
    return PatrolPaper(
        patrol_id=saved.head.patrol_id,
        name=saved.head.name,
        version=saved.head.version,
        record=record,
        shift_title=wording.term("shift", record.shift_id),
        on=on,
        context=context,
        stamp=results.stamp(session, request, "zh", guarded=True),
    )


def sheets_pdf(session: Session, saved: SavedPatrol, number: int = 0, on: date | None = None) -> bytes:
    """Sheets of a whole shift as one PDF; noted in the audit."""
    require_whole(session)
    _note(session, saved, ["pdf"], number, on)
    return render_patrol(paper_of(session, saved, number, on)).pdf


def write_patrol(session: Session, saved: SavedPatrol) -> dict[str, Any]:
    """
    Write ``results/patrols/NAME/routes.geojson`` and ``patrol.json`` of the first set; returns what the latter holds.

    ``files`` names both.
    """
    require_whole(session)
    folder = workspace.results_dir(session.workspace) / "patrols" / safe_name(saved.head.name, saved.head.patrol_id)
    request = saved.request
    known = _alternatives(saved)
    paths = write_routes(saved.sets[0], results.stamp(session, request, "zh", guarded=True), folder, known)
    own = {"patrol_id": saved.head.patrol_id, "name": saved.head.name, "version": saved.head.version}
    return own | patrol_json(saved.sets[0], known) | {"sets": len(saved.sets), "files": paths}


def write_package(
    session: Session, saved: SavedPatrol, folder: Path, formats: Sequence[str] = FORMATS, *, number: int = 0,
    on: date | None = None,
) -> list[Path]:  # fmt: skip
    """
    Write sheets, GPX and KML per team, roster and GeoJSON of one set into a folder named after the patrol.

    Where there are several sets, each has a folder of its own in it.

    Raises
    ------
    InputError
        ``format_unknown`` naming the known ones.
    """
    require_whole(session)
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))
    paper = paper_of(session, saved, number, on)
    target = folder / safe_name(saved.head.name, saved.head.patrol_id)
    if len(saved.sets) > 1:
        target /= SET.format(number=number + 1)
    paths: list[Path] = []
    if "pdf" in formats:
        paths.append(write_bytes(target / SHEETS, render_patrol(paper).pdf))
    if "gpx" in formats:
        paths += write_tracks(paper, target)
    if "xlsx" in formats:
        paths.append(write_bytes(target / ROSTER, roster_workbook(paper)))
    if "geojson" in formats:
        paths += write_routes(paper.record, paper.stamp, target, _alternatives(saved))
    _note(session, saved, list(formats), number, on)
    return paths


def write_packages(session: Session, saved: SavedPatrol, folder: Path) -> list[Path]:
    """`write_package` of every set."""
    require_whole(session)
    return [path for number in range(len(saved.sets)) for path in write_package(session, saved, folder, number=number)]


def _alternatives(saved: SavedPatrol) -> list[dict[str, float]]:
    """Seed of every set, what it loses to the best and by which share it differs from the others."""
    return [{"seed": own.seed, **told} for own, told in zip(saved.sets, saved.told, strict=True)]


def package_zip(
    session: Session, saved: SavedPatrol, formats: Sequence[str] = FORMATS, *, number: int = 0, on: date | None = None
) -> bytes:
    """`write_package` as one zip."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = write_package(session, saved, folder, formats, number=number, on=on)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
    return zip_bytes(files, saved.request.as_of)


def _note(session: Session, saved: SavedPatrol, formats: list[str], number: int, on: date | None) -> None:
    detail = {"formats": formats, "version": saved.head.version, "set": number + 1, "day": on and on.isoformat()}
    audit.record(store_of(session), author_of(session), "patrol.export", saved.head.patrol_id, detail)
