"""What Alembic runs: revisions on the connection that `gislib.store.migration` brings, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
