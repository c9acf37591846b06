"""Every option of every layer with every kind of value: a network runs with it, or says what is wrong."""

import dataclasses

import numpy as np
import pytest
from odd_values import HARMLESS, HUGE
from sizes import sizes
from test_gradients_of_layers import SHAPES

from cnnsim import nn
from cnnsim.errors import InputError

LAYERS = SHAPES | {nn.BatchNorm(2): (2, 4, 4), nn.Dropout(0.5): (2, 4, 4)}
OPTIONS = [(layer, field.name) for layer in LAYERS for field in dataclasses.fields(layer)]
VALUES = HARMLESS + HUGE[1:]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NaN and infinity, which are asked for here
@pytest.mark.parametrize(("layer", "option"), OPTIONS, ids=str)
def test_a_wrong_option_is_told(layer, option):
    x, worked = np.ones((2, *LAYERS[layer])), 0
    for value in VALUES[:: sizes(1, 5)]:
        try:
            changed = dataclasses.replace(layer, **{option: value})
            worked += nn.Sequential({"layer": changed}, dtype=np.float64)(x).ndim >= 2
        except InputError:
            continue
    assert worked < len(VALUES)
