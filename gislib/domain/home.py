"""Where the project keeps its data folder; the one place that looks for it."""

from __future__ import annotations

import os
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
    named = os.environ.get(HOME_VARIABLE)
    home = Path(named) if named else Path(__file__).resolve().parents[2]
    folder = home / "data"
    if not (folder / "rules").is_dir():
        raise InputError("home_missing", path=str(folder), variable=HOME_VARIABLE)
    return folder
