"""The pages and their sections, named in the interface language; addresses are the same in both."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from gislib import wording
from gislib.reports.symbols import data_uri
from gislib.ui.markup import MARK
from gislib.ui.server import project_root

ICON: Final = data_uri(MARK)

# section -> (page, icon); the file is pages/<section>/<page>.py
_PAGES: Final = {
    "study": (("overview", "map"), ("campus", "school"), ("compliance", "fact_check")),
    "plan": (("treatments", "traffic"), ("patrols", "route")),
    "decide": (("ledger", "assignment"), ("meetings", "groups")),
    "base": (("data", "database"), ("methods", "menu_book"), ("admin", "admin_panel_settings")),
}


def pages(lang: str) -> dict[str, list[StreamlitPage]]:
    """Pages by section for ``st.navigation``; the overview is the first one opened."""
    root = project_root() / "pages"
    return {
        wording.text(f"ui.section.{section}", lang): [
            st.Page(
                root / section / f"{name}.py",
                title=wording.text(f"{name}.title", lang),
                icon=f":material/{icon}:",
                url_path=name,
                default=name == "overview",
            )
            for name, icon in names
        ]
        for section, names in _PAGES.items()
    }
