"""Controls of the page of one campus: which campus, which view of it, and its standalone map as a file."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.planning import exports
from gislib.planning.overview import Overview
from gislib.planning.session import Session
from gislib.ui import choice_box, state, words
from gislib.ui.map_component import Picked
from gislib.ui.state import Choices

VIEWS = ("map", "audit", "hazards", "checks")


def choose(place: DeltaGenerator, found: Overview, choices: Choices) -> str:
    """
    Box with all campuses in the order of their rank; returns the chosen one, at first the highest ranked.

    An id in the address that is not among the results (an old link) falls back to the first.
    """
    ids = [str(identity) for identity in found.schools.index]
    names = dict(zip(ids, found.schools["name"].map(words.text_or), strict=True))
    ranks = dict(zip(ids, (words.rank_range(row) for row in found.schools.to_dict("records")), strict=True))
    chosen = choices.school if choices.school in names else ids[0]
    ranked = {identity: f"{ranks[identity]}  {names[identity]}" for identity in ids}
    label = wording.text("campus.choose", choices.lang)
    choice_box.show(place, label, ranked, chosen, f"campus.choose.{chosen}", _chosen)
    return chosen


def _chosen(widget_key: str) -> None:
    state.take_widget("school", widget_key)
    state.put("venue", None)


def view(lang: str) -> str:
    """Switch between map, audit, hazards and inspections."""
    picked = st.segmented_control(
        wording.text("campus.view.label", lang),
        VIEWS,
        default=VIEWS[0],
        format_func=lambda name: wording.text(f"campus.view.{name}", lang),
        key="campus.view",
        label_visibility="collapsed",
    )
    return picked or VIEWS[0]


def download(session: Session, school_id: str, lang: str) -> None:
    """Button for the standalone map; the file is made when it is asked for."""
    st.download_button(
        wording.text("campus.download", lang),
        lambda: exports.campus_file(session, school_id, lang),
        f"{school_id.replace(':', '_')}.html",
        "text/html",
        type="primary",
        on_click="ignore",
        key="campus.download",
        width="stretch",
    )


def venue_of(picked: Picked | None) -> str | None:
    """Venue that was clicked, if it was a venue."""
    return picked.id if picked and picked.layer_id == "venues" else None
