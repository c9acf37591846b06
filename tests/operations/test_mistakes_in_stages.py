import math

import numpy as np
import pytest

from cnnsim.operations import operation_named
from cnnsim.operations.mistakes import diagnose, question
from cnnsim.trace import (
    batch_norm,
    batch_norm_gradient,
    cross_entropy,
    cross_entropy_gradient,
    local_response_norm,
    local_response_norm_gradient,
    softmax,
    softmax_gradient,
)

Z = [1.0, 2.0, 4.0]
SOFTMAX = softmax(Z)
TOTAL = 1 + math.exp(-2) + math.exp(-3)
LOSS = cross_entropy([0.1, 0.2, 0.7], 2)
X = [[1.0, 4.0], [2.0, 8.0], [6.0, 3.0]]
NORM = batch_norm(X, [0.0, 0.0], [1.0, 1.0], [2.0, 3.0], [10.0, 20.0], training=True, eps=0.5)
BACK = batch_norm_gradient(batch_norm(X, eps=0.5), [[1.0, 2.0], [4.0, 5.0], [7.0, 9.0]])
LRN = local_response_norm([[[1.0]], [[2.0]], [[3.0]], [[5.0]]], 3, alpha=1, beta=0.75, k=2)


@pytest.mark.parametrize(
    ("trace", "stage", "cell", "wrong", "words"),
    [
        (SOFTMAX, "shifted", 0, 1.0, "That is the logit itself"),
        (SOFTMAX, "exponential", 1, -2.0, "The exponential was forgotten"),
        (SOFTMAX, "exponential", 1, math.exp(2), "the largest one was not taken away"),
        (SOFTMAX, "exponential", 1, math.exp(-3), "That is the last cell of the output."),
        (SOFTMAX, "sum", 0, -5.0, "differences were added"),
        (SOFTMAX, "sum", 0, 7.0, "The logits were added"),
        (SOFTMAX, "probability", 1, math.exp(-2), "not divided by the sum of all exponentials"),
        (SOFTMAX, "probability", 1, 2 / 7, "logits were divided by their sum"),
        (SOFTMAX, "probability", 2, 1 / 7, "divided by the sum of the logits"),
        (SOFTMAX, "probability", 2, 1 / (TOTAL - 1), "also that of the class itself"),
        (LOSS, "exponential", 0, -0.6, "The exponential was forgotten"),
        (LOSS, "logarithm", 0, -1.3679 / math.log(2), "base 2"),
        (LOSS, "logarithm", 0, 0.2546, "The logarithm was forgotten"),
        (LOSS, "loss", 0, -0.768, "The minus was forgotten"),
        (LOSS, "loss", 0, 0.768 / math.log(2), "base 2"),
        (LOSS, "loss", 0, 0.768 / math.log(10), "base 10"),
        (LOSS, "loss", 0, 0.3567, "The logit was taken for the probability"),
        (LOSS, "loss", 0, 0.464, "probability of the right class"),
        (cross_entropy_gradient(LOSS), "input gradient", 2, 0.464, "the target is still to be taken away"),
        (softmax_gradient(SOFTMAX, [1, 2, 4]), "input gradient", 1, 2.0, "That is G itself"),
        (softmax_gradient(SOFTMAX), "jacobian", 8, 1 / TOTAL, "That is p alone"),
        (NORM, "mean", 0, 4.5, "It was divided by 2: there are 3"),
        (NORM, "centred", 0, 1.0, "the mean is still to be taken away"),
        (NORM, "variance", 0, 7.0, "It was divided by 2"),
        (NORM, "variance", 0, 41 / 3, "not taken away before squaring"),
        (NORM, "deviation", 0, 14 / 3, "The root was forgotten"),
        (NORM, "deviation", 0, math.sqrt(14 / 3), "ε was forgotten"),
        (NORM, "normalised", 0, -2 / (14 / 3 + 0.5), "divided by the variance"),
        (NORM, "normalised", 0, -2 / math.sqrt(14 / 3), "ε was forgotten"),
        (NORM, "normalised", 0, -2 / math.sqrt(7 + 0.5), "variance by 2, not 3"),
        (NORM, "output", 0, -4 / math.sqrt(14 / 3 + 0.5), "β was forgotten"),
        (NORM, "new running variance", 0, 0.9 + 0.1 * 14 / 3, "not made unbiased"),
        (NORM, "new running mean", 0, 2.7, "The shares were exchanged"),
        (BACK, "bias gradient", 0, 4.0, "That is the mean"),
        (BACK, "weight gradient", 0, 1 + 8 + 42.0, "not x"),
        (BACK, "inner gradient", 0, 1.0, "what the mean and the variance take back was forgotten"),
        (BACK, "input gradient", 0, 1 / math.sqrt(14 / 3 + 0.5), "G was only scaled"),
        (LRN, "squares", 1, 4.0, "its neighbours belong to the sum"),
        (LRN, "scale", 1, 16.0, "α was not divided by n = 3"),
        (LRN, "power", 1, 2 + 14 / 3, "The power was forgotten"),
        (LRN, "output", 1, 2 / (2 + 14 / 3), "divided by s itself"),
        (local_response_norm_gradient(LRN), "input gradient", 1, (2 + 14 / 3) ** -0.75, "numerator alone"),
    ],
)
def test_a_known_mistake_in_a_stage_is_named(trace, stage, cell, wrong, words):
    number = [each.name for each in trace.stages].index(stage)
    before = sum(len(each.trace.at("cell")) for each in trace.stages[:number])
    asked = question(trace.at("cell"), before + cell)
    assert asked is not None and not asked.answered_by(wrong)
    assert words in diagnose(asked, wrong)
    assert diagnose(asked, 12345.0) == ""


@pytest.mark.parametrize("name", ["softmax", "cross-entropy", "batch-norm", "local-response-norm"])
def test_no_cell_of_any_stage_is_without_an_answer_or_fails(name):
    for preset in operation_named(name).presets:
        steps = preset.settings.trace().at("cell")
        for place in range(0, len(steps), 5):
            asked = question(steps, place)
            assert asked is not None and np.isfinite(asked.answer)
            assert diagnose(asked, 98765.0) == ""


def test_logits_of_any_size_are_diagnosed_in_silence():
    asked = question(softmax([2000.0, 0.0, -2000.0]).at("cell"), 8)
    assert asked is not None
    assert diagnose(asked, 0.5) == ""
