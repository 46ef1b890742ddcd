"""Times of day past midnight, and when a place is open within a shift."""

import pytest

from gislib.domain.errors import InputError
from gislib.patrol.clock import Span, clock, open_span, read_span


def test_span():
    assert read_span("06:50-08:30") == Span(410.0, 510.0)


def test_past_midnight():
    assert read_span("22:00-02:00") == Span(1320.0, 1560.0)
    assert clock(1560.0) == "02:00"


@pytest.mark.parametrize("text", ["", "7-8", "07:00", "25:00-26:00", "07:61-08:00", "上午", "24:00-25:00"])
def test_unreadable(text):
    with pytest.raises(InputError, match="patrol_hours"):
        read_span(text)


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (None, Span(1320, 1560)),
        ("不详", Span(1320, 1560)),
        ("24/7", Span(1320, 1560)),
        ("08:00-24:00", Span(1320, 1440)),
        ("18:00-01:00", Span(1320, 1500)),
        ("00:30-05:00", Span(1470, 1560)),
        ("08:00-12:00", None),
        ("22:00-22:30, 23:00-01:00", Span(1380, 1500)),
    ],
)
def test_open_span(hours, found):
    assert open_span(hours, read_span("22:00-02:00")) == found
