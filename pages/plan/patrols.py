"""巡逻规划: who walks which streets and checks which places when, in sets that nobody can foresee."""

import streamlit as st

from gislib.planning import patrol_basis, patrols
from gislib.ui import (
    cache,
    computing,
    frame,
    guard,
    markup,
    patrol_actions,
    patrol_cards,
    patrol_check,
    patrol_choice,
    patrol_done,
    patrol_files,
    patrol_gantt,
    patrol_left,
    patrol_map,
    patrol_run,
    patrol_view,
    state,
)

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, chooser, sets, views, ask, more, out = st.columns(patrol_choice.BAR, vertical_alignment="center")
    asked = computing.require_results(session, choices)
    taken = cache.snapshot(session)
    head = patrol_choice.choose(chooser, patrols.heads(session), choices)
    saved = patrols.read(session, head.patrol_id) if head else None
    stamp = cache.stamp(taken, asked, lang)
    with heading:
        frame.title("patrols.title", lang, patrol_choice.context(saved, lang))

patrol_run.show(lang)
with guard.show_errors(lang), patrol_choice.preparing(lang):
    basis = patrol_basis.patrol_basis(session, asked)
    base = taken, cache.overview(taken, asked), stamp

if saved is None:
    st.html(markup.note(patrol_choice.label("start", lang)))
    patrol_choice.form(session, asked, basis, None, lang)
    frame.footer(stamp, lang)
    st.stop()

seen = patrol_view.shown(saved, patrol_choice.which_set(sets, saved, lang), choices)
shown = patrol_choice.view(views, lang)
with ask.popover(patrol_choice.label("again", lang), width="stretch"):
    patrol_choice.form(session, asked, basis, saved, lang)
with more.popover(patrol_choice.label("more", lang), width="stretch"):
    patrol_actions.menu(session, saved, lang)
    patrol_actions.rota(session, saved, computing.today(), lang)
patrol_files.show(out, session, seen, computing.today(), lang)
left, right = st.columns([3, 2], gap="small")
if shown == "check":
    with right:
        done = patrol_check.show(session, seen, lang)
    with left:
        patrol_map.take(patrol_map.show(base, seen, choices, done))
    if done:
        st.html(patrol_done.missed(seen, done.found, lang))
        patrol_done.task_grid(session, seen, done.found, done.on, lang)
else:
    with left:
        patrol_map.take(patrol_map.show(base, seen, choices))
    with right:
        patrol_cards.figures(seen, lang)
        patrol_cards.stations(session, asked, seen, choices)
        patrol_cards.notes(seen, lang)
    st.html(patrol_gantt.gantt(seen.record, lang))
    patrol_left.show(session, asked, seen, lang)
frame.footer(stamp, lang)
