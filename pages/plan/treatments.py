"""措施规划: what to build where for a budget, edited on the map, scored at once, handed to the works department."""

import streamlit as st

from gislib.planning import plan_basis, plan_scores, plans
from gislib.ui import (
    cache,
    computing,
    frame,
    guard,
    plan_actions,
    plan_cards,
    plan_choice,
    plan_compare,
    plan_edit,
    plan_list,
    plan_map,
    plan_view,
    state,
)

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, chooser, views, more, save = st.columns([5, 4, 3, 2, 2], vertical_alignment="center")
    asked = computing.require_results(session, choices)
    taken = cache.snapshot(session)
    heads = plans.heads(session)
    head = plan_choice.choose(chooser, heads, choices)
    plan = plans.read(session, head.plan_id) if head else None
    request = plans.request_of(plan) if plan else asked
    stamp = cache.stamp(taken, request, lang)
    with heading:
        frame.title("treatments.title", lang, plan_choice.context(head, session, lang))
    with views:
        shown = plan_choice.view(lang, len(heads))
    with plan_choice.preparing(lang):
        basis = plan_basis.plan_basis(session, request)

if plan is None:
    with guard.part():
        plan_choice.start(session, asked, lang)
elif shown == "compare":
    compared = plan_compare.choose(heads, head, lang)
    if compared:
        with guard.show_errors(lang), plan_choice.preparing(lang):
            found = plan_scores.compare(session, request, [plans.read(session, one.plan_id) for one in compared])
        plan_compare.show(found, basis, lang)
else:
    with guard.show_errors(lang):
        seen = plan_view.shown(plan, basis, plans.warnings(session, request, plan), choices)
    plan_actions.menu(more, session, request, seen, lang)
    plan_actions.export(save, session, request, plan, lang)
    left, right = st.columns([3, 2], gap="small")
    with left:
        plan_actions.late(session, request, plan, lang)
        plan_actions.refused(session, plan, lang)
        base = taken, cache.overview(taken, request), stamp
        last = plan_edit.outcome(plan.head.plan_id)
        clicked = plan_map.show(base, seen, last, plan_edit.acting(session, request, plan), choices)
        plan_map.take(clicked, plan.head.plan_id)
        with guard.show_errors(lang):
            scores = plan_scores.scores(session, request, plan)
        state.take("device", plan_list.show(seen, scores, choices))
    with right:
        with guard.part():
            plan_choice.optimise(session, asked, heads, head, lang)
        plan_cards.show((taken, request), plan_choice.wish_of(head), seen, scores, lang)
frame.footer(stamp, lang)
