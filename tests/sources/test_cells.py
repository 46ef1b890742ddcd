import pytest

from gislib.sources import cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1200", 1200.0),
        ("1,200人", 1200.0),
        ("１２", 12.0),
        ("0", 0.0),
        ("50%", 0.5),
        ("3.5米", 3.5),
        ("-1", None),
        ("1,2", None),
        ("约100", None),
        ("1e3", None),
        ("nan", None),
        ("", None),
    ],
)
def test_numbers(text, expected):
    assert cells.number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024/3/5", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("2024-03-05 08:20:00", "2024-03-05T08:20"),
        ("2024-03-05T08:20:00", "2024-03-05T08:20"),
        ("2024年3月5日 8时20分", "2024-03-05T08:20"),
        ("2024-02-30", None),
        ("2024-03-05 25:00", None),
        ("3月5日", None),
        ("45356", None),
    ],
)
def test_dates(text, expected):
    assert cells.iso_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8：00～24：00", "08:00-24:00"),
        ("12:00至次日2:00", "12:00-次日02:00"),
        ("Mo-Fr 08:00-12:00", "Mo-Fr 08:00-12:00"),
        ("08:00 — 22:00", "08:00-22:00"),
        ("24小时", "24小时"),
    ],
)
def test_opening_hours(text, expected):
    assert cells.opening_hours(text) == expected
