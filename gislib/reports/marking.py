"""The lines that every map, sheet and export must show: secrecy marking, demo mark, credit of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from gislib.rules import RuleSet

KEPT_INSIDE: Final = frozenset({"camera", "speed_camera"})
"""Kinds of existing device that no file leaving the program shows; planned ones get the stricter marking."""


@dataclass(frozen=True)
class Content:
    """
    What the marked thing holds.

    Attributes
    ----------
    demo
        Fictional data.
    osm
        Data of OpenStreetMap.
    patrol
        Patrol routes or camera positions, which get the stricter marking.
    """

    demo: bool = False
    osm: bool = False
    patrol: bool = False


def marking_lines(rs: RuleSet, on: date, content: Content, lang: str = "zh") -> tuple[str, ...]:
    """
    Look up the marking lines in the order in which they are printed: demo mark, secrecy marking, patrol marking.

    Raises
    ------
    RuleError
        If a marking entry is missing or not in force on ``on``.
    """
    ids = ["marking.demo"] * content.demo + ["marking.default"] + ["marking.patrol"] * content.patrol
    return tuple(rs.text(rule_id, on, lang) for rule_id in ids)


def attribution_lines(rs: RuleSet, on: date, content: Content, lang: str = "zh") -> tuple[str, ...]:
    """Credit lines that the licences of the data ask for; empty if none does."""
    return tuple(rs.text(rule_id, on, lang) for rule_id in ["marking.osm"] * content.osm)
