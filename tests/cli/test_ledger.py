"""``huxuetu ledger``: out, edited, shown, written."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest
import typer
from conftest import AS_OF
from typer.testing import CliRunner

from gislib.assessment import Request
from gislib.cli import ledger as command
from gislib.planning import ledger, ledger_sources
from gislib.planning.ledger_sources import Wanted
from gislib.planning.session import open_session
from gislib.reports.ledger_book import HEAD_ROW

DAY = ("--on", AS_OF.isoformat())
app = typer.Typer()
app.callback()(lambda: None)
command.register(app)


@pytest.fixture(scope="module")
def own(workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "workspace"
    shutil.copytree(workspace, folder)
    ledger_sources.from_findings(open_session(folder), Request(AS_OF), Wanted(("risk",)))
    return folder


def invoke(*arguments):
    return CliRunner().invoke(app, ["ledger", *map(str, arguments), *DAY])


@pytest.fixture
def file(own, tmp_path):
    path = tmp_path / "台账.xlsx"
    done = invoke(own, "export", path, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["files"] == [str(path)]
    return path


def test_nothing_is_written_without_yes(own, file):
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    sheet.cell(HEAD_ROW + 2, 3).value = "新标题"
    sheet.cell(HEAD_ROW + 3, 1).value = "H-09999"
    book.save(file)
    session = open_session(own)
    for extra in ((), ("--preview",)):
        shown = json.loads(invoke(own, "import", file, "--json", *extra).stdout)
        assert (shown["written"], shown["rows_changed"], shown["rejected_count"]) == (False, 1, 1)
        assert shown["rejected"][0]["row"] == HEAD_ROW + 3
        assert "H-09999" in shown["rejected"][0]["reason"]
        assert ledger.read(session, "H-00001").version == 1
    (change,) = shown["ledger_changes"]
    assert (change["item"], change["after"]) == ("H-00001", "新标题")
    done = json.loads(invoke(own, "import", file, "--yes", "--json").stdout)
    assert done["items_changed"] == ["H-00001"]
    assert ledger.read(session, "H-00001").facts.title == "新标题"
    assert json.loads(invoke(own, "import", file, "--json").stdout)["rows_changed"] == 0


def test_people_see_the_changes_as_a_table(own, file):
    book = openpyxl.load_workbook(file)
    book.worksheets[0].cell(HEAD_ROW + 3, 3).value = "别的标题"
    book.save(file)
    done = invoke(own, "import", file)
    assert "别的标题" in done.stdout.replace("\n", "")
    assert "要改的行: 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["import", "none.xlsx"], "none.xlsx"), (["import", "none.xlsx", "--yes", "--preview"], "--preview")],
)
def test_refusals_are_one_line(own, arguments, words):
    done = invoke(own, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr.strip().splitlines()[-1]
