"""Full rows of places: street spots, zones, waters and campuses with every fact that a siting rule may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gislib.compliance.streets import STREET_GROUPS
from gislib.domain.arrays import Floats, Shapes
from gislib.exposure.flows import PIECE_M
from gislib.exposure.ground import Ground
from gislib.exposure.water import BANK_STEP_M, bank_accesses
from gislib.rules import RuleSet
from gislib.siting.places import Surroundings, nearest_road, places_on_roads
from gislib.siting.rails import rail_lengths
from gislib.siting.sites import Situation, site_ids
from gislib.siting.treatments import QUANTITIES

STREET_COLUMNS: Final = (
    "place", "road_id", "chainage_m", "hazard_id", "marked", "gate_xy", "school_id", "anti_ram",
)  # fmt: skip
"""What `street_rows` is told of a spot; ``gate_xy`` is missing but at gates."""
_KEPT: Final = ("place", "hazard_id", "marked", "anti_ram", "school_id")
CHAINAGE_DECIMALS: Final = 6
"""Chainages that agree to a micrometre are one: a place has the same label whichever way it was found."""
_HALF_TURN: Final = 180.0
_FULL_TURN: Final = 360.0


def typed(part: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """All columns of a table of places, with the types they keep when tables are put together."""
    rs, on = rules
    objects = ["place", "site_id", "segment_id", "side", "school_id", "hazard_id", "label", "road_class", "road_group",
               "sidewalk", "geometry"]  # fmt: skip
    flags = ["fenced", "kit", "cameras", "anti_ram", "zone_limited", "bridge", "tunnel", "bus_route", "lit", "marked",
             "fire_gate_known"]  # fmt: skip
    numbers = ["chainage_m", "approach_bearing_deg", "maxspeed_kmh", "lanes", "radius_m", "slope", "junction_m",
               "fire_gate_m", "vehicle_gate_m", *(f"quantity_{name}" for name in QUANTITIES)]  # fmt: skip
    out = pd.DataFrame(part.reindex(columns=[*objects, *flags, *numbers]))
    out["quantity_one"] = 1.0
    out["quantity_no_parking_both_sides"] = 2.0 * rs.number("siting.no_parking_each_side_m", on)
    # Whether a crossing is marked is read off the walk graph, and where none is, there is none.
    out["marked"] = out["marked"].astype("boolean").fillna(value=False)
    out["fire_gate_known"] = out["fire_gate_known"].astype("boolean").fillna(value=False)
    texts = out[objects].astype("object")
    return out.assign(**texts.where(texts.notna(), None)).astype(
        dict.fromkeys(flags, "boolean") | dict.fromkeys(numbers, float)
    )


def street_classes(rs: RuleSet) -> frozenset[str]:
    """Road classes that vehicles drive on: nothing that slows or warns them stands elsewhere."""
    return frozenset(name for name, kind in rs.kinds("road").items() if kind.group in STREET_GROUPS)


def street_rows(
    now: Situation, spots: pd.DataFrame, near: Surroundings, rules: tuple[RuleSet, date]
) -> gpd.GeoDataFrame:
    """
    Rows of spots on streets.

    Parameters
    ----------
    now
        Today; its roads name the sites.
    spots
        Columns `STREET_COLUMNS`.
    near
        Roads, devices and gates around all spots, and the elevation.
    rules
        Rules and their day.
    """
    road_id = spots["road_id"].to_numpy(dtype=object)
    chain = np.round(spots["chainage_m"].to_numpy(float), CHAINAGE_DECIMALS)
    facts = places_on_roads(near, rules[0], road_id, chain)
    oneway = near.roads["oneway"].reindex(road_id).to_numpy(dtype=object)
    side, bearing = _sides(spots, facts, oneway)
    own = {name: spots[name].to_numpy(dtype=object) for name in _KEPT}
    gate = (spots["place"] == "gate").to_numpy(bool)
    rail = np.full(len(spots), np.nan)
    if gate.any():
        tables = {"roads": near.roads, "devices": near.devices, "gates": near.gates}
        rail[gate] = rail_lengths(tables, road_id[gate], chain[gate], rules)
    return facts.drop(columns=["road_id", "bearing_deg"]).assign(
        **own,
        site_id=site_ids(now, road_id, chain, rules),
        segment_id=road_id,
        side=side,
        approach_bearing_deg=bearing,
        label=np.round(chain, 1).astype(str),
        quantity_rail_both_sides=rail,
    )


def gate_feet(now: Situation, gates: gpd.GeoDataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Spots (`STREET_COLUMNS`) on the nearest street of each gate in snap reach; gates without one are left out."""
    rs, on = rules
    tables = now.ground.tables
    near = Surroundings(tables["roads"], tables["devices"], gates)
    points = gates.geometry.to_numpy()
    road_id, chain = nearest_road(near, points, street_classes(rs), rs.number("network.snap_limit_m", on))
    out = pd.DataFrame(
        {
            "place": "gate", "road_id": road_id, "chainage_m": chain, "hazard_id": None, "marked": False,
            "gate_xy": list(shapely.get_coordinates(points)), "school_id": gates["school_id"].to_numpy(dtype=object),
            "anti_ram": tables["schools"]["anti_ram"].reindex(gates["school_id"]).to_numpy(dtype=object),
        }
    )  # fmt: skip
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


def first_gates(now: Situation) -> gpd.GeoSeries:
    """First gate of every campus in the order of gate ids, by ``school_id``: where a zone or a campus is drawn."""
    gates = now.ground.tables["gates"].sort_index()
    spots: gpd.GeoSeries = gates.drop_duplicates("school_id").set_index("school_id").geometry
    return spots


def zone_rows(now: Situation, campuses: Sequence[str], rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """School road zone of each campus, at its first gate."""
    rs, on = rules
    own = now.hazards.tables["traffic"]
    limit = rs.number("siting.already_limited", on)
    spots = first_gates(now)
    rows = []
    for school_id in campuses:
        speed = own.loc[(own["school_id"] == school_id).to_numpy(bool), "maxspeed_kmh"]
        faster = bool((speed > limit).any())
        rows.append(
            {
                "place": "zone", "site_id": None, "segment_id": school_id, "school_id": school_id, "side": "both",
                "label": "zone", "geometry": spots[school_id],
                "quantity_entries": float(max(len(zone_entries(now, school_id, rules)), 1)),
                "zone_limited": False if faster else pd.NA if speed.empty or speed.isna().any() else True,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["place", "site_id", "segment_id", "school_id", "side", "label", "geometry",
                                       "quantity_entries", "zone_limited"])  # fmt: skip


def zone_entries(now: Situation, school_id: str, rules: tuple[RuleSet, date]) -> list[shapely.Point]:
    """Entries of a zone: groups of street pieces at its outer end, each as the middle of its first piece."""
    rs, on = rules
    own = now.hazards.tables["traffic"]
    outer_m = rs.number("zone.school_road_m", on) - PIECE_M
    mine = (own["school_id"] == school_id).to_numpy(bool) & (own["distance_m"] > outer_m).to_numpy(bool)
    lines = now.hazards.traffic_lines
    xy = shapely.get_coordinates(
        shapely.centroid(lines.geometry.to_numpy()[lines.index.isin(own.loc[mine, "hazard_id"])])
    )
    if not len(xy):
        return []
    pairs = cKDTree(xy).query_pairs(rs.number("siting.one_entry_m", on), output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    _, group = connected_components(links, directed=False)
    first = np.unique(group, return_index=True)[1]
    return [shapely.Point(xy[k]) for k in first.tolist()]


def bank_rows(ground: Ground, campus: pd.Series, xy: Floats, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """
    Waters at given positions; lengths are over all accessible banks of the water.

    ``campus``: campus that each water is done for, by water id; ``xy``: parallel positions.
    """
    rs, on = rules
    water = ground.tables["water"]
    banks = bank_accesses(ground, rs.number("risk.bank_gap_max_m", on))
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
            "geometry": shapely.points(xy) if len(campus) else np.zeros(0, object),
        }
    )  # fmt: skip


def campus_rows(now: Situation, campuses: Sequence[str]) -> pd.DataFrame:
    """Campuses at their first gate."""
    gates = now.ground.tables["gates"]
    counts = gates[(gates["role"] != "fire").to_numpy(bool)].groupby("school_id").size()
    ids = pd.Index(np.array(campuses, dtype=object))
    return pd.DataFrame(
        {
            "place": "campus", "site_id": ids, "segment_id": ids, "school_id": ids, "side": "both",
            "label": "campus", "quantity_gates": counts.reindex(ids).fillna(1.0).to_numpy(float),
            "cameras": now.ground.tables["schools"]["cameras"].reindex(ids).to_numpy(dtype=object),
            "geometry": list(first_gates(now).reindex(ids)),
        }
    )  # fmt: skip
