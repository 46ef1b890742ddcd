"""What the campus's own measures (six nets: wall, cameras, 护学岗, anti-ram) take off a hazard."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gislib.risk.family import FAMILIES


def campus_protection(schools: pd.DataFrame, effects: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """
    Protection of every campus against every family: ``1 - Π(1 - e)`` over its measures.

    A measure that is unknown protects nobody.

    Parameters
    ----------
    schools
        Indexed by ``school_id``; a boolean column per measure, missing = unknown. An absent column is unknown for all.
    effects
        Measure to family to effect ``e`` in [0, 1] (``risk.campus_protection``).

    Returns
    -------
    DataFrame
        Indexed like ``schools``, one column per family, values in [0, 1].
    """
    left = pd.DataFrame(np.ones((len(schools), len(FAMILIES))), index=schools.index, columns=list(FAMILIES))
    for measure in sorted(set(effects) & set(schools.columns)):
        present = schools[measure].astype("boolean").fillna(value=False).to_numpy(bool)
        for family, effect in effects[measure].items():
            left[family] *= np.where(present, 1.0 - float(effect), 1.0)
    return 1.0 - left
