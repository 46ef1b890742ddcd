"""
The terms: one row per campus and hazard in reach, ``x = severity · decay · exposure · (1 - protection)``.

Everything later (index, shares, rank intervals, segment risk, surface) adds up these rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gislib.domain.errors import TableError
from gislib.risk.decay import decay
from gislib.risk.family import ALL_DAY, FAMILIES, POINT, TERM_COLUMNS, TERM_KEY, family_number
from gislib.risk.parameters import RiskParameters, read_parameters, slice_multipliers
from gislib.risk.places import rental_measures, venue_measures, water_measures
from gislib.risk.protection import campus_protection
from gislib.risk.traffic import traffic_measures
from gislib.rules import RuleSet


@dataclass(frozen=True)
class RiskOptions:
    """Which part of the day is assessed and on which day (rules in force, age of visits and sources)."""

    as_of: date
    slice: str = ALL_DAY


def terms(
    hazards: Mapping[str, pd.DataFrame], schools: pd.DataFrame, rs: RuleSet, options: RiskOptions
) -> pd.DataFrame:
    """
    Terms of every campus and hazard.

    Parameters
    ----------
    hazards
        Family to table with ``school_id, hazard_id, distance_m`` (metres, in the family's own metric) and

        - traffic: ``part, road_id, road_class, maxspeed_kmh, lanes, sidewalk, marked, length_m, flow`` (pupils a day);
        - water: ``kind, fenced, kit``;
        - venues: ``kind, hours``;
        - rentals: ``kind, beds, last_visit``.

        Missing facts are unknown. A family without a table has no terms (whether it is *known* is asked elsewhere).
    schools
        Indexed by ``school_id``, with the measures of `campus_protection`.
    rs, options
        Rules, slice of the day, and the day.

    Returns
    -------
    DataFrame
        Columns `TERM_COLUMNS`, sorted by campus, family (in the order of `FAMILIES`), hazard and part, RangeIndex.
        Hazards beyond reach stay, with ``decay`` 0. ``exposure`` holds the multiplier of the slice.

    Raises
    ------
    TableError
        If a hazard has no distance, is listed twice for one campus, or belongs to an unknown campus.
    RuleError
        If a kind, class or slice has no value in the rules.
    """
    return terms_of(hazards, schools, read_parameters(rs, options.as_of), options)


def terms_of(
    hazards: Mapping[str, pd.DataFrame], schools: pd.DataFrame, parameters: RiskParameters, options: RiskOptions
) -> pd.DataFrame:
    """`terms` with the rules already read."""
    protection = campus_protection(schools, parameters.campus_protection)
    multipliers = slice_multipliers(parameters, options.slice)
    tables = []
    for family in FAMILIES:
        if family in hazards and len(hazards[family]):
            table = _checked(family, hazards[family], schools)
            measured = _measures(family, table, parameters, options)
            campus = table["school_id"].map(protection[family]).to_numpy(float)
            tables.append(_family_terms(family, table, measured, parameters, campus, multipliers[family]))
    if not tables:
        return _typed(pd.DataFrame(columns=TERM_COLUMNS))
    return canonical(_typed(pd.concat(tables, ignore_index=True)))


def canonical(table: pd.DataFrame) -> pd.DataFrame:
    """Terms in the one order in which sums are taken, so that the order of input rows never matters."""
    family = family_number(table["family"])
    codes = {name: pd.factorize(table[name], sort=True)[0] for name in TERM_KEY if name != "family"}
    order = np.lexsort((codes["part"], codes["hazard_id"], family, codes["school_id"]))
    return table.iloc[order].reset_index(drop=True)


def _checked(family: str, table: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    if table["distance_m"].isna().any():
        first = table.loc[table["distance_m"].isna(), "hazard_id"].iloc[0]
        raise TableError("hazard_without_distance", family=family, hazard=first)
    twice = table.duplicated(["school_id", "hazard_id"])
    if twice.any():
        raise TableError("hazard_twice", family=family, hazard=table.loc[twice, "hazard_id"].iloc[0])
    foreign = ~table["school_id"].isin(schools.index)
    if foreign.any():
        raise TableError("hazard_of_unknown_school", family=family, school=table.loc[foreign, "school_id"].iloc[0])
    return table


def _measures(family: str, table: pd.DataFrame, parameters: RiskParameters, options: RiskOptions) -> pd.DataFrame:
    if family == "traffic":
        return traffic_measures(table, parameters.traffic)
    if family == "water":
        return water_measures(table, parameters.water, options.slice)
    if family == "venues":
        return venue_measures(table, parameters.venues, options.slice)
    return rental_measures(table, parameters.rentals, options.as_of)


def _family_terms(
    family: str,
    table: pd.DataFrame,
    measured: pd.DataFrame,
    parameters: RiskParameters,
    campus_protection_: NDArray[np.float64],
    multiplier: float,
) -> pd.DataFrame:
    near = decay(table["distance_m"].to_numpy(float), parameters.tau_m[family], parameters.reach_m[family])
    protection = 1.0 - (1.0 - measured["own_protection"]) * (1.0 - campus_protection_)
    exposure = measured["exposure"] * multiplier
    return measured.assign(
        school_id=table["school_id"],
        family=family,
        hazard_id=table["hazard_id"],
        part=measured.get("part", POINT),
        distance_m=table["distance_m"],
        decay=near,
        exposure=exposure,
        protection=protection,
        x=measured["severity"] * near * exposure * (1.0 - protection),
    )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """All columns of the terms; those that only roads have are missing elsewhere."""
    full = table.reindex(columns=TERM_COLUMNS)
    texts = dict.fromkeys((*TERM_KEY, "road_id"), "str")
    flags = {name: full[name].eq(other=True) for name in ("default_speed", "default_lanes")}
    numbers = {name: "float64" for name in TERM_COLUMNS if name not in texts and name not in flags}
    return full.assign(**flags).astype(texts | numbers)
