"""What the first page would wait for, done in the background after the start: compiled kernels and the walk graph."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from gislib.domain.errors import GislibError
from gislib.planning import results
from gislib.planning.assess import bases_of
from gislib.planning.session import open_session

FIRST_PAGE_SECONDS: Final = 12.0
"""The overview needs no walk graph: warming up beside it would only slow it down."""


def warm_up_of(workspace: Path) -> Callable[[], None]:
    """Warm-up of a workspace for `gislib.ui.server.serve`; does nothing where there is no result to show yet."""
    return partial(_warm_up, workspace)


def _warm_up(workspace: Path) -> None:
    time.sleep(FIRST_PAGE_SECONDS)
    # A page that needs the same will meet the same refusal and show it; here there is nobody to tell.
    with suppress(GislibError):
        session = open_session(workspace)
        bases_of(session.workspace, results.request_of(session, "school_risk").as_of)
