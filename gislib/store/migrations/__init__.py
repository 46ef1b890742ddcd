"""Alembic's folder: ``versions`` holds one module per revision of the schema."""
