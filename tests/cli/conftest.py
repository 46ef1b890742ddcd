"""A drawn town as an OSM file: two campuses, streets, a crossing, two net bars."""

from pathlib import Path

import pytest

from gislib import wording
from gislib.cli import output

# One millidegree is about 101 m eastwards and 111 m northwards here.
NODES = {
    1: (104.9000, 25.0900, {}),
    2: (104.9050, 25.0900, {}),
    3: (104.9100, 25.0900, {}),
    4: (104.9050, 25.0950, {}),
    11: (104.9040, 25.0902, {}),
    12: (104.9048, 25.0902, {}),
    13: (104.9048, 25.0909, {}),
    14: (104.9040, 25.0909, {}),
    15: (104.9044, 25.0902, {"barrier": "gate"}),
    21: (104.9080, 25.0902, {}),
    22: (104.9086, 25.0902, {}),
    23: (104.9086, 25.0908, {}),
    24: (104.9080, 25.0908, {}),
    31: (104.9042, 25.0899, {"amenity": "internet_cafe", "name": "星空网吧"}),
    32: (104.9072, 25.0903, {"amenity": "internet_cafe", "name": "=cmd|网咖"}),
    41: (104.9046, 25.0900, {"highway": "crossing", "crossing": "marked"}),
    51: (104.9020, 25.0910, {}),
    52: (104.9022, 25.0910, {}),
    53: (104.9022, 25.0912, {}),
    54: (104.9020, 25.0912, {}),
}
WAYS = {
    101: ([1, 41, 2, 3], {"highway": "residential", "name": "育才路", "maxspeed": "40"}),
    102: ([2, 4], {"highway": "residential"}),
    111: ([11, 15, 12, 13, 14, 11], {"amenity": "school", "name": "<script>第一小学"}),
    112: ([21, 22, 23, 24, 21], {"amenity": "kindergarten", "name": "阳光幼儿园"}),
    151: ([51, 52, 53, 54, 51], {"building": "apartments"}),
}


def write_osm(nodes, ways):
    def tags(values):
        escaped = {k: v.replace("&", "&amp;").replace("<", "&lt;") for k, v in values.items()}
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in escaped.items())

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
    lines += [f'<node id="{i}" lon="{lon}" lat="{lat}">{tags(t)}</node>' for i, (lon, lat, t) in nodes.items()]
    for i, (refs, values) in ways.items():
        members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{i}">{members}{tags(values)}</way>')
    return "\n".join([*lines, "</osm>"])


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("input") / "town.osm"
    path.write_text(write_osm(NODES, WAYS), encoding="utf-8")
    return path


@pytest.fixture
def osm_xml():
    """Writer of OSM XML: nodes as id -> (lon, lat, tags), ways as id -> (node ids, tags)."""
    return write_osm


@pytest.fixture(autouse=True)
def every_field_has_a_word(monkeypatch):
    """A summary's fields are told in words, in both languages."""
    show, seen = output.show, set()

    def noted(told, summary):
        seen.update(fields(summary))
        show(told, summary)

    monkeypatch.setattr(output, "show", noted)
    yield
    for lang in ("zh", "en"):
        assert not {name for name in seen if f"cli.field.{name}" not in wording.catalogue(lang)}


def fields(summary):
    """Names of the fields of a summary and of the columns of its tables."""
    found = set(summary)
    for value in summary.values():
        if isinstance(value, list) and value and isinstance(value[0], dict) and value[0].keys() != {"code", "values"}:
            found |= fields(value[0])
    return found
