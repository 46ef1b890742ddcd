"""The works package of a plan: files for works departments, other software and paper, in one folder or one zip."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd

from gislib.assessment import Request
from gislib.domain.errors import InputError
from gislib.planning import plans
from gislib.planning.authors import author_of, store_of
from gislib.planning.plan_basis import plan_basis
from gislib.planning.plan_files import folder_name, plan_stamp
from gislib.planning.plan_layers import laid
from gislib.planning.plan_scores import scores
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.reports.bill_book import bill_workbook
from gislib.reports.files import write_bytes
from gislib.reports.schedule import schedule_csv, schedule_workbook
from gislib.reports.sheets import render_sheets
from gislib.reports.works.archive import zip_bytes
from gislib.reports.works.content import Works
from gislib.reports.works.geo_files import FORMATS as GEO_FORMATS
from gislib.reports.works.geo_files import write_geo_files
from gislib.reports.works.labels import labels
from gislib.reports.works.surroundings import context_around
from gislib.store import audit
from gislib.store.plan_state import Plan

FORMATS: Final = (*GEO_FORMATS, "xlsx", "pdf")
SHEET_MARGIN_M: Final = 400.0
"""Surroundings that a location sheet may show; the other files show the same."""


@dataclass(frozen=True)
class Package:
    """Files of a works package, and the characters that the sheets print as 〓 because the fonts lack them."""

    files: tuple[Path, ...]
    missing_characters: tuple[str, ...]


def works_of(session: Session, request: Request, plan: Plan) -> Works:
    """Everything that the files of a plan say, collected once."""
    basis = plan_basis(session, request)
    scored = scores(session, request, plan)
    done = scored.campuses
    own = done.loc[done.index.isin(plan.devices["school_id"])]
    schools = basis.tables["schools"].reindex(own.index)
    campuses = gpd.GeoDataFrame(
        {
            "name": schools["name"],
            "area_code": schools["area_code"],
            "grade": own["grade_before"],
            "score_before": own["score_before"],
            "score_after": own["score_rerouted"],
        },
        geometry=schools.geometry,
        crs=schools.crs,
    )
    # The tables of the assessment hold the gates that were inferred; sources do not.
    measured = basis.now.ground.tables
    return Works(
        plan_id=plan.head.plan_id,
        plan_name=plan.head.name,
        status=plan.head.status,
        version=plan.head.version,
        devices=plan.devices,
        labels=labels(plan.devices, measured, basis.rs, request.as_of).join(scored.devices[["load", "helps"]]),
        campuses=campuses,
        context=context_around(measured, plan.devices, campuses, basis.rs, SHEET_MARGIN_M),
        stamp=plan_stamp(session, request, plan),
        laid=laid(session, request, plan.devices),
    )


def write_works(
    session: Session,
    request: Request,
    plan_id: str,
    folder: Path,
    choice: tuple[Sequence[str], str] = (FORMATS, "wgs84"),
    progress: Progress = silent,
) -> Package:
    """
    Write the package of a plan and note it in the audit.

    Parameters
    ----------
    plan_id, folder
        Which plan, and where to; the package gets a folder of its own, named after the plan.
    choice
        Formats of `FORMATS`, and the datum of the files for phone maps beside the exact ones (``wgs84``: none).

    Raises
    ------
    InputError
        ``format_unknown`` naming the known ones.
    DatumError
        ``datum_unknown``.
    """
    require_whole(session)
    formats, datum = choice
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))
    plan = plans.read(session, plan_id)
    works = works_of(session, request, plan)
    target = folder / folder_name(plan.head)
    progress("export.works", 0.3)
    paths = write_geo_files(works, target, [name for name in GEO_FORMATS if name in formats], datum)
    missing: tuple[str, ...] = ()
    if "xlsx" in formats:
        progress("export.xlsx", 0.6)
        paths += _tables(works, target)
    if "pdf" in formats:
        progress("export.pdf", 0.8)
        colour, grey = render_sheets(works), render_sheets(works, mono=True)
        paths.append(write_bytes(target / "点位图.pdf", colour.pdf))
        paths.append(write_bytes(target / "点位图_黑白.pdf", grey.pdf))
        missing = colour.missing
    detail = {"formats": list(formats), "datum": datum, "version": plan.head.version}
    audit.record(store_of(session), author_of(session), "plan.export", plan_id, detail)
    progress("export.done", 1.0)
    return Package(tuple(paths), missing)


def works_zip(
    session: Session, request: Request, plan_id: str, formats: Sequence[str] = FORMATS, datum: str = "wgs84"
) -> bytes:
    """Package of a plan as one zip; errors as in `write_works`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        done = write_works(session, request, plan_id, folder, (formats, datum))
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(done.files)}
    return zip_bytes(files, request.as_of)


def _tables(works: Works, folder: Path) -> list[Path]:
    """Bill of quantities, and the schedule of the devices as a workbook and as text."""
    return [
        write_bytes(folder / "工程量清单.xlsx", bill_workbook(works)),
        write_bytes(folder / "设施坐标表.xlsx", schedule_workbook(works)),
        write_bytes(folder / "设施坐标表.csv", schedule_csv(works)),
    ]
