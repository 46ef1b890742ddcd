"""
Write the fictional county 澜桥县 to ``data/demo`` (or to ``--out``), byte for byte the same on every run.

The files are those a planner would import; ``planted.json`` holds the cases whose answers are known by construction.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from demo import county as drawn
from demo import elements, incidents, rasters, readme, tables, venues

DEFAULT = Path(__file__).resolve().parents[1] / "data" / "demo"


def write(folder: Path) -> None:
    """Build the county and write every file into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    county = drawn.build()
    elements.collected(county).write(folder / "town.osm.pbf")
    shops = venues.venues(county)
    lets = venues.rentals(county)
    tables.write_areas(folder / "areas.geojson", county)
    tables.write_schools(folder / "schools.geojson", county)
    tables.write_gates(folder / "gates.csv", county.campuses)
    tables.write_venues(folder / "venues.csv", county, shops)
    tables.write_rentals(folder / "rentals.csv", county, lets)
    tables.write_incidents(folder / "incidents.csv", incidents.incidents(county, shops, lets))
    tables.write_water(folder / "water.csv", county, county.tanks)
    tables.write_planted(folder / "planted.json")
    rasters.write(folder / "dem.tif", *rasters.heights(county), "高程")
    rasters.write(folder / "population.tif", *rasters.population(county), "人口")
    (folder / "README.md").write_text(readme.text(), encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT, help="folder to write to")
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
