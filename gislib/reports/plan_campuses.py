"""The campuses of a plan in the one order of its papers: by district, name and id."""

from __future__ import annotations

import pandas as pd

from gislib.reports.works.content import Works


def ordered_campuses(works: Works) -> pd.DataFrame:
    """Facts of the campuses (no geometry), index ``school_id``, in order; ``name`` is the id where it is unknown."""
    campuses = works.campuses.sort_index()
    facts = pd.DataFrame(campuses.drop(columns=campuses.geometry.name))
    own_id = pd.Series(facts.index, index=facts.index, dtype=object)
    named = facts.assign(name=facts["name"].astype(object).where(facts["name"].notna(), own_id))
    return named.sort_values(["area_code", "name"], na_position="last", kind="stable")
