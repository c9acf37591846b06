"""The formula in symbols, read and reckoned as it is written, gives what the steps compute."""

import re
from itertools import product

import numpy as np
import pytest

from cnnsim.drawing import Equation
from cnnsim.scenes import View, draw
from cnnsim.trace import (
    convolution,
    full_input_gradient,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
    transposed_convolution,
    transposed_input_gradient,
    transposed_kernel_gradient,
    transposed_scatter,
)

PLACE = re.compile(r"([wxyG])\[([^\]]*)\]")
MAPS = [(1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 3, 1), (2, 2, 2), (2, 4, 2), (4, 2, 2), (4, 6, 2)]
"""Channels of the input and of the output, and groups."""


def symbolic(trace):
    """The formula as text, and what stands under its signs."""
    drawing = draw(trace.at("cell"), 0, View(1920, 1080))
    terms = [item for item in drawing.items if isinstance(item, Equation)][1].terms
    return "".join(term.text for term in terms if term.script == "normal"), [
        term.text for term in terms if term.script == "under"
    ]


def shown(array):
    """Without the leading axes that formulas do not write."""
    lead = [axis for axis in range(array.ndim - 2) if array.shape[axis] == 1]
    return array.squeeze(axis=tuple(lead))


def reckoned(text, ranges, arrays, result):
    """Add the products that a formula names to a result; what lies outside an array counts as 0."""
    text, _, where = text.partition("where")
    place_of = dict(reversed(pair) for pair in re.findall(r"([^=,]+?) = (\w)", where))
    target, *factors = [(name, [index.strip() for index in place.split(",")]) for name, place in PLACE.findall(text)]
    indices = [place_of.get(index, index) for index in target[1]]
    written = " ".join([*indices, *(index for _, places in factors for index in places)])
    names = sorted(set(re.findall(r"[a-z]", written)))
    for values in product(*(range(ranges[name]) for name in names)):
        known = dict(zip(names, values, strict=True))
        there = number(result, indices, known)
        read = [number(arrays[name], places, known) for name, places in factors]
        if there is not None and None not in read:
            result[there] += np.prod([arrays[name][place] for (name, _), place in zip(factors, read, strict=True)])
    return result


def number(array, indices, known):
    """Place in an array; None outside of it."""
    place = tuple(eval(python(index), {}, known) for index in indices)
    assert len(place) == array.ndim, f"{indices} for an array of shape {array.shape}"
    inside = all(0 <= one < size for one, size in zip(place, array.shape, strict=True))
    return place if inside else None


def python(index):
    index = re.sub(r"⌊(\w)/(\d+)⌋", r"(\1//\2)", index.replace("−", "-"))
    return re.sub(r"(\d)([a-z(])", r"\1*\2", index)


def integers(seed, *shape):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)


@pytest.fixture(params=MAPS, ids=str)
def forward(request):
    channels, outs, groups = request.param
    x, w = integers(1, channels, 4, 5), integers(2, outs, channels // groups, 2, 3)
    return convolution(x, w, np.arange(outs), stride=2, padding=1, groups=groups)


@pytest.fixture(params=MAPS, ids=str)
def stamped(request):
    channels, outs, groups = request.param
    x, w = integers(1, channels, 3, 2), integers(2, channels, outs // groups, 3, 2)
    return transposed_convolution(x, w, np.arange(outs), stride=2, padding=1, groups=groups)


def sizes(rule, windows, within, out, channel):
    """How far the indices of a formula run."""
    rows, cols = windows
    return dict(zip("mnijrtoc", (rows, cols, *within, *rule.w.shape[2:], out, channel), strict=True))


@pytest.mark.parametrize("flip", [False, True], ids=["correlation", "true convolution"])
def test_a_convolution_and_its_gradients_are_what_is_written(forward, flip):
    rule = forward.rule
    forward = convolution(rule.x, rule.w, rule.b, stride=2, padding=1, groups=rule.groups, flip=flip)
    rule, g = forward.rule, integers(3, *forward.rule.output.shape)
    ranges = sizes(rule, g.shape[1:], g.shape[1:], len(rule.w), rule.w.shape[1])
    arrays = {"x": shown(rule.x), "w": shown(rule.w), "G": shown(g)}
    biases = np.broadcast_to(rule.b.reshape(-1, 1, 1), rule.output.shape)
    for trace, start in (
        (forward, biases),
        (kernel_gradient(forward, g), np.zeros(rule.w.shape)),
        (input_gradient(forward, g), np.zeros(rule.x.shape)),
        (full_input_gradient(forward, g), np.zeros(rule.x.shape)),
        (input_gradient_scatter(forward, g), np.zeros(rule.x.shape)),
    ):
        text, _ = symbolic(trace)
        turned = flip and trace.output.shape == rule.w.shape  # as it lay on the windows
        expected = trace.output[..., ::-1, ::-1] if turned else trace.output
        np.testing.assert_allclose(reckoned(text, ranges, arrays, shown(start).copy()), shown(expected), err_msg=text)


def test_a_transposed_convolution_and_its_gradients_are_what_is_written(stamped):
    rule = stamped.rule
    g = integers(3, *rule.output.shape)
    ranges = sizes(rule, rule.x.shape[1:], g.shape[1:], rule.w.shape[1], len(rule.x))
    arrays = {"x": shown(rule.x), "w": shown(rule.w), "G": shown(g)}
    biases = np.broadcast_to(rule.b.reshape(-1, 1, 1), rule.output.shape)
    for trace, start in (
        (stamped, biases),
        (transposed_scatter(stamped), biases),
        (transposed_kernel_gradient(stamped, g), np.zeros(rule.w.shape)),
        (transposed_input_gradient(stamped, g), np.zeros(rule.x.shape)),
    ):
        text, _ = symbolic(trace)
        found = reckoned(text, ranges, arrays, shown(start).copy())
        np.testing.assert_allclose(found, shown(trace.output), err_msg=text)


def test_a_sum_runs_over_the_maps_only_where_several_meet(forward):
    rule = forward.rule
    several = len(rule.w) // rule.groups > 1
    for trace, rest in ((input_gradient(forward), "m, n"), (full_input_gradient(forward), "r, t")):
        assert symbolic(trace)[1] == [f"o, {rest}" if several else rest]


@pytest.mark.parametrize(("channels", "outs", "free"), [(1, 1, ""), (2, 1, "c, "), (1, 2, "o, "), (2, 3, "o, c, ")])
def test_a_scatter_is_for_every_index_that_is_free(channels, outs, free):
    steps = convolution(np.ones((channels, 3, 3)), np.ones((outs, channels, 2, 2)))
    assert symbolic(input_gradient_scatter(steps))[0].endswith(f"for every {free}m, n, r, t")
