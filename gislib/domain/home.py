"""Where the project keeps its data folder; the one place that looks for it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from gislib.domain.errors import InputError

HOME_VARIABLE: Final = "HUXUETU_HOME"


def data_folder() -> Path:
    """
    Folder ``data`` of the project.

    ``$HUXUETU_HOME/data`` if that variable is set, else ``data`` beside the package.

    Raises
    ------
    InputError
        ``home_missing`` if the folder holds no ``rules``: the package was moved away from its project.
    """
    return _folder(os.environ.get(HOME_VARIABLE))


@lru_cache(maxsize=4)
def _folder(named: str | None) -> Path:
    """Looked for once: prints ask for it tens of thousands of times."""
    home = Path(named) if named else Path(__file__).resolve().parents[2]
    folder = home / "data"
    if not (folder / "rules").is_dir():
        raise InputError("home_missing", path=str(folder), variable=HOME_VARIABLE)
    return folder
