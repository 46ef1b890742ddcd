"""Tracks as devices would record them: of a plan followed to the letter, or of any walk on a drawing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib.domain.tables import WGS84
from gislib.patrol.motion import Track
from gislib.patrol.record import TeamPlan


def walk(*legs, step_s=5.0, begins_min=0.0, xy=(0.0, 0.0), label="甲", team_id="t0"):
    """Track of straight legs (place, minutes), recorded every ``step_s``; a leg to the same place is a stay."""
    minutes, places = [begins_min], [xy]
    for place, lasts_min in legs:
        minutes.append(minutes[-1] + lasts_min)
        places.append(place)
    return sampled(np.array(minutes), np.array(places, float), step_s, label, team_id)


def sampled(minutes, places, step_s, label, team_id):
    at = np.append(np.arange(minutes[0], minutes[-1], step_s / 60), minutes[-1])
    xy = np.column_stack([np.interp(at, minutes, places[:, axis]) for axis in (0, 1)])
    return Track(label, team_id, at, xy)


def followed(team: TeamPlan, crs: pyproj.CRS, step_s=5.0) -> Track:
    """Track of a team that does exactly what its plan says."""
    minutes, places = [team.stations[0].ends_min], [_metres(team.stations[0].spot, crs)[0]]
    for station in team.stations[1:]:
        for line, begins, ends in (
            (station.travel, minutes[-1], station.arrives_min),
            (station.served, station.begins_min, station.ends_min),
        ):
            if line is None:
                minutes += [begins, ends]
                places += [places[-1]] * 2
                continue
            xy = _metres(line, crs)
            way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
            minutes += list(begins + (ends - begins) * way / max(way[-1], 1e-9))
            places += list(xy)
    order = np.argsort(minutes, kind="stable")
    return sampled(np.array(minutes)[order], np.array(places)[order], step_s, team.name, team.team_id)


def _metres(shape, crs):
    return shapely.get_coordinates(gpd.GeoSeries([shape], crs=WGS84).to_crs(crs).to_numpy())
