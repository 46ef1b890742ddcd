"""What is loaded and how good it is: sources, problems of the data, rows that were refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import checks, imports
from gislib.planning.checks import CheckReport
from gislib.planning.session import Session
from gislib.sources import workspace
from gislib.sources.provenance import Provenance
from gislib.ui import guard, markup, tables, words
from gislib.ui.markup import Figure, Heading
from gislib.ui.picture import Html, Text

GRID_ROWS: Final = 14
_NAMED: Final = 6  # names in a row of problems
_CHIPS: Final = {"serious": "suspected", "doubt": "remeasure", "note": "clear"}


def figures(session: Session, report: CheckReport, lang: str) -> Html:
    """Count sources, campuses, rows kept and refused, problems by severity."""
    origins = workspace.provenances(session.workspace)
    counts = _rows(report)["severity"].value_counts()
    # The cells of a raster are no rows.
    rows = [origin for origin in origins.values() if not origin.origin.lower().endswith((".tif", ".tiff"))]
    read, kept = sum(origin.rows_read for origin in rows), sum(origin.rows_kept for origin in rows)
    strip = (
        Figure(wording.text("data.sources", lang), words.whole(len(origins))),
        Figure(wording.text("data.layer_name.schools", lang), words.whole(report.counts.get("schools", 0))),
        Figure(wording.text("data.layer_name.venues", lang), words.whole(report.counts.get("venues", 0))),
        Figure(
            wording.text("data.rows_kept", lang),
            words.whole(kept),
            wording.text("data.rows_read", lang, count=words.whole(read)),
            grow=1.4,
        ),
        Figure(wording.text("check.severity.serious", lang), words.whole(counts.get("serious", 0))),
        Figure(wording.text("check.severity.doubt", lang), words.whole(counts.get("doubt", 0))),
        Figure(wording.text("check.severity.note", lang), words.whole(counts.get("note", 0))),
    )
    return markup.figure_strip(strip)


def tab_names(report: CheckReport, session: Session, lang: str) -> list[str]:
    """Titles of the tabs with their counts."""
    refused = sum(len(workspace.rejected(session.workspace, name)) for name in workspace.sources(session.workspace))
    counts = {
        "import": "",
        "sources": len(workspace.sources(session.workspace)),
        "problems": len(_rows(report)),
        "rejected": refused,
    }
    return [f"{wording.text(f'data.tab.{name}', lang)} {count}".strip() for name, count in counts.items()]


def _rows(report: CheckReport) -> pd.DataFrame:
    """Problems that still are: a map file without schools is none once schools have come from elsewhere."""
    settled = (report.rows["code"] == "osm_no_schools") & (report.counts.get("schools", 0) > 0)
    return report.rows[~settled]


def grouped(rows: pd.DataFrame, names: Mapping[str, str], lang: str) -> pd.DataFrame:
    """One row for problems of one kind; ``id`` lists the names of what they are about, and how many more there are."""
    facts = ["severity", "code", "layer", "value"]
    out = [
        {**dict(zip(facts, key, strict=True)), "id": _listed([_name(str(i), names) for i in part["id"]], lang)}
        for key, part in rows.groupby(facts, sort=False)
    ]
    return pd.DataFrame(out, columns=list(rows.columns))


def _name(identity: str, names: Mapping[str, str]) -> str:
    """Name of a campus or a venue, of the campus for its inferred gate; the id where there is none."""
    return names.get(identity.removesuffix(":inferred"), identity)


def _listed(named: list[str], lang: str) -> str:
    text = wording.text("ui.separator", lang).join(named[:_NAMED])
    return text if len(named) <= _NAMED else wording.text("data.and_more", lang, listed=text, count=len(named))


def problems(report: CheckReport, names: Mapping[str, str], lang: str) -> None:
    """Grid of problems, serious ones first, those of one kind in one row; each says what to do."""
    found = _rows(report)
    if found.empty:
        st.html(markup.note(wording.text("data.no_problem", lang)))
        return
    found = grouped(found, names, lang)
    order = pd.Categorical(found["severity"], list(_CHIPS), ordered=True)
    rows = found.assign(order=order).sort_values(["order", "code", "id"])
    shown = pd.DataFrame(
        {
            "severity": rows["severity"].map(lambda code: wording.text(f"check.severity.{code}", lang)),
            "text": [checks.sentence(row, lang) for row in rows.to_dict("records")],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_PX,
        height=tables.grid_height(len(shown), GRID_ROWS),
        column_config={
            "severity": st.column_config.TextColumn(wording.text("data.severity", lang), width=64),
            "text": st.column_config.TextColumn(wording.text("data.problem", lang), width=980),
        },
    )
    st.caption(wording.text("ui.shown_of", lang, shown=len(shown), total=len(shown)))


def sources(session: Session, lang: str) -> None:
    """Every source with its date, licence, datum and rows, and the way back to the version before."""
    origins = workspace.provenances(session.workspace)
    names = ("source", "origin", "date", "licence", "datum", "rows", "claims")
    headings = [Heading(wording.text(f"data.source_column.{name}", lang), number=name == "rows") for name in names]
    rows = [_source_row(name, origin, lang) for name, origin in origins.items()]
    st.html(markup.card(wording.text("data.sources", lang), markup.table(headings, rows)))
    chosen, act = st.columns([2, 1], vertical_alignment="bottom")
    name = chosen.selectbox(wording.text("data.undo_which", lang), list(origins), key="sources.which")
    if act.button(wording.text("data.undo", lang), key="sources.undo", disabled=name is None):
        with guard.show_errors(lang):
            imports.undo(session, str(name))
        st.rerun()


def _source_row(name: str, origin: Provenance, lang: str) -> list[Text]:
    claims = [wording.term("family", family, lang) for family in origin.claims]
    return [
        name,
        origin.origin,
        origin.data_date or wording.text("data.undated", lang),
        origin.licence or words.UNKNOWN,
        words.term_or_code("datum", origin.datum, lang),
        wording.text("data.kept_of", lang, kept=f"{origin.rows_kept:,}", read=f"{origin.rows_read:,}"),
        wording.text("ui.separator", lang).join(claims) or words.EMPTY,
    ]


def rejected(session: Session, lang: str) -> None:
    """Refused rows and cells of every source, with the reason in words."""
    parts = {name: workspace.rejected(session.workspace, name) for name in workspace.sources(session.workspace)}
    full = [part.assign(source=name) for name, part in parts.items() if len(part)]
    if not full:
        st.html(markup.note(wording.text("data.none_rejected", lang)))
        return
    rejected_grid(pd.concat(full, ignore_index=True), lang, "quality.rejected")


def rejected_grid(rows: pd.DataFrame, lang: str, key: str) -> None:
    """Grid of refused rows: source, row number, column, value, reason."""
    named = [name for name in ("source", "row", "column", "value") if name in rows.columns]
    shown = rows[named].astype("object").where(rows[named].notna(), words.EMPTY).astype("str")
    shown["reason"] = [
        words.message(str(row["code"]), {"value": row["value"], "column": row["column"], "row": row["row"]}, lang)
        for row in rows.to_dict("records")
    ]
    st.dataframe(
        shown,
        hide_index=True,
        key=key,
        row_height=tables.ROW_PX,
        height=tables.grid_height(len(shown), GRID_ROWS),
        column_config={name: wording.text(f"data.rejected_column.{name}", lang) for name in shown.columns},
    )
    st.caption(wording.text("data.rejected_note", lang, count=len(shown)))
