from pathlib import Path

import pytest

from gislib.domain.errors import InputError
from gislib.domain.home import HOME_VARIABLE, data_folder


def test_beside_the_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    assert data_folder() == Path(__file__).resolve().parents[2] / "data"


def test_named_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "data" / "rules").mkdir(parents=True)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert data_folder() == tmp_path / "data"


def test_home_without_rules_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match="home_missing"):
        data_folder()
