"""``meeting``, ``backup``, ``restore`` and ``import checklist`` as they are typed."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
import typer
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner

from gislib.cli import backups, exporting, importing, meetings
from gislib.planning.loaded import tables_of
from gislib.planning.session import open_session

app = typer.Typer()
app.command("meeting")(meetings.hold_meeting)
app.command("backup")(backups.back_up)
app.command("restore")(backups.restore)
app.command("export")(exporting.export_files)
app.command("import")(importing.import_data)


@pytest.fixture(scope="module")
def own(workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "workspace"
    shutil.copytree(workspace, folder)
    return folder


def run(*arguments):
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    told = json.loads(done.stdout) if "--json" in arguments and done.stdout else None
    return done, told


@pytest.mark.parametrize("wanted", ["docx", "pdf,geojson", "docx,xlsx"])
def test_papers_without_a_frozen_meeting_are_one_line_and_nothing_is_written(workspace, tmp_path, wanted):
    own = tmp_path / "workspace"
    shutil.copytree(workspace, own)
    done, _ = run("export", own, "--out", tmp_path / "out", "--formats", wanted)
    assert done.exit_code == 2
    assert "还没有冻结过会商" in done.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_a_meeting_is_frozen_and_its_papers_written_twice(own, tmp_path):
    asked = ("meeting", own, "--kind", "term_start", "--on", "2026-11-16", "--out", tmp_path, "--json")
    done, told = run(*asked)
    assert done.exit_code == 0, done.stderr
    assert (told["meeting"], told["snapshot"], told["already_frozen"]) == ("M1", "S1", False)
    assert told["differences"] is None
    assert told["agenda"]
    names = {path.name for path in tmp_path.rglob("*.*")}
    assert {"briefing.docx", "briefing.pdf", "minutes.docx", "minutes.pdf"} <= names
    first = (tmp_path / "briefing.docx").read_bytes()
    done, told = run(*asked, "--formats", "docx")
    assert told["already_frozen"]
    assert (tmp_path / "briefing.docx").read_bytes() == first
    done, told = run("meeting", own, "--kind", "mid_term", "--on", "2026-11-17", "--json")
    assert told["differences"] == []
    assert "files" not in told


def test_export_on_paper_is_the_last_meeting_and_the_ledger(own, tmp_path):
    run("meeting", own, "--kind", "term_start", "--on", "2026-11-16")
    run("meeting", own, "--kind", "mid_term", "--on", "2026-11-17")
    done, told = run("export", own, "--out", tmp_path, "--formats", "docx,pdf,xlsx", "--json")
    assert done.exit_code == 0, done.stderr
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert {tmp_path / name for name in names} == {Path(name) for name in told["files"]}
    kinds = {name for name in names if "/todo/" not in name}
    assert kinds == {
        "隐患台账.xlsx",
        *(f"meeting/{name}.{end}" for name in ("briefing", "minutes", "sign-in/blank") for end in ("docx", "pdf")),
    }
    head = Document(tmp_path / "meeting" / "briefing.docx").paragraphs[1].text
    assert head == "会商简报（期中）"
    assert load_workbook(tmp_path / "隐患台账.xlsx", read_only=True).sheetnames
    done, told = run("export", own, "--out", tmp_path / "two", "--formats", "xlsx,geojson", "--json")
    assert {Path(name).suffix for name in told["files"]} == {".xlsx", ".geojson"}


def test_a_plan_has_no_word_papers(own, tmp_path):
    done, _ = run("export", own, "--out", tmp_path / "out", "--plan", "甲", "--formats", "docx")
    assert done.exit_code == 2
    assert "docx" in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kind", "weekly"], "weekly"),
        (["--kind", "term_end", "--on", "morgen"], "morgen"),
        (["--kind", "term_end", "--formats", "odt"], "odt"),
        (["--kind", "term_end", "--on", "2026-11-20", "--plan", "P77"], "P77"),
    ],
)
def test_what_cannot_be_held_is_one_line(own, arguments, words):
    done, _ = run("meeting", own, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr.strip().splitlines()[-1]


def test_backup_and_restore(own, tmp_path):
    file = tmp_path / "backup.zip"
    done, told = run("backup", own, file, "--json")
    assert done.exit_code == 0, done.stderr
    assert told["parts"] > 20
    assert run("backup", own, file)[0].exit_code == 2
    done, told = run("restore", file, tmp_path / "again", "--json")
    assert done.exit_code == 0, done.stderr
    assert told["kept"] == ""
    assert open_session(tmp_path / "again").workspace.meta.demo
    assert run("restore", file, tmp_path / "again")[0].exit_code == 2
    done, told = run("restore", file, tmp_path / "again", "--replace", "--json")
    assert told["kept"].endswith("again.before-restore-1")
    file.write_bytes(file.read_bytes()[:-100])
    done, _ = run("restore", file, tmp_path / "other")
    assert done.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_a_checklist_is_taken_over(own, tmp_path):
    campus = tables_of(open_session(own).workspace)["schools"].index[0]
    file = tmp_path / "checks.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        head = ["学校编号", "检查日期", "检查人岗位", "检查项目", "检查结果"]
        rows = [
            [campus, "2026-11-10", "安全科长", "来访登记查验", "是"],
            ["月球小学", "2026-11-10", "科员", "来访登记查验", "是"],
        ]
        csv.writer(out).writerows([head, *rows])
    done, told = run("import", own, "checklist", file, "--json")
    assert done.exit_code == 0, done.stderr
    assert (told["rows_read"], told["answers"], told["schools"], told["rejected_count"]) == (2, 1, 1, 1)
    assert "月球小学" in told["rejected"][0]["reason"]
    done, _ = run("import", own, "checklist", tmp_path / "none.csv")
    assert done.exit_code == 2
