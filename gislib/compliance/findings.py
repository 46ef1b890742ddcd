"""
Distances judged by the rules of a profile.

``judge`` joins every measurement with the distance rules that the profile applies to its pair, gives each row its
``inside_nominal`` and ``verdict`` (see `gislib.compliance.verdict`), and picks the rows of the profile's own method as
findings. Everything stays unrounded until ``publish``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.compliance.verdict import Measured, inside_nominal, verdicts
from gislib.domain.errors import TableError
from gislib.geo.crs import lonlat, require_same_crs
from gislib.rules import METHODS, Rule, RuleSet

WALKING_METHODS: Final = ("gate_walk_legal", "door_walk")
"""The methods that follow a path; the other `METHODS` are straight lines."""

DISTANCE_COLUMNS: Final = (
    "school_id", "venue_id", "method", "distance_m", "distance_at_least_m", "uncertainty_m", "limit_m", "rule_id",
    "inside_nominal", "verdict", "is_profile_method", "reason", "methods_disagree", "crossing_data_missing",
    "slope_excess_m",
)  # fmt: skip
FINDING_COLUMNS: Final = (
    *DISTANCE_COLUMNS[:10], "margin_m", *DISTANCE_COLUMNS[11:], "school_kind", "venue_kind", "lead_department",
    "reliability", "start_lon", "start_lat", "end_lon", "end_lat", "profile", "rules_version",
)  # fmt: skip

_MEASUREMENT_COLUMNS: Final = (
    "school_id", "venue_id", "method", "distance_m", "distance_at_least_m", "uncertainty_m", "reason",
    "start_x", "start_y", "end_x", "end_y", "crossing_data_missing", "geodesic_m", "slope_excess_m",
)  # fmt: skip
_METRES: Final = ("distance_m", "distance_at_least_m", "uncertainty_m", "limit_m", "margin_m", "slope_excess_m")
_DEGREES: Final = ("start_lon", "start_lat", "end_lon", "end_lat")
_FLAGS: Final = ("is_profile_method", "methods_disagree", "crossing_data_missing")
_DTYPES: Final = (
    dict.fromkeys((*_METRES, *_DEGREES), "float64") | dict.fromkeys(_FLAGS, "bool") | {"inside_nominal": "boolean"}
)
_PAIR: Final = ["school_id", "venue_id"]
_KINDS: Final = ["school_kind", "venue_kind"]
_DISTANCE_DECIMALS: Final = 1
_COORDINATE_DECIMALS: Final = 7


@dataclass(frozen=True)
class Basis:
    """What is judged by: a rule profile, as in force on a date."""

    profile: str
    as_of: date


@dataclass(frozen=True)
class Judgement:
    """
    Both result tables, RangeIndex, in fixed order: school, venue, method A-E, rule.

    Attributes
    ----------
    distances
        ``DISTANCE_COLUMNS``: one row per school x venue x method x rule; one row with empty ``rule_id`` and verdict
        ``no_limit`` where the profile has no rule for the pair.
    findings
        ``FINDING_COLUMNS``: the rows of the profile's method. ``margin_m`` = distance - limit: negative = inside.
        ``start_*``, ``end_*``: measured end points, WGS 84 degrees.
    """

    distances: pd.DataFrame
    findings: pd.DataFrame


def judge(
    measurements: pd.DataFrame, schools: gpd.GeoDataFrame, venues: gpd.GeoDataFrame, rs: RuleSet, basis: Basis
) -> Judgement:
    """
    Judge every measurement by the rules of a profile.

    Parameters
    ----------
    measurements
        One row per school x venue x method, unrounded metres. ``distance_m`` missing = not measured, then either
        ``distance_at_least_m`` or ``reason`` says why. ``geodesic_m`` replaces ``distance_m`` where present (pairs near
        a limit). ``uncertainty_m`` is t = k * sigma. ``start_x`` ... ``end_y`` in the CRS of ``schools``.
    schools, venues
        Tables of the domain in one metric CRS, with column ``kind``.
    rs, basis
        The rules, the profile and the date they are read at.

    Returns
    -------
    Judgement
        Unrounded; pass it through `publish` once, where it leaves the program. Empty tables for no measurements.

    Raises
    ------
    TableError
        A column is absent, a pair is measured twice by one method or not at all by the profile's method, or names an
        unknown school, venue or method.
    CrsError
        If the tables are not in one metric CRS.
    """
    crs = require_same_crs(schools, venues)
    _check(measurements, schools, venues)
    rows = measurements.loc[:, list(_MEASUREMENT_COLUMNS)].reset_index(drop=True)
    rows["school_kind"] = schools["kind"].reindex(rows["school_id"]).to_numpy()
    rows["venue_kind"] = venues["kind"].reindex(rows["venue_id"]).to_numpy()
    rows["distance_m"] = rows["geodesic_m"].where(rows["geodesic_m"].notna(), rows["distance_m"])
    rows["crossing_data_missing"] = rows["crossing_data_missing"].astype("boolean").fillna(value=False).astype(bool)
    rows = rows.merge(_rule_table(rows, rs, basis), on=_KINDS, how="left", validate="many_to_many")
    rows = _order(_with_answers(rows))
    rows["is_profile_method"] = rows["method"] == rows["profile_method"]
    _check_complete(rows)
    found = rows[rows["is_profile_method"]].reset_index(drop=True)
    found["margin_m"] = found["distance_m"] - found["limit_m"]
    for end in ("start", "end"):
        found[f"{end}_lon"], found[f"{end}_lat"] = lonlat(
            crs, found[f"{end}_x"].to_numpy("float64"), found[f"{end}_y"].to_numpy("float64")
        )
    found["profile"], found["rules_version"] = basis.profile, rs.version
    return Judgement(_typed(rows, DISTANCE_COLUMNS), _typed(_degrees_or_missing(found), FINDING_COLUMNS))


def publish(judgement: Judgement) -> Judgement:
    """Both tables with distances rounded to 0.1 m and coordinates to 1e-7 degree; verdicts stay as judged unrounded."""
    measured = [name for name in _METRES if name != "limit_m"]
    decimals = dict.fromkeys(measured, _DISTANCE_DECIMALS) | dict.fromkeys(_DEGREES, _COORDINATE_DECIMALS)
    return Judgement(judgement.distances.round(decimals), judgement.findings.round(decimals))


def _rule_table(rows: pd.DataFrame, rs: RuleSet, basis: Basis) -> pd.DataFrame:
    """Rules per combination of school kind and venue kind; one row with missing limit where there is none."""
    profile = rs.profile(basis.profile)
    groups = {kind.id: kind.group for kind in rs.kinds("venue").values()}
    entries: list[dict[str, object]] = []
    for school_kind, venue_kind in rows[_KINDS].drop_duplicates().itertuples(index=False):
        kinds = {"school_kind": school_kind, "venue_kind": venue_kind}
        found = rs.venue_rules(profile, venue_kind, school_kind, basis.as_of)
        entries.extend(
            kinds | _rule_values(rule) | {"profile_method": rs.method(profile, rule, venue_kind)} for rule in found
        )
        if not found:
            own = profile.method_by_group.get(groups.get(venue_kind, ""), profile.method)
            entries.append(kinds | _NO_RULE | {"profile_method": own})
    return pd.DataFrame(entries, columns=[*_KINDS, *_NO_RULE, "profile_method"]).astype({"limit_m": "float64"})


_NO_RULE: Final[dict[str, object]] = {
    "rule_id": "", "limit_m": np.nan, "comparator": None, "reliability": None, "lead_department": None,
}  # fmt: skip


def _rule_values(rule: Rule) -> dict[str, object]:
    return {
        "rule_id": rule.id,
        "limit_m": rule.value,
        "comparator": rule.comparator,
        "reliability": rule.reliability,
        "lead_department": rule.departments.lead or None,
    }


def _with_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with ``inside_nominal``, ``verdict`` and ``methods_disagree``."""
    walked = rows["method"].isin(WALKING_METHODS).to_numpy()
    measured = Measured(
        rows["distance_m"].to_numpy("float64"),
        rows["distance_at_least_m"].to_numpy("float64"),
        rows["uncertainty_m"].to_numpy("float64"),
        walked & rows["crossing_data_missing"].to_numpy(bool),
    )
    limit_m = rows["limit_m"].to_numpy("float64")
    inside = inside_nominal(measured, limit_m, rows["comparator"].to_numpy(object))
    out = rows.assign(inside_nominal=inside, verdict=verdicts(measured, limit_m))
    said_in, said_out = inside == True, inside == False  # noqa: E712 - None is neither
    answers = pd.DataFrame(
        {"sin": ~walked & said_in, "sout": ~walked & said_out, "win": walked & said_in, "wout": walked & said_out}
    )
    any_of = answers.groupby([out[name] for name in (*_PAIR, "rule_id")], sort=False).transform("any")
    out["methods_disagree"] = (any_of["sin"] & any_of["wout"]) | (any_of["sout"] & any_of["win"])
    return out


def _order(rows: pd.DataFrame) -> pd.DataFrame:
    rank = rows["method"].map({method: place for place, method in enumerate(METHODS)})
    keys = rows[[*_PAIR, "rule_id"]].assign(rank=rank)
    return rows.loc[keys.sort_values([*_PAIR, "rank", "rule_id"]).index].reset_index(drop=True)


def _degrees_or_missing(found: pd.DataFrame) -> pd.DataFrame:
    """Replace the infinity that the projection answers for an absent point: absent stays missing."""
    return found.assign(**{name: found[name].where(np.isfinite(found[name])) for name in _DEGREES})


def _typed(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Pick columns and give each its dtype whether or not there are rows; text is the default."""
    return rows[list(columns)].astype({name: _DTYPES.get(name, "str") for name in columns})


def _check(measurements: pd.DataFrame, schools: gpd.GeoDataFrame, venues: gpd.GeoDataFrame) -> None:
    absent = [name for name in _MEASUREMENT_COLUMNS if name not in measurements.columns]
    if absent:
        raise TableError("measurements_columns", columns=", ".join(absent))
    twice = measurements.duplicated([*_PAIR, "method"])
    if twice.any():
        school_id, venue_id, method = measurements.loc[twice, [*_PAIR, "method"]].iloc[0]
        raise TableError("measurements_twice", school_id=school_id, venue_id=venue_id, method=method)
    known: dict[str, Any] = {"school_id": schools.index, "venue_id": venues.index, "method": METHODS}
    for column, values in known.items():
        foreign = ~measurements[column].isin(values)
        if foreign.any():
            raise TableError("measurements_foreign", column=column, value=measurements.loc[foreign, column].iloc[0])


def _check_complete(rows: pd.DataFrame) -> None:
    has_own = rows["is_profile_method"].groupby([rows[name] for name in _PAIR]).any()
    if not has_own.all():
        school_id, venue_id = has_own.index[~has_own][0]
        raise TableError("measurements_without_profile_method", school_id=school_id, venue_id=venue_id)
