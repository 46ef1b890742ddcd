"""Value types, table schemas and errors; imports nothing of ours."""
