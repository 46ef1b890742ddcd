"""A fresh store per test."""

import pytest

from gislib.store.database import open_store


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path)
