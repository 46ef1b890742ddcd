"""The plan's matrix beside the index: probability class × impact class → priority, per family."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from gislib.risk.family import FAMILIES
from gislib.rules import RuleSet

CLASSES = ("small", "medium", "large")
"""小 中 大."""


def priorities(school_risk: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.DataFrame:
    """
    Priority of every campus and known family.

    The plan takes the probability from history and statistics. Without incidents the published family index stands in
    for it: it says how far the hazard exceeds or falls short of the anchor situation, and is called hazard index on
    screen. The impact is the family's, from the rules.

    Parameters
    ----------
    school_risk
        Published, indexed by ``school_id``, with ``index_<family>``.
    rs, as_of
        Rules (``grade.matrix``, ``grade.probability_cutoffs``: lower bounds of the index for large and medium,
        ``grade.impact``: family to class) and the day they are in force.

    Returns
    -------
    DataFrame
        ``school_id, family, probability_class, impact_class, priority``, in the order of ``school_risk`` and
        `FAMILIES`, RangeIndex. Unknown families have no row.
    """
    bounds = rs.table("grade.probability_cutoffs", as_of)
    impact = rs.table("grade.impact", as_of)
    matrix = rs.table("grade.matrix", as_of)
    long = pd.concat(
        [_of_family(family, school_risk[f"index_{family}"], bounds, str(impact[family]), matrix) for family in FAMILIES]
    )
    place = pd.MultiIndex.from_product([school_risk.index, FAMILIES]).get_indexer(
        pd.MultiIndex.from_frame(long[["school_id", "family"]])
    )
    return long.iloc[place.argsort()].reset_index(drop=True)


def _of_family(
    family: str,
    index: pd.Series[float],
    bounds: Mapping[str, float],
    impact: str,
    matrix: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    known = index.dropna()
    probability = pd.Series(CLASSES[0], index=known.index)
    for name in CLASSES[1:]:
        probability = probability.mask(known >= float(bounds[name]), name)
    return pd.DataFrame(
        {
            "school_id": known.index,
            "family": family,
            "probability_class": probability.to_numpy(),
            "impact_class": impact,
            "priority": [_priority(matrix, found, impact) for found in probability],
        }
    )


def _priority(matrix: Mapping[str, Mapping[str, str]], probability: str, impact: str) -> str:
    return str(matrix[probability][impact])
