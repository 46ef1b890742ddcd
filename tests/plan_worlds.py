"""A small town with two campuses as stored tables, assessed: what plans are scored on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import shapely
from siting_worlds import FAMILIES, ON, home
from worlds import device, road, table

from gislib import rules
from gislib.assessment import Claims, Request, assess_risk, prepare
from gislib.geo.crs import require_metric, to_wgs84
from gislib.siting.candidates import find_candidates
from gislib.siting.sites import Situation

RS = rules.load()
REQUEST = Request(ON, draws=2)
CLAIMS = Claims(FAMILIES, dict.fromkeys(FAMILIES))
KNOWN = {"maxspeed_kmh": 40.0, "lanes": 2.0, "bridge": False, "tunnel": False, "bus_route": False, "sidewalk": "both"}


@dataclass(frozen=True)
class Town:
    """Stored tables, the situation assessed from them, and its candidates."""

    tables: Mapping[str, gpd.GeoDataFrame]
    now: Situation
    candidates: gpd.GeoDataFrame

    def rows(self, *treatments: str) -> gpd.GeoDataFrame:
        """First candidate of each treatment."""
        own = self.candidates
        return own.loc[[own[own["treatment_id"] == name].index[0] for name in treatments]]


def campus(name: str, x: float, y: float) -> tuple[dict[str, object], dict[str, object]]:
    """A campus of 40 m north of its gate."""
    school = {"id": name, "name": name, "kind": "primary", "pupils": 600.0,
              "geometry": shapely.box(x - 20, y, x + 20, y + 40)}  # fmt: skip
    gate = {"id": f"g-{name}", "school_id": name, "role": "student", "counts_for_measuring": True, "inferred": False,
            "geometry": (x, y)}  # fmt: skip
    return school, gate


def streets(main: str = "tertiary", side: str = "residential") -> list[dict[str, object]]:
    """Main street along y = 0, a second one along y = 401, and three that join them; no two ways are equally long."""
    return [
        road(main, [(0, 0), (211, 0), (503, 3), (797, 0), (1301, 0)], id="r1", **KNOWN),
        road(side, [(0, 401), (211, 401), (797, 401), (1301, 401)], id="r2", **KNOWN),
        road(side, [(211, 0), (211, 401)], id="r3", **KNOWN),
        road(side, [(503, 3), (509, 187), (503, 401)], id="r4", **KNOWN),
        road(main, [(797, 0), (797, 401)], id="r5", **KNOWN),
    ]


def town(roads: list[dict[str, object]] | None = None, **layers: list[dict[str, object]]) -> Town:
    """Two campuses, north of the main street and north of the second one."""
    places = [campus("s1", 450, 13), campus("s2", 641, 414)]
    layers.setdefault("buildings", [home(57, 31), home(331, 371), home(613, -37), home(1153, 23), home(823, 233)])
    layers.setdefault(
        "devices", [device("crossing", (541, 2.6), marked=True), device("crossing", (131, 0), marked=True)]
    )
    names = ("areas", "devices", "water", "buildings", "rentals", "population", "venues", "incidents")
    drawn = {name: table(name, layers.get(name, [])) for name in names}
    drawn |= {"roads": table("roads", roads or streets())}
    drawn |= {"schools": table("schools", [s for s, _ in places]), "gates": table("gates", [g for _, g in places])}
    return assessed({name: to_wgs84(own) for name, own in drawn.items()})


def assessed(tables: Mapping[str, gpd.GeoDataFrame]) -> Town:
    """Tables with the situation assessed from them."""
    basis = prepare(tables, RS, ON)
    risk = assess_risk(basis, CLAIMS, RS, REQUEST)
    now = Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk)
    return Town(tables, now, find_candidates(now, RS, ON))


def shift(own: Town) -> tuple[float, float]:
    """What the working CRS of the stored tables adds to drawn coordinates."""
    assert require_metric(own.now.ground.tables["schools"])
    gate = own.now.ground.tables["gates"].geometry["g-s1"]
    return gate.x - 450.0, gate.y - 13.0
