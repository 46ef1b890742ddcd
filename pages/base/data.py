"""数据: import files, see where the data come from, what is doubtful and what was refused."""

import streamlit as st

from gislib.ui import cache, computing, frame, guard, importing, quality, state

choices = state.current()
lang = choices.lang

frame.title("data.title", lang)
with guard.show_errors(lang):
    session = computing.existing_session()
if session is None:
    st.html(importing.start_note(lang))
    importing.form(lang)
    st.stop()

with guard.show_errors(lang):
    report = cache.check(cache.snapshot(session), computing.day_of(session))
st.html(quality.figures(session, report, lang))
adding, origins, problems, refused = st.tabs(quality.tab_names(report, session, lang))
with adding:
    importing.form(lang)
with origins:
    quality.sources(session, lang)
with problems:
    quality.problems(report, cache.names(cache.snapshot(session)), lang)
with refused:
    quality.rejected(session, lang)
frame.footer(computing.stamp_or_none(session, choices), lang)
