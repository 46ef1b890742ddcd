import pytest
from hypothesis import given
from hypothesis import strategies as st

from gislib.sources.names import name_key, similarity


@pytest.mark.parametrize(
    ("first", "second"), [("ＫＴＶ 88（南店）", "ktv88(南店)"), ("兴义 八中", "兴义八中"), ("St. Mary’s", "st marys")]
)
def test_spelling_does_not_matter(first, second):
    assert name_key(first) == name_key(second)


def test_missing_names_have_the_empty_key():
    assert name_key(None) == name_key(float("nan")) == name_key("——") == ""


@given(st.text(max_size=15), st.text(max_size=15))
def test_similarity_is_a_share_and_one_for_equal(first, second):
    assert 0 <= similarity(first, second) <= 1
    assert similarity(first, first) == 1
