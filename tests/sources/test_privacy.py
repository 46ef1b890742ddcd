import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.sources import privacy

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_sign(first17):
    """Independent reckoning: the weighted sum of all 18 digits is 1 modulo 11."""
    for sign in "0123456789X":
        value = 10 if sign == "X" else int(sign)
        if (sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) + value) % 11 == 1:
            return first17 + sign
    raise AssertionError


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "电话13812345678联系",
        "138-1234-5678",
        "138 1234 5678",
        "+8613812345678",
        "+86 138-1234-5678",
        "１３８１２３４５６７８",
        "11010519491231002X",
        "身份证：11010519491231002x。",
        "522321800101123",
    ],
)
def test_personal_numbers_are_found(text):
    assert privacy.looks_private(text)
    assert "1234" not in privacy.masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "星光网吧",
        "12812345678",
        "138123456789",
        "0859-3223456",
        "110105194912310021",
        "110105194913310028",
        "522301001001001",
        "91520000MA6DLXXX0X",
        "8:00-24:00",
        "",
    ],
)
def test_other_numbers_are_not(text):
    assert not privacy.looks_private(text)
    assert privacy.masked(text) == text


@settings(max_examples=100, deadline=None)
@given(st.integers(110000, 659999), st.dates(), st.integers(0, 999))
def test_check_sign_tells_a_number_from_a_slip(area, born, serial):
    good = with_check_sign(f"{area}{born:%Y%m%d}{serial:03d}".zfill(17)[-17:])
    expected = 1900 <= born.year <= 2099
    assert privacy.is_identity_number(good) == expected
    slip = good[:-1] + ("0" if good[-1] != "0" else "1")
    assert not privacy.is_identity_number(slip)
