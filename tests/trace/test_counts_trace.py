from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsim import analysis, nn
from cnnsim.errors import InputError
from cnnsim.trace import counts
from cnnsim.trace.counts import CONNECTIONS, PRIORS, QUANTITIES
from cnnsim.trace.counts_wiring import wiring


@st.composite
def layers(draw):
    """Arguments of `counts` whose windows fit."""
    size, padding = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    least = max(1, size - 2 * padding)
    return {
        "input_size": (draw(st.integers(least, least + 5)), draw(st.integers(least, least + 5))),
        "channels": draw(st.integers(1, 4)),
        "kernel_size": size,
        "filters": draw(st.integers(1, 5)),
        "stride": draw(st.integers(1, 3)),
        "padding": padding,
    }


def by_hand(given):
    """Weights, biases and multiplies of each kind of connection, by asking of every pair whether it is joined."""
    (rows, cols), channels, size = given["input_size"], given["channels"], given["kernel_size"]
    stride, padding, filters = given["stride"], given["padding"], given["filters"]
    out_rows, out_cols = (len(range(0, n + 2 * padding - size + 1, stride)) for n in (rows, cols))
    inputs = [(c, i, j) for c in range(channels) for i in range(rows) for j in range(cols)]
    outputs = [(o, m, n) for o in range(filters) for m in range(out_rows) for n in range(out_cols)]
    window = [(c, r, t) for c in range(channels) for r in range(size) for t in range(size)]
    return {
        "units": (filters * len(inputs), filters, filters * len(inputs)),
        "dense": (len({(y, x) for y in outputs for x in inputs}), len(outputs), len(outputs) * len(inputs)),
        "local": (len({(y, w) for y in outputs for w in window}), len(outputs), len(outputs) * len(window)),
        "shared": (len({(y[0], w) for y in outputs for w in window}), filters, len(outputs) * len(window)),
    }


@given(layers())
@settings(max_examples=30)
def test_counts_are_those_of_counting_pairs(given):
    trace = counts(**given)
    for connection, (weights, biases, macs) in by_hand(given).items():
        assert trace.value(connection, "weights") == weights
        assert trace.value(connection, "biases") == biases
        assert trace.value(connection, "parameters") == weights + biases
        assert trace.value(connection, "macs") == macs


@given(layers())
@settings(max_examples=30)
def test_the_products_of_a_step_add_up_to_its_value(given):
    trace = counts(**given)
    for step in trace:
        assert sum(prod(measure.value for measure in term) for term in step.terms) == step.value
    np.testing.assert_array_equal([step.value for step in trace], trace.output.ravel())
    assert [(step.connection, step.quantity) for step in trace] == [
        (connection, quantity) for connection in CONNECTIONS for quantity in QUANTITIES
    ]


@given(layers())
@settings(max_examples=15)
def test_the_shared_row_is_a_layer_of_the_engine(given):
    layer = nn.Conv2d(
        given["channels"], given["filters"], given["kernel_size"], stride=given["stride"], padding=given["padding"]
    )
    network = nn.Sequential({"conv": layer})
    image = np.zeros((1, given["channels"], *given["input_size"]), np.float32)
    trace = counts(**given)
    assert trace.value("shared", "parameters") == sum(array.size for array in network.state_dict().values())
    assert trace.value("shared", "outputs") == network(image).size


@pytest.mark.parametrize(
    ("arguments", "connection", "quantity", "expected"),
    [
        ((28, 1, 5, 8), "units", "inputs", 784),
        ((536, 3, 5, 8), "units", "inputs", 861_888),
        ((28, 1, 5, 30), "units", "weights", 23_520),
        ((28, 1, 5, 30), "units", "parameters", 23_550),
        ((28, 1, 5, 20), "shared", "parameters", 520),
        ((28, 1, 5, 8), "shared", "parameters", 208),
        ((200, 3, 3, 300), "units", "parameters", 36_000_300),
        ((200, 3, 3, 300), "shared", "parameters", 8_400),
        ((28, 1, 5, 8), "shared", "macs", analysis.macs(1, 8, 25, 24 * 24)),
        ((28, 1, 5, 8), "shared", "activation bytes", 4 * (784 + 8 * 24 * 24)),
        ((28, 1, 5, 8), "shared", "parameter bytes", 832),
    ],
)
def test_the_golden_numbers(arguments, connection, quantity, expected):
    assert counts(*arguments).value(connection, quantity) == expected


def test_a_prior_bounds_the_rows_and_grains_the_steps():
    assert [counts(prior=prior).output.shape[0] for prior in PRIORS] == [2, 3, 4]
    trace = counts(prior="local")
    assert [len(trace.at(grain)) for grain in ("multiply", "cell", "row", "map", "layer")] == [24, 24, 3, 1, 1]
    assert [step.connection for step in trace.at("row")] == ["units", "dense", "local"]
    assert {step.quantity for step in trace.at("row")} == {"activation bytes"}


def test_counts_beyond_float_are_whole():
    trace = counts(1024, 4096, 3, 4096)
    assert trace.value("dense", "weights") == (1024 * 1024 * 4096) * (1022 * 1022 * 4096)


@given(layers())
@settings(max_examples=30)
def test_the_sample_is_wired_like_the_layer(given):
    layer, size = counts(**given).layer, min(given["kernel_size"], 5)
    dense, local, shared = (wiring(layer, connection) for connection in ("dense", "local", "shared"))
    assert len(np.unique(dense)) == dense.size and dense.all()
    assert np.array_equal(local > 0, shared > 0)
    assert len(np.unique(local)) - (local == 0).any() == 4 * size
    assert len(np.unique(shared)) - (shared == 0).any() == size
    for row in range(4):
        first = row * min(given["stride"], 3)
        assert shared[row, first : first + size].tolist() == list(range(1, size + 1))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"channels": 0}, "channels=0 is out of range: use a whole number from 1 to 4096"),
        ({"input_size": 2000}, "input_size=2000 is out of range"),
        ({"filters": 1.5}, "filters=1.5 is no whole number"),
        ({"kernel_size": 30}, r"kernel_size=30 is larger than the padded input \(28\)"),
        ({"stride": 0}, "stride=0 is too small"),
        ({"prior": "none"}, "prior=none is unknown: choose one of dense, local, shared"),
    ],
)
def test_impossible_input_is_refused_in_words(options, message):
    with pytest.raises(InputError, match=message):
        counts(**options)
