"""The demo workspace: the fictional county of ``data/demo``, through the same importers that users' files take."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gislib.domain.errors import WorkspaceError
from gislib.domain.home import data_folder
from gislib.planning import users
from gislib.planning.imports import ImportOptions, ImportSummary, import_file
from gislib.planning.session import Progress, silent
from gislib.sources import workspace
from gislib.sources.workspace import Meta

DEMO_NAME: Final = "澜桥县（示例）"
DEMO_DATE: Final = "2026-10-31"
"""Day that the fictional data describe."""
# Schools come before gates and venues, so that those can be matched to known campuses.
DEMO_FILES: Final = (
    ("osm", "town.osm.pbf"),
    ("areas", "areas.geojson"),
    ("schools", "schools.geojson"),
    ("gates", "gates.csv"),
    ("venues", "venues.csv"),
    ("rentals", "rentals.csv"),
    ("water", "water.csv"),
    ("incidents", "incidents.csv"),
    ("dem", "dem.tif"),
    ("population", "population.tif"),
)


def build(path: Path, progress: Progress = silent) -> list[ImportSummary]:
    """
    Build the demo workspace in an empty or new folder, as the local user of this machine.

    Raises
    ------
    WorkspaceError
        ``workspace_not_empty`` if the folder holds anything.
    """
    workspace.create(path)
    session = users.starting(path, Meta(DEMO_NAME, demo=True))
    folder = data_folder() / "demo"
    files = [(layer, folder / name) for layer, name in DEMO_FILES if (folder / name).is_file()]
    if not files:
        raise WorkspaceError("demo_missing", folder="data/demo")
    summaries = []
    for k, (layer, file) in enumerate(files):
        progress("demo.import", k / len(files))
        options = ImportOptions(datum="wgs84", data_date=DEMO_DATE, complete=True)  # so the generator made them
        summaries.append(import_file(session, layer, file, options))
    progress("demo.done", 1.0)
    return summaries
