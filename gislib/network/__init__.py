"""Kerb-sided walk graph: streets, sides, crossings, snapping, shortest walks and reach."""
