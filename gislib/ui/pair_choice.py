"""Controls and texts of the compliance page: which pair is looked at, and what surrounds its evidence."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning.evidence import Evidence
from gislib.ui import cache, markup, pairs, tables, words
from gislib.ui.cache import Snapshot
from gislib.ui.picture import Html
from gislib.ui.state import Choices


@st.cache_data(max_entries=8, show_spinner=False)
def findings(taken: Snapshot) -> pd.DataFrame:
    """One row a pair, most urgent first, see `gislib.ui.pairs.ordered`."""
    found = cache.compliance(taken)
    return pairs.ordered(found.findings, found.distances)


def context(found: pd.DataFrame, lang: str) -> str:
    """Give the number of pairs in reach."""
    return wording.text("compliance.context", lang, count=len(found))


def school_names(taken: Snapshot) -> dict[str, str]:
    """Names of campuses by id; the id itself where there is none."""
    table = cache.result(taken, "school_risk")
    return {str(identity): words.text_or(name, str(identity)) for identity, name in table["name"].items()}


@st.cache_data(max_entries=32, show_spinner=False)
def grid(taken: Snapshot, verdict: str | None, on: date, lang: str) -> pd.DataFrame:
    """Rows of the grid for a verdict (None = all)."""
    found = findings(taken)
    shown = found if verdict is None else found[found["verdict"] == verdict]
    return pairs.grid_rows(shown, school_names(taken), cache.base_tables(taken)["venues"], on, lang)


def pick(taken: Snapshot, found: pd.DataFrame, verdict: str | None, on: date, lang: str) -> str | None:
    """Grid of pairs of a verdict; returns the pair picked as ``school_id|venue_id``."""
    if found.empty:
        st.html(markup.note(wording.text("compliance.empty", lang)))
        return None
    return tables.pick_row(grid(taken, verdict, on, lang), f"pairs.{verdict}", pairs.columns(lang), pairs.GRID_PX)


def matrix(taken: Snapshot, found: pd.DataFrame, on: date, lang: str) -> Html:
    """Count by kind of venue and campus."""
    return pairs.matrix(found, school_names(taken), on, lang)


def chosen(found: pd.DataFrame, verdict: str | None, choices: Choices) -> tuple[str, str] | None:
    """Pair to show: the chosen one if the filter lets it through, else the most urgent that it does; None without."""
    shown = found if verdict is None else found[found["verdict"] == verdict]
    own = shown[(shown["school_id"] == choices.school) & (shown["venue_id"] == choices.venue)]
    rows = own if len(own) else shown
    return (str(rows.iloc[0]["school_id"]), str(rows.iloc[0]["venue_id"])) if len(rows) else None


def heading(taken: Snapshot, found: Evidence, lang: str) -> Html:
    """Venue and campus with the venue's symbol."""
    row = found.finding
    ends = found.ends.set_index("role")["name"]
    venue = words.text_or(ends.get("venue"), words.kind_name("venue", row["venue_kind"], lang))
    school = school_names(taken).get(str(row["school_id"]), words.UNKNOWN)
    name = markup.marked(pairs.symbol_of(row["venue_kind"]), f"{venue} ↔ {school}", 20)
    return Html(f'<div class="hx"><b>{name}</b></div>')


def caution(lang: str) -> str:
    """Sentence that stands with all evidence."""
    return wording.text("compliance.caution", lang)


def hint(lang: str) -> str:
    """Say what to do when no pair is there."""
    return wording.text("compliance.hint", lang)
