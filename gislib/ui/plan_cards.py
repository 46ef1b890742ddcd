"""Cards of a plan: what budgets buy, campuses before and after, what engineering alone cannot reach."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.assessment import Request
from gislib.planning import plan_files, plan_ways, proposals
from gislib.planning.plan_files import PlanSummary
from gislib.planning.plan_scores import PlanScores
from gislib.planning.proposals import Frontier, PlanWish
from gislib.siting.frontier import NEEDS_ENFORCEMENT
from gislib.siting.optimise import OPTIMAL
from gislib.ui import background, cache, frame, guard, markup, plan_charts, plan_gaps, words
from gislib.ui.cache import Snapshot
from gislib.ui.picture import Html, safe
from gislib.ui.plan_charts import BeforeAfter, BudgetPoint
from gislib.ui.plan_list import WAN, money
from gislib.ui.plan_view import Shown

ROWS_SHOWN: Final = 7
_WORST: Final = "red"
_LOOK_SECONDS: Final = 2.0
"""How often an answer in the background is looked for."""
_LIMITS: Final = ("orange", "red")
_SAME_COST: Final = 1.05
"""A budget this little above a plan's own cost is no other budget."""


@dataclass(frozen=True)
class Prospects:
    """What takes its time: the best plan under each of several budgets, and the ways out of the worst grade."""

    frontier: Frontier
    ways: pd.DataFrame


def prospects(taken: Snapshot, request: Request, wish: PlanWish) -> Future[Prospects]:
    """Prospects of a wish, worked out in the background; its name does not matter."""
    unnamed = replace(wish, name="")

    def work() -> Prospects:
        session = cache.session_of(taken)
        return Prospects(proposals.frontier(session, request, unnamed), plan_ways.ways_out(session, request, unnamed))

    return background.job(("prospects", taken, request, unnamed), work)


def show(base: tuple[Snapshot, Request], wish: PlanWish | None, seen: Shown, scores: PlanScores, lang: str) -> None:
    """Draw the cards; budgets and ways out appear as soon as they are worked out."""
    told = plan_files.summary(seen.plan, scores)
    asked = None if wish is None else prospects(*base, wish)
    waiting = asked is not None and not asked.done()

    @st.fragment(run_every=_LOOK_SECONDS if waiting else None)
    def draw() -> None:
        if waiting and asked is not None and asked.done():
            st.rerun()  # draws once more and stops looking
        with guard.show_defects(lang), guard.part():
            cards()

    def cards() -> None:
        with guard.end_part(lang):
            found = asked.result() if asked is not None and not waiting else None
        st.html(budget_card(found, told, waiting, lang))
        st.html(before_after_card(seen, scores, lang))
        frame.block(reduction_note(scores, lang))
        frame.block(plan_gaps.card(seen, lang))
        if found is not None:
            frame.block(ways_out_note(still_worst(found.ways, scores), lang))

    draw()


def still_worst(ways: pd.DataFrame, scores: PlanScores) -> pd.DataFrame:
    """Ways out of campuses that the plan leaves in the worst grade."""
    after = scores.campuses["grade_after"].reindex(ways.index)
    return ways[(after == _WORST).to_numpy(bool)]


def solver_words(told: PlanSummary, lang: str) -> str:
    """How well the plan is known to be the best one."""
    seconds, gap = words.decimals(told.seconds), words.decimals(100.0 * told.gap, 2)
    status = told.status
    if status == OPTIMAL and told.given_up:
        status = "given_up" if told.given_up_proven else "given_up_unproven"
    return wording.text(f"treatments.solver.{status}", lang, gap=gap, seconds=seconds, count=str(told.given_up))


def budget_card(found: Prospects | None, told: PlanSummary, waiting: bool, lang: str) -> Html:  # noqa: FBT001
    """Budgets and what they take off, with the plan ringed and what a little more would add; a note while waiting."""
    mine = BudgetPoint(told.cost_yuan / WAN, told.reduction, told.reduction)
    lines, chart = [_plan_line(told, lang), _standards_line(told, lang)], Html("")
    if waiting:
        chart = markup.note(wording.text("treatments.frontier.computing", lang))
    if found is not None:
        points = [BudgetPoint(p.budget_yuan / WAN, p.load, p.greedy_load) for p in found.frontier.points]
        chart = plan_charts.frontier_chart(points, mine, _axis_words(points, lang))
        lines.append(_more_line(points, mine, lang))
    notes = Html("<br>".join(safe(line) for line in lines if line))
    small = Html(f'<div class="hx-small">{notes}</div>')
    over = Html("")
    if told.over_budget_yuan:
        said = wording.text("treatments.over_budget", lang, over=money(told.over_budget_yuan, lang))
        over = markup.note(said, warn=True)
    return markup.card(
        wording.text("treatments.frontier.title", lang), markup.body(over, chart, small), solver_words(told, lang)
    )


def _axis_words(points: Sequence[BudgetPoint], lang: str) -> dict[str, str]:
    texts = {name: wording.text(f"treatments.frontier.{name}", lang) for name in ("value", "budget", "best", "alt")}
    less = max((1.0 - p.greedy / p.value for p in points if p.value > 0), default=0.0)
    return texts | {"greedy": wording.text("treatments.frontier.greedy", lang, less=words.decimals(100.0 * less))}


def _standards_line(told: PlanSummary, lang: str) -> str:
    """Gaps of the standards audit that the plan could not close though it was asked to; empty for none."""
    if not told.standards_left:
        return ""
    return wording.text("treatments.standards_left", lang, count=str(told.standards_left))


def _plan_line(told: PlanSummary, lang: str) -> str:
    return wording.text(
        "treatments.frontier.plan",
        lang,
        cost=money(told.cost_yuan, lang),
        load=words.decimals(told.reduction, 2),
        rerouted=words.decimals(told.reduction_rerouted, 2),
        points=words.decimals(told.score_reduction_rerouted),
    )


def _more_line(points: Sequence[BudgetPoint], mine: BudgetPoint, lang: str) -> str:
    larger = [p for p in points if p.budget > mine.budget * _SAME_COST and p.value > mine.value]
    if not larger:
        return ""
    more = money((larger[0].budget - mine.budget) * WAN, lang)
    return wording.text(
        "treatments.frontier.more", lang, cost=more, load=words.decimals(larger[0].value - mine.value, 2)
    )


def before_after_card(seen: Shown, scores: PlanScores, lang: str) -> Html:
    """Campuses that the plan changes and those in the worst grade, the highest score today first."""
    campuses = scores.campuses
    known = campuses[campuses["score_before"].notna() & campuses["score_rerouted"].notna()]
    changed = known[(known["score_before"] != known["score_rerouted"]) | (known["grade_before"] == _WORST)]
    first = changed.sort_values("score_before", ascending=False).head(ROWS_SHOWN)
    rows = [
        BeforeAfter(words.text_or(name), float(before), float(after), words.text_or(grade))
        for name, before, after, grade in zip(
            first["name"], first["score_before"], first["score_rerouted"], first["grade_after"], strict=True
        )
    ]
    cutoffs = seen.basis.rs.table("grade.cutoffs", seen.basis.request.as_of)
    limits = {
        wording.text("treatments.limit", lang, grade=wording.term("grade", grade, lang), value=f"{cutoffs[grade]:g}"):
        float(cutoffs[grade])
        for grade in _LIMITS
    }  # fmt: skip
    alt = wording.text("treatments.before_after", lang)
    note = wording.text(
        "treatments.worst",
        lang,
        before=int((campuses["grade_before"] == _WORST).sum()),
        after=int((campuses["grade_after"] == _WORST).sum()),
        shown=len(first),
        total=len(changed),
    )
    chart = plan_charts.dumbbells(rows, limits, alt=alt) or markup.note(wording.text("treatments.no_change", lang))
    return markup.card(alt, markup.body(chart), note)


def reduction_note(scores: PlanScores, lang: str) -> Html:
    """Say where rerouted pupils change the picture; empty where they do not."""
    if not scores.differs:
        return Html("")
    values = {"fixed": scores.reduction_fixed, "rerouted": scores.reduction_rerouted}
    shown = {name: words.decimals(value, 2) for name, value in values.items()}
    return markup.note(wording.text("treatments.differs", lang, **shown), warn=True)


def ways_out_note(ways: pd.DataFrame, lang: str) -> Html:
    """For every campus in the worst grade: what it costs to leave it, or that engineering alone does not do it."""
    lines = []
    for way in ways.to_dict("records"):
        name = words.text_or(way["name"])
        if way["status"] == NEEDS_ENFORCEMENT:
            least = words.decimals(way["least_score"])
            lines.append(wording.text("treatments.way_out.enforcement", lang, name=name, score=least))
        else:
            cost = money(way["cost_yuan"], lang)
            lines.append(wording.text("treatments.way_out.cost", lang, name=name, cost=cost, devices=way["devices"]))
    return markup.note(Html("<br>".join(safe(line) for line in lines)), warn=True) if lines else Html("")
