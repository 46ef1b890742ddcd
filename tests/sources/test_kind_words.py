import pytest

from gislib import rules
from gislib.sources.kind_words import KindWords


@pytest.fixture(scope="module")
def words():
    rs = rules.load()
    return {topic: KindWords(rs.kinds(topic)) for topic in ("venue", "water", "device")}


@pytest.mark.parametrize(
    ("topic", "name", "kind"),
    [
        ("venue", "星光网吧", "net_bar"),
        ("venue", "Blue Moon BAR", "bar"),
        ("venue", "Barber shop", None),
        ("venue", "酒吧街网咖", "net_bar"),
        ("venue", "某某超市", None),
        ("water", "木浪河水库", "reservoir"),
        ("water", "马岭河", "river"),
        ("water", "河边小卖部", None),
        ("device", "一中门口斑马线", "crossing"),
    ],
)
def test_kind_of_a_name_is_its_longest_or_last_word(words, topic, name, kind):
    assert words[topic].of_name(name) == kind


@pytest.mark.parametrize("text", ["网吧", "net_bar", "Net Bar", "internet_cafe", "互联网上网服务营业场所"])
def test_whole_cells(words, text):
    assert words["venue"].of_exact(text) == "net_bar"


@pytest.mark.parametrize("topic", ["venue", "water", "device", "rental", "school", "incident"])
def test_every_kind_is_found_by_its_own_words(topic):
    kinds = rules.load().kinds(topic)
    words = KindWords(kinds)
    for kind in kinds.values():
        assert words.of_exact(kind.id) == words.of_exact(kind.zh) == kind.id
