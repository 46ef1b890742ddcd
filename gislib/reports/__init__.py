"""Files out: every export with its stamp, the same bytes for the same input."""
