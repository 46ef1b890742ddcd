"""Where treatments of each sort of place are tried: steps of a street, stretches, crossings, gates, zones, banks."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.risk.family import CROSSING
from gislib.rules import RuleSet
from gislib.siting.places import Elevation, Surroundings
from gislib.siting.sites import Situation, hazard_places, site_ids, zone_campus
from gislib.siting.spots import (
    STREET_COLUMNS,
    bank_rows,
    campus_rows,
    gate_feet,
    street_classes,
    street_rows,
    typed,
    zone_rows,
)


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
        zone_rows(now, sorted(table.loc[table["family"] == "traffic", "school_id"].unique()), rules),
        _banks(now, table, rules),
        campus_rows(now, sorted(table.loc[table["family"].isin(["venues", "rentals"]), "school_id"].unique())),
    ]
    crs = now.ground.tables["schools"].crs
    merged = pd.concat([typed(part, rules) for part in parts], ignore_index=True)
    return gpd.GeoDataFrame(merged, geometry="geometry", crs=crs)


def _on_streets(
    now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date], elevation: Elevation | None
) -> pd.DataFrame:
    """Steps and middles of stretches, crossing places, and the street before each gate."""
    rs, on = rules
    tables = now.ground.tables
    stretches = _stretches(now, table, rules)
    spots = pd.concat(
        [
            _steps(stretches, rs.number("siting.candidate_step_m", on)),
            stretches.assign(place="stretch", chainage_m=(stretches["from_m"] + stretches["to_m"]) / 2),
            _crossings(now, table),
            _gates(now, table, rules),
        ],
        ignore_index=True,
    ).reindex(columns=list(STREET_COLUMNS))
    on_site = site_ids(now, spots["road_id"].to_numpy(dtype=object), spots["chainage_m"].to_numpy(float), rules)
    spots = spots[np.isin(on_site.astype(str), stretches["site_id"].to_numpy(dtype=str))].reset_index(drop=True)
    near = Surroundings(tables["roads"], tables["devices"], tables["gates"], elevation)
    rows = pd.DataFrame(street_rows(now, spots, near, rules))
    return rows.assign(
        school_id=rows["school_id"].where(rows["school_id"].notna(), rows["site_id"].map(zone_campus(table)))
    )


def _stretches(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Sites with load on streets that are driven on: road and the chainages between which they lie."""
    own = table[table["family"] == "traffic"].drop_duplicates("site_id").sort_values("site_id", ignore_index=True)
    roads = now.ground.tables["roads"]
    driven = roads["road_class"].reindex(own["road_id"]).isin(street_classes(rules[0])).to_numpy(bool)
    own = own[driven].reset_index(drop=True)
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
    blank = pd.Series(None, index=own.index, dtype="object")
    spots = hazard_places(now, own["hazard_id"])
    marked = is_marked(now, own["hazard_id"])
    return spots.assign(place="crossing", hazard_id=own["hazard_id"], marked=marked, gate_xy=blank)


def is_marked(now: Situation, hazard_id: pd.Series) -> np.ndarray:
    """Whether each of some crossing places of today is marked; what is no crossing place of today is not."""
    facts = now.hazards.tables["traffic"].drop_duplicates("hazard_id").set_index("hazard_id")["marked"]
    return facts.reindex(pd.Index(hazard_id)).astype("boolean").fillna(value=False).to_numpy(bool)


def _gates(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Foot on the nearest street of every gate of campuses with traffic load, fire gates left out."""
    gates = now.ground.tables["gates"]
    campuses = table.loc[table["family"] == "traffic", "school_id"].unique()
    own = gates[(gates["role"] != "fire").to_numpy(bool) & gates["school_id"].isin(campuses).to_numpy(bool)]
    return gate_feet(now, own, rules)


def _banks(now: Situation, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Every water with load, at the accessible bank nearest to a campus."""
    mine = table[table["family"] == "water"]
    ranked = mine.sort_values(["hazard_id", "load", "school_id"], ascending=[True, False, True])
    campus = ranked.drop_duplicates("hazard_id").set_index("hazard_id")["school_id"]
    nearest = now.hazards.tables["water"].sort_values(["hazard_id", "distance_m", "school_id"])
    nearest = nearest.drop_duplicates("hazard_id").set_index("hazard_id").reindex(campus.index)
    return bank_rows(now.ground, campus, nearest[["x", "y"]].to_numpy(float), rules)
