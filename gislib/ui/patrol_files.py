"""Buttons that print a patrol: the sheets of the shift, and a package with tracks, roster and map file."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.planning import patrol_days, patrol_papers
from gislib.planning.session import Session
from gislib.ui import patrol_view, words
from gislib.ui.patrol_view import Shown

_PDF: Final = "application/pdf"
_ZIP: Final = "application/zip"


def show(place: DeltaGenerator, session: Session, seen: Shown, today: date, lang: str) -> None:
    """Popover with the day that is printed; files are made when they are asked for."""
    saved = seen.saved
    with place.popover(wording.text("patrols.print", lang), type="primary", width="stretch"):
        on = st.date_input(wording.text("patrols.print_day", lang), today, key="patrol.print.day")
        planned = patrol_days.day_sets(session, saved, [on])[0]
        number = seen.number
        if len(saved.sets) > 1:
            label = wording.text("patrols.print_set", lang, number=planned + 1)
            number = planned if st.checkbox(label, value=True, key="patrol.print.rota") else seen.number
        st.download_button(
            wording.text("patrols.print_sheets", lang, number=number + 1),
            lambda: patrol_papers.sheets_pdf(session, saved, number, on),
            f"{saved.head.patrol_id}_{on.isoformat()}.pdf", _PDF, type="primary", on_click="ignore",
            key="patrol.print.pdf", width="stretch",
        )  # fmt: skip
        formats = st.multiselect(
            wording.text("patrols.formats", lang), patrol_papers.FORMATS, patrol_papers.FORMATS, placeholder="",
            format_func=lambda name: words.text_for(f"patrols.format.{name}", name, lang), key="patrol.formats",
        )  # fmt: skip
        st.download_button(
            wording.text("patrols.package", lang),
            lambda: patrol_papers.package_zip(session, saved, tuple(formats), number=number, on=on),
            f"{saved.head.patrol_id}_{on.isoformat()}.zip", _ZIP, on_click="ignore", disabled=not formats,
            key="patrol.package", width="stretch",
        )  # fmt: skip
        st.caption(patrol_view.where(seen, number, lang))
