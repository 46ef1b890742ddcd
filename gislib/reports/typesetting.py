"""Pages from a template of ``data/templates`` and its data, set with our own fonts only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import typst

from gislib.domain.home import data_folder
from gislib.reports.fonts import missing_characters, printable, typst_fonts

DATA_FILE: Final = "data.json"


@dataclass(frozen=True)
class Sheets:
    """PDF of all sheets, and the characters that it prints as 〓 because the fonts lack them."""

    pdf: bytes
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """What a template is given: data and images, with the characters that the fonts lack."""

    data: dict[str, Any]
    images: dict[str, str]
    missing: frozenset[str]

    def sheets(self, template: str) -> Sheets:
        """Document typeset as PDF; errors as `typeset_pdf`."""
        return Sheets(typeset_pdf(template, self.data, self.images), tuple(sorted(self.missing)))


def typeset_pdf(template: str, data: Mapping[str, Any], images: Mapping[str, str]) -> bytes:
    """
    PDF of a template; the same input gives the same bytes.

    Parameters
    ----------
    template
        File name in ``data/templates``.
    data
        JSON-ready values, read by the template from ``data.json``: text in them is never run as code. Pass it through
        `printable_data` before.
    images
        SVG texts by the file name under which the template asks for them.

    Raises
    ------
    InputError
        ``fonts_missing`` if ``data/fonts`` is incomplete.
    RuntimeError
        If typst warns (an unknown font, for one): a mistake in the template, never to be printed around.
    """
    pages = _typeset(template, data, images, "pdf")
    return pages if isinstance(pages, bytes) else b"".join(pages)


def typeset_images(template: str, data: Mapping[str, Any], images: Mapping[str, str], ppi: float) -> tuple[bytes, ...]:
    """Pages as PNG at so many pixels per inch, else as `typeset_pdf`."""
    pages = _typeset(template, data, images, "png", ppi)
    return (pages,) if isinstance(pages, bytes) else tuple(pages)


def printable_data(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """``value`` with every text inside `gislib.reports.fonts.printable`; keys stay."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: printable_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(inner) for inner in value]
    return value


def missing_in(value: Any) -> frozenset[str]:  # noqa: ANN401 - any JSON value
    """Characters in any text inside ``value`` that the fonts cannot print."""
    return missing_characters(json.dumps(value, ensure_ascii=False))


def _typeset(
    template: str,
    data: Mapping[str, Any],
    images: Mapping[str, str],
    kind: Literal["pdf", "png"],
    ppi: float | None = None,
) -> bytes | list[bytes]:
    files = {"main.typ": (data_folder() / "templates" / template).read_bytes()}
    files[DATA_FILE] = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    files |= {name: text.encode() for name, text in images.items()}
    compiled, warnings = typst.compile_with_warnings(
        files,  # type: ignore[call-overload]  # the stub lacks the mapping of files that typst takes
        font_paths=typst_fonts(),
        ignore_system_fonts=True,
        format=kind,
        ppi=ppi,
        pdf_tags=False,
    )
    if warnings:
        raise RuntimeError(f"{template}: " + "; ".join(warning.message for warning in warnings))
    pages: bytes | list[bytes] = compiled
    return pages
