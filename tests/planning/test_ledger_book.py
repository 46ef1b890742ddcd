"""The ledger as a workbook: out and back without a change, every edit shown first, nothing taken that is doubtful."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from conftest import AS_OF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gislib import wording
from gislib.assessment import Request
from gislib.domain.errors import ConflictError, GislibError, InputError, RefusedError
from gislib.planning import ledger, ledger_book, ledger_sources, ledger_words, results
from gislib.planning.authors import author_of, store_of
from gislib.planning.ledger import Order
from gislib.planning.ledger_sources import Wanted
from gislib.planning.loaded import tables_of
from gislib.planning.session import open_session
from gislib.reports.ledger_book import HEAD_ROW, LedgerSheet, ledger_workbook
from gislib.sources.ledger_file import read_ledger
from gislib.store import plain_text, workspace_edits
from gislib.store.items import Save
from gislib.store.workspace_edits import NewEdit

HEADS = HEAD_ROW + 1
COLUMN = {name: wording.text(f"ledger.column.{name}") for name in (
    "item_id", "state", "title", "school", "grade", "department_lead", "departments_main", "deadline", "reason",
    "closed_on", "lon", "lat", "version", "check", "note", "found_on", "measure", "place",
)}  # fmt: skip


@pytest.fixture(scope="module")
def base(workspace, twin, tmp_path_factory):
    """Folder with the suspected pairs in its ledger."""
    folder = twin(workspace, tmp_path_factory.mktemp("book") / "workspace")
    ledger_sources.from_findings(open_session(folder, actor="tester"), Request(AS_OF), Wanted(("finding",)))
    return folder


@pytest.fixture
def session(base, twin, tmp_path):
    return open_session(twin(base, tmp_path / "workspace"), actor="tester")


@pytest.fixture(scope="module")
def read_only(base):
    """Session of tests that only preview."""
    return open_session(base, actor="tester")


@pytest.fixture(scope="module")
def printed(read_only):
    """Workbook of the ledger of `read_only`."""
    return ledger_book.workbook(read_only, AS_OF)


@pytest.fixture
def copy(printed, tmp_path):
    """File that a test may edit."""
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(printed)
    return path


@pytest.fixture
def out(session, tmp_path):
    """Workbook of the ledger as it stands."""
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(ledger_book.workbook(session, AS_OF))
    return path


def edited(path, *edits, heads=COLUMN):
    """Save a workbook with cells changed: (row of the data from 0, column, value)."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {sheet.cell(HEADS, at).value: at for at in range(1, sheet.max_column + 1)}
    for row, column, value in edits:
        cell = sheet.cell(HEADS + 1 + row, places[heads[column]])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    book.save(path)
    return path


def preview(session, path):
    return ledger_book.preview(session, path, AS_OF)


def rejected(session, path):
    (row,) = preview(session, path).rejected
    assert wording.error(GislibError(row.code, **row.values))
    return row.column, row.code


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_out_and_back_is_no_change(read_only, tmp_path, lang):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(ledger_book.workbook(read_only, AS_OF, lang=lang))
    found = preview(read_only, path)
    assert (found.changed, found.new, found.conflicts, found.rejected, found.absent) == ((), (), (), (), 0)
    assert found.unchanged == len(ledger.table(read_only)) > 100


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(min_size=1, max_size=60), min_size=20, max_size=20),
    sign=st.sampled_from(["", "=", "+", "-", "@", "_x0041_", "1e5", "'"]),
)
def test_any_text_comes_back_as_it_is(tmp_path, columns_and_stamp, texts, sign):
    columns, stamp = columns_and_stamp
    told = [plain_text.cleaned(sign + text) for text in texts]
    rows = [[f"H-{k:05d}" if column.name == "item_id" else text for column in columns] for k, text in enumerate(told)]
    path = tmp_path / "any.xlsx"
    path.write_bytes(ledger_workbook(LedgerSheet(columns, rows, {}, stamp)))
    back = read_ledger(path, ledger_words.heads(), ledger_words.KEYS)
    assert [row.cells["note"] for row in back] == [ledger_words.as_file(text) for text in told]


@pytest.fixture(scope="module")
def columns_and_stamp(base):
    """Text columns of the ledger, and a stamp."""
    columns = [replace(column, kind="text", choices=()) for column in ledger_words.columns("zh")]
    return columns, results.stamp(open_session(base), Request(AS_OF))


def test_a_place_with_another_name_or_gone_is_no_change_of_its_row(session, out):
    items = ledger.table(session)
    venues = items.loc[items["place_kind"] == "venue", "place_id"].drop_duplicates()
    edits = [
        NewEdit("venues", "change", venues.iloc[0], {"name": "改名网吧"}),
        NewEdit("venues", "retire", venues.iloc[1]),
    ]
    workspace_edits.add(store_of(session), edits, author_of(session))
    found = preview(session, out)
    assert (found.changed, found.new, found.conflicts, found.rejected) == ((), (), (), ())
    assert found.unchanged == len(items)
    row = list(items.sort_index().index).index(venues.index[0])
    edited(out, (row, "note", "见面谈"))
    (change,) = preview(session, out).changed
    assert [(one.column, one.after) for one in change.fields] == [("note", "见面谈")]
    edited(out, (row, "place", "又改"))
    assert rejected(session, out) == ("place", "ledger_cell_protected")


def test_every_field_can_be_changed_and_nothing_is_written_before(session, out):
    edited(
        out, (0, "title", "=1+1"), (0, "grade", "红"), (0, "departments_main", "妇联，团委"), (0, "lon", 105.2),
        (0, "deadline", date(2026, 12, 31)), (0, "note", "+86"), (1, "state", "交办"),
    )  # fmt: skip
    found = preview(session, out)
    assert found.rejected == ()
    first, second = found.changed
    assert [change.column for change in first.fields] == [
        "title", "grade", "departments_main", "deadline", "note", "lon",
    ]  # fmt: skip
    assert (second.step, second.fields[0].before, second.fields[0].after) == ("assign", "发现", "交办")
    assert ledger.read(session, "H-00001").version == 1
    done = ledger_book.apply(session, found)
    assert done.changed == ("H-00001", "H-00002")
    item = ledger.read(session, "H-00001")
    assert (item.facts.title, item.facts.grade, item.facts.note) == ("=1+1", "red", "+86")
    assert item.facts.departments_main == ("women", "youth_league")
    assert (item.facts.deadline, item.facts.lon) == (date(2026, 12, 31), 105.2)
    assert ledger.read(session, "H-00002").state == "assigned"
    path = out.with_name("again.xlsx")
    path.write_bytes(ledger_book.workbook(session, AS_OF))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cell = next(sheet.cell(HEADS + 1, at) for at in range(1, 30) if sheet.cell(HEADS, at).value == COLUMN["title"])
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_states_move_step_by_step_with_reasons(session, out):
    (item,) = ledger.assign(session, [("H-00001", 1)], Order("education", AS_OF + timedelta(days=9)))
    for state in ("整改中", "待复查", "销号"):
        out.write_bytes(ledger_book.workbook(session, AS_OF))
        edited(out, (0, "state", state))
        ledger_book.apply(session, preview(session, out))
    item = ledger.read(session, item.item_id)
    assert (item.state, item.closed_on) == ("closed", AS_OF)
    out.write_bytes(ledger_book.workbook(session, AS_OF))
    edited(out, (0, "state", "待复查"))
    assert rejected(session, out) == ("reason", "item_reason_missing")
    edited(out, (0, "reason", "复查发现仍在营业"))
    ledger_book.apply(session, preview(session, out))
    assert ledger.history(session, item.item_id)["reason"].iloc[-1] == "复查发现仍在营业"
    out.write_bytes(ledger_book.workbook(session, AS_OF))
    edited(out, (0, "deadline", date(2027, 1, 31)), (0, "reason", "等待配件"))
    (change,) = preview(session, out).changed
    assert change.step == "extend"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([(0, "item_id", "H-00999")], ("item_id", "item_unknown")),
        ([(0, "item_id", "H-00002")], ("item_id", "ledger_row_twice")),
        ([(0, "version", 7)], ("item_id", "ledger_id_changed")),
        ([(0, "check", "x")], ("item_id", "ledger_id_changed")),
        ([(0, "item_id", None)], ("item_id", "ledger_id_changed")),
        ([(0, "school", "别的学校")], ("school", "ledger_cell_protected")),
        ([(0, "found_on", date(2020, 1, 1))], ("found_on", "ledger_cell_protected")),
        ([(0, "state", "销号")], ("state", "ledger_step_none")),
        ([(0, "state", "完成")], ("state", "ledger_cell_choice")),
        ([(0, "grade", "紫")], ("grade", "ledger_cell_choice")),
        ([(0, "department_lead", "邮局")], ("department_lead", "ledger_department_unknown")),
        ([(0, "departments_main", "公安、邮局")], ("departments_main", "ledger_department_unknown")),
        ([(0, "deadline", "下个月")], ("deadline", "ledger_cell_day")),
        ([(0, "deadline", date(2026, 11, 1))], ("deadline", "item_deadline_early")),
        ([(0, "lon", "东边")], ("lon", "ledger_cell_number")),
        ([(0, "lon", 999)], ("lon", "item_position")),
        ([(0, "title", None)], ("title", "item_title")),
        ([(0, "title", "长" * 201)], ("title", "item_title")),
        ([(0, "state", "交办"), (0, "department_lead", None)], ("department_lead", "item_not_assignable")),
        ([(0, "closed_on", date(2026, 12, 1))], ("closed_on", "ledger_cell_protected")),
        ([(0, "department_lead", "教育"), (0, "departments_main", "教育")], ("department_lead", "item_department")),
    ],
)  # fmt: skip
def test_doubtful_rows_are_rejected_with_row_and_column(read_only, copy, edits, expected):
    edited(copy, *edits)
    rows = preview(read_only, copy).rejected
    assert (rows[0].column, rows[0].code) == expected
    assert rows[0].row == HEADS + 1
    for row in rows:
        assert "{" not in wording.error(GislibError(row.code, **row.values))
        assert row.code not in wording.error(GislibError(row.code, **row.values))
    assert preview(read_only, copy).changed == ()


def test_exchanged_ids_are_noticed(read_only, copy):
    edited(copy, (0, "item_id", "H-00002"), (1, "item_id", "H-00001"))
    found = preview(read_only, copy)
    assert [row.code for row in found.rejected] == ["ledger_id_changed"] * 2


def test_days_are_read_as_people_write_them(read_only, copy):
    for text in ("2026/12/31", "2026.12.31", "2026年12月31日", "2026-12-31 00:00:00"):
        edited(copy, (0, "deadline", text))
        (change,) = preview(read_only, copy).changed
        assert change.step == "edit"
        assert preview(read_only, copy).saves[0].changes == {"deadline": date(2026, 12, 31)}


def test_a_row_saved_by_somebody_else_is_a_conflict_only_if_the_file_changed_it(session, out):
    ledger.assign(session, [("H-00001", 1), ("H-00002", 1)], Order("education", AS_OF + timedelta(days=9)))
    edited(out, (1, "title", "我的标题"), (2, "title", "别的标题"))
    found = preview(session, out)
    (conflict,) = found.conflicts
    assert (conflict.item_id, conflict.mine, conflict.theirs, conflict.actor) == ("H-00002", 1, 2, "tester")
    assert "我的标题" in {change.after for change in conflict.fields}
    assert [change.item_id for change in found.changed] == ["H-00003"]
    ledger_book.apply(session, found)
    assert ledger.read(session, "H-00002").facts.title != "我的标题"
    assert ledger.read(session, "H-00003").facts.title == "别的标题"


def test_a_save_between_preview_and_apply_writes_nothing(session, out):
    edited(out, (0, "title", "甲"), (1, "title", "乙"))
    found = preview(session, out)
    ledger.save(session, [Save("H-00002", 1, changes={"note": "别人"})])
    with pytest.raises(ConflictError, match="items_stale"):
        ledger_book.apply(session, found)
    assert ledger.read(session, "H-00001").facts.title != "甲"


def test_new_rows_are_put_down_once(session, out):
    schools = tables_of(session.workspace)["schools"]
    name = schools["name"].value_counts().index[-1]
    at = len(ledger.table(session))
    edited(
        out, (at, "title", "门口井盖松动"), (at, "school", name), (at + 1, "title", "@没有位置"),
        (at + 2, "title", "坐标"), (at + 2, "lon", 105.1885), (at + 2, "lat", 25.2117), (at + 3, "title", "哪里"),
        (at + 3, "school", "没有这所学校"),
    )  # fmt: skip
    found = preview(session, out)
    assert [(row.column, row.code) for row in found.rejected] == [
        ("school", "item_place_missing"), ("school", "ledger_school_unknown"),
    ]  # fmt: skip
    done = ledger_book.apply(session, found)
    assert len(done.new) == 2
    item = ledger.read(session, done.new[0])
    assert (item.source, item.found_on, item.facts.deadline) == ("import", AS_OF, AS_OF + timedelta(days=30))
    assert schools["name"][item.facts.school_id] == name
    again = preview(session, out)
    assert (again.new, again.unchanged) == ((), at + 2)


def test_rows_that_are_left_out_stay(read_only, copy):
    book = openpyxl.load_workbook(copy)
    count = len(ledger.table(read_only))
    book.worksheets[0].delete_rows(HEADS + 1, 10)
    book.save(copy)
    found = preview(read_only, copy)
    assert (found.absent, found.unchanged) == (10, count - 10)


def test_another_file_is_refused_in_one_line(read_only, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["编号", "名称"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(InputError, match="ledger_file_heads"):
        preview(read_only, tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("编号")
    with pytest.raises(InputError, match="file_broken"):
        preview(read_only, tmp_path / "text.xlsx")


def test_roles_and_areas(session, out):
    with pytest.raises(RefusedError, match="role_too_low"):
        ledger_book.workbook(replace(session, role="viewer"), AS_OF)
    with pytest.raises(RefusedError, match="role_too_low"):
        ledger_book.apply(replace(session, role="viewer"), preview(session, out))
    codes = ledger.table(session)["area_code"].value_counts()
    planner = replace(session, role="planner", areas=frozenset({codes.index[0]}))
    found = preview(planner, out)
    assert found.unchanged == codes.iloc[0]
    assert {row.code for row in found.rejected} == {"item_unknown"}
