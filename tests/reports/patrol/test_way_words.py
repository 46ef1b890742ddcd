"""Ways in words: turns, roads that go on, roads without name, names that are not one line."""

from __future__ import annotations

import paper_patrols
import pytest
from paper_patrols import station

from gislib import wording
from gislib.patrol.record import Part
from gislib.patrol.turns import HEADINGS, TURNS
from gislib.reports.patrol.way_words import road_words, short_way, way_words


def told(*parts: Part, lang: str = "zh") -> str:
    return way_words(station("street", (0, 0, 0), paper_patrols.point(0, 0), way=parts), lang)


def on_road(turn: str, name: str | None, heading: str, metres: float, *, patrolled: bool = False) -> Part:
    return Part(turn, name, heading, metres, patrolled)


def test_the_way_of_a_street():
    way = on_road("straight", "红桥路", "e", 70.2), on_road("right", "麒麟路", "n", 86.6, patrolled=True)
    assert told(*way) == "沿红桥路向东 70 m，右转进入麒麟路向北 87 m（巡查）"
    assert told(*way, lang="en") == "along 红桥路 east 70 m, right into 麒麟路 north 87 m (patrol)"


def test_a_road_that_goes_on_is_not_named_again():
    way = on_road("left", "红桥路", "e", 70), on_road("straight", "红桥路", "e", 50, patrolled=True)
    assert told(*way) == "左转进入红桥路向东 70 m，继续 50 m（巡查）"
    assert told(way[0], on_road("straight", "红桥路", "se", 50)) == "左转进入红桥路向东 70 m，继续向东南 50 m"


def test_turning_back_on_the_same_road():
    way = on_road("straight", "红桥路", "e", 70), on_road("back", "红桥路", "w", 70, patrolled=True)
    assert told(*way) == "沿红桥路向东 70 m，掉头向西 70 m（巡查）"
    assert told(way[1]) == "掉头沿红桥路向西 70 m（巡查）"


def test_the_other_side_of_a_street_is_said_to_be_one():
    there = on_road("straight", "红桥路", "e", 149, patrolled=True)
    whole, half = (on_road("back", "红桥路", "w", metres, patrolled=True) for metres in (149, 60))
    assert told(there, whole) == "沿红桥路向东 149 m（巡查），掉头向西 149 m（巡查另一侧）"
    assert told(there, half) == "沿红桥路向东 149 m（巡查），掉头向西 60 m（巡查）"


def test_what_lies_between_two_patrolled_blocks_is_told_with_them():
    block = on_road("straight", "红桥路", "e", 60, patrolled=True)
    way = on_road("left", "红桥路", "e", 30), block, on_road("straight", "红桥路", "e", 40), block
    assert told(*way) == "左转进入红桥路向东 30 m，继续 160 m（其中巡查 120 m）"


@pytest.mark.parametrize("name", [None, "", " \n\t"])
def test_a_nameless_road_is_told_by_its_direction(name: str | None):
    assert told(on_road("slight_left", name, "e", 12)) == "斜左进入无名路（向东）12 m"
    assert told(on_road("straight", name, "ne", 12)) == "沿无名路（向东北）12 m"
    assert told(on_road("back", name, "sw", 12)) == "掉头沿无名路（向西南）12 m"


def test_names_stay_one_line():
    assert road_words(on_road("left", "㵲阳\n大道", "n", 1)) == "㵲阳 大道"


def test_braces_in_a_name_are_letters():
    assert told(on_road("left", "{road}{0}", "n", 1)) == "左转进入{road}{0}向北 1 m"


def test_who_stays_has_no_way():
    assert told() == ""
    assert short_way(station("break", (0, 0, 0), paper_patrols.point(0, 0))) == ""


def test_the_short_form_names_each_road_once_in_a_row():
    own = station(
        "street", (0, 0, 0), paper_patrols.point(0, 0), travel_m=100.4, served_m=80.4,
        way=(
            on_road("straight", "红桥路", "e", 50), on_road("back", "红桥路", "w", 50.4),
            on_road("left", "麒麟路", "n", 80.4),
        ),
    )  # fmt: skip
    assert short_way(own) == "红桥路 → 麒麟路 181 m"


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_turn_and_direction_has_its_words(lang: str):
    for turn in TURNS:
        for heading in HEADINGS:
            for name in ("路", None):
                assert told(on_road(turn, name, heading, 1), lang=lang)


@pytest.mark.parametrize("word", ["路", "街", "道", "巷", " 小路 ", "Road"])
def test_a_name_that_is_only_the_word_for_its_class_is_no_name(word):
    way = on_road("straight", "红桥路", "e", 70), on_road("left", word, "s", 106)
    assert told(*way) == "沿红桥路向东 70 m，左转进入无名路（向南）106 m"
    assert road_words(way[1]) == "无名路（向南）"
    assert told(on_road("left", word, "s", 6), on_road("straight", None, "s", 9)) == told(
        on_road("left", None, "s", 6), on_road("straight", None, "s", 9)
    )
