"""Whether this machine, this installation and a workspace's place are fit for work."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import pyogrio

from gislib import __version__, rules, wording
from gislib.domain.errors import GislibError
from gislib.domain.home import data_folder

PYTHON_MIN: Final = (3, 11)
NEEDED_DRIVERS: Final = ("GPKG", "GeoJSON", "ESRI Shapefile")
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs", "fuse.glusterfs", "lustre"}
)
"""SQLite's locks do not hold on these: two people's decisions would overwrite each other."""

_PACKAGES: Final = ("geopandas", "folium", "streamlit", "osmnx", "rasterio", "scikit-learn", "numba", "osmium")
_MOUNTS: Final = Path("/proc/self/mounts")


@dataclass(frozen=True)
class Check:
    """One check: its code, whether it is well (None = could not be told here), and what was found."""

    check: str
    ok: bool | None
    found: str


@dataclass(frozen=True)
class Diagnosis:
    """All checks; ``ok`` is False if one failed."""

    ok: bool
    checks: tuple[Check, ...]


def diagnose(workspace: Path | None) -> Diagnosis:
    """Check the installation and, if named, the place of a workspace; changes nothing."""
    checks = (*_installation(), *(_workspace(workspace) if workspace is not None else ()))
    return Diagnosis(all(check.ok is not False for check in checks), checks)


def network_file_system(path: Path, mounts: str) -> str | None:
    """
    Type of the network file system that holds ``path``, None for a local one.

    Parameters
    ----------
    mounts
        Text in the format of ``/proc/self/mounts``: device, mount point, type, ... per line.
    """
    resolved = path.resolve()
    points = [line.split() for line in mounts.splitlines()]
    holding = [(Path(fields[1].replace("\\040", " ")), fields[2]) for fields in points if len(fields) > 2]  # noqa: PLR2004
    found = max(
        ((point, kind) for point, kind in holding if resolved.is_relative_to(point)),
        key=lambda item: len(item[0].parts),
        default=None,
    )
    return found[1] if found is not None and found[1] in NETWORK_FILE_SYSTEMS else None


def _installation() -> Iterator[Check]:
    yield Check("program", ok=True, found=__version__)
    yield Check("python", sys.version_info[:2] >= PYTHON_MIN, platform.python_version())
    for name in _PACKAGES:
        yield _package(name)
    absent = [name for name in NEEDED_DRIVERS if name not in pyogrio.list_drivers(write=True)]
    yield Check("gdal_drivers", not absent, ", ".join(absent or NEEDED_DRIVERS))
    yield _catalogues()
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parents[1])
    yield Check("kernel_cache", os.access(cache, os.W_OK), str(cache))


def _catalogues() -> Check:
    try:
        texts = sum(len(wording.catalogue(lang)) for lang in wording.LANGUAGES)
        return Check("rules_and_texts", ok=True, found=f"{data_folder()}: {rules.load().version}, {texts}")
    except GislibError as problem:
        return Check("rules_and_texts", ok=False, found=wording.error(problem))


def _package(name: str) -> Check:
    try:
        return Check(f"package {name}", ok=True, found=version(name))
    except PackageNotFoundError:
        return Check(f"package {name}", ok=False, found="-")


def _workspace(path: Path) -> Iterator[Check]:
    # The place counts even before the folder is made: look at the nearest folder that exists.
    place = next(folder for folder in (path.resolve(), *path.resolve().parents) if folder.is_dir())
    yield Check("workspace_writable", os.access(place, os.W_OK), str(place))
    if not _MOUNTS.is_file():
        yield Check("workspace_local", ok=None, found="-")
        return
    kind = network_file_system(place, _MOUNTS.read_text("utf-8", errors="replace"))
    yield Check("workspace_local", kind is None, kind or str(place))
