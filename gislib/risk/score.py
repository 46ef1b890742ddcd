"""Load, index and shares of every campus; grade and rank from the published, rounded values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from gislib.risk.anchor import x_references
from gislib.risk.family import FAMILIES, family_number
from gislib.risk.kinds import by_kind
from gislib.risk.parameters import by_family
from gislib.rules import RuleSet

SCORE_DECIMALS: Final = 2
"""Scores and indices are published, graded and ranked at 0.01."""

_PER_PUPILS: Final = 100.0
NOT_A_SCHOOL: Final = "not_a_school"


def index_of(load: pd.Series[float]) -> pd.Series[float]:
    """Index of a load: ``100 · (1 - exp(-load))``, 0 to 100, missing where the load is."""
    return pd.Series(-100.0 * np.expm1(-load.to_numpy(float)), index=load.index)


def score(schools: pd.DataFrame, terms: pd.DataFrame, known: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.DataFrame:
    """
    Score of every campus, unrounded.

    ``H = Σ_f w_f · x_f / x_ref_f`` over the known families, ``S = 100 · (1 - exp(-H))``,
    ``I_f = 100 · (1 - exp(-x_f / x_ref_f))``, ``share_f = w_f · x_f / x_ref_f / H`` (methods §4). Absolute: other
    campuses do not move a score. S counts total exposure; ``score_per_100_pupils`` is the index of the load that falls
    to 100 pupils, ``100 · (1 - exp(-H · 100 / pupils))``.

    Parameters
    ----------
    schools
        Indexed by ``school_id``: ``name, kind, pupils`` (missing = unknown).
    terms
        From `load.terms`.
    known
        Indexed by ``school_id``, one boolean column per family: whether a source tells about it there. A known family
        without terms is zero; the terms of an unknown family are left out.
    rs, as_of
        Rules and the day they are in force.

    Returns
    -------
    DataFrame
        Indexed like ``schools``: ``name, kind, pupils, pupils_estimated, score, score_is_lower_bound,
        score_per_100_pupils, index_<family>, share_<family>, load, load_<family>, main_family``. Unknown families have
        missing index, share and load; a campus without any known family has no score; shares are 0 where H is 0.
    """
    relative = family_totals(terms, schools.index, x_references(rs, as_of)).where(
        known.loc[schools.index, list(FAMILIES)].astype(bool)
    )
    load_by_family = relative * pd.Series(by_family(rs, "risk.weights", as_of))
    load = load_by_family.sum(axis=1, min_count=1)
    # without load every known share is 0 / 1, every unknown one stays missing
    shares = load_by_family.div(load.where(load > 0.0, 1.0), axis=0)
    pupils, estimated = pupils_or_default(schools, rs.table("risk.pupils_default", as_of))
    return pd.DataFrame(
        {
            "name": schools["name"],
            "kind": schools["kind"],
            "pupils": pupils,
            "pupils_estimated": estimated,
            "score": index_of(load),
            "score_is_lower_bound": relative.isna().any(axis=1),
            "score_per_100_pupils": index_of(load * _PER_PUPILS / pupils.where(pupils > 0.0)),
            **{f"index_{family}": index_of(relative[family]) for family in FAMILIES},
            **{f"share_{family}": shares[family] for family in FAMILIES},
            "load": load,
            **{f"load_{family}": load_by_family[family] for family in FAMILIES},
            "main_family": main_family(shares),
        },
        index=schools.index,
    )


def family_totals(terms: pd.DataFrame, school_ids: pd.Index, reference: Mapping[str, float]) -> pd.DataFrame:
    """``x_f / x_ref_f`` per campus and family; 0 where there are no terms."""
    campus = school_ids.get_indexer(pd.Index(terms["school_id"]))
    cell = campus * len(FAMILIES) + family_number(terms["family"])
    here = campus >= 0
    total = np.bincount(cell[here], weights=terms["x"].to_numpy(float)[here], minlength=len(school_ids) * len(FAMILIES))
    totals = pd.DataFrame(total.reshape(-1, len(FAMILIES)), index=school_ids, columns=list(FAMILIES))
    return totals / pd.Series(reference)


def main_family(shares: pd.DataFrame) -> pd.Series[str]:
    """Family with the largest share, the first of `FAMILIES` at a tie; missing where no share is above 0."""
    largest = shares.fillna(-1.0).idxmax(axis=1)
    return largest.where(shares.max(axis=1) > 0.0).astype("str")


def pupils_or_default(schools: pd.DataFrame, default: Mapping[str, float]) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Pupils of every campus, the usual number of its kind where unknown, and whether that was done."""
    estimated = schools["pupils"].isna()
    usual = by_kind(schools["kind"], "risk.pupils_default", default)
    return schools["pupils"].astype("float64").where(~estimated, usual), estimated


def grade(score_: pd.Series[float], cutoffs: Mapping[str, float]) -> pd.Series[str]:
    """
    Grade of rounded scores: the highest cut-off reached (``red`` > ``orange`` > ``yellow``), else ``blue``.

    Missing scores have no grade.
    """
    grades = pd.Series("blue", index=score_.index, dtype="object")
    for name, cutoff in sorted(cutoffs.items(), key=lambda item: item[1]):
        grades[score_ >= cutoff] = name
    return grades.where(score_.notna()).astype("str")


def rank(score_: pd.Series[float]) -> pd.Series[int]:
    """Rank of rounded scores, 1 = most dangerous; ties share the smaller number, missing scores have no rank."""
    return score_.rank(method="min", ascending=False).astype("Int64")


def relative_x(terms: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.Series[float]:
    """``x / x_ref_f`` of single terms, indexed like ``terms``: an anchor has ln 2."""
    reference = np.array(list(x_references(rs, as_of).values()))[family_number(terms["family"])]
    return pd.Series(terms["x"].to_numpy(float) / reference, index=terms.index)


def weighted_x(terms: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.Series[float]:
    """Load of single terms: ``w_f · x / x_ref_f``, indexed like ``terms``."""
    weights = np.array(list(by_family(rs, "risk.weights", as_of).values()))[family_number(terms["family"])]
    return pd.Series(relative_x(terms, rs, as_of).to_numpy(float) * weights, index=terms.index)
