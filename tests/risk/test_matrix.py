import pandas as pd

from gislib.risk.matrix import priorities


def test_priority_of_probability_and_impact(rs, on):
    table = pd.DataFrame(
        {
            "index_traffic": [70.0, 69.99],
            "index_water": [30.0, 29.99],
            "index_venues": [80.0, float("nan")],
            "index_rentals": [80.0, 0.0],
        },
        index=pd.Index(["s2", "s1"], name="school_id"),
    )
    found = priorities(table, rs, on)
    assert found[["school_id", "family", "probability_class", "priority"]].to_numpy().tolist() == [
        ["s2", "traffic", "large", "high"],
        ["s2", "water", "medium", "high"],
        ["s2", "venues", "large", "high"],
        ["s2", "rentals", "large", "medium"],
        ["s1", "traffic", "medium", "high"],
        ["s1", "water", "small", "medium"],
        ["s1", "rentals", "small", "low"],
    ]


def test_nothing_known_has_no_priority(rs, on):
    families = ("traffic", "water", "venues", "rentals")
    table = pd.DataFrame({f"index_{f}": [float("nan")] for f in families}, index=pd.Index(["s1"], name="school_id"))
    assert priorities(table, rs, on).empty
