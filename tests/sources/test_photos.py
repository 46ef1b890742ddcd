"""Photos: bounded, re-encoded without metadata, position and day offered."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date

import numpy as np
import pytest
from PIL import ExifTags, Image

from gislib import wording
from gislib.domain.errors import InputError
from gislib.sources.photos import MAX_BYTES, TARGET_BYTES, read_photo


def jpeg(size=(400, 300), exif=None, *, noise=False, **options):
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    picture = Image.fromarray(pixels) if noise else Image.new("RGB", size, (200, 30, 30))
    memory = io.BytesIO()
    extra = {"exif": exif} if exif is not None else {}
    picture.save(memory, "JPEG", **extra, **options)
    return memory.getvalue()


def exif_of(lon=(105.0, 11.0, 30.0), lat=(25.0, 13.0, 48.0), sides=("E", "N")):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "PhoneMaker"
    exif[ExifTags.Base.DateTime] = "2026:11:15 08:12:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] = lon, sides[0]
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] = lat, sides[1]
    return exif


def test_metadata_are_told_and_gone():
    photo = read_photo(jpeg(exif=exif_of()), "a.jpg")
    assert (photo.lon, photo.lat) == pytest.approx((105 + 11 / 60 + 30 / 3600, 25 + 13 / 60 + 48 / 3600))
    assert photo.taken_on == date(2026, 11, 15)
    again = Image.open(io.BytesIO(photo.content))
    assert (again.format, again.size, dict(again.getexif())) == ("JPEG", (400, 300), {})
    assert b"PhoneMaker" not in photo.content


@pytest.mark.parametrize(
    ("lon", "lat", "sides", "expected"),
    [
        ((10.0, 30.0, 0.0), (20.0, 0.0, 0.0), ("W", "S"), (-10.5, -20.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), ("E", "N"), (None, None)),
        ((200.0, 0.0, 0.0), (20.0, 0.0, 0.0), ("E", "N"), (None, None)),
        ((10.0, 0.0), (20.0, 0.0, 0.0), ("E", "N"), (None, None)),
    ],
)
def test_positions(lon, lat, sides, expected):
    photo = read_photo(jpeg(exif=exif_of(lon, lat, sides)), "a.jpg")
    assert (photo.lon, photo.lat) == expected


def test_turned_photos_stand_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    assert (read_photo(jpeg((400, 300), exif), "a.jpg").width, 300) == (300, 300)


def test_a_large_photo_becomes_small():
    photo = read_photo(jpeg((4000, 3000), noise=True, quality=60), "a.jpg")
    assert len(photo.content) <= TARGET_BYTES
    assert max(photo.width, photo.height) <= 1600
    assert photo.width / photo.height == pytest.approx(4 / 3, abs=0.01)


def test_transparent_and_grey_pictures():
    for mode, form in (("RGBA", "PNG"), ("L", "PNG"), ("P", "PNG"), ("RGB", "WEBP")):
        memory = io.BytesIO()
        Image.new(mode, (30, 20)).save(memory, form)
        assert read_photo(memory.getvalue(), "a").width == 30


def bomb():
    """A PNG whose head says 30,000 x 30,000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\0" * (50 * 2**20), "photo_too_large"),
        (b"\0" * (MAX_BYTES + 1), "photo_too_large"),
        (b"", "photo_not_picture"),
        (b"not a picture", "photo_not_picture"),
        (b"GIF89a" + b"\0" * 50, "photo_not_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_picture"),
        (jpeg(noise=True)[:20_000], "photo_broken"),
        (bomb(), "photo_bomb"),
    ],
    ids=["50 MB", "one byte more", "empty", "text", "gif", "svg", "cut off", "bomb"],
)
def test_what_is_no_photo_is_refused_in_one_line(content, code):
    with pytest.raises(InputError, match=code) as problem:
        read_photo(content, "bad.jpg")
    assert problem.value.values["file"] == "bad.jpg"


@pytest.mark.parametrize("size", [(8000, 5001), (10_000, 10_000)])
def test_more_than_forty_million_pixels_are_refused_before_they_are_unpacked(size):
    memory = io.BytesIO()
    Image.new("1", size).save(memory, "PNG")
    with pytest.raises(InputError, match="photo_too_many_pixels") as caught:
        read_photo(memory.getvalue(), "large.png")
    assert f"{size[0]} × {size[1]}" in wording.error(caught.value)


def test_a_bomb_whose_size_nobody_counts_is_refused_without_a_size():
    with pytest.raises(InputError, match="photo_bomb") as caught:
        read_photo(bomb(), "large.png")
    assert "×" not in wording.error(caught.value)
