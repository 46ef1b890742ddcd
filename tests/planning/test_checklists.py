"""Inspections: answers from tables, what they change in the data, and how often a campus was visited."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pandas as pd
import pytest

from gislib import rules
from gislib.assessment import Request
from gislib.domain.errors import InputError, RefusedError, StoreError
from gislib.planning import assess, checklists, ledger, ledger_sources, results, terms
from gislib.planning.assess import basis_of
from gislib.planning.ledger import Order
from gislib.planning.ledger_remedies import Remedy, close_with_edit
from gislib.planning.ledger_sources import Wanted
from gislib.planning.loaded import tables_of
from gislib.planning.session import in_scope, open_session
from gislib.store.checklists import Answer
from gislib.store.items import Save
from gislib.store.terms import TermFacts

ON = date(2026, 11, 16)
HEAD = ["学校编号", "检查日期", "检查人岗位", "检查项目", "检查结果", "备注"]


@pytest.fixture
def own(workspace, twin, tmp_path):
    return open_session(twin(workspace, tmp_path / "workspace"), actor="教育局")


@pytest.fixture
def campus(own):
    """A campus whose cameras nobody knows of."""
    schools = tables_of(own.workspace)["schools"]
    return str(schools.index[schools["cameras"].isna() & (schools["kind"] == "primary")][0])


def written(path, *rows, head=HEAD):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def test_questions_are_of_the_six_nets_and_know_the_campus_columns():
    asked = checklists.questions(ON)
    assert list(dict.fromkeys(one.net for one in asked)) == list(checklists.NETS)
    columns = {one.school_column for one in asked if one.school_column}
    assert columns == {"cameras", "wall", "anti_ram", "guard_post"}
    assert len({one.title for one in asked}) == len(asked)


def test_a_camera_that_was_seen_protects_in_the_next_assessment(own, campus):
    code = "technical.cameras_outside"
    before = basis_of(own.workspace, ON, campus).ground.tables["schools"]["cameras"][campus]
    assert pd.isna(before)
    inputs = {p: p.read_bytes() for p in (own.workspace.root / "inputs").rglob("*") if p.is_file()}
    noted = checklists.add(own, [Answer(campus, code, "yes", ON, "安全科长")])
    assert (noted.answers, noted.facts) == (1, 1)
    assert checklists.add(own, [Answer(campus, code, "yes", ON, "安全科长")]) == checklists.Noted(0, 0)
    assert bool(tables_of(own.workspace)["schools"]["cameras"][campus])
    assert {p: p.read_bytes() for p in inputs} == inputs
    assert not results.is_current(own, "school_risk")
    old = results.read(own, "terms")
    assess.assess(own, results.request_of(own, "school_risk"))
    new = results.read(own, "terms")
    for family in ("venues", "rentals"):
        was, now = (t[(t["school_id"] == campus) & (t["family"] == family)]["protection"] for t in (old, new))
        assert (now.to_numpy() > was.to_numpy()).all()


def test_later_answers_count_and_unknown_changes_nothing(own, campus):
    code = "technical.cameras_outside"

    def flag():
        return tables_of(own.workspace)["schools"]["cameras"][campus]

    checklists.add(
        own, [Answer(campus, code, "unknown", ON, "科员"), Answer(campus, "people.visitors", "no", ON, "科员")]
    )
    assert pd.isna(flag())
    checklists.add(own, [Answer(campus, code, "no", date(2026, 11, 20), "科员")])
    assert not flag()
    # An older inspection that comes in late does not undo the newer one.
    assert checklists.add(own, [Answer(campus, code, "yes", date(2026, 11, 18), "科员")]).facts == 0
    assert not flag()
    assert list(checklists.current(own, date(2026, 11, 19)).query("question == @code")["answer"]) == ["yes"]


def test_what_an_inspection_did_not_find_becomes_an_item_once(own, campus):
    first, later = ON, date(2026, 11, 18)
    checklists.add(
        own,
        [
            Answer(campus, "technical.alarm_button", "no", first, "安全科长", "按钮脱落"),
            Answer(campus, "physical.wall", "no", first, "安全科长"),
            Answer(campus, "people.visitors", "unknown", first, "安全科长"),
            Answer(campus, "mind.counselling", "yes", first, "安全科长"),
        ],
    )
    request, asked = Request(later), Wanted(("inspection",))
    # The wall is a fact of the data now, so the assessment is old; inspections need none.
    raised = ledger_sources.from_findings(own, request, asked)
    assert (len(raised.new), raised.known, raised.by_source) == (2, 0, {"inspection": 2})
    assert ledger_sources.from_findings(own, request, asked) == ledger_sources.Raised((), 2, {})
    items = ledger.table(own).set_index("rule_id")
    alarm = items.loc["checklist.technical.alarm_button"]
    net = rules.load().rule("department.net_technical", later).departments
    assert (alarm["net"], alarm["department_lead"], alarm["found_on"]) == ("technical", net.lead, first.isoformat())
    assert alarm["deadline"] == (later + timedelta(days=15)).isoformat()
    assert alarm["note"] == "2026-11-16由安全科长检查；按钮脱落。"
    assert pd.isna(alarm["grade"])
    assert alarm["school_id"] == campus


def test_a_wall_built_for_an_item_stays_built_until_somebody_sees_it_gone(own, campus):
    def raised(on):
        return ledger_sources.from_findings(own, Request(on), Wanted(("inspection",))).new

    def wall():
        return bool(tables_of(own.workspace)["schools"]["wall"][campus])

    seen = [Answer(campus, "physical.wall", "no", ON, "安全科长")]
    checklists.add(own, seen)
    (item_id,) = raised(ON)
    item = ledger.read(own, item_id)
    (item,) = ledger.assign(own, [(item_id, item.version)], Order("education", ON + timedelta(days=9)))
    for step in ("start", "submit"):
        (item,) = ledger.save(own, [Save(item_id, item.version, step)])
    done = ON + timedelta(days=5)
    close_with_edit(own, (item_id, item.version), done, [Remedy("campus", "wall")])
    assert wall()
    # Neither the old answer read again nor another answer about the campus undoes what was built.
    checklists.add(own, [*seen, Answer(campus, "technical.alarm_button", "yes", done, "安全科长")])
    assert wall()
    assert raised(done) == ()
    checklists.add(own, [Answer(campus, "physical.wall", "no", done + timedelta(days=1), "安全科长")])
    assert not wall()
    (again,) = raised(done + timedelta(days=1))
    assert again != item_id


def test_inspections_of_a_term_are_days(own, campus):
    assert checklists.inspected(own, ON).empty
    terms.add(own, TermFacts("2026 秋季学期", date(2026, 9, 1), date(2027, 1, 20)))
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 1), date(2026, 11, 16), date(2026, 11, 17)]
    questions = [one.code for one in checklists.questions(ON)]
    answers = [Answer(campus, questions[k], "yes", day, "科员") for k, day in enumerate(days)]
    checklists.add(own, answers)
    found = checklists.inspected(own, ON)
    assert found.loc[campus, ["inspections", "last", "needed"]].tolist() == [2, "2026-11-16", 2]
    assert (found.drop(index=campus)["inspections"] == 0).all()
    assert "not_a_school" not in set(tables_of(own.workspace)["schools"]["kind"].reindex(found.index))


def test_a_long_table_with_bad_rows(own, campus, tmp_path):
    name = tables_of(own.workspace)["schools"]["name"][campus]
    file = written(
        tmp_path / "long.csv",
        [campus, "2026-11-10", "安全科长", "来访登记查验", "是", "电话 13912345678"],
        [name, "2026年11月10日", "安全科长", "technical.alarm_button", "√", ""],
        ["没有这所学校", "2026-11-10", "安全科长", "来访登记查验", "是", ""],
        [campus, "2026-11-31", "安全科长", "来访登记查验", "是", ""],
        [campus, "2026-12-31", "安全科长", "来访登记查验", "是", ""],
        [campus, "2026-11-10", "", "来访登记查验", "是", ""],
        [campus, "2026-11-10", "安全科长", "门口有没有石狮子", "是", ""],
        [campus, "2026-11-10", "安全科长", "欺凌防治有专人、有台账", "大概吧", ""],
        [campus, "2026-11-10", "安全科长", "心理辅导室有人值班", "", ""],
    )
    done = checklists.import_file(own, file, ON)
    assert (done.rows_read, done.noted.answers, done.schools) == (9, 2, 1)
    assert list(done.rejected["row"]) == [4, 5, 6, 7, 8, 9]
    assert list(done.rejected["code"]) == [
        "checklist_school_unknown", "checklist_day_unreadable", "checklist_day_ahead", "checklist_post_missing",
        "checklist_question_unknown", "checklist_answer_unreadable",
    ]  # fmt: skip
    told = checklists.current(own)
    assert set(told["question"]) == {"people.visitors", "technical.alarm_button"}
    assert "13912345678" not in "".join(told["note"].dropna())


def test_the_blank_table_comes_back_filled_in(own, tmp_path):
    file = tmp_path / "blank.xlsx"
    file.write_bytes(checklists.blank(own, ON))
    assert checklists.import_file(own, file, ON).noted.answers == 0
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[4]]
    assert len(heads) == 4 + len(checklists.questions(ON)) + 1
    row = [cell.value for cell in sheet[5]]
    for k in range(4, len(heads) - 1):
        sheet.cell(5, k + 1, ("是", "否", "不详", "不适用")[k % 4])
    sheet.cell(5, 3, "2026-11-10")
    sheet.cell(5, 4, "安全科长")
    book.save(file)
    done = checklists.import_file(own, file, ON)
    asked = checklists.questions(ON)
    assert (done.noted.answers, done.schools) == (len(asked), 1)
    assert done.dropped == (), "our own columns are known"
    assert done.rejected.empty
    told = checklists.current(own).set_index("question")["answer"]
    assert set(checklists.current(own)["school_id"]) == {row[0]}
    assert told[asked[0].code] == "yes"
    assert checklists.import_file(own, file, ON).noted.answers == 0


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (["学校", "检查日期", "检查结果"], "checklist_column_missing"),
        (["学校", "检查日期", "检查人岗位", "天气"], "checklist_no_question"),
    ],
)
def test_columns_that_must_be_there(own, tmp_path, head, code):
    file = written(tmp_path / "a.csv", ["x", "2026-11-10", "科员", "好"][: len(head)], head=head)
    with pytest.raises(InputError, match=code):
        checklists.import_file(own, file, ON)
    with pytest.raises(InputError, match="file_missing"):
        checklists.import_file(own, tmp_path / "none.csv", ON)


def test_whoever_may_not(own, campus):
    answer = Answer(campus, "people.visitors", "yes", ON, "科员")
    code = tables_of(own.workspace)["schools"]["area_code"][campus]
    other = replace(own, role="planner", areas=frozenset({"529902"}))
    assert not in_scope(other, code)
    with pytest.raises(RefusedError, match="area_not_yours"):
        checklists.add(other, [answer])
    assert checklists.inspected(other, ON).empty
    with pytest.raises(InputError, match="checklist_unknown"):
        checklists.add(own, [replace(answer, question="people.lions")])
    with pytest.raises(InputError, match="school_unknown"):
        checklists.add(own, [replace(answer, school_id="s0")])
    with pytest.raises(StoreError, match="checklist_answer"):
        checklists.add(own, [replace(answer, answer="maybe")])
