import pytest

from cnnsim.app.cell_number import parse_number
from cnnsim.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3.0), (" -0.5 ", -0.5), ("−2", -2.0), ("1/9", 1 / 9), ("−1/4", -0.25), ("1e2", 100.0), (".5", 0.5)],
)
def test_reads_what_people_type(text: str, value: float) -> None:
    assert parse_number(text) == value


def test_minus_zero_is_zero() -> None:
    assert str(parse_number("-0")) == "0.0"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("abc", "is not a number"),
        ("", "is not a number"),
        ("1/2/3", "is not a number"),
        ("1/", "is not a number"),
        ("__import__('os')", "is not a number"),
        ("nan", "is not finite"),
        ("inf", "is not finite"),
        ("-inf", "is not finite"),
        ("1/0", "divides by zero"),
        ("1e400", "is not finite"),
        ("1e300", "is too large"),
    ],
)
def test_refuses_the_rest_and_says_why(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_number(text)
    assert rule in str(caught.value)
    assert caught.value.remedy
