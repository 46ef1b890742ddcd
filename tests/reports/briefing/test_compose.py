"""The briefing as blocks: every number where it belongs, and what is missing said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from briefing_facts import ON, POLICE, empty, full, item, ranked, situation, suspect

from gislib import rules
from gislib.domain.errors import InputError, RuleError
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, Change, Letterhead, Situation
from gislib.reports.briefing.figures import ordinal
from gislib.reports.briefing.item_lists import open_items
from gislib.reports.briefing.paper import TEXT_WIDTH_MM, Annex, Form, Heading, Paper, Picture, Prose, SignOff, Table
from gislib.reports.briefing.tasks import net_duties
from gislib.rules.model import Departments

RS = rules.load()


def paper(briefing: Briefing) -> Paper:
    return briefing_paper(briefing, RS)


def part(briefing: Briefing, title: str) -> list:
    """Blocks of one part, up to the next heading."""
    blocks = paper(briefing).blocks
    start = next(place for place, block in enumerate(blocks) if isinstance(block, Heading) and title in block.text)
    found = []
    for block in blocks[start + 1 :]:
        if isinstance(block, Heading | Annex):
            break
        found.append(block)
    return found


def table(briefing: Briefing, title: str) -> Table:
    [found] = [block for block in part(briefing, title) if isinstance(block, Table)]
    return found


def test_parts_are_numbered_in_order():
    headings = [block.text for block in paper(full()).blocks if isinstance(block, Heading)]
    assert headings == [
        "一、总体情况", "二、与上次会商相比", "三、隐患排名", "四、疑似在距离内的场所", "五、措施方案与造价",
        "六、巡逻覆盖", "七、责任分解", "八、限期整改清单",
    ]  # fmt: skip


def test_title_says_area_meeting_and_draft():
    assert paper(full()).title == ("钟山区校园及周边安全", "会商简报（开学初）")
    assert paper(full()).mark == "（征求意见稿）"
    assert paper(full(draft=False)).mark == ""


def test_no_red_head_unless_one_was_typed():
    assert paper(full()).organ == ""
    typed = paper(full(letterhead=Letterhead(" 联席会议办公室 ", "第3期", "办公室")))
    assert (typed.organ, typed.number, typed.head_date) == ("联席会议办公室", "第3期", "2026年9月1日")
    assert SignOff("办公室", "2026年9月1日") in typed.blocks


def test_the_situation_in_numbers():
    campuses, venues, items = (block.text for block in part(full(), "总体情况"))
    assert campuses == (
        "截至2026年9月1日，钟山区纳入排查的学校、幼儿园共42所。按隐患指数分级：红2所、橙5所、黄12所、蓝20所、"
        "数据不足3所。其中3所资料不全，不参加排名。"
    )
    assert venues.startswith("按图上量算，场所与学校疑似在距离内1对，需现场复测1对，测不了2对。疑似不是认定，")
    assert items == "隐患台账未销号3条，其中逾期1条；上次会商以来销号4条。"


def test_a_first_meeting_does_not_speak_of_one_before():
    told = "".join(block.text for block in part(full(previous_on=None), "总体情况"))
    assert told.endswith("隐患台账未销号3条，其中逾期1条；已销号4条。")
    assert "上次" not in told


def test_pairs_are_counted_as_in_the_situation_where_the_table_leaves_some_out():
    many = replace(situation(), suspected=227, remeasure=210)
    assert part(full(situation=many), "疑似")[0] == Prose(
        "共疑似在距离内227对、需现场复测210对，下表列最急的2对，建议由牵头部门两人到场复测，复测前不作认定。"
    )
    assert part(full(), "疑似")[0].text.startswith("下表疑似在距离内1对、需现场复测1对，")


def test_a_situation_half_known_says_what_is_missing():
    texts = [block.text for block in part(empty(situation=Situation(2, 0, {"red": 2})), "总体情况")]
    assert texts[0].endswith("按隐患指数分级：红2所、橙0所、黄0所、蓝0所。其中0所资料不全，不参加排名。")
    assert texts[1:] == ["距离核查还没有做，缺场所数字。", "没有隐患台账，缺整改数字。"]


def test_changes_are_written_by_their_kind():
    assert table(full(), "与上次会商相比").rows == (
        ("名次前移", "第七小学", "第4名", "第1名"),
        ("等级加重", "第三中学", "橙", "红"),
        ("新增疑似", "极速网吧（示例）—第七小学", "—", "—"),
        ("巡逻覆盖", "入校班", "50%", "62%"),
    )


def test_no_change_is_not_the_same_as_nothing_to_compare_with():
    assert part(full(changes=()), "相比") == [Prose("与2026年6月25日会商时相比，没有变化。")]
    nothing = [Prose("没有上次会商的快照，无从比较。")]
    assert part(full(changes=None), "相比") == nothing
    assert part(full(previous_on=None), "相比") == nothing


def test_other_changes_take_numbers_as_they_are():
    found = table(full(changes=(Change("item_new", "H-00001", None, 1234.0),)), "相比")
    assert found.rows == (("新增隐患", "H-00001", "—", "1,234"),)


def test_ranking_shows_interval_confidence_and_reasons():
    rows = table(full(), "隐患排名").rows
    assert len(rows) == 5
    assert rows[0] == ("1", "1–3", "第七小学", "82.3", "红", "交通62%（红旗路）、水域20%", "A／100%")
    assert rows[2][3] == "≥64.3"


def test_ranking_is_by_rank_and_ties_by_name():
    tied = (replace(ranked(1), rank=1), ranked(0), replace(ranked(2), rank_low=5, rank_high=5))
    rows = table(full(ranking=tied, shown=None), "隐患排名").rows
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("1", "1–3", "第七小学"), ("1", "1–4", "第三中学"), ("3", "5", "凉都幼儿园"),
    ]  # fmt: skip


def test_suspects_come_before_those_to_be_measured_again():
    rows = table(full(), "疑似").rows
    assert [row[6] for row in rows] == ["疑似在距离内", "需现场复测"]
    assert rows[0] == (
        "极速网吧（示例）（网吧）", "第七小学", "152.3±10.0", "校界直线", "200",
        "互联网上网服务营业场所管理条例（2022年修订） 第九条", "疑似在距离内", "文旅",
    )  # fmt: skip


def test_plan_adds_up():
    found = table(full(), "措施方案")
    assert [row[4] for row in found.rows] == ["96,000", "54,150", "7,200", "157,350"]
    assert found.rows[1][1] == "180.5"
    assert found.rows[0][5:] == ("公安", "教育、学校")
    texts = " ".join(block.text for block in part(full(), "措施方案") if isinstance(block, Prose))
    assert "预算200,000元，估算造价157,350元，共23处措施" in texts
    assert "减少31%；等级分布由红2所、橙5所、黄12所、蓝20所、数据不足3所，变为红0所、橙4所" in texts


def test_plan_without_effect_says_so():
    shown = full().plan
    assert shown is not None
    texts = [block.text for block in part(full(plan=replace(shown, reduction_share=None)), "方案")[:2]]
    assert texts[1] == "方案的效果还没有测算。"


def test_duties_of_the_nets_come_from_the_rules():
    rows = table(full(duties=net_duties(RS, ON)), "责任分解").rows
    assert [row[:2] for row in rows] == [
        ("技防网", "1"), ("物防网", "2"), ("人防网", "3"), ("心防网", "4"), ("家防网", "5"), ("联防网", "6"),
    ]  # fmt: skip
    assert rows[0][3:] == ("公安", "教育、学校、市场监管", "民政、农业农村、水务、供电")


def test_items_by_deadline_with_overdue_said():
    items = (
        item(1, deadline=None),
        item(2, deadline=date(2026, 9, 1)),
        item(3, deadline=date(2026, 8, 31), extensions=2),
        item(4, state="closed", deadline=date(2026, 8, 1)),
    )
    rows = table(full(items=items), "限期整改").rows
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("H-00003", "2026-08-31", "整改中（延期2次）（逾期）"),
        ("H-00002", "2026-09-01", "整改中"),
        ("H-00001", "—", "整改中"),
    ]
    text = part(full(items=items), "限期整改")[0].text
    assert text.startswith("未销号隐患3条，其中逾期1条、未定时限1条")


def test_one_page_for_every_department_named():
    items = (item(1), item(2, departments=Departments("housing", ("public_security",))))
    blocks = paper(full(items=items)).blocks
    titles = [(block.label, block.title) for block in blocks if isinstance(block, Annex)]
    assert titles == [
        ("附件1-1", "教育部门待办事项"),
        ("附件1-2", "学校待办事项"),
        ("附件1-3", "公安部门待办事项"),
        ("附件1-4", "住建部门待办事项"),
        ("附件2", "方法与资料说明"),
    ]
    police = next(place for place, block in enumerate(blocks) if isinstance(block, Annex) and "公安" in block.title)
    assert blocks[police + 1] == Prose("牵头1条，主要责任1条，配合协助0条。")
    shown = blocks[police + 2]
    assert isinstance(shown, Table)
    assert [(row[0], row[2]) for row in shown.rows] == [("H-00001", "牵头"), ("H-00002", "主要责任")]


def test_a_deleted_department_is_shown_and_said():
    gone = Departments("tea_bureau", ("education",))
    assert table(full(items=(item(1, departments=gone),)), "限期整改").rows[0][2] == "tea_bureau（部门表中没有）"
    titles = [
        block.title for block in paper(full(items=(item(1, departments=gone),))).blocks if isinstance(block, Annex)
    ]
    assert titles[1] == "tea_bureau（部门表中没有）待办事项"


def test_an_empty_briefing_says_what_is_missing_everywhere():
    texts = [block.text for block in paper(empty()).blocks if isinstance(block, Prose)]
    for said in (
        "本次没有排查结果，总体情况缺数据。", "没有上次会商的快照，无从比较。", "本次没有评估结果，缺排名。",
        "距离核查还没有做，缺场所清单。", "本次没有提交会商的措施方案。", "本次没有巡逻方案。",
        "责任分解表还没有填写。", "本简报没有引用距离或设施规则。",
    ):  # fmt: skip
        assert texts.count(said) == 1
    assert texts.count("没有隐患台账，缺整改数字。") == 2


def test_worked_out_and_nothing_found_is_another_sentence():
    texts = [
        block.text
        for block in paper(empty(ranking=(), suspects=(), patrols=(), items=())).blocks
        if isinstance(block, Prose)
    ]
    assert "没有疑似在距离内或需现场复测的场所。" in texts
    assert "巡逻方案里没有班次。" in texts
    assert texts.count("没有未销号的隐患。") == 2
    assert "没有可排名的学校：先补校园位置、道路和场所资料。" in texts


def test_the_last_annex_names_data_versions_and_rules():
    blocks = paper(full()).blocks
    facts, cited = [block for block in blocks if isinstance(block, Table)][-2:]
    told = list(facts.rows)
    assert ("计算日期", "2026-09-01") in told
    assert ("口径", "国家规定·从严") in told
    assert ("来源", "town.osm.pbf（资料日期2026-08-20，许可ODbL）") in told
    assert ("来源", "venues.csv（资料日期不明，许可不明）") in told
    assert [row[0] for row in cited.rows] == ["distance.net_bar.statutory"]
    assert Prose("7．示例县是虚构的。") in blocks


def test_the_sign_off_has_text_before_it_that_stays_with_it():
    for briefing in (full(), empty()):
        blocks = paper(briefing).blocks
        place = next(place for place, block in enumerate(blocks) if isinstance(block, SignOff))
        assert [isinstance(block, Prose) and block.with_next for block in blocks[place - 2 : place]] == [True, True]


def test_tables_fit_the_text_and_rows_their_heads():
    for block in paper(full(duties=net_duties(RS, ON))).blocks:
        if isinstance(block, Table):
            assert sum(column.width_mm for column in block.columns) == pytest.approx(TEXT_WIDTH_MM)
            assert {len(row) for row in block.rows} == {len(block.columns)}
        assert not isinstance(block, Form)


def test_pictures_are_numbered_and_their_missing_characters_kept():
    shown = full(maps=(replace(full().maps[0], missing=frozenset("龘")), full().maps[0]))
    found = paper(shown)
    assert [block.caption for block in found.blocks if isinstance(block, Picture)] == [
        "图1 排名前列的学校", "图2 排名前列的学校",
    ]  # fmt: skip
    assert found.missing == {"龘"}


def test_refusals():
    with pytest.raises(InputError, match="meeting_kind_unknown"):
        paper(full(meeting_kind="summer"))
    with pytest.raises(RuleError, match="rule_unknown"):
        paper(full(suspects=(suspect(rule_id="distance.moon"),)))
    with pytest.raises(InputError, match="briefing_too_many_parts"):
        ordinal(11)


def test_open_items_leave_closed_ones_out():
    assert open_items((item(1, state="closed"), item(2, departments=POLICE))) == [item(2, departments=POLICE)]
