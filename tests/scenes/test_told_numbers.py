"""Numbers in notes, captions and sentences are those of the traces: equations hold, sizes and counts are right."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from any_settings import CASES, NAMES, any_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share

from cnnsim.drawing import Equation, Label, Matrix
from cnnsim.operations import operation_named
from cnnsim.scenes import View
from cnnsim.trace import StagedTrace

SEEDS = st.integers(0, 2**32 - 1)
VIEW = View(1920, 1080)
every_pass = pytest.mark.parametrize(("operation", "direction"), CASES, ids=NAMES)
SIDE = r"[\d.,·/+−()⌊⌋⌈⌉× ²]+"
SIGNS = {"−": "-", "·": "*", "×": "*", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "²": "**2"}
EQUATION = re.compile(rf"(?<![^\W\d_√…])(?P<left>{SIDE})\s=\s+(?=(?P<right>{SIDE}))")


def over_seeds(check, operation, most=6):
    slow = operation.name in ("tiny-network", "field-of-view")
    settings(max_examples=2 if slow else share(most))(given(SEEDS)(check))()


def drawings(operation, direction, seed):
    chosen, trace = any_settings(operation, direction, seed)
    for grain in operation.grains[:2]:
        steps = trace.at(grain.key)
        for position in sorted({0, len(steps) - 1, int(np.random.default_rng(seed).integers(len(steps)))}):
            yield chosen, trace, steps[position], operation.draw(chosen, steps, float(position), VIEW)


def texts(drawing):
    """All that is written, line by line; what is high or low stands apart."""
    for item in drawing.items:
        match item:
            case Equation(terms=(first, *_)):
                words = "".join(term.text if term.script == "normal" else f"\n{term.text}\n" for term in item.terms)
                yield words if first.cell is None else words.partition(" " * 6)[2]  # formulas are tested elsewhere
            case Label():
                yield item.text
            case Matrix():
                yield f"{item.caption}  {item.shape}"


def notes(drawing):
    return [
        text for item in drawing.items if isinstance(item, Equation) for text in ["".join(t.text for t in item.terms)]
    ]


def equations(text):
    """Pairs of numbers or formulas of numbers with a sign of equality between them."""
    for line in text.split("\n"):
        for found in EQUATION.finditer(line):
            left, right = (side.strip(" .,") for side in (found["left"], found["right"]))
            left = re.split(r"\s{3,}|, |;|: ", left)[-1].strip(" .,")
            right = re.split(r"\s{3,}|, | = ", right)[0].strip(" .,")
            values = value(left), value(right)
            if None not in values:
                yield left, right, *values


def value(words):
    """Value of a formula of numbers; None if it is none."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", words)
    for sign, meaning in {
        "−": "-",
        "·": "*",
        "×": "*",
        "⌊": "floor(",
        "⌋": ")",
        "⌈": "ceil(",
        "⌉": ")",
        "²": "**2",
    }.items():
        text = text.replace(sign, meaning)
    text = re.sub(r"\d+(?:\.\d+)?", lambda found: f"F('{found[0]}')", text)
    try:
        return eval(text, {"__builtins__": {}}, {"F": Fraction, "floor": math.floor, "ceil": math.ceil})
    except (SyntaxError, TypeError, ZeroDivisionError):
        return None


@every_pass
def test_printed_equations_hold(operation, direction):
    found = []

    def check(seed):
        for *_, drawing in drawings(operation, direction, seed):
            for text in texts(drawing):
                for left, right, one, other in equations(text):
                    assert one == other, (left, right, text)
                    found.append((left, right))

    over_seeds(check, operation)


@pytest.mark.parametrize("name", ["convolution", "pooling", "transposed-convolution", "convolution-1d"])
def test_told_sizes_are_those_of_the_output(name):
    operation = operation_named(name)

    def check(seed):
        for _, trace, _, drawing in drawings(operation, "forward", seed):
            said = [text for text in notes(drawing) if text.startswith("Output ")]
            for text in said:
                said = re.split(r"\s+padding|\s+hatched", text)[0]
                ends = [int(number) for number in re.findall(r"= (\d+)(?=\s|,|$)", said)]
                output = trace.stages[-1].trace.output if isinstance(trace, StagedTrace) else trace.output
                shape = output.shape[-1:] if "length" in text else output.shape[-2:]
                assert set(ends) == set(shape), text

    over_seeds(check, operation)


def counted(pattern, name, direction, settings_fit=lambda chosen: True):
    """Yield traces and drawings of random settings with the numbers that a note tells."""
    operation, found = operation_named(name), []

    def check(seed):
        for chosen, trace, step, drawing in drawings(operation, direction, seed):
            for text in notes(drawing):
                told = re.search(pattern, text)
                if told and settings_fit(chosen):
                    found.append((trace, step, drawing, [int(number) for number in told.groups()]))

    over_seeds(check, operation, 12)
    assert found or share(12) < 12, "a smaller suite may miss rare settings"
    return found


def test_relu_counts_what_it_cuts_off():
    for trace, *_, told in counted(r"(\d+) of (\d+) values are cut off", "activation", "forward"):
        assert told == [(trace.rule.x <= 0).sum(), trace.rule.x.size]
    for trace, *_, told in counted(r"(\d+) of (\d+) gradients pass whole", "activation", "input-gradient"):
        assert told == [(trace.rule.forward.x > 0).sum(), trace.rule.g.size]


def test_dropout_counts_what_it_drops():
    for trace, *_, told in counted(r"hatched: (\d+) of (\d+) dropped", "dropout", "forward"):
        assert told == [(trace.rule.mask == 0).sum(), trace.rule.mask.size]


def test_the_bench_counts_cells_that_differ():
    for trace, *_, told in counted(r"Different in (\d+) of (\d+) cell", "equivariance", None):
        rule, cells = trace.rule, list(np.ndindex(trace.rule.output.shape))
        pairs = [(rule.of_moved.output[rule.place(at)], rule.moved_output[rule.moved_place(at)]) for at in cells]
        assert told == [sum(not np.isclose(*pair, rtol=1e-9, atol=1e-9) for pair in pairs), len(cells)]
    for trace, *_, told in counted(r"Equal in (?:all )?(\d+) cell", "equivariance", None):
        assert told == [trace.rule.output.size]


def test_the_shift_counts_what_changed():
    pattern = r"inputs (\d+) of (\d+) \((\d+) %.*pooled (\d+) of (\d+) \((\d+) %"
    for trace, *_, told in counted(pattern, "shift", None):
        inputs = ~np.isclose(trace.rule.moved_x, trace.rule.x, rtol=1e-9, atol=1e-9)
        pooled = ~np.isclose(trace.rule.of_moved.output, trace.rule.of_image.output, rtol=1e-9, atol=1e-9)
        shares = [round(100 * float(changed.mean())) for changed in (inputs, pooled)]
        assert told == [inputs.sum(), inputs.size, shares[0], pooled.sum(), pooled.size, shares[1]]


def test_the_matrix_counts_its_weights():
    pattern = r"(\d+) × (\d+) = \d+ entries: (\d+) hold one of (\d+) weights"
    zeros = counted(pattern, "convolution", "forward", lambda chosen: chosen.padding_mode == "zeros")
    for trace, _, drawing, told in zeros:
        rule = trace.stages[-1].trace.rule if isinstance(trace, StagedTrace) else trace.rule
        connected = {(tuple(window), tuple(cell)) for window, cell in met_cells(rule)}
        assert told == [rule.output.size, rule.x.size, len(connected), rule.w.size]
        assert drawing.matrix("toeplitz").values.shape == (told[0], told[1])


def met_cells(rule):
    """Pairs of an output cell and an input cell that it is computed from."""
    top, left = rule.geometry.rows.before, rule.geometry.cols.before
    for cell in np.ndindex(rule.output.shape):
        for number in range(len(rule.values(cell))):
            padded = next(part.place for part in rule.contribution(cell, number).factors if part.operand == "input")
            place = padded[0], padded[1] - top, padded[2] - left
            if all(0 <= index < length for index, length in zip(place, rule.x.shape, strict=True)):
                yield cell, place


def test_the_field_of_view_says_where_half_of_what_counts_is():
    pattern = r"At least half of what counts lies in the inner (\d+) × \d+ of (\d+) ×"
    for trace, step, _, (inner, size) in counted(pattern, "field-of-view", None):
        weights, n = trace.gradient(step.index), trace.sizes[0]
        shares = []
        for side in (inner - 2, inner):
            rows, cols = (
                slice(max(first + (size - side) // 2, 0), min(max(first + (size + side) // 2, 0), n))
                for first in step.first
            )
            shares.append(weights[rows, cols].sum() / weights.sum() if side > 0 else 0.0)
        assert size == step.size
        assert shares[0] < 0.5 <= shares[1] + 1e-12
