"""A plan as the page shows it: which campus is in focus, its devices with numbers, names, places and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib import wording
from gislib.planning.plan_basis import PlanBasis
from gislib.planning.plans import Warning as Said
from gislib.reports.works.labels import labels
from gislib.store.plan_state import Plan
from gislib.ui import plan_notice, state, words
from gislib.ui.plan_kept import by_device
from gislib.ui.state import Choices

WHOLE: Final = "plan.whole"
"""Slot of the note that the user wants to see the whole plan."""


@dataclass(frozen=True)
class Shown:
    """
    What all parts of the page draw.

    ``rows``: index ``device_id``; the device table with ``symbol, shown_title, located, verify_titles, clause_titles``,
    ``number`` (place in the list of the campus in focus, missing for others) and ``state`` (mark).
    ``campus``: id of the campus in focus, empty: all. ``campuses``: its choices, id -> name with the number of devices.
    """

    plan: Plan
    basis: PlanBasis
    warnings: tuple[Said, ...]
    rows: gpd.GeoDataFrame
    campus: str
    campuses: dict[str, str]

    @property
    def listed(self) -> gpd.GeoDataFrame:
        """Devices of the campus in focus, else all."""
        return self.rows[(self.rows["school_id"] == self.campus).to_numpy(bool)] if self.campus else self.rows


def shown(plan: Plan, basis: PlanBasis, warnings: Sequence[Said], choices: Choices) -> Shown:
    """Put together what the page draws, see `Shown`."""
    names = _campuses(plan, basis, choices.lang)
    campus = _focus(names, choices)
    said = _labels(plan, basis, choices.lang)
    own = (plan.devices["school_id"] == campus).to_numpy(bool)
    rows = plan.devices.assign(
        symbol=said["symbol"],
        shown_title=said["title"] if choices.lang == "zh" else said["title_en"],
        located=said["located"],
        verify_titles=said["verify_titles"],
        clause_titles=said["clause_titles"],
        number=pd.Series(own.cumsum(), plan.devices.index).where(own),
        state=pd.Series(plan_notice.states(warnings), dtype="object").reindex(plan.devices.index),
    )
    return Shown(plan, basis, tuple(warnings), rows, campus, names)


def _focus(names: dict[str, str], choices: Choices) -> str:
    """Campus that is chosen, else the first of the list; empty where the user wants the whole plan."""
    if state.noted(WHOLE) or not names:
        return ""
    return choices.school if choices.school in names else next(iter(names))


def _campuses(plan: Plan, basis: PlanBasis, lang: str) -> dict[str, str]:
    """Campuses with devices in the order of their rank today, each with the count."""
    counts = plan.devices["school_id"].value_counts()
    risk = basis.now.school_risk
    order = [school for school in risk.sort_values("score", ascending=False).index if school in counts.index]
    return {
        str(school): wording.text(
            "treatments.campus", lang, name=words.text_or(risk.loc[school, "name"]), count=int(counts[school])
        )
        for school in order
    }


def _labels(plan: Plan, basis: PlanBasis, lang: str) -> pd.DataFrame:
    """Words of all devices."""

    def said(devices: gpd.GeoDataFrame) -> pd.DataFrame:
        return labels(devices, basis.now.ground.tables, basis.rs, basis.request.as_of, lang)

    return by_device("plan.labels", (basis.now, lang), plan, said).reindex(plan.devices.index)
