"""The door: values are rounded once here, and grade and rank are taken from the rounded values."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from gislib.risk.score import NOT_A_SCHOOL, SCORE_DECIMALS, grade, rank
from gislib.rules import RuleSet

_DISTANCE_DECIMALS: Final = 1
_SHARE_DECIMALS: Final = 6

_INTERVAL: Final = ("rank_low", "rank_high", "tie_group")


def publish_schools(scored: pd.DataFrame, confidence: pd.DataFrame, rs: RuleSet, as_of: date) -> pd.DataFrame:
    """
    School risk as published, without what the draws say.

    Scores and indices at 0.01, shares and loads at 1e-6. Grade and rank from the rounded score; ties share a rank. A
    campus of confidence D has neither (it is shown grey); a place that is not a school has no rank.

    Parameters
    ----------
    scored
        From `score.score`.
    confidence
        From `confidence.confidence`, same index.
    rs, as_of
        Rules (``grade.cutoffs``) and the day they are in force.

    Returns
    -------
    DataFrame
        Indexed like ``scored``: its columns, ``grade, confidence, confidence_reasons, rank``.
    """
    out = rounded(scored).join(confidence)
    sure = out["confidence"] != "D"
    return out.assign(
        grade=grade(out["score"].where(sure), rs.table("grade.cutoffs", as_of)),
        rank=rank(out["score"].where(sure & (out["kind"] != NOT_A_SCHOOL))),
    )


def publish_intervals(published: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Join ``published`` with the columns of `robustness.rank_intervals`; missing for campuses without rank."""
    out = published.join(intervals.astype("float64").round(_SHARE_DECIMALS))
    return out.astype(dict.fromkeys(_INTERVAL, "Int64"))[_ordered(out)]


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Copy with distances at 0.1 m, scores and indices at 0.01, shares, loads and probabilities at 1e-6."""
    decimals: dict[str, int] = {}
    for name in table.columns:
        stem = str(name)
        if stem.endswith("_m"):
            decimals[stem] = _DISTANCE_DECIMALS
        elif stem in ("score", "score_per_100_pupils", "index") or stem.startswith("index_"):
            decimals[stem] = SCORE_DECIMALS
        elif stem.split("_", maxsplit=1)[0] in ("share", "load", "p"):
            decimals[stem] = _SHARE_DECIMALS
    return table.round(decimals)


_FIRST: Final = (
    "name", "kind", "score", "score_is_lower_bound", "grade", "confidence", "confidence_reasons",
    "rank", "rank_low", "rank_high", "p_top10", "p_red", "p_orange", "p_yellow", "p_blue", "tie_group",
)  # fmt: skip


def _ordered(table: pd.DataFrame) -> list[str]:
    """Put first what is read first; the rest keeps its order."""
    return [*_FIRST, *(name for name in table.columns if name not in _FIRST)]
