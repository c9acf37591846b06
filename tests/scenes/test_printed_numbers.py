"""What formulas print is true: shown terms make the shown result, and a hidden result stands nowhere."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from any_settings import CASES, NAMES, any_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share

from cnnsim.drawing import CellState, Chart, Equation, Label, Matrix, ScaleBar
from cnnsim.scenes import View
from cnnsim.typography import format_number

SEEDS = st.integers(0, 2**32 - 1)
SLOW = ("tiny-network", "field-of-view")
WITHOUT_SUMS = ("counts", "field-of-view")
VIEW = View(1920, 1080)
every_pass = pytest.mark.parametrize(("operation", "direction"), CASES, ids=NAMES)
FUNCTIONS = re.compile(r"max|exp|ln|tanh|σ|e(?= \*\*)")
NUMBER = re.compile(r"\d+(\.\d+)?")


def over_seeds(check, operation):
    settings(max_examples=2 if operation.name in SLOW else share(4))(given(SEEDS)(check))()


def positions(steps, seed, most=4):
    chosen = np.random.default_rng(seed).integers(0, len(steps), most)
    return sorted({0, len(steps) - 1, *(int(position) for position in chosen)})


def equations(drawing):
    return [item for item in drawing.items if isinstance(item, Equation)]


def evaluated(words):
    """Value of what is printed: a Fraction, or a float where a root, a logarithm or an exponential takes part."""
    text = words.replace("−", "-").replace("·", "*").replace("√", "root")
    text = re.sub(r"root\s*(\d+(?:\.\d+)?)", r"root(\1)", text)
    text = NUMBER.sub(lambda found: f"F('{found[0]}')", text)
    try:
        return eval(text, {"__builtins__": {}}, NAMES_IN_FORMULAS)
    except ZeroDivisionError:
        return math.nan


def largest(*values):
    return max(values)


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


NAMES_IN_FORMULAS = {
    "F": Fraction,
    "max": largest,
    "root": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
    "tanh": math.tanh,
    "σ": sigmoid,
    "e": math.e,
}


def written(term):
    return {"super": f" ** ({term.text})", "normal": term.text}.get(term.script)


def claims(equation):
    """What a numeric line claims: pairs of sides that can be evaluated, with the sign between them."""
    parts = [written(term) for term in equation.terms]
    first = equation.terms[0]
    if None in parts or first.cell is None or "=" not in "".join(parts[:2]):
        return []
    line = "".join(parts[1:]).split("=", 1)[1].split("      ")[0]  # a remark stands behind
    sides = re.split(r"\s{2}([=≈])\s{2}", line)
    assert "≈" not in "".join(sides[::2])
    assert "=" not in "".join(sides[::2])
    found = zip(sides[::2], sides[1::2], sides[2::2], strict=False)
    return [claim for claim in found if tells(claim[0]) and tells(claim[2])]


def tells(side):
    return bool(side.strip()) and not re.search(r"[?…]|[^\W\d_]", FUNCTIONS.sub("", side))


def half_a_unit(words):
    """Half a unit of the last digit of a number."""
    return Fraction(1, 2 * 10 ** len(words.partition(".")[2]))


def uncertainty(side):
    """By how much the value of a side may be off, since its numbers are rounded."""
    value, off = evaluated(side), 0
    for found in NUMBER.finditer(side):
        if "." in found[0] or side.strip("−") == found[0]:
            nearby = (Fraction(found[0]) + sign * half_a_unit(found[0]) for sign in (-1, 1))
            changed = [f"{side[: found.start()]}({number}){side[found.end() :]}" for number in nearby]
            off += max(abs(evaluated(words) - value) for words in changed)
    return off


def check_claim(left, sign, right):
    one, other = evaluated(left), evaluated(right)
    if sign == "≈":
        assert one != other or isinstance(one, float), (left, right)  # floats may meet where numbers do not
        assert abs(one - other) <= uncertainty(right) * (1 + 1e-9), (left, right, uncertainty(right))
    elif isinstance(one, float) or isinstance(other, float):
        assert float(one) == pytest.approx(float(other), rel=1e-14), (left, right)
    else:
        assert one == other, (left, right)


@every_pass
def test_shown_terms_make_the_shown_result(operation, direction):
    found = []

    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        for grain in operation.grains[:2]:
            steps = trace.at(grain.key)
            for position in positions(steps, seed):
                for equation in equations(operation.draw(chosen, steps, float(position), VIEW)):
                    for claim in claims(equation):
                        check_claim(*claim)
                        found.append(claim)

    over_seeds(check, operation)
    assert found or operation.name in WITHOUT_SUMS or "scatter" in direction


# Sentences -----------------------------------------------------------------------------------------------------------


def told_product(equation):
    """What a sentence multiplies or adds, as text to evaluate, and what it says it gives; None for other sentences."""
    signs = {" times ": " * ", " divided by ": " / ", " plus bias ": " + "}
    parts = [term.text for term in equation.terms]
    place = next((place for place, words in enumerate(parts) if words.startswith(" gives ")), None)
    if place is None or not any(words in signs for words in parts):
        return None
    numbers = [
        signs.get(term.text, f"({term.text})") for term in equation.terms[:place] if term.bold or term.text in signs
    ]
    return "".join(numbers), parts[place + 1]


@every_pass
def test_a_sentence_says_what_its_numbers_make(operation, direction):
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        steps = trace.at(operation.grains[0].key)
        for position in positions(steps, seed, 8):
            for equation in equations(operation.draw(chosen, steps, float(position), VIEW)):
                told = told_product(equation)
                if told and "?" not in told[1]:
                    off = abs(evaluated(told[0]) - evaluated(told[1]))
                    assert off <= uncertainty(told[1]), "".join(term.text for term in equation.terms)

    over_seeds(check, operation)


# What is hidden ------------------------------------------------------------------------------------------------------


@every_pass
def test_a_hidden_result_stands_nowhere(operation, direction):
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        steps = trace.at("cell" if any(grain.key == "cell" for grain in operation.grains) else operation.grains[0].key)
        for position in positions(steps, seed):
            value = result_at(steps[position])
            if value is None or abs(value) < 0.01 or value == round(value):
                continue  # what might be anything else
            hidden = operation.draw(chosen, steps, float(position), View(1280, 800, hidden=True))
            open_ = operation.draw(chosen, steps, float(position), View(1280, 800))
            check_hidden(hidden, open_, value)

    over_seeds(check, operation)


def result_at(step):
    while hasattr(step, "step"):
        step = step.step
    return getattr(step, "y", None)


def check_hidden(hidden, shown, value):
    """Words that tell the result are at most as often on screen as it takes part as something else."""
    factors = {term.text for item in equations(hidden) for term in item.terms if term.cell is not None}
    telling = {format_number(value, digits) for digits in (None, *range(2, 11))}
    telling |= {f"({words})" for words in telling} | {words.strip("−") for words in telling}
    for words in telling - factors:
        assert times(words, hidden) in range(max(1, times(words, shown))), words  # what is left is a factor
        assert not [item for item in hidden.items if isinstance(item, Label) and words in item.text], words
    finished = sum((normal(matrix) == value).sum() for matrix in matrices(hidden).values())
    assert finished < sum((normal(matrix) == value).sum() for matrix in matrices(shown).values())
    for item in hidden.items:
        if isinstance(item, ScaleBar) and np.isclose(item.scale.limit, abs(value), rtol=1e-9):
            assert np.isclose(all_values(hidden), abs(value), rtol=1e-9).any()
        if isinstance(item, Chart):
            assert value not in [point.up for point in item.points]


def times(words, drawing):
    return [term.text for item in equations(drawing) for term in item.terms].count(words)


def all_values(drawing):
    return np.abs(np.concatenate([normal(matrix) for matrix in matrices(drawing).values()]))


def matrices(drawing):
    return {item.name: item for item in drawing.items if isinstance(item, Matrix)}


def normal(matrix):
    """Values that are shown."""
    if matrix.states is None:
        return matrix.values.ravel()
    return matrix.values[matrix.states != CellState.EMPTY]
