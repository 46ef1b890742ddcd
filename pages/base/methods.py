"""方法与规则: every number that counts, with its source and reliability; profiles, methods and weights."""

import streamlit as st

from gislib.ui import computing, frame, guard, rulebook, state

choices = state.current()
lang = choices.lang
today = computing.today()

frame.title("methods.title", lang, rulebook.context(lang))
with guard.show_errors(lang):
    left, right = st.columns([5, 4], gap="small")
    with left:
        topic = rulebook.topic_choice(today, lang)
        rule = rulebook.pick(today, topic, lang)
    with right:
        if rule is not None:
            st.html(rulebook.detail(rule, lang))
        st.html(rulebook.profile_card(choices.profile, lang))
        st.html(rulebook.methods_card(lang))
        st.html(rulebook.weights_card(today, lang))
frame.footer(computing.stamp_of_workspace(choices), lang)
