"""Reading of a rules folder: all files, checked together, refused as a whole if one entry is malformed."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from gislib.domain.errors import RuleError
from gislib.domain.home import data_folder
from gislib.rules.model import Kind, Rule
from gislib.rules.ruleset import RuleSet
from gislib.rules.schema import Place, Vocabulary, check_kind, check_profile, check_rule

SOURCES_FILE: Final = "sources.toml"
KINDS_FILE: Final = "kinds.toml"
PROFILES_FILE: Final = "profiles.toml"
_VERSION_DIGITS: Final = 12


def load(folder: Path | None = None) -> RuleSet:
    """
    Rule set of a folder (default: ``rules`` in the project's data folder), read once per folder and process.

    ``sources.toml`` holds ``[[source]]``, ``kinds.toml`` one array per topic, ``profiles.toml`` holds ``[[profile]]``;
    every other file one topic's ``[[rule]]`` entries.

    Raises
    ------
    RuleError
        A file that is not TOML, or an entry that breaks the schema, with file and id.
    """
    return _load((folder or data_folder() / "rules").resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> RuleSet:
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    parsed = {name: _parse(name, content) for name, content in files.items()}
    topics = _topics(parsed.pop(KINDS_FILE, {}))
    sources = _by_id(_section(parsed.pop(SOURCES_FILE, {}), SOURCES_FILE, "source"), SOURCES_FILE)
    profiles = _by_id(_section(parsed.pop(PROFILES_FILE, {}), PROFILES_FILE, "profile"), PROFILES_FILE)
    entries = _entries(parsed, Vocabulary(sources, topics))
    return RuleSet(
        version=_version(files),
        entries=entries,
        topics=topics,
        profile_by_id={key: check_profile(raw, PROFILES_FILE, entries) for key, raw in profiles.items()},
    )


def _version(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_VERSION_DIGITS]


def _parse(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RuleError("rule_file_unreadable", file=name, problem=str(problem)) from problem


def _section(parsed: Mapping[str, Any], file: str, name: str) -> list[dict[str, Any]]:
    Place(file, "-").require_fields(parsed, (name,))
    return list(parsed.get(name, []))


def _by_id(items: list[dict[str, Any]], file: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for raw in items:
        place = Place(file, str(raw.get("id", "?")))
        place.require(raw, "id")
        if raw["id"] in found:
            raise place.refuse("rule_duplicate")
        found[raw["id"]] = raw
    return found


def _topics(parsed: Mapping[str, Any]) -> dict[str, dict[str, Kind]]:
    return {
        topic: {key: check_kind(raw, KINDS_FILE, topic) for key, raw in _by_id(items, KINDS_FILE).items()}
        for topic, items in parsed.items()
    }


def _entries(parsed: Mapping[str, dict[str, Any]], words: Vocabulary) -> dict[str, tuple[Rule, ...]]:
    """All rules by id, versions in date order; two versions of an id must not share a day."""
    versions: defaultdict[str, list[tuple[Rule, str]]] = defaultdict(list)
    for file, content in parsed.items():
        for raw in _section(content, file, "rule"):
            rule = check_rule(raw, file, words)
            versions[rule.id].append((rule, file))
    for rule_id, found in versions.items():
        found.sort(key=lambda item: item[0].in_force_from)
        for (earlier, _), (later, file) in pairwise(found):
            if earlier.in_force(later.in_force_from):
                raise Place(file, rule_id).refuse("rule_overlap", on=later.in_force_from)
    return {rule_id: tuple(rule for rule, _ in found) for rule_id, found in versions.items()}
