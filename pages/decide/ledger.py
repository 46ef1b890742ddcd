"""隐患台账: what is open, who acts until when, what was done; from list and map to the item and its next step."""

import streamlit as st

from gislib.planning import ledger
from gislib.ui import (
    cache,
    computing,
    frame,
    guard,
    ledger_actions,
    ledger_excel,
    ledger_item,
    ledger_list,
    ledger_map,
    state,
)

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, raising, excel, bulk = st.columns([6, 2, 2, 2], vertical_alignment="center")
    request = computing.require_results(session, choices)
    taken = cache.snapshot(session)
    on = computing.today()
    everything = ledger.table(session, on=on)
    stamp = cache.stamp(taken, request, lang)

with heading:
    frame.title("ledger.title", lang, ledger_list.context(everything, on, lang))
ledger_excel.menu(excel, session, on, lang)
ledger_actions.raising(raising, session, request, lang)
ledger_excel.review(session, lang)
ledger_actions.raised(lang)
st.html(ledger_list.figures(everything, on, lang))
filters = ledger_list.filters(everything, on, lang)
shown = ledger.table(session, filters, on)
left, right = st.columns([3, 2], gap="small")
with left:
    marked = ledger_list.show(shown, len(everything), on, choices)
    clicked = ledger_map.show((taken, stamp), shown, ledger_map.acting(session, shown), choices)
    ledger_map.take(clicked)
state.take("item", state.new_pick("ledger", marked[-1] if marked else None))
ledger_actions.assigning(bulk, session, everything.loc[[i for i in marked if i in everything.index]], on, lang)
with right, guard.show_errors(lang):
    if ledger_map.asked_new() is not None:
        ledger_actions.new_item(session, on, lang)
    else:
        ledger_item.show(session, everything, on, choices)
frame.footer(stamp, lang)
