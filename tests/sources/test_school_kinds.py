"""Kinds of schools from their names, mainland and Taiwan, and the fallbacks by tag."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib import rules
from gislib.sources.school_kinds import kind_of_levels, kind_of_name, kind_of_school
from gislib.sources.school_names import plain_name, same_school


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("五老村幼儿园", "kindergarten"),
        ("財團法人東海大學附屬高級中等學校小學部附設幼兒園", "kindergarten"),
        ("五老村小学幼儿园", "kindergarten"),
        ("党校幼儿园", "kindergarten"),
        ("XX托育中心", "nursery"),
        ("小学生托管中心", "after_school"),
        ("阳光午托园", "after_school"),
        ("兴义市第一小学", "primary"),
        ("東海國小", "primary"),
        ("教师进修学校附属小学", "primary"),
        ("东海大学附属高级中等学校小学部", "primary"),
        ("大学城小学", "primary"),
        ("下五屯中心校", "primary"),
        ("福科國中", "middle"),
        ("贵溪五中", "middle"),
        ("南京三中金銮校区", "middle"),
        ("清华大学附属中学", "middle"),
        ("南京市第三高级中学文昌初中", "middle"),
        ("南京外国语学校国际部及初三年级校区", "middle"),
        ("兴义市第八高级中学", "high"),
        ("東海大學附屬高中", "high"),
        ("第一中学（初中部）高中部", "high"),
        ("丰都九年一贯制学校", "nine_year"),
        ("某某國民中小學", "nine_year"),
        ("兴义中等职业学校", "vocational"),
        ("职业高级中学", "vocational"),
        ("贵阳幼儿师范学校", "vocational"),
        ("黔西南州特殊教育学校", "special"),
        ("秦淮区委党校", "not_a_school"),
        ("秦淮区教师进修学校", "not_a_school"),
        ("南京幼儿高等师范学校", "not_a_school"),
        ("兴义民族师范学院", "not_a_school"),
        ("东方职业培训学校", "not_a_school"),
        ("安顺驾校", "not_a_school"),
        ("市老年大学", "not_a_school"),
        ("Kruununhaan yläasteen koulu", "middle"),
        ("Kaisaniemen ala-aste", "primary"),
        ("Ressun lukio", "high"),
        ("Jinling High School", "high"),
        ("Malmingin päiväkoti", "kindergarten"),
        ("Svenska social- och kommunalhögskolan", None),
        ("创新学校", None),
        ("兴义外国语学校", None),
        ("大学城实验学校", None),
        ("贵州师范大学附属实验学校", None),
        ("第五中心医院", None),
        ("", None),
    ],
)
def test_kind_of_name(name, kind):
    assert kind_of_name(name) == kind


def test_kinds_are_kinds_of_the_rules():
    known = set(rules.load().kinds("school"))
    assert {kind_of_school([], {"amenity": amenity}) for amenity in ("school", "kindergarten", "college")} <= known


@pytest.mark.parametrize(
    ("isced", "grades", "kind"),
    [
        ("1", None, "primary"),
        ("2;3", None, "middle"),
        ("1-3", None, "nine_year"),
        ("3", None, "high"),
        (None, "1-6", "primary"),
        (None, "7-9", "middle"),
        (None, "10-12", "high"),
        (None, "1-9", "nine_year"),
        (None, None, None),
        ("x", "y", None),
    ],
)
def test_kind_of_levels(isced, grades, kind):
    assert kind_of_levels(isced, grades) == kind


def test_name_before_tag_and_first_telling_name_decides():
    assert kind_of_school(["五老村幼儿园"], {"amenity": "school"}) == "kindergarten"
    assert kind_of_school(["创新学校", "Innovation Primary School"], {"amenity": "school"}) == "primary"
    assert kind_of_school(["创新学校"], {"amenity": "school", "isced:level": "3"}) == "high"
    assert kind_of_school(["创新学校"], {"amenity": "school"}) == "school"
    assert kind_of_school(["Faculty of Law"], {"amenity": "college"}) == "not_a_school"
    assert kind_of_school(["兴义中等职业学校"], {"amenity": "college"}) == "vocational"


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("南京五中", "南京市第五中学", True),
        ("清华附中", "清华大学附属中学", True),
        ("東海國小", "东海国民小学", True),
        ("桔山小学（东校区）", "兴义市桔山小学", True),
        ("兴义市下五屯中心小学", "兴义市下午屯中心小学", False),  # 五 is a numeral: too much like two schools
        ("兴义市向阳路逸夫小学", "兴义市向阳路逸天小学", True),
        ("第十五中学", "第五中学", False),
        ("第三小学", "第四小学", False),
        ("金陵中学", "金陵小学", False),
        ("人民小学", "人民小学附属幼儿园", False),
        ("", "", False),
    ],
)
def test_same_school(one, two, same):
    assert same_school(one, two) is same
    assert same_school(two, one) is same


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="第一二五中小学附属大兴义市（）東國 -A", min_size=0, max_size=14))
def test_a_name_is_like_itself(name):
    assert same_school(name, name) is bool(plain_name(name))
    kind_of_name(name)
