"""Risk of single road pieces and crossing places, summed over the campuses whose pupils use them."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from gislib.risk.family import SEGMENT
from gislib.risk.parameters import by_family
from gislib.risk.score import SCORE_DECIMALS, grade, index_of, relative_x
from gislib.rules import RuleSet

_PER_LENGTH_M: Final = 100.0


def segment_risk(terms: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.DataFrame:
    """
    Load and class of every road piece and crossing place that carries pupils within reach of a gate.

    ``load`` is the sum over campuses of ``w · x / x_ref``: what the piece adds to all campuses together, and what a
    patrol that covers it serves. ``index`` compares places: ``100 · (1 - exp(-Σ x / x_ref))`` of a crossing place, and
    of a street piece per 100 m, so that cutting a street into shorter pieces does not make it safer; 50 is the traffic
    anchor. The class comes from the rounded index by ``grade.segment_cutoffs``.

    Parameters
    ----------
    terms
        From `load.terms`.
    rs, as_of
        Rules and the day they are in force.

    Returns
    -------
    DataFrame
        Indexed by ``hazard_id`` (sorted): ``part, road_id, length_m, campuses`` (how many), ``load, index, grade``.
    """
    traffic = terms[(terms["family"] == "traffic") & (terms["x"] > 0.0)]
    groups = traffic.assign(relative=relative_x(traffic, rs, as_of)).groupby("hazard_id", sort=True)
    out = groups.agg(
        part=("part", "first"),
        road_id=("road_id", "first"),
        length_m=("length_m", "max"),
        campuses=("school_id", "nunique"),
        relative=("relative", "sum"),
    )
    pieces = out["part"] == SEGMENT
    per_place = np.where(pieces, _PER_LENGTH_M / out["length_m"].where(pieces, _PER_LENGTH_M), 1.0)
    index = index_of(out["relative"] * per_place).round(SCORE_DECIMALS)
    return out.drop(columns="relative").assign(
        load=out["relative"] * by_family(rs, "risk.weights", as_of)["traffic"],
        index=index,
        grade=grade(index, rs.table("grade.segment_cutoffs", as_of)),
    )
