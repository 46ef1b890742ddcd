"""护学图: entry point of the screen; every page is listed here."""

import streamlit as st

from gislib.ui import frame, guard, navigation, state, theme

st.set_page_config(page_title="护学图 HuXueTu", page_icon=navigation.ICON, layout="wide")
choices = state.restore()
theme.apply()
pages = navigation.pages(choices.lang)
page = st.navigation(pages, position="hidden")
frame.enter(choices, pages)
with guard.show_defects(choices.lang):
    page.run()
