"""Box in which one thing of many is chosen: a plan, a patrol, a campus, a profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streamlit.delta_generator import DeltaGenerator


def show(
    place: DeltaGenerator, label: str, names: Mapping[str, str], chosen: str, key: str, take: Callable[[str], None]
) -> None:
    """
    Show the box.

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
        Called with the key when another is chosen.
    """
    ids = list(names)
    place.selectbox(
        label,
        ids,
        index=ids.index(chosen),
        format_func=lambda identity: names.get(identity, identity),
        key=key,
        label_visibility="collapsed",
        on_change=take,
        args=(key,),
    )
