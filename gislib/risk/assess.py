"""The whole risk layer in its order: terms, score, confidence, draws, publication, explanation, road pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from gislib.risk.confidence import confidence
from gislib.risk.explain import shares
from gislib.risk.family import ALONG_STREETS
from gislib.risk.load import RiskOptions, terms
from gislib.risk.matrix import priorities
from gislib.risk.publish import publish_intervals, publish_schools, rounded
from gislib.risk.robustness import DrawOptions, rank_intervals, score_draws
from gislib.risk.score import score
from gislib.risk.segment import segment_risk
from gislib.rules import RuleSet


@dataclass(frozen=True)
class RiskInputs:
    """
    What the risk layer is told.

    ``hazards``: family to table (`load.terms`); ``schools``: campuses by ``school_id``; ``known``: campus × family
    (`score.score`); ``evidence``: campus facts for `confidence.confidence`; ``source_dates``: family to
    ISO date or None.
    """

    hazards: Mapping[str, pd.DataFrame]
    schools: pd.DataFrame
    known: pd.DataFrame
    evidence: pd.DataFrame
    source_dates: Mapping[str, str | None]


@dataclass(frozen=True)
class RiskTables:
    """
    What the risk layer answers.

    ``terms`` unrounded, for layers that go on calculating; ``school_risk`` (sorted by ``school_id``), ``shares``,
    ``segment_risk`` and ``priorities`` as published.
    """

    terms: pd.DataFrame
    school_risk: pd.DataFrame
    shares: pd.DataFrame
    segment_risk: pd.DataFrame
    priorities: pd.DataFrame


def assess(inputs: RiskInputs, rs: RuleSet, options: RiskOptions, draws: DrawOptions) -> RiskTables:
    """
    Risk of every campus.

    Families that are measured along streets count as unknown, not as zero, on a campus that is joined to no street.

    Raises
    ------
    TableError, RuleError
        As `load.terms`.
    """
    as_of = options.as_of
    schools = inputs.schools.sort_index()
    all_terms, known, scored = loads(inputs, rs, options)
    evidence = inputs.evidence.loc[schools.index]
    sure = confidence(evidence, all_terms, known, inputs.source_dates, rs, as_of)
    published = publish_schools(scored, sure, rs, as_of)
    ranked = known[published["rank"].notna()]
    scores = score_draws(all_terms, ranked, rs, as_of, draws)
    school_risk = publish_intervals(published, rank_intervals(scores, rs.table("grade.cutoffs", as_of)))
    return RiskTables(
        terms=all_terms,
        school_risk=school_risk,
        shares=rounded(shares(all_terms, scored, rs, as_of)),
        segment_risk=rounded(segment_risk(all_terms, rs, as_of)),
        priorities=priorities(school_risk, rs, as_of),
    )


def loads(inputs: RiskInputs, rs: RuleSet, options: RiskOptions) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """
    Terms of every campus, the families known there, and its unpublished scores: `assess` without what is told of them.

    Raises
    ------
    TableError, RuleError
        As `load.terms`.
    """
    schools = inputs.schools.sort_index()
    known = _measurable(inputs.known.loc[schools.index], inputs.evidence["snapped"])
    all_terms = terms(inputs.hazards, schools, rs, options)
    return all_terms, known, score(schools, all_terms, known, rs, options.as_of)


def _measurable(known: pd.DataFrame, snapped: pd.Series[bool]) -> pd.DataFrame:
    joined = snapped.loc[known.index].astype(bool)
    return known.assign(**{family: known[family] & joined for family in ALONG_STREETS})
