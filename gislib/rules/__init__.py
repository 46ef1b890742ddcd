"""Typed, cited, dated parameters read from ``data/rules/*.toml``."""

from gislib.rules.loader import load
from gislib.rules.model import METHODS, UNSTATED, Departments, Kind, Profile, Reference, Rule
from gislib.rules.ruleset import DEFAULT_PROFILE, RuleSet

__all__ = [
    "DEFAULT_PROFILE",
    "METHODS",
    "UNSTATED",
    "Departments",
    "Kind",
    "Profile",
    "Reference",
    "Rule",
    "RuleSet",
    "load",
]
