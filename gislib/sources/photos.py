"""Photos from phones: checked before they are unpacked, made small, without anything but the picture."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from gislib.domain.errors import InputError
from gislib.sources.limits import MIB

MAX_BYTES: Final = 20 * MIB
MAX_PIXELS: Final = 40_000_000
"""A picture of so many takes 120 MB when it is unpacked; a decompression bomb has hundreds of millions."""
MAX_SIDE_PX: Final = 1600
TARGET_BYTES: Final = 400 * 1024
_QUALITIES: Final = (85, 75, 65, 55, 45)
_SHRINK: Final = 0.75
_LEAST_SIDE_PX: Final = 64
FORMATS: Final = ("JPEG", "PNG", "WEBP")
_EXIF_DAY: Final = "%Y:%m:%d"
_EARTH: Final = (180.0, 90.0)


@dataclass(frozen=True)
class Photo:
    """
    A picture as JPEG without metadata, and what its metadata said.

    ``taken_on``: the camera's own day; ``lon``, ``lat``: WGS 84. None = not said or not believable.
    """

    content: bytes
    width: int
    height: int
    taken_on: date | None
    lon: float | None
    lat: float | None


def read_photo(content: bytes, name: str) -> Photo:
    """
    Check and re-encode a photo.

    Parameters
    ----------
    content, name
        Bytes of the file, and what the user called it.

    Raises
    ------
    InputError
        ``photo_too_large`` (bytes), ``photo_not_picture``, ``photo_too_many_pixels``, ``photo_bomb`` (so many
        that they are not counted), ``photo_broken``.
    """
    if len(content) > MAX_BYTES:
        raise InputError("photo_too_large", file=name, size_mb=len(content) // MIB, max_mb=MAX_BYTES // MIB)
    picture = _opened(content, name)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise InputError("photo_too_many_pixels", file=name, width=width, height=height, most=MAX_PIXELS)
    exif = picture.getexif()
    small, encoded = _encoded(_small(picture, name))
    lon, lat = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return Photo(encoded, small.width, small.height, _day(exif), lon, lat)


def _small(picture: Image.Image, name: str) -> Image.Image:
    """The picture upright and small; made small first, in place, so that no second copy of the large one is needed."""
    side = (MAX_SIDE_PX, MAX_SIDE_PX)
    try:
        picture.draft("RGB", side)
        if picture.mode not in ("RGB", "L", "CMYK"):
            picture = picture.convert("RGB")
        picture.thumbnail(side)
        return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, ValueError) as problem:
        raise InputError("photo_broken", file=name) from problem


def _opened(content: bytes, name: str) -> Image.Image:
    """The picture, its head read only; Pillow warns of bombs, which is for us to judge by the size it tells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError as problem:
            raise InputError("photo_bomb", file=name, most=MAX_PIXELS) from problem
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
            raise InputError("photo_not_picture", file=name, known=", ".join(FORMATS)) from problem


def _encoded(picture: Image.Image) -> tuple[Image.Image, bytes]:
    """Best quality, then largest size, that fits into `TARGET_BYTES`."""
    while True:
        for quality in _QUALITIES:
            memory = io.BytesIO()
            picture.save(memory, "JPEG", quality=quality, optimize=True)
            if memory.tell() <= TARGET_BYTES:
                return picture, memory.getvalue()
        if min(picture.size) * _SHRINK < _LEAST_SIDE_PX:
            return picture, memory.getvalue()
        picture = picture.resize((round(picture.width * _SHRINK), round(picture.height * _SHRINK)))


def _day(exif: Image.Exif) -> date | None:
    """Day on which the camera says it was taken."""
    original = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    told = original or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.strptime(str(told)[:10], _EXIF_DAY).date()  # noqa: DTZ007 - a camera's local day has no zone
    except ValueError:
        return None


def _position(gps: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Longitude and latitude of the GPS block, both or none."""
    tags = ExifTags.GPS
    lon = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W")
    lat = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S")
    nowhere = lon is None or lat is None or (lon == 0 and lat == 0)
    if nowhere or any(abs(at or 0.0) > most for at, most in zip((lon, lat), _EARTH, strict=True)):
        return None, None
    return lon, lat


def _degrees(parts: object, side: object, negative: str) -> float | None:
    """Degrees, minutes and seconds as degrees."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return (-value if str(side).strip("\0 ") == negative else value) if math.isfinite(value) else None
