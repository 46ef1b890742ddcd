"""Layers of the plan's map beside its devices: what they are on the ground, and places where a treatment may not be."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.planning import plan_layers
from gislib.planning.session import Session
from gislib.reports import map_layers
from gislib.siting.treatments import catalogue
from gislib.ui import choice_box, plan_notice, state
from gislib.ui.map_component import MapLayer
from gislib.ui.plan_kept import by_device
from gislib.ui.plan_view import Shown

_REFUSED: Final = "plan.refused_of"


def choose(place: DeltaGenerator, seen: Shown, lang: str) -> None:
    """Box with the treatments: of the one chosen, the map shows where it may not stand. Nothing is saved."""
    refused = seen.basis.candidates.loc[(seen.basis.candidates["refused_by"] != "").to_numpy(bool), "treatment_id"]
    known = catalogue(seen.basis.rs, seen.basis.request.as_of)
    names = {"": wording.text("treatments.refused_none", lang)}
    for treatment_id in (one for one in known if one in set(refused)):
        title = plan_notice.title_of(known[treatment_id], lang)
        names[treatment_id] = wording.text("treatments.refused_of", lang, title=title)
    chosen = _chosen() if _chosen() in names else ""
    label = wording.text("treatments.refused_choose", lang)
    choice_box.show(place, label, names, chosen, f"plan.refused_of.{chosen}", _take)


def _chosen() -> str:
    return str(state.noted(_REFUSED) or "")


def _take(key: str) -> None:
    state.note(_REFUSED, st.session_state[key])


def refused(session: Session, seen: Shown, lang: str) -> list[MapLayer]:
    """Where the chosen treatment may not stand, with the clauses under the pointer; nothing for none."""
    known = catalogue(seen.basis.rs, seen.basis.request.as_of)
    if _chosen() not in known:
        return []
    places = plan_layers.refused_places(session, seen.basis.request, _chosen(), lang)
    title = wording.text("treatments.refused_of", lang, title=plan_notice.title_of(known[_chosen()], lang))
    content = map_layers.map_layer(places.assign(tip=title + " · " + places["clauses"]), tip="tip")
    return [MapLayer("refused", "refused_places", title, content)]


def laid(session: Session, seen: Shown, lang: str) -> list[MapLayer]:
    """Lines along which devices are laid, and the points of those that have several."""
    table = _extents(session, seen)
    kinds = table.geometry.geom_type
    lines = table[(kinds != "Point").to_numpy(bool)].assign(case="walk")
    points = table[((kinds == "Point") & (table["parts"] > 1)).to_numpy(bool)]
    title = wording.text("works.layer.laid", lang)
    parts = (("laid_lines", "routes", lines), ("laid_points", "treatments", points))
    return [
        MapLayer(name, look, title, map_layers.map_layer(own, **({"case": "case"} if "case" in own else {})))
        for name, look, own in parts
        if len(own)
    ]


def _extents(session: Session, seen: Shown) -> gpd.GeoDataFrame:
    """What the devices are on the ground."""
    request = seen.basis.request
    return by_device(
        "plan.laid", (seen.basis.now, None), seen.plan, lambda some: plan_layers.laid(session, request, some)
    )
