import pytest

from gislib.risk.hours import covered_share, minutes


@pytest.mark.parametrize(
    ("hours", "pupil_hours", "share"),
    [
        ("08:00-24:00", "07:00-08:00", 0.0),
        ("08:00-24:00", "07:30-08:30", 0.5),
        ("18:00-02:00", "16:00-20:00", 0.5),
        ("18:00-02:00", "21:00-01:00", 1.0),
        ("20:00-26:00", "01:00-03:00", 0.5),
        ("10:00-11:00, 11:30-12:00", "10:00-12:00", 0.75),
        ("Mo-Fr 08:00-12:00; Sa 14:00-16:00", "08:00-16:00", 0.75),
        ("09：00—10：00", "09:00-11:00", 0.5),
        ("24/7", "07:00-08:00", 1.0),
        ("00:00-24:00", "07:00-08:00", 1.0),
        (None, "07:00-08:00", 1.0),
        ("every day", "07:00-08:00", 1.0),
    ],
)
def test_overlap(hours, pupil_hours, share):
    assert covered_share(hours, pupil_hours) == pytest.approx(share, abs=1e-12)


def test_pupil_hours_of_several_ranges():
    assert covered_share("07:00-08:00", "07:00-08:00,17:00-18:00") == 0.5


def test_equal_ends_are_a_whole_day():
    assert minutes("08:00-08:00").all()


def test_unreadable_hours_are_unknown_not_closed():
    assert minutes("by appointment") is None
