from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.typography import format_compact, format_number, format_to, nice_ceiling


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-3.0, "−3"),
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (1 / 9, "1/9"),
        (-2 / 3, "−2/3"),
        (1 / 16, "1/16"),
        (0.1 + 0.2, "0.3"),
        (0.1234, "0.1234"),
        (1234567.0, "1234567"),
        (3.14159265, "3.14"),
        (-1e-9, "0.00"),
    ],
)
def test_numbers_as_a_teacher_writes_them(value, text):
    assert format_number(value) == text


@given(st.floats(-1e6, 1e6))
def test_no_number_is_written_with_a_hyphen_or_as_negative_zero(value):
    for text in (format_number(value), format_to(value, 3), format_compact(value)):
        assert "-" not in text
        assert text.lstrip("−0.") or not text.startswith("−")


@given(st.fractions(-50, 50, max_denominator=400))
def test_small_fractions_are_written_exactly(fraction):
    text = format_number(float(fraction)).replace("−", "-")
    assert Fraction(text) == fraction


@given(st.floats(1e-6, 1e9))
def test_the_top_of_an_axis_is_not_far_above_the_data(value):
    assert value * (1 - 1e-9) <= nice_ceiling(value) <= 2 * value * (1 + 1e-9)


def test_what_is_nearly_0_is_told_where_so_many_decimals_are_asked_for():
    assert [format_number(6e-14, digits) for digits in (None, 2, 12, 15)] == ["0", "0", "0", "0.000000000000060"]
