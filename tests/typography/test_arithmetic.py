"""What is written is read as a person reckons: signs before products, products before sums."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.drawing import Term
from cnnsim.typography import EQUALS, format_number, product_of, rounds_to, same, shown, sides, value_of, with_signs

numbers = st.floats(-100, 100).map(lambda value: round(value, 3))
decimals = st.integers(0, 6)


def value(words, power=""):
    return value_of([Term(words), *([Term(power, script="super")] if power else [])])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1 + 2·3 − 4 / 8", Decimal("6.5")),
        ("(−2)·(−0.5)", Decimal(1)),
        ("−2·3 + 1", Decimal(-5)),
        ("− ( 1·2 + 0·3 )", Decimal(-2)),
        ("max( 0,  −3.5 )", Decimal(0)),
        ("max( −1,  −0.5,  −2 )", Decimal("-0.5")),
        ("√0.25", Decimal("0.5")),
        ("√( 0.5·0.5 + 2 )", Decimal("1.5")),
        ("exp( 0 )", Decimal(1)),
        ("3 / 2 / 2", Decimal("0.75")),
    ],
)
def test_what_is_written_has_its_value(words, expected):
    assert value(words) == expected


@pytest.mark.parametrize(
    ("words", "power", "expected"),
    [
        ("σ( −1.5 )", "", 1 / (1 + math.exp(1.5))),
        ("1.7159 · tanh( 1.5 · 2/3 )", "", 1.7159 * math.tanh(1)),
        ("tanh( −400 )", "", -1.0),
        ("ln( 2.5 )", "", math.log(2.5)),
        ("( 1.5 )", "0.75", 1.5**0.75),
        ("e", "−1.5", math.exp(-1.5)),
    ],
)
def test_functions_are_those_of_mathematics(words, power, expected):
    assert float(value(words, power)) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("words", ["?", "1 + …", "x · 2", "1 / 0", "0 / 0.00", "ln( −1 )", ""])
def test_what_says_nothing_has_no_value(words):
    assert not value(words).is_finite()
    assert not rounds_to(value(words), Decimal(0), 2)


@given(st.fractions(-50, 50, max_denominator=100), st.fractions(-50, 50, max_denominator=100))
def test_fractions_that_add_up_are_the_same(one, other):
    words = f"{format_number(float(one))} + ({format_number(float(other))})"
    assert same(value(words), value(format_number(float(one + other))))


@given(st.lists(numbers, min_size=1, max_size=6), decimals)
def test_numbers_are_multiplied_as_they_are_shown(factors, digits):
    words = "·".join(f"({format_number(factor, digits)})" for factor in factors)
    made = product_of([(factor, False) for factor in factors], digits)
    assert same(made, value(words))
    exactly = math.prod((Fraction(format_number(factor, digits).replace("−", "-")) for factor in factors), start=1)
    assert Fraction(made) == exactly


@given(st.floats(-100, 100), decimals)
def test_a_number_rounds_to_what_is_shown_of_it(number, digits):
    assert rounds_to(Decimal(number), shown(number, digits), digits)


def test_signs_are_where_sides_meet():
    terms = (Term("1/3"), EQUALS, Term("0.33"), EQUALS, Term("0.33"))
    assert [value_of(side) for side in sides(terms)][1:] == [Decimal("0.33")] * 2
    assert "".join(term.text for term in with_signs(terms, [False, True])) == "1/3  ≈  0.33  =  0.33"
