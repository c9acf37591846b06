"""Each mistake is made here by the engine or by hand, and has to be recognised."""

import numpy as np
import pytest

from cnnsim import functional, gallery
from cnnsim.operations.mistakes import Question, diagnose, question
from cnnsim.trace import activation, activation_gradient, convolution, input_gradient, pooling, pooling_gradient

IMAGE = np.random.default_rng(4).integers(0, 10, (6, 6)).astype(float)
KERNEL = gallery.kernel("emboss")


def asked(trace, order: int) -> Question:
    found = question(trace.at("cell"), order)
    assert found is not None
    return found


def conv(**options) -> np.ndarray:
    return functional.conv2d(IMAGE[None, None], KERNEL[None, None], np.array([3.0]), **options)[0, 0]


@pytest.mark.parametrize(
    ("options", "wrong", "words"),
    [
        ({}, conv(flip=True)[1, 2], "The kernel was turned"),
        ({"flip": True}, conv()[1, 2], "The kernel was not turned"),
        ({}, conv()[1, 2] - 3, "The bias was forgotten"),
        ({}, conv()[1, 2] - 6, "The bias was taken away"),
        ({}, conv()[1, 3], "one cell too far right"),
        ({}, conv()[0, 2], "one cell too high"),
        ({"padding": 1}, conv()[1, 2], "The padding was ignored"),
        ({"stride": 2}, conv()[1, 1], "The stride was ignored"),
    ],
)
def test_mistakes_of_a_convolution(options, wrong, words):
    trace = convolution(IMAGE, KERNEL, 3.0, **options)
    cell = (0, 1, 1) if "stride" in options else (0, 1, 2)
    found = asked(trace, trace.order(cell))
    assert found.answer == pytest.approx(trace.output[cell])
    assert words in diagnose(found, float(wrong))


@pytest.mark.parametrize(
    ("mode", "wrong", "words"),
    [
        ("max", 3.25, "mean"),
        ("average", 6, "largest"),
        ("max", 1, "smallest"),
        ("average", 13, "sum"),
        ("l2", 63, "last step"),
    ],
)
def test_mistakes_of_a_pooling(mode, wrong, words):
    assert words in diagnose(asked(pooling(gallery.POOLING_IMAGE, mode=mode), 0), wrong)


def test_a_forgotten_relu_and_a_forgotten_mask():
    forward = activation([[-2.0, 3.0]])
    assert "relu was forgotten" in diagnose(asked(forward, 0), -2.0)
    assert "slope of the function at x was forgotten" in diagnose(
        asked(activation_gradient(forward, [[5.0, 7.0]]), 0), 5.0
    )


def test_mistakes_of_gradients():
    back = input_gradient(convolution(IMAGE, KERNEL))
    found = asked(back, back.order((0, 2, 2)))
    assert "without their weights" in diagnose(found, 9.0)
    assert "winner alone" in diagnose(asked(pooling_gradient(pooling(gallery.POOLING_IMAGE)), 0), 4.0)


def test_the_neighbour_the_sign_and_what_nobody_knows():
    trace = convolution(gallery.LECTURE_IMAGE, KERNEL)
    found = asked(trace, 4)
    assert "sign" in diagnose(found, -found.answer)
    assert diagnose(found, 1234.5) == ""


def test_two_decimals_are_enough():
    found = asked(convolution([[1.0]], [[1 / 3]]), 0)
    assert found.answered_by(0.33) and found.answered_by(1 / 3)
    assert not found.answered_by(0.3)


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (2**0.5, [1.41, 1.4142], [1.4, 1.42]),
        (0.00213, [0.0021, 0.00213], [0.0, 0.002]),
        (2e8 / 3, [66666667.0], [66666660.0]),
    ],
)
def test_an_answer_may_be_rounded_as_a_formula_rounds_it(answer, right, wrong):
    asked = Question(convolution([[1]], [[1]]).rule, (0, 0, 0), answer)
    assert all(map(asked.answered_by, right))
    assert not any(map(asked.answered_by, wrong))
