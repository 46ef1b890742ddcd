"""What every device is on the ground as a table of its own: lines and sub-points beside the points of the devices."""

from __future__ import annotations

from typing import Final

import geopandas as gpd

from gislib.reports.works.content import Works

LAID: Final = "laid"
"""Name of the layer and of its files."""


def laid_table(works: Works) -> gpd.GeoDataFrame:
    """
    Extents that are more than the point of their device.

    Returns
    -------
    GeoDataFrame
        Index ``part_id`` (the device's id, with ``/1``, ``/2`` ... where it has several parts); ``device_id, plan_id,
        title, treatment_id, part, parts, length_m``; WGS 84. Lines, and the points of what has several.
    """
    table = works.laid
    more = (table.geometry.geom_type != "Point") | (table["parts"] > 1)
    own = table[more.to_numpy(bool)]
    titles = works.labels["title"].reindex(own["device_id"]).to_numpy(dtype=object)
    columns = ["device_id", "plan_id", "title", "treatment_id", "part", "parts", "length_m", "geometry"]
    told = own.assign(plan_id=works.plan_id, title=titles)
    return gpd.GeoDataFrame(told[columns], geometry="geometry", crs=table.crs)
