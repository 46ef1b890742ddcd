"""Writing without half-done states: a lock for one writer, folders that appear whole, left-overs swept away."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gislib.domain import durable

_LOCK: Final = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the write lock of an existing folder; waits while another process holds it."""
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def was_locked(folder: Path) -> bool:
    """Whether somebody ever held the write lock of a folder: what is in it was written by us."""
    return (folder / _LOCK).is_file()


def clear(folder: Path) -> None:
    """Empty a folder whose write lock is held (left by a killed first import)."""
    for path in list(folder.iterdir()):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


@contextmanager
def staged(home: Path, final_name: str) -> Iterator[Path]:
    """Folder in ``home`` that gets its final name only when the body succeeds, and vanishes when it fails."""
    home.mkdir(exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=home, prefix=".new-"))
    try:
        yield stage
        durable.put(stage, home / final_name)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        if not any(home.iterdir()):
            home.rmdir()
        raise


def sweep(home: Path, kept: Container[str]) -> None:
    """Remove the folders of ``home`` that are not to be kept (left by a killed import)."""
    for folder in list(home.iterdir()) if home.is_dir() else []:
        if folder.name not in kept:
            shutil.rmtree(folder)
