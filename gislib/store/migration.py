"""Bring a database to the newest schema, inside the caller's transaction: all revisions or none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, inspect, select, table

from gislib.domain.errors import StoreError

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSIONS: Final = "alembic_version"


def revisions() -> list[str]:
    """All revisions this program knows, oldest first, from the names of their modules."""
    return sorted(script.name.removeprefix("r").partition("_")[0] for script in (SCRIPTS / "versions").glob("r*_*.py"))


def is_current(connection: Connection) -> bool:
    """
    Whether the database has the newest schema; False for an empty or an older one.

    Raises
    ------
    StoreError
        ``store_foreign`` if the tables are another program's, ``store_newer`` if a later release wrote them.
    """
    present = inspect(connection).get_table_names()
    if VERSIONS not in present:
        if present:
            raise StoreError("store_foreign", file=_file(connection))
        return False
    known = revisions()
    found = str(connection.scalar(select(column("version_num")).select_from(table(VERSIONS))))
    if found not in known:
        raise StoreError("store_newer", file=_file(connection), found=found, known=known[-1])
    return found == known[-1]


def upgrade(connection: Connection, to: str = "head") -> None:
    """
    Run the revisions that the database lacks, up to one of them.

    Not by two threads at once: Alembic keeps its state in a module.
    """
    from alembic import command  # noqa: PLC0415 - 0.2 s to load, needed when the schema changes only
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    command.upgrade(config, to)


def _file(connection: Connection) -> str:
    return Path(connection.engine.url.database or "").name
