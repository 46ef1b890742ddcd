"""Where treatments of each sort of place are tried: steps of a street, stretches, crossings, gates, zones, banks."""

from __future__ import annotations

from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gislib.domain.arrays import Floats, Shapes
from gislib.exposure.flows import PIECE_M
from gislib.exposure.water import BANK_STEP_M, bank_accesses
from gislib.risk.family import CROSSING
from gislib.rules import RuleSet
from gislib.siting.places import Elevation, Surroundings, nearest_road, places_on_roads
from gislib.siting.sites import Situation, hazard_places, site_ids, zone_campus
from gislib.siting.treatments import QUANTITIES

FIXED_QUANTITIES: Final = {"one": 1.0, "both_sides_50_m": 100.0, "both_sides_30_m": 60.0}
"""Quantities that do not depend on the place: a set, or metres on both sides of a gate."""
ONE_ENTRY_M: Final = 30.0
"""Outer ends of zone streets nearer than this to each other are one entry: the two kerbs of a street."""
STREET_PLACES: Final = ("street", "stretch", "crossing", "gate")
_HALF_TURN: Final = 180.0
_FULL_TURN: Final = 360.0
_ON_LINE_M: Final = 0.5


def positions(
    now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date], elevation: Elevation | None
) -> gpd.GeoDataFrame:
    """
    Every place with the facts that rules ask for.

    Parameters
    ----------
    now, table
        Today, and its `sites.site_terms`.
    rules
        Rules and the day they are in force.
    elevation
        See `places.Elevation`.

    Returns
    -------
    GeoDataFrame
        ``place`` (of `treatments.PLACES`), ``site_id, segment_id, chainage_m, side, approach_bearing_deg, school_id,
        hazard_id`` (of a crossing place), ``label`` (tells places of one segment apart), ``marked``, a
        ``quantity_*`` column for each of `treatments.QUANTITIES`, ``fenced``, ``kit``, ``cameras``, ``anti_ram``,
        ``zone_limited`` and the facts of `places.places_on_roads`, missing where they mean nothing.
    """
    parts = [
        _on_streets(now, table, rules, elevation),
        _zones(now, table, rules),
        _banks(now, table, rules),
        _campuses(now, table),
    ]
    crs = now.ground.tables["schools"].crs
    merged = pd.concat([_full(part) for part in parts], ignore_index=True)
    return gpd.GeoDataFrame(merged, geometry="geometry", crs=crs)


def _full(part: pd.DataFrame) -> pd.DataFrame:
    """All columns, with the types they keep when parts are put together."""
    objects = ["place", "site_id", "segment_id", "side", "school_id", "hazard_id", "label", "road_class", "road_group",
               "sidewalk", "geometry"]  # fmt: skip
    flags = ["fenced", "kit", "cameras", "anti_ram", "zone_limited", "bridge", "tunnel", "bus_route", "lit", "marked",
             "fire_gate_known"]  # fmt: skip
    numbers = ["chainage_m", "approach_bearing_deg", "maxspeed_kmh", "lanes", "radius_m", "slope", "junction_m",
               "fire_gate_m", "vehicle_gate_m", *(f"quantity_{name}" for name in QUANTITIES)]  # fmt: skip
    out = pd.DataFrame(part.reindex(columns=[*objects, *flags, *numbers]))
    for name, metres in FIXED_QUANTITIES.items():
        out[f"quantity_{name}"] = metres
    # Whether a crossing is marked is read off the walk graph, and where none is, there is none.
    out["marked"] = out["marked"].astype("boolean").fillna(value=False)
    out["fire_gate_known"] = out["fire_gate_known"].astype("boolean").fillna(value=False)
    return out.astype(
        dict.fromkeys(objects, "object") | dict.fromkeys(flags, "boolean") | dict.fromkeys(numbers, float)
    )


def _on_streets(
    now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date], elevation: Elevation | None
) -> pd.DataFrame:
    """Steps and middles of stretches, crossing places, and the street before each gate."""
    rs, on = rules
    stretches = _stretches(now, table, rules)
    spots = pd.concat(
        [
            _steps(stretches, rs.number("siting.candidate_step_m", on)),
            stretches.assign(place="stretch", chainage_m=(stretches["from_m"] + stretches["to_m"]) / 2),
            _crossings(now, table),
            _gates(now, table, rules),
        ],
        ignore_index=True,
    ).reindex(columns=["place", "road_id", "chainage_m", "hazard_id", "marked", "gate_xy", "school_id", "anti_ram"])
    road_id, chain = spots["road_id"].to_numpy(dtype=object), spots["chainage_m"].to_numpy(float)
    near = Surroundings(now.ground.tables["roads"], now.ground.tables["devices"], now.ground.tables["gates"], elevation)
    facts = places_on_roads(near, rs, road_id, chain)
    spots["site_id"] = site_ids(now, road_id, chain, rules)
    spots = spots[spots["site_id"].isin(stretches["site_id"])]
    facts = facts.loc[spots.index].drop(columns=["road_id", "chainage_m"])
    oneway = near.roads["oneway"].reindex(spots["road_id"]).to_numpy(dtype=object)
    side, bearing = _sides(spots, facts, oneway)
    return pd.DataFrame(facts).assign(
        place=spots["place"],
        chainage_m=spots["chainage_m"],
        hazard_id=spots["hazard_id"],
        marked=spots["marked"],
        site_id=spots["site_id"],
        anti_ram=spots["anti_ram"],
        segment_id=spots["road_id"],
        side=side,
        approach_bearing_deg=bearing,
        school_id=spots["school_id"].where(spots["school_id"].notna(), spots["site_id"].map(zone_campus(table))),
        label=np.round(spots["chainage_m"].to_numpy(float), 1).astype(str),
    )


def _stretches(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Street sites with load: road and the chainages between which they lie."""
    own = table[table["family"] == "traffic"].drop_duplicates("site_id").sort_values("site_id", ignore_index=True)
    roads = now.ground.tables["roads"]
    length = shapely.length(roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(own["road_id"]))])
    count = np.maximum(np.ceil(length / rules[0].number("siting.site_length_m", rules[1])), 1.0)
    number = own["site_id"].str.rsplit("#", n=1).str[1].astype(float).to_numpy()
    blank = pd.Series(None, index=own.index, dtype="object")
    return pd.DataFrame(
        {
            "site_id": own["site_id"], "road_id": own["road_id"], "from_m": length * number / count,
            "to_m": length * (number + 1) / count, "hazard_id": blank, "gate_xy": blank, "marked": False,
        }
    )  # fmt: skip


def _steps(stretches: pd.DataFrame, step_m: float) -> pd.DataFrame:
    """Places every few metres of each stretch, evenly, none on its ends."""
    length = stretches["to_m"].to_numpy(float) - stretches["from_m"].to_numpy(float)
    count = np.maximum(np.round(length / step_m).astype(np.int64), 1)
    row = np.repeat(np.arange(len(stretches)), count)
    share = np.concatenate([(np.arange(n) + 0.5) / n for n in count]) if len(count) else np.zeros(0)
    out = stretches.iloc[row].reset_index(drop=True)
    return out.assign(place="street", chainage_m=out["from_m"] + share * (out["to_m"] - out["from_m"]))


def _crossings(now: Situation, table: pd.DataFrame) -> pd.DataFrame:
    """Every crossing place with load."""
    own = table[table["part"] == CROSSING].drop_duplicates("hazard_id").sort_values("hazard_id", ignore_index=True)
    facts = now.hazards.tables["traffic"].drop_duplicates("hazard_id").set_index("hazard_id")["marked"]
    marked = facts.reindex(own["hazard_id"]).astype("boolean").fillna(value=False).to_numpy(bool)
    blank = pd.Series(None, index=own.index, dtype="object")
    spots = hazard_places(now, own["hazard_id"])
    return spots.assign(place="crossing", hazard_id=own["hazard_id"], marked=marked, gate_xy=blank)


def _gates(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Foot on the nearest street of every gate of campuses with traffic load, fire gates left out."""
    rs, on = rules
    gates = now.ground.tables["gates"]
    campuses = table.loc[table["family"] == "traffic", "school_id"].unique()
    own = gates[(gates["role"] != "fire").to_numpy(bool) & gates["school_id"].isin(campuses).to_numpy(bool)]
    streets = frozenset(
        name for name, kind in rs.kinds("road").items() if kind.group in {"arterial", "collector", "local"}
    )
    near = Surroundings(now.ground.tables["roads"], now.ground.tables["devices"], gates)
    spots = own.geometry.to_numpy()
    road_id, chain = nearest_road(near, spots, streets, rs.number("network.snap_limit_m", on))
    out = pd.DataFrame({"road_id": road_id, "chainage_m": chain, "gate_xy": list(shapely.get_coordinates(spots))})
    anti_ram = now.ground.tables["schools"]["anti_ram"].reindex(own["school_id"]).to_numpy(dtype=object)
    out = out.assign(
        place="gate", hazard_id=None, marked=False, school_id=own["school_id"].to_numpy(dtype=object), anti_ram=anti_ram
    )
    return out[pd.notna(out["road_id"]).to_numpy(bool)]


def _sides(spots: pd.DataFrame, facts: gpd.GeoDataFrame, oneway: Shapes) -> tuple[Shapes, Floats]:
    """
    Side seen along traffic and the bearing of that traffic.

    Devices across the street are on both sides. One that stands beside it is on the right of traffic, which keeps to
    the right; on a one-way street it may be on the left.
    """
    bearing = facts["bearing_deg"].to_numpy(float)
    bearing = np.where(oneway == "-1", (bearing + _HALF_TURN) % _FULL_TURN, bearing)
    side = np.where(spots["place"].isin(["street", "crossing"]), "both", "right").astype(object)
    at_gate = np.flatnonzero((spots["place"] == "gate").to_numpy(bool))
    if len(at_gate):
        gate = np.array(spots["gate_xy"].iloc[at_gate].tolist(), float)
        step = gate - shapely.get_coordinates(facts.geometry.to_numpy()[at_gate])
        ahead = np.radians(bearing[at_gate])
        left = np.sin(ahead) * step[:, 1] - np.cos(ahead) * step[:, 0] > 0
        single = np.isin(oneway[at_gate].astype(str), ["yes", "-1"])
        side[at_gate] = np.where(left & single, "left", "right")
        bearing[at_gate] = np.where(left & ~single, (bearing[at_gate] + _HALF_TURN) % _FULL_TURN, bearing[at_gate])
    return side, bearing


def _zones(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """School road zone of every campus with traffic load, at its first gate."""
    rs, on = rules
    own = now.hazards.tables["traffic"]
    zone_m = rs.number("zone.school_road_m", on)
    limit = rs.number("siting.already_limited", on)
    gates = now.ground.tables["gates"].sort_index().drop_duplicates("school_id").set_index("school_id")
    rows = []
    for school_id in sorted(table.loc[table["family"] == "traffic", "school_id"].unique()):
        mine = own[(own["school_id"] == school_id).to_numpy(bool)]
        outer = mine.loc[(mine["distance_m"] > zone_m - PIECE_M).to_numpy(bool), "hazard_id"]
        speed = mine["maxspeed_kmh"]
        faster = bool((speed > limit).any())
        rows.append(
            {
                "place": "zone", "site_id": None, "segment_id": school_id, "school_id": school_id, "side": "both",
                "label": "zone", "geometry": gates.geometry[school_id], "quantity_entries": _entries(now, outer),
                "zone_limited": False if faster else pd.NA if speed.isna().any() else True,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["place", "site_id", "segment_id", "school_id", "side", "label", "geometry",
                                       "quantity_entries", "zone_limited"])  # fmt: skip


def _entries(now: Situation, outer: pd.Series) -> float:
    """Number of entries of a zone: groups of street pieces at its outer end; at least one."""
    if outer.empty:
        return 1.0
    lines = now.hazards.traffic_lines
    xy = shapely.get_coordinates(shapely.centroid(lines.geometry.to_numpy()[lines.index.isin(outer)]))
    pairs = cKDTree(xy).query_pairs(ONE_ENTRY_M, output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    return float(connected_components(links, directed=False)[0])


def _banks(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Every water with load, at the accessible bank nearest to a campus; lengths over all its accessible banks."""
    rs, on = rules
    water = now.ground.tables["water"]
    mine = table[table["family"] == "water"]
    ranked = mine.sort_values(["hazard_id", "load", "school_id"], ascending=[True, False, True])
    campus = ranked.drop_duplicates("hazard_id").set_index("hazard_id")["school_id"]
    nearest = now.hazards.tables["water"].sort_values(["hazard_id", "distance_m", "school_id"])
    nearest = nearest.drop_duplicates("hazard_id").set_index("hazard_id").reindex(campus.index)
    banks = bank_accesses(now.ground, rs.number("risk.bank_gap_max_m", on))
    cells = banks.assign(cx=(banks["x"] // BANK_STEP_M), cy=(banks["y"] // BANK_STEP_M))
    metres = cells.drop_duplicates(["water", "cx", "cy"]).groupby("water").size() * BANK_STEP_M
    row = water.index.get_indexer(campus.index)
    length = metres.reindex(row).to_numpy(float)
    return pd.DataFrame(
        {
            "place": "bank", "site_id": campus.index, "segment_id": campus.index, "school_id": campus.to_numpy(),
            "side": "both", "label": "bank", "quantity_bank_length": length,
            "quantity_accesses": np.ceil(length / rs.number("water.sign_spacing", on)),
            "fenced": water["fenced"].iloc[row].to_numpy(), "kit": water["kit"].iloc[row].to_numpy(),
            "geometry": shapely.points(nearest[["x", "y"]].to_numpy(float)) if len(campus) else np.zeros(0, object),
        }
    )  # fmt: skip


def _campuses(now: Situation, table: pd.DataFrame) -> pd.DataFrame:
    """Every campus with load of venues or rentals, at its first gate."""
    gates = now.ground.tables["gates"].sort_index()
    campuses = sorted(table.loc[table["family"].isin(["venues", "rentals"]), "school_id"].unique())
    counts = gates[(gates["role"] != "fire").to_numpy(bool)].groupby("school_id").size()
    first = gates.drop_duplicates("school_id").set_index("school_id").geometry.reindex(campuses)
    return pd.DataFrame(
        {
            "place": "campus", "site_id": campuses, "segment_id": campuses, "school_id": campuses, "side": "both",
            "label": "campus", "quantity_gates": counts.reindex(campuses).fillna(1.0).to_numpy(float),
            "cameras": now.ground.tables["schools"]["cameras"].reindex(campuses).to_numpy(dtype=object),
            "geometry": list(first),
        }
    )  # fmt: skip
