"""Coordinate reference systems, datums and metric geometry: the one place that transforms."""
