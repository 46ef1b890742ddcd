"""
Copy the browser assets of the app from an npm tree into ``static/vendor`` and write ``manifest.json``.

Run it outside the project, then commit what it wrote::

    mkdir /tmp/npm && cd /tmp/npm && npm init -y
    npm i --ignore-scripts leaflet@1.9.4 @geoman-io/leaflet-geoman-free@2.20.2 leaflet.vectorgrid@1.3.0 \
        @expo-google-fonts/noto-sans-sc@0.4.3
    apt-get install unicode-data && pip install brotli fonttools
    python tools/vendor_assets.py /tmp/npm/node_modules static/vendor

The fonts are cut to the characters of ``make_fonts.py``. The app itself never downloads anything: these files are all
it shows in a browser.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont
from make_fonts import LICENCE, PACKAGE, UNIHAN, characters, cut


@dataclass(frozen=True)
class Package:
    """
    One npm package: the files taken (source -> name in our folder) and its licence text.

    ``licence``: of the files taken, "" = that of the package.
    """

    npm: str
    folder: str
    files: dict[str, str]
    licence_file: str | None
    licence: str = ""


PACKAGES: Final = (
    Package(
        "leaflet",
        "leaflet",
        {
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            "dist/images/layers.png": "images/layers.png",
            "dist/images/layers-2x.png": "images/layers-2x.png",
            "dist/images/marker-icon.png": "images/marker-icon.png",
        },
        "LICENSE",
    ),
    Package(
        "@geoman-io/leaflet-geoman-free",
        "geoman",
        {"dist/leaflet-geoman.min.js": "leaflet-geoman.min.js", "dist/leaflet-geoman.css": "leaflet-geoman.css"},
        "LICENSE",
    ),
    Package(
        "leaflet.vectorgrid",
        "vectorgrid",
        {"dist/Leaflet.VectorGrid.bundled.min.js": "leaflet-vectorgrid.min.js"},
        None,
    ),
    Package(
        PACKAGE,
        "noto-sans-sc",
        {
            "400Regular/NotoSansSC_400Regular.ttf": "regular.woff2",
            "600SemiBold/NotoSansSC_600SemiBold.ttf": "semibold.woff2",
        },
        LICENCE,
        "OFL-1.1",
    ),
)

# The package carries its licence only as a name and a header comment.
BEERWARE: Final = (
    "Leaflet.VectorGrid is distributed under the Beerware licence, revision 42, as its package.json states.\n"
    "Authors: Iván Sánchez Ortega, Per Liedman. The notices inside the file are kept.\n"
)

# URLs of folium's default scripts and styles that the standalone map keeps; all its others are dropped.
FOLIUM_URLS: Final = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "leaflet/leaflet.css",
}

_ABSOLUTE_URL = re.compile(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)")
_SOURCE_MAP = re.compile(rb"\n?(?://# |/\*# )sourceMappingURL=[^\n]*")


def copy_package(package: Package, node_modules: Path, target: Path, kept: str) -> dict[str, object]:
    """Copy one package, without absolute ``url()`` and source-map links, fonts cut; its manifest entry."""
    source = node_modules / package.npm
    about = json.loads((source / "package.json").read_text("utf-8"))
    hashes: dict[str, str] = {}
    shown: dict[str, str] = {}
    for inside, name in package.files.items():
        out = target / package.folder / name
        out.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".woff2"):
            cut(source / inside, out, kept, "woff2")
            signs = "".join(map(chr, sorted(TTFont(out).getBestCmap())))
            shown[f"{package.folder}/{name}"] = hashlib.sha256(signs.encode()).hexdigest()
        data = (out if name.endswith(".woff2") else source / inside).read_bytes()
        if name.endswith(".css"):
            data = _ABSOLUTE_URL.sub("url(data:,)", data.decode("utf-8")).encode("utf-8")
        if name.endswith((".css", ".js")):
            data = _SOURCE_MAP.sub(b"", data)
        out.write_bytes(data)
        hashes[f"{package.folder}/{name}"] = hashlib.sha256(data).hexdigest()
    licence = target / package.folder / "LICENSE"
    if package.licence_file is None:
        licence.write_text(BEERWARE, "utf-8")
    else:
        shutil.copy(source / package.licence_file, licence)
    told = package.licence or about["license"]
    entry = {"npm": package.npm, "version": about["version"], "licence": told, "sha256": hashes}
    return entry | ({"characters_sha256": shown} if shown else {})


def main() -> None:
    """Copy every package and write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("node_modules", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--unihan", type=Path, default=UNIHAN)
    asked = parser.parse_args()
    kept = characters(asked.unihan)
    packages = [copy_package(package, asked.node_modules, asked.target, kept) for package in PACKAGES]
    manifest = {"packages": packages, "urls": FOLIUM_URLS}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    (asked.target / "manifest.json").write_text(text + "\n", "utf-8")
    size = sum(file.stat().st_size for file in asked.target.rglob("*") if file.is_file())
    print(f"{len(packages)} packages, {size / 1e6:.2f} MB in {asked.target}")


if __name__ == "__main__":
    main()
