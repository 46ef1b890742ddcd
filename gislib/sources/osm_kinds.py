"""Which OSM tags mean which kind of venue, water or device: ``osm`` entries of the kinds, made quick to look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gislib.rules import Kind
from gislib.sources.osm_tags import Tags

Pair = tuple[str, str]

_SCHOOL_AMENITIES: Final = frozenset({"school", "kindergarten", "childcare", "college"})
"""Listed as education objects; other amenities of the kinds (universities, driving schools) are only counted."""


@dataclass(frozen=True)
class TagKinds:
    """Kinds of one topic by tag; ``order`` is the place of a kind in the list of kinds, ``group`` its group."""

    by_tag: Mapping[Pair, str]
    keys: tuple[str, ...]
    order: Mapping[str, int]
    group: Mapping[str, str]

    def found(self, tags: Tags) -> list[str]:
        """Kinds that the tags mean, in the order of the list; a value such as ``hump;table`` means several."""
        pairs = tags.items() & self.by_tag.keys()
        if ";" in "".join(tags.values()):
            pairs = set(_single(tags)) & self.by_tag.keys()
        kinds = {self.by_tag[pair] for pair in pairs}
        return sorted(kinds, key=self.order.__getitem__) if kinds else []

    def first(self, tags: Tags) -> str | None:
        """Kind that stands first in the list (the special before the general one); None when no tag means any."""
        found = self.found(tags)
        return found[0] if found else None

    def last_of_groups(self, tags: Tags) -> list[str]:
        """One kind per group, the one that stands last (a rising bollard is not also a bollard)."""
        return list({self.group[kind]: kind for kind in self.found(tags)}.values())


def tag_kinds(kinds: Mapping[str, Kind]) -> TagKinds:
    """Look-up of one topic's kinds."""
    pairs = {_pair(tag): kind.id for kind in kinds.values() for tag in kind.osm}
    return TagKinds(
        by_tag=pairs,
        keys=tuple(dict.fromkeys(key for key, _ in pairs)),
        order={kind: place for place, kind in enumerate(kinds)},
        group={kind.id: kind.group or kind.id for kind in kinds.values()},
    )


def is_school(tags: Tags) -> bool:
    """Whether an object is listed as an education object."""
    return tags.get("amenity") in _SCHOOL_AMENITIES


def wanted(topics: Iterable[TagKinds], more: Mapping[str, frozenset[str] | None]) -> dict[str, frozenset[str] | None]:
    """Keys and values of several topics together with ``more`` (None: any value)."""
    out: dict[str, set[str]] = {}
    for topic in topics:
        for key, value in topic.by_tag:
            out.setdefault(key, set()).add(value)
    merged: dict[str, frozenset[str] | None] = {key: frozenset(values) for key, values in out.items()}
    for key, values in more.items():
        known = merged.get(key, frozenset())
        merged[key] = None if values is None or known is None else known | values
    return merged


def _single(tags: Tags) -> Iterator[Pair]:
    """Tags as pairs, those with several values (``hump;table``) once per value."""
    for key, value in tags.items():
        if ";" in value:
            yield from ((key, part.strip()) for part in value.split(";"))
        else:
            yield key, value


def _pair(tag: str) -> Pair:
    key, _, value = tag.partition("=")
    return key, value
