import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.risk.decay import decay


def test_hand_computed_values():
    floor = math.exp(-2)
    found = decay(np.array([0.0, 60.0, 119.999999, 120.0, 500.0]), 60.0, 120.0)
    assert found[0] == 1.0
    assert found[1] == pytest.approx((math.exp(-1) - floor) / (1 - floor), rel=1e-12)
    assert 0.0 < found[2] < 1e-7
    assert list(found[3:]) == [0.0, 0.0]


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 500), st.floats(10, 2000), st.lists(st.floats(0, 3000), min_size=2, max_size=20))
def test_never_rises_with_distance_and_stays_in_unit_range(tau_m, reach_m, distances):
    found = decay(np.sort(np.array(distances)), tau_m, reach_m)
    assert np.all(np.diff(found) <= 0)
    assert found.min() >= 0.0
    assert found.max() <= 1.0
