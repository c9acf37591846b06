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
FUNCTIONS = re.compile("max|exp|ln")
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
    names = {"F": Fraction, "max": largest, "root": root, "exp": exp, "ln": ln}
    return eval(text, {"__builtins__": {}}, names)


def largest(*values):
    return max(values)


def root(value):
    return math.sqrt(value)


def exp(value):
    return math.exp(value)


def ln(value):
    return math.log(value)


def written(term):
    return {"super": f" ** {term.text}", "normal": term.text}.get(term.script)


def chain(equation):
    """Sides of a numeric line that can be evaluated, and the signs between them; None if it is of another kind."""
    parts = [written(term) for term in equation.terms]
    first = equation.terms[0]
    if None in parts or first.cell is None or "=" not in "".join(parts[:2]):
        return None
    line = "".join(parts[1:]).split("=", 1)[1].split("      ")[0]  # a remark stands behind
    sides = re.split(r"\s{2}([=≈])\s{2}", line)
    unknown = any(re.search(r"[?…]|[^\W\d_]", FUNCTIONS.sub("", side)) for side in sides)
    return None if unknown or len(sides) < 3 else sides


def rounding(sides):
    """How far rounded numbers may lead their products astray."""
    numbers = [found[0] for found in NUMBER.finditer(" ".join(sides))]
    digits = max(len(words.partition(".")[2]) for words in numbers)
    return len(numbers) * max(1.0, *map(float, numbers)) * 10.0**-digits


def check_chain(sides, found):
    values = [evaluated(side) for side in sides[::2]]
    for left, sign, right in zip(values, sides[1::2], values[1:], strict=False):
        exact = sign == "=" and isinstance(left, Fraction | int)
        if exact:
            assert left == right, sides
        else:
            assert float(left) == pytest.approx(float(right), abs=rounding(sides)), sides
        found.append(exact)


@every_pass
def test_shown_terms_make_the_shown_result(operation, direction):
    found = []

    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        for grain in operation.grains[:2]:
            steps = trace.at(grain.key)
            for position in positions(steps, seed):
                for equation in equations(operation.draw(chosen, steps, float(position), VIEW)):
                    sides = chain(equation)
                    if sides:
                        check_chain(sides, found)

    over_seeds(check, operation)
    assert found or operation.name in WITHOUT_SUMS or "scatter" in direction


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
