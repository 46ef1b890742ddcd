"""The browser assets are what the manifest says, name nothing outside, and stay small."""

from __future__ import annotations

import hashlib
import json
import re

from browser import ROOT
from fontTools.ttLib import TTFont

from gislib.reports.fonts import font_folder

VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


def test_every_file_is_the_one_that_was_vendored():
    named = {path: digest for package in MANIFEST["packages"] for path, digest in package["sha256"].items()}
    for path, digest in named.items():
        assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest, path
    present = {file.relative_to(VENDOR).as_posix() for file in VENDOR.rglob("*") if file.is_file()}
    assert present - set(named) == {"manifest.json", *(f"{p.split('/')[0]}/LICENSE" for p in named)}


def test_every_package_states_version_and_licence():
    for package in MANIFEST["packages"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["licence"]


def test_no_style_sheet_names_an_outside_address():
    for sheet in VENDOR.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", sheet.read_text("utf-8")), sheet.name


def test_assets_stay_below_four_megabytes_and_hold_no_link():
    files = list((ROOT / "static").rglob("*"))
    assert sum(file.stat().st_size for file in files if file.is_file()) < 4e6
    assert not any(file.is_symlink() for file in files)


def test_a_screen_shows_every_character_that_is_printed():
    """The tool that cut the fonts wrote down which characters they hold; theirs are compressed."""
    with TTFont(font_folder() / "NotoSansSC-Regular.ttf", lazy=True) as font:
        signs = sorted(font.getBestCmap())
    printed = hashlib.sha256("".join(map(chr, signs)).encode()).hexdigest()
    [fonts] = [package["characters_sha256"] for package in MANIFEST["packages"] if "characters_sha256" in package]
    assert fonts == dict.fromkeys(("noto-sans-sc/regular.woff2", "noto-sans-sc/semibold.woff2"), printed)
    assert ord("㵲") in signs
