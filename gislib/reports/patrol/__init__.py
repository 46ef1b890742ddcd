"""Prints and files of a patrol: a sheet per team, tracks for devices, the roster workbook, GIS and JSON files."""
