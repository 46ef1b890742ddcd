"""The notes that a drawing of a plan must carry: which plan, which CRS, what the points are, marking and credits."""

from __future__ import annotations

from gislib import wording
from gislib.reports.works.content import Works
from gislib.reports.works.survey import central_meridian_deg, stretch_ppm, survey_crs

_CM_PER_KM_OF_A_PPM = 0.1


def plan_line(works: Works, lang: str = "zh") -> str:
    """Name, id, version and status of the plan."""
    status = wording.text(f"works.status.{works.status}", lang)
    return wording.text(
        "works.note.plan", lang, name=works.plan_name, plan=works.plan_id, version=works.version, status=status
    )


def survey_lines(works: Works, lang: str = "zh") -> tuple[str, ...]:
    """What the survey coordinates are: projection and zone, how it stretches, and the datum; empty for no devices."""
    if works.devices.empty:
        return ()
    crs = survey_crs(works)
    ppm = stretch_ppm(crs, works.devices)
    meridian = f"{central_meridian_deg(crs):g}"
    return (
        wording.text("works.note.gk", lang, meridian=meridian, epsg=crs.to_epsg()),
        wording.text("works.note.scale", lang, ppm=f"{ppm:.0f}", cm=f"{ppm * _CM_PER_KM_OF_A_PPM:.1f}"),
        wording.text("works.note.same_datum", lang),
    )


def note_lines(works: Works, lang: str = "zh") -> tuple[str, ...]:
    """All notes, one line each."""
    stamp = works.stamp
    about = (plan_line(works, lang), *survey_lines(works, lang), wording.text("works.note.centre_line", lang))
    return (*about, *stamp.marking, *stamp.attribution)
