"""Box in which one thing of many is chosen: a plan, a patrol, a campus, a profile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_KEY_CHARACTERS: Final = 12


def show(
    place: DeltaGenerator, label: str, names: Mapping[str, str], chosen: str, key: str, take: Callable[[str], None]
) -> None:
    """
    Show the box.

    The browser answers with a name, not with an id, and keeps the name it showed. So a box with other names is another
    box, and an answer that is none of the names is no choice.

    Parameters
    ----------
    place
        Where it stands.
    label
        Read aloud, not shown.
    names
        What can be chosen: names by id, in the order shown.
    chosen
        Id that is chosen; one of ``names``.
    key
        Key of the box. With the chosen id in it, a choice made elsewhere moves the box as well.
    take
        Called with the key of the box as it stands when another is chosen; it holds one of ``names``.
    """
    ids = list(names)
    own = keyed(key, label, names)
    place.selectbox(
        label,
        ids,
        index=ids.index(chosen),
        format_func=lambda identity: names.get(identity, identity),
        key=own,
        label_visibility="collapsed",
        on_change=_answered,
        args=(own, ids, take),
    )


def keyed(key: str, label: str, names: Mapping[str, str]) -> str:
    """Key of a box with these names."""
    told = "\0".join((label, *(text for pair in names.items() for text in pair)))
    return f"{key}.{hashlib.sha256(told.encode()).hexdigest()[:_KEY_CHARACTERS]}"


def _answered(key: str, ids: Collection[str], take: Callable[[str], None]) -> None:
    """Pass an answer on if it is one of the ids."""
    if st.session_state.get(key) in ids:
        take(key)
