"""
The workspace folder: what was imported, kept as GeoParquet with its provenance.

::

    workspace.json                    format version, name, time zone, demo flag
    inputs/sources.json               which version of each source is current, which previous (manifest.py)
    inputs/ids.parquet                serial ids ever issued (ids.py)
    inputs/SOURCE/NUMBER/             one version: LAYER.parquet, retired/, rejected.parquet, provenance.json
    results/                          written by the analysis

An import replaces its source as a whole; rows missing from the new version are retired, not deleted; the version
before is kept for `gislib.sources.undoing`. A failed import changes nothing, a failed first import leaves no workspace.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib.domain import durable
from gislib.domain.errors import InputError, WorkspaceError
from gislib.domain.tables import LAYERS, check_table, conform, empty_table
from gislib.sources import area_codes, ids, manifest, staging, version_files
from gislib.sources.content import LayerDifference, digest, layer_difference
from gislib.sources.provenance import Loaded, Provenance

FORMAT: Final = 1
DEFAULT_TIME_ZONE: Final = "Asia/Shanghai"
_FILE: Final = "workspace.json"
TRACKS_FILE: Final = "tracks.parquet"
"""Attachment that no result rests on: a source of nothing else leaves the data version as it is."""
_WITHOUT_RESULT: Final = ""
_SOURCE_NAME: Final = re.compile(r"\w[\w-]{0,63}")


@dataclass(frozen=True)
class Meta:
    """Name shown to the planner, IANA time zone of its clock times, and whether the data are fictional."""

    name: str
    time_zone: str = DEFAULT_TIME_ZONE
    demo: bool = False


@dataclass(frozen=True)
class Workspace:
    """A workspace folder; it is on disk once the first source was put into it."""

    root: Path
    meta: Meta

    @property
    def inputs(self) -> Path:
        """Folder of the imported sources."""
        return self.root / "inputs"


@dataclass(frozen=True)
class Difference:
    """What putting or undoing a source changed, per layer."""

    source_id: str
    layers: dict[str, LayerDifference]

    def count(self, change: str) -> int:
        """Rows ``added``, ``changed`` or ``gone`` over all layers."""
        return sum(len(getattr(layer, change)) for layer in self.layers.values())


def is_workspace(root: Path) -> bool:
    """Whether the folder holds a workspace."""
    return (root / _FILE).is_file()


def create(root: Path, meta: Meta | None = None) -> Workspace:
    """
    Workspace that the first `put_source` writes to disk; nothing is written before.

    Raises
    ------
    WorkspaceError
        ``workspace_not_empty`` if the folder exists and holds anything but what a killed first import left,
        ``workspace_not_folder`` if it is a file.
    """
    if root.exists() and not root.is_dir():
        raise WorkspaceError("workspace_not_folder", folder=root.name)
    ws = Workspace(root, meta or Meta(name=root.resolve().name))
    if root.is_dir() and any(root.iterdir()) and not _left_over(ws):
        raise WorkspaceError("workspace_not_empty", folder=root.name)
    return ws


def _left_over(ws: Workspace) -> bool:
    """Whether a folder that is no workspace holds only inputs that were being written: a first import was killed."""
    inside = {path.name for path in ws.root.iterdir() if not path.name.startswith(f".{_FILE}")}
    return inside == {ws.inputs.name} and staging.was_locked(ws.inputs)


def open_workspace(root: Path) -> Workspace:
    """
    Open a workspace on disk.

    Raises
    ------
    WorkspaceError
        ``workspace_missing``, ``workspace_damaged``, or ``workspace_format`` if another release wrote it.
    """
    if not is_workspace(root):
        raise WorkspaceError("workspace_missing", folder=root.name)
    try:
        raw = json.loads((root / _FILE).read_text(encoding="utf-8"))
        version, meta = int(raw.pop("format")), Meta(**raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise WorkspaceError("workspace_damaged", file=_FILE, problem=str(problem)[:200]) from problem
    if version != FORMAT:
        raise WorkspaceError("workspace_format", found=version, known=FORMAT)
    return Workspace(root, meta)


def open_or_create(root: Path, meta: Meta | None = None) -> Workspace:
    """`open_workspace` if there is one, else `create`; ``meta`` is for a new one only."""
    return open_workspace(root) if is_workspace(root) else create(root, meta)


def results_dir(ws: Workspace) -> Path:
    """Folder of the analysis' results (created)."""
    folder = ws.root / "results"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def version_folder(ws: Workspace, source_id: str, version: manifest.Version) -> Path:
    """Folder of one stored version of a source."""
    return ws.inputs / source_id / str(version.number)


def _current(ws: Workspace) -> Iterator[tuple[str, Path, manifest.Version]]:
    """Yield the sources that have a current version, in the order of their ids."""
    for source_id, entry in manifest.read(ws.inputs).items():
        if entry.current is not None:
            yield source_id, version_folder(ws, source_id, entry.current), entry.current


def sources(ws: Workspace) -> list[str]:
    """Ids of the sources with a current version, sorted."""
    return [source_id for source_id, _, _ in _current(ws)]


def provenances(ws: Workspace) -> dict[str, Provenance]:
    """Provenance of every current source that results rest on, by source id."""
    return {
        source_id: version_files.read_provenance(folder)
        for source_id, folder, version in _current(ws)
        if version.digest != _WITHOUT_RESULT
    }


def rejected(ws: Workspace, source_id: str) -> pd.DataFrame:
    """Rows the current version of a source had to refuse: ``row``, ``column``, ``code``, ``value``."""
    return version_files.read_rejected(_folder_of(ws, source_id))


def attachments(ws: Workspace, name: str) -> dict[str, Path]:
    """Paths of the files of one name over all current sources, by source id (``attachments(ws, "dem.tif")``)."""
    found = ((source_id, folder / name) for source_id, folder, _ in _current(ws))
    return {source_id: path for source_id, path in found if path.is_file()}


def _folder_of(ws: Workspace, source_id: str) -> Path:
    for name, folder, _ in _current(ws):
        if name == source_id:
            return folder
    raise WorkspaceError("source_missing", source=source_id, known=", ".join(sources(ws)))


def data_version(ws: Workspace) -> str:
    """
    Short hash over the content of all current inputs that results rest on.

    Row order, file names, times and recorded tracks do not enter.
    """
    whole = hashlib.sha256()
    for source_id, _, version in _current(ws):
        if version.digest == _WITHOUT_RESULT:
            continue
        whole.update(f"{source_id}={version.digest};".encode())
    return whole.hexdigest()[:12]


def tables(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """
    Every layer of the schema in WGS 84: union of the current sources, active rows only, sorted by id.

    A layer without rows is an empty table; whether that means "none" or "unknown" is said by the sources' ``claims``.
    If two sources bring the same id, the row of the source that sorts first counts. Gates of campuses that are not
    there any more are left out. Missing area codes are filled in from the outlines of the areas.
    """
    found: dict[str, list[gpd.GeoDataFrame]] = {layer: [] for layer in LAYERS}
    for _, folder, _ in _current(ws):
        for layer, table in version_files.read_layers(folder).items():
            found[layer].append(table)
    out = {layer: _union(layer, parts) for layer, parts in found.items()}
    out["gates"] = out["gates"][out["gates"]["school_id"].isin(out["schools"].index)]
    return area_codes.filled(out)


def retired(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """Rows that earlier versions of the current sources held and the current ones do not, by layer."""
    found: dict[str, list[gpd.GeoDataFrame]] = {}
    for _, folder, _ in _current(ws):
        for layer, table in version_files.read_layers(folder, retired=True).items():
            found.setdefault(layer, []).append(table)
    return {layer: _union(layer, parts) for layer, parts in found.items()}


@cache
def _empty(layer: str) -> gpd.GeoDataFrame:
    return empty_table(layer)


def _union(layer: str, parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    parts = [part for part in parts if len(part)]
    if not parts:
        return _empty(layer).copy()
    if len(parts) == 1:
        check_table(layer, parts[0])
        return parts[0].sort_index()
    whole = pd.concat(parts)
    return conform(layer, whole[~whole.index.duplicated()]).sort_index()


@contextmanager
def writing(ws: Workspace) -> Iterator[None]:
    """Hold the workspace's write lock; a workspace that is new leaves nothing behind when the body fails."""
    had_folder = ws.root.exists()
    ws.inputs.mkdir(parents=True, exist_ok=True)
    with staging.locked(ws.inputs):
        # Asked under the lock: another first import may have made the workspace meanwhile, and it must survive.
        fresh = not is_workspace(ws.root)
        try:
            if fresh:
                staging.clear(ws.inputs)
            yield
            if fresh:
                manifest.write_json(ws.root / _FILE, {"format": FORMAT, **asdict(ws.meta)})
                durable.onto_disk(ws.root.resolve().parent)
        except BaseException:
            if fresh:
                shutil.rmtree(ws.root if not had_folder else ws.inputs)
            raise


def put_source(
    ws: Workspace, loaded: Loaded, name: str | None = None, attachments: Mapping[str, Path] | None = None
) -> Difference:
    """
    Store what a reader returned as the current version of a source.

    Parameters
    ----------
    ws
        Workspace; written to disk if it is new.
    loaded
        Tables in WGS 84. Provisional ids (`ids.provisional`) get their serials here.
    name
        Source id, by default the one in the provenance. The same name replaces that source.
    attachments
        Files to keep beside the tables: name in the workspace to path.

    Raises
    ------
    InputError
        ``source_name`` if the name is not made of letters, digits, ``_`` and ``-``.
    TableError
        If a table breaks its schema. Nothing is changed then, nor after any other failure.
    """
    source_id = name or loaded.provenance.source_id
    if not _SOURCE_NAME.fullmatch(source_id):
        raise InputError("source_name", name=source_id)
    files = dict(attachments or {})
    with writing(ws):
        entries = manifest.read(ws.inputs)
        entry = entries.get(source_id, manifest.Entry())
        home = ws.inputs / source_id
        staging.sweep(home, _kept(entry))
        before: dict[str, gpd.GeoDataFrame] = {}
        gone_before: dict[str, gpd.GeoDataFrame] = {}
        if entry.current is not None:
            folder = version_folder(ws, source_id, entry.current)
            before, gone_before = (version_files.read_layers(folder, retired=gone) for gone in (False, True))
        layers, register = _identified(ws, source_id, loaded.layers)
        provenance = replace(loaded.provenance, source_id=source_id)
        after = manifest.advanced(entry, _digest(layers, files, provenance))
        with staging.staged(home, str(after.issued)) as stage:
            version_files.write_layers(stage, layers)
            version_files.write_layers(stage, _retiring(before, gone_before, layers), retired=True)
            version_files.write_record(stage, provenance, loaded.rejected)
            version_files.copy_attachments(stage, files)
        _keep_register(ws, register)
        manifest.write(ws.inputs, {**entries, source_id: after})
        staging.sweep(home, _kept(after))
    return Difference(source_id, compare(before, layers))


def compare(before: dict[str, gpd.GeoDataFrame], after: dict[str, gpd.GeoDataFrame]) -> dict[str, LayerDifference]:
    """What changed per layer from one set of tables to another."""
    return {
        layer: layer_difference(before.get(layer), after.get(layer))
        for layer in LAYERS
        if layer in before or layer in after
    }


def _identified(
    ws: Workspace, source_id: str, loaded: Mapping[str, gpd.GeoDataFrame]
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    """Tables with final ids and the source's id in every row, checked and sorted; the register of serials."""
    path = ws.inputs / "ids.parquet"
    register = pd.read_parquet(path) if path.exists() else ids.empty_register()
    out = {}
    for layer, table in loaded.items():
        named, register = ids.issue(register, layer, source_id, table)
        if "source_id" in named.columns:
            named = named.assign(source_id=pd.Series(source_id, index=named.index, dtype="str"))
        check_table(layer, named)
        out[layer] = named.sort_index()
    return out, register


def _keep_register(ws: Workspace, register: pd.DataFrame) -> None:
    """Replace the register in one step; it only grows, so it may run ahead of the sources but never behind."""
    temporary = ws.inputs / ".ids.parquet"
    register.to_parquet(temporary)
    durable.put(temporary, ws.inputs / "ids.parquet")


def _retiring(
    before: dict[str, gpd.GeoDataFrame], gone_before: dict[str, gpd.GeoDataFrame], now: dict[str, gpd.GeoDataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """Rows of earlier versions that the new one lacks."""
    out = {}
    for layer in {*before, *gone_before}:
        earlier = _union(layer, [part[layer] for part in (before, gone_before) if layer in part])
        missing = earlier[~earlier.index.isin(now[layer].index)] if layer in now else earlier
        if len(missing):
            out[layer] = missing
    return out


def _digest(layers: Mapping[str, gpd.GeoDataFrame], files: Mapping[str, Path], provenance: Provenance) -> str:
    if not layers and set(files) == {TRACKS_FILE}:
        return _WITHOUT_RESULT
    return digest(layers, {name: _sha256(path) for name, path in files.items()}, provenance)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(entry: manifest.Entry) -> set[str]:
    """Folder names of the versions that can be current again."""
    return {str(version.number) for version in (entry.current, entry.previous) if version is not None}
