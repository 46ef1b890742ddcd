"""Values of the command line."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from gislib.cli.values import column_map, day, formats
from gislib.domain.errors import InputError


def test_a_date_is_iso_and_the_default_is_today_in_the_zone_of_the_workspace():
    assert day("2026-09-01", "Asia/Shanghai") == date(2026, 9, 1)
    assert abs((day(None, "Asia/Shanghai") - datetime.now(ZoneInfo("Asia/Shanghai")).date()).days) <= 1


@pytest.mark.parametrize("text", ["2026-13-01", "1.9.2026", "heute", ""])
def test_another_date_is_refused(text):
    with pytest.raises(InputError, match="cli_date"):
        day(text, "Asia/Shanghai")


def test_columns_are_mapped_field_first():
    assert column_map(["name=学校名称", "lon = 经度=E"]) == {"name": "学校名称", "lon": "经度=E"}
    assert column_map([]) == {}


@pytest.mark.parametrize(("pairs", "code"), [(["name"], "cli_map"), (["=x"], "cli_map"), (["a=b", "a=c"], "twice")])
def test_a_broken_map_is_refused(pairs, code):
    with pytest.raises(InputError, match=code):
        column_map(pairs)


def test_formats_come_in_a_fixed_order_and_unknown_ones_are_named():
    assert formats("gpkg, GeoJSON,gpkg", ["geojson", "csv", "gpkg"]) == ["geojson", "gpkg"]
    for text in ("dwg", "", ","):
        with pytest.raises(InputError, match="cli_format"):
            formats(text, ["geojson", "csv"])
