"""Stores of every released schema open with all they held, on both databases."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, insert, inspect, select, text
from store_plans import LI, devices, logged, replayed

from gislib.store import copying, edits, ledger, migration, plans, server, terms
from gislib.store.database import FILE, lone_store, reading
from gislib.store.items import Save

DUMPS = sorted((Path(__file__).parent / "released").glob("r*.sql"))


def dumped(path):
    """Connection to a database in memory with the content of a dump."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    raw.executescript(path.read_text("utf-8"))
    return raw


def to_file(path, folder, _):
    target = sqlite3.connect(folder / FILE)
    target.executescript(path.read_text("utf-8"))
    target.close()


def to_server(path, folder, pg):
    """The dump's schema made by its own migrations, then its rows."""
    revision = path.stem.removeprefix("r")
    lone = server.lone_engine(pg.url)
    with server.founding(folder, lone) as schema:
        target = server.engine(pg.url, schema)
        with target.connect().execution_options(writes=True) as connection, connection.begin():
            migration.upgrade(connection, revision)
            source = create_engine("sqlite://", creator=lambda: dumped(path))
            known = MetaData()
            known.reflect(connection)
            with source.connect() as old:
                for table in known.sorted_tables:
                    rows = [dict(row) for row in old.execute(select(table)).mappings()]
                    if rows and table.name != migration.VERSIONS:
                        connection.execute(insert(table), rows)
            source.dispose()
            for table, column in (("plans", "serial"), ("audit", "id")):
                server.continue_serials(connection, table, column)
        target.dispose()


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
@pytest.mark.parametrize("bring", [to_file, to_server])
def test_a_released_store_opens_with_all_it_held(request, tmp_path, path, bring):
    url = request.getfixturevalue("pg").url if bring is to_server else None
    bring(path, tmp_path, request.getfixturevalue("pg") if url else None)
    with lone_store(tmp_path, url) as store:
        spring = plans.read(store, "P1")
        assert (spring.head.name, spring.head.version, spring.head.redoable) == ("春季方案", 3, True)
        assert spring.devices["note"].iloc[0] == "㵲水"
        assert spring.devices["chainage_m"].iloc[1] == 12.5
        assert replayed(store, "P1") == logged(spring)
        assert [head.name for head in plans.heads(store)] == ["春季方案"]
        assert plans.read(store, "P2").head.status == "retired"
        assert _held(store, path) == _dumped_rows(path)
        assert edits.redo(store, "P1", 3, LI).devices["note"].tolist()[-1] == "手加"
        assert plans.create(store, "新", {}, devices(), LI).head.plan_id == "P3"


def _dumped_rows(path):
    """Rows of every table of a dump, by column."""
    source = create_engine("sqlite://", creator=lambda: dumped(path))
    with source.connect() as old:
        names = inspect(old).get_table_names()
        found = {table.name: _rows(old, table, old) for table in copying.TABLES if table.name in names}
    source.dispose()
    return found


def _held(store, path):
    """Rows of the same tables in a store, by the same columns."""
    source = create_engine("sqlite://", creator=lambda: dumped(path))
    with source.connect() as old, reading(store) as connection:
        names = inspect(old).get_table_names()
        found = {table.name: _rows(connection, table, old) for table in copying.TABLES if table.name in names}
    source.dispose()
    return found


def _rows(connection, table, old):
    """Rows by key, of the columns that the dump has."""
    had = {column["name"] for column in inspect(old).get_columns(table.name)}
    chosen = select(*(column for column in table.c if column.name in had)).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(chosen).mappings()]


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_dump_holds_rows_in_every_table_of_its_schema(path):
    assert [name for name, rows in _dumped_rows(path).items() if not rows] == []


def test_the_ledger_of_a_released_store_goes_on(tmp_path):
    to_file(DUMPS[1], tmp_path, None)
    with lone_store(tmp_path) as store:
        assert list(ledger.table(store)["state"]) == ["assigned", "found"]
        assert ledger.read(store, "H-00002").source_key == "k"
        (item,) = ledger.save(store, [Save("H-00001", 2, "start")], LI)
        assert (item.state, item.meeting_id) == ("rectifying", "M1")
        (term,) = terms.terms(store)
        assert term.facts.gate_times[0].school_id == "s"


def test_every_released_schema_has_its_dump():
    assert [path.stem.removeprefix("r") for path in DUMPS] == migration.revisions()[:-1]


def test_a_failed_migration_leaves_the_old_schema(tmp_path, monkeypatch):
    to_file(DUMPS[0], tmp_path, None)
    before = (tmp_path / FILE).read_bytes()

    def broken(connection):
        connection.execute(text("CREATE TABLE half (x INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr(migration, "upgrade", broken)
    with pytest.raises(RuntimeError), lone_store(tmp_path):
        pass
    monkeypatch.undo()
    old, new = sqlite3.connect(":memory:"), sqlite3.connect(tmp_path / FILE)
    old.deserialize(before)
    assert list(new.iterdump()) == list(old.iterdump())
    new.close()
    with lone_store(tmp_path) as store:
        assert plans.heads(store)[0].name == "春季方案"
