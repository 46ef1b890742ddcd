"""Pictures of a paper as pixels, drawn with our own fonts."""

from __future__ import annotations

from typing import Final

from gislib.reports.briefing.paper import Picture
from gislib.reports.typesetting import typeset_images

TEMPLATE: Final = "picture.typ"
PPI: Final = 220.0


def picture_png(picture: Picture) -> bytes:
    """PNG of exactly the size of the picture; InputError ``fonts_missing`` if ``data/fonts`` is incomplete."""
    size = {"width": picture.width_mm, "height": picture.height_mm}
    [pixels] = typeset_images(TEMPLATE, size, {"picture.svg": picture.svg}, PPI)
    return pixels
