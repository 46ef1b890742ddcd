"""
Message and term catalogues in Chinese and English.

``data/text/*.zh.toml`` and ``data/text/errors/*.zh.toml`` are merged into one catalogue per language; nested tables
give dotted keys (``[term.verdict]`` ``clear`` is ``term.verdict.clear``). Analysis returns codes and values; only the
edge (cli, ui, reports) asks here for sentences.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from gislib.domain.errors import GislibError, InputError
from gislib.domain.home import data_folder

LANGUAGES: Final = ("zh", "en")
"""Chinese first; English is the switch."""


def text(key: str, lang: str = "zh", /, **values: object) -> str:
    """
    Text of a key with its placeholders filled in.

    Parameters
    ----------
    key
        Dotted key, ``section.name``.
    lang
        One of `LANGUAGES`.
    **values
        One per placeholder; further ones are not used. Values are put in verbatim: escaping for HTML or cells is the
        caller's.

    Raises
    ------
    KeyError
        An unknown key or language, or a placeholder without value: a mistake in the program, not in its input.
    """
    return catalogue(lang)[key].format_map(values)


def term(group: str, code: str, lang: str = "zh") -> str:
    """Word for a code of a group (``verdict``, ``grade``, ``family``, ``method`` ...); KeyError for an unknown one."""
    return text(f"term.{group}.{code}", lang)


def error(problem: GislibError, lang: str = "zh") -> str:
    """
    One line for an error of ours: its text under ``errors``, or code and values where no text fits.

    A value that is a tuple of errors is put in as their lines, joined by the text ``joint.<name of the value>``.
    """
    try:
        told = {
            name: text(f"joint.{name}", lang).join(error(one, lang) for one in value)
            if isinstance(value, tuple) and all(isinstance(one, GislibError) for one in value)
            else value
            for name, value in problem.values.items()
        }
        return text(f"errors.{problem.code}", lang, **told)
    except (KeyError, InputError):
        return str(problem)


def catalogue(lang: str) -> Mapping[str, str]:
    """
    All texts of a language by dotted key, read once per project folder.

    Raises
    ------
    KeyError
        For a language not in `LANGUAGES`.
    InputError
        ``text_file_unreadable`` for a file that is not TOML, ``text_duplicate`` for a key that two files define,
        ``text_not_text`` for a value that is not a text.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    return _catalogue(data_folder() / "text", lang)


@lru_cache(maxsize=8)
def _catalogue(folder: Path, lang: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for file in sorted((*folder.glob(f"*.{lang}.toml"), *(folder / "errors").glob(f"*.{lang}.toml"))):
        for key, value in _flat(_parse(file)):
            if key in merged:
                raise InputError("text_duplicate", file=file.name, key=key)
            if not isinstance(value, str):
                raise InputError("text_not_text", file=file.name, key=key)
            merged[key] = value
    return merged


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError("text_file_unreadable", file=file.name, problem=str(problem)) from problem


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
