"""Forms by issuing unit: who may order, what is refused, what is left blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from briefing_facts import ON, STAMP

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.reports.briefing.form_papers import BLANK, minutes_paper, order_paper, reminder_paper, sign_in_paper
from gislib.reports.briefing.forms import (
    Decision,
    Minutes,
    Order,
    PatrolStop,
    Problem,
    Reminder,
    Sender,
    SignIn,
    citable,
    forms_of,
)
from gislib.reports.briefing.paper import Annex, Form, Paper, Prose, SignOff, Table, texts

RS = rules.load()
DEADLINE = date(2026, 9, 20)
PROBLEMS = (Problem("大门距第七小学校界186米", "distance.net_bar.statutory", "复测2026-007"), Problem("未见禁入标识"))


def order(**changed: object) -> Order:
    sender = Sender("culture_tourism", "钟山区文体广电旅游局", "责改〔2026〕3号", "执法大队")
    made = Order(sender, "极速网吧（示例）", PROBLEMS, ("设置禁入标识",), DEADLINE, ON, STAMP)
    return replace(made, **changed)  # type: ignore[arg-type]


def reminder(**changed: object) -> Reminder:
    made = Reminder(Sender("education"), "文旅局", "场所需复测", PROBLEMS, ("派两人复测",), ON, STAMP)
    return replace(made, **changed)  # type: ignore[arg-type]


def minutes(**changed: object) -> Minutes:
    return replace(Minutes("钟山区", "mid_term", ON, STAMP), **changed)  # type: ignore[arg-type]


def prose(paper: Paper) -> list[str]:
    return [block.label + block.text for block in paper.blocks if isinstance(block, Prose)]


def refusal(code: str):
    return pytest.raises(InputError, match=f"^{code}:")


def test_only_departments_with_the_power_may_order():
    able = {name for name in RS.kinds("department") if "order" in forms_of(RS, name, ON)}
    assert able == {"culture_tourism", "market_regulation", "tobacco", "public_security"}
    assert forms_of(RS, "education", ON) == forms_of(RS, "schools", ON) == ("reminder",)


@pytest.mark.parametrize("department", ["education", "schools", "politics_law", "tea_bureau"])
def test_an_order_without_the_power_is_refused(department: str):
    with refusal("form_no_power") as caught:
        order_paper(order(sender=Sender(department)), RS)
    assert "改出提示函" in wording.error(caught.value)
    assert "文旅、市场监管、烟草、公安" in wording.error(caught.value)


def test_order_quotes_clause_record_and_days():
    told = prose(order_paper(order(inspected_on=date(2026, 8, 28), place="红旗路12号", inspectors="张某、李某"), RS))
    assert told[0] == "2026年8月28日，在红旗路12号检查（检查人：张某、李某），发现下列问题："
    clause = "互联网上网服务营业场所管理条例（2022年修订） 第九条"
    assert told[1] == f"1．大门距第七小学校界186米（依据：{clause}；现场记录：复测2026-007）。"
    assert told[2] == f"2．未见禁入标识（依据：＿＿＿＿（依据由承办人填写）；现场记录：{BLANK}）。"
    assert told[3] == "现责令你单位于2026年9月20日前完成整改，要求如下："
    assert "第一百二十三条" in told[6]
    assert told[-1] == "本通知一式3份。联系人：执法大队。"


@pytest.mark.parametrize(
    ("rule_id", "profile", "cited"),
    [
        ("distance.net_bar.statutory", "national_strict", True),
        ("distance.billiards.strict", "national_strict", False),
        ("distance.net_bar.guangdong_school", "national_strict", False),
        ("distance.net_bar.guangdong_school", "guangdong", True),
        ("ledger.deadline_days", "national_strict", False),
        ("distance.no_such_rule", "national_strict", False),
        (None, "national_strict", False),
    ],
)
def test_only_law_of_the_country_or_of_the_profile_is_cited(rule_id: str | None, profile: str, *, cited: bool):
    stamp = replace(STAMP, profile=profile)
    assert (citable(RS, rule_id, stamp) is not None) is cited
    told = "".join(prose(order_paper(order(problems=(Problem("甲", rule_id),), stamp=stamp), RS)))
    assert ("依据由承办人填写" in told) is not cited


def test_no_assumption_of_the_rules_is_ever_cited():
    for rule in RS.rules("", ON):
        found = citable(RS, rule.id, STAMP)
        assert found is None or (found.kind in ("statutory", "standard", "local") and found.jurisdiction == "CN")


def test_what_is_not_known_is_left_blank():
    told = " ".join(prose(order_paper(order(), RS)))
    assert "＿＿年＿＿月＿＿日，在＿＿＿＿＿＿检查" in told
    assert "复查时间：＿＿年＿＿月＿＿日" in told
    paper = order_paper(order(sender=Sender("tobacco")), RS)
    assert SignOff(BLANK, "2026年9月1日") in paper.blocks
    assert (paper.mark, paper.organ, paper.number) == ("（代拟稿，有权部门审核签发后生效）", "", "")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"deadline": date(2026, 8, 31)}, "form_deadline_early"),
        ({"recheck_on": date(2026, 9, 19)}, "form_recheck_early"),
        ({"problems": ()}, "form_without_problem"),
    ],
)
def test_orders_that_make_no_sense(changed: dict, code: str):
    with refusal(code):
        order_paper(order(**changed), RS)


def test_an_order_for_the_same_day_is_possible():
    assert order_paper(order(deadline=ON, recheck_on=ON), RS).addressee == "极速网吧（示例）"


def test_a_reminder_orders_nothing():
    paper = reminder_paper(reminder(reply_by=date(2026, 9, 10)), RS)
    words = "".join(texts(paper))
    assert paper.title == ("关于场所需复测的提示函",)
    assert "责令" not in words
    assert "限期" not in words
    assert "请于2026年9月10日前函复办理情况。" in prose(paper)
    assert not any("函复" in line for line in prose(reminder_paper(reminder(), RS)))


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"problems": ()}, "form_without_problem"), ({"reply_by": date(2026, 8, 1)}, "form_deadline_early")],
)
def test_reminders_that_make_no_sense(changed: dict, code: str):
    with refusal(code):
        reminder_paper(reminder(**changed), RS)


def test_sign_in_sheet_has_a_field_for_each_of_two_people_and_blank_rows():
    stops = (PatrolStop("红旗路口", "07:10"), PatrolStop("正门"))
    paper = sign_in_paper([SignIn("钟山区", "入校班", "R1", stops, STAMP, ON, blank_rows=1)], RS)
    form, note, table = paper.blocks
    assert isinstance(form, Form)
    assert isinstance(table, Table)
    assert [row.cells for row in form.rows] == [
        ("班次", "入校班", "路线", "R1"),
        ("日期", "2026年9月1日", "天气", ""),
        ("填表单位", "", "车牌或警号", ""),
        ("巡查人1", "", "巡查人2", ""),
    ]
    assert table.rows[:2] == (("1", "红旗路口", "07:10", *[""] * 4), ("2", "正门", *[""] * 5))
    assert table.rows[2:] == (("3", *[""] * 6),)
    assert isinstance(note, Prose)
    assert note.text.startswith("每班不少于2人")


def test_every_team_signs_on_pages_of_its_own_and_all_its_people_have_a_field():
    teams = [SignIn("钟山区", "入校班", name, (), STAMP, people=people) for name, people in (("甲组", 1), ("乙组", 3))]
    blocks = sign_in_paper(teams, RS).blocks
    assert [type(block) for block in blocks] == [Form, Prose, Table, Annex, Form, Prose, Table]
    signers = [[cell for row in form.rows for cell in row.cells if "巡查人" in cell] for form in (blocks[0], blocks[4])]
    assert signers == [["巡查人1", "巡查人2"], ["巡查人1", "巡查人2", "巡查人3"]]
    assert blocks[3] == Annex("", "钟山区校园周边巡查签到表")


def test_minutes_with_decisions_and_who_was_there():
    decided = (Decision("重施标线", "public_security", DEADLINE), Decision("复测", "culture_tourism"))
    paper = minutes_paper(minutes(chair="某副区长", decisions=decided, present=("公安局", "教育局")), RS)
    assert paper.title == ("钟山区校园及周边安全", "会商会议纪要（期中）")
    [table] = [block for block in paper.blocks if isinstance(block, Table)]
    assert table.rows == (("1", "重施标线", "公安", "2026-09-20"), ("2", "复测", "文旅", "—"))
    told = prose(paper)
    assert "主持：某副区长" in told
    assert "出席：公安局、教育局" in told
    assert f"列席：{BLANK}" in told
    assert paper.organ == ""


def test_a_decision_due_before_the_meeting_is_refused():
    with refusal("form_deadline_early"):
        minutes_paper(minutes(decisions=(Decision("复测", "culture_tourism", date(2026, 8, 31)),)), RS)
    with refusal("meeting_kind_unknown"):
        minutes_paper(minutes(meeting_kind="summer"), RS)
