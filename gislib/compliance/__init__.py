"""Rule + measured distance -> finding; the standards audit. Pure tables in, tables of codes and values out."""
