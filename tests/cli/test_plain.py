"""Summaries as JSON values."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gislib.cli.plain import plain


@dataclass(frozen=True)
class Inner:
    path: Path
    day: date


@dataclass(frozen=True)
class Summary:
    counts: dict[str, int]
    inner: Inner
    rows: pd.DataFrame
    kinds: frozenset[str]
    share: float


def test_a_summary_becomes_json_with_missing_as_null():
    rows = pd.DataFrame({"n": [1, 2], "flag": pd.array([True, None], dtype="boolean"), "x": [np.nan, 0.5]})
    summary = Summary(
        {"schools": np.int64(2)}, Inner(Path("a/b"), date(2026, 9, 1)), rows, frozenset({"b", "a"}), float("inf")
    )
    assert json.loads(json.dumps(plain(summary), allow_nan=False)) == {
        "counts": {"schools": 2},
        "inner": {"path": "a/b", "day": "2026-09-01"},
        "rows": [{"n": 1, "flag": True, "x": None}, {"n": 2, "flag": None, "x": 0.5}],
        "kinds": ["a", "b"],
        "share": None,
    }


def test_a_named_index_is_a_column():
    assert plain(pd.DataFrame({"a": [1]}, index=pd.Index(["s1"], name="school_id"))) == [{"school_id": "s1", "a": 1}]


def test_a_type_that_is_no_value_is_a_mistake():
    with pytest.raises(TypeError, match="object"):
        plain(object())
