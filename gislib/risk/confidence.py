"""How sure a score is, A to D, with the reasons as codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from gislib.risk.family import FAMILIES
from gislib.rules import RuleSet

LEVELS: Final = ("A", "B", "C", "D")


@dataclass(frozen=True)
class _Limits:
    located_to_m: float
    families_min: int
    default_speed_share: float
    source_age_days: float


def confidence(
    evidence: pd.DataFrame,
    terms: pd.DataFrame,
    known: pd.DataFrame,
    source_dates: Mapping[str, str | None],
    rs: RuleSet,
    as_of: date,
) -> pd.DataFrame:
    """
    Confidence of every campus.

    1. **D** ``position_uncertain`` (no position within ``located.no_rank_above_m``), ``not_snapped`` (no street within
       snap reach), ``few_families`` (fewer than ``confidence.families_min`` known). Shown grey, without rank, on the
       field-survey list.
    2. **C** ``boundary_inferred``, ``gates_inferred``, ``default_speeds`` (more than
       ``confidence.default_speed_share_max`` of the traffic exposure within reach on class-default speeds).
    3. **B** ``source_old:<family>`` (a known family's source older than ``confidence.source_age_days``) or
       ``source_undated:<family>``: an age nobody knows is not a young age.
    4. **A** otherwise.

    Parameters
    ----------
    evidence
        Indexed by ``school_id``: ``located_to_m`` (1 sigma, metres, missing = unknown), ``boundary_inferred``,
        ``gates_inferred``, ``snapped`` (boolean).
    terms, known
        As for `score.score`.
    source_dates
        Family to ISO date of its oldest source; None or absent = undated.
    rs, as_of
        Rules, and the day from which ages count.

    Returns
    -------
    DataFrame
        Indexed like ``evidence``: ``confidence`` and ``confidence_reasons``: codes of every level found, worst first,
        separated by spaces, empty at A.
    """
    limits = _limits(rs, as_of)
    is_known = known.loc[evidence.index, list(FAMILIES)].astype(bool)
    found = {
        "D": {
            "position_uncertain": ~(evidence["located_to_m"] <= limits.located_to_m),
            "not_snapped": ~evidence["snapped"].astype(bool),
            "few_families": is_known.sum(axis=1) < limits.families_min,
        },
        "C": {
            "boundary_inferred": evidence["boundary_inferred"].astype(bool),
            "gates_inferred": evidence["gates_inferred"].astype(bool),
            "default_speeds": is_known["traffic"]
            & (default_speed_share(terms, evidence.index) > limits.default_speed_share),
        },
        "B": _ages(is_known, source_dates, limits.source_age_days, as_of),
    }
    level = pd.Series(LEVELS[0], index=evidence.index)
    for name in ("B", "C", "D"):
        level = level.mask(pd.DataFrame(found[name], index=evidence.index).any(axis=1).astype(bool), name)
    flags = pd.DataFrame({code: flag for name in ("D", "C", "B") for code, flag in found[name].items()})
    reasons = [" ".join(flags.columns[row]) for row in flags.to_numpy(bool)]
    return pd.DataFrame(
        {"confidence": level, "confidence_reasons": pd.Series(reasons, index=evidence.index, dtype="str")}
    )


def _limits(rs: RuleSet, as_of: date) -> _Limits:
    return _Limits(
        located_to_m=rs.number("located.no_rank_above_m", as_of),
        families_min=int(rs.number("confidence.families_min", as_of)),
        default_speed_share=rs.number("confidence.default_speed_share_max", as_of),
        source_age_days=rs.number("confidence.source_age_days", as_of),
    )


def default_speed_share(terms: pd.DataFrame, school_ids: pd.Index) -> pd.Series[float]:
    """Share of each campus's traffic exposure within reach that rests on class-default speeds; missing without any."""
    traffic = terms[(terms["family"] == "traffic") & (terms["decay"] > 0.0)]
    total = traffic.groupby("school_id")["exposure"].sum()
    on_default = (
        traffic[traffic["default_speed"]].groupby("school_id")["exposure"].sum().reindex(total.index, fill_value=0)
    )
    return (on_default / total.where(total > 0.0)).reindex(school_ids)


def _ages(
    known: pd.DataFrame, source_dates: Mapping[str, str | None], age_days: float, as_of: date
) -> dict[str, pd.Series[bool]]:
    out: dict[str, pd.Series[bool]] = {}
    for family in FAMILIES:
        stated = source_dates.get(family)
        if stated is None:
            out[f"source_undated:{family}"] = known[family]
        elif (as_of - date.fromisoformat(stated)).days > age_days:
            out[f"source_old:{family}"] = known[family]
    return out
