"""Importing: files and places into the workspace, with what changed and what was refused; undo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from gislib import rules
from gislib.domain.errors import InputError
from gislib.domain.tables import empty_table
from gislib.planning.authors import author_of, require_reachable, store_at, store_of
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.sources import osm, overpass, raster, tabular, tracks, undoing, workspace
from gislib.sources.provenance import Loaded, Message, Provenance
from gislib.sources.undoing import Standing
from gislib.sources.workspace import Difference, Workspace
from gislib.store import audit

TABLE_LAYERS: Final = ("areas", "schools", "gates", "venues", "rentals", "water", "devices", "incidents", "depots")
RASTER_LAYERS: Final = ("dem", "population")
TRACK_LAYER: Final = "tracks"
"""Recorded tracks: kept in the workspace, but no layer of it, since no result rests on them."""


@dataclass(frozen=True)
class ImportOptions:
    """
    How to read a table.

    ``name``: source name (default: the layer; of tracks, the layer and the file).
    ``datum``: wgs84, cgcs2000, gcj02, bd09 or auto (None = auto). ``sheet``: worksheet. ``column_map``: field ->
    column of the file. ``data_date``: ISO date that the data describe, for files that do not say; undated sources keep
    every score below confidence A. ``complete``: a table of venues, rentals or water claims to hold all
    that there are in the area, so that none at a campus means 0; without the claim it means unknown.
    """

    name: str | None = None
    datum: str | None = None
    sheet: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    data_date: str | None = None
    complete: bool = False


@dataclass(frozen=True)
class ImportSummary:
    """What an import did: rows per layer, refused rows, changes against the version before, and what to be told."""

    source_id: str
    layers: Mapping[str, int]
    rejected: pd.DataFrame
    difference: Difference
    provenance: Provenance

    @property
    def warnings(self) -> tuple[Message, ...]:
        """Messages the planner must see."""
        return self.provenance.warnings


def import_file(
    session: Session, layer: str, file: Path, options: ImportOptions | None = None, progress: Progress = silent
) -> ImportSummary:
    """
    Import a file into a workspace, noted in the audit.

    Parameters
    ----------
    session
        Of a workspace, or of one that the first import makes (`gislib.planning.users.starting`); a failed first
        import leaves none.
    layer
        ``osm``, a table layer, ``dem``, ``population`` or ``tracks``.
    file, options, progress
        What to read, how, and whom to tell.

    Raises
    ------
    InputError
        A file that cannot be taken, naming file, row, column and the mend. The workspace is unchanged then.
    StoreError
        Where no audit can be written: nothing is imported.
    RefusedError
        ``role_too_low``, ``areas_not_all``.
    """
    require_whole(session)
    _require_audit(session.workspace)
    choices = options or ImportOptions()
    progress("import.read", 0.1)
    with tempfile.TemporaryDirectory() as scratch:
        loaded, attachments = _read(session.workspace, layer, file, choices, Path(scratch))
        if choices.data_date is not None:
            loaded = replace(loaded, provenance=replace(loaded.provenance, data_date=_iso_date(choices.data_date)))
        progress("import.store", 0.8)
        summary = _store(session, loaded, choices.name or loaded.provenance.source_id, attachments, layer)
    progress("import.done", 1.0)
    return summary


def _require_audit(ws: Workspace) -> None:
    """Refuse to import where no audit can be written; a workspace that is not there yet gets its own afterwards."""
    if workspace.is_workspace(ws.root):
        store_at(ws)
    else:
        require_reachable()


def _read(
    ws: Workspace, layer: str, file: Path, options: ImportOptions, scratch: Path
) -> tuple[Loaded, dict[str, Path]]:
    """What a file holds, and the files to keep beside the tables; those that are made here are made in ``scratch``."""
    rs = rules.load()
    if not file.is_file():
        raise InputError("file_missing", file=file.name)
    if layer == "osm":
        return osm.read_osm(file, rs, options.name or "osm"), {}
    if layer == "dem":
        return raster.checked_cover(raster.read_dem(file), file, _campuses(ws)), {raster.DEM_FILE: file}
    if layer == "population":
        return raster.checked_cover(raster.read_population(file), file, _campuses(ws)), {}
    if layer == TRACK_LAYER:
        return _read_tracks(ws, file, options, scratch / workspace.TRACKS_FILE)
    if layer not in TABLE_LAYERS:
        known = ("osm", *TABLE_LAYERS, *RASTER_LAYERS, TRACK_LAYER)
        raise InputError("layer_unknown", layer=layer, known=", ".join(known))
    table_options = tabular.TableOptions(
        datum=options.datum, sheet=options.sheet, column_map=dict(options.column_map), source_id=options.name or layer,
        covers_area=options.complete,
    )  # fmt: skip
    return tabular.read_table(layer, file, table_options, _known(ws), rs), {}


def _known(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the workspace; none before its first import."""
    return workspace.tables(ws) if workspace.is_workspace(ws.root) else {}


def _campuses(ws: Workspace) -> gpd.GeoDataFrame:
    return _known(ws).get("schools", empty_table("schools"))


def _read_tracks(ws: Workspace, file: Path, options: ImportOptions, target: Path) -> tuple[Loaded, dict[str, Path]]:
    """What a file of tracks holds, and the table of its points, which no layer takes."""
    track_options = tracks.TrackOptions(
        zone=ZoneInfo(ws.meta.time_zone), datum=options.datum, sheet=options.sheet,
        column_map=dict(options.column_map), source_id=options.name,
    )  # fmt: skip
    found = tracks.read_tracks(file, track_options, _known(ws), rules.load())
    found.table.to_parquet(target)
    return found.loaded, {workspace.TRACKS_FILE: target}


def _iso_date(text: str) -> str:
    """
    A date as typed, checked.

    Raises
    ------
    InputError
        ``date_unreadable`` unless it is YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as problem:
        raise InputError("date_unreadable", value=text) from problem


def import_place(
    session: Session, place: str, settings: overpass.OverpassSettings | None = None, name: str = "osm",
    progress: Progress = silent,
) -> ImportSummary:  # fmt: skip
    """
    Import a named place from Overpass: the one import that leaves the machine, because the planner asked for it.

    Session, audit and other errors as in `import_file`.

    Raises
    ------
    ServiceError
        If the service does not answer; file import is the way out.
    """
    require_whole(session)
    _require_audit(session.workspace)
    progress("import.fetch", 0.1)
    loaded = overpass.read_place(place, settings or overpass.OverpassSettings.from_environment(), rules.load())
    progress("import.store", 0.8)
    return _store(session, loaded, name, {}, "osm")


def _store(
    session: Session, loaded: Loaded, name: str, attachments: Mapping[str, Path], layer: str
) -> ImportSummary:  # fmt: skip
    """Put a source into the workspace, note it in the audit, and say what that changed."""
    difference = workspace.put_source(session.workspace, loaded, name, attachments)
    detail = {"layer": layer, "rows": loaded.provenance.rows_kept, "rejected": len(loaded.rejected)}
    audit.record(store_of(session), author_of(session), "import", name, detail)
    counts = {layer: len(table) for layer, table in loaded.layers.items() if len(table)}
    if workspace.TRACKS_FILE in attachments:
        counts[TRACK_LAYER] = loaded.provenance.rows_kept
    return ImportSummary(name, counts, loaded.rejected, difference, loaded.provenance)


def undo(session: Session, source_id: str) -> Difference:
    """
    Bring back the version before the last import of a source, noted in the audit; refused as `import_file` is.

    Raises
    ------
    WorkspaceError
        ``already_undone``: only one version before is kept; `redo` brings the newer one back.
    """
    return _swapped(session, source_id, undoing.undo, "import.undo")


def redo(session: Session, source_id: str) -> Difference:
    """Bring back the import that `undo` took away, noted in the audit; ``not_undone`` where none was."""
    return _swapped(session, source_id, undoing.redo, "import.redo")


def _swapped(session: Session, source_id: str, act: Callable[[Workspace, str], Difference], action: str) -> Difference:
    require_whole(session)
    store = store_of(session)
    difference = act(session.workspace, source_id)
    audit.record(store, author_of(session), action, source_id)
    return difference


def standings(session: Session) -> dict[str, Standing]:
    """Which version of each source counts now, and which an undo or redo would bring, by source id."""
    return undoing.standings(session.workspace)
