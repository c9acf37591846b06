"""Where slides of lectures are wrong, a screen says what is right: every error is tied to where it is corrected."""

import re

import pytest

from cnnsim import data
from cnnsim.app.training_status import repetition
from cnnsim.drawing import Equation
from cnnsim.operations import operation_named
from cnnsim.scenes import View
from cnnsim.trace.training import training


def words_on(name, **options):
    """All that is written under the picture at any cell, by way of the options of the command line."""
    operation = operation_named(name)
    settings = operation.start.__class__(**options)
    steps = settings.trace().at(operation.grains[1].key if name != "counts" else "cell")
    found = []
    for position in range(len(steps)):
        drawing = operation.draw(settings, steps, float(position), View(1280, 800))
        for item in drawing.items:
            if isinstance(item, Equation):
                found.append("".join(term.text for term in item.terms))
    return "\n".join(found)


SLIDES = {
    "28·28·1 = 728": [("counts", {"filters": 30, "prior": "dense"}, "28 · 28 · 1 = 784; a slide says 728.")],
    "784 × 30 = 25,550": [
        ("counts", {"filters": 30, "prior": "dense"}, "784 · 30 = 23,520, with the biases 23,550; a slide says 25,550.")
    ],
    "sums run r, c = 0…n": [("convolution", {}, "Σr = 02"), ("convolution", {}, "Σt = 02")],
    'the layer "flips the signal"': [
        ("convolution", {"flip": True}, "the kernel turns, not the input; a layer leaves the turn out"),
        ("convolution-1d", {}, "the kernel flips, not the signal; a layer flips neither"),
    ],
    "any stride can be repaired by padding": [
        ("convolution", {"input_size": (6, 6), "stride": 2, "padding": 1}, "padding by 2p cannot repair that")
    ],
    "(r²+1)·n parameters whatever the input": [
        ("counts", {"channels": 3}, "(3·5² + 1)·n: a slide's (5² + 1)·n “whatever the input” forgets the depth of 3.")
    ],
    "one colour kernel has w²+1 weights, 300 of them 3,000": [
        (
            "counts",
            {"channels": 3, "kernel_size": 3, "filters": 300},
            "3·3² + 1 = 28 parameters, 300 of them 8,400; a slide counts 3² + 1, together 3,000.",
        )
    ],
    "softmax of ŷ in [0,1]": [
        ("softmax", {}, "Logits are any numbers, not only from 0 to 1."),
        ("cross-entropy", {}, "only if 0.1, 0.2, 0.7 were already probabilities, the loss would be −ln 0.7 ≈ 0.3567."),
    ],
    "gradient g written ∂/∂Z; h ends G[i,l,n]": [
        ("convolution", {"direction": "kernel-gradient"}, "∂J/∂w[r, t]"),
        ("convolution", {"direction": "input-gradient", "filters": 2}, "Σo, m, n  G[o, m, n] · w[o, r, t]"),
    ],
    "CNNs are shift-invariant": [
        (
            "equivariance",
            {"entering": "circular", "padding_mode": "circular"},
            "equivariant to this shift, not invariant",
        ),
        ("shift", {}, "a little invariance"),
    ],
    "pooling reduces parameters": [("pooling", {}, "no parameters; a dense layer sees less")],
    "ResNet cures vanishing gradients": [
        (
            "activation",
            {"direction": "input-gradient"},
            "cures vanishing ones; its aim was degradation",
        ),
        ("activation", {"direction": "input-gradient", "function": "sigmoid"}, "with skips, x + f(x), they are 1 + f′"),
    ],
}
"""The last error of the list, that repeated images prevent overfitting, is corrected where images are repeated."""


@pytest.mark.parametrize(("name", "options", "words"), [place for places in SLIDES.values() for place in places])
def test_the_right_thing_is_on_screen(name, options, words):
    assert words in words_on(name, **options)


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "scaled_tanh"])
def test_what_ten_layers_leave_is_computed_from_the_slopes_on_screen(function):
    told = words_on("activation", direction="input-gradient", function=function)
    found = re.search(r"here ([\d.]+) on average: ten such curves leave ([\d.]+)10 ≈ ([\d.]+)·10(−?\d+) of G", told)
    slope, base, share, power = (float(number.replace("−", "-")) for number in found.groups())
    rule = operation_named("activation").start.__class__(direction="input-gradient", function=function).trace().rule
    assert slope == base == pytest.approx(rule.derivative.mean(), abs=0.005)
    assert share * 10**power == pytest.approx(slope**10, rel=0.05)


def test_repeating_images_is_measured_where_they_are_repeated():
    digits = data.synthetic_dataset(train=40, test=20, seed=3)
    run = training(digits, epochs=2, batch_size=20)
    assert repetition(run[0]) == "Every epoch shows the same images again."
    last = run[len(run) - 1]
    learned, tested = last.snapshot.epoch_accuracy, last.evaluation.accuracy
    told = f"Epoch 2: {100 * learned:.2f} % right in training, {100 * tested:.2f} % in the last test."
    assert repetition(last).startswith(told)
    assert "does not prevent overfitting; other images, or altered ones, help" in repetition(last)
