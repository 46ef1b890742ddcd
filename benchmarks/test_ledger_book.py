"""5,000 items of the ledger: out as a workbook in 3 s, previewed in 5 s, without a change."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from gislib.planning import demo, ledger, ledger_book
from gislib.planning.loaded import tables_of
from gislib.planning.session import open_session
from gislib.store.item_facts import Facts
from gislib.store.items import NewItem

pytestmark = pytest.mark.usefixtures("as_served")
COUNT = 5000
EXPORT_SECONDS, PREVIEW_SECONDS = 3.0, 5.0
ON = date(2026, 11, 16)


def test_a_ledger_of_5000_rows(tmp_path):
    folder = tmp_path / "workspace"
    demo.build(folder)
    session = open_session(folder, actor="benchmark")
    schools = list(tables_of(session.workspace)["schools"].index)
    facts = [
        Facts(
            f"隐患 {k}：门口路面破损", "修复路面并设警示", note=f"={k}", school_id=schools[k % len(schools)],
            department_lead="housing", departments_main=("education",), deadline=ON + timedelta(days=k % 60),
        )
        for k in range(COUNT)
    ]  # fmt: skip
    ledger.add(session, [NewItem("manual", ON, ledger.located(session, one)) for one in facts])
    began = time.perf_counter()
    content = ledger_book.workbook(session, ON)
    exported = time.perf_counter() - began
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    began = time.perf_counter()
    found = ledger_book.preview(session, path, ON)
    previewed = time.perf_counter() - began
    assert (found.unchanged, found.changed, found.rejected) == (COUNT, (), ())
    assert exported <= EXPORT_SECONDS
    assert previewed <= PREVIEW_SECONDS
