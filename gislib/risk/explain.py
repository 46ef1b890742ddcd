"""Why a campus scores what it scores: the exact share of every single hazard."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gislib.risk.family import FAMILIES
from gislib.risk.score import weighted_x
from gislib.rules import RuleSet


def shares(terms: pd.DataFrame, school_risk: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.DataFrame:
    """
    Share of every hazard in its campus's load, and the load itself.

    ``share_{f,h} = w_f · x_h / x_ref_f / H``: the shares of one campus add up to 1, to the family's share within each
    family, and are all 0 where H is 0.

    Parameters
    ----------
    terms
        From `load.terms`.
    school_risk
        From `score.score`, indexed by ``school_id``, with ``load`` and ``load_<family>``.
    rs, as_of
        Rules and the day they are in force.

    Returns
    -------
    DataFrame
        ``school_id, family, hazard_id, part, distance_m, load, share`` in the order of the terms, RangeIndex. Hazards
        of families that are unknown on a campus are left out, as they are from its score.
    """
    load = weighted_x(terms, rs, as_of)
    total = pd.Series(school_risk["load"].reindex(terms["school_id"]).to_numpy(float), index=terms.index)
    is_known = np.zeros(len(terms), dtype=bool)
    for family in FAMILIES:
        on_campus = school_risk.index[school_risk[f"load_{family}"].notna()]
        is_known |= ((terms["family"] == family) & terms["school_id"].isin(on_campus)).to_numpy(bool)
    out = terms[["school_id", "family", "hazard_id", "part", "distance_m"]].assign(
        load=load, share=(load / total.where(total > 0.0)).where(total > 0.0, 0.0)
    )
    return out[is_known].reset_index(drop=True)
