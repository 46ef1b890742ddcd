from __future__ import annotations

import pytest
from works_worlds import PLAN, works


@pytest.fixture(scope="package")
def full():
    """Seven devices, two of one place, two campuses."""
    return works()


@pytest.fixture(scope="package")
def empty():
    return works([])


@pytest.fixture(scope="package")
def single():
    return works(PLAN[:1])
