"""Packed files: refused when they reach out of their folder or unpack to far more than they weigh."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from gislib.domain.errors import InputError
from gislib.sources.limits import MAX_PACKED_FILES, MAX_PACKING_RATIO, MAX_UNPACKED_BYTES

SHAPEFILE_PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_SMALL_BYTES: Final = 1024 * 1024
"""Files that unpack to less are never bombs, however well they pack."""


def check_archive(path: Path) -> list[zipfile.ZipInfo]:
    """
    List the files of a zip after checking them by their declared sizes.

    Raises
    ------
    InputError
        ``archive_broken``, ``archive_traversal`` (a name that leaves the folder), ``archive_bomb``.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError) as problem:
        raise InputError("archive_broken", file=path.name) from problem
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
            raise InputError("archive_traversal", file=path.name, member=member.filename)
    unpacked = sum(member.file_size for member in members)
    swollen = unpacked > _SMALL_BYTES and unpacked > MAX_PACKING_RATIO * path.stat().st_size
    if swollen or unpacked > MAX_UNPACKED_BYTES or len(members) > MAX_PACKED_FILES:
        raise InputError("archive_bomb", file=path.name, files=len(members), size_mb=unpacked // 1024 // 1024)
    return members


def unpack_shapefile(path: Path, folder: Path) -> Path:
    """
    Unpack the one shapefile of a zip into ``folder`` and return the path of its ``.shp``.

    Raises
    ------
    InputError
        As `check_archive`; ``archive_shapefiles`` unless there is exactly one ``.shp``.
    """
    members = [
        member
        for member in check_archive(path)
        if not member.is_dir() and PurePosixPath(member.filename).suffix.lower() in SHAPEFILE_PARTS
    ]
    names = [member.filename for member in members if member.filename.lower().endswith(".shp")]
    if len(names) != 1:
        raise InputError("archive_shapefiles", file=path.name, count=len(names))
    wanted = PurePosixPath(names[0]).with_suffix("")
    with zipfile.ZipFile(path) as packed:
        for member in members:
            inside = PurePosixPath(member.filename)
            if inside.with_suffix("") == wanted:
                _unpack(packed, member, folder / f"unpacked{inside.suffix.lower()}", path.name)
    return folder / "unpacked.shp"


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, file: str) -> None:
    """Write one member; zipfile itself stops at the declared size, so a lying header cannot swell it."""
    try:
        with packed.open(member) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as problem:
        raise InputError("archive_broken", file=file) from problem
