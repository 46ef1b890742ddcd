"""学校档案: one campus with its map, the reasons for its index, its venues, hazards and standards audit."""

import streamlit as st

from gislib.ui import cache, campus_checks, campus_choice, campus_map, computing, dossier, frame, guard, state

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, chooser, views, save = st.columns([3, 3, 4, 2], vertical_alignment="center")
    request = computing.require_results(session, choices)
    taken = cache.snapshot(session, choices.profile)
    school_id = campus_choice.choose(chooser, cache.overview(taken, request), choices)
    view = cache.campus(taken, school_id)
    stamp = cache.stamp(taken, request, lang)

with heading:
    frame.title("campus.title", lang, dossier.context(view, lang))
with views:
    shown = campus_choice.view(lang)
with save:
    campus_choice.download(session, school_id, lang)

st.html(dossier.figures(view, lang))
if shown == "map":
    left, right = st.columns([4, 3], gap="small")
    with right:
        st.html(dossier.explanation(view, lang))
        st.html(dossier.venues(view, request.as_of, lang, choices.venue))
        frame.block(dossier.confidence_note(view, lang))
    with left:
        state.take("venue", campus_choice.venue_of(campus_map.show(taken, view, stamp, choices)))
elif shown == "audit":
    st.html(dossier.audit(view, lang))
elif shown == "hazards":
    st.html(dossier.hazards(view, lang))
else:
    campus_checks.show(session, school_id, lang)
frame.footer(stamp, lang)
