"""Distances by every legal method, zones and catchments, pupil flows, and the hazards around each campus."""
