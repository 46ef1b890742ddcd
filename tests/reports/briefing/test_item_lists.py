"""What a meeting reads of a thousand items, and where the rest stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from briefing_facts import CULTURE, POLICE, full, item
from office import page_texts, require_office, to_pdf

from gislib import rules
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, Change, Duty
from gislib.reports.briefing.item_lists import department_page, department_to_do, open_items
from gislib.reports.briefing.paper import Annex, Block, Heading, Paper, Prose, Table
from gislib.reports.briefing.parts import CHANGES_PER_KIND
from gislib.reports.briefing.pdf import render_pdf
from gislib.reports.briefing.word import render_word
from gislib.rules.model import Departments

RS = rules.load()
MANY = 971
LONG = "云盘镇中心小学：红太阳五店烟酒店（烟草零售点）疑似在距离内"
MEASURE = "两人到场复测，核对证照；核实后由主管部门依职权处理。"
MOST_PAGES = 25


def many(count: int = MANY) -> Briefing:
    """Items with long titles, two measures in turn, half of them led by another department."""
    items = tuple(
        item(
            k, title=f"{LONG}{k}", measure=MEASURE if k % 3 else f"{MEASURE}{k}", grade=("blue", "red", "")[k % 3],
            departments=(POLICE, CULTURE)[k % 2], place="红太阳五店烟酒店·云盘镇中心小学",
        )
        for k in range(1, count + 1)
    )  # fmt: skip
    return full(items=items)


def after(paper: Paper, start: type[Block], words: str) -> list[Block]:
    """Blocks behind the heading or annex with these words, up to the next."""
    titles = [getattr(block, "text", "") + getattr(block, "title", "") for block in paper.blocks]
    [place] = [k for k, block in enumerate(paper.blocks) if isinstance(block, start) and words in titles[k]]
    found = []
    for block in paper.blocks[place + 1 :]:
        if isinstance(block, Heading | Annex):
            break
        found.append(block)
    return found


def table_of(blocks: list[Block]) -> Table:
    [found] = [block for block in blocks if isinstance(block, Table)]
    return found


def test_a_page_counts_all_and_shows_the_most_urgent():
    told = many()
    counts, table, rest = department_page(told, "culture_tourism")
    led = sum(one.departments is CULTURE for one in told.items or ())
    assert counts == Prose(f"牵头{led}条，主要责任0条，配合协助0条。")
    assert isinstance(table, Table)
    shown = len(table.rows)
    assert 5 <= shown <= 25
    assert [row[0] for row in table.rows] == [one.item_id for one in open_items(told.items or ()) if
                                             one.departments is CULTURE][:shown]  # fmt: skip
    assert rest == Prose(f"以上是最急的{shown}条，另有{led - shown}条未列出，全部见本部门待办文件和隐患台账（Excel）。")


def test_the_file_of_a_department_keeps_everything():
    told = many()
    whole = table_of(department_to_do(told, "education"))
    assert {row[0] for row in whole.rows} == {one.item_id for one in told.items or ()}


def test_the_rectification_list_is_bounded_and_says_so():
    blocks = after(briefing_paper(many(), RS), Heading, "限期整改清单")
    first, table, rest, *_closing = blocks
    assert isinstance(first, Prose)
    assert first.text.startswith(f"未销号隐患{MANY}条")
    assert isinstance(table, Table)
    assert len(table.rows) <= 25
    assert rest == Prose(
        f"以上是最急的{len(table.rows)}条，另有{MANY - len(table.rows)}条未列出，全部见隐患台账（Excel）。"
    )


def test_only_rules_of_printed_items_are_cited():
    told = many()
    far = item(9999, deadline=date(2030, 1, 1), rule_id="distance.tobacco.strict_school")
    cited = {row[0] for block in briefing_paper(replace(told, items=(*(told.items or ()), far)), RS).blocks
             if isinstance(block, Table) for row in block.rows}  # fmt: skip
    assert "distance.net_bar.statutory" in cited
    assert "distance.tobacco.strict_school" not in cited


def test_few_items_are_all_there_without_a_word_about_more():
    for blocks in (department_page(many(3), "education"), after(briefing_paper(many(3), RS), Heading, "限期整改")):
        assert len(table_of(blocks).rows) == 3
        assert not any(isinstance(block, Prose) and "未列出" in block.text for block in blocks)


def test_duties_are_bounded():
    told = full(duties=tuple(Duty("技防网", f"第{k}项：{MEASURE}", POLICE) for k in range(100)))
    table, rest = after(briefing_paper(told, RS), Heading, "责任分解")
    assert isinstance(table, Table)
    assert rest == Prose(f"另有{100 - len(table.rows)}项责任未列出，全部见规则中的部门责任。")
    assert 5 <= len(table.rows) <= 25


def test_changes_are_bounded_by_kind():
    found = (
        *(Change("suspect_new", f"网吧{k}") for k in range(200)),
        *(Change("suspect_gone", f"网吧{k}") for k in range(3)),
    )
    first, table, rest = after(briefing_paper(full(changes=found), RS), Heading, "相比")
    assert isinstance(first, Prose)
    assert "有203项变化" in first.text
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["新增疑似"] * CHANGES_PER_KIND + ["疑似消除"] * 3
    assert rest == Prose("同类变化只列前8项，另有192项见会商页“与上次相比”。")


def test_urgency_is_own_task_then_deadline_then_grade():
    soon, late = date(2026, 9, 5), date(2026, 9, 6)
    items = (
        item(1, deadline=None, grade="red"),
        item(2, deadline=late, grade="red"),
        item(3, deadline=soon, grade=""),
        item(4, deadline=soon, grade="blue", departments=CULTURE),
        item(5, deadline=soon, grade="blue", departments=POLICE),
        item(6, deadline=soon, grade="orange"),
        item(7, deadline=soon, grade="red", departments=Departments("water", (), ("public_security",))),
    )
    assert [one.item_id[-1] for one in open_items(items, "public_security")] == list("6543217")
    assert [one.item_id[-1] for one in open_items(items)] == list("7645321")


def test_a_measure_is_said_once_and_a_place_where_the_title_has_it_not():
    kit = item(4, place="澜江·澜桥县第三中学", title="澜江：缺“四个一”", measure="")
    items = (item(1, place="红桥路", title="红桥路标线磨损"), item(2, title="标线磨损"), item(3, measure=""), kit)
    tasks = [row[1] for row in table_of(department_page(full(items=items), "education")).rows]
    assert tasks == [
        "红桥路标线磨损；重施标线 24 m²",
        "凉都幼儿园东门：标线磨损；措施同上。",
        "明湖路学校东门：人行横道标线磨损",
        "澜江：缺“四个一”（澜桥县第三中学附近）",
    ]


@pytest.mark.parametrize("kind", ["word", "pdf"])
def test_a_thousand_items_are_a_short_paper_with_one_page_per_department(kind: str, tmp_path: Path):
    require_office()
    told = many()
    odd = replace(item(9999, title="㵲阳" * 60, deadline=date(2026, 8, 1)), measure="。" * 90)
    paper = briefing_paper(replace(told, items=(*(told.items or ()), odd)), RS)
    file = tmp_path / "briefing.pdf"
    if kind == "word":
        file = to_pdf({"briefing": render_word(paper)}, tmp_path)["briefing"]
    else:
        file.write_bytes(render_pdf(paper).pdf)
    pages = ["".join(page.split()) for page in page_texts(file)]
    labels = [block.label for block in paper.blocks if isinstance(block, Annex)]
    starts = [next(k for k, page in enumerate(pages) if label in page) for label in labels]
    assert [later - first for first, later in pairwise(starts)] == [1] * (len(starts) - 1)
    assert len(pages) <= MOST_PAGES
