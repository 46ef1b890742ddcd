"""A process of ours looks for lost objects seldom, and still finds them."""

import gc
import weakref

import pytest

from gislib.domain.memory import NEW_OBJECTS, collect_seldom


class Ring:
    """Points at itself: only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def usual():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("usual")
def test_lost_objects_are_still_freed_but_later():
    collect_seldom()
    ring = weakref.ref(Ring())
    kept = [[] for _ in range(NEW_OBJECTS // 2)]
    assert ring() is not None
    kept += [[] for _ in range(NEW_OBJECTS)]
    assert ring() is None
    assert gc.get_threshold()[0] == NEW_OBJECTS < len(kept)
