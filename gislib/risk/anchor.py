"""
The anchor of each family: a situation written in words in the rules that scores index 50 by definition.

``x_ref = x(anchor) / ln 2``, so that ``100 · (1 - exp(-x/x_ref))`` is 50 at the anchor. The anchor runs through the
same functions as every hazard: a change of a decay, a curve or a severity moves both sides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from gislib.domain.errors import RuleError
from gislib.risk.family import FAMILIES
from gislib.risk.load import RiskOptions, terms_of
from gislib.risk.parameters import RiskParameters, read_parameters
from gislib.rules import RuleSet

_COLUMNS: Final = {
    "traffic": ("part", "road_id", "road_class", "maxspeed_kmh", "lanes", "sidewalk", "marked", "length_m", "flow"),
    "water": ("kind", "fenced", "kit"),
    "venues": ("kind", "hours"),
    "rentals": ("kind", "beds", "last_visit"),
}


def anchor_terms(parameters: RiskParameters, as_of: date) -> pd.DataFrame:
    """
    Terms of the anchor situations, each on a campus named like its family, whole day, without campus measures.

    The table of ``risk.anchor.<family>`` names columns of the family's hazards; those it leaves out are unknown.
    """
    hazards = {family: _anchor_hazards(family, parameters.anchors[family]) for family in FAMILIES}
    schools = pd.DataFrame(index=pd.Index(FAMILIES, name="school_id"))
    return terms_of(hazards, schools, parameters, RiskOptions(as_of))


@lru_cache(maxsize=16)
def x_references(rs: RuleSet, as_of: date) -> Mapping[str, float]:
    """
    ``x_ref`` per family, in the order of `FAMILIES`; worked out once per rule set and day.

    Raises
    ------
    RuleError
        If an anchor has no weight at all, e.g. because it lies beyond the reach.
    """
    total = anchor_terms(read_parameters(rs, as_of), as_of).groupby("family")["x"].sum()
    for family in FAMILIES:
        if not total[family] > 0.0:
            raise RuleError("risk_anchor_empty", rule=f"risk.anchor.{family}")
    return MappingProxyType({family: float(total[family]) / math.log(2.0) for family in FAMILIES})


def _anchor_hazards(family: str, words: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{**dict.fromkeys(_COLUMNS[family]), **words, "school_id": family, "hazard_id": "anchor"}])
