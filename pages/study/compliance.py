"""合规核查: every venue against every campus under the rule profile, with the evidence of the pair that is picked."""

import streamlit as st

from gislib.ui import cache, computing, frame, guard, markup, pair_choice, pair_map, pairs, state

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, verdicts = st.columns([2, 5], vertical_alignment="center")
    request = computing.require_results(session, choices)
    taken = cache.snapshot(session, choices.profile)
    findings = pair_choice.findings(taken)
    stamp = cache.stamp(taken, request, lang)

with heading:
    frame.title("compliance.title", lang, pair_choice.context(findings, lang))
with verdicts:
    verdict = pairs.verdict_filter(findings, lang)

left, right = st.columns([9, 5], gap="small")
with left:
    row = pair_choice.pick(taken, findings, verdict, request.as_of, lang)
    st.html(markup.note(pair_choice.caution(lang)))
    st.html(pair_choice.matrix(taken, findings, request.as_of, lang))
state.take_pair(row)
chosen = pair_choice.chosen(findings, verdict, choices)
with right, guard.show_errors(lang):
    if chosen is None:
        st.html(markup.note(pair_choice.hint(lang)))
    else:
        found = cache.evidence(taken, *chosen)
        st.html(pair_choice.heading(taken, found, lang))
        pair_map.show(taken, chosen, stamp, lang)
        frame.block(pairs.number_line(found, request.as_of, lang))
        st.html(pairs.evidence_facts(found, lang))
        st.html(pairs.all_methods(found, lang))
frame.footer(stamp, lang)
