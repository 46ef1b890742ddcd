"""Findings as lines."""

import pandas as pd

from gislib.reports.finding_lines import finding_lines


def test_a_line_per_measured_finding():
    nan = float("nan")
    findings = pd.DataFrame(
        {
            "school_id": ["s1", "s1", "s2"],
            "venue_id": ["v1", "v2", "v1"],
            "rule_id": ["r", "r", ""],
            "verdict": ["suspected", "not_measurable", "no_limit"],
            "start_lon": [105.0, nan, 105.0],
            "start_lat": [25.0, nan, 25.0],
            "end_lon": [105.001, nan, 105.0],
            "end_lat": [25.0, nan, 25.0],
        }
    )
    lines = finding_lines(findings)
    assert lines.index.tolist() == ["s1/v1/r", "s1/v2/r", "s2/v1/"]
    assert lines.geometry.dropna().to_wkt().to_dict() == {
        "s1/v1/r": "LINESTRING (105 25, 105.001 25)",
        "s2/v1/": "POINT (105 25)",
    }
    assert list(lines.columns) == ["school_id", "venue_id", "rule_id", "verdict", "geometry"]
    assert lines.crs.to_epsg() == 4326
    assert finding_lines(findings.iloc[:0]).empty
