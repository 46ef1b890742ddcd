"""What must be known of an OSM file before it is read: that it is one, its hash, and the day its data describe."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import re
from pathlib import Path
from typing import Final

from gislib.domain.errors import InputError

SUFFIXES: Final = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
_HEAD_BYTES: Final = 65536
_HTML_BYTES: Final = 1024
_DATE: Final = re.compile(rb'(?:osm_base|timestamp_osm_base)\s*=?\s*"(\d{4}-\d{2}-\d{2})')
_HTML: Final = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_ROOT: Final = re.compile(rb"<osm[\s>]")
_CHANGE: Final = re.compile(rb"<osmChange[\s>]")


def check_osm_file(path: Path) -> bytes:
    """
    Refuse what is plainly no OSM file; return its first bytes, unpacked (empty for .pbf).

    Raises
    ------
    InputError
        ``osm_missing``, ``osm_suffix``, ``osm_empty``, ``osm_html``, ``osm_truncated``, ``osm_change``, ``osm_no_osm``.
    """
    name = path.name
    if not path.is_file():
        raise InputError("osm_missing", file=name)
    if not name.lower().endswith(SUFFIXES):
        raise InputError("osm_suffix", file=name, known=" ".join(SUFFIXES))
    if path.stat().st_size == 0:
        raise InputError("osm_empty", file=name)
    head = _head(path)
    if not head.strip():
        raise InputError("osm_empty", file=name)
    if _HTML.search(head[:_HTML_BYTES]):
        raise InputError("osm_html", file=name)
    if name.lower().endswith(".pbf"):
        return b""
    if _CHANGE.search(head):
        raise InputError("osm_change", file=name)
    if not _ROOT.search(head):
        raise InputError("osm_no_osm", file=name)
    return head


def file_format(path: Path) -> str:
    """Return pyosmium's name of the format by the file's suffix, in any case (``A.OSM.GZ`` is ``osm.gz``)."""
    return max((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), key=len).removeprefix(".")


def _head(path: Path) -> bytes:
    """First bytes of the text, unpacked by the file's suffix."""
    name = path.name.lower()
    try:
        if name.endswith(".gz"):
            with gzip.open(path) as packed:
                return packed.read(_HEAD_BYTES)
        if name.endswith(".bz2"):
            with bz2.open(path) as packed:
                return packed.read(_HEAD_BYTES)
        with path.open("rb") as plain:
            return plain.read(_HEAD_BYTES)
    except EOFError as problem:
        raise InputError("osm_truncated", file=path.name) from problem
    except OSError as problem:
        raise InputError("osm_no_osm", file=path.name) from problem


def file_hash(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def base_date(head: bytes) -> str | None:
    """ISO date of the ``osm_base`` stamp that Overpass writes at the top; None without it."""
    match = _DATE.search(head)
    return match[1].decode() if match else None
