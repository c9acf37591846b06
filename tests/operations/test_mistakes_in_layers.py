import numpy as np
import pytest

from cnnsim.operations.mistakes import diagnose, question
from cnnsim.trace import (
    dense,
    dense_input_gradient,
    dense_weight_gradient,
    dropout,
    dropout_gradient,
)

LAYER = dense([1, 2], [[3, 4], [5, 7]], [10, 20])
DROPPED = dropout([[1, 2, 3, 4, 5, 6]], 0.75, seed=5)
STAYS, GOES = (int(np.argmax(DROPPED.rule.mask[0, 0] == kept)) for kept in (1, 0))


@pytest.mark.parametrize(
    ("trace", "cell", "wrong", "words"),
    [
        (LAYER, 0, 11, "bias was forgotten"),
        (LAYER, 0, 1, "bias was taken away"),
        (LAYER, 0, 3 + 5 * 2 + 10, "A column of the weights"),
        (dense_weight_gradient(LAYER, [30, 40]), 1, 30, "That is G itself"),
        (dense_weight_gradient(LAYER, [30, 40]), 1, 2, "That is the input itself"),
        (dense_weight_gradient(LAYER, [30, 40]), 1, 120, "multiplied by the weight"),
        (dense_input_gradient(LAYER, [30, 40]), 0, 70, "without their weights"),
        (dense_input_gradient(LAYER, [30, 40]), 0, 3 * 30 + 4 * 40, "A row of the weights"),
        (DROPPED, STAYS, STAYS + 1, "scale was forgotten"),
        (DROPPED, STAYS, 0, "is not dropped"),
        (DROPPED, GOES, GOES + 1, "mask was ignored"),
        (dropout_gradient(DROPPED, [[7] * 6]), GOES, 28, "mask was ignored"),
    ],
)
def test_a_known_mistake_is_named(trace, cell, wrong, words):
    asked = question(trace.at("cell"), cell)
    assert not asked.answered_by(wrong)
    assert words in diagnose(asked, wrong)
    assert diagnose(asked, 12345.0) == ""
