"""The stamp that every export carries: what was computed, from what, by which rules and code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class SourceStamp:
    """
    One source of the data.

    ``data_date``: ISO date of the data, missing = unknown. No time of reading: a stamp is the same for the same input.
    """

    source_id: str
    origin: str
    data_date: str | None
    licence: str | None


@dataclass(frozen=True)
class Stamp:
    """
    What produced an export.

    Attributes
    ----------
    area
        Name of the workspace's area.
    sources
        Every source, with the date of its data.
    data_version, rules_version, code_version
        Hash over the inputs, hash over the rule files, version of the program.
    profile, as_of, parameters
        Rule profile, date of the computation, and the other choices, as (name, value) pairs.
    marking, attribution
        Lines that must be shown with the data: secrecy marking and demo mark; credits of the sources.
    """

    area: str
    sources: tuple[SourceStamp, ...]
    data_version: str
    rules_version: str
    code_version: str
    profile: str
    as_of: date
    parameters: tuple[tuple[str, str], ...] = ()
    marking: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready content, in the order of the attributes; dates as ISO text, parameters as an object."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "parameters": dict(self.parameters)}

    def as_json(self) -> str:
        """One line of JSON, Chinese as it is."""
        return json.dumps(self.as_dict(), ensure_ascii=False)
