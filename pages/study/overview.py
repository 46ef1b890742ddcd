"""总览: every campus on the map and in the ranking, with the reason for its grade."""

import streamlit as st

from gislib.ui import area_map, cache, computing, frame, guard, ranking, state

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, slices = st.columns([4, 5], vertical_alignment="center")
    request = computing.require_results(session, choices)
    taken = cache.snapshot(session, choices.profile)
    found = cache.overview(taken, request)
    stamp = cache.stamp(taken, request, lang)

with heading:
    frame.title("overview.title", lang, ranking.context(found, request.as_of, lang))
with slices:
    frame.slice_choice(choices, request.as_of)

st.html(ranking.figures(found, lang))
left, right = st.columns([6, 5], gap="small")
with right:
    row = ranking.pick(found, lang)
    st.html(ranking.confidence_card(found, lang))
    st.html(ranking.selected_card(found, choices))
    ranking.actions(session, found, stamp, choices)
with left:
    clicked = area_map.show(taken, found, stamp, choices)
state.select_school(clicked, row)
frame.footer(stamp, lang)
