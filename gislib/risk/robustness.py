"""
How much a rank depends on numbers nobody measured: rank intervals from seeded draws.

A draw shifts every weight, every decay length and every class-default speed within the spreads of the rules and scores
all campuses anew, anchors included: the anchor situation scores 50 in every draw. Routes, origins and recorded speeds
stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gislib.risk.anchor import anchor_terms
from gislib.risk.decay import decay
from gislib.risk.draw import keys, uniform
from gislib.risk.family import FAMILIES, family_number
from gislib.risk.parameters import RiskParameters, read_parameters
from gislib.risk.score import SCORE_DECIMALS
from gislib.risk.traffic import death_probability
from gislib.rules import RuleSet

DRAWS: Final = 200
_TOP: Final = 10
_LOW, _HIGH = 0.05, 0.95
"""The published interval leaves 5 % of the draws on either side."""
_APART: Final = 0.95
"""A new tie group starts where its first campus is below the group's first in this share of the draws."""
_GRADES: Final = ("red", "orange", "yellow", "blue")
_COLUMNS: Final = ("rank_low", "rank_high", "p_top10", *(f"p_{name}" for name in _GRADES), "tie_group")


@dataclass(frozen=True)
class DrawOptions:
    """Seed and number of draws."""

    seed: int = 0
    draws: int = DRAWS


@dataclass(frozen=True)
class _Spreads:
    weight: float
    tau: float
    speed: float


@dataclass(frozen=True)
class _TermArrays:
    """Terms of campuses and anchors as arrays; ``cell`` = campus number · families + family number."""

    cell: NDArray[np.int64]
    blocks: tuple[int, ...]  # first row of each family, and the end
    distance_m: NDArray[np.float64]
    rest: NDArray[np.float64]  # x without decay, and without severity where the speed is drawn
    drawn: NDArray[np.int64]  # rows whose speed is a class default
    drawn_road: NDArray[np.int64]  # road number of those rows
    road_keys: NDArray[np.uint64]
    road_speed_kmh: NDArray[np.float64]
    campuses: int


def score_draws(
    terms: pd.DataFrame, known: pd.DataFrame, rs: RuleSet, as_of: date, options: DrawOptions
) -> pd.DataFrame:
    """
    Score every campus in every draw, rounded.

    Weights are drawn within ``± risk.weight_spread`` of their value and scaled back to their sum; decay lengths within
    ``± risk.tau_spread``; the speed of each road without a recorded one within ``± risk.speed_spread`` of its class
    default (all relative, uniform).

    Parameters
    ----------
    terms
        From `load.terms`, of all campuses of ``known``.
    known
        Indexed by ``school_id``, one boolean column per family.
    rs, as_of, options
        Rules, day, seed and number of draws.

    Returns
    -------
    DataFrame
        Indexed like ``known``, one column per draw (0, 1, ...); missing where no family is known.
    """
    parameters = read_parameters(rs, as_of)
    spreads = _Spreads(*(rs.number(f"risk.{name}_spread", as_of) for name in ("weight", "tau", "speed")))
    arrays = _arrays(terms, anchor_terms(parameters, as_of), known.index)
    is_known = known[list(FAMILIES)].to_numpy(bool)
    out = np.empty((len(known), options.draws))
    for draw in range(options.draws):
        out[:, draw] = _one_draw(arrays, parameters, spreads, is_known, (options.seed, draw))
    return pd.DataFrame(out, index=known.index)


def rank_intervals(scores: pd.DataFrame, cutoffs: Mapping[str, float]) -> pd.DataFrame:
    """
    Sum up what the draws say about ranks and grades.

    Parameters
    ----------
    scores
        From `score_draws`, only the campuses that are ranked.
    cutoffs
        ``grade.cutoffs``.

    Returns
    -------
    DataFrame
        Indexed like ``scores``: ``rank_low, rank_high`` (5 % and 95 % quantile, whole ranks), ``p_top10``,
        ``p_red, p_orange, p_yellow, p_blue`` and ``tie_group`` (1 = the most dangerous group).
    """
    if scores.empty:
        return pd.DataFrame(index=scores.index, columns=list(_COLUMNS), dtype="float64")
    values = scores.to_numpy(float)
    ranks = scores.rank(method="min", ascending=False, axis=0).to_numpy(float)
    reached = {name: (values >= cutoffs[name]).mean(axis=1) for name in _GRADES[:-1]}
    return pd.DataFrame(
        {
            "rank_low": np.quantile(ranks, _LOW, axis=1, method="inverted_cdf").astype(int),
            "rank_high": np.quantile(ranks, _HIGH, axis=1, method="inverted_cdf").astype(int),
            "p_top10": (ranks <= _TOP).mean(axis=1),
            "p_red": reached["red"],
            "p_orange": reached["orange"] - reached["red"],
            "p_yellow": reached["yellow"] - reached["orange"],
            "p_blue": 1.0 - reached["yellow"],
            "tie_group": tie_groups(scores, np.median(ranks, axis=1)),
        },
        index=scores.index,
    )


def tie_groups(scores: pd.DataFrame, median_rank: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Group the campuses that the draws cannot tell apart, 1 = the most dangerous.

    Walks down the median rank (ids in order at a tie). A new group starts at a campus that scores below the first of
    the running group in at least 95 % of the draws.
    """
    values = scores.to_numpy(float)
    order = np.lexsort((scores.index.to_numpy(str), median_rank))
    groups = np.ones(len(scores), dtype=np.int64)
    first, group = order[0], 1
    for row in order[1:]:
        if (values[first] > values[row]).mean() >= _APART:
            first, group = row, group + 1
        groups[row] = group
    return groups


def _arrays(terms: pd.DataFrame, anchors: pd.DataFrame, school_ids: pd.Index) -> _TermArrays:
    """Campuses first, then one pseudo-campus per anchor; rows without weight are left out."""
    campus = np.concatenate(
        [school_ids.get_indexer(pd.Index(terms["school_id"])), len(school_ids) + family_number(anchors["school_id"])]
    )
    both = pd.concat([terms, anchors], ignore_index=True)
    keep = (campus >= 0) & (both["x"].to_numpy(float) > 0.0)
    # family by family, so that each family's decay is one block of rows
    order = np.flatnonzero(keep)[np.argsort(family_number(both["family"][keep]), kind="stable")]
    both, campus = both.iloc[order], campus[order]
    family = family_number(both["family"])
    drawn = np.flatnonzero(both["default_speed"].to_numpy(bool))
    roads, first_row, road = np.unique(
        both["road_id"].fillna(both["hazard_id"]).to_numpy(str)[drawn], return_index=True, return_inverse=True
    )
    severity = both["volume"].where(both["default_speed"], both["severity"])
    return _TermArrays(
        cell=campus * len(FAMILIES) + family,
        blocks=tuple(np.searchsorted(family, np.arange(len(FAMILIES) + 1))),
        distance_m=both["distance_m"].to_numpy(float),
        rest=(severity * both["exposure"] * (1.0 - both["protection"])).to_numpy(float),
        drawn=drawn,
        drawn_road=road,
        road_keys=keys(f"speed:{name}" for name in roads),
        road_speed_kmh=both["speed_kmh"].to_numpy(float)[drawn][first_row],
        campuses=len(school_ids),
    )


def _one_draw(
    arrays: _TermArrays,
    parameters: RiskParameters,
    spreads: _Spreads,
    known: NDArray[np.bool_],
    seed_draw: tuple[int, int],
) -> NDArray[np.float64]:
    """Score all campuses once, rounded."""
    x = arrays.rest * _drawn_decay(arrays, parameters, spreads.tau, seed_draw)
    speed = arrays.road_speed_kmh * (1.0 + spreads.speed * uniform(*seed_draw, arrays.road_keys))
    death = death_probability(speed, parameters.traffic.death_a, parameters.traffic.death_b)
    x[arrays.drawn] *= death[arrays.drawn_road]
    cells = (arrays.campuses + len(FAMILIES)) * len(FAMILIES)
    total = np.bincount(arrays.cell, weights=x, minlength=cells).reshape(-1, len(FAMILIES))
    reference = np.diagonal(total[arrays.campuses :]) / np.log(2.0)
    load = total[: arrays.campuses] * (_drawn_weights(parameters, spreads.weight, seed_draw) / reference)
    score = -100.0 * np.expm1(-np.where(known, load, 0.0).sum(axis=1))
    return np.where(known.any(axis=1), score.round(SCORE_DECIMALS), np.nan)


def _drawn_decay(
    arrays: _TermArrays, parameters: RiskParameters, spread: float, seed_draw: tuple[int, int]
) -> NDArray[np.float64]:
    shift = uniform(*seed_draw, keys(f"tau:{family}" for family in FAMILIES))
    out = np.empty(len(arrays.cell))
    for number, family in enumerate(FAMILIES):
        rows = slice(arrays.blocks[number], arrays.blocks[number + 1])
        tau_m = parameters.tau_m[family] * (1.0 + spread * shift[number])
        out[rows] = decay(arrays.distance_m[rows], tau_m, parameters.reach_m[family])
    return out


def _drawn_weights(parameters: RiskParameters, spread: float, seed_draw: tuple[int, int]) -> NDArray[np.float64]:
    weights = np.array([parameters.weights[family] for family in FAMILIES])
    drawn = weights * (1.0 + spread * uniform(*seed_draw, keys(f"weight:{family}" for family in FAMILIES)))
    scaled: NDArray[np.float64] = drawn * (weights.sum() / drawn.sum())
    return scaled
