"""Hazards that are places: water, venues, rentals. Severity, exposure and own protection of each."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from gislib.risk.hours import covered_share
from gislib.risk.kinds import by_kind
from gislib.risk.parameters import RentalParameters, VenueParameters, WaterParameters, of_slice

_DATE_CHARACTERS: Final = len("2026-11-23")


def water_measures(hazards: pd.DataFrame, parameters: WaterParameters, slice_: str) -> pd.DataFrame:
    """
    Severity by kind, exposure by season of the slice, protection by fence and rescue kit.

    An unknown fence or kit protects nobody.

    Returns
    -------
    DataFrame
        Indexed like ``hazards``: ``severity, exposure, own_protection``.

    Raises
    ------
    RuleError
        If a kind has no severity, or the slice no season.
    """
    season = float(of_slice("risk.water_season", parameters.season, slice_))
    unprotected = (1.0 - parameters.fence * _is_true(hazards["fenced"])) * (
        1.0 - parameters.kit * _is_true(hazards["kit"])
    )
    return pd.DataFrame(
        {
            "severity": by_kind(hazards["kind"], "risk.water_severity", parameters.severity),
            "exposure": season,
            "own_protection": 1.0 - unprotected,
        },
        index=hazards.index,
    )


def venue_measures(hazards: pd.DataFrame, parameters: VenueParameters, slice_: str) -> pd.DataFrame:
    """
    Severity by kind, exposure by the share of the slice's pupil hours in which the venue is open.

    Unknown hours count as fully open. The legal status plays no part: it belongs to compliance.

    Returns
    -------
    DataFrame
        Indexed like ``hazards``: ``severity, exposure, own_protection``.

    Raises
    ------
    RuleError
        If a kind has no severity, or the slice no pupil hours.
    """
    pupil_hours = str(of_slice("risk.pupil_hours", parameters.pupil_hours, slice_))
    shares = {hours: covered_share(_text(hours), pupil_hours) for hours in hazards["hours"].unique()}
    return pd.DataFrame(
        {
            "severity": by_kind(hazards["kind"], "risk.venue_severity", parameters.severity),
            "exposure": hazards["hours"].map(shares).astype("float64"),
            "own_protection": 0.0,
        },
        index=hazards.index,
    )


def rental_measures(hazards: pd.DataFrame, parameters: RentalParameters, as_of: date) -> pd.DataFrame:
    """
    Severity by beds, exposure by how long ago the house was last visited.

    Unknown beds take the default. A visit that is unknown, unreadable or after ``as_of`` counts as the worst case.

    Returns
    -------
    DataFrame
        Indexed like ``hazards``: ``severity, exposure, own_protection``.
    """
    beds = hazards["beds"].astype("float64")
    visited = pd.to_datetime(
        hazards["last_visit"].astype("str").str.slice(0, _DATE_CHARACTERS), errors="coerce", format="ISO8601"
    )
    days = (pd.Timestamp(as_of) - visited).dt.days
    factor = pd.Series(parameters.visit_never, index=hazards.index)
    for bound, value in reversed(parameters.visit_days):
        factor = factor.mask((days >= 0) & (days <= bound), value)
    return pd.DataFrame(
        {"severity": beds.where(beds.notna(), parameters.beds_default), "exposure": factor, "own_protection": 0.0},
        index=hazards.index,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_true(flags: pd.Series[bool]) -> pd.Series[float]:
    """1 where a flag is known and true, 0 where it is false or unknown."""
    return flags.astype("boolean").eq(other=True).fillna(value=False).astype("float64")
