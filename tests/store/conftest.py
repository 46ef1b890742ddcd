"""Every test of the store runs on both databases: a file, and a server that the tests start themselves."""

import shutil

import pytest

from gislib.store import copying, server
from gislib.store.database import FILE, lone_store, open_store, writing

# Deleting is quicker than truncating where there is next to nothing.
EMPTY = "; ".join(
    [f"DELETE FROM {table.name}" for table in reversed(copying.TABLES)]  # noqa: S608
    + [f"ALTER SEQUENCE {name} RESTART" for name in ("plans_serial_seq", "audit_id_seq")]
)


@pytest.fixture(scope="session")
def made_file(tmp_path_factory):
    """Folder with a new store in a file: migrating once is enough for the tests that are not about it."""
    folder = tmp_path_factory.mktemp("made-file")
    with lone_store(folder):
        pass
    return folder


@pytest.fixture(scope="session")
def made_schema(tmp_path_factory, pg):
    """Folder with a new store on the server."""
    folder = tmp_path_factory.mktemp("made-schema")
    with lone_store(folder, pg.url):
        pass
    return folder


@pytest.fixture
def store(request, tmp_path, url):
    """A store without records."""
    if url is None:
        shutil.copy(request.getfixturevalue("made_file") / FILE, tmp_path / FILE)
        opened = open_store(tmp_path)
    else:
        shutil.copy(request.getfixturevalue("made_schema") / server.MARKER, tmp_path / server.MARKER)
        opened = open_store(tmp_path, url)
        with writing(opened) as connection:
            connection.exec_driver_sql(EMPTY)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def file_store(tmp_path, made_file):
    """A store without records in a file, for what no database has a part in."""
    shutil.copy(made_file / FILE, tmp_path / FILE)
    opened = open_store(tmp_path)
    yield opened
    opened.engine.dispose()
