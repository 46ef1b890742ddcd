"""
One zip of a workspace: its decisions as a database file, its other files, and a manifest with a hash of each.

The zip's comment is the hash of the manifest, so that neither can change without the other. This finds damage, not
forgery.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from gislib.domain import durable
from gislib.domain.errors import StoreError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_MOST_MANIFEST_BYTES: Final = 64 * 2**20
_PIECE: Final = 2**20
_OLDEST_YEAR: Final = 1980
"""Zip knows no earlier one."""
_BROKEN: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    KeyError, TypeError,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One file: path inside the workspace with slashes, size, SHA-256 in hexadecimal."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds; ``revision``: of the database's schema; ``rows``: by table; ``made_at``: ISO, UTC."""

    made_at: str
    made_by: str
    revision: str
    rows: Mapping[str, int]
    files: tuple[Entry, ...]


def write(target: Path, content: Iterable[tuple[str, Path]], made: tuple[datetime, str], told: Manifest) -> Manifest:
    """
    Write an archive in one piece: it is there whole or not at all.

    Parameters
    ----------
    content
        Path inside the workspace and file on the disk.
    made
        Moment and actor.
    told
        Manifest without its files.

    Raises
    ------
    StoreError
        ``backup_exists``, ``backup_name`` (a path that no archive can hold), ``backup_file_missing``,
        ``backup_not_written``.
    """
    if target.exists():
        raise StoreError("backup_exists", file=target.name)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=True) as out:
            entries = tuple(_packed(out, name, path, made[0]) for name, path in content)
            manifest = Manifest(told.made_at, told.made_by, told.revision, told.rows, entries)
            plain = _json(manifest)
            out.writestr(_info(MANIFEST, made[0]), plain)
            out.comment = hashlib.sha256(plain).hexdigest().encode()
        durable.put(unfinished, target)
    except OSError as problem:
        raise StoreError("backup_not_written", file=target.name, problem=str(problem.strerror)) from problem
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def check(archive: Path) -> Manifest:
    """
    Read every byte of an archive and compare it with the manifest.

    Raises
    ------
    StoreError
        ``backup_missing``, ``backup_not_archive``, ``backup_damaged`` (with the part), ``backup_newer``.
    """
    with _opened(archive) as (source, manifest):
        for entry in manifest.files:
            _read(archive, source, entry, None)
    return manifest


def extract(archive: Path, folder: Path) -> Manifest:
    """
    Write the files of an archive under an empty folder, checking each again; `durable.put` brings them onto the disk.

    Raises
    ------
    StoreError
        As in `check`; ``backup_no_space``.
    """
    with _opened(archive) as (source, manifest):
        needed = sum(entry.bytes for entry in manifest.files)
        if needed > shutil.disk_usage(folder).free:
            raise StoreError("backup_no_space", file=archive.name, bytes=needed)
        for entry in manifest.files:
            path = folder / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                _read(archive, source, entry, out)
    return manifest


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Archive whose list of files is the manifest's."""
    if not archive.is_file():
        raise StoreError("backup_missing", file=archive.name)
    try:
        with zipfile.ZipFile(archive) as source:
            manifest = _manifest(archive, source)
            yield source, manifest
    except zipfile.BadZipFile as problem:
        raise StoreError("backup_not_archive", file=archive.name) from problem
    except OSError as problem:
        raise StoreError("backup_not_written", file=archive.name, problem=str(problem.strerror)) from problem


def _manifest(archive: Path, source: zipfile.ZipFile) -> Manifest:
    try:
        if source.getinfo(MANIFEST).file_size > _MOST_MANIFEST_BYTES:
            raise _damaged(archive, MANIFEST)
        plain = source.read(MANIFEST)
        raw: dict[str, Any] = json.loads(plain)
        found = raw.pop("format")
        if source.comment.decode("ascii") != hashlib.sha256(plain).hexdigest():
            raise _damaged(archive, MANIFEST)
        if found != FORMAT:
            raise StoreError("backup_newer", file=archive.name, found=found, known=FORMAT)
        manifest = Manifest(**(raw | {"files": tuple(Entry(**entry) for entry in raw["files"])}))
        sizes = {info.filename: info.file_size for info in source.infolist()}
    except _BROKEN as problem:
        raise _damaged(archive, MANIFEST) from problem
    told = {entry.path: entry.bytes for entry in manifest.files}
    alike = sizes.pop(MANIFEST) and sizes == told and len(source.infolist()) == len(manifest.files) + 1
    odd = [path for path in told if not _inside(path)]
    if not alike or odd:
        raise _damaged(archive, odd[0] if odd else MANIFEST)
    return manifest


def _packed(out: zipfile.ZipFile, name: str, path: Path, at: datetime) -> Entry:
    if not _inside(name):
        raise StoreError("backup_name", file=name)
    digest, size = hashlib.sha256(), 0
    try:
        source = path.open("rb")
    except FileNotFoundError as problem:
        raise StoreError("backup_file_missing", file=name) from problem
    with source, out.open(_info(name, at), "w", force_zip64=True) as part:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            part.write(piece)
    return Entry(name, size, digest.hexdigest())


def _read(archive: Path, source: zipfile.ZipFile, entry: Entry, out: IO[bytes] | None) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with source.open(entry.path) as part:
            while size <= entry.bytes and (piece := part.read(_PIECE)):
                digest.update(piece)
                size += len(piece)
                if out is not None:
                    out.write(piece)
    except _BROKEN as problem:
        raise _damaged(archive, entry.path) from problem
    if (size, digest.hexdigest()) != (entry.bytes, entry.sha256):
        raise _damaged(archive, entry.path)


def _inside(name: str) -> bool:
    """Whether a path stays inside the folder it is put under, on every system."""
    path = PurePosixPath(name)
    parts_fit = all(part not in {"..", "."} and part.isprintable() for part in path.parts)
    return (
        bool(path.parts) and str(path) == name and not path.is_absolute() and parts_fit and not set(name) & set("\\:")
    )


def _info(name: str, at: datetime) -> zipfile.ZipInfo:
    moment = (max(at.year, _OLDEST_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    info = zipfile.ZipInfo(name, moment)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _json(manifest: Manifest) -> bytes:
    return json.dumps({"format": FORMAT} | asdict(manifest), ensure_ascii=False, indent=1).encode()


def _damaged(archive: Path, part: str) -> StoreError:
    return StoreError("backup_damaged", file=archive.name, part=part)
