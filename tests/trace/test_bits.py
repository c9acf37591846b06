"""On wide inputs, where vector instructions and blocked sums come in, steps still end in the output's bits."""

import numpy as np
import pytest

from cnnsim.trace import (
    ACTIVATIONS,
    MODES,
    PADDING_MODES,
    activation,
    activation_gradient,
    bias_gradient,
    convolution,
    input_gradient,
    kernel_gradient,
    pooling,
    pooling_gradient,
)

NUMBERS = np.random.default_rng(7)
X = NUMBERS.standard_normal((4, 41, 37))


def check(trace):
    rule = trace.rule
    finished = [rule.after(cell, rule.combined(rule.values(cell)))[-1] for cell in np.ndindex(*rule.output.shape)]
    np.testing.assert_array_equal(np.reshape(finished, rule.output.shape), rule.output)


def like(trace):
    return NUMBERS.standard_normal(trace.rule.output.shape)


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_convolutions(mode):
    w = NUMBERS.standard_normal((2, 2, 5, 7))
    forward = convolution(X, w, [0.1, 0.2], padding=(1, 2, 3, 4), padding_mode=mode, groups=2, flip=True)
    check(forward)
    g = like(forward)
    for gradient in (kernel_gradient, bias_gradient, input_gradient):
        check(gradient(forward, g))


@pytest.mark.parametrize("mode", MODES)
def test_poolings(mode):
    forward = pooling(X, (5, 6), (1, 2), mode)
    check(forward)
    check(pooling_gradient(forward, like(forward)))


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations(function):
    forward = activation(X, function)
    check(forward)
    check(activation_gradient(forward, like(forward)))
