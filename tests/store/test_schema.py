"""The migrations lead to the tables that the code uses, and those hold every column of a device."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gislib.domain.tables import DECIDED, TREATMENTS
from gislib.store import migration
from gislib.store.database import reading
from gislib.store.schema import DEVICES, METADATA


def test_migrations_lead_to_the_schema(store):
    with reading(store) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_one_line_of_revisions_named_as_their_files():
    scripts = ScriptDirectory(str(migration.SCRIPTS))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == migration.revisions()
    assert scripts.get_heads() == migration.revisions()[-1:]


def test_every_column_of_a_device_is_stored():
    kinds = {"str": str, "float64": float}
    wanted = {name: (kinds[column.dtype], column.nullable) for name, column in DECIDED[TREATMENTS].columns.items()}
    stored = {column.name: (column.type.python_type, column.nullable) for column in DEVICES.columns}
    for key in ("plan_serial", "number", "geometry"):
        stored.pop(key)
    assert stored == wanted
