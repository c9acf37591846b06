"""Where slides of lectures are wrong, a screen says what is right."""

import pytest

from cnnsim.drawing import Equation
from cnnsim.operations import operation_named
from cnnsim.scenes import View


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


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("counts", {"filters": 30, "prior": "dense"}, "28 · 28 · 1 = 784; a slide says 728."),
        ("counts", {"filters": 30, "prior": "dense"}, "784 · 30 = 23,520, with the biases 23,550"),
        ("counts", {"channels": 3, "kernel_size": 3, "filters": 300}, "300 of them 8,400; a slide counts"),
        ("counts", {"channels": 3}, "“whatever the input” forgets the depth of 3"),
        ("convolution", {}, "Σr = 02"),  # from 0 to k − 1
        ("convolution", {"flip": True}, "the kernel turns, not the input; a layer leaves the turn out"),
        ("convolution-1d", {}, "the kernel flips, not the signal; a layer flips neither"),
        ("convolution", {"input_size": (6, 6), "stride": 2, "padding": 1}, "padding by 2p cannot repair that"),
        ("convolution", {"direction": "kernel-gradient"}, "∂J/∂w[r, t]"),
        ("convolution", {"direction": "input-gradient", "filters": 2}, "Σo, m, n  G[o, m, n] · w[o, r, t]"),
        ("softmax", {}, "Logits are any numbers, not only from 0 to 1."),
        ("cross-entropy", {}, "only if 0.1, 0.2, 0.7 were already probabilities, the loss would be"),
        (
            "equivariance",
            {"entering": "circular", "padding_mode": "circular"},
            "equivariant to this shift, not invariant",
        ),
        ("shift", {}, "a little invariance"),
        ("pooling", {}, "no parameters; a dense layer sees less"),
    ],
)
def test_the_right_thing_is_on_screen(name, options, words):
    assert words in words_on(name, **options)
