"""Look-up of rules by id and date, of kinds by topic, and of the distance rules of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gislib.domain.errors import RuleError
from gislib.rules.model import UNSTATED, Kind, Profile, Rule

DEFAULT_PROFILE: Final = "national_strict"


@dataclass(frozen=True, eq=False)
class RuleSet:
    """All checked entries of one rules folder; ``version`` is a short hash over its files."""

    version: str
    entries: Mapping[str, tuple[Rule, ...]]
    topics: Mapping[str, dict[str, Kind]]
    profile_by_id: Mapping[str, Profile]

    def rule(self, rule_id: str, on: date) -> Rule:
        """
        Entry in force on a day.

        Raises
        ------
        RuleError
            ``rule_unknown`` for an id that no file holds, ``rule_not_in_force`` if no version covers the day.
        """
        versions = self.entries.get(rule_id)
        if versions is None:
            raise RuleError("rule_unknown", id=rule_id)
        for version in versions:
            if version.in_force(on):
                return version
        raise RuleError("rule_not_in_force", id=rule_id, on=on.isoformat())

    def rules(self, prefix: str, on: date) -> list[Rule]:
        """Entries in force on a day whose id starts with ``prefix``, in id order; empty if there are none."""
        return [
            version
            for rule_id in sorted(self.entries)
            if rule_id.startswith(prefix)
            for version in self.entries[rule_id]
            if version.in_force(on)
        ]

    def number(self, rule_id: str, on: date) -> float:
        """Look up the number of an entry, in the entry's unit; RuleError ``rule_not_a_number`` if it holds none."""
        value = self.rule(rule_id, on).value
        if not isinstance(value, float):
            raise RuleError("rule_not_a_number", id=rule_id)
        return value

    def text(self, rule_id: str, on: date, lang: str = "zh") -> str:
        """Text of an entry, or the ``lang`` text of a two-language table; RuleError ``rule_not_a_text`` otherwise."""
        value = self.rule(rule_id, on).value
        found = value.get(lang) if isinstance(value, dict) else value
        if not isinstance(found, str):
            raise RuleError("rule_not_a_text", id=rule_id)
        return found

    def table(self, rule_id: str, on: date) -> dict[str, Any]:
        """Table of an entry, as a copy the caller may change; RuleError ``rule_not_a_table`` if it holds none."""
        value = self.rule(rule_id, on).value
        if not isinstance(value, dict):
            raise RuleError("rule_not_a_table", id=rule_id)
        return deepcopy(value)

    def kinds(self, topic: str) -> dict[str, Kind]:
        """Kinds of a topic by id, in file order; RuleError ``kind_topic_unknown`` for a topic that no file holds."""
        if topic not in self.topics:
            raise RuleError("kind_topic_unknown", topic=topic)
        return dict(self.topics[topic])

    def profiles(self) -> dict[str, Profile]:
        """All profiles by id, in file order."""
        return dict(self.profile_by_id)

    def profile(self, profile_id: str) -> Profile:
        """Profile by id; RuleError ``profile_unknown`` names the known ones."""
        if profile_id not in self.profile_by_id:
            raise RuleError("profile_unknown", id=profile_id, known=", ".join(self.profile_by_id))
        return self.profile_by_id[profile_id]

    def venue_rules(self, profile: Profile | str, venue_kind: str, school_kind: str, on: date) -> list[Rule]:
        """Distance rules of a profile for a kind of venue and school on a day, in the profile's order; may be empty."""
        chosen = self.profile(profile) if isinstance(profile, str) else profile
        return [
            version
            for rule_id in chosen.rule_ids
            for version in self.entries[rule_id]
            if version.in_force(on) and venue_kind in version.venue_kinds and school_kind in version.school_kinds
        ]

    def method(self, profile: Profile | str, rule: Rule, venue_kind: str) -> str:
        """Measuring method of a rule in a profile: the rule's own, else the profile's for the venue's group."""
        if rule.method is not None and rule.method != UNSTATED:
            return rule.method
        chosen = self.profile(profile) if isinstance(profile, str) else profile
        return chosen.method_by_group.get(self.topics["venue"][venue_kind].group, chosen.method)
